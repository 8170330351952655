//! `kouling diff`: compares two policies and shows a password for each kind of change.

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use kouling::analysis::diff::{Change, Difference, Direction, Place, Witness};
use kouling::{Loader, Moment};
use serde_json::{Value, json};

use crate::output::{Format, print, print_json, table_lines};
use crate::person::{moment, now};
use crate::policy_argument::{load, load_failure, start};
use crate::{CommandResult, Failure};

/// Compare two policies: tighter, looser or neither
///
/// Lists every change with its direction, and shows a witness for each direction: a password that one policy accepts and
/// the other refuses. Witnesses are generated, and evaluated for a sample user: 张三, zhangsan, heron@example.org,
/// 13800138000. Changes of the reset and of the expiry are listed separately. Word lists and other files are equal if
/// their contents are.
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
    /// Preset or file of the old policy
    old: String,
    /// Preset or file of the new policy
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
        let (old, new) = (start(&self.old)?, start(&self.new)?);
        let difference = Difference::load(&Loader::new(), old, new, now).map_err(|error| {
            // The error does not name the policy that it belongs to: it is the old one, unless that loads.
            load(&self.old).err().unwrap_or_else(|| load_failure(&self.new, &error))
        })?;
        match self.format {
            Format::Text => print(&text(&difference))?,
            Format::Json => print_json(&to_json(&difference))?,
        }
        match difference.loosens() {
            Some(loosens) => Ok(!loosens),
            None => Err(Failure::new(format!(
                "undecided: {} passwords were tried and the new policy accepts none that the old one refuses, but it is \
                 not proven that none exists",
                difference.evaluated
            ))),
        }
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
