//! `kouling estimate`: estimates the number of guesses for passwords.

use std::fmt;
use std::io::{self, BufRead, IsTerminal, Write};
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread::{self, available_parallelism};

use clap::Args;
use kouling::candidate::{Attacker, Guessing};
use kouling::knowledge::listing::hexadecimal;
use serde_json::json;
use zeroize::Zeroizing;

use crate::password_input::{MAX_PASSWORD_BYTES, PasswordInput, open_list};
use crate::person::{Identity, PersonFacts};
use crate::progress::of_bytes;
use crate::simulation::CorpusFormat;
use crate::simulation::corpus::{Batch, Lines};
use crate::simulation::entry::line_user;
use crate::{CommandResult, Failure};

/// Estimate how many guesses passwords take
///
/// Without a file, reads one password from a prompt, stdin or a file descriptor. With a file, reads one password per line;
/// an empty line is an empty password, and `$HEX[…]` is decoded. The file can be compressed with gzip or Zstandard. Memory
/// use does not depend on its length. The estimate is that of the rule `strength`, without a policy.
///
/// Prints one JSON object per password, in the order of the lines. `guesses_log10` is the decimal logarithm of the guesses,
/// and `score` is 0 to 4 for fewer than 10^3, 10^6, 10^8 or 10^10 guesses, or more. `parts` lists what the password
/// consists of: the kind, and the first and last character, counted from 1 in code points of the password in NFC. `complete`
/// is false if the password is longer than the 128 characters that are evaluated. The object of a line that cannot be
/// evaluated has only `error`: `not_utf8`, `nul`, `too_many_bytes` or `bad_line`. No part of a password is printed, but the
/// numbers are derived from it: do not log them together with the user.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling estimate                                   # prompts for the password
  kouling estimate --user username=zhangsan --user name=张三 --word acme passwords.txt
  zcat leak.gz | kouling estimate - | jq .score | sort | uniq -c
  kouling estimate --jsonl users.jsonl               # {\"password\": \"…\", \"user\": {\"username\": \"…\"}}

Exit status: 0 every password was estimated, 2 error.")]
pub(crate) struct Estimate {
    /// List of passwords; `-` for stdin
    file: Option<PathBuf>,
    #[command(flatten)]
    input: PasswordInput,
    #[command(flatten)]
    identity: Identity,
    /// Word that an attacker would try first, such as the name of the company; can be repeated
    #[arg(long = "word", value_name = "WORD")]
    words: Vec<String>,
    /// Read lines of JSON objects: `password`, and optionally `user` (as in --user-file)
    #[arg(long, requires = "file")]
    jsonl: bool,
    /// Number of threads [default: number of CPUs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Why a password was not estimated.
#[derive(Clone, Copy)]
enum Problem {
    NotUtf8,
    Nul,
    TooManyBytes,
    BadLine,
}

impl Problem {
    fn name(self) -> &'static str {
        match self {
            Problem::NotUtf8 => "not_utf8",
            Problem::Nul => "nul",
            Problem::TooManyBytes => "too_many_bytes",
            Problem::BadLine => "bad_line",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::NotUtf8 => f.write_str("the password is not UTF-8"),
            Problem::Nul => f.write_str("the password contains a NUL"),
            Problem::TooManyBytes => write!(f, "the password is longer than {MAX_PASSWORD_BYTES} bytes"),
            Problem::BadLine => f.write_str("invalid line; expected a JSON object with `password`"),
        }
    }
}

/// Maximum number of lines with problems that are reported one by one.
const MAX_REPORTED: usize = 10;

/// The output for consecutive lines.
#[derive(Default)]
struct Estimated {
    text: String,
    /// The numbers of the lines that were not estimated, from 1.
    problems: Vec<(u64, Problem)>,
}

struct Estimator {
    person: PersonFacts,
    words: Vec<String>,
    attacker: Attacker,
    format: CorpusFormat,
}

impl Estimate {
    pub(crate) fn run(self) -> CommandResult {
        let person = self.identity.load()?;
        let attacker = Attacker::new(person.user(), &self.words, |_| true);
        let format = if self.jsonl { CorpusFormat::Json } else { CorpusFormat::Plain };
        let estimator = Estimator { person, words: self.words, attacker, format };
        let Some(file) = self.file else { return estimator.one(&self.input) };
        let threads = self.threads.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
        estimator.list(open_list(&file)?, &file.display().to_string(), threads)
    }
}

impl Estimator {
    /// Estimates the password of a prompt, stdin or a file descriptor.
    fn one(&self, input: &PasswordInput) -> CommandResult {
        let password = input.read()?;
        if password.contains(&b'\n') {
            return Err(Failure::new("the password has several lines")
                .with_help(Some("write `-` to read a list from stdin")));
        }
        let guessing = self.guess(&self.attacker, &password).map_err(Failure::new)?;
        crate::output::print(&format!("{}\n", guessing.to_json()))?;
        Ok(true)
    }

    /// Estimates each line of a list. `name` is for errors.
    fn list(&self, from: impl BufRead, name: &str, threads: usize) -> CommandResult {
        // `$HEX[…]` takes two digits for each byte.
        let mut lines = Lines::new(from, self.format.longest(2 * MAX_PASSWORD_BYTES + "$HEX[]".len()));
        let mut stdout = io::stdout().lock();
        let progress = (!stdout.is_terminal()).then(|| of_bytes(None));
        let mut problems = 0;
        loop {
            let batches = (0..threads).map_while(|_| lines.batch().transpose());
            let batches: Vec<Batch> =
                batches.collect::<Result<_, _>>().map_err(|error| Failure::of(name, error))?;
            if batches.is_empty() {
                break;
            }
            for estimated in self.in_parallel(&batches) {
                for (line, problem) in &estimated.problems {
                    problems += 1;
                    if problems <= MAX_REPORTED {
                        Failure::new(format!("{name}:{line}: {problem}")).print();
                    }
                }
                match stdout.write_all(estimated.text.as_bytes()) {
                    // The reader needs no more.
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(true),
                    written => written.map_err(|error| Failure::of("stdout", error))?,
                }
            }
            if let Some(progress) = &progress {
                progress.set_position(lines.bytes());
            }
        }
        if let Some(progress) = progress {
            progress.finish_and_clear();
        }
        match problems {
            0 => Ok(true),
            _ => {
                Err(Failure::of(name, format!("{problems} of {} passwords could not be evaluated", lines.count())))
            }
        }
    }

    /// Estimates batches, each on a thread, and returns the results in order.
    fn in_parallel(&self, batches: &[Batch]) -> Vec<Estimated> {
        thread::scope(|scope| {
            let workers: Vec<_> = batches.iter().map(|batch| scope.spawn(|| self.batch(batch))).collect();
            let results =
                workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
            results.collect()
        })
    }

    fn batch(&self, batch: &Batch) -> Estimated {
        let mut estimated = Estimated::default();
        for (number, line) in batch.lines() {
            let result = match self.line(line) {
                Ok(guessing) => guessing.to_json(),
                Err(problem) => {
                    estimated.problems.push((number + 1, problem));
                    json!({ "error": problem.name() })
                }
            };
            estimated.text.push_str(&format!("{result}\n"));
        }
        estimated
    }

    fn line(&self, line: &[u8]) -> Result<Guessing, Problem> {
        if self.format == CorpusFormat::Plain
            && let Some(decoded) = hexadecimal(line)
        {
            return self.guess(&self.attacker, &Zeroizing::new(decoded));
        }
        let entry = self.format.parse(line).ok_or(Problem::BadLine)?;
        match line_user(entry.user, self.person.user()) {
            None => self.guess(&self.attacker, entry.password.bytes()),
            Some((user, _)) => self.guess(&Attacker::new(&user, &self.words, |_| true), entry.password.bytes()),
        }
    }

    fn guess(&self, attacker: &Attacker, password: &[u8]) -> Result<Guessing, Problem> {
        if password.len() > MAX_PASSWORD_BYTES {
            return Err(Problem::TooManyBytes);
        }
        let text = std::str::from_utf8(password).map_err(|_| Problem::NotUtf8)?;
        if text.contains('\0') {
            return Err(Problem::Nul);
        }
        Ok(attacker.guess(text, self.person.now()))
    }
}
