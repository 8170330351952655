//! Rejects passwords that are a listed word, are made from one, or hold one.
//!
//! # Parameters
//! - `lists` (["common", "chinese"]): lists that come with the engine ("common": 55,859 passwords of leaks;
//!   "chinese": what is common in Chinese, and with it, where bases are looked for, the grammar of weak forms), and
//!   files, plain or compiled: a name with a `/` or a `.` is a path, relative to the policy.
//! - `match` (["whole", "base"]): "whole": the password is a listed word; "base": it is one with digits and symbols
//!   around it or in place of letters (`personal` says which), or the word itself; "contained": it holds one letter by
//!   letter.
//! - `min_contained` (5): a shorter word is not looked for inside, 2 to 64.
//! - `fold` (true): whether capitals are small letters; false compares as typed, with lists as written.
//! - `max_edit_distance` (0): 1 counts a listed word of five letters or more that differs by one character more, less
//!   or other, or by two neighbours exchanged, from the whole password ("whole") or from its base ("base").
//! - `max_rank`: of each file only so many words, the first of a plain one and the commonest of a compiled one.
//!
//! # Violations
//! - `words.listed` {}
//! - `words.based_on` {}
//! - `words.near` {}
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
//! The grammar ([`crate::knowledge::weak_form`]) takes for based on a word what is put together from digits, dates,
//! runs, sequences, walks over a keyboard, syllables of pinyin and Zhuyin, words of the built-in lists and at most three
//! letters that mean nothing, and costs a billion guesses at most: `zhangwei1985`, `lx19880612`, `1qaz2wsx`, two listed
//! words; and every number of up to eleven digits. Texts of more than 32 characters have no form but a repetition. How
//! much that finds and how much it refuses wrongly stands in `rules/words/SOURCES.md`.
//! A plain file is UTF-8, one word a line, of at most five million words of 256 bytes; a first line that begins
//! with `#` is a heading. A compiled one says in its head whether its words are folded, which `fold` must agree
//! with. The built-in lists are sorted and know no rank. "contained" with a long list refuses much that is strong:
//! give it short lists. A base has four letters or more, and at most as many signs around it as letters, or eight;
//! the signs at an end are all around it or all letters, so `princes$77` is not taken for "princess". The built-in
//! lists are in small letters: as typed, `PASSWORD` is in none. With an edit distance short passwords are refused
//! that nobody tries first: of those of five small letters drawn by chance one in thirty, of six one in 160, of
//! eight none in 20,000. A text of more than 32 characters is near nothing. Looking for it takes half a millisecond
//! at most for each of the built-in lists, and 150 look-ups for each character for any other, and two more for
//! every character outside ASCII that it has.

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::weak_form;
use crate::knowledge::word_list::{MAX_WORDS, WordList, WordListErrorKind};
use crate::policy::Table;
use crate::policy::diagnostic::suggestion;
use crate::policy::table::Placed;

pub(super) fn definition() -> Definition {
    let codes = ["words.listed", "words.based_on", "words.near", "words.contained"];
    Definition::built_in("words", codes, Cost::Search, build)
}

/// The list that has a grammar as well.
const CHINESE: &str = "chinese";
/// A rule may have this many lists.
const MAX_LISTS: usize = 16;

struct Words {
    lists: Vec<WordList>,
    fold: bool,
    whole: bool,
    base: bool,
    /// The lists whose words are pieces of weak forms; none where forms are not judged.
    forms: Vec<WordList>,
    /// Whether a word within one edit counts.
    near: bool,
    /// The least length of a word that is looked for inside.
    contained: Option<usize>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let fold = table.flag("fold", true);
    let near = table.count("max_edit_distance", 0, 0..=1) > 0;
    let max_rank = table.optional_count("max_rank", 1..=MAX_WORDS as u64);
    let names = table.texts("lists");
    let is_built_in = |name: &Placed<String>| WordList::built_in(&name.value).is_some();
    if max_rank.is_some() && names.as_ref().is_none_or(|names| names.iter().any(is_built_in)) {
        let help = Some("name files only, the commonest word first".to_owned());
        table.complain("max_rank", "conflict", "the built-in lists are sorted and know no rank", help);
    }
    let lists = match names {
        None => WordList::built_in_names().filter_map(WordList::built_in).collect(),
        Some(names) => read_lists(table, &names, fold, max_rank),
    };
    // A file may hold any number of words, and what is made of two of those need not be weak.
    let forms: Vec<WordList> = match lists.iter().any(|list| list.name() == CHINESE) {
        true => lists.iter().filter(|list| WordList::built_in(list.name()).is_some()).cloned().collect(),
        false => Vec::new(),
    };
    let mut words = Words { lists, fold, whole: false, base: false, forms, near, contained: None };
    let least = table.count("min_contained", 5, 2..=64) as usize;
    let kinds = table.texts("match");
    if kinds.is_none() {
        (words.whole, words.base) = (true, true);
    }
    for kind in kinds.iter().flatten() {
        match kind.value.as_str() {
            "whole" => words.whole = true,
            // What is refused with a sign behind it is refused without.
            "base" => (words.whole, words.base) = (true, true),
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
    if near && words.contained.is_some() && !words.whole && !words.base {
        let help = Some("add \"whole\" or \"base\" to `match`".to_owned());
        table.complain("max_edit_distance", "conflict", "what is looked for inside is compared exactly", help);
    }
    Some(Box::new(words))
}

fn read_lists(table: &Table<'_>, names: &[Placed<String>], fold: bool, max_rank: Option<u64>) -> Vec<WordList> {
    if names.is_empty() {
        table.complain("lists", "missing-key", "a `words` rule without a list refuses nothing", None);
    }
    if names.len() > MAX_LISTS {
        table.complain("lists", "too-large", format!("{MAX_LISTS} lists at most"), None);
        return Vec::new();
    }
    names.iter().filter_map(|name| read_list(table, name, fold, max_rank)).collect()
}

fn read_list(table: &Table<'_>, name: &Placed<String>, fold: bool, max_rank: Option<u64>) -> Option<WordList> {
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
    match WordList::read(path, bytes, fold, max_rank.unwrap_or(u64::MAX)) {
        Ok(list) => Some(list),
        Err(error) => {
            let help = match error.kind() {
                WordListErrorKind::Folded => Some("compile it as typed, or leave `fold` out".to_owned()),
                WordListErrorKind::AsTyped => Some("compile it folded, or say `fold = false`".to_owned()),
                _ => None,
            };
            table.complain_at(name.span, "unreadable", format!("`{}`: {error}", name.value), help);
            None
        }
    }
}

impl Rule for Words {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let text = if self.fold { candidate.folded() } else { candidate.text() };
        let any = |holds: &dyn Fn(&WordList) -> bool| self.lists.iter().any(holds);
        // The first that holds says the most: a listed word is also held, and its own base.
        if self.whole && any(&|list| list.whole(text)) {
            findings.refuse("words.listed", &[]);
        } else if self.base && any(&|list| list.base(text)) {
            findings.refuse("words.based_on", &[]);
        } else if self.near && any(&|list| (self.whole && list.near(text)) || (self.base && list.near_base(text)))
        {
            findings.refuse("words.near", &[]);
        } else if self.base
            && !self.forms.is_empty()
            && weak_form::is_weak(text, &|word| self.forms.iter().any(|list| list.whole(word)))
        {
            findings.refuse("words.based_on", &[]);
        } else if let Some(least) = self.contained
            && any(&|list| list.contained(text, least))
        {
            findings.refuse("words.contained", &[]);
        }
        Ok(())
    }

    fn explain(&self, _: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        Ok(vec![Note::new("words.saw", &[("lists", self.lists.len() as u64)])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        let code = if self.contained.is_some() { "words.contained" } else { "words.requirement" };
        vec![Requirement::new(code, &[])]
    }

    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        self.lists.iter().map(|list| (list.name().to_owned(), *list.digest())).collect()
    }
}
