//! Pieces of a page. Names come from policies, which anybody may have written: everything is escaped.

use std::fmt::Write;

pub(super) use kouling::evaluation::escape_html as escape;

/// A name in running text: escaped, and its direction of writing kept to itself.
pub(super) fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", escape(&shortened(text, 200)))
}

/// At most so many characters, the cut shown.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(std::iter::once('…')).collect()
}

/// A table with headings; the first cell of each row is its heading. Cells are escaped here.
pub(super) fn table(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = String::from("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
    for heading in headings {
        let _ = write!(table, "<th scope=\"col\">{}</th>", escape(heading));
    }
    table.push_str("</tr></thead><tbody>");
    for row in rows {
        table.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let _ = match at {
                0 => write!(table, "<th scope=\"row\">{}</th>", name(cell)),
                _ => write!(table, "<td>{}</td>", escape(cell)),
            };
        }
        table.push_str("</tr>");
    }
    table.push_str("</tbody></table></div>");
    table
}

/// A table that opens when it is asked for.
pub(super) fn figures(table: &str) -> String {
    format!("<details><summary>Figures</summary>{table}</details>")
}

/// The meaning of colours: class and words.
pub(super) fn legend(entries: &[(&str, &str)]) -> String {
    let items: String = entries
        .iter()
        .map(|(class, words)| format!("<li class=\"{class}\"><i></i>{}</li>", escape(words)))
        .collect();
    format!("<ul class=\"legend\">{items}</ul>")
}

/// A section with a heading and a line that says what is seen.
pub(super) fn section(heading: &str, about: &str, inside: &str) -> String {
    format!("<section><h2>{}</h2><p class=\"muted\">{}</p>{inside}</section>", escape(heading), escape(about))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(escape("<a href='x'>&\"\u{1b}"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\u{fffd}");
        assert_eq!(shortened("口令口令", 3), "口令…");
    }
}
