//! Measures how the cost of each rule grows with the password: t(2n)/t(n) on worst-case inputs. The ratio should
//! be 2 and never above 2.5; it falls to 1 for a rule that evaluates a bounded prefix. The rule `history` is
//! excluded, since the stored hashes determine its cost.
//!
//! `cargo bench -p kouling-benches --bench growth`

#![allow(clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use kouling::rules::built_in;
use kouling::{Facts, Moment, Policy, User};

const LENGTHS: [usize; 5] = [256, 512, 1024, 2048, 4096];
/// The minimum of this many rounds is used, because other load only adds time.
const ROUNDS: usize = 9;
/// Minimum duration of a round.
const ROUND: Duration = Duration::from_millis(2);
/// Maximum ratio from one length to the next.
const MAX_RATIO: f64 = 2.5;

/// Parameters to measure for each rule kind, in addition to the defaults.
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
            "lists = \"../vectors/files/ranked.words\"\nmatch = [\"whole\", \"base\", \"contained\"]\nmax_edit_distance = 1",
        ],
    ),
    (
        "breached",
        &["filter = \"../vectors/files/leaked.filter\"", "filter = \"../vectors/files/leaked-ntlm-exact.filter\""],
    ),
    ("pattern", &["forbid = \"(a|aa|ab)*c{3}\"", "require = \"(?i)(x+x+)+y|.*z.{20}$\""]),
    ("strength", &["", "estimator = \"zxcvbn\""]),
];

/// Strings that are repeated to build inputs.
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
    // Whole repetitions, so that inputs of every length end alike. 4096 bytes is the maximum password length.
    part.repeat((length / part.len()).max(1))
}

/// Returns the time of one call: the minimum of the means of the rounds.
fn time(mut call: impl FnMut()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        let mut calls = 0;
        while calls == 0 || start.elapsed() < ROUND {
            call();
            calls += 1;
        }
        start.elapsed().as_secs_f64() / f64::from(calls)
    });
    rounds.fold(f64::INFINITY, f64::min)
}

fn main() {
    // User data that repeats like the inputs.
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
        let (_, tables) = TABLES.iter().find(|(of, _)| *of == kind).expect("every rule kind is listed in TABLES");
        for table in *tables {
            let text = format!("format = 1\n[password]\nmax_bytes = 4096\n[rules.{kind}]\n{table}\n");
            let policy = Policy::parse(&text).unwrap_or_else(|error| unreachable!("{error}"));
            let (mut greatest, mut slowest, mut shown) = (0.0, 0.0f64, String::new());
            for part in INPUTS {
                let measure = |length| {
                    let password = input(part, length);
                    assert!(policy.evaluate(password.as_bytes(), &facts).is_ok(), "{kind}: {part}, {length}");
                    time(|| drop(black_box(policy.evaluate(black_box(password.as_bytes()), &facts))))
                };
                let mut times: Vec<f64> = LENGTHS.iter().map(|&length| measure(length)).collect();
                let mut ratio = greatest_ratio(&times);
                if ratio > MAX_RATIO {
                    // Measure again: the machine may have been busy.
                    times = LENGTHS.iter().map(|&length| measure(length)).collect();
                    ratio = ratio.min(greatest_ratio(&times));
                }
                slowest = slowest.max(times[LENGTHS.len() - 1]);
                if ratio > greatest {
                    greatest = ratio;
                    let ratios: Vec<String> = times.windows(2).map(|t| format!("{:.2}", t[1] / t[0])).collect();
                    shown = format!("{}  {part}", ratios.join("  "));
                }
            }
            let table = table.lines().next().unwrap_or_default();
            println!("{kind:18} {:7.0}µs  {shown}  {table}", slowest * 1e6);
            worse += usize::from(greatest > MAX_RATIO);
        }
    }
    println!("{worse} grow faster than {MAX_RATIO}");
}

fn greatest_ratio(times: &[f64]) -> f64 {
    times.windows(2).map(|pair| pair[1] / pair[0]).fold(0.0, f64::max)
}
