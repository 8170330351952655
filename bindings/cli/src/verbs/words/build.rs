//! `kouling words build`: a compiled word list, or a breach filter.
//!
//! What is made stands under its name only when it is complete: it is written beside it and renamed.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use kouling::knowledge::breach_filter::{
    BuildError, Builder, FilterFormat, HashKind, Plan, Progress, Scatter, TIERS,
};
use kouling::knowledge::word_list::compiled::compile;

use crate::answer::say;
use crate::progress::of_bytes;
use crate::{Ended, Failure};

/// Make a compiled word list, or a breach filter from passwords or hashes
#[derive(Args)]
#[command(after_help = "\
What INPUT is: a folder holds the 16^5 range files of Have I Been Pwned, each named by five hexadecimal digits; with
--hashes, a file holds lines of a hash, a colon and a count, in order; else it holds a word or password a line. A list of
words becomes a compiled list unless --filter is given. Memory stays bounded whatever the size of the input of a filter:
some 40 MB for a thousand million hashes, 160 MB for as many passwords, which also take 20 bytes each of scratch space.

Examples:
  kouling words build banned.txt --out banned.kwl
  zcat leaked.gz | kouling words build - --filter --min-count 10 --out leaked.kbf
  kouling words build ranges/ --hash ntlm --bits 32 --source 'Have I Been Pwned, NTLM, 2026-10' --out pwned.kbf")]
pub(super) struct Build {
    /// A file, a folder of range files, or `-` for stdin
    input: PathBuf,
    /// What is made
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Make a breach filter of a list of passwords
    #[arg(long)]
    filter: bool,
    /// The input is one file of all hashes in order, each with its count
    #[arg(long)]
    hashes: bool,
    /// What is hashed
    #[arg(long, value_enum, default_value_t = Hash::Sha1)]
    hash: Hash,
    /// Bits of a fingerprint: of those not listed one in 65,536 (16) or 4,294,967,296 (32) is refused; exact: none
    #[arg(long, value_enum, default_value_t = Bits::Bits16)]
    bits: Bits,
    /// Leave out what was seen less often: 1, 10, 100 or 1000 times
    #[arg(long, default_value_t = 1)]
    min_count: u64,
    /// Where the words are from, for the file's head
    #[arg(long, default_value = "")]
    source: String,
    /// Keep capitals: for a list that is compared as typed
    #[arg(long)]
    as_typed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Hash {
    Sha1,
    Ntlm,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Bits {
    #[value(name = "16")]
    Bits16,
    #[value(name = "32")]
    Bits32,
    Exact,
}

/// A line of hashes has about so many bytes: 40 or 32 digits, a colon, a count and a line end.
const BYTES_PER_HASH: u64 = 36;
/// How many range files there are: one for each five hexadecimal digits.
const RANGES: u32 = 1 << 20;
/// What is read of the first range file to guess how many hashes there are in all.
const HASH_LINE: u64 = 34;

impl Build {
    pub(super) fn run(self) -> Ended {
        if !TIERS.contains(&self.min_count) {
            return Err(Failure::new("--min-count must be 1, 10, 100 or 1000"));
        }
        let is_folder = self.input.is_dir();
        let makes_filter = self.filter || self.hashes || is_folder;
        let beside = beside(&self.out)?;
        let made = if makes_filter { self.make_filter(&beside, is_folder) } else { self.make_list(&beside) };
        let told = made.and_then(|told| {
            fs::rename(&beside, &self.out).map_err(|error| Failure::of(self.out.display(), error))?;
            Ok(told)
        });
        if told.is_err() {
            let _ = fs::remove_file(&beside);
        }
        say(&format!("{}: {}\n", self.out.display(), told?))?;
        Ok(true)
    }

    fn make_list(&self, beside: &Path) -> Result<String, Failure> {
        let mut text = Vec::new();
        open(&self.input)?
            .take(kouling::policy::source::MAX_LIST_BYTES as u64 + 1)
            .read_to_end(&mut text)
            .map_err(|error| Failure::of(self.input.display(), error))?;
        if text.len() > kouling::policy::source::MAX_LIST_BYTES {
            return Err(Failure::of(self.input.display(), "too long for a word list; make a --filter of it"));
        }
        let made = compile(&text, !self.as_typed, &self.source)
            .map_err(|error| Failure::of(self.input.display(), error))?;
        create(beside)?.write_all(&made).map_err(|error| Failure::of(beside.display(), error))?;
        let info = kouling::knowledge::word_list::compiled::info(&made).map_err(Failure::new)?;
        Ok(format!("{} words, {} bytes", info.words, info.bytes))
    }

    fn make_filter(&self, beside: &Path, is_folder: bool) -> Result<String, Failure> {
        let bar = of_bytes(self.bytes(is_folder));
        let mut progress = |progress: Progress| bar.set_position(progress.bytes);
        let out = BufWriter::new(create(beside)?);
        let hash = match self.hash {
            Hash::Sha1 => HashKind::Sha1,
            Hash::Ntlm => HashKind::Ntlm,
        };
        let name = self.input.display().to_string();
        let status = if is_folder {
            let mut builder =
                Builder::new(out, self.plan(hash, self.ranges_hold()?), &mut progress).map_err(told)?;
            for number in 0..RANGES {
                let prefix = format!("{number:05X}");
                let path = self.range(&prefix)?;
                let file = File::open(&path).map_err(|error| Failure::of(path.display(), error))?;
                builder.add_range(&path.display().to_string(), &prefix, BufReader::new(file)).map_err(told)?;
            }
            builder.finish().map_err(told)?
        } else if self.hashes {
            let bytes = fs::metadata(&self.input).map_or(0, |meta| meta.len());
            let plan = self.plan(hash, bytes.max(1 << 30) / BYTES_PER_HASH);
            let mut builder = Builder::new(out, plan, &mut progress).map_err(told)?;
            builder.add_hashes(&name, BufReader::new(open(&self.input)?)).map_err(told)?;
            builder.finish().map_err(told)?
        } else {
            let folder = beside.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
            let mut scatter = Scatter::new(hash, || tempfile::tempfile_in(&folder)).map_err(told)?;
            let mut lines = 0;
            let mut counted = |progress: Progress| bar.set_position(progress.bytes);
            scatter.add_passwords(&name, BufReader::new(open(&self.input)?), &mut counted).map_err(told)?;
            lines += scatter.lines();
            bar.set_message("sorting");
            let mut quiet = |_: Progress| {};
            let mut builder = Builder::new(out, self.plan(hash, lines), &mut quiet).map_err(told)?;
            builder.add_scattered(scatter).map_err(told)?;
            builder.finish().map_err(told)?
        };
        bar.finish_and_clear();
        let (_, status) = status;
        let chance =
            status.one_in.map_or("exact".to_owned(), |n| format!("wrong about one in {n} that are not listed"));
        Ok(format!("{} passwords, {} bytes, {chance}", status.passwords.iter().sum::<u64>(), status.bytes))
    }

    fn plan(&self, hash: HashKind, expected: u64) -> Plan {
        let format = match self.bits {
            Bits::Bits16 => FilterFormat::Bits16,
            Bits::Bits32 => FilterFormat::Bits32,
            Bits::Exact => FilterFormat::Exact,
        };
        Plan { hash, format, expected: expected.max(1), min_count: self.min_count, source: self.source.clone() }
    }

    /// How many bytes will be read, where that is known.
    fn bytes(&self, is_folder: bool) -> Option<u64> {
        if is_folder {
            return self.ranges_hold().ok().map(|hashes| hashes * HASH_LINE);
        }
        fs::metadata(&self.input).ok().map(|meta| meta.len())
    }

    /// About how many hashes a folder of ranges holds: as if every file were as long as the first.
    fn ranges_hold(&self) -> Result<u64, Failure> {
        let path = self.range("00000")?;
        let length = fs::metadata(&path).map_err(|error| Failure::of(path.display(), error))?.len();
        Ok(length / HASH_LINE * u64::from(RANGES))
    }

    /// The file of a range: its digits in capitals or small letters, with `.txt` behind or without. A missing one is
    /// a failure: nobody can tell whether nothing is listed in it.
    fn range(&self, prefix: &str) -> Result<PathBuf, Failure> {
        let small = prefix.to_lowercase();
        let names = [prefix.to_owned(), format!("{prefix}.txt"), small.clone(), format!("{small}.txt")];
        let mut paths = names.iter().map(|name| self.input.join(name));
        paths.find(|path| path.is_file()).ok_or_else(|| {
            Failure::of(
                self.input.display(),
                format!("there is no range file `{prefix}`; all {RANGES} are needed"),
            )
        })
    }
}

/// What a failure of making says, with the file and the line.
fn told(error: BuildError) -> Failure {
    match error.place() {
        Some((name, line)) if line > 0 => Failure::of(format!("{name}:{line}"), &error),
        Some((name, _)) => Failure::of(name, &error),
        None => Failure::new(&error),
    }
}

fn open(input: &Path) -> Result<Box<dyn Read>, Failure> {
    if input == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(input).map_err(|error| Failure::of(input.display(), error))?;
    Ok(Box::new(file))
}

/// A new file: what somebody else put under that name is not written to.
fn create(path: &Path) -> Result<File, Failure> {
    let created = File::options().read(true).write(true).create_new(true).open(path);
    created.map_err(|error| Failure::of(path.display(), error))
}

/// A name beside `out` for what is not complete yet.
fn beside(out: &Path) -> Result<PathBuf, Failure> {
    let name = out.file_name().ok_or_else(|| Failure::of(out.display(), "is no name for a file"))?;
    Ok(out.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id())))
}
