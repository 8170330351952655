//! Requirements of a rule, for a user who has not typed a password yet: a code and arguments. A requirement contains only
//! data of the policy, so its arguments can be text.

use super::CharacterShape;

/// A requirement of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The stable code, which is also the key of the message: `characters.classes`.
    pub code: &'static str,
    /// Values for the message placeholders.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// One argument of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A number.
    Number(u64),
    /// Terms that the message catalogue translates: `lower`, `digit`.
    Terms(Vec<String>),
    /// Text of the policy.
    Text(String),
    /// The requirements of other rules: the name of each rule, and its requirements.
    Clauses(Vec<(String, Vec<Requirement>)>),
}

impl Requirement {
    /// Creates a requirement with numbers only.
    pub fn new(code: &'static str, numbers: &[(&'static str, u64)]) -> Requirement {
        let arguments = numbers.iter().map(|(name, number)| (*name, Argument::Number(*number))).collect();
        Requirement { code, arguments }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, argument: Argument) -> Requirement {
        self.arguments.push((name, argument));
        self
    }
}

/// The part of a rule that a regular expression or a password manager can express. [`Shape::and`] combines the shapes of
/// several rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The minimum length in code points.
    pub min_length: Option<u64>,
    /// The maximum length in code points.
    pub max_length: Option<u64>,
    /// The minimum length of a password of ASCII characters, whatever unit the policy counts in.
    pub min_ascii_length: Option<u64>,
    /// The maximum length of a password of ASCII characters, whatever unit the policy counts in.
    pub max_ascii_length: Option<u64>,
    /// The character sets and classes of each `characters` rule.
    pub characters: Vec<CharacterShape>,
    /// The minimum length of a password with those classes. 0 if no class is required.
    pub least_for_classes: u64,
    /// For each rule that can be met in several ways, one of which suffices, those ways.
    pub alternatives: Vec<Vec<Alternative>>,
    /// The maximum length of a run of one character.
    pub max_run: Option<u64>,
    /// For each rule that allows some longer runs, the maximum length of the others, and how many it allows.
    pub max_long_runs: Vec<(u64, u64)>,
    /// The minimum number of words.
    pub min_words: Option<u64>,
    /// The maximum number of words.
    pub max_words: Option<u64>,
    /// Regular expressions in the syntax of policies, each of which the password must match somewhere.
    pub must_match: Vec<String>,
    /// Regular expressions that the password must not match anywhere.
    pub must_not_match: Vec<String>,
}

/// One of several ways to meet a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The minimum length in code points.
    pub min_length: u64,
    /// The character classes.
    pub characters: CharacterShape,
}

impl Shape {
    /// Combines two shapes: a password must match both.
    #[must_use]
    pub fn and(self, other: Shape) -> Shape {
        let joined = |mut these: Vec<String>, those: Vec<String>| {
            these.extend(those);
            these
        };
        Shape {
            min_length: self.min_length.max(other.min_length),
            max_length: least(self.max_length, other.max_length),
            min_ascii_length: self.min_ascii_length.max(other.min_ascii_length),
            max_ascii_length: least(self.max_ascii_length, other.max_ascii_length),
            characters: [self.characters, other.characters].concat(),
            least_for_classes: self.least_for_classes.max(other.least_for_classes),
            alternatives: [self.alternatives, other.alternatives].concat(),
            max_run: least(self.max_run, other.max_run),
            max_long_runs: [self.max_long_runs, other.max_long_runs].concat(),
            min_words: self.min_words.max(other.min_words),
            max_words: least(self.max_words, other.max_words),
            must_match: joined(self.must_match, other.must_match),
            must_not_match: joined(self.must_not_match, other.must_not_match),
        }
    }

    /// Combines two sets of shapes, where a password must match one of each. Returns at most [`MAX_WAYS`] shapes.
    #[must_use]
    pub(crate) fn pairs(these: &[Shape], those: &[Shape]) -> Vec<Shape> {
        let pairs = these.iter().flat_map(|this| those.iter().map(|that| this.clone().and(that.clone())));
        pairs.take(MAX_WAYS).collect()
    }
}

/// The maximum number of ways to meet a policy. It bounds the work of the callers, which try each.
pub(crate) const MAX_WAYS: usize = 32;

fn least(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
