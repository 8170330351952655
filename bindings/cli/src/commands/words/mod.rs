//! `kouling words`: word lists and breach filters.

mod build;
mod find;
mod status;

use clap::{Args, Subcommand};

use crate::CommandResult;

/// Build and inspect word lists and breach filters
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling words lists
  kouling words build banned.txt --out banned.kwl
  kouling words build leaked.txt --filter --out leaked.kbf
  kouling words build ranges/ --hash ntlm --source 'HIBP, 2026-10' --out pwned.kbf
  kouling words status pwned.kbf --measure 10000000
  kouling words find pwned.kbf < password.txt")]
pub(crate) struct Words {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Build(build::Build),
    Status(status::Status),
    Find(find::Find),
    Lists(status::Lists),
}

impl Words {
    pub(crate) fn run(self) -> CommandResult {
        match self.action {
            Action::Build(build) => build.run(),
            Action::Status(status) => status.run(),
            Action::Find(find) => find.run(),
            Action::Lists(lists) => lists.run(),
        }
    }
}
