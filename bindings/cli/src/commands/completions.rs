//! `kouling completions`: completion scripts for shells.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::output::print;
use crate::{CommandResult, Failure};

/// Print the completion script for a shell
#[derive(Args)]
#[command(after_long_help = "\
Example:
  kouling completions bash > /etc/bash_completion.d/kouling")]
pub(crate) struct Completions {
    /// Shell that reads the script
    shell: Shell,
}

impl Completions {
    /// `command` is the definition of the whole command line.
    pub(crate) fn run(self, command: &mut Command) -> CommandResult {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "kouling", &mut script);
        print(&String::from_utf8(script).map_err(Failure::new)?)?;
        Ok(true)
    }
}
