//! Running the program as a process.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs a command in a directory with bytes on its stdin.
pub(crate) fn run(command: &mut Command, directory: &Path, stdin: &[u8]) -> Output {
    let mut process = command
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // A command that fails early does not read its stdin.
    let _ = process.stdin.take().expect("a pipe").write_all(stdin);
    process.wait_with_output().expect("the command ends")
}
