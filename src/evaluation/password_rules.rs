//! The `passwordrules` attribute of a policy (<https://developer.apple.com/password-rules/>), from which password
//! managers generate passwords.

use crate::rules::{Alternative, CharacterShape, Shape};

const SPACE: u8 = b' ';

type NamedClass = (&'static str, fn(char) -> bool);

/// The classes that the attribute has names for, all of printable ASCII between them.
const NAMED: [NamedClass; 4] = [
    ("lower", |c| c.is_ascii_lowercase()),
    ("upper", |c| c.is_ascii_uppercase()),
    ("digit", |c| c.is_ascii_digit()),
    ("special", |c| !c.is_ascii_alphanumeric()),
];

/// A set of printable ASCII characters: bit 0 is the space.
#[derive(Clone, Copy, PartialEq, Eq)]
struct AsciiSet(u128);

/// A number of characters of one set that a password must have.
#[derive(Clone, Copy)]
struct Demand {
    set: AsciiSet,
    count: u64,
}

impl Shape {
    /// Returns the value of a `passwordrules` attribute, such as `minlength: 8; required: digit; allowed: ascii-printable`.
    /// Passwords that are generated from it satisfy the lengths, the classes and character sets of `characters`, and the runs
    /// of `repetition`. The text may contain `"`, `<` and `&`: escape it in HTML.
    ///
    /// The attribute supports only printable ASCII, and can require only one character of a set. If it cannot express a
    /// requirement exactly, the text contains a stricter one: the first three classes for three classes out of five, and
    /// two disjoint sets of digits for two digits, and the longest way of `min_length_by_classes` and `points`. It leaves out
    /// all other rules and limits, classes without printable ASCII
    /// characters, and a number of characters that exceeds the size of the class.
    pub fn password_rules(&self) -> String {
        let mut rules = Vec::new();
        let ways: Vec<&Alternative> = self.alternatives.iter().filter_map(|ways| self.longest_way(ways)).collect();
        let min_length = self.min_ascii_length.into_iter().chain(ways.iter().map(|way| way.min_length)).max();
        let max_run = self.max_run.into_iter().chain(self.max_long_runs.iter().map(|(max, _)| *max)).min();
        rules.extend(min_length.map(|min| format!("minlength: {min}")));
        rules.extend(self.max_ascii_length.map(|max| format!("maxlength: {max}")));
        rules.extend(max_run.map(|max| format!("max-consecutive: {max}")));
        let permits = |character| self.characters.iter().all(|rule| rule.permits(character));
        let allowed = AsciiSet::of(permits);
        if !allowed.is_empty() {
            let all = self.characters.iter().chain(ways.iter().map(|way| &way.characters));
            let demands = all.fold(Vec::new(), |demands, rule| required(rule, allowed, demands));
            let sets = without_implied(&demands).into_iter().flat_map(|demand| demand.set.split(demand.count));
            rules.extend(sets.map(|set| format!("required: {}", set.text())));
            rules.push(format!("allowed: {}", allowed.text()));
        }
        rules.join("; ")
    }

    /// Returns the longest way that the maximum length permits, which requires the fewest characters of classes.
    fn longest_way<'w>(&self, ways: &'w [Alternative]) -> Option<&'w Alternative> {
        let fits = |way: &&Alternative| self.max_ascii_length.is_none_or(|max| way.min_length <= max);
        ways.iter().filter(fits).max_by_key(|way| way.min_length)
    }
}

/// Adds what a rule requires to `demands`: its required classes, then further classes in the order of the policy until
/// `min_classes` of them must occur.
fn required(rule: &CharacterShape, allowed: AsciiSet, mut demands: Vec<Demand>) -> Vec<Demand> {
    let classes: Vec<Demand> = rule
        .classes
        .iter()
        .map(|class| {
            let set = AsciiSet::of(|c| class.set.contains(c)).intersection(allowed);
            Demand { set, count: class.required }
        })
        .filter(|class| !class.set.is_empty())
        .collect();
    demands.extend(classes.iter().filter(|class| class.count > 0));
    // A class occurs in every password if a required set, or the set of allowed characters, is a subset of it.
    let occurs = |class: AsciiSet, demands: &[Demand]| {
        allowed.is_subset(class) || demands.iter().any(|demand| demand.set.is_subset(class))
    };
    let mut present = classes.iter().filter(|class| occurs(class.set, &demands)).count() as u64;
    for class in &classes {
        // Every password has one class.
        if present.max(1) >= rule.min_classes {
            break;
        }
        if !occurs(class.set, &demands) {
            demands.push(Demand { set: class.set, count: 1 });
            present = classes.iter().filter(|class| occurs(class.set, &demands)).count() as u64;
        }
    }
    demands
}

/// Removes each demand that another one implies, so that the attribute requires no more characters than necessary.
fn without_implied(demands: &[Demand]) -> Vec<Demand> {
    let implied = |at: usize, demand: &Demand| {
        demands.iter().enumerate().any(|(other_at, other)| {
            let tighter = other.set.is_subset(demand.set) && other.count >= demand.count;
            let equal = other.set == demand.set && other.count == demand.count;
            other_at != at && tighter && (!equal || other_at < at)
        })
    };
    demands.iter().enumerate().filter(|(at, demand)| !implied(*at, demand)).map(|(_, demand)| *demand).collect()
}

impl AsciiSet {
    fn of(member: impl Fn(char) -> bool) -> AsciiSet {
        let members = (SPACE..=b'~').filter(|byte| member(char::from(*byte)));
        AsciiSet(members.fold(0, |bits, byte| bits | 1 << (byte - SPACE)))
    }

    fn characters(self) -> impl Iterator<Item = char> {
        (SPACE..=b'~').filter(move |byte| self.0 >> (byte - SPACE) & 1 == 1).map(char::from)
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn intersection(self, other: AsciiSet) -> AsciiSet {
        AsciiSet(self.0 & other.0)
    }

    fn is_subset(self, other: AsciiSet) -> bool {
        self.0 & !other.0 == 0
    }

    /// Splits the set into `parts` disjoint sets, at most one for each character. Requiring one character of each part is
    /// how the attribute requires several of the set.
    fn split(self, parts: u64) -> Vec<AsciiSet> {
        let characters: Vec<char> = self.characters().collect();
        let parts = usize::try_from(parts).unwrap_or(usize::MAX).clamp(1, characters.len().max(1));
        let bounds = |part: usize| part * characters.len() / parts;
        let part = |part: usize| &characters[bounds(part)..bounds(part + 1)];
        (0..parts).map(|at| AsciiSet::of(|character| part(at).contains(&character))).collect()
    }

    /// The set as the attribute writes it: names of whole classes, and the other characters in brackets, where a dash
    /// must come first and a closing bracket last.
    fn text(self) -> String {
        if AsciiSet::of(|_| true) == self {
            return "ascii-printable".to_owned();
        }
        let mut rest = self;
        let mut items = Vec::new();
        for (name, member) in NAMED {
            let class = AsciiSet::of(member);
            if class.is_subset(self) {
                items.push(name.to_owned());
                rest = AsciiSet(rest.0 & !class.0);
            }
        }
        if !rest.is_empty() {
            let inner: String = rest.characters().filter(|character| !matches!(character, '-' | ']')).collect();
            let has = |wanted: char| if rest.characters().any(|character| character == wanted) { 1 } else { 0 };
            items.push(format!("[{}{inner}{}]", "-".repeat(has('-')), "]".repeat(has(']'))));
        }
        items.join(", ")
    }
}
