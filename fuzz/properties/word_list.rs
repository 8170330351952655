//! Word lists and breach filters: whatever the bytes, a list, a filter or a reason; and a list, compiled or not, says what
//! a plain reading of its lines says.
//!
//! An input begins with a byte of choices and a byte that says how many words count. Its parts are the file and what is
//! looked up; of a file that is no text (the choices from 128 on) the length stands before it, in two bytes.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use kouling::blob::Bytes;
use kouling::knowledge::breach_filter::{self, Filter, TIERS};
use kouling::knowledge::folding::readings;
use kouling::knowledge::word_list::compiled::{self, compile};
use kouling::knowledge::word_list::{MAX_WORD_BYTES, WordList, WordListErrorKind};
use sha2::{Digest, Sha256};

use super::input::{join, parts, within_seconds};

/// What may be put in where a list is long: as `word_list::near` has it.
const TYPED: std::ops::RangeInclusive<char> = ' '..='~';
/// Below this many bytes of words `near` compares with each of them.
const FEW: usize = 2048;

pub fn hold(data: &[u8]) {
    let [choices, most, rest @ ..] = data else { return };
    let began = Instant::now();
    if *choices < 128 {
        let most = if *most < 128 { u64::MAX } else { u64::from(most - 127) };
        reads_text(*choices, most, rest);
    } else if let Some((length, rest)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
        let (file, asked) = rest.split_at(length);
        reads_file(*choices, file.to_vec(), u64::from(*most).max(1), asked);
    }
    within_seconds(5.0, began, "a list and its look-ups");
}

fn reads_text(choices: u8, most: u64, data: &[u8]) {
    let fold = choices & 1 == 0;
    let is_compiled = choices & 64 != 0;
    let least = usize::from(choices >> 1) % 12;
    let mut parts = parts(data);
    let file = parts.next().unwrap_or_default();
    let bytes = if is_compiled { compile(file, fold, "a list") } else { Ok(file.to_vec()) };
    let read = bytes.and_then(|bytes| WordList::read("list", bytes, fold, most));
    let (list, all) = match (read, plain_words(file, fold)) {
        (Ok(list), Ok(words)) => (list, words),
        // What begins as a compiled list does is read as one.
        (Err(_), _) if file.starts_with(&compiled::MAGIC[..1]) => return,
        (Err(error), Err(kind)) => {
            assert_eq!(error.kind(), kind, "the reason");
            assert!(error.line().is_none_or(|line| line >= 1), "a line of the file");
            return;
        }
        (read, plain) => panic!("read {:?}, plainly read {plain:?}", read.map(|list| list.count())),
    };
    let counted = all.len().min(usize::try_from(most).unwrap_or(usize::MAX));
    let words = &all[..counted];
    assert_eq!(list.count(), if is_compiled { all.len() } else { counted }, "each word once");
    let asked = parts.filter_map(|part| std::str::from_utf8(part).ok()).take(16);
    for text in asked.chain(all.iter().take(8).map(String::as_str)) {
        if text.len() <= 512 {
            answers(&list, words, text, least, is_compiled);
        }
    }
}

/// A compiled list or a filter, right by its checksum or not: a reason, or answers, whatever they are.
fn reads_file(choices: u8, mut file: Vec<u8>, most: u64, asked: &[u8]) {
    let is_filter = choices & 1 == 1;
    if choices & 2 != 0 {
        file.splice(..file.len().min(8), if is_filter { breach_filter::MAGIC } else { compiled::MAGIC });
    }
    // Whoever can make the checksum right decides what a list says, and can make it nonsense: the map is not looked
    // through when it is read. The tables of a filter are.
    if choices & 4 != 0 && is_filter {
        make_right(&mut file);
    }
    let asked =
        || parts(asked).filter_map(|part| std::str::from_utf8(part).ok()).filter(|text| text.len() <= 512).take(8);
    if is_filter {
        let Ok(filter) = Filter::open(Arc::new(Bytes::new(file))) else { return };
        let status = filter.status();
        assert!(status.passwords.iter().any(|count| *count > 0), "an empty filter refuses nothing");
        for text in asked() {
            for least in 0..TIERS.len() {
                let found = filter.find(text, least).map_err(|error| error.kind());
                assert_eq!(found, filter.find(text, least).map_err(|error| error.kind()), "one answer");
                assert!(!matches!(found, Ok(Some(tier)) if tier < least), "a tier that was asked for");
            }
        }
        let whole = filter.verify(|_| {});
        assert!(whole.is_err() || asked().all(|text| filter.find(text, 0).is_ok()), "what is whole answers");
    } else if let Ok(list) = WordList::read("list", file, choices & 8 == 0, most) {
        assert!(list.count() > 0, "an empty list refuses nothing");
        for text in asked() {
            assert!(
                !list.whole(text) || list.contained(text, 0) || text.is_empty(),
                "a whole is contained: {text:?}"
            );
            let answers = [list.base(text), list.near(text), list.near_base(text)];
            assert_eq!(answers, [list.base(text), list.near(text), list.near_base(text)], "one answer");
        }
    }
}

/// Makes the checksums of a filter right: that of each shard, and that of the head.
fn make_right(file: &mut [u8]) {
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

/// The words of a file, plainly: each once, the first one first.
fn plain_words(file: &[u8], fold: bool) -> Result<Vec<String>, WordListErrorKind> {
    if file.contains(&0) || file.first() == Some(&compiled::MAGIC[0]) {
        return Err(WordListErrorKind::Foreign);
    }
    let text = std::str::from_utf8(file).map_err(|_| WordListErrorKind::NotUtf8)?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut words = Vec::new();
    let mut seen = HashSet::new();
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let line = line.strip_suffix("\r\n").or(line.strip_suffix('\n')).unwrap_or(line);
        if line.is_empty() || (at == 0 && line.starts_with('#')) {
            continue;
        }
        if line.len() > MAX_WORD_BYTES {
            return Err(WordListErrorKind::WordTooLong);
        }
        let word: String =
            if fold { line.chars().flat_map(char::to_lowercase).collect() } else { line.to_owned() };
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    if words.is_empty() { Err(WordListErrorKind::Empty) } else { Ok(words) }
}

fn answers(list: &WordList, words: &[String], text: &str, least: usize, is_compiled: bool) {
    assert_eq!(list.whole(text), words.iter().any(|word| word == text), "whole: {text:?}");
    let long = |word: &&String| word.chars().count() >= least;
    let contained = words.iter().filter(long).any(|word| text.contains(word.as_str()));
    assert_eq!(list.contained(text, least), contained, "contained: {text:?} from {least} on");
    let length = text.chars().count();
    let comparable = (4..=32).contains(&length);
    let of_five: Vec<&String> = words.iter().filter(|word| word.chars().count() >= 5).collect();
    let near = comparable && of_five.iter().any(|word| is_near(word, text));
    let bytes: usize = words.iter().map(|word| word.len() + 1).sum();
    if bytes <= FEW || is_compiled {
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
    let mut seeds = Vec::new();
    for (name, choices, parts) in texts {
        for (kind, choices, most) in
            [("", choices, 0), ("-compiled", choices | 64, 0), ("-few", choices | 64, 129)]
        {
            seeds.push((format!("{name}{kind}"), [vec![choices, most], join(parts)].concat()));
        }
    }
    let asked = join(["password", "kouling", "p@ssw0rd1", "qwertyuiop"]);
    let files: [(&str, u8, &[u8]); 3] = [
        ("ranked", 134, include_bytes!("../../tests/vectors/files/ranked.words")),
        ("as-typed", 142, include_bytes!("../../tests/vectors/files/ranked-as-typed.words")),
        ("filter", 135, include_bytes!("../../tests/vectors/files/leaked.filter")),
    ];
    for (name, choices, file) in files {
        let length = u16::try_from(file.len()).expect("a small file").to_le_bytes();
        seeds.push((name.to_owned(), [&[choices, 9][..], &length, file, &asked].concat()));
    }
    seeds
}
