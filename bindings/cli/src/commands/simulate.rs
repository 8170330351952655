//! `kouling simulate`: evaluates a whole list of passwords.

use std::fs::{self, File};
use std::io;
use std::sync::Arc;
use std::thread::available_parallelism;

use clap::Args;
use kouling::Policy;
use serde_json::json;

use crate::output::{Format, print, print_json};
use crate::person::{Person, PersonFacts};
use crate::policy_argument::{Loaded, PopulationOption, load, policy_and_rest};
use crate::report::report;
use crate::simulation::text::{text, to_json};
use crate::simulation::{CorpusFormat, OfUsers, Simulated, Simulation};
use crate::{CommandResult, Failure};

/// Evaluate a list of passwords and count what each rule refuses
///
/// The list has one password per line; an empty line is an empty password. Every rule evaluates every password. The
/// column "in addition" counts passwords that a warning or shadow rule would refuse and that are accepted now. Lines
/// that are not UTF-8, contain NUL or do not have the requested format are counted as not evaluated. With a policy set,
/// every population evaluates the list, or, with --jsonl, each line is evaluated for the population of its user. Memory use does not
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
    /// Preset, policy file or policy set [default: standard], then the list of passwords [default: -, which is stdin]
    #[arg(value_names = ["POLICY", "FILE"], num_args = 0..)]
    names: Vec<String>,
    /// Preset or policy file, as an option
    #[arg(short, long)]
    policy: Option<String>,
    /// Compare with this preset, policy file or policy set, usually the current one
    #[arg(long, value_name = "OTHER")]
    against: Option<String>,
    /// Read lines of a count, a space and a password, as written by `uniq -c`
    #[arg(long)]
    counts: bool,
    /// Read lines of JSON objects: `password`, and optionally `user` (as in --user-file) and `count`
    #[arg(long, conflicts_with = "counts")]
    jsonl: bool,
    #[command(flatten)]
    population: PopulationOption,
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

/// A policy, with the name of its population if there are several.
type NamedPolicy<'l> = (Option<String>, &'l Arc<Policy>);

impl Simulate {
    pub(crate) fn run(self) -> CommandResult {
        let (policy, rest) = policy_and_rest(self.policy.clone(), self.names.clone());
        let file = match rest.as_slice() {
            [] => "-",
            [file] => file,
            [_, more, ..] => {
                return Err(Failure::new(format!(
                    "unexpected argument `{more}`: only one password list is supported"
                )));
            }
        };
        let loaded = load(&policy)?;
        let against = self.against.as_deref().map(load).transpose()?;
        let person = self.person.load()?;
        let format = match (self.counts, self.jsonl) {
            (true, _) => CorpusFormat::Counted,
            (_, true) => CorpusFormat::Json,
            _ => CorpusFormat::Plain,
        };
        let threads = self.threads.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
        let members = self.members(&loaded, &person)?;
        if members.len() > 1 && file == "-" {
            return Err(Failure::new("the populations of a policy set need several passes over the list")
                .with_help(Some("name a file, or a population by --population")));
        }
        if members.len() > 1 && self.report.is_some() {
            return Err(
                Failure::new("a report is about one policy").with_help(Some("name a population by --population"))
            );
        }
        let mut results = Vec::new();
        for (place, (name, policy)) in members.iter().enumerate() {
            let against = against.as_ref().map(|against| counterpart(against, name.as_deref())).transpose()?;
            // The lines of a JSON list have users, who belong to populations.
            let of_users =
                (members.len() > 1 && self.jsonl).then_some(OfUsers { set: &loaded.set, is_first: place == 0 });
            let against = against.map(AsRef::as_ref);
            let simulation = Simulation { policy, against, person: &person, format, threads, of_users };
            results.push((name.as_deref(), run(&simulation, file)?));
        }
        if let (Some(path), [(_, simulated)]) = (&self.report, results.as_slice()) {
            fs::write(path, report(simulated)?).map_err(|error| Failure::of(path, error))?;
        }
        match (self.format, results.as_slice()) {
            (Format::Text, [(_, simulated)]) => print(&text(simulated))?,
            (Format::Json, [(_, simulated)]) => print_json(&to_json(simulated))?,
            (Format::Text, results) => {
                let texts = results
                    .iter()
                    .map(|(name, simulated)| format!("== {}\n{}", name.unwrap_or_default(), text(simulated)));
                print(&texts.collect::<Vec<_>>().join("\n"))?;
            }
            (Format::Json, results) => {
                let populations =
                    results.iter().map(|(name, simulated)| json!({ "name": name, "result": to_json(simulated) }));
                print_json(&json!({ "populations": populations.collect::<Vec<_>>() }))?;
            }
        }
        Ok(true)
    }

    /// Returns the policies to simulate, with the names of their populations: the one that the options select, or all.
    fn members<'l>(&self, loaded: &'l Loaded, person: &PersonFacts) -> Result<Vec<NamedPolicy<'l>>, Failure> {
        if let Some(policy) = loaded.set.only_policy() {
            return Ok(vec![(None, policy)]);
        }
        if self.population.name().is_some() {
            let policy = loaded.policy_for(person.user(), &self.population)?;
            return Ok(vec![(self.population.name().map(str::to_owned), policy)]);
        }
        if !self.jsonl
            && let Ok(selected) = loaded.set.select(person.user())
        {
            return Ok(vec![(Some(selected.names().join(" and ")), selected.policy())]);
        }
        Ok(loaded.set.policies().into_iter().map(|(names, policy)| (Some(names.join(" and ")), policy)).collect())
    }
}

/// Returns the policy that the one of population `name` is compared with.
fn counterpart<'l>(against: &'l Loaded, name: Option<&str>) -> Result<&'l Arc<Policy>, Failure> {
    if let Some(policy) = against.set.only_policy() {
        return Ok(policy);
    }
    let policies = against.set.policies();
    let found = policies.into_iter().find(|(names, _)| Some(names.join(" and ").as_str()) == name);
    found.map(|(_, policy)| policy).ok_or_else(|| {
        Failure::new(format!("the policy set of --against has no population `{}`", name.unwrap_or_default()))
    })
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
