//! `kouling rules`: the catalogue of rule kinds.

use clap::Args;
use kouling::analysis::catalogue;
use kouling::policy::diagnostic::nearest;
use kouling::rules::built_in;
use serde_json::{Value, json};

use crate::output::{Format, print, print_json};
use crate::{CommandResult, Failure};

/// List the rule kinds, or show the reference page of one
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling rules
  kouling rules pinyin_name
  kouling rules --format json")]
pub(crate) struct Rules {
    /// Rule kind whose page is shown
    kind: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Rules {
    pub(crate) fn run(self) -> CommandResult {
        let kinds: Vec<&str> = match &self.kind {
            None => catalogue::kinds().collect(),
            Some(kind) => vec![catalogue::kinds().find(|known| known == kind).ok_or_else(|| unknown(kind))?],
        };
        match (self.format, &self.kind) {
            (Format::Json, _) => print_json(&Value::Array(kinds.into_iter().map(as_json).collect()))?,
            (Format::Text, Some(kind)) => print(&format!("{}\n", catalogue::page(kind).unwrap_or_default()))?,
            (Format::Text, None) => {
                let line = |kind: &&str| format!("{kind:<18} {}\n", one_line(kind));
                print(&kinds.iter().map(line).collect::<String>())?;
            }
        }
        Ok(true)
    }
}

fn unknown(kind: &str) -> Failure {
    let help =
        nearest(kind, catalogue::kinds()).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    Failure::new(format!("unknown rule kind `{kind}`{help}"))
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
