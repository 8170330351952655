//! `kouling simulate`: what a policy would do to the passwords of a whole corpus.

use std::fs::{self, File};
use std::io;
use std::thread::available_parallelism;

use clap::Args;

use crate::answer::{Format, say, say_json};
use crate::person::Person;
use crate::policy_argument::{load, policy_and_rest};
use crate::report::report;
use crate::simulation::text::{text, to_json};
use crate::simulation::{CorpusFormat, Simulated, Simulation};
use crate::{Ended, Failure};

/// Judge a list of passwords, one a line, and count what each rule does to them
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling simulate acme.toml passwords.txt
  zcat leak.gz | kouling simulate acme.toml -
  kouling simulate new.toml passwords.txt --against old.toml --report difference.html
  sort passwords.txt | uniq -c | kouling simulate acme.toml --counts
  kouling simulate acme.toml users.jsonl --jsonl     # {\"password\": \"…\", \"user\": {\"username\": \"…\"}}
  kouling simulate acme.toml passwords.txt --format json | jq .by_rule

Every rule judges every password. A rule on trial (severity \"shadow\") is counted under \"in addition\": what it would
refuse that is accepted now. An empty line is an empty password. A line that is not UTF-8, holds a NUL or is not of the
form asked for counts as not judged. Nothing of any password is written anywhere.

Exit codes: 0 simulated, 2 could not tell.")]
pub(crate) struct Simulate {
    /// The policy: a preset or a file (`standard` if none is named), then the list of passwords, `-` for stdin
    #[arg(value_names = ["POLICY", "FILE"], num_args = 0..)]
    names: Vec<String>,
    /// The policy, as an option
    #[arg(short, long)]
    policy: Option<String>,
    /// Compare with this policy: what POLICY refuses newly, and what it accepts newly
    #[arg(long, value_name = "OTHER")]
    against: Option<String>,
    /// Each line is a number, a space and a password, as `uniq -c` writes them: figures are weighted
    #[arg(long)]
    counts: bool,
    /// Each line is a JSON object: `password`, and where known `user` (as in --user-file) and `count`
    #[arg(long, conflicts_with = "counts")]
    jsonl: bool,
    #[command(flatten)]
    person: Person,
    /// Judge on so many threads; on all cores, if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write a report with plots, one HTML file that needs nothing else
    #[arg(long, value_name = "FILE.html")]
    report: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Simulate {
    pub(crate) fn run(self) -> Ended {
        let (policy, rest) = policy_and_rest(self.policy, self.names);
        let file = match rest.as_slice() {
            [] => "-",
            [file] => file,
            [_, more, ..] => {
                return Err(Failure::new(format!("one list of passwords at a time: what is `{more}`?")));
            }
        };
        let policy = load(&policy)?;
        let against = self.against.as_deref().map(load).transpose()?;
        let known = self.person.read()?;
        let form = match (self.counts, self.jsonl) {
            (true, _) => CorpusFormat::Counted,
            (_, true) => CorpusFormat::Json,
            _ => CorpusFormat::Plain,
        };
        let threads = self.threads.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
        let simulation = Simulation { policy: &policy, against: against.as_ref(), known: &known, form, threads };
        let simulated = from(&simulation, file)?;
        if let Some(path) = &self.report {
            fs::write(path, report(&simulated)).map_err(|error| Failure::of(path, error))?;
        }
        match self.format {
            Format::Text => say(&text(&simulated))?,
            Format::Json => say_json(&to_json(&simulated))?,
        }
        Ok(true)
    }
}

fn from(simulation: &Simulation<'_>, file: &str) -> Result<Simulated, Failure> {
    // The dictionaries are loaded when they are first used: that is no rule's time.
    let _ = simulation.policy.evaluate_all(b"Warming-up-2026", &simulation.known.facts(), &mut |_| {});
    if let Some(against) = simulation.against {
        let _ = against.evaluate_all(b"Warming-up-2026", &simulation.known.facts(), &mut |_| {});
    }
    if file == "-" {
        return simulation.run(io::stdin().lock(), "stdin", None);
    }
    let opened = File::open(file).map_err(|error| Failure::of(file, error))?;
    let bytes = opened.metadata().ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len());
    simulation.run(opened, file, bytes)
}
