//! `kouling diff`: what changes between two policies, with passwords that show it.

use std::io::{self, Write};

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use kouling::analysis::diff::{Change, Difference, Direction, Place, Witness};
use kouling::{Loader, Moment};
use serde_json::{Value, json};

use crate::answer::{Format, say, say_json};
use crate::person::{clock, moment};
use crate::policy_argument::{render, start};
use crate::{Ended, Failure};

/// Say what changes between two policies: tighter, looser or neither
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling diff standard acme.toml
  kouling diff acme-2026.toml acme-2027.toml --format json
  kouling diff old.toml new.toml --now 2027-01-01    # rules with `from` as they count on that day

The verdict is about which passwords are accepted:
  same      the same ones
  tighter   some that were accepted are refused, and none the other way
  looser    some that were refused are accepted, and none the other way
  neither   both: some are refused now, and others accepted
\"proven\" means that the rules leave no other answer; \"seen\", that passwords were tried and none
spoke against it.

Each change is listed with its own direction, those of the reset and the expiry apart. A witness is
a password that shows a change: one policy accepts it and the other does not. Witnesses are made
here, and judged for a sample user: 张三, zhangsan, heron@example.org, 13800138000. Files that rules name,
such as word lists, are the same when their contents are.

Exit codes, for a check before a policy is changed:
  0   nothing is looser: the same or tighter, proven
  1   something is: a password is accepted that was refused, or the reset or the expiry is looser
  2   could not tell: no such password was found, and it is not proven that there is none; or one of
      the policies does not load")]
pub(crate) struct Diff {
    /// The policy as it was: a preset or a file
    old: String,
    /// The policy as it will be: a preset or a file
    new: String,
    /// The day on which to compare them, since a rule may begin later (`from`): in seconds since 1970 or as 2027-01-01; today, if not given
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    now: Option<Moment>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Diff {
    pub(crate) fn run(self) -> Ended {
        let now = self.now.unwrap_or_else(clock);
        let difference =
            Difference::load(&Loader::new(), start(&self.old), start(&self.new), now).map_err(|error| {
                let _ = io::stderr().write_all(render(&error).as_bytes());
                Failure::new("one of the policies does not load")
            })?;
        match self.format {
            Format::Text => say(&text(&difference))?,
            Format::Json => say_json(&as_json(&difference))?,
        }
        match difference.loosens() {
            Some(loosens) => Ok(!loosens),
            None => Err(Failure::new(format!(
                "no password was found that is accepted now and was not before, in {} tries, and it is not proven that \
                 there is none",
                difference.judged
            ))),
        }
    }
}

fn text(difference: &Difference) -> String {
    let how = if difference.exact { "proven" } else { "seen" };
    let mut text = format!("{} ({how})\n", difference.verdict.name());
    let judges = difference.changes.iter().any(|change| change.direction != Direction::None);
    if !judges && !difference.changes.is_empty() {
        text.push_str("judges the same, and differs in what it says\n");
    }
    for (title, changes) in
        [("what is accepted, and what is said", &difference.changes), ("beside the rules", &difference.elsewhere)]
    {
        if !changes.is_empty() {
            text.push_str(&format!("\n{title}\n{}\n", table(changes)));
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
    table.set_header(["change", "old", "new", "direction", "where"]);
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

fn as_json(difference: &Difference) -> Value {
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
        "judged": difference.judged,
        "changes": difference.changes.iter().map(change).collect::<Vec<_>>(),
        "elsewhere": difference.elsewhere.iter().map(change).collect::<Vec<_>>(),
        "witnesses": difference.witnesses.iter().map(witness).collect::<Vec<_>>(),
    })
}

/// A table holds this many characters of a value; JSON holds all of it.
const MAX_SHOWN: usize = 44;

fn shortened(value: &str) -> String {
    match value.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
