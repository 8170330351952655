//! `kouling generate`: passwords and passphrases that a policy accepts.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use kouling::analysis::Generator;
use kouling::analysis::generate::{
    CannotGenerate, Distribution, Generated, MAX_LENGTH, NoRandomness, Options, PhraseOptions, WordLanguage,
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::answer::{Format, say};
use crate::person::Person;
use crate::policy_argument::load;
use crate::{Ended, Failure};

/// The words of passphrases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Words {
    /// The long list of the EFF
    En,
    /// Two syllables in pinyin
    Zh,
}

/// Make passwords and passphrases that a policy accepts
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling generate standard
  kouling generate acme.toml --bits 100 --readable --count 5
  kouling generate acme.toml --passphrase --words 6
  kouling generate acme.toml --passphrase --language zh --separator .
  kouling generate acme.toml --user username=zhangsan --format json

stdout has the passwords, one a line; stderr says out of which strings they were drawn by chance, and
how many bits of entropy that gives: with n bits a guesser who knows all this has 2^n to try.
Every password is judged by the policy before it is written. Give the user it is for, so that rules
about the user's own data and earlier passwords are judged as well.

Exit codes: 0 here they are, 1 no password can satisfy the policy and the options (the rules that
clash are named), 2 none was found, which does not prove that there is none; or a wrong call.")]
pub(crate) struct Generate {
    /// The policy: a preset or a file (`standard` if none is named)
    #[arg(value_name = "POLICY", conflicts_with = "policy")]
    name: Option<String>,
    /// The policy, instead of the argument
    #[arg(short, long)]
    policy: Option<String>,
    /// How many passwords to make, 1 to 10,000
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// Make each exactly N characters long; if not given, as long as the bits need
    #[arg(long, value_name = "N", value_parser = length, conflicts_with = "passphrase")]
    length: Option<usize>,
    /// At least N bits of entropy, or nothing is made; if not given, about 80 (passphrases: 77), or as many as the
    /// policy has room for
    #[arg(long, value_name = "N", value_parser = bits)]
    bits: Option<f64>,
    /// Leave out characters that are mistaken for others when read aloud or copied, such as 0 and O
    #[arg(long, conflicts_with = "passphrase")]
    readable: bool,
    /// Make passphrases, words drawn by chance, instead of strings of characters
    #[arg(long)]
    passphrase: bool,
    /// Make each of exactly N words; if not given, as many as the bits need
    #[arg(long, value_name = "N", requires = "passphrase", value_parser = clap::value_parser!(u8).range(1..=64))]
    words: Option<u8>,
    /// What stands between the words; if not given, `-`, `.`, `_`, a space or nothing: the first that the policy accepts
    #[arg(long, requires = "passphrase", allow_hyphen_values = true)]
    separator: Option<String>,
    /// The language of the words
    #[arg(long, value_enum, default_value_t = Words::En, requires = "passphrase")]
    language: Words,
    #[command(flatten)]
    person: Person,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Generate {
    pub(crate) fn run(self) -> Ended {
        let name = self.policy.as_ref().or(self.name.as_ref()).map_or("standard", String::as_str);
        let policy = load(name)?;
        let known = self.person.read()?;
        let random = &mut |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|_| NoRandomness);
        let made = Generator::new(&policy, known.facts(), &self.options(), random).and_then(|mut generator| {
            let each = (0..self.count).map(|_| generator.generate(random));
            let passwords = each.collect::<Result<Vec<Generated>, _>>()?;
            Ok((passwords, generator.distribution().clone()))
        });
        match made {
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
                let bits = down(distribution.entropy_bits());
                let _ = writeln!(
                    io::stderr(),
                    "{how} {bits} bits each: uniform over what the policy accepts of {}",
                    distribution.description
                );
                lines(passwords)
            }
            Format::Json => json(passwords, distribution),
        };
        say(&text)
    }
}

/// One a line.
fn lines(passwords: &[Generated]) -> Zeroizing<String> {
    let room = passwords.iter().map(|made| made.password.expose().len() + 1).sum();
    let mut text = Zeroizing::new(String::with_capacity(room));
    for made in passwords {
        text.push_str(made.password.expose());
        text.push('\n');
    }
    text
}

/// The object, with the passwords written into a buffer that is wiped: a value of the JSON crate would not be.
fn json(passwords: &[Generated], distribution: &Distribution) -> Zeroizing<String> {
    let room: usize = passwords.iter().map(|made| 2 * made.password.expose().len() + 80).sum();
    let about = json!({
        "description": distribution.description,
        "uniform": true,
        "space_bits": distribution.space_bits,
        "acceptance": distribution.acceptance,
        "exact": distribution.exact,
    });
    let mut text = Zeroizing::new(String::with_capacity(room + 1024));
    text.push_str("{\n  \"passwords\": [");
    for (place, made) in passwords.iter().enumerate() {
        text.push_str(if place == 0 { "\n" } else { ",\n" });
        text.push_str("    { \"password\": \"");
        for character in made.password.expose().chars() {
            match character {
                '"' | '\\' => text.extend(['\\', character]),
                character if character.is_control() => text.push_str(&format!("\\u{:04x}", u32::from(character))),
                character => text.push(character),
            }
        }
        text.push_str(&format!("\", \"entropy_bits\": {} }}", down(made.entropy_bits)));
    }
    text.push_str(&format!("\n  ],\n  \"distribution\": {about}\n}}\n"));
    text
}

/// Two places, rounded down: more bits than there are must not be told.
fn down(bits: f64) -> f64 {
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
