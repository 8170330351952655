//! The program `kouling`: a thin wrapper around [`kouling_cli::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    kouling_cli::run(std::env::args_os())
}
