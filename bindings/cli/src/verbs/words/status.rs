//! `kouling words status`: what a file of words is, and whether it is whole.

use std::sync::Arc;

use clap::Args;
use kouling::evaluation::hexadecimal;
use kouling::knowledge::breach_filter::{self, Filter, TIERS};
use kouling::knowledge::word_list::{WordList, compiled};
use kouling::policy::source::MAX_LIST_BYTES;
use kouling::policy::{Files, Source};
use serde_json::{Value, json};

use crate::answer::{Format, say, say_json};
use crate::progress::of_bytes;
use crate::{Ended, Failure};

/// Say what a word list or a filter is, verify its checksums, and measure how often it is wrong
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling words status banned.kwl
  kouling words status pwned.kbf --measure 10000000 --format json

Exit codes: 0 it is whole, 1 it is damaged, cut or foreign, 2 it cannot be read.")]
pub(super) struct Status {
    /// A compiled word list, a breach filter or a plain list
    file: String,
    /// Look up so many random hashes, which are in no leak, and count those that are found
    #[arg(long, default_value_t = 0, value_name = "PROBES")]
    measure: u64,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// List the word lists that come with the engine
#[derive(Args)]
pub(super) struct Lists {
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Status {
    pub(super) fn run(self) -> Ended {
        let unreadable = |error| Failure::new(format!("`{}` {error}", self.file));
        let mut beginning = [0; 8];
        let blob = Files.open(&self.file).map_err(unreadable)?;
        let is_filter = blob.read_at(0, &mut beginning).is_ok() && beginning == breach_filter::MAGIC;
        let told = if is_filter {
            self.filter()?
        } else {
            self.list(Files.read(&self.file, MAX_LIST_BYTES).map_err(unreadable)?)
        };
        let whole = told["whole"] == true;
        match self.format {
            Format::Json => say_json(&told)?,
            Format::Text => say(&text(&told))?,
        }
        Ok(whole)
    }

    fn list(&self, bytes: Vec<u8>) -> Value {
        if bytes.starts_with(&compiled::MAGIC) {
            return match compiled::info(&bytes) {
                Ok(info) => json!({
                    "file": self.file, "kind": "compiled word list", "whole": true, "version": info.version,
                    "words": info.words, "folded": info.folded, "source": info.source, "bytes": info.bytes,
                    "checksum": hexadecimal(&info.checksum),
                }),
                Err(error) => {
                    json!({ "file": self.file, "kind": "compiled word list", "whole": false, "error": error.to_string() })
                }
            };
        }
        match WordList::parse(self.file.as_str(), &bytes) {
            Ok(list) => json!({
                "file": self.file, "kind": "plain word list", "whole": true, "words": list.count(),
                "bytes": bytes.len(), "checksum": hexadecimal(list.digest()),
            }),
            Err(error) => {
                json!({ "file": self.file, "kind": "plain word list", "whole": false, "error": error.to_string() })
            }
        }
    }

    fn filter(&self) -> Result<Value, Failure> {
        let broken = |error: breach_filter::FilterError| json!({ "file": self.file, "kind": "breach filter", "whole": false, "error": error.to_string() });
        let blob = Files.open(&self.file).map_err(|error| Failure::new(format!("`{}` {error}", self.file)))?;
        let filter = match Filter::open(Arc::clone(&blob)) {
            Ok(filter) => filter,
            Err(error) => return Ok(broken(error)),
        };
        let status = filter.status();
        let bar = of_bytes(Some(status.bytes));
        if let Err(error) = filter.verify(|done| bar.set_position(done)) {
            return Ok(broken(error));
        }
        bar.finish_and_clear();
        let tiers: Vec<Value> = TIERS
            .iter()
            .zip(status.passwords)
            .enumerate()
            .map(|(tier, (least, passwords))| {
                let most = TIERS.get(tier + 1).map(|next| next - 1);
                json!({ "seen_at_least": least, "seen_at_most": most, "passwords": passwords })
            })
            .collect();
        let mut told = json!({
            "file": self.file, "kind": "breach filter", "whole": true, "version": status.version,
            "hash": status.hash.name(), "min_count": status.min_count, "source": status.source,
            "passwords": status.passwords.iter().sum::<u64>(), "tiers": tiers, "shards": status.shards,
            "bytes": status.bytes, "false_positive_one_in": status.one_in, "checksum": hexadecimal(&status.digest),
        });
        if self.measure > 0 {
            let found = filter.measure(self.measure, filter.min_tier(), fill).map_err(Failure::new)?;
            told["measured"] = json!({ "probes": self.measure, "found": found });
        }
        Ok(told)
    }
}

/// Random bytes of the system, many at a time.
fn fill(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        // A system without randomness cannot measure; zeros are found at most once.
        bytes.fill(0);
    }
}

fn text(told: &Value) -> String {
    let mut text = String::new();
    for (name, value) in told.as_object().into_iter().flatten() {
        let name = name.replace('_', " ");
        match value {
            Value::Null => {}
            Value::Array(tiers) => {
                for tier in tiers {
                    let seen = match tier["seen_at_most"].as_u64() {
                        Some(most) => format!("seen {} to {most} times", tier["seen_at_least"]),
                        None => format!("seen {} times or more", tier["seen_at_least"]),
                    };
                    text.push_str(&format!("  {seen:<24} {}\n", tier["passwords"]));
                }
            }
            Value::Object(measured) => {
                let (found, probes) = (&measured["found"], &measured["probes"]);
                text.push_str(&format!("{name:<24} {found} of {probes} random hashes were found\n"));
            }
            Value::String(value) => text.push_str(&format!("{name:<24} {value}\n")),
            value => text.push_str(&format!("{name:<24} {value}\n")),
        }
    }
    text
}

impl Lists {
    pub(super) fn run(self) -> Ended {
        let lists = WordList::built_in_names().filter_map(WordList::built_in);
        let lists: Vec<Value> = lists
            .map(|list| json!({ "name": list.name(), "words": list.count(), "checksum": hexadecimal(list.digest()) }))
            .collect();
        match self.format {
            Format::Json => say_json(&Value::Array(lists))?,
            Format::Text => {
                let line = |list: &Value| {
                    format!("{:<10} {:>8} words\n", list["name"].as_str().unwrap_or_default(), list["words"])
                };
                say(&lists.iter().map(line).collect::<String>())?;
            }
        }
        Ok(true)
    }
}
