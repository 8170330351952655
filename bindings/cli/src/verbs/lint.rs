//! `kouling lint`: everything that is wrong with a policy, before it ships.

use clap::Args;
use kouling::{Diagnostic, Loader};
use serde_json::{Value, json};

use crate::Ended;
use crate::answer::{Format, say, say_json};
use crate::policy_argument::{render, start};

/// Say everything that is wrong with policies
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling lint acme.toml
  kouling lint --format json *.toml

Exit codes: 0 nothing is wrong, 1 something is, 2 could not tell.")]
pub(crate) struct Lint {
    /// Presets or files
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Lint {
    pub(crate) fn run(self) -> Ended {
        let loader = Loader::new();
        let (mut text, mut findings) = (String::new(), Vec::new());
        for policy in &self.policies {
            if let Err(error) = loader.load(start(policy)) {
                text.push_str(&render(&error));
                findings.extend(error.diagnostics().iter().map(finding));
            }
        }
        match self.format {
            Format::Text if findings.is_empty() => say("nothing is wrong\n")?,
            Format::Text => say(&text)?,
            Format::Json => say_json(&json!({ "findings": findings }))?,
        }
        Ok(findings.is_empty())
    }
}

fn finding(diagnostic: &Diagnostic) -> Value {
    json!({
        "id": diagnostic.id,
        "file": diagnostic.file.as_ref(),
        "line": diagnostic.line,
        "column": diagnostic.column,
        "message": diagnostic.message,
        "help": diagnostic.help,
    })
}
