//! `kouling schema`: the JSON Schema of the policy format.

use clap::Args;
use kouling::Loader;
use kouling::analysis::json_schema;

use crate::CommandResult;
use crate::output::print_json;

/// Print the JSON Schema of the policy format, for editors
///
/// An editor with a TOML language server (taplo, tombi) uses the schema to complete keys, show their documentation and
/// mark errors. Name the schema file in the first line of a policy: `#:schema ./kouling.schema.json`.
#[derive(Args)]
#[command(after_long_help = "\
Example:
  kouling schema > kouling.schema.json")]
pub(crate) struct Schema {}

impl Schema {
    pub(crate) fn run(self) -> CommandResult {
        print_json(&json_schema(&Loader::new()))?;
        Ok(true)
    }
}
