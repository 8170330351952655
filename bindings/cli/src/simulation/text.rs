//! The result of a simulation as text and as JSON.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets};
use kouling::analysis::{Comparison, Tally};
use serde_json::{Value, json};

use super::{Counts, Simulated};
use crate::number_format::{count, nanoseconds, share};
use crate::output::table_lines;

/// Maximum number of pairs in the text. The report and JSON have all of them.
const MAX_PAIRS: usize = 8;

/// Formats the result as text.
pub(crate) fn text(simulated: &Simulated) -> String {
    let counts = &simulated.counts;
    let mut text = overview(&counts.tally);
    text.push('\n');
    text.push_str(&table_lines(&rules(&counts.tally)));
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
        let _ = write!(text, "\ncompared with {}", overview(&against.tally));
        text.push_str(&compared(&against.comparison));
    }
    let _ = writeln!(
        text,
        "\n{:.1} s, {} passwords per second, {} threads",
        simulated.duration.as_secs_f64(),
        count(simulated.per_second() as u64),
        simulated.threads
    );
    text
}

fn overview(tally: &Tally) -> String {
    let evaluated = tally.accepted() + tally.refused();
    let mut text = format!(
        "{} ({})\n  {} passwords: {} refused ({}), {} accepted",
        tally.policy(),
        tally.digest().get(..12).unwrap_or_default(),
        count(tally.total()),
        count(tally.refused()),
        share(tally.refused(), evaluated),
        count(tally.accepted())
    );
    if tally.could_not_judge() > 0 {
        let reasons: Vec<String> =
            tally.reasons().map(|(why, number)| format!("{why} {}", count(number))).collect();
        let _ = write!(text, ", {} not evaluated ({})", count(tally.could_not_judge()), reasons.join(", "));
    }
    text.push('\n');
    text
}

fn rules(tally: &Tally) -> Table {
    let evaluated = tally.accepted() + tally.refused();
    let quiet = tally.rules().iter().all(|rule| rule.warned + rule.shadowed == 0);
    let mut headings = vec!["rule", "refused", "share", "sole cause"];
    if !quiet {
        headings.extend(["warned", "shadow", "in addition"]);
    }
    headings.push("CPU time");
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(headings);
    for rule in tally.rules() {
        let mut row =
            vec![rule.name.clone(), count(rule.refused), share(rule.refused, evaluated), count(rule.sole_cause)];
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
        "  newly refused {}, by\n{}  newly accepted {}, previously refused by\n{}",
        count(comparison.newly_refused),
        list(&mut comparison.refused_by()),
        count(comparison.newly_accepted),
        list(&mut comparison.no_longer_by())
    )
    .replace(", by\n  newly", "\n  newly")
    .trim_end_matches(", previously refused by\n")
    .trim_end()
    .to_owned()
        + "\n"
}

/// Formats the result as JSON: the object of the tally with `lengths`, `strength`, `against`, `comparison`, `seconds`,
/// `passwords_per_second` and `threads`.
pub(crate) fn to_json(simulated: &Simulated) -> Value {
    let Counts { tally, against, lengths, .. } = &simulated.counts;
    let mut result = tally.to_json();
    let (strengths, one_in) = simulated.counts.strengths();
    result["lengths"] = lengths.to_json();
    if let Some(strengths) = strengths {
        result["strength"] =
            json!({ "one_in": one_in, "estimated": strengths.total(), "powers_of_ten": strengths.to_json() });
    }
    if let Some(against) = against {
        result["against"] = against.tally.to_json();
        result["comparison"] = against.comparison.to_json();
    }
    result["seconds"] = ((simulated.duration.as_secs_f64() * 1e3).round() / 1e3).into();
    result["passwords_per_second"] = simulated.per_second().round().into();
    result["threads"] = simulated.threads.into();
    result
}
