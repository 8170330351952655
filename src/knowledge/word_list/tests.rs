use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

fn list(text: &str) -> WordList {
    WordList::parse("test", text.as_bytes()).unwrap()
}

fn kind(bytes: &[u8]) -> (WordListErrorKind, Option<usize>) {
    let error = WordList::parse("test", bytes).unwrap_err();
    (error.kind(), error.line())
}

/// The built-in lists as plain lists.
const PLAIN: [(&str, &str); 2] = [
    ("common", include_str!("../../../rules/words/common.txt")),
    ("chinese", include_str!("../../../rules/words/chinese.txt")),
];

#[test]
fn built_in_lists_equal_their_files() {
    for (name, text) in PLAIN {
        let built_in = WordList::built_in(name).unwrap();
        // As typed: words of other scripts are not folded in the built-in lists.
        let parsed = WordList::parse_as_typed(name, text.as_bytes()).unwrap();
        assert_eq!(built_in.digest(), parsed.digest(), "{name}: run rules/words/build");
        assert_eq!(built_in.count(), parsed.count());
        for (at, word) in text.lines().skip(1).enumerate().step_by(89) {
            let middle = word.char_indices().nth(word.chars().count() / 2).map_or(0, |(at, _)| at);
            let (before, after) = word.split_at(middle);
            let shorter = after.chars().as_str().to_owned();
            for text in [
                word.to_owned(),
                format!("{word}\u{1F600}"),
                format!("{before}{after}x"),
                format!("{before}é{after}"),
                format!("{before}{}", after.get(1..).unwrap_or_default()),
                format!("x{before}_{after}"),
                format!("{shorter}{before}"),
                word.chars().rev().collect(),
                format!("{at}{word}!"),
            ] {
                assert_eq!(built_in.whole(&text), parsed.whole(&text), "{name}: {text}");
                assert_eq!(built_in.near(&text), parsed.near(&text), "{name}: {text}");
                assert_eq!(built_in.base(&text), parsed.base(&text), "{name}: {text}");
                for min in [2, 5, 8] {
                    assert_eq!(
                        built_in.contained(&text, min),
                        parsed.contained(&text, min),
                        "{name}: {text} {min}"
                    );
                }
            }
        }
    }
    assert!(WordList::built_in("nothing").is_none());
    assert!(WordList::built_in_names().eq(["common", "chinese"]));
    let chinese = WordList::built_in("chinese").unwrap();
    for word in ["woaini", "woaini1314", "5201314", "1314520", "7758521", "woaiwojia", "5845211314", "qwe123"] {
        assert!(chinese.whole(word), "{word}");
    }
}

#[test]
fn parse_reads_one_word_per_line() {
    let words = list("\u{FEFF}# a heading\r\nZulu\r\n\r\n#alpha\n two words \t\nZULU\nÄrger\n \n");
    assert_eq!(words.count(), 4);
    for word in ["zulu", "#alpha", "two words", "ärger"] {
        assert!(words.whole(word), "{word}");
    }
    for word in ["# a heading", " two words ", "alpha", "Zulu", "zul", "zulus", "", "\n", "zulu\n"] {
        assert!(!words.whole(word), "{word}");
    }
}

#[test]
fn invalid_lists_are_reported() {
    use WordListErrorKind::{Empty, NotUtf8, TooManyWords, WordTooLong};
    assert_eq!(kind(b""), (Empty, None));
    assert_eq!(kind(b"# only a heading\n\n"), (Empty, None));
    assert_eq!(kind(b"fine\nna\xEFve\n"), (NotUtf8, Some(2)));
    assert_eq!(kind(format!("a\n\n{}\n", "b".repeat(MAX_WORD_BYTES + 1)).as_bytes()), (WordTooLong, Some(3)));
    assert_eq!(kind(&b"a\n".repeat(MAX_WORDS + 1)), (TooManyWords, None));
    assert_eq!(
        WordList::parse("x", b"fine\nna\xEFve\n").unwrap_err().to_string(),
        "the word list is not UTF-8 in line 2"
    );
    assert_eq!(
        WordList::parse("x", b"fine\nna\xEFve\n$HEX[ef]\nfine\n\xFF").unwrap_err().to_string(),
        "the word list is not UTF-8 in 3 lines, the first in line 2"
    );
}

#[test]
fn published_forms_of_lists_are_read() {
    for text in [
        "acmecorp \nheronry\t\nacmecorp\n",
        "   290729 acmecorp\n    79076 heronry\n        3 \n",
        "290729\tacmecorp\n79076\theronry\n",
        "acmecorp:1234\nheronry: 77\n",
        "acmecorp\t1234\r\nheronry\t77\r\n",
        "$HEX[61636d65636f7270]\n$HEX[6865726F6E7279]\n",
        "7 $HEX[61636d65636f7270]\n5 $HEX[6865726F6E7279]\n",
        "\u{FEFF}acmecorp\rheronry\r",
        "acmecorp\u{A0}\nheronry\u{3000}\n$HEX[0a]\n",
    ] {
        let words = list(text);
        assert_eq!(words.count(), 2, "{text:?}");
        assert!(words.whole("acmecorp") && words.whole("heronry"), "{text:?}");
    }
    // A list has counts only if every line has one.
    let words = list("12 monkeys\nlocalhost:8080\nheron\n");
    assert!(words.whole("12 monkeys") && words.whole("localhost:8080"));
    assert!(!words.whole("monkeys") && !words.whole("localhost"));
}

#[test]
fn counts_rank_the_words() {
    let options = ListOptions { max_rank: 2, ..ListOptions::default() };
    for text in ["3 kite\n9 heron\n5 wader\n", "kite:3\nheron:9\nwader:5\n"] {
        let file = compiled::compile(text.as_bytes(), &ListOptions::default(), "").unwrap();
        for bytes in [text.as_bytes().to_vec(), file] {
            let words = WordList::read("test", bytes, &options).unwrap();
            assert!(words.whole("heron") && words.whole("wader") && !words.whole("kite"));
        }
    }
}

#[test]
fn words_are_normalized_to_nfc() {
    let text = "Cafe\u{301}\n\u{1112}\u{1161}\u{11AB}\n";
    let file = compiled::compile(text.as_bytes(), &ListOptions::default(), "").unwrap();
    for bytes in [text.as_bytes().to_vec(), file] {
        let words = WordList::read("test", bytes, &ListOptions::default()).unwrap();
        assert!(words.whole("café") && words.whole("한"));
    }
}

#[test]
fn latin_1_lines_are_read_on_request() {
    let options = ListOptions { encoding: Encoding::Latin1, ..ListOptions::default() };
    let words = WordList::read("test", b"Caf\xE9\nna\xC3\xAFve\nheron\n".to_vec(), &options).unwrap();
    assert!(words.whole("café") && words.whole("naïve") && words.whole("heron"));
}

#[test]
fn lists_of_hashes_are_reported() {
    for (hash, digits) in
        [("0123456789abcdef0123456789ABCDEF", 32), ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", 40)]
    {
        for line in [format!("{hash}\n"), format!("{hash}:7\r\n"), format!("{hash} \n").repeat(3)] {
            let error = WordList::parse("x", line.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), WordListErrorKind::Hashes);
            assert!(error.to_string().contains(&format!("a hash of {digits} hexadecimal digits")), "{error}");
        }
        assert_eq!(list(&format!("{hash}\nheron\n")).count(), 2);
    }
}

#[test]
fn compressed_lists_are_read() {
    use std::io::Write;
    let text = b"heron\nkite\n";
    let compiled = compiled::compile(text, &ListOptions::default(), "").unwrap();
    for file in [text.to_vec(), compiled] {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&file).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstandard = ruzstd::encoding::compress_to_vec(&file[..], ruzstd::encoding::CompressionLevel::Fastest);
        for compressed in [gzip, zstandard] {
            let cut = compressed[..compressed.len() - 1].to_vec();
            let words = WordList::read("test", compressed, &ListOptions::default()).unwrap();
            assert!(words.whole("heron") && words.count() == 2);
            let error = WordList::read("test", cut, &ListOptions::default()).unwrap_err();
            assert_eq!(error.kind(), WordListErrorKind::DamagedCompression);
        }
    }
}

#[test]
fn contained_finds_words_of_minimum_length() {
    let words = list("monkey\ndragon\ndrag\n密码\nmonkeys\n");
    assert!(words.contained("xxdragonxx", 6));
    assert!(words.contained("xxdraxdragxx", 4));
    assert!(!words.contained("xxdraxdragxx", 5));
    assert!(words.contained("monkey", 6));
    assert!(!words.contained("monke", 4));
    assert!(words.contained("我的密码", 2));
    assert!(!words.contained("我的密码", 3));
    assert!(!words.contained("", 1));
}

#[test]
fn base_ignores_digits_symbols_and_substitutions() {
    let words = list("password\nsummer\ndragon\nlove\nlilly\nthe\n密码本子\n");
    for built in [
        "password1",
        "p@ssw0rd2024!",
        "!!dragon!!",
        "12dragon34",
        "5ummer",
        "5ummer2024",
        "$umm3r1",
        "dr4g0n",
        "1ove",
        "love12345678",
        "l1lly",
        "密码本子88",
    ] {
        assert!(words.base(built), "{built}");
    }
    // `whole` finds the word itself; the other texts are not based on a word.
    for other in ["password", "the1", "passwordx", "love123456789", "8#39$1847*(love)2938", "", "12345678", "x1"] {
        assert!(!words.base(other), "{other}");
    }
}

#[test]
fn parse_as_typed_keeps_capitals() {
    let words = WordList::parse_as_typed("test", b"Zulu\nalpha\nBRAVO\nalpha").unwrap();
    assert_eq!(words.count(), 3);
    for (text, listed) in [("Zulu", true), ("zulu", false), ("alpha", true), ("Alpha", false), ("BRAVO", true)] {
        assert_eq!(words.whole(text), listed, "{text}");
    }
    assert!(words.base("Zulu99") && !words.base("zulu99"));
}

#[test]
fn near_accepts_one_edit() {
    let common = WordList::built_in("common").unwrap();
    for text in ["pasword", "passwordd", "passwirt", "apssword", "drgaon", "qwertyuiopp", "xsunshine", "sunshinx"]
    {
        assert!(common.near(text), "{text}");
    }
    for text in ["xkqvbwmz", "pxsswxrd", "", "a", "correct horse battery staple", "vextrolap"] {
        assert!(!common.near(text), "{text}");
    }
    assert!(common.near_base("p@sswrd2026!") && common.near_base("##drag0nx##"));
    assert!(!common.near_base("vextrolap2026"));
    // A word of four characters is never similar, and one of five to texts of four.
    let words = list("love\ntower\n");
    assert!(words.near("towe") && words.near("towre") && !words.near("lovee") && !words.near("lov"));
    assert!(!words.near(&"tower".repeat(7)));
}

/// Optimal string alignment distance, by definition.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let mut min = (table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]))
                    .min(table[i - 1][j] + 1)
                    .min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    min = min.min(table[i - 2][j - 2] + 1);
                }
                min
            };
        }
    }
    table[a.len()][b.len()]
}

proptest! {
    // Building a list takes longer than looking up a text, so each list is used for several texts.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Short lists compare every word; long ones look up variants. Both must match the definition.
    #[test]
    fn near_matches_the_distance(
        words in prop::collection::vec("[abc]{4,7}", 1..30),
        texts in prop::collection::vec("[abc]{0,8}", 8),
        long in any::<bool>(),
    ) {
        let mut all = words.clone();
        if long {
            for a in 'a'..='c' {
                all.extend((0..250).map(|at| format!("{a}{a}{at:09}")));
                all.extend((0..250).map(|at| format!("{a}b{at:09}")));
            }
        }
        let built = list(&all.join("\n"));
        for text in texts {
            let near = words.iter().any(|word| word.chars().count() >= 5 && distance(word, &text) <= 1);
            prop_assert_eq!(built.near(&text), near, "{:?} {}", words, text);
        }
    }
}

proptest! {
    /// Lookups must equal a comparison with each word.
    #[test]
    fn lookups_match_a_linear_search(words in prop::collection::vec("[abä]{1,5}", 1..40), text in "[abä]{0,8}") {
        let built = list(&words.join("\n"));
        prop_assert_eq!(built.whole(&text), words.contains(&text));
        for min in 1..=5 {
            let inside = words.iter().any(|word| word.chars().count() >= min && text.contains(word.as_str()));
            prop_assert_eq!(built.contained(&text, min), inside, "{:?} {}", words, text);
        }
    }

    /// Arbitrary bytes must never cause a panic.
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(list) = WordList::parse("any", &bytes) {
            prop_assert!(list.count() > 0);
        }
    }
}

mod compiled_lists {
    use super::*;
    use crate::knowledge::word_list::compiled::{CompiledInfo, VERSION, compile, info};
    use WordListErrorKind::{AsTyped, Damaged, Empty, Folded, Foreign, NewerVersion, SourceTooLong, Truncated};

    const AS_TYPED: ListOptions = ListOptions { fold: false, max_rank: u64::MAX, encoding: Encoding::Utf8 };

    fn both(text: &str, max_rank: u64) -> [WordList; 2] {
        let file = compile(text.as_bytes(), &ListOptions::default(), "a test").unwrap();
        let read =
            |bytes| WordList::read("test", bytes, &ListOptions { max_rank, ..ListOptions::default() }).unwrap();
        [read(text.as_bytes().to_vec()), read(file)]
    }

    fn kind(bytes: &[u8]) -> WordListErrorKind {
        WordList::read("test", bytes.to_vec(), &ListOptions::default()).unwrap_err().kind()
    }

    #[test]
    fn compiled_list_reports_its_metadata() {
        let file =
            compile(b"# a heading\nZulu\nalpha\nzulu\nbravo\n", &ListOptions::default(), "some leak, 2026-10")
                .unwrap();
        let metadata = info(&file).unwrap();
        let checksum: [u8; 32] = Sha256::digest(&file[..file.len() - 32]).into();
        let source = "some leak, 2026-10".to_owned();
        let bytes = file.len() as u64;
        assert_eq!(metadata, CompiledInfo { version: VERSION, folded: true, words: 3, source, bytes, checksum });
        let list = WordList::read("test", file, &ListOptions { max_rank: 2, ..ListOptions::default() }).unwrap();
        assert_eq!((list.count(), list.digest()), (3, &checksum));
        assert!(list.whole("zulu") && list.whole("alpha") && !list.whole("bravo") && !list.whole(""));
        assert_eq!(compile(b"a\n", &ListOptions::default(), &"x".repeat(513)).unwrap_err().kind(), SourceTooLong);
    }

    #[test]
    fn max_rank_limits_lookups() {
        for list in both("Zulu\nbasketball\nzulu\nbravo\nbasket\n", 2) {
            assert!(list.whole("zulu") && list.whole("basketball"));
            assert!(!list.whole("bravo") && !list.contained("xbasket", 5) && !list.base("bravo77"));
            assert!(list.near("basketbal") && !list.near("baskt"));
        }
    }

    #[test]
    fn damaged_compiled_lists_are_reported() {
        let file = compile(b"zulu\nalpha\n", &ListOptions::default(), "").unwrap();
        assert_eq!(kind(b""), Empty);
        assert_eq!(kind(b"\x89PNG\r\n\x1A\n"), Foreign);
        assert_eq!(kind(b"text and \0 more"), Foreign);
        let mut newer = file.clone();
        newer[8] = 2;
        assert_eq!(kind(&newer), NewerVersion);
        for length in 0..file.len() {
            let expected = match length {
                0 => Empty,
                1..8 => Foreign,
                8..56 => Truncated,
                _ => Damaged,
            };
            assert_eq!(kind(&file[..length]), expected, "{length}");
        }
        for at in 0..file.len() * 8 {
            let mut flipped = file.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            let kind = kind(&flipped);
            assert!(matches!(kind, Foreign | Damaged | NewerVersion), "{at} {kind:?}");
        }
        assert_eq!(kind(&[file.clone(), vec![0]].concat()), Damaged);
        assert_eq!(kind(&compile(b"Zulu\n", &AS_TYPED, "").unwrap()), AsTyped);
        assert_eq!(WordList::read("test", file, &AS_TYPED).unwrap_err().kind(), Folded);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Compiled and plain lists must give equal results.
        #[test]
        fn compiled_and_plain_lists_agree(
            words in prop::collection::vec("[abcä密é4@]{1,7}", 1..60),
            mut texts in prop::collection::vec("[abcä密é4@1!]{0,9}", 4),
            max_rank in prop_oneof![Just(u64::MAX), 1..70_u64],
            long in any::<bool>(),
        ) {
            let mut all = words.clone();
            if long {
                all.extend((0..1200).map(|at| format!("{}{at:09}", ["a", "ab", "密", "é"][at % 4])));
            }
            let [plain, compiled] = both(&all.join("\n"), max_rank);
            texts.extend([format!("{}1!", words[0]), words[0].chars().rev().collect(), words[0].clone()]);
            for text in texts {
                prop_assert_eq!(plain.whole(&text), compiled.whole(&text), "whole {}", text);
                prop_assert_eq!(plain.base(&text), compiled.base(&text), "base {}", text);
                prop_assert_eq!(plain.near(&text), compiled.near(&text), "near {}", text);
                prop_assert_eq!(plain.near_base(&text), compiled.near_base(&text), "near base {}", text);
                for min in 1..6 {
                    let inside = plain.contained(&text, min);
                    prop_assert_eq!(inside, compiled.contained(&text, min), "{} {}", min, text);
                }
            }
        }

        /// `near` must match the distance in any alphabet.
        #[test]
        fn near_matches_the_distance_in_any_alphabet(
            words in prop::collection::vec("[ab密ä]{4,7}", 1..30),
            texts in prop::collection::vec("[ab密ä]{0,8}", 8),
        ) {
            let mut all = words.clone();
            for start in ["a", "ab", "密", "密a", "ä"] {
                all.extend((0..220).map(|at| format!("{start}{at:09}")));
            }
            for list in both(&all.join("\n"), u64::MAX) {
                for text in &texts {
                    let near = words.iter().any(|word| word.chars().count() >= 5 && distance(word, text) <= 1);
                    prop_assert_eq!(list.near(text), near, "{:?} {}", words, text);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn random_bytes_after_the_magic_are_rejected(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let file = [&crate::knowledge::word_list::compiled::MAGIC[..], &bytes].concat();
            prop_assert!(WordList::read("any", file, &ListOptions::default()).is_err());
        }
    }
}
