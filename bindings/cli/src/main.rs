//! `kouling`, the command line of a security team.

use std::process::ExitCode;

fn main() -> ExitCode {
    kouling_cli::run(std::env::args_os())
}
