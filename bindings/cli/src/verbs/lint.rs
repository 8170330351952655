//! `kouling lint`: everything that is wrong with a policy, before it ships.

use clap::{Args, ValueEnum};
use kouling::analysis::lint::{Finding, Level, lint, lint_page, lint_pages};
use kouling::policy::{Document, Setting};
use kouling::{Loader, PolicyError};
use serde_json::{Value, json};

use crate::answer::{say, say_json};
use crate::person::clock;
use crate::policy_argument::{render_finding, start};
use crate::question::contract;
use crate::sarif::{Located, sarif};
use crate::{Ended, Failure};

/// How the findings are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LintFormat {
    /// For a reader
    Text,
    /// For a program
    Json,
    /// For a code host: SARIF 2.1.0
    Sarif,
}

/// Say everything that is wrong with policies
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling lint acme.toml
  kouling lint --strict --format sarif *.toml > findings.sarif
  kouling lint --layers acme.toml          # each value that counts, and the line it came from
  kouling lint --print acme.toml           # the policy with its layers merged
  kouling lint --explain code-guessable

Exit codes: 0 no errors (with --strict: no warnings), 1 errors, 2 could not tell.")]
pub(crate) struct Lint {
    /// Presets or files
    #[arg(required_unless_present = "explain", value_name = "POLICY")]
    policies: Vec<String>,
    /// Take warnings for errors
    #[arg(long)]
    strict: bool,
    /// Name the layer that each value that counts came from
    #[arg(long, conflicts_with_all = ["print", "explain"])]
    layers: bool,
    /// Print the policy, all layers merged, as one text; paths of lists count from the working directory
    #[arg(long, conflicts_with = "explain")]
    print: bool,
    /// Say what a finding means, by its id
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    format: LintFormat,
}

/// A finding with the text it points into.
struct Told {
    finding: Finding,
    text: String,
}

impl Lint {
    pub(crate) fn run(self) -> Ended {
        if let Some(id) = &self.explain {
            return explain(id);
        }
        if self.print || self.layers {
            return self.show();
        }
        let loader = Loader::new();
        let mut told = Vec::new();
        for policy in &self.policies {
            match loader.load_with_document(start(policy)) {
                Ok((policy, document)) => {
                    let findings = lint(&policy, &document, Some(&contract()?), clock());
                    let text = |finding: &Finding| document.reporter.layer_text(finding.diagnostic.span.layer);
                    told.extend(
                        findings.into_iter().map(|finding| Told { text: text(&finding).to_string(), finding }),
                    );
                }
                Err(error) if is_missing(&error) => return Err(Failure::new(error.to_string())),
                Err(error) => told.extend(error.diagnostics().iter().map(|diagnostic| Told {
                    finding: Finding { level: Level::Error, diagnostic: diagnostic.clone() },
                    text: error.text(diagnostic).to_owned(),
                })),
            }
        }
        match self.format {
            LintFormat::Text if told.is_empty() => say("nothing is wrong\n")?,
            LintFormat::Text => {
                say(&told.iter().map(|told| render_finding(&told.finding, &told.text)).collect::<String>())?
            }
            LintFormat::Json => {
                let findings: Vec<Value> = told.iter().map(|told| finding(&told.finding)).collect();
                say_json(&json!({ "findings": findings }))?;
            }
            LintFormat::Sarif => {
                let located = |told: &Told| Located { finding: told.finding.clone(), text: told.text.clone() };
                say_json(&sarif(&told.iter().map(located).collect::<Vec<_>>()))?;
            }
        }
        let worst = if self.strict { Level::Warning } else { Level::Error };
        Ok(told.iter().all(|told| told.finding.level > worst))
    }

    /// The policy itself: merged, or with the place of each value.
    fn show(&self) -> Ended {
        let loader = Loader::new();
        for policy in &self.policies {
            let (_, document) = loader.load_with_document(start(policy)).map_err(Failure::new)?;
            if self.print {
                say(&document.to_toml(loader.source()))?;
                continue;
            }
            match self.format {
                LintFormat::Text => say(&layers(&document))?,
                _ => {
                    say_json(&json!({ "settings": document.effective().iter().map(setting).collect::<Vec<_>>() }))?
                }
            }
        }
        Ok(true)
    }
}

/// Whether there was no policy at all to look at.
fn is_missing(error: &PolicyError) -> bool {
    error.diagnostics().iter().all(|d| d.id == "unreadable" && d.span.layer == 0 && error.text(d).is_empty())
}

fn layers(document: &Document) -> String {
    let settings = document.effective();
    let left: Vec<String> = settings.iter().map(|s| format!("{} = {}", s.path, s.value)).collect();
    let width = left.iter().map(|text| text.chars().count()).filter(|width| *width <= 60).max().unwrap_or(0);
    let line = |(text, s): (&String, &Setting)| format!("{text:width$}  # {}:{}\n", s.file, s.line);
    left.iter().zip(&settings).map(line).collect()
}

fn setting(setting: &Setting) -> Value {
    let Setting { path, value, file, line, column, .. } = setting;
    json!({ "path": path, "value": value, "file": file.as_ref(), "line": line, "column": column })
}

fn explain(id: &str) -> Ended {
    let Some(page) = lint_page(id) else {
        let known: Vec<&str> = lint_pages().iter().map(|page| page.id).collect();
        return Err(Failure::new(format!("there is no finding `{id}`; known: {}", known.join(", "))));
    };
    let level = page.level.name();
    say(&format!("{}: {} ({level})\n\n{}\n\n{}\n", page.id, page.title, page.why, page.fix))?;
    Ok(true)
}

fn finding(finding: &Finding) -> Value {
    let diagnostic = &finding.diagnostic;
    json!({
        "id": diagnostic.id,
        "level": finding.level.name(),
        "file": diagnostic.file.as_ref(),
        "line": diagnostic.line,
        "column": diagnostic.column,
        "message": diagnostic.message,
        "help": diagnostic.help,
    })
}
