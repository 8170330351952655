//! `kouling comply`: a policy beside the standards, requirement by requirement.

use clap::Args;
use kouling::Loader;
use kouling::analysis::comply::{Compliance, Conflict, STANDARDS, Standard, Verdict, conflicts};
use kouling::policy::Document;
use serde_json::{Value, json};

use crate::answer::{Format, say, say_json};
use crate::person::clock;
use crate::policy_argument::{load, start};
use crate::{Ended, Failure};

/// Compare a policy with standards, by the ids of their requirements
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling comply acme.toml --standard nist-800-63b-4
  kouling comply acme.toml --standard pci-dss-4 owasp-asvs-5      # and where the two contradict each other
  kouling comply acme.toml --all --language zh --format json

Standards: nist-800-63b-4, owasp-asvs-5, pci-dss-4, mlps-3, cis, microsoft-ad (all, if none is named).

Exit codes: 0 nothing is broken, 1 something is, 2 could not tell.")]
pub(crate) struct Comply {
    /// A preset or a file
    policy: String,
    /// The standards
    #[arg(short, long, num_args = 1.., value_name = "NAME", conflicts_with = "all")]
    standard: Vec<String>,
    /// Every standard
    #[arg(long)]
    all: bool,
    /// The language: en, zh
    #[arg(short, long, default_value = "en", value_name = "TAG")]
    language: String,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Comply {
    pub(crate) fn run(self) -> Ended {
        let names: Vec<&str> = match self.standard.as_slice() {
            [] => STANDARDS.iter().map(|(name, _)| *name).collect(),
            named => named.iter().map(String::as_str).collect(),
        };
        let standards = names.into_iter().map(standard).collect::<Result<Vec<_>, _>>()?;
        load(&self.policy)?; // says all that is wrong when it does not load
        let (policy, document) = Loader::new().load_with_document(start(&self.policy)).map_err(Failure::new)?;
        let compared: Vec<Compliance> =
            standards.iter().map(|standard| standard.compare(&policy, &document, clock())).collect();
        let clashes = conflicts(&standards);
        match self.format {
            Format::Text => say(&self.text(&compared, &clashes, &document))?,
            Format::Json => say_json(&self.json(&compared, &clashes, &document))?,
        }
        Ok(compared.iter().all(|compliance| compliance.broken().next().is_none()))
    }

    fn text(&self, compared: &[Compliance], clashes: &[Conflict], document: &Document) -> String {
        let tag = self.language.as_str();
        let mut text = String::new();
        for compliance in compared {
            text.push_str(&format!("{}\n", compliance.title));
            for judged in &compliance.results {
                let verdict = word(&judged.verdict, tag);
                let requirement = &judged.requirement;
                text.push_str(&format!("  {verdict}  {}: {}\n", requirement.id, requirement.text(tag)));
                if let Some(why) = judged.verdict.why() {
                    text.push_str(&format!("      {}\n", why.text(tag)));
                }
                if let Some(place) = judged.place(document) {
                    text.push_str(&format!("      {place}\n"));
                }
            }
            text.push('\n');
        }
        for clash in clashes {
            let (one, other) = (&clash.one, &clash.other);
            let why = clash.why.text(tag);
            text.push_str(&format!("{} {} ↔ {} {}: {why}\n", one.0, one.1, other.0, other.1));
        }
        text
    }

    fn json(&self, compared: &[Compliance], clashes: &[Conflict], document: &Document) -> Value {
        let tag = self.language.as_str();
        json!({
            "policy": self.policy,
            "standards": compared.iter().map(|compliance| compliance.to_json(document, tag)).collect::<Vec<_>>(),
            "conflicts": clashes.iter().map(|clash| clash.to_json(tag)).collect::<Vec<_>>(),
        })
    }
}

fn standard(name: &str) -> Result<Standard, Failure> {
    match Standard::built_in(name) {
        Some(standard) => standard.map_err(Failure::new),
        None => {
            let known: Vec<&str> = STANDARDS.iter().map(|(name, _)| *name).collect();
            Err(Failure::new(format!("there is no standard `{name}`; known: {}", known.join(", "))))
        }
    }
}

fn word(verdict: &Verdict, tag: &str) -> &'static str {
    let zh = tag.starts_with("zh");
    match (verdict, zh) {
        (Verdict::Met { .. }, false) => "met     ",
        (Verdict::MetByConstruction { .. }, false) => "built in",
        (Verdict::Broken { .. }, false) => "BROKEN  ",
        (Verdict::NotDecidable { .. }, false) => "?       ",
        (Verdict::Met { .. }, true) => "符合",
        (Verdict::MetByConstruction { .. }, true) => "内置",
        (Verdict::Broken { .. }, true) => "违反",
        (Verdict::NotDecidable { .. }, true) => "未定",
    }
}
