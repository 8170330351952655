//! How each rule's work grows with the password: t(2n)/t(n) on inputs that are dear for it. Twice the characters
//! should take twice the time, and no rule more than two and a half times; where a rule judges a bounded part, the
//! ratio falls to one. The rule about history is not here: it takes what its hashes take.
//!
//! `cargo bench --bench growth`

#![allow(clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use kouling::rules::built_in;
use kouling::{Facts, Moment, Policy, User};

const LENGTHS: [usize; 5] = [256, 512, 1024, 2048, 4096];
/// The least of so many rounds: whatever else the machine does only adds.
const ROUNDS: usize = 9;
/// A round goes on for so long.
const ROUND: Duration = Duration::from_millis(2);
/// What is dear grows by no more than this from one length to twice that.
const MAX_RATIO: f64 = 2.5;

/// For each kind of rule the tables to measure: what they add to the defaults.
const TABLES: &[(&str, &[&str])] = &[
    ("length", &["", "count = \"graphemes\""]),
    ("characters", &["", "allowed = [\"lower\", \"upper\", \"digit\", \"symbol\", \"other\"]"]),
    ("variety", &["min_distinct = 64"]),
    ("repetition", &["max_run = 4096\nmax_occurrences = 4096\nmax_block_repeats = 2"]),
    (
        "sequence",
        &[
            "max_length = 64\nalphabets = [\"latin\", \"digits\", \"cyrillic\", \"greek\", \"zhuyin\", \"numerals\", \"stems\"]",
        ],
    ),
    (
        "keyboard",
        &["max_length = 64\nlayouts = [\"qwerty\", \"numpad\", \"azerty\", \"qwertz\", \"dvorak\", \"zhuyin\"]"],
    ),
    ("date", &["max_share = 99"]),
    ("reversed_username", &[""]),
    ("personal", &[""]),
    ("pinyin_name", &["", "regional_spellings = true"]),
    (
        "words",
        &[
            "",
            "match = [\"whole\", \"base\", \"contained\"]\nmin_contained = 2",
            "fold = false\nmax_edit_distance = 1",
            "lists = \"common\"\nmatch = \"contained\"\nmin_contained = 30",
            "lists = \"tests/vectors/files/ranked.words\"\nmatch = [\"whole\", \"base\", \"contained\"]\nmax_edit_distance = 1",
        ],
    ),
    (
        "breached",
        &[
            "filter = \"tests/vectors/files/leaked.filter\"",
            "filter = \"tests/vectors/files/leaked-ntlm-exact.filter\"",
        ],
    ),
    ("pattern", &["forbid = \"(a|aa|ab)*c{3}\"", "require = \"(?i)(x+x+)+y|.*z.{20}$\""]),
    ("strength", &["", "estimator = \"zxcvbn\""]),
];

/// What is repeated to make an input.
const INPUTS: &[&str] = &[
    "a",
    "ab",
    "aab",
    "4@8({[<369!1|70$5+%2",
    "1|!7",
    "12345678",
    "qweasd",
    "qazwsxedcrfv",
    "1990-12-31",
    "19901",
    "password",
    "passwor",
    "mississippimississippi1",
    "zhangsan",
    "zhangs",
    "nasgnahz",
    "zh4ng",
    "xxxxxxxxxxxxxxxxxxxxy",
    "密",
    "e\u{301}",
    "İ",
    "Fibonacci",
];

fn input(part: &str, length: usize) -> String {
    if part == "Fibonacci" {
        let (mut word, mut before) = ("ab".to_owned(), "a".to_owned());
        while word.len() < length {
            let next = format!("{word}{before}");
            before = std::mem::replace(&mut word, next);
        }
        word.truncate(length);
        return word;
    }
    // In whole pieces, so that inputs of every length end alike; 4096 bytes are the most that a policy takes.
    part.repeat((length / part.len()).max(1))
}

/// Time for one call: the least of the rounds' means.
fn time(mut call: impl FnMut()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        let mut calls = 0;
        while calls == 0 || begun.elapsed() < ROUND {
            call();
            calls += 1;
        }
        begun.elapsed().as_secs_f64() / f64::from(calls)
    });
    rounds.fold(f64::INFINITY, f64::min)
}

fn main() {
    // A user whose data repeat as the inputs do.
    let user = User::new()
        .with("username", "a".repeat(200))
        .with("name", "张三")
        .with("nickname", "ab".repeat(100))
        .with("email", "zhangsan.zhangsan@example.org")
        .with("phone", "12345678123");
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    let mut worse = 0;
    println!("{:18} {:>9}  t(2n)/t(n) from 256 to 4096 bytes; the input with the greatest ratio", "rule", "4096");
    for definition in built_in().iter().filter(|definition| definition.kind() != "history") {
        let kind = definition.kind();
        let (_, tables) = TABLES.iter().find(|(of, _)| *of == kind).expect("every rule has its tables here");
        for table in *tables {
            let text = format!("format = 1\n[password]\nmax_bytes = 4096\n[rules.{kind}]\n{table}\n");
            let policy = Policy::parse(&text).unwrap_or_else(|error| unreachable!("{error}"));
            let (mut greatest, mut dearest, mut shown) = (0.0, 0.0f64, String::new());
            for part in INPUTS {
                let measure = |length| {
                    let password = input(part, length);
                    assert!(policy.evaluate(password.as_bytes(), &facts).is_ok(), "{kind}: {part}, {length}");
                    time(|| drop(black_box(policy.evaluate(black_box(password.as_bytes()), &facts))))
                };
                let mut times: Vec<f64> = LENGTHS.iter().map(|&length| measure(length)).collect();
                let mut ratio = greatest_ratio(&times);
                if ratio > MAX_RATIO {
                    // Once more: something else may have worked meanwhile.
                    times = LENGTHS.iter().map(|&length| measure(length)).collect();
                    ratio = ratio.min(greatest_ratio(&times));
                }
                dearest = dearest.max(times[LENGTHS.len() - 1]);
                if ratio > greatest {
                    greatest = ratio;
                    let ratios: Vec<String> = times.windows(2).map(|t| format!("{:.2}", t[1] / t[0])).collect();
                    shown = format!("{}  {part}", ratios.join("  "));
                }
            }
            let table = table.lines().next().unwrap_or_default();
            println!("{kind:18} {:7.0}µs  {shown}  {table}", dearest * 1e6);
            worse += usize::from(greatest > MAX_RATIO);
        }
    }
    println!("{worse} grow faster than {MAX_RATIO}");
}

fn greatest_ratio(times: &[f64]) -> f64 {
    times.windows(2).map(|pair| pair[1] / pair[0]).fold(0.0, f64::max)
}
