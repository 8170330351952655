//! The report of a simulation: one HTML file that needs nothing else, no script, no font, no server, and may be served
//! under `default-src 'none'; style-src 'unsafe-inline'`. Every plot's figures stand in a table too.

mod chart;
mod html;

use kouling::analysis::{Comparison, Histogram, RuleTally, Tally};

use crate::figures::{count, nanoseconds, percent, share};
use crate::simulation::{Against, Simulated};
use chart::{Bar, bars, columns, heat};
use html::{escape, figures, legend, name, section, table};

const STYLE: &str = include_str!("style.css");

/// More rules than this make a plot unreadable: the tables have all of them.
const MAX_PLOTTED: usize = 24;
/// More make the squares of the overlap unreadable.
const MAX_SQUARED: usize = 12;

/// The page.
pub(crate) fn report(simulated: &Simulated) -> String {
    let counts = &simulated.counts;
    let tally = &counts.tally;
    let (strengths, one_in) = counts.strengths();
    let body = [
        heading(simulated),
        counts.against.as_ref().map(|against| differences(tally, against)).unwrap_or_default(),
        rules(tally),
        on_trial(tally),
        overlap(tally),
        lengths(&counts.lengths),
        strengths.map(|strengths| guesses(strengths, one_in)).unwrap_or_default(),
        times(tally),
        codes(tally),
        about(simulated),
    ]
    .concat();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\">\
         <title>Simulation of {}</title>\n<style>\n{STYLE}</style></head>\n<body><main>{body}</main></body></html>\n",
        escape(tally.policy())
    )
}

fn judged(tally: &Tally) -> u64 {
    tally.accepted() + tally.refused()
}

fn heading(simulated: &Simulated) -> String {
    let tally = &simulated.counts.tally;
    let against = simulated.counts.against.as_ref();
    let against = against.map_or_else(String::new, |other| format!(", against {}", name(other.tally.policy())));
    let rate = tally.refusal_rate().map_or_else(|| "–".to_owned(), percent);
    let card = |class: &str, what: &str, figure: &str| {
        format!("<div class=\"{class}\"><dt>{what}</dt><dd>{figure}</dd></div>")
    };
    let cards = [
        card("", "Passwords", &count(tally.total())),
        card("refused", "Refusal rate", &rate),
        card("refused", "Refused", &count(tally.refused())),
        card("accepted", "Accepted", &count(tally.accepted())),
        card("", "Could not judge", &count(tally.could_not_judge())),
    ];
    let refused = tally.refusal_rate().unwrap_or(0.0) * 720.0;
    let whole = format!(
        "<svg class=\"whole\" viewBox=\"0 0 720 16\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-label=\"{rate} refused\"><rect class=\"refuse\" width=\"{refused:.1}\" height=\"16\"/>\
         <rect class=\"accept\" x=\"{refused:.1}\" width=\"{:.1}\" height=\"16\"/></svg>",
        if judged(tally) == 0 { 0.0 } else { 720.0 - refused }
    );
    let reasons = if tally.could_not_judge() == 0 {
        String::new()
    } else {
        let rows = tally.reasons().map(|(why, number)| vec![why.replace('_', " "), count(number)]);
        format!("<section><h2>Could not judge</h2>{}</section>", table(&["Why", "Passwords"], rows))
    };
    format!(
        "<header><h1>Simulation of {}{against}</h1></header><dl class=\"cards\">{}</dl>{whole}{}{reasons}",
        name(tally.policy()),
        cards.concat(),
        legend(&[("refuse", "refused"), ("accept", "accepted")])
    )
}

fn rules(tally: &Tally) -> String {
    let all = judged(tally);
    let mut plotted: Vec<&RuleTally> = tally.rules().iter().filter(|rule| rule.refused > 0).collect();
    plotted.sort_by_key(|rule| std::cmp::Reverse(rule.refused));
    let rows: Vec<Bar> = plotted
        .iter()
        .take(MAX_PLOTTED)
        .map(|rule| Bar {
            label: rule.name.clone(),
            parts: vec![("refuse", rule.sole_cause as f64), ("soft", (rule.refused - rule.sole_cause) as f64)],
            text: format!("{} · {}", count(rule.refused), share(rule.refused, all)),
        })
        .collect();
    let description = listing(plotted.iter().map(|rule| {
        format!(
            "{} refuses {}, of which {} alone",
            rule.name,
            share(rule.refused, all),
            share(rule.sole_cause, all)
        )
    }));
    let cells = tally.rules().iter().map(|rule| {
        vec![
            rule.name.clone(),
            rule.kind.clone(),
            count(rule.refused),
            share(rule.refused, all),
            count(rule.sole_cause),
            share(rule.sole_cause, all),
        ]
    });
    let headings = ["Rule", "Kind", "Refused", "Share", "Sole cause", "Share"];
    let plot = if rows.is_empty() {
        "<p>No rule refused anything.</p>".to_owned()
    } else {
        legend(&[("refuse", "it alone refuses"), ("soft", "refused by another rule as well")])
            + &bars("rules", "Refused by each rule", &description, &rows)
    };
    let about = "How many passwords each rule refuses. What it alone refuses would be accepted without it.";
    section("Which rule refuses", about, &(plot + &figures(&table(&headings, cells))))
}

fn on_trial(tally: &Tally) -> String {
    let quiet: Vec<&RuleTally> = tally.rules().iter().filter(|rule| rule.warned + rule.shadowed > 0).collect();
    if quiet.is_empty() {
        return String::new();
    }
    let all = judged(tally);
    let rows: Vec<Bar> = quiet
        .iter()
        .take(MAX_PLOTTED)
        .map(|rule| Bar {
            label: rule.name.clone(),
            parts: vec![
                ("refuse", rule.in_addition as f64),
                ("soft", (rule.warned + rule.shadowed).saturating_sub(rule.in_addition) as f64),
            ],
            text: format!("{} more · {}", count(rule.in_addition), share(rule.in_addition, all)),
        })
        .collect();
    let description = listing(
        quiet.iter().map(|rule| format!("{} would refuse {} in addition", rule.name, count(rule.in_addition))),
    );
    let cells = quiet.iter().map(|rule| {
        vec![
            rule.name.clone(),
            count(rule.warned),
            count(rule.shadowed),
            count(rule.in_addition),
            share(rule.in_addition, all),
        ]
    });
    let headings = ["Rule", "Warned", "On trial", "In addition", "Share"];
    let plot = legend(&[("refuse", "accepted today"), ("soft", "refused anyway")])
        + &bars("trial", "Rules that warn or are on trial", &description, &rows)
        + &figures(&table(&headings, cells));
    section("What rules on trial would refuse", "Rules that only warn, or are on trial, if they refused.", &plot)
}

fn overlap(tally: &Tally) -> String {
    let mut rules: Vec<&RuleTally> = tally.rules().iter().filter(|rule| rule.refused > 0).collect();
    if rules.len() < 2 {
        return String::new();
    }
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.refused));
    let names: Vec<&str> = rules.iter().take(MAX_SQUARED).map(|rule| rule.name.as_str()).collect();
    let shares = |row: usize, column: usize| {
        if row == column {
            return None;
        }
        let both = tally.refused_by_both(names[row], names[column])?;
        Some(both as f64 / rules[row].refused as f64)
    };
    let pairs = tally.overlap();
    let refused = |name: &str| tally.rules().iter().find(|rule| rule.name == name).map_or(0, |rule| rule.refused);
    let description =
        listing(pairs.iter().map(|(one, other, both)| format!("{one} and {other} both refuse {}", count(*both))));
    let cells = pairs.iter().map(|(one, other, both)| {
        vec![format!("{one} and {other}"), count(*both), share(*both, refused(one)), share(*both, refused(other))]
    });
    let headings = ["Rules", "Refused by both", "Of the first", "Of the second"];
    let about = "Of what the rule of a row refuses, how many per cent the rule of the column refuses as well. A row with \
                 100 in it stands for a rule that another one makes superfluous here.";
    let plot =
        heat("overlap", "Overlap of rules", &description, &names, shares) + &figures(&table(&headings, cells));
    section("Which rules refuse the same", about, &plot)
}

fn labelled(histogram: &Histogram) -> Vec<(String, u64, u64)> {
    let buckets: Vec<(u64, u64)> = histogram.buckets().collect();
    let last = buckets.len() - 1;
    let filled = |(accepted, refused): &(u64, u64)| accepted + refused > 0;
    let end = buckets.iter().rposition(filled).unwrap_or(0).max(8.min(last));
    let label = |value: usize| if value == last { format!("{value}+") } else { value.to_string() };
    buckets[..=end]
        .iter()
        .enumerate()
        .map(|(value, (accepted, refused))| (label(value), *accepted, *refused))
        .collect()
}

fn histogram(id: &str, title: &str, axis: &str, histogram: &Histogram) -> String {
    let buckets = labelled(histogram);
    let median = histogram.median().map_or_else(String::new, |median| format!("The median is {median}. "));
    let filled = || buckets.iter().filter(|(_, accepted, refused)| accepted + refused > 0);
    let listed =
        listing(filled().map(|(label, accepted, refused)| format!("{label}: {}", count(accepted + refused))));
    let cells = filled().map(|(label, accepted, refused)| {
        vec![label.clone(), count(*accepted), count(*refused), share(*refused, accepted + refused)]
    });
    let headings = [axis, "Accepted", "Refused", "Share refused"];
    legend(&[("refuse", "refused"), ("accept", "accepted")])
        + &columns(id, title, &format!("{median}{listed}"), axis, &buckets)
        + &figures(&table(&headings, cells))
}

fn lengths(lengths: &Histogram) -> String {
    if lengths.total() == 0 {
        return String::new();
    }
    let median = lengths.median().unwrap_or(0);
    let about = format!("Passwords by length in characters (code points). The median is {median}.");
    section("Lengths", &about, &histogram("lengths", "Passwords by length", "Length", lengths))
}

fn guesses(strengths: &Histogram, one_in: u64) -> String {
    if strengths.total() == 0 {
        return String::new();
    }
    let of = if one_in == 1 { "every password".to_owned() } else { format!("one line in {one_in}") };
    let median = strengths.median().unwrap_or(0);
    let about = format!(
        "Passwords by how many guesses they withstand, as the engine estimates it without knowing the user, as a power of \
         ten: 6 stands for a million. Of {of}. The median is {median}."
    );
    let plot = histogram("guesses", "Passwords by guesses", "Guesses, power of ten", strengths);
    section("Guesses", &about, &plot)
}

fn times(tally: &Tally) -> String {
    let timed: Vec<(&RuleTally, f64)> =
        tally.rules().iter().filter_map(|rule| Some((rule, rule.mean_time()?))).collect();
    if timed.is_empty() {
        return String::new();
    }
    let rows: Vec<Bar> = timed
        .iter()
        .take(MAX_PLOTTED)
        .map(|(rule, mean)| Bar {
            label: rule.name.clone(),
            parts: vec![("time", *mean)],
            text: nanoseconds(*mean),
        })
        .collect();
    let description = listing(timed.iter().map(|(rule, mean)| format!("{} {}", rule.name, nanoseconds(*mean))));
    let cells = timed.iter().map(|(rule, mean)| vec![rule.name.clone(), nanoseconds(*mean), count(rule.timed.0)]);
    let about = "The mean time of one check by each rule, in the order of judging, of a sample. A form of the password that \
                 several rules look at is paid for by the first of them.";
    let plot = bars("times", "Time of each rule", &description, &rows)
        + &figures(&table(&["Rule", "Mean time", "Checks timed"], cells));
    section("Time", about, &plot)
}

fn codes(tally: &Tally) -> String {
    let all = judged(tally);
    let cells = tally.codes().map(|(code, number)| vec![code.to_owned(), count(number), share(number, all)]);
    let about = "How many passwords are refused with each code; one password may have several.";
    section("Codes", about, &table(&["Code", "Passwords", "Share"], cells))
}

fn differences(tally: &Tally, against: &Against) -> String {
    let Against { tally: other, comparison } = against;
    let Comparison { both_accept, both_refuse, newly_refused, newly_accepted, could_not_judge, .. } = comparison;
    let all = both_accept + both_refuse + newly_refused + newly_accepted;
    let plot = |id: &str, title: &str, class: &'static str, counts: &mut dyn Iterator<Item = (&str, u64)>| {
        let mut counts: Vec<(&str, u64)> = counts.collect();
        counts.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        if counts.is_empty() {
            return String::new();
        }
        let rows: Vec<Bar> = counts
            .iter()
            .take(MAX_PLOTTED)
            .map(|(rule, number)| Bar {
                label: (*rule).to_owned(),
                parts: vec![(class, *number as f64)],
                text: format!("{} · {}", count(*number), share(*number, all)),
            })
            .collect();
        let description = listing(counts.iter().map(|(rule, number)| format!("{rule} {}", count(*number))));
        let cells =
            counts.iter().map(|(rule, number)| vec![(*rule).to_owned(), count(*number), share(*number, all)]);
        format!("<h3>{}</h3>", escape(title))
            + &bars(id, title, &description, &rows)
            + &figures(&table(&["Rule", "Passwords", "Share"], cells))
    };
    let summary = [
        ("Newly refused", newly_refused),
        ("Newly accepted", newly_accepted),
        ("Refused by both", both_refuse),
        ("Accepted by both", both_accept),
    ];
    let cells =
        summary.iter().map(|(what, number)| vec![(*what).to_owned(), count(**number), share(**number, all)]);
    let rates = [tally, other].map(|tally| tally.refusal_rate().map_or_else(|| "–".to_owned(), percent));
    let undecided = match could_not_judge {
        0 => String::new(),
        1 => " One password could not be compared.".to_owned(),
        many => format!(" {} passwords could not be compared.", count(*many)),
    };
    let about =
        format!("The refusal rate is {} and was {} under {}.{undecided}", rates[0], rates[1], other.policy());
    let inside = table(&["Difference", "Passwords", "Share"], cells)
        + &plot("newly-refused", "Newly refused, by the rule that does", "refuse", &mut comparison.refused_by())
        + &plot(
            "newly-accepted",
            "Newly accepted, by the rule that refused",
            "accept",
            &mut comparison.no_longer_by(),
        );
    section("What changes", &about, &inside)
}

fn about(simulated: &Simulated) -> String {
    let tally = &simulated.counts.tally;
    let mut rows = vec![vec!["Policy".to_owned(), tally.digest().to_owned()]];
    if let Some(against) = &simulated.counts.against {
        rows.push(vec!["Against".to_owned(), against.tally.digest().to_owned()]);
    }
    rows.extend(tally.dictionaries().map(|(name, digest)| vec![format!("Dictionary {name}"), digest.to_owned()]));
    let pace = format!(
        "{} lines in {:.1} s: {} a second on {} threads. This page holds counts, and nothing of any password.",
        count(simulated.counts.lines),
        simulated.took.as_secs_f64(),
        count(simulated.per_second() as u64),
        simulated.threads
    );
    section("About this run", &pace, &figures(&table(&["What judged", "SHA-256"], rows.into_iter())))
}

/// What a screen reader is told: the first few, and how many more there are.
fn listing(parts: impl Iterator<Item = String>) -> String {
    const MAX_TOLD: usize = 12;
    let parts: Vec<String> = parts.collect();
    let told = parts.iter().take(MAX_TOLD).cloned().collect::<Vec<_>>().join("; ");
    match parts.len().saturating_sub(MAX_TOLD) {
        0 => told,
        more => format!("{told}; and {more} more in the table"),
    }
}
