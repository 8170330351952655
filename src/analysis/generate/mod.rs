//! Passwords that a policy accepts: the constructive proof that it can be satisfied.
//!
//! A *space* is a finite set that can be counted and numbered: the strings of one length that have the shape of the
//! policy, or passphrases of so many words. A number is drawn with randomness of the caller's, every one as likely, and
//! what it stands for is judged by the policy; what is refused is drawn again. So what comes out is uniform over the
//! members of the space that the policy accepts, and its entropy is `log2(size) + log2(accepted share)`.
//!
//! The size is exact. The share is exact where the space is small enough to be judged whole; else it is the least one
//! that agrees with the passwords that were drawn and judged to find the space usable (Clopper and Pearson's bound at
//! 99.9 %), so that the entropy stated is a lower bound.
//!
//! Which space is taken: for every way to meet the policy (its rules; a part of a rule `any`; what an exemption asks) the
//! strings that meet lengths, classes, sets of characters, runs and regular expressions, and the same without any character
//! twice. The first in which one of 64 draws is accepted is taken, then the first where one of 1,024 is, then one of
//! 16,384; after those, the same with 汉字. What no such draw finds is not proven impossible; it is only so when the
//! shapes contradict themselves.

mod automaton;
mod chance;
mod natural;
mod phrases;
mod search;
mod strings;

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

/// Longer passwords are not made.
pub const MAX_LENGTH: usize = 128;
/// What is wanted beside what the policy asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Exactly so many characters.
    pub length: Option<usize>,
    /// At least so many bits of entropy.
    pub bits: Option<f64>,
    /// Without characters that are mistaken for others, such as `0` and `O`.
    pub readable: bool,
    /// A passphrase.
    pub phrase: Option<PhraseOptions>,
}

/// What a passphrase is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhraseOptions {
    /// Exactly so many words.
    pub words: Option<usize>,
    /// What stands between them.
    pub separator: Option<String>,
    /// Whose words.
    pub language: WordLanguage,
}

/// A password that the policy accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The password, zeroized when dropped.
    pub password: Secret,
    /// Its entropy: never more than that of the distribution it was drawn from.
    pub entropy_bits: f64,
}

/// What passwords are drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// The space in words: every member of it that the policy accepts is as likely.
    pub description: String,
    /// The binary logarithm of its size.
    pub space_bits: f64,
    /// The share of it that the policy accepts: exact, or a lower bound at 99.9 %.
    pub acceptance: f64,
    /// Whether the share is exact.
    pub exact: bool,
}

impl Distribution {
    /// The entropy of a draw, in bits, exact or a lower bound as the share is.
    pub fn entropy_bits(&self) -> f64 {
        (self.space_bits + self.acceptance.log2()).max(0.0)
    }
}

/// Why there is no password.
#[derive(Clone, Debug, PartialEq)]
pub enum CannotGenerate {
    /// Nothing can satisfy the policy, or the policy and the options together: the rules that clash, and how.
    Unsatisfiable {
        /// The names of the rules.
        rules: Vec<String>,
        /// What they ask, in words.
        why: String,
    },
    /// None was found, which proves nothing.
    NotFound {
        /// How many were drawn and judged.
        tries: u64,
    },
    /// The policy accepts what was drawn, but not so many different ones as were asked for.
    TooFewBits {
        /// The most that was reached.
        reached: f64,
    },
    /// The policy could not judge.
    CannotJudge(CannotJudge),
    /// There was no randomness.
    NoRandomness,
}

impl fmt::Display for CannotGenerate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CannotGenerate::Unsatisfiable { rules, why } if rules.is_empty() => {
                write!(f, "nothing can satisfy it: {why}")
            }
            CannotGenerate::Unsatisfiable { rules, why } => {
                write!(f, "nothing can satisfy it: {why} (`{}`)", rules.join("`, `"))
            }
            CannotGenerate::NotFound { tries } => write!(f, "could not find one in {tries} tries"),
            CannotGenerate::TooFewBits { reached } => {
                write!(f, "could find none with so many bits: {reached:.1} at most")
            }
            CannotGenerate::CannotJudge(error) => write!(f, "no judgement is possible: {error}"),
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

/// A finite set of texts, numbered.
pub(super) struct Space<'s> {
    size: Natural,
    description: String,
    string: Box<dyn Fn(Natural) -> Zeroizing<String> + 's>,
}

/// Makes passwords that a policy accepts for somebody.
pub struct Generator<'a> {
    policy: &'a Policy,
    facts: Facts<'a>,
    source: Source,
    distribution: Distribution,
    judged: u64,
}

/// Where the draws come from.
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
    /// Looks for a space that the policy accepts enough of, for somebody with these facts.
    ///
    /// # Errors
    /// When there is none, none was found, or the policy could not judge.
    pub fn new(
        policy: &'a Policy,
        facts: Facts<'a>,
        options: &Options,
        random: &mut Random<'_>,
    ) -> Result<Generator<'a>, CannotGenerate> {
        Generator::after(Search::new(policy, facts, options.bits), options, random)
    }

    /// The same, giving up soon: for passwords that need not be found.
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
        Ok(Generator { policy: search.policy, facts: search.facts, source, distribution, judged: search.judged })
    }

    /// What the passwords are drawn from.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// How many passwords have been drawn and judged.
    pub fn judged(&self) -> u64 {
        self.judged
    }

    /// Draws a password.
    ///
    /// # Errors
    /// When there is no randomness, or the policy could not judge.
    pub fn generate(&mut self, random: &mut Random<'_>) -> Result<Generated, CannotGenerate> {
        let entropy_bits = self.distribution.entropy_bits();
        let not_found = CannotGenerate::NotFound { tries: self.judged };
        let Some(space) = self.source.space() else { return Err(not_found) };
        // The share that was seen makes a failure of so many draws rarer than one in 2⁶⁴.
        let most = (64.0 / self.distribution.acceptance.max(1e-6)).ceil() as u64;
        for _ in 0..most {
            self.judged += 1;
            let text = (space.string)(below(&space.size, random)?);
            if accepts(self.policy, &text, &self.facts)? {
                return Ok(Generated { password: Secret::new(text.as_str()), entropy_bits });
            }
        }
        Err(not_found)
    }
}

fn accepts(policy: &Policy, text: &str, facts: &Facts<'_>) -> Result<bool, CannotJudge> {
    Ok(policy.evaluate_until_refused(text.as_bytes(), facts)?.accepted())
}
