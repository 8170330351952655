//! `kouling words build`: compiles a word list or a breach filter.
//!
//! The output is written to a temporary name in the same directory and renamed when it is complete.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use kouling::knowledge::breach_filter::{
    BuildError, BuildErrorKind, Builder, FilterFormat, HashKind, Plan, Progress, Scatter, TIERS,
};
use kouling::knowledge::word_list::compiled::compile;
use kouling::knowledge::word_list::{self, ListOptions, WordListError, WordListErrorKind};

use crate::output::print;
use crate::password_input::open_list;
use crate::progress::of_bytes;
use crate::{CommandResult, Failure};

/// Build a compiled word list, or a breach filter from passwords or hashes
///
/// INPUT is a directory of the 16^5 range files of Have I Been Pwned, each named by five hexadecimal digits; with
/// --hashes, a sorted file with a hash per line, optionally followed by a colon and a count; otherwise a file with one word
/// or password per line, which becomes a compiled word list unless --filter is given. Every file can be compressed with gzip
/// or Zstandard.
///
/// Words and passwords are normalized to NFC, blanks around them are ignored, and `$HEX[…]` is decoded. If every line is a
/// count and a word (as written by `uniq -c`), or a word, a colon or tab, and a count, the counts rank the words.
///
/// Building a filter takes bounded memory: about 40 MB for a billion hashes, and about 170 MB for a billion passwords,
/// which also need 22 bytes each of temporary disk space.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling words build banned.txt --out banned.kwl
  kouling words build leaked.gz --filter --min-count 10 --out leaked.kbf
  kouling words build ranges/ --hash ntlm --bits 32 --source 'HIBP, 2026-10' --out pwned.kbf")]
pub(super) struct Build {
    /// File, directory of range files, or `-` for stdin
    input: PathBuf,
    /// Output file
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Build a breach filter from a list of passwords
    #[arg(long)]
    filter: bool,
    /// Read a sorted file of hashes, with or without their counts
    #[arg(long)]
    hashes: bool,
    /// Hash function of the filter
    #[arg(long, value_enum, default_value_t = Hash::Sha1)]
    hash: Hash,
    /// Bits per fingerprint: about 1 in 65,536 (16) or 4,294,967,296 (32) unlisted passwords is refused; exact: none
    #[arg(long, value_enum, default_value_t = Bits::Bits16)]
    bits: Bits,
    /// Minimum count of a password to be included: 1, 10, 100 or 1000
    #[arg(long, default_value_t = 1)]
    min_count: u64,
    /// Description of the source, stored in the file
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    source: String,
    /// Keep upper case, for a list that is compared case-sensitively
    #[arg(long)]
    as_typed: bool,
    /// Encoding of words and passwords; latin-1 reads lines that are not UTF-8 as Latin-1
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Encoding {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "latin-1")]
    Latin1,
}

impl From<Encoding> for word_list::Encoding {
    fn from(encoding: Encoding) -> word_list::Encoding {
        match encoding {
            Encoding::Utf8 => word_list::Encoding::Utf8,
            Encoding::Latin1 => word_list::Encoding::Latin1,
        }
    }
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

/// Approximate bytes per line of a file of hashes, a low estimate: 40 or 32 digits, a colon, a count and a line end.
const BYTES_PER_HASH: u64 = 36;
/// Number of range files: one for each prefix of five hexadecimal digits.
const RANGES: u32 = 1 << 20;
/// Approximate bytes per line of a range file, without the five digits in its name.
const HASH_LINE: u64 = 34;

impl Build {
    pub(super) fn run(self) -> CommandResult {
        if !TIERS.contains(&self.min_count) {
            return Err(Failure::new("--min-count must be 1, 10, 100 or 1000"));
        }
        let is_directory = self.input.is_dir();
        let is_filter = self.filter || self.hashes || is_directory;
        let temporary = temporary_name(&self.out)?;
        let built =
            if is_filter { self.build_filter(&temporary, is_directory) } else { self.build_list(&temporary) };
        let summary = built.and_then(|summary| {
            fs::rename(&temporary, &self.out).map_err(|error| Failure::of(self.out.display(), error))?;
            Ok(summary)
        });
        if summary.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        print(&format!("{}: {}\n", self.out.display(), summary?))?;
        Ok(true)
    }

    fn build_list(&self, path: &Path) -> Result<String, Failure> {
        let mut text = Vec::new();
        // Decompressed here, so that the limit also holds for stdin.
        open_list(&self.input)?
            .take(kouling::policy::source::MAX_LIST_BYTES as u64 + 1)
            .read_to_end(&mut text)
            .map_err(|error| Failure::of(self.input.display(), error))?;
        if text.len() > kouling::policy::source::MAX_LIST_BYTES {
            return Err(Failure::of(
                self.input.display(),
                "too long for a word list; build a breach filter with --filter",
            ));
        }
        let options =
            ListOptions { fold: !self.as_typed, encoding: self.encoding.into(), ..ListOptions::default() };
        let compiled = compile(&text, &options, &self.source).map_err(|error| self.list_failure(&error))?;
        create(path)?.write_all(&compiled).map_err(|error| Failure::of(path.display(), error))?;
        let info = kouling::knowledge::word_list::compiled::info(&compiled).map_err(Failure::new)?;
        Ok(format!("{} words, {} bytes", info.words, info.bytes))
    }

    fn list_failure(&self, error: &WordListError) -> Failure {
        let help = match error.kind() {
            WordListErrorKind::NotUtf8 => Some(NOT_UTF_8),
            WordListErrorKind::Hashes => Some(HASHES),
            WordListErrorKind::TooLong | WordListErrorKind::TooManyWords => {
                Some("build a breach filter with `--filter`, and use it in a `breached` rule")
            }
            _ => None,
        };
        Failure::of(self.input.display(), error).with_help(help)
    }

    fn build_filter(&self, path: &Path, is_directory: bool) -> Result<String, Failure> {
        let bar = of_bytes(self.bytes(is_directory));
        let mut progress = |progress: Progress| bar.set_position(progress.bytes);
        let out = BufWriter::new(create(path)?);
        let hash = match self.hash {
            Hash::Sha1 => HashKind::Sha1,
            Hash::Ntlm => HashKind::Ntlm,
        };
        let name = self.input.display().to_string();
        let status = if is_directory {
            let mut builder = Builder::new(out, self.plan(hash, self.estimated_hashes()?), &mut progress)
                .map_err(build_failure)?;
            for number in 0..RANGES {
                let prefix = format!("{number:05X}");
                let range = self.range(&prefix)?;
                builder
                    .add_range(&range.display().to_string(), &prefix, open_list(&range)?)
                    .map_err(build_failure)?;
            }
            builder.finish().map_err(build_failure)?
        } else if self.hashes {
            let bytes = fs::metadata(&self.input).map_or(0, |meta| meta.len());
            let plan = self.plan(hash, bytes.max(1 << 30) / BYTES_PER_HASH);
            let mut builder = Builder::new(out, plan, &mut progress).map_err(build_failure)?;
            builder.add_hashes(&name, open_list(&self.input)?).map_err(build_failure)?;
            builder.finish().map_err(build_failure)?
        } else {
            let directory = path.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
            let mut scatter = Scatter::new(hash, || tempfile::tempfile_in(&directory)).map_err(build_failure)?;
            let mut lines = 0;
            let mut counted = |progress: Progress| bar.set_position(progress.bytes);
            scatter
                .add_passwords(&name, open_list(&self.input)?, self.encoding.into(), &mut counted)
                .map_err(build_failure)?;
            lines += scatter.lines();
            bar.set_message("sorting");
            let mut quiet = |_: Progress| {};
            let mut builder = Builder::new(out, self.plan(hash, lines), &mut quiet).map_err(build_failure)?;
            builder.add_scattered(scatter).map_err(build_failure)?;
            builder.finish().map_err(build_failure)?
        };
        bar.finish_and_clear();
        let (_, status) = status;
        let false_positives =
            status.one_in.map_or("exact".to_owned(), |n| format!("false positives: about 1 in {n}"));
        Ok(format!(
            "{} passwords, {} bytes, {false_positives}",
            status.passwords.iter().sum::<u64>(),
            status.bytes
        ))
    }

    fn plan(&self, hash: HashKind, expected: u64) -> Plan {
        let format = match self.bits {
            Bits::Bits16 => FilterFormat::Bits16,
            Bits::Bits32 => FilterFormat::Bits32,
            Bits::Exact => FilterFormat::Exact,
        };
        Plan { hash, format, expected: expected.max(1), min_count: self.min_count, source: self.source.clone() }
    }

    /// Number of bytes that will be read, if known.
    fn bytes(&self, is_directory: bool) -> Option<u64> {
        if is_directory {
            return self.estimated_hashes().ok().map(|hashes| hashes * HASH_LINE);
        }
        fs::metadata(&self.input).ok().map(|meta| meta.len())
    }

    /// Estimated number of hashes in the directory, from the length of the first range file.
    fn estimated_hashes(&self) -> Result<u64, Failure> {
        let path = self.range("00000")?;
        let length = fs::metadata(&path).map_err(|error| Failure::of(path.display(), error))?.len();
        Ok(length / HASH_LINE * u64::from(RANGES))
    }

    /// The file of a range: its digits in upper or lower case, with or without `.txt`, `.gz` or `.zst`. Fails if it is missing: a missing
    /// range must not count as an empty one.
    fn range(&self, prefix: &str) -> Result<PathBuf, Failure> {
        let lower = prefix.to_lowercase();
        let endings = ["", ".txt", ".gz", ".txt.gz", ".zst", ".txt.zst"];
        let names = endings.iter().flat_map(|ending| [prefix, &lower].map(|digits| format!("{digits}{ending}")));
        let mut paths = names.map(|name| self.input.join(name));
        paths.find(|path| path.is_file()).ok_or_else(|| {
            Failure::of(self.input.display(), format!("missing range file `{prefix}`; all {RANGES} are required"))
        })
    }
}

const NOT_UTF_8: &str = "add `--encoding latin-1` if the list is Latin-1; otherwise convert it to UTF-8";
const HASHES: &str = "build a breach filter with `--hashes`, and use it in a `breached` rule";

/// Converts a build error, which names the file and the line.
fn build_failure(error: BuildError) -> Failure {
    let help = match error.kind() {
        BuildErrorKind::NotUtf8 => Some(NOT_UTF_8),
        BuildErrorKind::Hashes => Some(HASHES),
        BuildErrorKind::BadLine => {
            Some("SHA-1 hashes have 40 hexadecimal digits; NTLM hashes have 32 and need `--hash ntlm`")
        }
        BuildErrorKind::OutOfOrder => Some("sort the file by hash, for example with `LC_ALL=C sort`"),
        _ => None,
    };
    Failure::new(&error).with_help(help)
}

/// Creates a new file. Never opens an existing one, which may belong to another process.
fn create(path: &Path) -> Result<File, Failure> {
    let created = File::options().read(true).write(true).create_new(true).open(path);
    created.map_err(|error| Failure::of(path.display(), error))
}

/// A name in the directory of `out` for the incomplete file.
fn temporary_name(out: &Path) -> Result<PathBuf, Failure> {
    let name =
        out.file_name().ok_or_else(|| Failure::of(out.display(), "invalid output file; expected a file name"))?;
    Ok(out.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id())))
}
