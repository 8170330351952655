//! A simulation as a text for a terminal, and as JSON for a program.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets};
use kouling::analysis::{Comparison, Tally};
use serde_json::{Value, json};

use super::{Counts, Simulated};
use crate::figures::{count, nanoseconds, share};

/// A longer list of pairs is for the report and for JSON.
const MAX_PAIRS: usize = 8;

/// As a text.
pub(crate) fn text(simulated: &Simulated) -> String {
    let counts = &simulated.counts;
    let mut text = overview(&counts.tally);
    text.push('\n');
    rules(&counts.tally).lines().for_each(|line| text.extend([line.trim_end(), "\n"]));
    let mut pairs = counts.tally.overlap();
    pairs.sort_by_key(|(.., both)| std::cmp::Reverse(*both));
    if !pairs.is_empty() {
        text.push_str("\nrefused by both\n");
        for (one, other, both) in pairs.iter().take(MAX_PAIRS) {
            let _ = writeln!(text, "  {one} and {other}: {}", count(*both));
        }
        if pairs.len() > MAX_PAIRS {
            let _ = writeln!(text, "  and {} more pairs", pairs.len() - MAX_PAIRS);
        }
    }
    if let Some(against) = &counts.against {
        let _ = write!(text, "\nagainst {}", overview(&against.tally));
        text.push_str(&compared(&against.comparison));
    }
    let _ = writeln!(
        text,
        "\n{:.1} s, {} passwords a second, {} threads",
        simulated.took.as_secs_f64(),
        count(simulated.per_second() as u64),
        simulated.threads
    );
    text
}

fn overview(tally: &Tally) -> String {
    let judged = tally.accepted() + tally.refused();
    let mut text = format!(
        "{} ({})\n  {} passwords: {} refused ({}), {} accepted",
        tally.policy(),
        tally.digest().get(..12).unwrap_or_default(),
        count(tally.total()),
        count(tally.refused()),
        share(tally.refused(), judged),
        count(tally.accepted())
    );
    if tally.could_not_judge() > 0 {
        let reasons: Vec<String> =
            tally.reasons().map(|(why, number)| format!("{why} {}", count(number))).collect();
        let _ = write!(text, ", {} could not be judged ({})", count(tally.could_not_judge()), reasons.join(", "));
    }
    text.push('\n');
    text
}

fn rules(tally: &Tally) -> Table {
    let judged = tally.accepted() + tally.refused();
    let quiet = tally.rules().iter().all(|rule| rule.warned + rule.shadowed == 0);
    let mut headings = vec!["rule", "refused", "share", "sole cause"];
    if !quiet {
        headings.extend(["warned", "on trial", "in addition"]);
    }
    headings.push("time");
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(headings);
    for rule in tally.rules() {
        let mut row =
            vec![rule.name.clone(), count(rule.refused), share(rule.refused, judged), count(rule.sole_cause)];
        if !quiet {
            row.extend([rule.warned, rule.shadowed, rule.in_addition].map(count));
        }
        row.push(rule.mean_time().map_or_else(|| "–".to_owned(), nanoseconds));
        table.add_row(row);
    }
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    table
}

fn compared(comparison: &Comparison) -> String {
    let list = |counts: &mut dyn Iterator<Item = (&str, u64)>| -> String {
        counts.fold(String::new(), |mut text, (rule, number)| {
            let _ = writeln!(text, "    {rule}: {}", count(number));
            text
        })
    };
    format!(
        "  newly refused {}, by\n{}  newly accepted {}, which were refused by\n{}",
        count(comparison.newly_refused),
        list(&mut comparison.refused_by()),
        count(comparison.newly_accepted),
        list(&mut comparison.no_longer_by())
    )
    .replace(", by\n  newly", "\n  newly")
    .trim_end_matches(", which were refused by\n")
    .trim_end()
    .to_owned()
        + "\n"
}

/// As an object: that of the tally, and beside it `lengths`, `strength`, `against`, `comparison`, `seconds`,
/// `passwords_per_second`, `threads`.
pub(crate) fn to_json(simulated: &Simulated) -> Value {
    let Counts { tally, against, lengths, .. } = &simulated.counts;
    let mut answer = tally.to_json();
    let (strengths, one_in) = simulated.counts.strengths();
    answer["lengths"] = lengths.to_json();
    if let Some(strengths) = strengths {
        answer["strength"] =
            json!({ "one_in": one_in, "estimated": strengths.total(), "powers_of_ten": strengths.to_json() });
    }
    if let Some(against) = against {
        answer["against"] = against.tally.to_json();
        answer["comparison"] = against.comparison.to_json();
    }
    answer["seconds"] = ((simulated.took.as_secs_f64() * 1e3).round() / 1e3).into();
    answer["passwords_per_second"] = simulated.per_second().round().into();
    answer["threads"] = simulated.threads.into();
    answer
}
