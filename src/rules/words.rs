//! The rule kind `words`.

use std::ops::Range;

use super::comparing::{self, MAX_SHARE, read_transformations};
use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note, Origins};
use crate::knowledge::comparison::{Reading, Transformations};
use crate::knowledge::folding::is_separator;
use crate::knowledge::strength::{self, DEFAULT_YEAR, decompose, estimate};
use crate::knowledge::word_list::{
    Encoding, ListOptions, MAX_BYTES, MAX_WORDS, WordList, WordListErrorKind, bases,
};
use crate::policy::diagnostic::suggestion;
use crate::policy::parameter::{Choice, Count, Flag, OptionalCount, Texts};
use crate::policy::source::MAX_LIST_BYTES;
use crate::policy::table::Placed;
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that are a listed word, are based on one, or contain one.",
    codes: &[
        Code::new("words.listed", &[]),
        Code::new("words.based_on", &[]),
        Code::new("words.near", &[]),
        Code::new("words.contained", &[]),
    ],
    example: "\
[rules.words]
lists = [\"common\", \"./our-products.txt\"]
match = [\"whole\", \"base\", \"contained\"]",
    why: "\
Guessing begins with what others have chosen. NIST SP 800-63B-4 (section 3.1.1.2) requires a blocklist that the whole
password is compared with; OWASP ASVS 5.0 (6.2.4) requires the 3,000 most common passwords.",
    limits: "\
\"guessable\" does not depend on the lists. It rejects `zhangwei1985`, `lx19880612`, `1qaz2wsx`, `Nacos@2026`, two common
words, and most numbers of up to nine digits. The estimate is that of `knowledge::strength`, in lower case and without the
user's data. It ignores case, undoes substitutions and removes separators, so \"guessable\" needs `fold`, and \"substituted\"
and \"separated\" in `read`; otherwise the default omits it. `rules/words/SOURCES.md` states the detection rate and the rate
of false rejections.

A plain file has one word a line: at most five million words of 256 bytes. It can be compressed with gzip or Zstandard. A
first line that begins with `#` is a heading. Blanks around a word are ignored, words are normalized to NFC, and `$HEX[…]` is
decoded. If every line is a count and a word (`uniq -c`), or a word, a colon or tab, and a count, the counts rank the words.
A file of which every line is a hash of 32, 40 or 64 digits is an error: hashes belong in a filter of `breached`. The header of a compiled file states whether its words are folded, which `fold` must match. The built-in lists are
sorted and have no ranks. They are in lower case, so with `fold = false` they do not contain `PASSWORD`.

Use \"contained\" only with short lists; with long ones it rejects many strong passwords. A base has four or more letters,
and at most eight signs around it or as many as it has letters. The signs at one end are all around it or all
letters, so `princes$77` is not based on \"princess\".

With an edit distance, the rule rejects short passwords that are hard to guess: one in 30 random passwords of five
lower-case letters, one in 160 of six, none in 20,000 of eight. A text of more than 32 characters is never similar to a
word. The search takes up to half a millisecond for each built-in list. For other lists it takes 150 lookups a character,
and two more for each character outside ASCII.",
};

const LISTS: Declared<Texts> = Declared::texts("lists", &["common", "chinese"]).stricter(Stricter::MoreFiles).doc(
    "Built-in lists (\"common\": 61,363 leaked passwords and well-known phrases; \"chinese\": common passwords in China) and \
     files, plain or compiled. A name with a `/` or a `.` is a path, relative to the policy.",
);
const MATCH: Declared<Texts> = Declared::texts("match", &["whole", "base", "guessable"])
    .default_with("lists", &["whole", "base"])
    .stricter(Stricter::LongerList)
    .doc(
        "\"whole\": the password is a listed word. \"base\": the password is a listed word with digits and symbols around \
         it or in place of letters (see `personal`), or the word itself. \"guessable\": the password takes less than 10⁷ \
         guesses. \"contained\": the password contains a listed word. Each applies to every reading that `read` selects.",
    );
const MATCHES: [&str; 4] = ["whole", "base", "guessable", "contained"];
const MIN_CONTAINED: Declared<Count> = Declared::count("min_contained", 5, 2..=64)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc("The minimum length of a word for \"contained\".");
const FOLD: Declared<Flag> = Declared::flag("fold", true)
    .doc("Whether to ignore case. `false` compares the password as typed with the lists as written.");
const MAX_EDIT_DISTANCE: Declared<Count> =
    Declared::count("max_edit_distance", 0, 0..=1).stricter(Stricter::Higher).doc(
        "1 also rejects a password (\"whole\") or a base (\"base\") that differs from a listed word of five or more letters \
         by one edit: one character inserted, deleted, substituted, or two adjacent characters transposed.",
    );
const MAX_RANK: Declared<OptionalCount> = Declared::optional_count("max_rank", 1..=MAX_WORDS as u64)
    .unit("words")
    .stricter(Stricter::HigherOrAbsent)
    .doc(
        "Uses only this many words of each file: the most common by its counts or its compiled ranks, or else the first. \
         Without it, all words count.",
    );
const ENCODING: Declared<Choice<Encoding>> =
    Declared::choice("encoding", Encoding::Utf8, &[("utf-8", Encoding::Utf8), ("latin-1", Encoding::Latin1)]).doc(
        "The encoding of plain files. \"latin-1\" reads lines that are not UTF-8 as Latin-1 (Windows-1252), where such a line \
         is otherwise an error.",
    );
// A compressed file has the same limit as a plain one.
const _: () = assert!(MAX_BYTES == MAX_LIST_BYTES);
const READ: Declared<Texts> = comparing::read(&["plain", "folded", "substituted", "separated", "reversed"]);

pub(super) fn definition() -> Definition {
    let parameters = vec![
        LISTS.parameter(),
        MATCH.parameter(),
        MIN_CONTAINED.parameter(),
        FOLD.parameter(),
        MAX_EDIT_DISTANCE.parameter(),
        MAX_RANK.parameter(),
        ENCODING.parameter(),
        READ.parameter(),
        MAX_SHARE.parameter(),
    ];
    Definition::built_in("words", Cost::Search, &DOCUMENTATION, parameters, build)
}

/// The decimal logarithm of the guesses below which a password is "guessable".
const MIN_GUESSES: f64 = 7.0;
/// The maximum number of lists of a rule.
const MAX_LISTS: usize = 16;

struct Words {
    lists: Vec<WordList>,
    /// The same words, with all built-in lists in one.
    searched: Vec<WordList>,
    fold: bool,
    whole: bool,
    base: bool,
    /// Whether passwords of less than [`MIN_GUESSES`] are rejected.
    guessable: bool,
    /// Whether a word within one edit counts.
    near: bool,
    /// The minimum length of a word for "contained". `None` if contained words are allowed.
    contained: Option<usize>,
    read: Transformations,
    max_share: usize,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let fold = table.read(&FOLD);
    let near = table.read(&MAX_EDIT_DISTANCE) > 0;
    let max_rank = table.read(&MAX_RANK);
    let encoding = table.read(&ENCODING);
    let options = ListOptions { fold, max_rank: max_rank.unwrap_or(u64::MAX), encoding };
    let names = table.read(&LISTS);
    let is_built_in = |name: &Placed<String>| WordList::built_in(&name.value).is_some();
    if max_rank.is_some() && names.as_ref().is_none_or(|names| names.iter().any(is_built_in)) {
        let help = Some("list only files, with the most common word first".to_owned());
        table.report("max_rank", "conflict", "the built-in lists have no ranks", help);
    }
    if names.as_ref().is_some_and(Vec::is_empty) {
        table.report("lists", "missing-key", "a `words` rule without a list never rejects a password", None);
    }
    let lists = match names {
        None => LISTS.default().iter().filter_map(|name| WordList::built_in(name)).collect(),
        Some(names) => read_lists(table, &names, &options),
    };
    let read = read_transformations(table, &READ);
    // The estimate ignores case, undoes substitutions and removes separators.
    let can_guess = fold && read.contains(Transformations::SUBSTITUTED | Transformations::SEPARATED);
    let read = if fold { read | Transformations::FOLDED } else { read.without(Transformations::FOLDED) };
    let max_share = table.read(&MAX_SHARE) as usize;
    let searched = WordList::merged(&lists);
    let mut words = Words {
        lists,
        searched,
        fold,
        whole: false,
        base: false,
        guessable: false,
        near,
        contained: None,
        read,
        max_share,
    };
    let min_contained = table.read(&MIN_CONTAINED) as usize;
    let kinds = table.read(&MATCH);
    if kinds.is_none() {
        let default = MATCH.default_in(table);
        (words.whole, words.base) = (true, true);
        words.guessable = can_guess && default.contains(&"guessable");
    }
    for kind in kinds.iter().flatten() {
        match kind.value.as_str() {
            "whole" => words.whole = true,
            // A word that is rejected with a sign after it is also rejected without.
            "base" => (words.whole, words.base) = (true, true),
            "guessable" if can_guess => words.guessable = true,
            "guessable" => {
                let message = "\"guessable\" needs `fold`, and \"substituted\" and \"separated\" in `read`";
                table.report_at(kind.span, "conflict", message, None);
            }
            "contained" => words.contained = Some(min_contained),
            _ => table.unknown_value(MATCH.key(), kind, &MATCHES),
        }
    }
    if kinds.is_some_and(|kinds| kinds.is_empty()) {
        table.report(
            "match",
            "missing-key",
            "a `words` rule without `match` values never rejects a password",
            None,
        );
    }
    if table.has("min_contained") && words.contained.is_none() {
        let help = Some("add \"contained\" to `match`".to_owned());
        table.report("min_contained", "conflict", "`min_contained` has no effect without \"contained\"", help);
    }
    if near && (words.contained.is_some() || words.guessable) && !words.whole {
        let help = Some("add \"whole\" or \"base\" to `match`".to_owned());
        let message = "`max_edit_distance` applies only to \"whole\" and \"base\"";
        table.report("max_edit_distance", "conflict", message, help);
    }
    Some(Box::new(words))
}

pub(super) fn read_lists(table: &Table<'_>, names: &[Placed<String>], options: &ListOptions) -> Vec<WordList> {
    if names.len() > MAX_LISTS {
        table.report("lists", "too-large", format!("at most {MAX_LISTS} lists are allowed"), None);
        return Vec::new();
    }
    names.iter().filter_map(|name| read_list(table, name, options)).collect()
}

fn read_list(table: &Table<'_>, name: &Placed<String>, options: &ListOptions) -> Option<WordList> {
    if let Some(list) = WordList::built_in(&name.value) {
        return Some(list);
    }
    if !name.value.contains(['/', '.', '\\']) {
        let known: Vec<&str> = WordList::built_in_names().collect();
        let message = format!("unknown list `{}`; a path contains a `/` or a `.`", name.value);
        table.report_at(name.span, "unknown-value", message, suggestion(&name.value, &known));
        return None;
    }
    let (path, bytes) = table.file(name)?;
    match WordList::read(path, bytes, options) {
        Ok(list) => Some(list),
        Err(error) => {
            let help = match error.kind() {
                WordListErrorKind::Folded => Some("compile the list as typed, or remove `fold`"),
                WordListErrorKind::AsTyped => Some("compile the list folded, or set `fold = false`"),
                WordListErrorKind::NotUtf8 => {
                    Some("set `encoding = \"latin-1\"` if the list is Latin-1; otherwise convert it to UTF-8")
                }
                WordListErrorKind::Hashes => {
                    Some("build a filter with `kouling words build --hashes`, and use it in a `breached` rule")
                }
                _ => None,
            };
            let message = format!("`{}`: {error}", name.value);
            table.report_at(name.span, "unreadable", message, help.map(str::to_owned));
            None
        }
    }
}

/// How a password is a listed word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MatchKind {
    /// A reading of it is a word.
    Whole,
    /// A word remains without the digits and symbols at its ends.
    Base,
    /// A reading of it is one edit away from a word.
    Near,
    /// A text that is one edit away from a word remains without the digits and symbols at its ends.
    NearBase,
    /// It is put together from common parts.
    Guessable,
    /// A reading of it contains a word.
    Contained,
}

/// The first match of a password, which the rule reports.
struct Match<'c> {
    kind: MatchKind,
    /// The index of the list; 0 for [`MatchKind::Guessable`].
    list: usize,
    reading: Reading<'c>,
}

impl Match<'_> {
    fn code(&self) -> &'static str {
        match self.kind {
            MatchKind::Whole if is_plain(&self.reading) => "words.listed",
            MatchKind::Whole | MatchKind::Base | MatchKind::Guessable => "words.based_on",
            MatchKind::Near | MatchKind::NearBase => "words.near",
            MatchKind::Contained => "words.contained",
        }
    }
}

fn is_plain(reading: &Reading<'_>) -> bool {
    reading.undone == Transformations::PLAIN
}

impl Rule for Words {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        if let Some(found) = self.find(candidate, &self.searched) {
            findings.refuse(found.code(), &[]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let looked_up = Note::new("words.observed", &[("lists", self.lists.len() as u64)]);
        let found = self.find(candidate, &self.lists).map(|found| self.observations(&found, candidate));
        Ok(std::iter::once(looked_up).chain(found.into_iter().flatten()).collect())
    }

    fn requirements(&self) -> Vec<Requirement> {
        let code = if self.contained.is_some() { "words.contained" } else { "words.requirement" };
        vec![Requirement::new(code, &[])]
    }

    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        let lists = self.lists.iter().map(|list| (list.name().to_owned(), *list.digest()));
        lists.chain(self.guessable.then(strength::dictionaries).into_iter().flatten()).collect()
    }
}

impl Words {
    /// Finds the most specific match in `lists`: a listed word is also its own base, and contains itself.
    fn find<'c>(&self, candidate: &'c Candidate, lists: &[WordList]) -> Option<Match<'c>> {
        let readings = if self.fold { candidate.readings() } else { candidate.typed_readings() };
        // The built-in lists, and compiled ones of earlier versions, have words of other scripts as typed.
        let unfolded = self.fold && !candidate.is_ascii();
        let divided = |read: Transformations| {
            let is_divided = readings.select(read).find(is_plain).is_none_or(|reading| is_divided(reading.text));
            if is_divided { read } else { read.without(Transformations::SEPARATED) }
        };
        let read = divided(self.read);
        let all = || {
            let typed = || readings.select(divided(self.read.without(Transformations::FOLDED)));
            readings.select(read).chain(unfolded.then(typed).into_iter().flatten())
        };
        let plain = || readings.select(read).filter(is_plain);
        // A base undoes substitutions itself, after it has removed the signs at its ends.
        let with_signs = |reading: &Reading<'_>| !reading.undone.contains(Transformations::SUBSTITUTED);
        let substituted = self.read.contains(Transformations::SUBSTITUTED);
        let is_whole = |list: &WordList, reading: Reading<'_>| list.whole(reading.text);
        // A word both reversed and disguised is rarer than a random password that reads so.
        let is_base = |list: &WordList, reading: Reading<'_>| {
            let undo = substituted && !reading.undone.contains(Transformations::REVERSED);
            if undo { list.base(reading.text) } else { list.base_as_typed(reading.text) }
        };
        let is_near = |list: &WordList, reading: Reading<'_>| list.near(reading.text);
        let is_near_base = |list: &WordList, reading: Reading<'_>| {
            if substituted { list.near_base(reading.text) } else { list.near_base_as_typed(reading.text) }
        };
        let is_guessable =
            |reading: &Reading<'_>| strength::is_guessed_within(MIN_GUESSES, reading.text, DEFAULT_YEAR);
        let whole = || {
            first(lists, MatchKind::Whole, all().filter(is_plain), is_whole)
                .or_else(|| first(lists, MatchKind::Whole, all().filter(|reading| !is_plain(reading)), is_whole))
        };
        let base = || first(lists, MatchKind::Base, all().filter(with_signs), is_base);
        let near = || first(lists, MatchKind::Near, plain(), is_near);
        let near_base = || first(lists, MatchKind::NearBase, plain(), is_near_base);
        let guessable = || {
            let reading = plain().find(is_guessable)?;
            Some(Match { kind: MatchKind::Guessable, list: 0, reading })
        };
        let contained = |least| {
            let contains = |list: &WordList, reading: Reading<'_>| {
                list.contained(reading.text, self.least_contained(least, reading))
            };
            first(lists, MatchKind::Contained, all(), contains)
        };
        (self.whole.then(whole).flatten())
            .or_else(|| self.base.then(base).flatten())
            .or_else(|| (self.near && self.whole).then(near).flatten())
            .or_else(|| (self.near && self.base).then(near_base).flatten())
            .or_else(|| self.guessable.then(guessable).flatten())
            .or_else(|| self.contained.and_then(contained))
    }

    /// Returns what was found and where, without naming the word.
    fn observations(&self, found: &Match<'_>, candidate: &Candidate) -> Vec<Note> {
        let Match { kind, list, reading } = found;
        let origins = Origins::of(candidate.text(), reading.text, reading.undone);
        let everything = 0..candidate.code_points();
        let place =
            |range| origins.as_ref().and_then(|origins| origins.place(range)).unwrap_or(everything.clone());
        if *kind == MatchKind::Guessable {
            let parts = decompose(reading.text, &[], DEFAULT_YEAR).into_iter();
            let parts = parts.map(|(range, kind)| (place(range), kind)).collect();
            return super::strength::observations(&estimate(reading.text, &[], DEFAULT_YEAR), parts);
        }
        let (within, substituted) = self.word_in(found);
        let before = reading.text[..within.start].chars().count();
        let word = place(before..before + reading.text[within].chars().count());
        let at = |range: &Range<usize>| [("from", range.start as u64 + 1), ("to", range.end as u64)];
        let code = match kind {
            MatchKind::Near | MatchKind::NearBase => "words.observed_near",
            _ => "words.observed_word",
        };
        let [from, to] = at(&word);
        let mut seen = vec![Note::new(code, &[from, to, ("list", *list as u64 + 1)])];
        if matches!(kind, MatchKind::Base | MatchKind::NearBase) {
            let ends = [0..word.start, word.end..everything.end];
            let ends = ends.iter().filter(|end| !end.is_empty());
            seen.extend(ends.map(|end| Note::new("words.observed_around", &at(end))));
        }
        let undone = [
            (origins.is_some_and(|origins| origins.folded), "words.observed_folded"),
            (substituted, "words.observed_substituted"),
            (reading.undone.contains(Transformations::SEPARATED), "words.observed_separated"),
            (reading.undone.contains(Transformations::REVERSED), "words.observed_reversed"),
        ];
        seen.extend(undone.iter().filter(|(is_undone, _)| *is_undone).map(|(_, code)| Note::new(*code, &[])));
        seen
    }

    /// Returns the bytes of the reading in which the word was found, and whether substitutions were undone.
    fn word_in(&self, found: &Match<'_>) -> (Range<usize>, bool) {
        let Match { kind, list, reading } = found;
        let (list, text) = (&self.lists[*list], reading.text);
        let substituted = reading.undone.contains(Transformations::SUBSTITUTED);
        let undo = self.read.contains(Transformations::SUBSTITUTED);
        let reversed = reading.undone.contains(Transformations::REVERSED);
        let is_base = |base: &&str| match kind {
            MatchKind::NearBase => list.near(base) || (undo && list.near_base(base)),
            _ => list.whole(base) || (undo && !reversed && list.base(base)),
        };
        match kind {
            MatchKind::Base | MatchKind::NearBase => {
                let base = bases(text).find(is_base).unwrap_or(text);
                let start = base.as_ptr().addr() - text.as_ptr().addr();
                let as_typed = if *kind == MatchKind::Base { list.whole(base) } else { list.near(base) };
                (start..start + base.len(), !as_typed)
            }
            MatchKind::Contained => {
                let least = self.least_contained(self.contained.unwrap_or_default(), *reading);
                let ends: Vec<usize> =
                    text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
                // A longer text contains what a shorter one does.
                let contains = |start: usize, end: usize| list.contained(&text[start..end], least);
                let end = ends[ends.partition_point(|end| !contains(0, *end)).min(ends.len() - 1)];
                let start = ends[ends.partition_point(|start| *start <= end && contains(*start, end)).max(1) - 1];
                (start..end, substituted)
            }
            _ => (0..text.len(), substituted),
        }
    }

    /// Returns the minimum length of a contained word: `least`, and more than the share of the password that `max_share`
    /// allows.
    fn least_contained(&self, least: usize, reading: Reading<'_>) -> usize {
        least.max(self.max_share * reading.length / 100 + 1)
    }
}

/// Returns the first of `readings` that matches a list.
fn first<'c>(
    lists: &[WordList],
    kind: MatchKind,
    mut readings: impl Iterator<Item = Reading<'c>>,
    matches: impl Fn(&WordList, Reading<'c>) -> bool,
) -> Option<Match<'c>> {
    readings.find_map(|reading| {
        let list = lists.iter().position(|list| matches(list, reading))?;
        Some(Match { kind, list, reading })
    })
}

/// The maximum number of kinds of separators that are removed, and the minimum number of characters that remain.
const MAX_SEPARATORS: usize = 2;
const MIN_SEPARATED: usize = 8;

/// Returns whether the separators of a text may divide words. Different ones take guesses of their own, and what is left of
/// a short random password is soon a word.
fn is_divided(text: &str) -> bool {
    let mut kinds = ['\0'; MAX_SEPARATORS];
    let mut is_of_few = |c: char| {
        kinds.iter_mut().any(|kind| {
            if *kind == '\0' {
                *kind = c;
            }
            *kind == c
        })
    };
    let mut others = 0;
    for c in text.chars() {
        if !is_separator(c) {
            others += 1;
        } else if !is_of_few(c) {
            return false;
        }
    }
    others >= MIN_SEPARATED
}
