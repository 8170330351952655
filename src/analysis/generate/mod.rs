//! Generates random passwords that a policy accepts.
//!
//! A *space* is a finite set of texts that can be counted and indexed: the strings of one length that have the shape of
//! the policy, or the passphrases of a number of words. An index is drawn uniformly with the caller's randomness, and the
//! policy evaluates the text at that index. A refused text is drawn again. The passwords are therefore uniformly
//! distributed over the accepted members of the space, and their entropy is `log2(size) + log2(accepted share)`.
//!
//! The size is exact. The share is exact if the space is small enough to evaluate all of it. Otherwise it is a lower bound
//! from the draws that showed the space to be usable (Clopper–Pearson, 99.9 %), so the stated entropy is a lower bound.
//!
//! The candidates for a space are, for every way to satisfy the policy (its rules, a part of an `any` rule, the condition of
//! an exemption), the strings that meet its lengths, classes, character sets, runs and regular expressions, and then the
//! same strings without repeated characters. The first space with an accepted text in 64 draws is used, then the first in
//! 1,024 draws, then in 16,384; after those, the same spaces with Chinese characters. A failed search does not prove that
//! the policy is unsatisfiable; only contradictory shapes do.

mod automaton;
mod chance;
mod natural;
mod phrases;
mod search;
mod strings;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

pub(crate) use chance::Reproducible;
pub use chance::{NoRandomness, Random};

use crate::candidate::{CannotJudge, Facts};
use crate::evaluation::Policy;
use crate::flow::Secret;
pub use crate::knowledge::passphrase::WordLanguage;
use chance::below;
use natural::Natural;
use phrases::Phrases;
use search::Search;
use strings::Strings;

/// The maximum length of a generated password in characters.
pub const MAX_LENGTH: usize = 128;

/// The requirements of the caller, in addition to those of the policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The exact length in characters; `None` to choose one.
    pub length: Option<usize>,
    /// The minimum entropy in bits; `None` for about 80 (77 for passphrases) if the policy permits it.
    pub bits: Option<f64>,
    /// Whether to avoid easily confused characters, such as `0` and `O`.
    pub readable: bool,
    /// Generates a passphrase with these options; `None` for a random string.
    pub phrase: Option<PhraseOptions>,
}

/// The options of a passphrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhraseOptions {
    /// The exact number of words; `None` to choose one.
    pub words: Option<usize>,
    /// The text between the words; `None` to choose one.
    pub separator: Option<String>,
    /// The language of the words.
    pub language: WordLanguage,
}

/// A password that the policy accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The password, zeroized when dropped.
    pub password: Secret,
    /// A lower bound on the entropy of the distribution from which it was drawn, in bits.
    pub entropy_bits: f64,
}

/// The distribution from which passwords are drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// The space in plain language. All of its members that the policy accepts are equally likely.
    pub description: String,
    /// The binary logarithm of the size of the space.
    pub space_bits: f64,
    /// The share of the space that the policy accepts, from 0 to 1: exact, or a lower bound at 99.9 % confidence.
    pub acceptance: f64,
    /// Whether the share is exact.
    pub exact: bool,
}

impl Distribution {
    /// Returns the entropy of a draw in bits. It is a lower bound if the share is.
    pub fn entropy_bits(&self) -> f64 {
        (self.space_bits + self.acceptance.log2()).max(0.0)
    }
}

/// The reason why no password was generated.
#[derive(Clone, Debug, PartialEq)]
pub enum CannotGenerate {
    /// No password satisfies the policy and the options.
    Unsatisfiable {
        /// The names of the contradictory rules.
        rules: Vec<String>,
        /// The contradiction in plain language.
        why: String,
    },
    /// No password was found. This does not prove that there is none.
    NotFound {
        /// The number of passwords that were drawn and evaluated.
        tries: u64,
    },
    /// The policy accepts passwords, but no space has the required entropy.
    TooFewBits {
        /// The highest entropy found, in bits.
        reached: f64,
    },
    /// The policy could not evaluate a password.
    CannotJudge(CannotJudge),
    /// The source of randomness failed.
    NoRandomness,
}

impl fmt::Display for CannotGenerate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CannotGenerate::Unsatisfiable { rules, why } if rules.is_empty() => {
                write!(f, "no password satisfies the policy: {why}")
            }
            CannotGenerate::Unsatisfiable { rules, why } => {
                write!(f, "no password satisfies the policy: {why} (`{}`)", rules.join("`, `"))
            }
            CannotGenerate::NotFound { tries } => write!(f, "no acceptable password found in {tries} tries"),
            CannotGenerate::TooFewBits { reached } => {
                write!(f, "not enough entropy: at most {reached:.1} bits are possible")
            }
            CannotGenerate::CannotJudge(error) => write!(f, "cannot evaluate the password: {error}"),
            CannotGenerate::NoRandomness => NoRandomness.fmt(f),
        }
    }
}

impl std::error::Error for CannotGenerate {}

impl From<NoRandomness> for CannotGenerate {
    fn from(_: NoRandomness) -> CannotGenerate {
        CannotGenerate::NoRandomness
    }
}

impl From<CannotJudge> for CannotGenerate {
    fn from(error: CannotJudge) -> CannotGenerate {
        CannotGenerate::CannotJudge(error)
    }
}

/// A finite, indexed set of texts.
pub(super) struct Space<'s> {
    size: Natural,
    description: String,
    string: Box<dyn Fn(Natural) -> Zeroizing<String> + 's>,
}

/// Generates passwords that a policy accepts for a user.
pub struct Generator<'a> {
    policy: &'a Policy,
    facts: Facts<'a>,
    source: Source,
    distribution: Distribution,
    evaluated: u64,
}

/// The source of the draws.
enum Source {
    Strings(Arc<Strings>, usize),
    Phrases(Phrases),
}

impl Source {
    fn space(&self) -> Option<Space<'_>> {
        match self {
            Source::Strings(strings, length) => strings.of_length(*length),
            Source::Phrases(phrases) => Some(phrases.space()),
        }
    }
}

impl<'a> Generator<'a> {
    /// Searches for a usable space of passwords for the user of `facts`.
    ///
    /// # Errors
    /// Returns an error if the policy and `options` are unsatisfiable, no usable space was found, a password could not be
    /// evaluated, or `random` failed.
    pub fn new(
        policy: &'a Policy,
        facts: Facts<'a>,
        options: &Options,
        random: &mut Random<'_>,
    ) -> Result<Generator<'a>, CannotGenerate> {
        Generator::after(Search::new(policy, facts, options.bits), options, random)
    }

    /// Like [`Generator::new`], but gives up early, for optional passwords.
    pub(crate) fn quick(
        policy: &'a Policy,
        facts: Facts<'a>,
        options: &Options,
        random: &mut Random<'_>,
    ) -> Result<Generator<'a>, CannotGenerate> {
        Generator::after(Search::new(policy, facts, options.bits).quick(), options, random)
    }

    fn after(
        mut search: Search<'a>,
        options: &Options,
        random: &mut Random<'_>,
    ) -> Result<Generator<'a>, CannotGenerate> {
        let (source, distribution) = search.run(options, random)?;
        Ok(Generator {
            policy: search.policy,
            facts: search.facts,
            source,
            distribution,
            evaluated: search.evaluated,
        })
    }

    /// Returns the distribution of the passwords.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// Returns the number of passwords drawn and evaluated so far.
    pub fn evaluated(&self) -> u64 {
        self.evaluated
    }

    /// Generates a password.
    ///
    /// # Errors
    /// Returns an error if `random` failed or a password could not be evaluated.
    pub fn generate(&mut self, random: &mut Random<'_>) -> Result<Generated, CannotGenerate> {
        let entropy_bits = self.distribution.entropy_bits();
        let not_found = CannotGenerate::NotFound { tries: self.evaluated };
        let Some(space) = self.source.space() else { return Err(not_found) };
        // With the measured share, this many draws all fail with a probability below 2⁻⁶⁴.
        let most = (64.0 / self.distribution.acceptance.max(1e-6)).ceil() as u64;
        for _ in 0..most {
            self.evaluated += 1;
            let text = (space.string)(below(&space.size, random)?);
            if accepts(self.policy, &text, &self.facts)? {
                return Ok(Generated { password: Secret::new(text.as_str()), entropy_bits });
            }
        }
        Err(not_found)
    }
}

/// The result of a search for one accepted password.
pub(crate) struct Example {
    pub(crate) result: Result<Zeroizing<String>, CannotGenerate>,
    /// The number of passwords that were evaluated.
    pub(crate) evaluated: u64,
    /// The number of passwords that each rule refused first.
    pub(crate) refusals: BTreeMap<String, u64>,
}

/// Searches for a password that the policy accepts, in the spaces of [`Generator`].
pub(crate) fn example(policy: &Policy, facts: Facts<'_>, random: &mut Random<'_>) -> Example {
    let mut search = Search::new(policy, facts, None).first_only();
    let found = search.run(&Options::default(), random);
    let not_found = CannotGenerate::NotFound { tries: search.evaluated };
    let result = found.and_then(|_| search.accepted.ok_or(not_found));
    Example { result, evaluated: search.evaluated, refusals: search.refusals }
}

fn accepts(policy: &Policy, text: &str, facts: &Facts<'_>) -> Result<bool, CannotJudge> {
    Ok(policy.evaluate_until_refused(text.as_bytes(), facts)?.accepted())
}
