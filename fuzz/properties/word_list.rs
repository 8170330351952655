//! Property: any bytes are a valid list or filter, or an error. Lookups in a list, compiled or not, equal a linear
//! search.
//!
//! An input starts with a byte of options and a byte for the maximum rank. The parts are the file and the texts to
//! look up. A binary file (options from 128) is preceded by its length in two bytes.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use kouling::blob::Bytes;
use kouling::knowledge::breach_filter::{self, Filter, TIERS};
use kouling::knowledge::compression::decompress;
use kouling::knowledge::folding::readings;
use kouling::knowledge::word_list::compiled::{self, compile};
use kouling::knowledge::word_list::{ListOptions, MAX_BYTES, MAX_WORD_BYTES, WordList, WordListErrorKind};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::input::{join, parts, within_seconds};

/// Characters that `word_list::near` inserts in a long list.
const TYPED: std::ops::RangeInclusive<char> = ' '..='~';
/// Up to this many bytes, `near` compares every word.
const MAX_SCANNED_BYTES: usize = 2048;

pub fn check(data: &[u8]) {
    let [options, max_rank, rest @ ..] = data else { return };
    let began = Instant::now();
    if *options < 128 {
        let max_rank = if *max_rank < 128 { u64::MAX } else { u64::from(max_rank - 127) };
        check_text(*options, max_rank, rest);
    } else if let Some((length, rest)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
        let (file, texts) = rest.split_at(length);
        check_file(*options, file.to_vec(), u64::from(*max_rank).max(1), texts);
    }
    within_seconds(5.0, began, "a list and its lookups");
}

fn check_text(options: u8, max_rank: u64, data: &[u8]) {
    let fold = options & 1 == 0;
    let is_compiled = options & 64 != 0;
    let min_length = usize::from(options >> 1) % 12;
    let mut parts = parts(data);
    let file = parts.next().unwrap_or_default();
    let options = ListOptions { fold, ..ListOptions::default() };
    let bytes = if is_compiled { compile(file, &options, "a list") } else { Ok(file.to_vec()) };
    let read = bytes.and_then(|bytes| WordList::read("list", bytes, &ListOptions { max_rank, ..options }));
    let (list, all) = match (read, plain_words(file, fold)) {
        (Ok(list), Ok(words)) => (list, words),
        // Texts that start like a compiled list or a compressed file are read as one.
        (Err(_), _) if file.starts_with(&compiled::MAGIC[..1]) => return,
        (read, _) if decompress(file, 1).is_err() => {
            assert!(read.is_ok() || decompress(file, MAX_BYTES) != Ok(None), "a compressed file is decompressed");
            return;
        }
        (Err(error), Err(kind)) => {
            assert_eq!(error.kind(), kind, "the same error");
            assert!(error.line().is_none_or(|line| line >= 1), "a line number from 1");
            return;
        }
        (read, plain) => panic!("engine: {:?}, reference: {plain:?}", read.map(|list| list.count())),
    };
    let counted = all.len().min(usize::try_from(max_rank).unwrap_or(usize::MAX));
    let words = &all[..counted];
    assert_eq!(list.count(), if is_compiled { all.len() } else { counted }, "number of distinct words");
    let texts = parts.filter_map(|part| std::str::from_utf8(part).ok()).take(16);
    for text in texts.chain(all.iter().take(8).map(String::as_str)) {
        if text.len() <= 512 {
            check_lookups(&list, words, text, min_length, is_compiled);
        }
    }
}

/// Checks a compiled list or filter with valid or invalid checksums: an error, or any deterministic results.
fn check_file(options: u8, mut file: Vec<u8>, max_rank: u64, texts: &[u8]) {
    let is_filter = options & 1 == 1;
    if options & 2 != 0 {
        file.splice(..file.len().min(8), if is_filter { breach_filter::MAGIC } else { compiled::MAGIC });
    }
    // The author of a list with a valid checksum decides its results; its map is not validated. The tables of a
    // filter are.
    if options & 4 != 0 && is_filter {
        fix_checksums(&mut file);
    }
    let texts =
        || parts(texts).filter_map(|part| std::str::from_utf8(part).ok()).filter(|text| text.len() <= 512).take(8);
    if is_filter {
        let Ok(filter) = Filter::open(Arc::new(Bytes::new(file))) else { return };
        let status = filter.status();
        assert!(status.passwords.iter().any(|count| *count > 0), "an empty filter is refused");
        for text in texts() {
            for min_length in 0..TIERS.len() {
                let found = filter.find(text, min_length).map_err(|error| error.kind());
                assert_eq!(
                    found,
                    filter.find(text, min_length).map_err(|error| error.kind()),
                    "lookups are deterministic"
                );
                assert!(!matches!(found, Ok(Some(tier)) if tier < min_length), "the tier is at least the minimum");
            }
        }
        let whole = filter.verify(|_| {});
        assert!(
            whole.is_err() || texts().all(|text| filter.find(text, 0).is_ok()),
            "a verified filter never fails"
        );
        return;
    }
    let list_options = ListOptions { fold: options & 8 == 0, max_rank, ..ListOptions::default() };
    if let Ok(list) = WordList::read("list", file, &list_options) {
        assert!(list.count() > 0, "an empty list is refused");
        for text in texts() {
            assert!(
                !list.whole(text) || list.contained(text, 0) || text.is_empty(),
                "a listed word is contained: {text:?}"
            );
            let check_lookups = [list.base(text), list.near(text), list.near_base(text)];
            assert_eq!(
                check_lookups,
                [list.base(text), list.near(text), list.near_base(text)],
                "lookups are deterministic"
            );
        }
    }
}

/// Updates the checksums of a filter: those of the shards and that of the head.
fn fix_checksums(file: &mut [u8]) {
    const FIXED: usize = 8 + 4 + 4 + 4 * 8 + 2;
    let Some(fixed) = file.first_chunk::<FIXED>() else { return };
    let shards = 1_usize << fixed[14].min(12);
    let index = FIXED + usize::from(u16::from_le_bytes([fixed[FIXED - 2], fixed[FIXED - 1]]));
    let end = index + shards * 36;
    let mut offset = end + 32;
    for entry in (index..end).step_by(36) {
        let Some(length) = file.get(entry..).and_then(|entry| entry.first_chunk()) else { return };
        let length = u32::from_le_bytes(*length) as usize;
        let Some(shard) = offset.checked_add(length).and_then(|end| file.get(offset..end)) else { break };
        let checksum: [u8; 32] = Sha256::digest(shard).into();
        file[entry + 4..entry + 36].copy_from_slice(&checksum);
        offset += length;
    }
    if let Some((head, rest)) = file.split_at_mut_checked(end)
        && let Some(checksum) = rest.get_mut(..32)
    {
        checksum.copy_from_slice(&Sha256::digest(head));
    }
}

/// Reference parser: returns the distinct words in order of their ranks.
fn plain_words(file: &[u8], fold: bool) -> Result<Vec<String>, WordListErrorKind> {
    if file.contains(&0) || file.first() == Some(&compiled::MAGIC[0]) {
        return Err(WordListErrorKind::Foreign);
    }
    let file = file.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(file);
    // One character per byte, so that a line can be split before it is decoded.
    let text: String = file.iter().map(|byte| char::from(*byte)).collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let heading = text.starts_with('#');
    let lines: Vec<&str> = text.split('\n').skip(usize::from(heading)).collect();
    let lines = || lines.iter().filter(|line| !blanks_removed(line).is_empty());
    let first: Option<Vec<_>> = lines().map(|line| count_first(line)).collect();
    let last: Option<Vec<_>> = lines().map(|line| count_last(line)).collect();
    let words_with_count = |line: &str| count_last(line).or(count_first(line)).map(|(_, word)| word);
    let hashes = lines().map(|line| words_with_count(line).unwrap_or_else(|| blanks_removed(line).to_owned()));
    let lengths: HashSet<usize> = hashes.clone().map(|hash| hash.len()).collect();
    let are_hashes = hashes.into_iter().all(|hash| hash.chars().all(|digit| digit.is_ascii_hexdigit()));
    if are_hashes && lengths.len() == 1 && lengths.iter().all(|length| [32, 40, 64].contains(length)) {
        return Err(WordListErrorKind::Hashes);
    }
    let mut entries = match (first.filter(|entries| entries.iter().any(|(_, word)| !word.is_empty())), last) {
        (Some(entries), _) | (None, Some(entries)) => entries,
        _ => lines().map(|line| (0, blanks_removed(line).to_owned())).collect(),
    };
    entries.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut words = Vec::new();
    let mut seen = HashSet::new();
    let mut error = None;
    for (_, word) in entries {
        let bytes: Vec<u8> = word.chars().map(|c| c as u8).collect();
        let hex = word.strip_prefix("$HEX[").and_then(|rest| rest.strip_suffix(']')).and_then(from_hex);
        let is_hex = hex.is_some();
        let Ok(decoded) = String::from_utf8(hex.unwrap_or(bytes)) else { return Err(WordListErrorKind::NotUtf8) };
        let decoded = if is_hex || decoded.is_ascii() { decoded.as_str() } else { decoded.trim() };
        let decoded: String = decoded.nfc().collect();
        if decoded.is_empty() || decoded.contains(['\n', '\0']) {
            continue;
        }
        if decoded.len() > MAX_WORD_BYTES {
            error = Some(WordListErrorKind::WordTooLong);
        }
        let word = if fold { decoded.chars().flat_map(char::to_lowercase).collect() } else { decoded };
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    match error {
        Some(error) => Err(error),
        None if words.is_empty() => Err(WordListErrorKind::Empty),
        None => Ok(words),
    }
}

fn blanks_removed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii_whitespace())
}

fn digits(text: &str) -> Option<u128> {
    // Counts of more than 20 digits are equal.
    let value = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.trim_start_matches('0'))?;
    let max = u128::from(u64::MAX);
    let number = if value.len() > 20 { max } else { value.parse().unwrap_or(0).min(max) };
    (!text.is_empty()).then_some(number)
}

/// Splits `COUNT WORD`. The word may be empty.
fn count_first(line: &str) -> Option<(u128, String)> {
    let line = line.trim_start_matches(|c: char| c.is_ascii_whitespace());
    let (count, word) = line.split_once([' ', '\t'])?;
    Some((digits(count)?, blanks_removed(word).to_owned()))
}

/// Splits `WORD:COUNT`.
fn count_last(line: &str) -> Option<(u128, String)> {
    let (word, count) = blanks_removed(line).rsplit_once([':', '\t'])?;
    let count = digits(blanks_removed(count))?;
    (!word.is_empty()).then(|| (count, blanks_removed(word).to_owned()))
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    if digits.is_empty() || digits.len() % 2 == 1 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

fn check_lookups(list: &WordList, words: &[String], text: &str, min_length: usize, is_compiled: bool) {
    assert_eq!(list.whole(text), words.iter().any(|word| word == text), "whole: {text:?}");
    let long = |word: &&String| word.chars().count() >= min_length;
    let contained = words.iter().filter(long).any(|word| text.contains(word.as_str()));
    assert_eq!(list.contained(text, min_length), contained, "contained: {text:?} from {min_length} on");
    let length = text.chars().count();
    let comparable = (4..=32).contains(&length);
    let of_five: Vec<&String> = words.iter().filter(|word| word.chars().count() >= 5).collect();
    let near = comparable && of_five.iter().any(|word| is_near(word, text));
    let bytes: usize = words.iter().map(|word| word.len() + 1).sum();
    if bytes <= MAX_SCANNED_BYTES || is_compiled {
        assert_eq!(list.near(text), near, "near: {text:?}");
    } else {
        let typed = |word: &&&String| word.chars().all(|c| TYPED.contains(&c) || text.contains(c));
        let surely = comparable && of_five.iter().filter(typed).any(|word| is_near(word, text));
        assert!(near || !list.near(text), "near: {text:?} is not similar to any word");
        assert!(!surely || list.near(text), "near: {text:?} is similar to a word");
    }
    let is_word = |text: &str| words.iter().any(|word| word == text);
    let based = bases(text).into_iter().any(|base| {
        (base != text && is_word(base)) || readings(base).iter().any(|reading| reading != base && is_word(reading))
    });
    assert_eq!(list.base(text), based, "base: {text:?}");
    list.near_base(text);
}

/// Returns the text without leading or trailing non-letters, if long enough.
fn bases(text: &str) -> Vec<&str> {
    let letter = |c: char| c.is_alphabetic();
    let headless = text.trim_start_matches(|c| !letter(c));
    let tailless = text.trim_end_matches(|c| !letter(c));
    let length = text.chars().count();
    let enough = |base: &&str| {
        let length_of_base = base.chars().count();
        length_of_base >= 4 && length - length_of_base <= length_of_base.max(8)
    };
    [headless.trim_end_matches(|c| !letter(c)), headless, tailless, text].into_iter().filter(enough).collect()
}

/// Returns whether two texts are at most one edit apart, including a transposition.
fn is_near(word: &str, text: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (word.chars().collect(), text.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([], []) => true,
        (a, b) if a.len() == b.len() + 1 => a[1..] == *b,
        (a, b) if b.len() == a.len() + 1 => b[1..] == *a,
        (a, b) if a.len() == b.len() => {
            let transposed = a.len() >= 2 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..];
            a[1..] == b[1..] || transposed
        }
        _ => false,
    }
}

/// Returns lists of every valid format, and invalid ones.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let long = (0..400).map(|n| format!("word{n:03}\n")).collect::<String>();
    let texts: [(&str, u8, &[&str]); 13] = [
        ("counted", 0, &["   290729 acmecorp\n    79076 heron ry \n      7 \n", "acmecorp", "heron ry", "290729"]),
        ("count-last", 0, &["acmecorp:12\na:b: 99\nkite\t7", "acmecorp", "a:b", "kite1"]),
        ("hexadecimal", 0, &["$HEX[63616665cc81]\n$HEX[0]\n$HEX[0a]\n", "café", "$hex[0]"]),
        (
            "hashes",
            0,
            &["5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:3\n7C4A8D09CA3762AF61E59520943DC26494F8941B\n", "a"],
        ),
        ("carriage-returns", 0, &["# heading\rcafe\u{301}\u{A0}\rzulu\r", "café", "zulu"]),
        ("heading", 0, &["# products\nWidget\nÜberwidget\n", "widget", "my-überwidget-7", "w1dget"]),
        ("as-typed", 1, &["Widget\nwidget\n", "Widget", "wIDGET"]),
        ("line-ends", 8, &["\u{FEFF}alpha\r\nbeta\r\n\r\ngamma", "alphabet", "gamm", "ganma"]),
        ("unsorted", 12, &["zebra\nyak\nzebra\napple\n", "zebar", "apple1", "@pple"]),
        ("empty", 0, &["# nothing\n", "nothing"]),
        ("spaces", 2, &[" a b \n\t\nÄÖ\n", "xäöx", "a b"]),
        ("long", 6, &[&long, "word0001", "word11", "wordd123", "vord399", "password123"]),
        ("substituted", 0, &["password\nmonkey\nsummer\n", "p@ssw0rd2024!", "5ummer1", "monkye", "mon key"]),
    ];
    let mut seeds = Vec::new();
    for (name, options, parts) in texts {
        for (kind, options, max_rank) in
            [("", options, 0), ("-compiled", options | 64, 0), ("-few", options | 64, 129)]
        {
            seeds.push((format!("{name}{kind}"), [vec![options, max_rank], join(parts)].concat()));
        }
    }
    let texts = join(["password", "kouling", "p@ssw0rd1", "qwertyuiop"]);
    let files: [(&str, u8, &[u8]); 3] = [
        ("ranked", 134, include_bytes!("../../tests/vectors/files/ranked.words")),
        ("as-typed", 142, include_bytes!("../../tests/vectors/files/ranked-as-typed.words")),
        ("filter", 135, include_bytes!("../../tests/vectors/files/leaked.filter")),
    ];
    for (name, options, file) in files {
        let length = u16::try_from(file.len()).expect("a small file").to_le_bytes();
        seeds.push((name.to_owned(), [&[options, 9][..], &length, file, &texts].concat()));
    }
    seeds
}
