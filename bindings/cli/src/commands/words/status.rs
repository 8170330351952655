//! `kouling words status` and `kouling words lists`: what a list or filter contains, and whether it is intact.

use std::sync::Arc;

use clap::Args;
use kouling::evaluation::hexadecimal;
use kouling::knowledge::breach_filter::{self, Filter, TIERS};
use kouling::knowledge::word_list::{WordList, compiled};
use kouling::policy::source::MAX_LIST_BYTES;
use kouling::policy::{Files, Source};
use serde_json::{Value, json};

use crate::output::{Format, print, print_json};
use crate::progress::of_bytes;
use crate::{CommandResult, Failure};

/// Show the properties of a word list or breach filter and verify its checksums
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling words status banned.kwl
  kouling words status pwned.kbf --measure 10000000 --format json

Exit status: 0 intact, 1 damaged, truncated or of an unknown format, 2 error.")]
pub(super) struct Status {
    /// Compiled word list, breach filter or plain list
    file: String,
    /// Measure the false positives of a filter with N random hashes
    #[arg(long, default_value_t = 0, value_name = "N")]
    measure: u64,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// List the built-in word lists
#[derive(Args)]
pub(super) struct Lists {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Status {
    pub(super) fn run(self) -> CommandResult {
        let unreadable = |error| Failure::new(format!("`{}` {error}", self.file));
        let mut magic = [0; 8];
        let blob = Files.open(&self.file).map_err(unreadable)?;
        let is_filter = blob.read_at(0, &mut magic).is_ok() && magic == breach_filter::MAGIC;
        let status = if is_filter {
            self.filter()?
        } else {
            self.list(Files.read(&self.file, MAX_LIST_BYTES).map_err(unreadable)?)
        };
        let is_intact = status["whole"] == true;
        match self.format {
            Format::Json => print_json(&status)?,
            Format::Text => print(&text(&status))?,
        }
        Ok(is_intact)
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
        let damaged = |error: breach_filter::FilterError| json!({ "file": self.file, "kind": "breach filter", "whole": false, "error": error.to_string() });
        let blob = Files.open(&self.file).map_err(|error| Failure::new(format!("`{}` {error}", self.file)))?;
        let filter = match Filter::open(Arc::clone(&blob)) {
            Ok(filter) => filter,
            Err(error) => return Ok(damaged(error)),
        };
        let status = filter.status();
        let bar = of_bytes(Some(status.bytes));
        if let Err(error) = filter.verify(|done| bar.set_position(done)) {
            return Ok(damaged(error));
        }
        bar.finish_and_clear();
        let tiers: Vec<Value> = TIERS
            .iter()
            .zip(status.passwords)
            .enumerate()
            .map(|(tier, (min, passwords))| {
                let max = TIERS.get(tier + 1).map(|next| next - 1);
                json!({ "seen_at_least": min, "seen_at_most": max, "passwords": passwords })
            })
            .collect();
        let mut report = json!({
            "file": self.file, "kind": "breach filter", "whole": true, "version": status.version,
            "hash": status.hash.name(), "min_count": status.min_count, "source": status.source,
            "passwords": status.passwords.iter().sum::<u64>(), "tiers": tiers, "shards": status.shards,
            "bytes": status.bytes, "false_positive_one_in": status.one_in, "checksum": hexadecimal(&status.digest),
        });
        if self.measure > 0 {
            let found = filter.measure(self.measure, filter.min_tier(), fill).map_err(Failure::new)?;
            report["measured"] = json!({ "probes": self.measure, "found": found });
        }
        Ok(report)
    }
}

/// Fills a buffer with random bytes from the system.
fn fill(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        // Without randomness every probe is the same hash, so that nothing is measured.
        bytes.fill(0);
    }
}

fn text(status: &Value) -> String {
    let mut text = String::new();
    for (name, value) in status.as_object().into_iter().flatten() {
        let name = if name == "whole" { "intact".to_owned() } else { name.replace('_', " ") };
        match value {
            Value::Null => {}
            Value::String(value) if value.is_empty() => {}
            Value::Array(tiers) => {
                for tier in tiers {
                    let seen = match tier["seen_at_most"].as_u64() {
                        Some(max) => format!("seen {} to {max} times", tier["seen_at_least"]),
                        None => format!("seen at least {} times", tier["seen_at_least"]),
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
    pub(super) fn run(self) -> CommandResult {
        let lists = WordList::built_in_names().filter_map(WordList::built_in);
        let lists: Vec<Value> = lists
            .map(|list| json!({ "name": list.name(), "words": list.count(), "checksum": hexadecimal(list.digest()) }))
            .collect();
        match self.format {
            Format::Json => print_json(&Value::Array(lists))?,
            Format::Text => {
                let line = |list: &Value| {
                    format!("{:<10} {:>8} words\n", list["name"].as_str().unwrap_or_default(), list["words"])
                };
                print(&lists.iter().map(line).collect::<String>())?;
            }
        }
        Ok(true)
    }
}
