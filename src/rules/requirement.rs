//! A requirement is what a rule demands, said before anything is typed: a code and arguments, like a violation,
//! but about the policy alone, so that words of the policy may stand in it.

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
    /// Classes of which a number must occur: how many, and each class's members as a regular expression's set.
    pub classes: Option<(u64, Vec<ClassShape>)>,
    /// So many characters at least a password has whose characters are of those classes; 0 where none are asked for.
    pub least_for_classes: u64,
    /// The only characters allowed.
    pub allowed: Option<String>,
    /// The longest run of one character.
    pub max_run: Option<u64>,
    /// Regular expressions, in the syntax of policies, that a password must match somewhere.
    pub must_match: Vec<String>,
    /// Regular expressions that a password may match nowhere.
    pub must_not_match: Vec<String>,
}

/// A character class as others write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassShape {
    /// Its name here: `lower`.
    pub name: String,
    /// The inside of a regular expression's brackets.
    pub set: &'static str,
    /// How many of it there must be in any case.
    pub required: u64,
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
            classes: self.classes.or(other.classes),
            least_for_classes: self.least_for_classes.max(other.least_for_classes),
            allowed: self.allowed.or(other.allowed),
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
