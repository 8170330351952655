//! Where a password comes from: a prompt, stdin or a file descriptor. Never the argument list.

use std::fs::File;
use std::io::{self, IsTerminal, Read};

use clap::Args;
use zeroize::Zeroizing;

use crate::Failure;

/// More than any policy takes, and one byte to see that there is more.
const MAX_BYTES: u64 = 4096 + 3;

/// The option that names a descriptor.
#[derive(Args)]
pub(crate) struct PasswordInput {
    /// Read the password from this file descriptor instead of stdin
    #[arg(long, value_name = "N")]
    fd: Option<u32>,
    /// Take every byte: a line end behind the password is part of it
    #[arg(long)]
    exact: bool,
}

impl PasswordInput {
    /// The password: what the descriptor or stdin holds, without the line end behind it; from a terminal, what is
    /// typed at a prompt without being shown.
    pub(crate) fn read(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        match self.fd {
            Some(fd) => named_descriptor(fd, self.exact),
            None if io::stdin().is_terminal() => {
                let typed =
                    rpassword::prompt_password("Password: ").map_err(|error| Failure::of("terminal", error))?;
                Ok(Zeroizing::new(typed.into_bytes()))
            }
            None => all(io::stdin().lock(), "stdin", self.exact),
        }
    }
}

/// What a file descriptor holds, without the line end behind it.
pub(crate) fn descriptor(fd: u32) -> Result<Zeroizing<Vec<u8>>, Failure> {
    named_descriptor(fd, false)
}

fn named_descriptor(fd: u32, exact: bool) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let name = format!("file descriptor {fd}");
    let file = File::open(format!("/dev/fd/{fd}")).map_err(|error| Failure::of(&name, error))?;
    all(file, &name, exact)
}

fn all(from: impl Read, name: &str, exact: bool) -> Result<Zeroizing<Vec<u8>>, Failure> {
    // Room for all of it at once, so that no unwiped copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES as usize + 1));
    from.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|error| Failure::of(name, error))?;
    if !exact && bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    Ok(bytes)
}
