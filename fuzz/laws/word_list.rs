//! Word lists: whatever the bytes, a list or a reason; and a list says what a plain reading of its lines says.
//!
//! An input is a byte of choices, the file, and what is looked up, in parts.

use std::time::Instant;

use kouling::knowledge::folding::readings;
use kouling::knowledge::word_list::{MOST_WORD_BYTES, WordList, WordListErrorKind};

use super::input::{join, parts, within_seconds};

/// What may be put in where a list is long: as `word_list::near` has it.
const TYPED: std::ops::RangeInclusive<char> = ' '..='~';
/// Below this many bytes of words `near` compares with each of them.
const FEW: usize = 2048;

pub fn hold(data: &[u8]) {
    let Some((choices, rest)) = data.split_first() else { return };
    let fold = choices & 1 == 0;
    let least = usize::from(choices >> 1) % 12;
    let mut parts = parts(rest);
    let file = parts.next().unwrap_or_default();
    let began = Instant::now();
    let read = if fold { WordList::parse("list", file) } else { WordList::parse_as_typed("list", file) };
    let plain = plain_words(file, fold);
    let (list, words) = match (read, plain) {
        (Ok(list), Ok(words)) => (list, words),
        (Err(error), Err(kind)) => {
            assert_eq!(error.kind(), kind, "the reason");
            assert!(error.line().is_none_or(|line| line >= 1), "a line of the file");
            return;
        }
        (read, plain) => panic!("read {:?}, plainly read {plain:?}", read.map(|list| list.count())),
    };
    assert_eq!(list.count(), words.len(), "each word once");
    let asked = parts.filter_map(|part| std::str::from_utf8(part).ok()).take(16);
    for text in asked.chain(words.iter().take(8).map(String::as_str)) {
        if text.len() <= 512 {
            answers(&list, &words, text, least);
        }
    }
    within_seconds(5.0, began, "a list and its look-ups");
}

/// The words of a file, plainly: sorted, each once.
fn plain_words(file: &[u8], fold: bool) -> Result<Vec<String>, WordListErrorKind> {
    let text = std::str::from_utf8(file).map_err(|_| WordListErrorKind::NotUtf8)?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut words = Vec::new();
    for (at, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() || (at == 0 && line.starts_with('#')) {
            continue;
        }
        if line.len() > MOST_WORD_BYTES {
            return Err(WordListErrorKind::WordTooLong);
        }
        words.push(if fold { line.chars().flat_map(char::to_lowercase).collect() } else { line.to_owned() });
    }
    words.sort_unstable();
    words.dedup();
    if words.is_empty() { Err(WordListErrorKind::Empty) } else { Ok(words) }
}

fn answers(list: &WordList, words: &[String], text: &str, least: usize) {
    assert_eq!(list.whole(text), words.iter().any(|word| word == text), "whole: {text:?}");
    let long = |word: &&String| word.chars().count() >= least;
    let contained = words.iter().filter(long).any(|word| text.contains(word.as_str()));
    assert_eq!(list.contained(text, least), contained, "contained: {text:?} from {least} on");
    let length = text.chars().count();
    let comparable = (4..=32).contains(&length);
    let of_five: Vec<&String> = words.iter().filter(|word| word.chars().count() >= 5).collect();
    let near = comparable && of_five.iter().any(|word| is_near(word, text));
    let bytes: usize = words.iter().map(|word| word.len() + 1).sum();
    if bytes <= FEW {
        assert_eq!(list.near(text), near, "near: {text:?}");
    } else {
        let typed = |word: &&&String| word.chars().all(|c| TYPED.contains(&c) || text.contains(c));
        let surely = comparable && of_five.iter().filter(typed).any(|word| is_near(word, text));
        assert!(near || !list.near(text), "near: {text:?} is near no word");
        assert!(!surely || list.near(text), "near: {text:?} is near a word");
    }
    let is_word = |text: &str| words.iter().any(|word| word == text);
    let based = bases(text).into_iter().any(|base| {
        (base != text && is_word(base)) || readings(base).iter().any(|reading| reading != base && is_word(reading))
    });
    assert_eq!(list.base(text), based, "base: {text:?}");
    list.near_base(text);
}

/// What remains without what is no letter at either end, where that is enough.
fn bases(text: &str) -> Vec<&str> {
    let letter = |c: char| c.is_alphabetic();
    let headless = text.trim_start_matches(|c| !letter(c));
    let tailless = text.trim_end_matches(|c| !letter(c));
    let length = text.chars().count();
    let enough = |base: &&str| {
        let kept = base.chars().count();
        kept >= 4 && length - kept <= kept.max(8)
    };
    [headless.trim_end_matches(|c| !letter(c)), headless, tailless, text].into_iter().filter(enough).collect()
}

/// Whether at most one character more, less, other or exchanged with its neighbour tells two texts apart.
fn is_near(word: &str, text: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (word.chars().collect(), text.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([], []) => true,
        (a, b) if a.len() == b.len() + 1 => a[1..] == *b,
        (a, b) if b.len() == a.len() + 1 => b[1..] == *a,
        (a, b) if a.len() == b.len() => {
            let exchanged = a.len() >= 2 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..];
            a[1..] == b[1..] || exchanged
        }
        _ => false,
    }
}

/// Lists of every form that the format allows, and some that it does not.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let long = (0..400).map(|n| format!("word{n:03}\n")).collect::<String>();
    let texts: [(&str, u8, &[&str]); 8] = [
        ("heading", 0, &["# products\nWidget\nÜberwidget\n", "widget", "my-überwidget-7", "w1dget"]),
        ("as-typed", 1, &["Widget\nwidget\n", "Widget", "wIDGET"]),
        ("line-ends", 8, &["\u{FEFF}alpha\r\nbeta\r\n\r\ngamma", "alphabet", "gamm", "ganma"]),
        ("unsorted", 12, &["zebra\nyak\nzebra\napple\n", "zebar", "apple1", "@pple"]),
        ("empty", 0, &["# nothing\n", "nothing"]),
        ("spaces", 2, &[" a b \n\t\nÄÖ\n", "xäöx", "a b"]),
        ("long", 6, &[&long, "word0001", "word11", "wordd123", "vord399", "password123"]),
        ("substituted", 0, &["password\nmonkey\nsummer\n", "p@ssw0rd2024!", "5ummer1", "monkye", "mon key"]),
    ];
    texts.map(|(name, choices, parts)| (name.to_owned(), [vec![choices], join(parts)].concat())).to_vec()
}
