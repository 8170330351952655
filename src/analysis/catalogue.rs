//! The catalogue: a page for every kind of rule, with its parameters, codes, reasons and limits.
//!
//! The pages are the headers of the files in `src/rules`, collected in `rules/README.md`, which is committed, compared
//! with the headers by a test, and read here.

use std::collections::BTreeMap;

/// The whole catalogue, as Markdown.
pub const CATALOGUE: &str = include_str!("../../rules/README.md");

/// The page of a kind of rule, as Markdown, without its heading.
pub fn page(kind: &str) -> Option<&'static str> {
    let heading = format!("\n### `{kind}`\n");
    let start = CATALOGUE.find(&heading)? + heading.len();
    let rest = &CATALOGUE[start..];
    let end = ["\n### ", "\n## "].iter().filter_map(|next| rest.find(next)).min().unwrap_or(rest.len());
    Some(rest[..end].trim())
}

/// The kinds that have a page, in the order of judging.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    CATALOGUE.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
}

/// The first sentence of a page: "Rejects passwords …".
pub fn summary(kind: &str) -> Option<&'static str> {
    page(kind)?.split("\n\n").next()
}

/// What a page says about each parameter: name, and the text, its default included.
pub fn parameters(kind: &str) -> BTreeMap<String, String> {
    let mut described: BTreeMap<String, String> = BTreeMap::new();
    let mut open: Option<String> = None;
    let section = page(kind).and_then(|page| page.split("#### Parameters\n").nth(1)).unwrap_or_default();
    for line in section.split("\n#### ").next().unwrap_or_default().lines() {
        if let Some(rest) = line.strip_prefix("- `") {
            let Some((name, text)) = rest.split_once('`') else { continue };
            described.insert(name.to_owned(), text.trim_start_matches(':').trim().to_owned());
            open = Some(name.to_owned());
        } else if let (Some(more), Some(name)) = (line.strip_prefix("  "), &open)
            && let Some(text) = described.get_mut(name)
        {
            text.push(' ');
            text.push_str(more.trim());
        }
    }
    described
}
