//! An answer is what goes to stdout, and whether it is yes; a failure is why there is none.

use std::fmt;
use std::io::{self, Write};

use clap::ValueEnum;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a reader.
    Text,
    /// For a program.
    Json,
}

/// How a command ended: yes, no, or why it could not tell.
pub type Ended = Result<bool, Failure>;

/// Why a command could not tell.
#[derive(Debug)]
pub struct Failure {
    message: String,
}

impl Failure {
    /// A failure in words: lower case, no full stop.
    pub fn new(message: impl fmt::Display) -> Failure {
        Failure { message: message.to_string() }
    }

    /// Of a file, and why.
    pub(crate) fn of(name: impl fmt::Display, error: impl fmt::Display) -> Failure {
        Failure::new(format!("{name}: {error}"))
    }

    pub(crate) fn tell(&self) {
        if !self.message.is_empty() {
            let _ = writeln!(io::stderr(), "error: {}", self.message);
        }
    }
}

/// Writes the answer. A reader who went away needs none.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::of("stdout", error)),
        _ => Ok(()),
    }
}

/// Writes the answer as JSON, indented, with a line feed behind.
pub(crate) fn say_json(value: &serde_json::Value) -> Result<(), Failure> {
    say(&format!("{value:#}\n"))
}
