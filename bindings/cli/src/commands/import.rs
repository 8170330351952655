//! `kouling import`: translates the password policies of other products.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::import::{Format, Imported, Input, translate};
use crate::output::print;
use crate::{CommandResult, Failure};

/// The maximum size of a file that is read: one byte more than an import accepts.
const MAX_READ: u64 = (1 << 20) + 1;
/// The maximum number of files.
const MAX_FILES: usize = 64;

/// Translate the password policy of another product
///
/// Writes a policy as TOML. Each line states where it comes from: a line of a file, or a default of the product. What cannot be
/// translated is listed at the head of the policy and on stderr, with the reason and what to do instead.
///
/// Without --out, the policy is printed. A product with several policies, or with lists of words, needs a folder: the policy is
/// then in policy.toml.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling import pwquality /etc/security/pwquality.conf /etc/security/pwquality.conf.d > acme.toml
  kouling import active-directory domain.inf pso.ldif --out acme
  echo 'length(12) and digits(1) and notUsername' | kouling import keycloak -
  ipa pwpolicy-find --all | kouling import freeipa - --out acme

A folder stands for the files in it whose names end with .conf, in the order of their names. Of two settings with the same name, \
the later file counts, except that libpwquality reads a folder before other files.

Exit status: 0 everything was translated, 1 something was not, 2 error.")]
pub(crate) struct Import {
    /// Format of the files
    #[arg(value_enum)]
    format: Format,
    /// Files or folders; - is stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Folder for the policy and its lists of words
    #[arg(short, long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Import {
    pub(crate) fn run(self) -> CommandResult {
        let inputs = read(&self.files)?;
        let imported = match translate(self.format, &inputs) {
            Ok(imported) => imported,
            Err(problems) => {
                let mut stderr = io::stderr().lock();
                for problem in &problems {
                    let _ = writeln!(stderr, "error: {problem}");
                }
                return Err(Failure::new("nothing was translated"));
            }
        };
        match (&self.out, imported.files.as_slice()) {
            (None, [(_, policy)]) => print(policy)?,
            (None, files) => {
                let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
                return Err(Failure::new(format!("the result has several files: {}", names.join(", ")))
                    .with_help(Some("name a folder for them by --out")));
            }
            (Some(folder), files) => write(folder, files)?,
        }
        report(&imported);
        Ok(imported.untranslated.is_empty())
    }
}

/// Lists on stderr what was not translated.
fn report(imported: &Imported) {
    let mut stderr = io::stderr().lock();
    for skipped in &imported.untranslated {
        let _ = writeln!(stderr, "{}: {}\n  help: {}", skipped.place(), skipped.message(), skipped.help());
    }
}

/// Reads the files, and those of folders.
fn read(names: &[String]) -> Result<Vec<Input>, Failure> {
    let mut inputs = Vec::new();
    for name in names {
        if name == "-" {
            inputs.push(Input {
                name: "stdin".to_owned(),
                bytes: read_from(io::stdin().lock(), name)?,
                is_fragment: false,
            });
        } else if Path::new(name).is_dir() {
            let entries = fs::read_dir(name).map_err(|error| Failure::of(name, error))?;
            let paths: Result<Vec<PathBuf>, io::Error> = entries.map(|entry| Ok(entry?.path())).collect();
            let mut paths = paths.map_err(|error| Failure::of(name, error))?;
            paths.retain(|path| path.extension().is_some_and(|extension| extension == "conf"));
            paths.sort();
            for path in paths {
                inputs.push(read_file(&path, true)?);
            }
        } else {
            inputs.push(read_file(Path::new(name), false)?);
        }
        if inputs.len() > MAX_FILES {
            return Err(Failure::new(format!("too many files; expected at most {MAX_FILES}")));
        }
    }
    Ok(inputs)
}

fn read_file(path: &Path, is_fragment: bool) -> Result<Input, Failure> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Failure::of(&name, error))?;
    let bytes = read_from(file, &name)?;
    Ok(Input { name, bytes, is_fragment })
}

fn read_from(source: impl Read, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    source.take(MAX_READ).read_to_end(&mut bytes).map_err(|error| Failure::of(name, error))?;
    Ok(bytes)
}

/// Writes the files into a folder. Overwrites none.
fn write(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::of(folder.display(), error))?;
    for (name, text) in files {
        let path = folder.join(name);
        let created = File::options().write(true).create_new(true).open(&path);
        created
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| Failure::of(path.display(), error))?;
    }
    Ok(())
}
