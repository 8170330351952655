//! Results on stdout, failures on stderr.

use std::fmt;
use std::io::{self, Write};

use clap::ValueEnum;
use comfy_table::Table;

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people
    Text,
    /// JSON for programs
    Json,
}

/// The end of a command: `true` for success or acceptance (exit status 0), `false` for a rejection or findings (1).
pub type CommandResult = Result<bool, Failure>;

/// The reason why a command has no result (exit status 2).
#[derive(Debug)]
pub struct Failure {
    message: String,
    help: Option<String>,
}

impl Failure {
    /// Creates a failure from its message: lower case, no full stop.
    pub fn new(message: impl fmt::Display) -> Failure {
        Failure { message: message.to_string(), help: None }
    }

    /// Creates a failure from the name of a file or option and the error that belongs to it.
    pub(crate) fn of(name: impl fmt::Display, error: impl fmt::Display) -> Failure {
        Failure::new(format!("{name}: {error}"))
    }

    /// Adds what the user can do about it: lower case, no full stop.
    #[must_use]
    pub(crate) fn with_help(self, help: Option<impl Into<String>>) -> Failure {
        Failure { help: help.map(Into::into), ..self }
    }

    /// Writes the message to stderr.
    pub(crate) fn print(&self) {
        let mut stderr = io::stderr().lock();
        let _ = writeln!(stderr, "error: {}", self.message);
        if let Some(help) = &self.help {
            let _ = writeln!(stderr, "help: {help}");
        }
    }
}

/// Writes a result to stdout. A closed pipe is not an error: its reader needs no more.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::of("stdout", error)),
        _ => Ok(()),
    }
}

/// Writes a result to stdout as indented JSON.
pub(crate) fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    print(&format!("{value:#}\n"))
}

/// The lines of a table, without the blanks that pad its last column.
pub(crate) fn table_lines(table: &Table) -> String {
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
