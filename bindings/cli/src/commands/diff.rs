//! `kouling diff`: compares two policies and shows a password for each kind of change.

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use kouling::Moment;
use kouling::analysis::diff::{Change, Difference, Direction, Place, Side, Witness};
use serde_json::{Value, json};

use crate::output::{Format, print, print_json, table_lines};
use crate::person::{moment, now};
use crate::policy_argument::{Loaded, Member, PopulationOption, load};
use crate::{CommandResult, Failure};

/// Compare two policies: tighter, looser or neither
///
/// Lists every change with its direction, and shows a witness for each direction: a password that one policy accepts and
/// the other refuses. Witnesses are generated, and evaluated for a sample user: 张三, zhangsan, heron@example.org,
/// 13800138000. Changes of the reset and of the expiry are listed separately. Word lists and other files are equal if
/// their contents are. In policy sets, the populations of the same name are compared, and a policy is compared with every
/// population.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling diff standard acme.toml
  kouling diff acme-2026.toml acme-2027.toml --format json
  kouling diff old.toml new.toml --now 2027-01-01    # with the rules that apply on that day

Verdicts:
  same      the new policy accepts the same passwords
  tighter   the new policy accepts fewer passwords, and no others
  looser    the new policy accepts more passwords, and refuses no others
  neither   the new policy accepts some passwords that the old one refuses, and the reverse
A verdict is \"proven\" from the rules, or \"seen\" in a sample without a counterexample.

Exit status:
  0   same or tighter, proven
  1   looser: a password is accepted that was refused, or the reset or the expiry is looser
  2   undecided: no such password was found, but it is not proven that none exists; or an error")]
pub(crate) struct Diff {
    /// Preset, policy file or policy set: the old one
    old: String,
    /// Preset, policy file or policy set: the new one
    new: String,
    /// Day of the comparison, for rules with `from`: as 2027-01-01 or in seconds since 1970 [default: today]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<Moment>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Diff {
    pub(crate) fn run(self) -> CommandResult {
        let now = self.now.unwrap_or_else(now);
        let (old, new) = (load(&self.old)?, load(&self.new)?);
        let compared = compare(&old, &new, now)?;
        match (self.format, compared.differences.as_slice()) {
            (Format::Text, [(None, difference)]) => print(&text(difference))?,
            (Format::Json, [(None, difference)]) => print_json(&to_json(difference))?,
            (Format::Text, _) => print(&compared.text())?,
            (Format::Json, _) => print_json(&compared.to_json())?,
        }
        let loosens = compared.differences.iter().map(|(_, difference)| difference.loosens());
        if loosens.clone().any(|loosens| loosens == Some(true)) {
            return Ok(false);
        }
        if !compared.populations.is_empty() {
            return Err(Failure::new("undecided: the populations differ, so a user can have another policy"));
        }
        if loosens.clone().all(|loosens| loosens == Some(false)) {
            return Ok(true);
        }
        let evaluated: u64 = compared.differences.iter().map(|(_, difference)| difference.evaluated).sum();
        Err(Failure::new(format!(
            "undecided: {evaluated} passwords were tried and the new policy accepts none that the old one refuses, but it is \
             not proven that none exists",
        )))
    }
}

/// The differences between two policies or policy sets.
struct Compared {
    /// What differs between the populations.
    populations: Vec<PopulationChange>,
    /// The differences between the policies, by population; without a name for two policies.
    differences: Vec<(Option<String>, Difference)>,
}

/// A change of the populations of a set.
struct PopulationChange {
    name: String,
    old: Option<String>,
    new: Option<String>,
}

/// Compares the populations of the same name. A policy is compared with every population of a set.
fn compare(old: &Loaded, new: &Loaded, now: Moment) -> Result<Compared, Failure> {
    let all = PopulationOption::default();
    let (olds, news) = (old.members(&all)?, new.members(&all)?);
    let mut compared = Compared { populations: populations(old, new), differences: Vec::new() };
    for was in &olds {
        for is in &news {
            let name = match (was.population, is.population) {
                (Some(was), Some(is)) if was.name() != is.name() => continue,
                (was, is) => is.or(was).map(|population| population.name().to_owned()),
            };
            let [was, is] = [was, is].map(|&Member { policy, document, .. }| Side { policy, document });
            compared.differences.push((name, Difference::between(was, is, now)));
        }
    }
    Ok(compared)
}

/// Returns the differences between the populations of two sets: which there are, their order and conditions, and how one is
/// selected. Empty if one of the two is a policy.
fn populations(old: &Loaded, new: &Loaded) -> Vec<PopulationChange> {
    let (Some(_), Some(_)) = (old.set_document(), new.set_document()) else { return Vec::new() };
    let mut changes = Vec::new();
    let mut change = |name: &str, old: Option<String>, new: Option<String>| {
        if old != new {
            changes.push(PopulationChange { name: name.to_owned(), old, new });
        }
    };
    let select = |loaded: &Loaded| Some(if loaded.set.is_strictest() { "strictest" } else { "first" }.to_owned());
    change("(select)", select(old), select(new));
    let names = |loaded: &Loaded| -> Vec<String> {
        loaded.set.populations().iter().map(|population| population.name().to_owned()).collect()
    };
    let (olds, news) = (names(old), names(new));
    let common = |names: &[String], others: &[String]| {
        let kept: Vec<&str> = names.iter().filter(|name| others.contains(name)).map(String::as_str).collect();
        Some(kept.join(", "))
    };
    change("(order)", common(&olds, &news), common(&news, &olds));
    let condition = |loaded: &Loaded, name: &str| {
        let found = loaded.set.populations().iter().find(|population| population.name() == name)?;
        Some(found.condition().unwrap_or_else(|| "everyone else".to_owned()))
    };
    for name in olds.iter().chain(news.iter().filter(|name| !olds.contains(name))) {
        change(name, condition(old, name), condition(new, name));
    }
    changes
}

impl Compared {
    fn text(&self) -> String {
        let mut text = String::new();
        if !self.populations.is_empty() {
            let mut table = Table::new();
            table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
            table.set_header(["population", "old", "new"]);
            for PopulationChange { name, old, new } in &self.populations {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
                table.add_row([name.clone(), shown(old), shown(new)]);
            }
            text.push_str(&format!("{}\n", table_lines(&table)));
        }
        let differences = self.differences.iter().map(|(name, difference)| {
            format!("== {}\n{}", name.as_deref().unwrap_or_default(), self::text(difference))
        });
        text.push_str(&differences.collect::<Vec<_>>().join("\n"));
        text
    }

    fn to_json(&self) -> Value {
        let change =
            |change: &PopulationChange| json!({ "name": change.name, "old": change.old, "new": change.new });
        let difference = |(name, difference): &(Option<String>, Difference)| json!({ "population": name, "difference": to_json(difference) });
        json!({
            "populations": self.populations.iter().map(change).collect::<Vec<_>>(),
            "differences": self.differences.iter().map(difference).collect::<Vec<_>>(),
        })
    }
}

fn text(difference: &Difference) -> String {
    let how = if difference.exact { "proven" } else { "observed" };
    let mut text = format!("{} ({how})\n", difference.verdict.name());
    let has_effect = difference.changes.iter().any(|change| change.direction != Direction::None);
    if !has_effect && !difference.changes.is_empty() {
        text.push_str("only messages and warnings differ\n");
    }
    for (title, changes) in
        [("rules and messages", &difference.changes), ("reset, expiry and other settings", &difference.elsewhere)]
    {
        if !changes.is_empty() {
            text.push_str(&format!("\n{title}\n{}", table_lines(&table(changes))));
        }
    }
    for witness in &difference.witnesses {
        let (accepted, refused) = match witness.direction {
            Direction::Tighter => ("old", "new"),
            _ => ("new", "old"),
        };
        text.push_str(&format!(
            "\n{}: `{}` is accepted by the {accepted} policy and refused by the {refused} one\n",
            witness.direction.name(),
            witness.password
        ));
        for refusal in &witness.refusals {
            text.push_str(&format!("  {} [{}]\n", refusal.message, refusal.code));
        }
    }
    text
}

fn table(changes: &[Change]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["setting", "old", "new", "direction", "place"]);
    for change in changes {
        let shown = |value: &Option<String>| value.as_deref().map_or_else(|| "-".to_owned(), shortened);
        let place = change.new_place.as_ref().or(change.old_place.as_ref());
        let place = place.map(|place| format!("{}:{}", place.layer, place.line)).unwrap_or_default();
        table.add_row([
            change.path.clone(),
            shown(&change.old),
            shown(&change.new),
            change.direction.name().to_owned(),
            place,
        ]);
    }
    table
}

fn to_json(difference: &Difference) -> Value {
    let place = |place: &Option<Place>| place.as_ref().map(|at| json!({ "layer": at.layer, "line": at.line }));
    let change = |change: &Change| {
        json!({
            "path": change.path,
            "rule": change.rule(),
            "old": change.old,
            "new": change.new,
            "old_place": place(&change.old_place),
            "new_place": place(&change.new_place),
            "direction": change.direction.name(),
        })
    };
    let witness = |witness: &Witness| {
        let refusals = witness
            .refusals
            .iter()
            .map(|refusal| json!({ "rule": refusal.rule, "code": refusal.code, "message": refusal.message }));
        json!({
            "direction": witness.direction.name(),
            "password": witness.password,
            "refusals": refusals.collect::<Vec<_>>(),
        })
    };
    json!({
        "verdict": difference.verdict.name(),
        "exact": difference.exact,
        "loosens": difference.loosens(),
        "evaluated": difference.evaluated,
        "changes": difference.changes.iter().map(change).collect::<Vec<_>>(),
        "elsewhere": difference.elsewhere.iter().map(change).collect::<Vec<_>>(),
        "witnesses": difference.witnesses.iter().map(witness).collect::<Vec<_>>(),
    })
}

/// Maximum number of characters of a value in a table. JSON has the whole value.
const MAX_SHOWN: usize = 44;

fn shortened(value: &str) -> String {
    match value.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
