//! `kouling lint`: the errors and likely mistakes of a policy.

use clap::{Args, ValueEnum};
use kouling::analysis::lint::{Finding, Level, distinct, lint_page, lint_pages};
use kouling::policy::{Document, Files, Setting};
use kouling::population::Population;
use kouling::{Loader, Moment};
use serde_json::{Value, json};

use crate::output::{print, print_json};
use crate::person::{moment, now};
use crate::policy_argument::{PopulationOption, heading, is_missing, load, load_failure, render_finding, start};
use crate::question::contract;
use crate::sarif::sarif;
use crate::{CommandResult, Failure};

/// How findings are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LintFormat {
    /// Text for people
    Text,
    /// JSON for programs
    Json,
    /// SARIF 2.1.0 for code review tools
    Sarif,
}

/// Report errors and likely mistakes in policies
///
/// Reports policies that no password satisfies, now or from a date that they name; rules that never trigger; misspelt
/// attributes; guessable reset codes; settings that are looser than in a preset; and conflicts with the standards that
/// `[lint]` chooses. Each finding names its line and has an explanation (--explain). A `[[waiver]]` silences a finding until a
/// date: it is shown as waived.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling lint acme.toml
  kouling lint --strict --format sarif *.toml > findings.sarif
  kouling lint --now 2027-01-01 acme.toml  # the findings on a date
  kouling lint --layers acme.toml          # each effective value and the line that sets it
  kouling lint --print acme.toml           # the policy with its layers merged
  kouling lint --explain code-guessable

Exit status: 0 no errors (with --strict: no warnings), 1 findings, 2 error.")]
pub(crate) struct Lint {
    /// Presets, policy files or policy sets
    #[arg(required_unless_present = "explain", value_name = "POLICY")]
    policies: Vec<String>,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Show where each effective value is set
    #[arg(long, conflicts_with_all = ["print", "explain"])]
    layers: bool,
    /// Print the policy with all layers merged; paths of lists are relative to the working directory
    #[arg(long, conflicts_with = "explain")]
    print: bool,
    #[command(flatten)]
    population: PopulationOption,
    /// Time of the check, as 2027-01-01 or in seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<Moment>,
    /// Explain a finding by its id
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    format: LintFormat,
}

impl Lint {
    pub(crate) fn run(self) -> CommandResult {
        if let Some(id) = &self.explain {
            return explain(id);
        }
        if self.print || self.layers {
            return self.show();
        }
        let loader = Loader::new();
        let now = self.now.unwrap_or_else(now);
        let mut findings: Vec<Finding> = Vec::new();
        for policy in &self.policies {
            match loader.load_set_with_documents(start(policy)?) {
                Ok((set, documents)) => findings.extend(documents.lint(&set, Some(&contract()?), now)),
                Err(error) if is_missing(&error) => return Err(load_failure(policy, &error)),
                Err(error) => {
                    let errors = error.diagnostics().iter();
                    findings.extend(errors.map(|diagnostic| Finding::of_error(&error, diagnostic)));
                }
            }
        }
        // Policies can share layers and presets.
        let findings = distinct(findings);
        match self.format {
            LintFormat::Text if findings.is_empty() => print("no findings\n")?,
            LintFormat::Text => {
                print(&findings.iter().map(render_finding).collect::<String>())?;
                print(&summary(&findings))?;
            }
            LintFormat::Json => {
                let findings: Vec<Value> = findings.iter().map(to_json).collect();
                print_json(&json!({ "findings": findings }))?;
            }
            LintFormat::Sarif => print_json(&sarif(&findings))?,
        }
        // `Level` is ordered from the most to the least severe.
        let threshold = if self.strict { Level::Warning } else { Level::Error };
        Ok(findings.iter().all(|finding| finding.is_waived() || finding.level > threshold))
    }

    /// Prints the merged policy, or each value with its place.
    fn show(&self) -> CommandResult {
        for policy in &self.policies {
            let loaded = load(policy)?;
            for member in loaded.members(&self.population)? {
                if let Some(population) = member.population.filter(|_| self.format == LintFormat::Text) {
                    print(&format!("# {}\n", heading(population)))?;
                }
                let document = member.document;
                if self.print {
                    print(&document.to_toml(&Files))?;
                    continue;
                }
                match self.format {
                    LintFormat::Text => print(&layers(document))?,
                    _ => print_json(&json!({
                        "population": member.population.map(Population::name),
                        "settings": document.effective().iter().map(setting).collect::<Vec<_>>(),
                    }))?,
                }
            }
        }
        Ok(true)
    }
}

/// The number of findings of each level, and of those that are waived: `1 error, 2 warnings, 1 waived`.
fn summary(findings: &[Finding]) -> String {
    let waived = findings.iter().filter(|finding| finding.is_waived()).count();
    let of = |level: Level| {
        let count = findings.iter().filter(|finding| !finding.is_waived() && finding.level == level).count();
        (count, format!("{} {}{}", count, level.name(), if count == 1 { "" } else { "s" }))
    };
    let counts = [of(Level::Error), of(Level::Warning), of(Level::Note), (waived, format!("{waived} waived"))];
    let shown: Vec<String> = counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    format!("{}\n", shown.join(", "))
}

pub(crate) fn layers(document: &Document) -> String {
    let settings = document.effective();
    let left: Vec<String> = settings.iter().map(|s| format!("{} = {}", s.path, s.value)).collect();
    let width = left.iter().map(|text| text.chars().count()).filter(|width| *width <= 60).max().unwrap_or(0);
    let line = |(text, s): (&String, &Setting)| format!("{text:width$}  # {}:{}\n", s.file, s.line);
    left.iter().zip(&settings).map(line).collect()
}

pub(crate) fn setting(setting: &Setting) -> Value {
    let Setting { path, value, file, line, column, .. } = setting;
    json!({ "path": path, "value": value, "file": file.as_ref(), "line": line, "column": column })
}

fn explain(id: &str) -> CommandResult {
    let Some(page) = lint_page(id) else {
        let available: Vec<&str> = lint_pages().iter().map(|page| page.id).collect();
        return Err(Failure::new(format!("unknown finding `{id}`; available: {}", available.join(", "))));
    };
    let level = page.level.name();
    print(&format!("{}: {} ({level})\n\n{}\n\n{}\n", page.id, page.title, page.why, page.fix))?;
    Ok(true)
}

fn to_json(finding: &Finding) -> Value {
    let diagnostic = &finding.diagnostic;
    json!({
        "id": diagnostic.id,
        "level": finding.level.name(),
        "file": diagnostic.file.as_ref(),
        "line": diagnostic.line,
        "column": diagnostic.column,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "setting": finding.setting,
        "preset": finding.preset,
        "also": finding.also,
        "from": finding.from.map(Moment::to_date),
        "waiver": finding.waiver.as_ref().map(|waiver| json!({
            "reason": waiver.reason,
            "owner": waiver.owner,
            "until": waiver.until.to_date(),
        })),
    })
}
