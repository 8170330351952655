//! A requirement is what a rule demands, said before anything is typed: a code and arguments, like a violation,
//! but about the policy alone, so that words of the policy may stand in it.

use super::CharacterShape;

/// What a rule demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The stable code, which is also the message's: `characters.classes`.
    pub code: &'static str,
    /// What the message's holes are filled with.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// One argument of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A figure.
    Number(u64),
    /// Words that the message catalogue translates: `lower`, `digit`.
    Terms(Vec<String>),
    /// Text as it stands in the policy.
    Text(String),
    /// What other rules demand: the name of each, and its requirements.
    Clauses(Vec<(String, Vec<Requirement>)>),
}

impl Requirement {
    /// A requirement with figures only.
    pub fn new(code: &'static str, numbers: &[(&'static str, u64)]) -> Requirement {
        let arguments = numbers.iter().map(|(name, number)| (*name, Argument::Number(*number))).collect();
        Requirement { code, arguments }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, argument: Argument) -> Requirement {
        self.arguments.push((name, argument));
        self
    }
}

/// What of a rule can be told to a regular expression or a password manager. Rules are laid over each other by
/// [`Shape::and`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Least length in code points.
    pub min_length: Option<u64>,
    /// Greatest length in code points.
    pub max_length: Option<u64>,
    /// Minimum length of a password of ASCII characters, whatever unit the policy counts in.
    pub min_ascii_length: Option<u64>,
    /// Maximum length of a password of ASCII characters, whatever unit the policy counts in.
    pub max_ascii_length: Option<u64>,
    /// The character sets and classes of each `characters` rule.
    pub characters: Vec<CharacterShape>,
    /// So many characters at least a password has whose characters are of those classes; 0 where none are asked for.
    pub least_for_classes: u64,
    /// The longest run of one character.
    pub max_run: Option<u64>,
    /// Regular expressions, in the syntax of policies, that a password must match somewhere.
    pub must_match: Vec<String>,
    /// Regular expressions that a password may match nowhere.
    pub must_not_match: Vec<String>,
}

impl Shape {
    /// Both demands at once.
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
            max_run: least(self.max_run, other.max_run),
            must_match: joined(self.must_match, other.must_match),
            must_not_match: joined(self.must_not_match, other.must_not_match),
        }
    }

    /// Both demands at once, where each can be met in several ways: as many ways as there are pairs, up to a bound.
    #[must_use]
    pub(crate) fn pairs(these: &[Shape], those: &[Shape]) -> Vec<Shape> {
        let pairs = these.iter().flat_map(|this| those.iter().map(|that| this.clone().and(that.clone())));
        pairs.take(MAX_WAYS).collect()
    }
}

/// More ways to meet a policy are not told: whoever asks for them tries each.
pub(crate) const MAX_WAYS: usize = 32;

fn least(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
