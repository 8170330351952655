//! `kouling test`: runs the test cases of a policy.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use comfy_table::{Table, presets};
use kouling::{Contract, Policy};
use serde_json::{Map, Value, json};

use crate::cases::Case;
use crate::cases::coverage::{RuleCoverage, coverage};
use crate::cases::evaluate::{Difference, Evaluation};
use crate::cases::file::{LoadedPolicy, Policies, PolicyName, read};
use crate::output::{Format, print, print_json, table_lines};
use crate::question::contract;
use crate::{CommandResult, Failure};

/// Run the test cases of a policy and report which rules they cover
///
/// A case is a password with the codes that the policy must refuse it with. Besides failed cases, the output names the
/// rules that refuse no case, the rules that refuse every case, and the rules that could be deleted with every case
/// still passing. Passwords are never printed: a case is identified by its name.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling test cases.toml
  kouling test --policy new.toml cases/          # every .toml file in a directory
  kouling test cases.toml --coverage

Case files:
  policy = \"./acme.toml\"           # a preset, a path relative to this file, or the text of a policy

  [[case]]
  name = \"product name\"
  password = \"Acme-2026-xyzzy\"
  user = { username = \"zhangsan\" }
  refused = [\"pattern.forbidden\"]  # all codes in order; [] if the password must be accepted

Optional keys: password_hex, repeat, previous, current, now, warned, numbers, notes,
messages.en, messages.zh, wire; `error` instead of `refused`; with a policy set, `selected`:
the populations of the user.

Exit status: 0 every case passes, 1 a case fails, 2 error.")]
pub(crate) struct Test {
    /// Files of cases, or directories of such files
    #[arg(required = true, value_name = "FILES")]
    files: Vec<String>,
    /// Preset or policy file to use instead of those named by the files
    #[arg(short, long)]
    policy: Option<String>,
    /// Also list the codes of every rule that cases have and have not covered
    #[arg(long)]
    coverage: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The result of one case.
struct CaseResult {
    file: String,
    case: Case,
    /// The policy of the user; `None` if the set selects none.
    policy: Option<Arc<Policy>>,
    evaluation: Evaluation,
    differences: Vec<Difference>,
}

/// The coverage of one policy.
struct Covered {
    name: String,
    is_inline: bool,
    rules: Vec<RuleCoverage>,
}

/// The coverage of a policy, or of each policy of a set: those of the populations, and combined ones that cases select.
fn covered(index: usize, loaded: &LoadedPolicy, results: &[CaseResult], contract: &Contract) -> Vec<Covered> {
    let populations = loaded.set.populations();
    let mut policies: Vec<(String, &Arc<Policy>)> = Vec::new();
    let named = populations.iter().map(|population| (population.name().to_owned(), population.policy()));
    let selected = results.iter().filter(|result| result.case.policy == index).filter_map(|result| {
        let policy = result.policy.as_ref()?;
        Some((policy.name().to_owned(), policy))
    });
    for (name, policy) in named.chain(selected) {
        if policies.iter().all(|(_, known)| !Arc::ptr_eq(known, policy)) {
            policies.push((name, policy));
        }
    }
    let is_set = loaded.set.only_policy().is_none();
    let of_policy = |(name, policy): (String, &Arc<Policy>)| {
        let cases: Vec<_> = results
            .iter()
            .filter(|result| result.case.policy == index)
            .filter(|result| result.policy.as_ref().is_some_and(|known| Arc::ptr_eq(known, policy)))
            .map(|result| (&result.case, &result.evaluation, result.differences.is_empty()))
            .collect();
        Covered {
            name: if is_set { format!("{}: {name}", loaded.name) } else { loaded.name.clone() },
            is_inline: loaded.is_inline,
            rules: coverage(policy, &cases, contract),
        }
    };
    policies.into_iter().map(of_policy).collect()
}

impl Test {
    pub(crate) fn run(self) -> CommandResult {
        let policy = self.policy.as_deref().map(PolicyName::from_argument).transpose()?;
        let contract = contract()?;
        let mut policies = Policies::default();
        let (mut cases, mut errors) = (Vec::new(), String::new());
        for file in files(&self.files)? {
            match read(&file, policy.as_ref(), &mut policies) {
                Ok(read) => cases.extend(read.into_iter().map(|case| (file.clone(), case))),
                Err(text) => errors.push_str(&text),
            }
        }
        if !errors.is_empty() {
            eprint!("{errors}");
            return Err(Failure::new("no case was run"));
        }
        let results: Vec<CaseResult> = cases
            .into_iter()
            .map(|(file, case)| {
                let selected = policies.loaded[case.policy].set.select(&case.user());
                let (policy, names) = match &selected {
                    Ok(selected) => (Some((*selected.policy()).clone()), selected.names()),
                    Err(_) => (None, Vec::new()),
                };
                let mut differences: Vec<Difference> =
                    case.expected.selection_difference(&names).into_iter().collect();
                let evaluation = selected.and_then(|selected| case.evaluate(selected.policy(), None));
                differences.extend(case.expected.differences(&evaluation, &contract));
                CaseResult { file, case, policy, evaluation, differences }
            })
            .collect();
        let covered: Vec<Covered> = policies
            .loaded
            .iter()
            .enumerate()
            .flat_map(|(index, loaded)| covered(index, loaded, &results, &contract))
            .collect();
        match self.format {
            Format::Text => print(&text(&results, &covered, self.coverage))?,
            Format::Json => print_json(&to_json(&results, &covered))?,
        }
        Ok(results.iter().all(|result| result.differences.is_empty()))
    }
}

/// Replaces each directory by the `.toml` files in it, sorted by name.
fn files(names: &[String]) -> Result<Vec<String>, Failure> {
    let mut files = Vec::new();
    for name in names {
        if !Path::new(name).is_dir() {
            files.push(name.clone());
            continue;
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(name).map_err(|error| Failure::of(name, error))? {
            let path = entry.map_err(|error| Failure::of(name, error))?.path();
            if path.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
                found.push(path.to_string_lossy().into_owned());
            }
        }
        if found.is_empty() {
            return Err(Failure::of(name, "the directory contains no `.toml` file"));
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

fn text(results: &[CaseResult], covered: &[Covered], all: bool) -> String {
    let mut text = String::new();
    let failed: Vec<&CaseResult> = results.iter().filter(|result| !result.differences.is_empty()).collect();
    for result in &failed {
        text.push_str(&format!("{}: {}\n", result.file, result.case.name));
        for Difference { what, expected, actual } in &result.differences {
            text.push_str(&format!("  {what}\n    expected {expected}\n    actual   {actual}\n"));
        }
    }
    for Covered { name, rules, .. } in covered.iter().filter(|covered| all || !covered.is_inline) {
        let names = |condition: &dyn Fn(&RuleCoverage) -> bool| -> String {
            let names: Vec<&str> =
                rules.iter().filter(|rule| condition(rule)).map(|rule| rule.name.as_str()).collect();
            names.join(", ")
        };
        let mut lines = String::new();
        let never = names(&|rule| rule.found == 0);
        if !never.is_empty() {
            lines.push_str(&format!("  rules that refuse no case: {never}\n"));
        }
        let always = names(&|rule| rule.found > 0 && rule.quiet == 0);
        if !always.is_empty() {
            lines.push_str(&format!("  rules that refuse every case: {always}\n"));
        }
        let deletable = names(&|rule| rule.found > 0 && rule.could_be_deleted);
        if !deletable.is_empty() {
            lines.push_str(&format!("  rules that could be deleted with every case still passing: {deletable}\n"));
        }
        if all {
            lines.push_str(&table_lines(&table(rules)));
        }
        if !lines.is_empty() {
            text.push_str(&format!("{name}\n{lines}"));
        }
    }
    let (total, failed) = (results.len(), failed.len());
    text.push_str(&format!("{total} cases: {} passed, {failed} failed\n", total - failed));
    text
}

fn table(rules: &[RuleCoverage]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header([
        "rule",
        "violated",
        "passed",
        "codes covered",
        "codes not covered",
    ]);
    for rule in rules {
        let codes = |is_covered: bool| -> String {
            let codes = rule.codes.iter().filter(|(_, count)| (**count > 0) == is_covered);
            let codes =
                codes.map(|(code, count)| if is_covered { format!("{code} ({count})") } else { code.clone() });
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

fn to_json(results: &[CaseResult], covered: &[Covered]) -> Value {
    let difference =
        |one: &Difference| json!({ "what": one.what, "expected": one.expected, "actual": one.actual });
    let cases: Vec<Value> = results
        .iter()
        .map(|result| {
            json!({
                "file": result.file,
                "name": result.case.name,
                "passed": result.differences.is_empty(),
                "differences": result.differences.iter().map(difference).collect::<Vec<_>>(),
            })
        })
        .collect();
    let policies: Vec<Value> = covered
        .iter()
        .map(|Covered { name, is_inline, rules }| {
            let by_rule: Map<String, Value> =
                rules.iter().map(|rule| (rule.name.clone(), rule.to_json())).collect();
            let names = |condition: &dyn Fn(&RuleCoverage) -> bool| -> Vec<&str> {
                rules.iter().filter(|rule| condition(rule)).map(|rule| rule.name.as_str()).collect()
            };
            json!({
                "policy": name,
                "of_one_case": is_inline,
                "by_rule": by_rule,
                "never_exercised": names(&|rule| rule.found == 0),
                "could_be_deleted": names(&|rule| rule.could_be_deleted),
            })
        })
        .collect();
    let passed = results.iter().filter(|result| result.differences.is_empty()).count();
    json!({
        "total": results.len(),
        "passed": passed,
        "failed": results.len() - passed,
        "cases": cases,
        "policies": policies,
    })
}
