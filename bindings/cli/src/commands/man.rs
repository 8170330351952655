//! `kouling man`: the man pages, for packagers.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, roman};

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
        // `help` repeats all other commands and needs no pages.
        let mut command = command.disable_help_subcommand(true);
        command.build();
        let written = fs::create_dir_all(&self.directory).and_then(|()| write_pages(&command, &self.directory));
        written.map_err(|error| Failure::of(self.directory.display(), error))?;
        Ok(true)
    }
}

fn write_pages(command: &Command, directory: &Path) -> io::Result<()> {
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        write_pages(subcommand, directory)?;
    }
    let page = Page::new(command.clone()).manual("Kouling Manual");
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    sections_after_help(command).to_writer(&mut text)?;
    fs::write(directory.join(page.get_filename()), text)
}

/// The text after the options of the long help, as sections that keep their line breaks. Each paragraph begins with a
/// title and a colon, or is indented and continues the section.
fn sections_after_help(command: &Command) -> Roff {
    let help =
        command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string).unwrap_or_default();
    let mut roff = Roff::new();
    for paragraph in help.split("\n\n") {
        let text = match paragraph.split_once(':') {
            Some((title, text)) if !paragraph.starts_with(' ') => {
                roff.control("fi", []).control("SH", [title.to_uppercase().as_str()]).control("nf", []);
                text.strip_prefix('\n').unwrap_or(text.trim_start())
            }
            _ => {
                roff.text([]);
                paragraph
            }
        };
        for line in text.lines() {
            roff.text([roman(line)]);
        }
    }
    roff.control("fi", []);
    roff
}
