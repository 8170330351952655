//! `kouling rules`: the catalogue.

use clap::Args;
use kouling::analysis::catalogue;
use kouling::policy::diagnostic::nearest;
use kouling::rules::built_in;
use serde_json::{Value, json};

use crate::answer::{Format, say, say_json};
use crate::{Ended, Failure};

/// Show the kinds of rules, or the page of one
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling rules
  kouling rules pinyin_name
  kouling rules --format json")]
pub(crate) struct Rules {
    /// A kind of rule
    kind: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Rules {
    pub(crate) fn run(self) -> Ended {
        let kinds: Vec<&str> = match &self.kind {
            None => catalogue::kinds().collect(),
            Some(kind) => vec![catalogue::kinds().find(|known| known == kind).ok_or_else(|| unknown(kind))?],
        };
        match (self.format, &self.kind) {
            (Format::Json, _) => say_json(&Value::Array(kinds.into_iter().map(as_json).collect()))?,
            (Format::Text, Some(kind)) => say(&format!("{}\n", catalogue::page(kind).unwrap_or_default()))?,
            (Format::Text, None) => {
                let line = |kind: &&str| format!("{kind:<18} {}\n", one_line(kind));
                say(&kinds.iter().map(line).collect::<String>())?;
            }
        }
        Ok(true)
    }
}

fn unknown(kind: &str) -> Failure {
    let help =
        nearest(kind, catalogue::kinds()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Failure::new(format!("there is no kind of rule `{kind}`{help}"))
}

fn one_line(kind: &str) -> String {
    catalogue::summary(kind).unwrap_or_default().to_owned()
}

fn as_json(kind: &str) -> Value {
    let codes: Vec<String> = built_in()
        .iter()
        .filter(|definition| definition.kind() == kind)
        .flat_map(|definition| definition.codes().map(ToOwned::to_owned).collect::<Vec<_>>())
        .collect();
    json!({
        "kind": kind,
        "summary": one_line(kind),
        "codes": codes,
        "parameters": catalogue::parameters(kind),
        "page": catalogue::page(kind),
    })
}
