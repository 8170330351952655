//! The command line of a security team: one verb a file, the same judgements as everywhere.
//!
//! stdout is the answer and nothing else; everything else goes to stderr. The exit code is 0 for yes, 1 for no and 2
//! for "could not tell": a policy that does not load, an input that cannot be read, a password that cannot be judged.
//! Passwords come from a prompt, from stdin or from a file descriptor, never from the argument list, which every
//! process of the machine can read.

mod answer;
mod cases;
mod figures;
mod password_input;
mod person;
mod policy_argument;
mod progress;
mod question;
mod report;
mod sarif;
mod simulation;
mod verbs;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

pub use answer::{Ended, Failure};

#[derive(Parser)]
#[command(
    name = "kouling",
    version,
    about = "Write, try, explain and ship a password policy",
    after_help = "Exit codes: 0 yes, 1 no, 2 could not tell. `kouling help <verb>` shows examples.",
    disable_help_subcommand = false,
    infer_subcommands = false
)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Check(verbs::check::Check),
    Explain(verbs::explain::Explain),
    Lint(verbs::lint::Lint),
    Rules(verbs::rules::Rules),
    Schema(verbs::schema::Schema),
    Words(verbs::words::Words),
    Comply(verbs::comply::Comply),
    Describe(verbs::describe::Describe),
    Test(verbs::test::Test),
    Simulate(verbs::simulate::Simulate),
    Generate(verbs::generate::Generate),
    Diff(verbs::diff::Diff),
    Completions(verbs::completions::Completions),
}

/// Runs one command; the first argument is the name of the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run_to_code(arguments))
}

/// The same, with the exit code as a number: for a program that goes on.
pub fn run_to_code(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    // A panic is told by its place: its message could hold what was being worked on.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("kouling: a fault of this program at {place}; please report it");
    }));
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            let _ = error.print();
            return if asked { 0 } else { 2 };
        }
    };
    let ended = match arguments.verb {
        Verb::Check(check) => check.run(),
        Verb::Explain(explain) => explain.run(),
        Verb::Rules(rules) => rules.run(),
        Verb::Schema(schema) => schema.run(),
        Verb::Words(words) => words.run(),
        Verb::Lint(lint) => lint.run(),
        Verb::Comply(comply) => comply.run(),
        Verb::Describe(describe) => describe.run(),
        Verb::Test(test) => test.run(),
        Verb::Simulate(simulate) => simulate.run(),
        Verb::Generate(generate) => generate.run(),
        Verb::Diff(diff) => diff.run(),
        Verb::Completions(completions) => completions.run(&mut Arguments::command()),
    };
    match ended {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(failure) => {
            failure.tell();
            2
        }
    }
}
