//! `kouling man`: the man pages, for packagers.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Command};

use crate::{CommandResult, Failure};

/// Write the man pages to a directory, one for each command
///
/// The directory is created if it does not exist.
#[derive(Args)]
#[command(
    hide = true,
    after_long_help = "\
Example:
  kouling man /usr/local/share/man/man1"
)]
pub(crate) struct Man {
    /// Directory for the files kouling.1, kouling-check.1, ...
    directory: PathBuf,
}

impl Man {
    /// `command` is the definition of the whole command line.
    pub(crate) fn run(self, command: Command) -> CommandResult {
        let failed = |error| Failure::of(self.directory.display(), error);
        fs::create_dir_all(&self.directory).map_err(failed)?;
        clap_mangen::generate_to(command, &self.directory).map_err(failed)?;
        Ok(true)
    }
}
