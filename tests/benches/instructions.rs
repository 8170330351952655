//! Counts the instructions of an evaluation with callgrind, and compares them with the committed table.
//!
//! `tests/run instructions`
//!
//! Instruction counts do not depend on the load or the speed of the machine. Each row of the table runs this program
//! again under valgrind, which counts only inside [`measured_pass`]: the start of the process, the loading of the policy
//! and the first passwords, for which tables are built, are not included. The crates for such benchmarks, gungraun and
//! iai-callgrind, need a separate program of the same version on every machine; valgrind itself suffices.

#![allow(clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use kouling::{Facts, Moment, Policy, User};

const HELP: &str = "\
Counts the instructions of an evaluation with callgrind.

usage: instructions [--accept] [--corpus FILE [--lines N]]
       instructions --search SECONDS [--hostile]
       instructions --generate

  (no option)       compare with tests/benches/instructions.toml; fail if a count grew by more than 5 %
  --accept          write the counts to the table
  --corpus FILE     print the counts for the passwords of a file, one per line; compare nothing
  --lines N         use the first N lines of the file [default: 1000]
  --search SECONDS  search a password of 128 characters that takes long
  --hostile         search with 64 attributes
  --generate        print the committed passwords
";

/// The passwords of the table, one per line.
const PASSWORDS: &str = include_str!("passwords.txt");
/// A password of 128 characters that takes long, found by `--search`.
const WORST: &str = include_str!("worst.txt");
const WORST_HOSTILE: &str = include_str!("worst_hostile.txt");

/// Growth that fails, in percent.
const MAX_GROWTH: u64 = 5;
/// Passwords that are evaluated before the measurement.
const WARM_UP: usize = 16;
/// Passwords that are measured for the rows of one password, so that a mean is printed for all rows.
const REPEATED: usize = 4;

/// A row of the table.
struct Row {
    name: &'static str,
    policy: &'static str,
    user: Attributes,
    passwords: Passwords,
}

#[derive(Clone, Copy)]
enum Attributes {
    None,
    Chinese,
    Hostile,
}

#[derive(Clone, Copy)]
enum Passwords {
    Corpus,
    Worst(&'static str),
}

const ROWS: &[Row] = &[
    Row {
        name: "length, characters, repetition",
        policy: "[rules.length]\n[rules.characters]\n[rules.repetition]\n",
        user: Attributes::None,
        passwords: Passwords::Corpus,
    },
    Row { name: "words", policy: "[rules.words]\n", user: Attributes::None, passwords: Passwords::Corpus },
    Row { name: "strength", policy: "[rules.strength]\n", user: Attributes::None, passwords: Passwords::Corpus },
    Row {
        name: "personal, pinyin_name",
        policy: "[rules.personal]\n[rules.pinyin_name]\n",
        user: Attributes::Chinese,
        passwords: Passwords::Corpus,
    },
    Row {
        name: "standard",
        policy: "extends = [\"standard\"]\n",
        user: Attributes::Chinese,
        passwords: Passwords::Corpus,
    },
    Row {
        name: "standard, worst of 128 characters",
        policy: "extends = [\"standard\"]\n",
        user: Attributes::Chinese,
        passwords: Passwords::Worst(WORST),
    },
    Row {
        name: "standard, worst of 128 characters, 64 attributes",
        policy: "extends = [\"standard\"]\n",
        user: Attributes::Hostile,
        passwords: Passwords::Worst(WORST_HOSTILE),
    },
];

fn user(attributes: Attributes) -> User {
    match attributes {
        Attributes::None => User::new(),
        Attributes::Chinese => User::new()
            .with("username", "zhangwei")
            .with("name", "张伟")
            .with("phone", "13800138000")
            .with("email", "zhangwei@example.com"),
        Attributes::Hostile => (0..64).fold(User::new(), |user, number| {
            let value = match number % 4 {
                // Characters with several pronunciations.
                0 => "单曾解仇".chars().cycle().skip(number % 3).take(4).collect(),
                1 => format!("{}@{}", "a1.b2-".repeat(number % 16 + 1), "c3_d4.".repeat(12)),
                2 => "5$1!".repeat(24 + number % 8),
                _ => format!("{}{number}", "Éa·".repeat(20)),
            };
            user.with(if number == 0 { "name".to_owned() } else { format!("attribute{number}") }, value)
        }),
    }
}

fn policy(row: &Row) -> Policy {
    Policy::parse(&format!("format = 1\n{}", row.policy)).expect("a valid policy")
}

fn facts(user: &User) -> Facts<'_> {
    Facts::new(user, Moment::from_unix(1_795_392_000))
}

/// Evaluates every password. Valgrind counts the instructions of this function, which it finds by its name: no closure
/// may be inside, because its name would contain that of the function.
#[inline(never)]
fn measured_pass(policy: &Policy, facts: &Facts<'_>, passwords: &[&str]) -> usize {
    let mut accepted = 0;
    for password in passwords {
        accepted += evaluate(policy, facts, password);
    }
    accepted
}

#[inline(never)]
fn evaluate(policy: &Policy, facts: &Facts<'_>, password: &str) -> usize {
    match policy.evaluate(black_box(password.as_bytes()), facts) {
        Ok(outcome) => usize::from(outcome.accepted()),
        Err(_) => 0,
    }
}

/// The part that runs under valgrind.
fn run_row(row: &Row, corpus: &str) {
    let (policy, user) = (policy(row), user(row.user));
    let facts = facts(&user);
    let passwords: Vec<&str> = match row.passwords {
        Passwords::Corpus => corpus.lines().collect(),
        Passwords::Worst(worst) => vec![worst.trim_end_matches('\n'); REPEATED],
    };
    for password in passwords.iter().chain(&["Warming-up-2026", "zhangwei1985", "wo ai ni"]).take(WARM_UP) {
        black_box(evaluate(&policy, &facts, password));
    }
    black_box(measured_pass(&policy, &facts, &passwords));
    println!("{}", passwords.len());
}

/// Returns the mean number of instructions per password of a row.
fn count(number: usize, corpus: Option<&Path>) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*measured_pass*"]);
    command.arg(program).arg("--row").arg(number.to_string()).args(corpus);
    let output = command.output().map_err(|error| format!("valgrind: {error}"))?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let collected =
        stderr.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, number)| number.trim());
    let counts = collected.and_then(|number| number.parse::<u64>().ok()).zip(stdout.trim().parse::<u64>().ok());
    match counts {
        Some((instructions, passwords)) if output.status.success() && instructions > 0 => {
            Ok(instructions / passwords.max(1))
        }
        _ => Err(format!("valgrind failed:\n{stderr}")),
    }
}

/// Counts all rows, on two threads.
fn count_all(corpus: Option<&Path>) -> Result<Vec<u64>, String> {
    let next = Mutex::new(0..ROWS.len());
    let counts = Mutex::new(vec![Ok(0); ROWS.len()]);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                // The expensive rows are last.
                let take = || next.lock().expect("no panic").next_back();
                while let Some(number) = take() {
                    let counted = count(number, corpus);
                    if let Some(place) = counts.lock().expect("no panic").get_mut(number) {
                        *place = counted;
                    }
                }
            });
        }
    });
    counts.into_inner().expect("no panic").into_iter().collect()
}

fn table_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.toml")
}

/// Returns the counts of the committed table. A row that is missing has none.
fn committed() -> Vec<Option<u64>> {
    let text = fs::read_to_string(table_path()).unwrap_or_default();
    let count = |row: &Row| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("\"{}\" = ", row.name)))?;
        line.replace('_', "").parse().ok()
    };
    ROWS.iter().map(count).collect()
}

fn accept(counts: &[u64]) {
    let mut text = "\
# Instructions per password, as counted by callgrind. tests/benches/README.md describes the rows.
#
# Written by: tests/run instructions --accept
"
    .to_owned();
    for (row, count) in ROWS.iter().zip(counts) {
        let _ = writeln!(text, "\"{}\" = {}", row.name, grouped(*count, "_"));
    }
    fs::write(table_path(), text).expect("the table can be written");
}

fn grouped(number: u64, separator: &str) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    parts.join(separator)
}

fn compare(counts: &[u64]) -> ExitCode {
    let mut grown = false;
    for ((row, count), before) in ROWS.iter().zip(counts).zip(committed()) {
        let change = before
            .map_or("new".to_owned(), |before| format!("{:+.1} %", (*count as f64 / before as f64 - 1.0) * 100.0));
        println!("{:<50} {:>12} {change:>9}", row.name, grouped(*count, ","));
        grown |= before.is_none_or(|before| *count * 100 > before * (100 + MAX_GROWTH));
    }
    if !grown {
        return ExitCode::SUCCESS;
    }
    eprintln!(
        "\nA count grew by more than {MAX_GROWTH} % or is new. If this is intended, state the reason in the commit and accept it:\n\
         tests/run instructions --accept"
    );
    ExitCode::FAILURE
}

/// Deterministic random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((u128::from(mixed ^ (mixed >> 31)) * below as u128) >> 64) as usize
    }

    fn of<'t, T: ?Sized>(&mut self, texts: &[&'t T]) -> &'t T {
        texts[self.below(texts.len())]
    }
}

/// Prints 1,000 passwords like those of users: from the built-in lists, with digits, capitals and substitutions, dates,
/// walks, phrases, and random ones.
fn generate() {
    let common: Vec<&str> = include_str!("../../rules/words/common.txt").lines().skip(1).collect();
    let chinese: Vec<&str> = include_str!("../../rules/words/chinese.txt").lines().skip(1).collect();
    let phrase: Vec<&str> = include_str!("../../rules/words/passphrase.txt").lines().skip(1).collect();
    let names = ["zhang", "wang", "li", "zhao", "chen", "liu", "wei", "fang", "min", "jing", "lei", "xiaoming"];
    let walks = ["qwerty", "1qaz2wsx", "asdfgh", "qazwsx", "zxcvbn", "1q2w3e4r", "!QAZ@WSX", "qweasd"];
    let signs = ["!", "@", "#", ".", "_", "123", "!!", "@123"];
    let mut random = Random(20_261_128);
    for number in 0..1000 {
        let year = 1960 + random.below(67);
        let date = format!("{}{:02}{:02}", year, random.below(12) + 1, random.below(28) + 1);
        let password = match number % 10 {
            0 => random.of(&common).to_owned(),
            1 => format!("{}{}", random.of(&common), random.below(10_000)),
            2 => random.of(&chinese).to_owned(),
            3 => format!("{}{}{date}", random.of(&names), random.of(&names)),
            4 => {
                let word = random.of(&common);
                let capital: String =
                    word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
                format!("{capital}{year}{}", random.of(&signs))
            }
            5 => random.of(&common).replace('a', "@").replace('o', "0").replace('e', "3") + random.of(&signs),
            6 => format!("{}{}", random.of(&walks), random.of(&signs)),
            7 => (0..4).map(|_| random.of(&phrase)).collect::<Vec<_>>().join(["-", " ", ""][random.below(3)]),
            8 => (0..8 + random.below(9)).map(|_| char::from(33 + random.below(94) as u8)).collect(),
            _ => format!("{}{}", random.of(&names), random.below(1_000_000)),
        };
        println!("{password}");
    }
}

/// Changes a password at random and keeps the change if it takes longer to evaluate.
fn search(seconds: u64, attributes: Attributes) {
    let row =
        Row { name: "", policy: "extends = [\"standard\"]\n", user: attributes, passwords: Passwords::Corpus };
    let (policy, user) = (policy(&row), user(attributes));
    let facts = facts(&user);
    let time = |password: &str| {
        let once = |_| {
            let start = Instant::now();
            black_box(evaluate(&policy, &facts, password));
            start.elapsed()
        };
        (0..3).map(once).min().unwrap_or_default()
    };
    let mut pieces: Vec<String> =
        ["5$", "1qaz", "a1", "wo", "19880612", "zhang", "p@ss", "1!", "qw", "0o", "l1i", "单", "aA", "5$1!"]
            .map(str::to_owned)
            .into();
    pieces.extend(user.attributes().map(|(_, value)| value.chars().take(12).collect()));
    let mut random = Random(1);
    let fill = |text: String| -> String { text.chars().cycle().take(128).collect() };
    let mut worst: Vec<char> = fill("5$".to_owned()).chars().collect();
    let mut longest = time(&worst.iter().collect::<String>());
    for piece in &pieces {
        let whole = fill(piece.clone());
        let took = time(&whole);
        if took > longest {
            (worst, longest) = (whole.chars().collect(), took);
        }
    }
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(seconds) {
        let mut changed = worst.clone();
        let piece: Vec<char> = pieces[random.below(pieces.len())].chars().collect();
        let copies = 1 + random.below(128 / piece.len());
        let at = random.below(128);
        for (place, c) in changed.iter_mut().skip(at).zip(piece.iter().cycle().take(copies * piece.len())) {
            *place = *c;
        }
        let text: String = changed.iter().collect();
        if time(&text) > longest + longest / 100 {
            // Measured again, so that an interruption does not count.
            let took = time(&text);
            if took > longest {
                (worst, longest) = (changed, took);
            }
        }
    }
    eprintln!("{} µs", longest.as_micros());
    println!("{}", worst.iter().collect::<String>());
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--row", number, corpus @ ..] => {
            let row = number.parse::<usize>().ok().and_then(|number| ROWS.get(number)).expect("a row");
            let corpus = corpus.first().map(|file| fs::read_to_string(file).expect("a corpus"));
            run_row(row, corpus.as_deref().unwrap_or(PASSWORDS));
            ExitCode::SUCCESS
        }
        [] | ["--accept"] => match count_all(None) {
            Ok(counts) if arguments.is_empty() => compare(&counts),
            Ok(counts) => {
                accept(&counts);
                ExitCode::SUCCESS
            }
            Err(error) => failed(&error),
        },
        ["--corpus", file] => print_counts(file, 1000),
        ["--corpus", file, "--lines", lines] => match lines.parse() {
            Ok(lines) => print_counts(file, lines),
            Err(_) => failed("invalid --lines; expected a number"),
        },
        ["--search", seconds, rest @ ..] => {
            let attributes = if rest.is_empty() { Attributes::Chinese } else { Attributes::Hostile };
            search(seconds.parse().expect("a number of seconds"), attributes);
            ExitCode::SUCCESS
        }
        ["--generate"] => {
            generate();
            ExitCode::SUCCESS
        }
        _ => {
            print!("{HELP}");
            ExitCode::from(2)
        }
    }
}

fn failed(error: &str) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(2)
}

fn print_counts(file: &str, lines: usize) -> ExitCode {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return failed(&format!("{file}: {error}")),
    };
    let first = std::env::temp_dir().join(format!("kouling-instructions-{}", std::process::id()));
    let text: String = text.lines().take(lines).map(|line| format!("{line}\n")).collect();
    let counted =
        fs::write(&first, text).map_err(|error| error.to_string()).and_then(|()| count_all(Some(&first)));
    let _ = fs::remove_file(&first);
    match counted {
        Ok(counts) => {
            ROWS.iter()
                .zip(counts)
                .for_each(|(row, count)| println!("{:<50} {:>12}", row.name, grouped(count, ",")));
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}
