//! `kouling generate`: random passwords and passphrases that a policy accepts.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use kouling::analysis::Generator;
use kouling::analysis::generate::{
    CannotGenerate, Distribution, Generated, MAX_LENGTH, NoRandomness, Options, PhraseOptions, WordLanguage,
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::output::{Format, print};
use crate::person::Person;
use crate::policy_argument::PolicyArgument;
use crate::{CommandResult, Failure};

/// The word list of passphrases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Words {
    /// Words of the long EFF list
    En,
    /// Words of two syllables in pinyin
    Zh,
}

/// Generate random passwords and passphrases that a policy accepts
///
/// Prints one password per line on stdout. stderr describes the set that they are drawn from, and states their entropy: a
/// password of n bits takes an attacker who knows the set up to 2^n guesses. The policy evaluates every password before
/// it is printed. Describe the user if the policy has rules about personal data or earlier passwords.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling generate standard
  kouling generate acme.toml --bits 100 --readable --count 5
  kouling generate acme.toml --passphrase --words 6
  kouling generate acme.toml --passphrase --language zh --separator .
  kouling generate acme.toml --user username=zhangsan --format json

Exit status:
  0   success
  1   no password can satisfy the policy and the options; the conflicting rules are named
  2   error, or no password was found although one may exist")]
pub(crate) struct Generate {
    #[command(flatten)]
    policy: PolicyArgument,
    /// Number of passwords, 1 to 10,000
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// Length in characters [default: as long as --bits requires]
    #[arg(long, value_name = "N", value_parser = length, conflicts_with = "passphrase")]
    length: Option<usize>,
    /// Minimum entropy in bits [default: about 80, for passphrases 77, or less if the policy allows no more]
    #[arg(long, value_name = "N", value_parser = bits)]
    bits: Option<f64>,
    /// Omit characters that are easily confused, such as 0 and O
    #[arg(long, conflicts_with = "passphrase")]
    readable: bool,
    /// Generate passphrases of random words
    #[arg(long)]
    passphrase: bool,
    /// Number of words [default: as many as --bits requires]
    #[arg(long, value_name = "N", requires = "passphrase", value_parser = clap::value_parser!(u8).range(1..=64))]
    words: Option<u8>,
    /// Separator between words [default: the first of `-`, `.`, `_`, space and nothing that the policy accepts]
    #[arg(long, requires = "passphrase", allow_hyphen_values = true)]
    separator: Option<String>,
    /// Language of the words
    #[arg(long, value_enum, default_value_t = Words::En, requires = "passphrase")]
    language: Words,
    #[command(flatten)]
    person: Person,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Generate {
    pub(crate) fn run(self) -> CommandResult {
        let person = self.person.load()?;
        let loaded = self.policy.load()?;
        let policy = loaded.policy_for(person.user(), &self.policy.population)?;
        let random = &mut |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|_| NoRandomness);
        let generated =
            Generator::new(policy, person.facts(), &self.options(), random).and_then(|mut generator| {
                let each = (0..self.count).map(|_| generator.generate(random));
                let passwords = each.collect::<Result<Vec<Generated>, _>>()?;
                Ok((passwords, generator.distribution().clone()))
            });
        match generated {
            Ok((passwords, distribution)) => {
                self.write(&passwords, &distribution)?;
                Ok(true)
            }
            Err(error @ CannotGenerate::Unsatisfiable { .. }) => {
                let _ = writeln!(io::stderr(), "{error}");
                Ok(false)
            }
            Err(error) => Err(Failure::new(error)),
        }
    }

    fn options(&self) -> Options {
        let language = match self.language {
            Words::En => WordLanguage::English,
            Words::Zh => WordLanguage::Pinyin,
        };
        let phrase = self.passphrase.then(|| PhraseOptions {
            words: self.words.map(usize::from),
            separator: self.separator.clone(),
            language,
        });
        Options { length: self.length, bits: self.bits, readable: self.readable, phrase }
    }

    fn write(&self, passwords: &[Generated], distribution: &Distribution) -> Result<(), Failure> {
        let text = match self.format {
            Format::Text => {
                let how = if distribution.exact { "exactly" } else { "at least" };
                let bits = round_down(distribution.entropy_bits());
                let _ = writeln!(
                    io::stderr(),
                    "{how} {bits} bits each; drawn uniformly from what the policy accepts of {}",
                    distribution.description
                );
                lines(passwords)
            }
            Format::Json => json(passwords, distribution),
        };
        print(&text)
    }
}

/// The passwords, one per line.
fn lines(passwords: &[Generated]) -> Zeroizing<String> {
    let capacity = passwords.iter().map(|one| one.password.expose().len() + 1).sum();
    let mut text = Zeroizing::new(String::with_capacity(capacity));
    for one in passwords {
        text.push_str(one.password.expose());
        text.push('\n');
    }
    text
}

/// The passwords and their distribution as JSON, in a buffer that is wiped. A `serde_json::Value` would not be.
fn json(passwords: &[Generated], distribution: &Distribution) -> Zeroizing<String> {
    let capacity: usize = passwords.iter().map(|one| 2 * one.password.expose().len() + 80).sum();
    let distribution = json!({
        "description": distribution.description,
        "uniform": true,
        "space_bits": distribution.space_bits,
        "acceptance": distribution.acceptance,
        "exact": distribution.exact,
    });
    let mut text = Zeroizing::new(String::with_capacity(capacity + 1024));
    text.push_str("{\n  \"passwords\": [");
    for (index, one) in passwords.iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str("    { \"password\": \"");
        for character in one.password.expose().chars() {
            match character {
                '"' | '\\' => text.extend(['\\', character]),
                character if character.is_control() => text.push_str(&format!("\\u{:04x}", u32::from(character))),
                character => text.push(character),
            }
        }
        text.push_str(&format!("\", \"entropy_bits\": {} }}", round_down(one.entropy_bits)));
    }
    text.push_str(&format!("\n  ],\n  \"distribution\": {distribution}\n}}\n"));
    text
}

/// Rounds down to two decimal places: the entropy must not be overstated.
fn round_down(bits: f64) -> f64 {
    (bits * 100.0).floor() / 100.0
}

fn length(text: &str) -> Result<usize, String> {
    let length = text.parse().ok().filter(|length| (1..=MAX_LENGTH).contains(length));
    length.ok_or_else(|| format!("expected a number from 1 to {MAX_LENGTH}"))
}

fn bits(text: &str) -> Result<f64, String> {
    let bits = text.parse().ok().filter(|bits: &f64| (0.0..=800.0).contains(bits));
    bits.ok_or_else(|| "expected a number from 0 to 800".to_owned())
}
