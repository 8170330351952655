//! `kouling completions`: what a shell needs to complete our words.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::answer::say;
use crate::{Ended, Failure};

/// Write the completions for a shell
#[derive(Args)]
#[command(after_help = "Example:\n  kouling completions bash > /etc/bash_completion.d/kouling")]
pub(crate) struct Completions {
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, command: &mut Command) -> Ended {
        let mut written = Vec::new();
        clap_complete::generate(self.shell, command, "kouling", &mut written);
        say(&String::from_utf8(written).map_err(Failure::new)?)?;
        Ok(true)
    }
}
