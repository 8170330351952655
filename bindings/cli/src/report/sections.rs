//! The sections of the report. Sections without data are omitted.

use kouling::analysis::{Comparison, Histogram, RuleTally, Tally};

use super::chart::{Bar, Chart, Column, bars, columns, heat_map};
use super::{Part, Section, Table};
use crate::number_format::{count, nanoseconds, percent, share};
use crate::simulation::{Against, Simulated};

/// Maximum number of rules in a bar chart. Tables have all of them.
const MAX_BARS: usize = 24;
/// Maximum number of rules in the heat map.
const MAX_CELLS: usize = 12;

/// All sections, in the order of the page.
pub(super) fn sections(simulated: &Simulated) -> Vec<Section> {
    let counts = &simulated.counts;
    let tally = &counts.tally;
    let (strengths, one_in) = counts.strengths();
    [
        not_evaluated(tally),
        counts.against.as_ref().map(|against| changes(tally, against)),
        Some(refusals(tally)),
        warnings(tally),
        overlap(tally),
        lengths(&counts.lengths),
        strengths.and_then(|strengths| guesses(strengths, one_in)),
        times(tally),
        Some(codes(tally)),
        Some(about(simulated)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Number of passwords that were evaluated.
pub(super) fn evaluated(tally: &Tally) -> u64 {
    tally.accepted() + tally.refused()
}

fn not_evaluated(tally: &Tally) -> Option<Section> {
    let rows = tally.reasons().map(|(reason, number)| vec![reason.replace('_', " "), count(number)]);
    (tally.could_not_judge() > 0).then(|| Section {
        heading: "Not evaluated",
        about: "Passwords that no rule could evaluate, by reason.".to_owned(),
        parts: vec![Part::Table(Table::new(&["Reason", "Passwords"], rows))],
    })
}

fn changes(tally: &Tally, against: &Against) -> Section {
    let Against { tally: other, comparison } = against;
    let Comparison { both_accept, both_refuse, newly_refused, newly_accepted, could_not_judge, .. } = comparison;
    let all = both_accept + both_refuse + newly_refused + newly_accepted;
    let summary = [
        ("Newly refused", newly_refused),
        ("Newly accepted", newly_accepted),
        ("Refused by both", both_refuse),
        ("Accepted by both", both_accept),
    ];
    let rows =
        summary.iter().map(|(change, number)| vec![(*change).to_owned(), count(**number), share(**number, all)]);
    let mut parts = vec![Part::Table(Table::new(&["Change", "Passwords", "Share"], rows))];
    let by_rule = |id, title, class, counts: &mut dyn Iterator<Item = (&str, u64)>| -> Vec<Part> {
        let mut counts: Vec<(&str, u64)> = counts.collect();
        counts.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        if counts.is_empty() {
            return Vec::new();
        }
        let bar = |(rule, number): &(&str, u64)| Bar {
            label: (*rule).to_owned(),
            parts: vec![(class, *number as f64)],
            value: format!("{} · {}", count(*number), share(*number, all)),
        };
        let description = listing(counts.iter().map(|(rule, number)| format!("{rule} {}", count(*number))));
        let rows =
            counts.iter().map(|(rule, number)| vec![(*rule).to_owned(), count(*number), share(*number, all)]);
        vec![
            Part::Heading(title),
            Part::Chart(bars(id, title, description, counts.iter().take(MAX_BARS).map(bar))),
            Part::FoldedTable(Table::new(&["Rule", "Passwords", "Share"], rows)),
        ]
    };
    parts.extend(by_rule(
        "newly-refused",
        "Newly refused, by the rule that refuses",
        "refuse",
        &mut comparison.refused_by(),
    ));
    parts.extend(by_rule(
        "newly-accepted",
        "Newly accepted, by the rule that refused",
        "accept",
        &mut comparison.no_longer_by(),
    ));
    let rates = [tally, other].map(|tally| tally.refusal_rate().map_or_else(|| "–".to_owned(), percent));
    let not_compared = match could_not_judge {
        0 => String::new(),
        1 => " 1 password could not be compared.".to_owned(),
        number => format!(" {} passwords could not be compared.", count(*number)),
    };
    let about =
        format!("The refusal rate is {}; with {} it is {}.{not_compared}", rates[0], other.policy(), rates[1]);
    Section { heading: "Changes", about, parts }
}

fn refusals(tally: &Tally) -> Section {
    let all = evaluated(tally);
    let refusing = refusing_rules(tally);
    let bar = |rule: &&RuleTally| Bar {
        label: rule.name.clone(),
        parts: vec![("refuse", rule.sole_cause as f64), ("soft", (rule.refused - rule.sole_cause) as f64)],
        value: format!("{} · {}", count(rule.refused), share(rule.refused, all)),
    };
    let description = listing(refusing.iter().map(|rule| {
        let (refused, alone) = (share(rule.refused, all), share(rule.sole_cause, all));
        format!("{} refuses {refused}, of which {alone} alone", rule.name)
    }));
    let row = |rule: &RuleTally| {
        vec![
            rule.name.clone(),
            rule.kind.clone(),
            count(rule.refused),
            share(rule.refused, all),
            count(rule.sole_cause),
            share(rule.sole_cause, all),
        ]
    };
    let mut parts = if refusing.is_empty() {
        vec![Part::Paragraph("No rule refused a password.")]
    } else {
        let chart = bars("rules", "Refusals by rule", description, refusing.iter().take(MAX_BARS).map(bar));
        vec![
            Part::Legend(&[("refuse", "refused by this rule only"), ("soft", "also refused by another rule")]),
            Part::Chart(chart),
        ]
    };
    let headings = ["Rule", "Kind", "Refused", "Share", "Sole cause", "Share"];
    parts.push(Part::FoldedTable(Table::new(&headings, tally.rules().iter().map(row))));
    let about = "Number of passwords that each rule refuses. Without a rule, the passwords that it alone refuses would be \
                 accepted.";
    Section { heading: "Refusals by rule", about: about.to_owned(), parts }
}

fn warnings(tally: &Tally) -> Option<Section> {
    let rules: Vec<&RuleTally> = tally.rules().iter().filter(|rule| rule.warned + rule.shadowed > 0).collect();
    let all = evaluated(tally);
    let bar = |rule: &&RuleTally| Bar {
        label: rule.name.clone(),
        parts: vec![
            ("refuse", rule.in_addition as f64),
            ("soft", (rule.warned + rule.shadowed).saturating_sub(rule.in_addition) as f64),
        ],
        value: format!("{} more · {}", count(rule.in_addition), share(rule.in_addition, all)),
    };
    let description = listing(
        rules.iter().map(|rule| format!("{} would refuse {} in addition", rule.name, count(rule.in_addition))),
    );
    let row = |rule: &&RuleTally| {
        vec![
            rule.name.clone(),
            count(rule.warned),
            count(rule.shadowed),
            count(rule.in_addition),
            share(rule.in_addition, all),
        ]
    };
    let title = "Warning and shadow rules";
    let headings = ["Rule", "Warned", "Shadow", "In addition", "Share"];
    (!rules.is_empty()).then(|| Section {
        heading: title,
        about:
            "Number of passwords that rules with the severity warn or shadow would refuse if they were enforced."
                .to_owned(),
        parts: vec![
            Part::Legend(&[("refuse", "accepted today"), ("soft", "refused by another rule")]),
            Part::Chart(bars("warnings", title, description, rules.iter().take(MAX_BARS).map(bar))),
            Part::FoldedTable(Table::new(&headings, rules.iter().map(row))),
        ],
    })
}

fn overlap(tally: &Tally) -> Option<Section> {
    let rules = refusing_rules(tally);
    if rules.len() < 2 {
        return None;
    }
    let names: Vec<&str> = rules.iter().take(MAX_CELLS).map(|rule| rule.name.as_str()).collect();
    let part_of_row = |row: usize, column: usize| {
        if row == column {
            return None;
        }
        let both = tally.refused_by_both(names[row], names[column])?;
        Some(both as f64 / rules[row].refused as f64)
    };
    let pairs = tally.overlap();
    let refused = |name: &str| rules.iter().find(|rule| rule.name == name).map_or(0, |rule| rule.refused);
    let description =
        listing(pairs.iter().map(|(one, other, both)| format!("{one} and {other} both refuse {}", count(*both))));
    let rows = pairs.iter().map(|(one, other, both)| {
        vec![format!("{one} and {other}"), count(*both), share(*both, refused(one)), share(*both, refused(other))]
    });
    let title = "Overlap between rules";
    let headings = ["Rules", "Refused by both", "Of the first", "Of the second"];
    let about = "Percentage of the refusals of the rule in the row that the rule in the column refuses too. A 100 means that \
                 the rule in the row is redundant for this list.";
    Some(Section {
        heading: title,
        about: about.to_owned(),
        parts: vec![
            Part::Chart(heat_map("overlap", title, description, &names, part_of_row)),
            Part::FoldedTable(Table::new(&headings, rows)),
        ],
    })
}

fn lengths(lengths: &Histogram) -> Option<Section> {
    let median = lengths.median()?;
    Some(Section {
        heading: "Lengths",
        about: format!("Passwords by length in characters (code points). The median is {median}."),
        parts: histogram("lengths", "Passwords by length", "Length", lengths),
    })
}

fn guesses(strengths: &Histogram, one_in: u64) -> Option<Section> {
    let median = strengths.median()?;
    let sample = if one_in == 1 { "every password".to_owned() } else { format!("one line in {one_in}") };
    Some(Section {
        heading: "Guesses",
        about: format!(
            "Passwords by estimated number of guesses, as a power of ten: 6 is a million. The estimate ignores the user's \
             data, and is made for {sample}. The median is {median}."
        ),
        parts: histogram("guesses", "Passwords by guesses", "Guesses, power of ten", strengths),
    })
}

fn histogram(id: &'static str, title: &'static str, axis: &'static str, histogram: &Histogram) -> Vec<Part> {
    let columns_with_data = to_columns(histogram);
    let filled = || columns_with_data.iter().filter(|column| column.accepted + column.refused > 0);
    let median = histogram.median().map_or_else(String::new, |median| format!("The median is {median}. "));
    let values =
        listing(filled().map(|column| format!("{}: {}", column.label, count(column.accepted + column.refused))));
    let rows = filled().map(|Column { label, accepted, refused }| {
        vec![label.clone(), count(*accepted), count(*refused), share(*refused, accepted + refused)]
    });
    let table = Table::new(&[axis, "Accepted", "Refused", "Share refused"], rows);
    vec![
        Part::Legend(&[("refuse", "refused"), ("accept", "accepted")]),
        Part::Chart(columns(id, title, format!("{median}{values}"), axis, &columns_with_data)),
        Part::FoldedTable(table),
    ]
}

/// The buckets up to the last one with a password, but at least nine.
fn to_columns(histogram: &Histogram) -> Vec<Column> {
    let buckets: Vec<(u64, u64)> = histogram.buckets().collect();
    let last = buckets.len() - 1;
    let is_filled = |(accepted, refused): &(u64, u64)| accepted + refused > 0;
    let end = buckets.iter().rposition(is_filled).unwrap_or(0).max(8.min(last));
    let label = |value: usize| if value == last { format!("{value}+") } else { value.to_string() };
    let column = |(value, (accepted, refused)): (usize, &(u64, u64))| Column {
        label: label(value),
        accepted: *accepted,
        refused: *refused,
    };
    buckets[..=end].iter().enumerate().map(column).collect()
}

fn times(tally: &Tally) -> Option<Section> {
    let timed: Vec<(&RuleTally, f64)> =
        tally.rules().iter().filter_map(|rule| Some((rule, rule.mean_time()?))).collect();
    let bar = |(rule, mean): &(&RuleTally, f64)| Bar {
        label: rule.name.clone(),
        parts: vec![("time", *mean)],
        value: nanoseconds(*mean),
    };
    let description = listing(timed.iter().map(|(rule, mean)| format!("{} {}", rule.name, nanoseconds(*mean))));
    let rows = timed.iter().map(|(rule, mean)| vec![rule.name.clone(), nanoseconds(*mean), count(rule.timed.0)]);
    let table = Table::new(&["Rule", "Mean CPU time", "Checks timed"], rows);
    let about = "Mean CPU time of one check by each rule, in evaluation order, measured for a sample. The first of several rules \
                 that share a normalized form of the password includes the time to compute it.";
    let chart: Chart = bars("times", "CPU time of each rule", description, timed.iter().take(MAX_BARS).map(bar));
    (!timed.is_empty()).then(|| Section {
        heading: "Time",
        about: about.to_owned(),
        parts: vec![Part::Chart(chart), Part::FoldedTable(table)],
    })
}

fn codes(tally: &Tally) -> Section {
    let all = evaluated(tally);
    let rows = tally.codes().map(|(code, number)| vec![code.to_owned(), count(number), share(number, all)]);
    Section {
        heading: "Codes",
        about: "Number of passwords refused with each code. A password can have several codes.".to_owned(),
        parts: vec![Part::Table(Table::new(&["Code", "Passwords", "Share"], rows))],
    }
}

fn about(simulated: &Simulated) -> Section {
    let tally = &simulated.counts.tally;
    let mut rows = vec![vec!["Policy".to_owned(), tally.digest().to_owned()]];
    if let Some(against) = &simulated.counts.against {
        rows.push(vec!["Compared with".to_owned(), against.tally.digest().to_owned()]);
    }
    rows.extend(tally.dictionaries().map(|(name, digest)| vec![format!("Dictionary {name}"), digest.to_owned()]));
    let about = format!(
        "{} lines in {:.1} s: {} per second with {} threads. This page contains counts, and no part of any password.",
        count(simulated.counts.lines),
        simulated.duration.as_secs_f64(),
        count(simulated.per_second() as u64),
        simulated.threads
    );
    let table = Table::new(&["Input", "SHA-256"], rows.into_iter());
    Section { heading: "About this run", about, parts: vec![Part::FoldedTable(table)] }
}

/// The rules that refuse a password, those with the most refusals first.
fn refusing_rules(tally: &Tally) -> Vec<&RuleTally> {
    let mut rules: Vec<&RuleTally> = tally.rules().iter().filter(|rule| rule.refused > 0).collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.refused));
    rules
}

/// A description for screen readers: the first items, and the number of the others.
fn listing(items: impl Iterator<Item = String>) -> String {
    const MAX_ITEMS: usize = 12;
    let items: Vec<String> = items.collect();
    let text = items.iter().take(MAX_ITEMS).cloned().collect::<Vec<_>>().join("; ");
    match items.len().saturating_sub(MAX_ITEMS) {
        0 => text,
        more => format!("{text}; and {more} more in the table"),
    }
}
