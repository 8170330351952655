//! `kouling comply`: compares a policy with published standards.

use clap::Args;
use kouling::analysis::comply::{Compliance, Conflict, STANDARDS, Standard, Verdict, conflicts as find_conflicts};
use kouling::policy::Document;
use kouling::{Language, Loader};
use serde_json::{Value, json};

use crate::output::{Format, print, print_json};
use crate::person::now;
use crate::policy_argument::{load_failure, start};
use crate::{CommandResult, Failure};

/// Compare a policy with published standards, requirement by requirement
///
/// Each requirement is met, built into Kouling, met by the host if it makes a call such as `standing`, not met, or marked
/// `?` if the policy alone cannot decide it. The output names the line of the policy, and the requirements of the chosen
/// standards that contradict each other.
///
/// Standards: nist-800-63b-4, owasp-asvs-5, pci-dss-4, mlps-3, cis, microsoft-ad.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling comply acme.toml --standard nist-800-63b-4
  kouling comply acme.toml --standard pci-dss-4 owasp-asvs-5
  kouling comply acme.toml --all --language zh --format json

Exit status: 0 no requirement is violated, 1 a requirement is violated, 2 error. With --strict, also 1 if a requirement is
met only by the host or is undecided.")]
pub(crate) struct Comply {
    /// Preset or policy file
    policy: String,
    /// Standards to compare with [default: all]
    #[arg(short, long, num_args = 1.., value_name = "NAME", conflicts_with = "all")]
    standard: Vec<String>,
    /// Compare with every standard, which is the default
    #[arg(long)]
    all: bool,
    /// Treat requirements that only the host meets, and undecided ones, as violated
    #[arg(long)]
    strict: bool,
    /// Language of the requirements, such as en, zh or zh-TW
    #[arg(short, long, default_value = "en", value_name = "TAG")]
    language: String,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Comply {
    pub(crate) fn run(self) -> CommandResult {
        let names: Vec<&str> = match self.standard.as_slice() {
            [] => STANDARDS.iter().map(|(name, _)| *name).collect(),
            named => named.iter().map(String::as_str).collect(),
        };
        let standards = names.into_iter().map(standard).collect::<Result<Vec<_>, _>>()?;
        let (policy, document) = Loader::new()
            .load_with_document(start(&self.policy)?)
            .map_err(|error| load_failure(&self.policy, &error))?;
        let compared: Vec<Compliance> =
            standards.iter().map(|standard| standard.compare(&policy, &document, now())).collect();
        let conflicts = find_conflicts(&standards);
        match self.format {
            Format::Text => print(&self.text(&compared, &conflicts, &document))?,
            Format::Json => print_json(&self.json(&compared, &conflicts, &document))?,
        }
        let passes = |verdict: &Verdict| match verdict {
            Verdict::Met { .. } | Verdict::MetByConstruction { .. } => true,
            Verdict::MetByHost { .. } | Verdict::NotDecidable { .. } => !self.strict,
            Verdict::Broken { .. } => false,
        };
        Ok(compared.iter().all(|compliance| compliance.results.iter().all(|result| passes(&result.verdict))))
    }

    fn language(&self) -> Language {
        Language::from_tag(&self.language)
    }

    fn text(&self, compared: &[Compliance], conflicts: &[Conflict], document: &Document) -> String {
        let language = self.language();
        let mut text = String::new();
        for compliance in compared {
            text.push_str(&format!("{}\n", compliance.title));
            for result in &compliance.results {
                let verdict = result.verdict.label(language);
                let requirement = &result.requirement;
                text.push_str(&format!("  {verdict}  {}: {}\n", requirement.id, requirement.text(language)));
                if let Some(why) = result.verdict.why() {
                    text.push_str(&format!("      {}\n", why.text(language)));
                }
                if let Some(place) = result.place(document) {
                    text.push_str(&format!("      {place}\n"));
                }
            }
            text.push('\n');
        }
        for conflict in conflicts {
            let (one, other) = (&conflict.one, &conflict.other);
            let why = conflict.why.text(language);
            text.push_str(&format!("{} {} ↔ {} {}: {why}\n", one.0, one.1, other.0, other.1));
        }
        text
    }

    fn json(&self, compared: &[Compliance], conflicts: &[Conflict], document: &Document) -> Value {
        let language = self.language();
        json!({
            "policy": self.policy,
            "standards": compared.iter().map(|compliance| compliance.to_json(document, language)).collect::<Vec<_>>(),
            "conflicts": conflicts.iter().map(|conflict| conflict.to_json(language)).collect::<Vec<_>>(),
        })
    }
}

fn standard(name: &str) -> Result<Standard, Failure> {
    match Standard::built_in(name) {
        Some(standard) => standard.map_err(Failure::new),
        None => {
            let available: Vec<&str> = STANDARDS.iter().map(|(name, _)| *name).collect();
            Err(Failure::new(format!("unknown standard `{name}`; available: {}", available.join(", "))))
        }
    }
}
