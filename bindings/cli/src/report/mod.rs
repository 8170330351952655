//! The report of a simulation: one self-contained HTML file without scripts, fonts or requests, which can be served under
//! `default-src 'none'; style-src 'unsafe-inline'`. The data of every chart is also in a table.
//!
//! [`sections`] selects the data, [`chart`] computes the geometry, and the templates in `templates/` contain the markup and
//! escape every value.

mod chart;
mod sections;

use askama::Template;

use crate::Failure;
use crate::number_format::{count, percent};
use crate::simulation::Simulated;
use chart::{Chart, Shape};

/// The whole page.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    policy: String,
    against: Option<String>,
    cards: [Card; 5],
    refusal_rate: String,
    /// Widths of the refused and the accepted part of the bar below the cards, 720 together.
    refused_width: String,
    accepted_width: String,
    sections: Vec<Section>,
}

/// A number in the head of the page. `class` gives its colour.
struct Card {
    class: &'static str,
    name: &'static str,
    value: String,
}

/// A heading, an explanation and the content below it.
struct Section {
    heading: &'static str,
    about: String,
    parts: Vec<Part>,
}

enum Part {
    Heading(&'static str),
    Paragraph(&'static str),
    /// Class and meaning of each colour.
    Legend(&'static [(&'static str, &'static str)]),
    Chart(Chart),
    Table(Table),
    /// A table that is folded until the reader opens it.
    FoldedTable(Table),
}

/// The first cell of each row is the heading of the row.
struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(headings: &[&'static str], rows: impl Iterator<Item = Vec<String>>) -> Table {
        let printable = |row: Vec<String>| row.iter().map(|cell| shortened(cell, MAX_CELL)).collect();
        Table { headings: headings.to_vec(), rows: rows.map(printable).collect() }
    }
}

/// Maximum length of a name or a cell, in characters.
const MAX_CELL: usize = 200;

/// Renders the report as HTML.
pub(crate) fn report(simulated: &Simulated) -> Result<String, Failure> {
    let tally = &simulated.counts.tally;
    let against = simulated.counts.against.as_ref();
    let refusal_rate = tally.refusal_rate().map_or_else(|| "–".to_owned(), percent);
    let refused = tally.refusal_rate().unwrap_or(0.0) * 720.0;
    let accepted = if sections::evaluated(tally) == 0 { 0.0 } else { 720.0 - refused };
    let card = |class, name, value| Card { class, name, value };
    let page = Page {
        policy: shortened(tally.policy(), MAX_CELL),
        against: against.map(|against| shortened(against.tally.policy(), MAX_CELL)),
        cards: [
            card("", "Passwords", count(tally.total())),
            card("refused", "Refusal rate", refusal_rate.clone()),
            card("refused", "Refused", count(tally.refused())),
            card("accepted", "Accepted", count(tally.accepted())),
            card("", "Not evaluated", count(tally.could_not_judge())),
        ],
        refusal_rate,
        refused_width: format!("{refused:.1}"),
        accepted_width: format!("{accepted:.1}"),
        sections: sections::sections(simulated),
    };
    page.render().map_err(Failure::new)
}

/// At most `max` characters, with an ellipsis if the text is cut. Control characters are replaced.
fn shortened(text: &str, max: usize) -> String {
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    if text.chars().count() <= max {
        return text.chars().map(printable).collect();
    }
    text.chars().take(max - 1).map(printable).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_cuts_and_replaces_control_characters() {
        assert_eq!(shortened("口令口令", 3), "口令…");
        assert_eq!(shortened("a\u{1b}b", 3), "a\u{fffd}b");
    }
}
