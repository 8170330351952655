//! `kouling simulate`: evaluates a whole list of passwords.

use std::fs::{self, File};
use std::io;
use std::thread::available_parallelism;

use clap::Args;

use crate::output::{Format, print, print_json};
use crate::person::Person;
use crate::policy_argument::{load, policy_and_rest};
use crate::report::report;
use crate::simulation::text::{text, to_json};
use crate::simulation::{CorpusFormat, Simulated, Simulation};
use crate::{CommandResult, Failure};

/// Evaluate a list of passwords and count what each rule refuses
///
/// The list has one password per line; an empty line is an empty password. Every rule evaluates every password. The
/// column "in addition" counts passwords that a warning or shadow rule would refuse and that are accepted now. Lines
/// that are not UTF-8, contain NUL or do not have the requested format are counted as not evaluated. Memory use does not
/// depend on the length of the list. The column "CPU time" is the mean of a sample of the lines. No part of a password is printed or written to the report.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling simulate acme.toml passwords.txt
  zcat leak.gz | kouling simulate acme.toml -
  kouling simulate new.toml passwords.txt --against old.toml --report difference.html
  sort passwords.txt | uniq -c | kouling simulate acme.toml --counts
  kouling simulate acme.toml users.jsonl --jsonl     # {\"password\": \"…\", \"user\": {\"username\": \"…\"}}
  kouling simulate acme.toml passwords.txt --format json | jq .by_rule

Exit status: 0 success, 2 error.")]
pub(crate) struct Simulate {
    /// Preset or policy file [default: standard], then the list of passwords [default: -, which is stdin]
    #[arg(value_names = ["POLICY", "FILE"], num_args = 0..)]
    names: Vec<String>,
    /// Preset or policy file, as an option
    #[arg(short, long)]
    policy: Option<String>,
    /// Compare with this preset or policy file, usually the current one
    #[arg(long, value_name = "OTHER")]
    against: Option<String>,
    /// Read lines of a count, a space and a password, as written by `uniq -c`
    #[arg(long)]
    counts: bool,
    /// Read lines of JSON objects: `password`, and optionally `user` (as in --user-file) and `count`
    #[arg(long, conflicts_with = "counts")]
    jsonl: bool,
    #[command(flatten)]
    person: Person,
    /// Number of threads [default: number of CPUs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write a report with charts, as one self-contained HTML file
    #[arg(long, value_name = "FILE.html")]
    report: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Simulate {
    pub(crate) fn run(self) -> CommandResult {
        let (policy, rest) = policy_and_rest(self.policy, self.names);
        let file = match rest.as_slice() {
            [] => "-",
            [file] => file,
            [_, more, ..] => {
                return Err(Failure::new(format!(
                    "unexpected argument `{more}`: only one password list is supported"
                )));
            }
        };
        let policy = load(&policy)?;
        let against = self.against.as_deref().map(load).transpose()?;
        let person = self.person.load()?;
        let format = match (self.counts, self.jsonl) {
            (true, _) => CorpusFormat::Counted,
            (_, true) => CorpusFormat::Json,
            _ => CorpusFormat::Plain,
        };
        let threads = self.threads.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
        let simulation =
            Simulation { policy: &policy, against: against.as_ref(), person: &person, format, threads };
        let simulated = run(&simulation, file)?;
        if let Some(path) = &self.report {
            fs::write(path, report(&simulated)?).map_err(|error| Failure::of(path, error))?;
        }
        match self.format {
            Format::Text => print(&text(&simulated))?,
            Format::Json => print_json(&to_json(&simulated))?,
        }
        Ok(true)
    }
}

fn run(simulation: &Simulation<'_>, file: &str) -> Result<Simulated, Failure> {
    // Load the dictionaries now, so that their loading is not counted as the time of a rule.
    let _ = simulation.policy.evaluate_all(b"Warming-up-2026", &simulation.person.facts(), &mut |_| {});
    if let Some(against) = simulation.against {
        let _ = against.evaluate_all(b"Warming-up-2026", &simulation.person.facts(), &mut |_| {});
    }
    if file == "-" {
        return simulation.run(io::stdin().lock(), "stdin", None);
    }
    let opened = File::open(file).map_err(|error| Failure::of(file, error))?;
    let bytes = opened.metadata().ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len());
    simulation.run(opened, file, bytes)
}
