//! `kouling comply`: compares a policy with published standards.

use clap::Args;
use kouling::Language;
use kouling::analysis::comply::{Compliance, Conflict, STANDARDS, Standard, Verdict, conflicts as find_conflicts};
use kouling::population::Population;
use serde_json::{Value, json};

use crate::output::{Format, print, print_json};
use crate::person::now;
use crate::policy_argument::{Member, PopulationOption, heading, load};
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
    /// Preset, policy file or policy set
    policy: String,
    #[command(flatten)]
    population: PopulationOption,
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
        let loaded = load(&self.policy)?;
        let conflicts = find_conflicts(&standards);
        let results = loaded.members(&self.population)?.into_iter().map(|member| {
            let compare = |standard: &Standard| standard.compare(member.policy, member.document, now());
            (member, standards.iter().map(compare).collect())
        });
        let results: Vec<(Member<'_>, Vec<Compliance>)> = results.collect();
        match self.format {
            Format::Text => print(&self.text(&results, &conflicts))?,
            Format::Json => print_json(&self.json(&results, &conflicts))?,
        }
        let passes = |verdict: &Verdict| match verdict {
            Verdict::Met { .. } | Verdict::MetByConstruction { .. } => true,
            Verdict::MetByHost { .. } | Verdict::NotDecidable { .. } => !self.strict,
            Verdict::Broken { .. } => false,
        };
        let mut compared = results.iter().flat_map(|(_, compared)| compared);
        Ok(compared.all(|compliance| compliance.results.iter().all(|result| passes(&result.verdict))))
    }

    fn language(&self) -> Language {
        Language::from_tag(&self.language)
    }

    fn text(&self, results: &[(Member<'_>, Vec<Compliance>)], conflicts: &[Conflict]) -> String {
        let language = self.language();
        let mut text = String::new();
        for (member, compared) in results {
            if let Some(population) = member.population {
                text.push_str(&format!("== {}\n", heading(population)));
            }
            for compliance in compared {
                text.push_str(&format!("{}\n{}\n", compliance.title, requirements(compliance, member, language)));
            }
        }
        for conflict in conflicts {
            let (one, other) = (&conflict.one, &conflict.other);
            let why = conflict.why.text(language);
            text.push_str(&format!("{} {} ↔ {} {}: {why}\n", one.0, one.1, other.0, other.1));
        }
        text
    }

    fn json(&self, results: &[(Member<'_>, Vec<Compliance>)], conflicts: &[Conflict]) -> Value {
        let language = self.language();
        let standards = |(member, compared): &(Member<'_>, Vec<Compliance>)| -> Value {
            compared.iter().map(|compliance| compliance.to_json(member.document, language)).collect()
        };
        let mut report = json!({
            "policy": self.policy,
            "conflicts": conflicts.iter().map(|conflict| conflict.to_json(language)).collect::<Vec<_>>(),
        });
        match results {
            [only @ (Member { population: None, .. }, _)] => report["standards"] = standards(only),
            results => {
                let populations = results.iter().map(|result| {
                    json!({ "name": result.0.population.map(Population::name), "standards": standards(result) })
                });
                report["populations"] = populations.collect();
            }
        }
        report
    }
}

/// The requirements of one standard, with the verdict and the place of each.
fn requirements(compliance: &Compliance, member: &Member<'_>, language: Language) -> String {
    let mut text = String::new();
    for result in &compliance.results {
        let verdict = result.verdict.label(language);
        let requirement = &result.requirement;
        text.push_str(&format!("  {verdict}  {}: {}\n", requirement.id, requirement.text(language)));
        if let Some(why) = result.verdict.why() {
            text.push_str(&format!("      {}\n", why.text(language)));
        }
        if let Some(place) = result.place(member.document) {
            text.push_str(&format!("      {place}\n"));
        }
    }
    text
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
