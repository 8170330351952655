//! Rejects passwords that are a listed word, are made from one, or hold one.
//!
//! # Parameters
//! - `lists` (["common", "chinese"]): lists that come with the engine ("common": 49,233 passwords of leaks;
//!   "chinese": what is common in Chinese), and files: a name with a `/` or a `.` is a path, relative to the policy.
//! - `match` (["whole", "base"]): "whole": the password is a listed word; "base": it is one with digits and symbols
//!   around it or in place of letters; "contained": it holds one.
//! - `min_contained` (5): a shorter word is not looked for inside, 2 to 64.
//!
//! # Violations
//! - `words.listed` {}
//! - `words.based_on` {}
//! - `words.contained` {}
//!
//! # Example
//! ```toml
//! [rules.words]
//! lists = ["common", "./our-products.txt"]
//! match = ["whole", "base", "contained"]
//! ```
//!
//! # Why
//! Guessing begins with what others have chosen. NIST SP 800-63B-4 (section 3.1.1.2) asks for a blocklist that the
//! whole password is compared with; OWASP ASVS 5.0 (6.2.4) for the commonest 3,000.
//!
//! # Limits
//! Words are compared after folding case. A file is UTF-8, one word a line, of at most five million words of 256
//! bytes; a first line that begins with `#` is a heading. "contained" with a long list refuses much that is strong:
//! give it short lists. A base has four letters or more, and at most as many signs around it as letters, or eight.

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings};
use crate::knowledge::word_list::WordList;
use crate::policy::Table;
use crate::policy::diagnostic::suggestion;
use crate::policy::table::Placed;

pub(super) fn definition() -> Definition {
    Definition::new("words", ["words.listed", "words.based_on", "words.contained"], Cost::Search, build)
}

/// A rule may have this many lists.
const MOST_LISTS: usize = 16;

struct Words {
    lists: Vec<WordList>,
    whole: bool,
    base: bool,
    /// The least length of a word that is looked for inside.
    contained: Option<usize>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let lists = match table.texts("lists") {
        None => WordList::built_in_names().filter_map(WordList::built_in).collect(),
        Some(names) => read_lists(table, &names),
    };
    let mut words = Words { lists, whole: false, base: false, contained: None };
    let least = table.count("min_contained", 5, 2..=64) as usize;
    let kinds = table.texts("match");
    if kinds.is_none() {
        (words.whole, words.base) = (true, true);
    }
    for kind in kinds.iter().flatten() {
        match kind.value.as_str() {
            "whole" => words.whole = true,
            "base" => words.base = true,
            "contained" => words.contained = Some(least),
            other => {
                let message = format!("`{other}` is no value of `match`");
                let help = suggestion(other, &["whole", "base", "contained"]);
                table.complain_at(kind.span, "unknown-value", message, help);
            }
        }
    }
    if kinds.is_some_and(|kinds| kinds.is_empty()) {
        table.complain("match", "missing-key", "a `words` rule that matches nothing refuses nothing", None);
    }
    if table.has("min_contained") && words.contained.is_none() {
        let help = Some("add \"contained\" to `match`".to_owned());
        table.complain("min_contained", "conflict", "no word is looked for inside", help);
    }
    Some(Box::new(words))
}

fn read_lists(table: &Table<'_>, names: &[Placed<String>]) -> Vec<WordList> {
    if names.is_empty() {
        table.complain("lists", "missing-key", "a `words` rule without a list refuses nothing", None);
    }
    if names.len() > MOST_LISTS {
        table.complain("lists", "too-large", format!("{MOST_LISTS} lists at most"), None);
        return Vec::new();
    }
    names.iter().filter_map(|name| read_list(table, name)).collect()
}

fn read_list(table: &Table<'_>, name: &Placed<String>) -> Option<WordList> {
    if let Some(list) = WordList::built_in(&name.value) {
        return Some(list);
    }
    if !name.value.contains(['/', '.', '\\']) {
        let known: Vec<&str> = WordList::built_in_names().collect();
        let message = format!("there is no built-in list `{}`, and it is no path", name.value);
        table.complain_at(name.span, "unknown-value", message, suggestion(&name.value, &known));
        return None;
    }
    let (path, bytes) = table.file(name)?;
    match WordList::parse(path, &bytes) {
        Ok(list) => Some(list),
        Err(error) => {
            table.complain_at(name.span, "unreadable", format!("`{}`: {error}", name.value), None);
            None
        }
    }
}

impl Rule for Words {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let folded = candidate.folded();
        // The first that holds says the most: a listed word is also held, and its own base.
        if self.whole && self.lists.iter().any(|list| list.whole(folded)) {
            findings.refuse("words.listed", &[]);
        } else if self.base && self.lists.iter().any(|list| list.base(folded)) {
            findings.refuse("words.based_on", &[]);
        } else if let Some(least) = self.contained
            && self.lists.iter().any(|list| list.contained(folded, least))
        {
            findings.refuse("words.contained", &[]);
        }
        Ok(())
    }

    fn requirements(&self) -> Vec<Requirement> {
        let code = if self.contained.is_some() { "words.contained" } else { "words.listed" };
        vec![Requirement::new(code, &[])]
    }

    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        self.lists.iter().map(|list| (list.name().to_owned(), *list.digest())).collect()
    }
}
