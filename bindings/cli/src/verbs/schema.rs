//! `kouling schema`: what an editor needs to help with a policy.

use clap::Args;
use kouling::Loader;
use kouling::analysis::json_schema;

use crate::Ended;
use crate::answer::say_json;

/// Write the JSON Schema of policies, for editors
#[derive(Args)]
#[command(after_help = "\
Example:
  kouling schema > kouling.schema.json
  # and as the first line of a policy, for editors with a TOML language server (taplo, tombi):
  #:schema ./kouling.schema.json")]
pub(crate) struct Schema {}

impl Schema {
    pub(crate) fn run(self) -> Ended {
        say_json(&json_schema(&Loader::new()))?;
        Ok(true)
    }
}
