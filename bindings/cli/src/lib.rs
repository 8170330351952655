//! The command line `kouling`, for security teams. Each command is one file in `commands`.
//!
//! The result goes to stdout; errors, progress and remarks go to stderr. The exit status is 0 for success or acceptance,
//! 1 for a rejection or findings, and 2 for an error: a policy that does not load, an input that cannot be read, a
//! password that cannot be evaluated.
//! Passwords are read from a prompt, stdin or a file descriptor, never from the argument list, which every process on the
//! machine can read.

mod cases;
mod commands;
pub mod import;
mod number_format;
mod output;
mod password_input;
mod person;
mod policy_argument;
mod progress;
mod question;
mod report;
mod sarif;
mod simulation;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

pub use output::{CommandResult, Failure};

/// Write, test, explain and deploy password policies
#[derive(Parser)]
#[command(
    name = "kouling",
    version,
    after_help = "\
Exit status: 0 success/accepted, 1 rejected/findings, 2 error.
`kouling help <command>` shows the options and examples of a command."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(commands::check::Check),
    Explain(commands::explain::Explain),
    Estimate(commands::estimate::Estimate),
    Standing(commands::standing::StandingCommand),
    Lint(commands::lint::Lint),
    Rules(commands::rules::Rules),
    Schema(commands::schema::Schema),
    Words(commands::words::Words),
    Comply(commands::comply::Comply),
    Describe(commands::describe::Describe),
    Which(commands::which::Which),
    Import(commands::import::Import),
    Test(commands::test::Test),
    Simulate(commands::simulate::Simulate),
    Generate(commands::generate::Generate),
    Diff(commands::diff::Diff),
    Completions(commands::completions::Completions),
    Man(commands::man::Man),
}

/// Runs one command and returns its exit status. The first argument is the name of the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run_to_code(arguments))
}

/// Runs one command and returns its exit status as a number, for a process that continues afterwards.
///
/// The first argument is the name of the program. Replaces the panic hook of the process.
pub fn run_to_code(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    // Only the location of a panic is printed: its message could contain a password.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("kouling: internal error at {place}; please report this bug");
    }));
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let is_requested = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            let _ = error.print();
            return if is_requested { 0 } else { 2 };
        }
    };
    let result = match arguments.command {
        Command::Check(check) => check.run(),
        Command::Explain(explain) => explain.run(),
        Command::Estimate(estimate) => estimate.run(),
        Command::Standing(standing) => standing.run(),
        Command::Rules(rules) => rules.run(),
        Command::Schema(schema) => schema.run(),
        Command::Words(words) => words.run(),
        Command::Lint(lint) => lint.run(),
        Command::Comply(comply) => comply.run(),
        Command::Describe(describe) => describe.run(),
        Command::Which(which) => which.run(),
        Command::Import(import) => import.run(),
        Command::Test(test) => test.run(),
        Command::Simulate(simulate) => simulate.run(),
        Command::Generate(generate) => generate.run(),
        Command::Diff(diff) => diff.run(),
        Command::Completions(completions) => completions.run(&mut Arguments::command()),
        Command::Man(man) => man.run(Arguments::command()),
    };
    match result {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(failure) => {
            failure.print();
            2
        }
    }
}
