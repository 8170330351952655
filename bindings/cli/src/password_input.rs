//! Reading a password from a prompt, stdin or a file descriptor, and opening lists.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::Path;

use clap::Args;
use kouling::knowledge::compression;
use zeroize::Zeroizing;

use crate::Failure;

/// The engine reads at most this many bytes of a password.
pub(crate) const MAX_PASSWORD_BYTES: usize = 4096;
/// A byte order mark may come before the password and a line end may follow, and one more byte shows that it is longer.
const MAX_BYTES: u64 = MAX_PASSWORD_BYTES as u64 + 6;

/// What PowerShell and some editors write before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// The options for reading a password.
#[derive(Args)]
pub(crate) struct PasswordInput {
    /// Read the password from this file descriptor instead of stdin
    #[arg(long, value_name = "N")]
    fd: Option<u32>,
    /// Treat a trailing line end and a leading byte order mark as parts of the password
    #[arg(long)]
    exact: bool,
}

impl PasswordInput {
    /// Reads the password from the descriptor or from stdin, without a leading byte order mark and a trailing line end. If stdin is a terminal, prompts
    /// for it without echo.
    pub(crate) fn read(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        match self.fd {
            Some(fd) => named_descriptor(fd, self.exact),
            None if io::stdin().is_terminal() => {
                let password =
                    rpassword::prompt_password("Password: ").map_err(|error| Failure::of("terminal", error))?;
                Ok(Zeroizing::new(password.into_bytes()))
            }
            None => all(io::stdin().lock(), "stdin", self.exact),
        }
    }
}

/// Opens a list, which is a file or `-` for stdin, and decompresses it if necessary.
pub(crate) fn open_list(input: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if input == Path::new("-") {
        return Ok(compression::reader(io::stdin().lock()));
    }
    let file = File::open(input).map_err(|error| Failure::of(input.display(), error))?;
    Ok(compression::reader(file))
}

/// Reads a password from a file descriptor, without a leading byte order mark and a trailing line end.
pub(crate) fn descriptor(fd: u32) -> Result<Zeroizing<Vec<u8>>, Failure> {
    named_descriptor(fd, false)
}

fn named_descriptor(fd: u32, exact: bool) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let name = format!("file descriptor {fd}");
    let file = File::open(format!("/dev/fd/{fd}")).map_err(|error| Failure::of(&name, error))?;
    all(file, &name, exact)
}

fn all(from: impl Read, name: &str, exact: bool) -> Result<Zeroizing<Vec<u8>>, Failure> {
    // Allocated at once: a vector that grows leaves copies that are not wiped.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES as usize + 1));
    from.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|error| Failure::of(name, error))?;
    if !exact && bytes.starts_with(BYTE_ORDER_MARK) {
        // In place: no copy is left behind.
        bytes.drain(..BYTE_ORDER_MARK.len());
        let _ = writeln!(io::stderr(), "kouling: ignored the byte order mark at the beginning of {name}");
    }
    if !exact && bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    Ok(bytes)
}
