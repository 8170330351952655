//! `kouling test`: a team's own cases against its policy.

use std::fs;
use std::path::Path;

use clap::Args;
use comfy_table::{Table, presets};
use serde_json::{Map, Value, json};

use crate::answer::{Format, say, say_json};
use crate::cases::Case;
use crate::cases::coverage::{RuleCoverage, coverage};
use crate::cases::file::{Loaded, Named, Policies, read};
use crate::cases::judge::{Difference, Judgement};
use crate::question::contract;
use crate::{Ended, Failure};

/// Run a policy's own tests, and say which rules they exercise
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling test cases.toml
  kouling test --policy new.toml cases/          # every .toml file of a folder
  kouling test cases.toml --coverage

A file of cases:
  policy = \"./acme.toml\"         # a file beside this one, a preset, or the text of a policy

  [[case]]
  name = \"a-name-of-our-product\"
  password = \"Acme-2026-xyzzy\"
  user = { username = \"zhangsan\" }
  refused = [\"pattern.forbidden\"] # in order; [] when it must be accepted

A case may also say: password_hex, repeat, previous, current, now, warned, numbers, notes, messages.en, messages.zh,
wire; and instead of `refused`, `error`. No password is ever shown: a case is known by its name.

Exit codes: 0 every case passes, 1 some do not, 2 could not tell.")]
pub(crate) struct Test {
    /// Files of cases, or folders of them
    #[arg(required = true, value_name = "FILES")]
    files: Vec<String>,
    /// Judge by this policy instead of the one that a file names
    #[arg(short, long)]
    policy: Option<String>,
    /// Also show every rule with its codes, those that cases have seen and those that none has
    #[arg(long)]
    coverage: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A case that was run.
struct Ran {
    file: String,
    case: Case,
    judgement: Judgement,
    differences: Vec<Difference>,
}

impl Test {
    pub(crate) fn run(self) -> Ended {
        let given = self.policy.as_deref().map(Named::argument);
        let contract = contract()?;
        let mut policies = Policies::default();
        let (mut ran, mut wrong) = (Vec::new(), String::new());
        for file in files(&self.files)? {
            match read(&file, given.as_ref(), &mut policies) {
                Ok(cases) => ran.extend(cases.into_iter().map(|case| (file.clone(), case))),
                Err(told) => wrong.push_str(&told),
            }
        }
        if !wrong.is_empty() {
            eprint!("{wrong}");
            return Err(Failure::new("no case was run"));
        }
        let ran: Vec<Ran> = ran
            .into_iter()
            .map(|(file, case)| {
                let judgement = case.judge(&policies.loaded[case.policy].policy, None);
                let differences = case.expected.differences(&judgement, &contract);
                Ran { file, case, judgement, differences }
            })
            .collect();
        let covered: Vec<(&Loaded, Vec<RuleCoverage>)> = policies
            .loaded
            .iter()
            .enumerate()
            .map(|(place, loaded)| {
                let of_it = ran.iter().filter(|ran| ran.case.policy == place);
                let judged: Vec<_> =
                    of_it.map(|ran| (&ran.case, &ran.judgement, ran.differences.is_empty())).collect();
                (loaded, coverage(&loaded.policy, &judged, &contract))
            })
            .collect();
        match self.format {
            Format::Text => say(&text(&ran, &covered, self.coverage))?,
            Format::Json => say_json(&to_json(&ran, &covered))?,
        }
        Ok(ran.iter().all(|ran| ran.differences.is_empty()))
    }
}

/// Every file, and of a folder every `.toml` file in it, in the order of names.
fn files(named: &[String]) -> Result<Vec<String>, Failure> {
    let mut files = Vec::new();
    for name in named {
        if !Path::new(name).is_dir() {
            files.push(name.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in fs::read_dir(name).map_err(|error| Failure::of(name, error))? {
            let path = entry.map_err(|error| Failure::of(name, error))?.path();
            if path.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
                inside.push(path.to_string_lossy().into_owned());
            }
        }
        if inside.is_empty() {
            return Err(Failure::of(name, "the folder holds no file of cases"));
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

fn text(ran: &[Ran], covered: &[(&Loaded, Vec<RuleCoverage>)], all: bool) -> String {
    let mut text = String::new();
    let failed: Vec<&Ran> = ran.iter().filter(|ran| !ran.differences.is_empty()).collect();
    for ran in &failed {
        text.push_str(&format!("{}: {}\n", ran.file, ran.case.name));
        for Difference { what, expected, seen } in &ran.differences {
            text.push_str(&format!("  {what}\n    expected {expected}\n    seen     {seen}\n"));
        }
    }
    for (loaded, rules) in covered.iter().filter(|(loaded, _)| all || !loaded.of_one_case) {
        let names = |wanted: &dyn Fn(&RuleCoverage) -> bool| -> String {
            let names: Vec<&str> =
                rules.iter().filter(|rule| wanted(rule)).map(|rule| rule.name.as_str()).collect();
            names.join(", ")
        };
        let mut lines = String::new();
        let never = names(&|rule| rule.found == 0);
        if !never.is_empty() {
            lines.push_str(&format!("  never exercised, no case is refused by: {never}\n"));
        }
        let always = names(&|rule| rule.found > 0 && rule.quiet == 0);
        if !always.is_empty() {
            lines.push_str(&format!("  never passed, no case gets past: {always}\n"));
        }
        let deletable = names(&|rule| rule.found > 0 && rule.could_be_deleted);
        if !deletable.is_empty() {
            lines.push_str(&format!("  could be deleted, and every case would still pass: {deletable}\n"));
        }
        if all {
            lines.push_str(&format!("{}\n", table(rules)));
        }
        if !lines.is_empty() {
            text.push_str(&format!("{}\n{lines}", loaded.name));
        }
    }
    text.push_str(&format!("{} cases: {} passed, {} failed\n", ran.len(), ran.len() - failed.len(), failed.len()));
    text
}

fn table(rules: &[RuleCoverage]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["rule", "found", "quiet", "codes seen", "codes never seen"]);
    for rule in rules {
        let codes = |seen: bool| -> String {
            let codes = rule.codes.iter().filter(|(_, count)| (**count > 0) == seen);
            let codes = codes.map(|(code, count)| if seen { format!("{code} ({count})") } else { code.clone() });
            codes.collect::<Vec<_>>().join("\n")
        };
        table.add_row([
            rule.name.clone(),
            rule.found.to_string(),
            rule.quiet.to_string(),
            codes(true),
            codes(false),
        ]);
    }
    table
}

fn to_json(ran: &[Ran], covered: &[(&Loaded, Vec<RuleCoverage>)]) -> Value {
    let difference =
        |found: &Difference| json!({ "what": found.what, "expected": found.expected, "seen": found.seen });
    let cases: Vec<Value> = ran
        .iter()
        .map(|ran| {
            json!({
                "file": ran.file,
                "name": ran.case.name,
                "passed": ran.differences.is_empty(),
                "differences": ran.differences.iter().map(difference).collect::<Vec<_>>(),
            })
        })
        .collect();
    let policies: Vec<Value> = covered
        .iter()
        .map(|(loaded, rules)| {
            let by_rule: Map<String, Value> =
                rules.iter().map(|rule| (rule.name.clone(), rule.to_json())).collect();
            let names = |wanted: &dyn Fn(&RuleCoverage) -> bool| -> Vec<&str> {
                rules.iter().filter(|rule| wanted(rule)).map(|rule| rule.name.as_str()).collect()
            };
            json!({
                "policy": loaded.name,
                "of_one_case": loaded.of_one_case,
                "by_rule": by_rule,
                "never_exercised": names(&|rule| rule.found == 0),
                "could_be_deleted": names(&|rule| rule.could_be_deleted),
            })
        })
        .collect();
    let passed = ran.iter().filter(|ran| ran.differences.is_empty()).count();
    json!({
        "total": ran.len(),
        "passed": passed,
        "failed": ran.len() - passed,
        "cases": cases,
        "policies": policies,
    })
}
