//! The character sets of a `characters` rule, for readers outside the engine: as a class of a regular expression and
//! one character at a time.

use super::characters::{By, CLASS_COUNT, CLASSES, class_of};
use super::{Argument, CharacterLimits, Requirement};

/// A set of characters: built-in classes, and characters listed one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharacterSet {
    by: By,
    /// Which of the classes of [`class_of`] belong to the set.
    classes: [bool; CLASS_COUNT],
    /// Further members, sorted, each once, none of them of those classes.
    characters: Vec<char>,
}

/// The index of the class `other`.
const OTHER: usize = 4;

/// What one `characters` rule requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharacterShape {
    /// The minimum number of different classes.
    pub min_classes: u64,
    /// The built-in classes, then the custom ones.
    pub classes: Vec<ClassShape>,
    /// The only characters allowed; `None` if any character is.
    pub allowed: Option<CharacterSet>,
    /// Characters that must not occur.
    pub forbidden: Option<CharacterSet>,
    /// Limits on numbers, places and lengths.
    pub limits: CharacterLimits,
}

/// One class of a `characters` rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassShape {
    /// The name in the policy, such as `lower`.
    pub name: String,
    /// The members.
    pub set: CharacterSet,
    /// The minimum number of its characters in a password; 0 if it is not required.
    pub required: u64,
}

impl CharacterShape {
    /// Returns the minimum number of characters of the class `name`; 0 if it is not required.
    pub fn required(&self, name: &str) -> u64 {
        self.classes.iter().find(|class| class.name == name).map_or(0, |class| class.required)
    }

    /// Returns whether the rule's sets permit `character`.
    pub fn permits(&self, character: char) -> bool {
        self.allowed.as_ref().is_none_or(|set| set.contains(character))
            && !self.forbidden.as_ref().is_some_and(|set| set.contains(character))
    }

    /// Returns whether a permitted character of `set` exists.
    pub(crate) fn can_occur(&self, set: &CharacterSet) -> bool {
        let free = |class: usize| {
            set.classes[class]
                && self.allowed.as_ref().is_none_or(|allowed| allowed.classes[class])
                && self.forbidden.as_ref().is_none_or(|forbidden| !forbidden.classes[class])
        };
        let mut listed = set.characters.iter().chain(self.allowed.iter().flat_map(|allowed| &allowed.characters));
        (0..set.classes.len()).any(free) || listed.any(|listed| set.contains(*listed) && self.permits(*listed))
    }
}

impl ClassShape {
    /// Returns a regular expression, in the syntax of policies, that matches passwords with enough of the listed members.
    pub(super) fn expression(&self) -> String {
        let mut members = String::new();
        push_escaped(&mut members, &self.set.characters);
        format!("(?s)(?:.*[{members}]){{{}}}", self.required)
    }
}

impl CharacterSet {
    /// Returns whether the set contains a built-in class.
    pub(super) fn is_built_in(&self) -> bool {
        self.classes.contains(&true)
    }

    pub(super) fn new(by: By, classes: [bool; CLASS_COUNT], mut characters: Vec<char>) -> CharacterSet {
        characters.retain(|character| !classes[class_of(*character, by)]);
        characters.sort_unstable();
        characters.dedup();
        CharacterSet { by, classes, characters }
    }

    /// Returns the letters and marks of which words consist.
    pub(crate) fn letters() -> CharacterSet {
        const LETTERS: [&str; 3] = ["lower", "upper", "other"];
        let is_letter = |class: usize| CLASSES.get(class).is_some_and(|(name, ..)| LETTERS.contains(name));
        CharacterSet::new(By::Unicode, std::array::from_fn(is_letter), Vec::new())
    }

    /// Returns whether `character` is a member.
    pub fn contains(&self, character: char) -> bool {
        self.classes[class_of(character, self.by)] || self.characters.binary_search(&character).is_ok()
    }

    /// Returns the members that are listed one by one.
    pub fn listed(&self) -> &[char] {
        &self.characters
    }

    /// Returns what a rule requires of the set, with the names of its classes and its other characters.
    pub(super) fn requirement(&self, code: &'static str) -> Requirement {
        let classes = CLASSES.iter().zip(self.classes).filter(|(_, is_member)| *is_member);
        let mut terms: Vec<String> = classes.map(|((name, ..), _)| (*name).to_owned()).collect();
        let (spaces, visible): (Vec<char>, Vec<char>) = self.characters.iter().partition(|c| **c == ' ');
        terms.extend((!spaces.is_empty()).then(|| "space".to_owned()));
        Requirement::new(code, &[])
            .with("classes", Argument::Terms(terms))
            .with("characters", Argument::Text(visible.into_iter().collect()))
    }

    /// Returns whether the set contains the class `other`.
    pub(super) fn contains_other(&self) -> bool {
        self.classes[OTHER]
    }

    /// Returns the set as the inside of a regular expression's brackets, in the syntax of policies. Of the classes, it has
    /// the members in ASCII.
    pub(super) fn ascii_expression(&self) -> String {
        let mut expression = String::new();
        for ((.., set), _) in CLASSES.iter().zip(self.classes).filter(|(_, is_member)| *is_member) {
            expression.push_str(set);
        }
        push_escaped(&mut expression, &self.characters);
        expression
    }

    /// Returns the members of either set. Both must belong to the same rule.
    pub(crate) fn union(&self, other: &CharacterSet) -> CharacterSet {
        let mut classes = self.classes;
        classes.iter_mut().zip(other.classes).for_each(|(this, that)| *this |= that);
        CharacterSet::new(self.by, classes, [self.characters.as_slice(), &other.characters].concat())
    }

    /// Returns a regular expression for one character of the set, in syntax that the flags `u` and `v` of JavaScript read
    /// alike: special characters are escaped, and members are sorted, so that `v` meets no doubled punctuation.
    pub fn expression(&self) -> String {
        let (members, outside) = self.brackets();
        match (members.is_empty(), outside) {
            (true, None) => r"[^\s\S]".to_owned(),
            (true, Some(outside)) => format!("[^{outside}]"),
            (false, None) => format!("[{members}]"),
            (false, Some(outside)) => format!("(?:[{members}]|[^{outside}])"),
        }
    }

    /// Returns a regular expression for one character outside the set.
    pub fn complement_expression(&self) -> String {
        let (members, outside) = self.brackets();
        match (members.is_empty(), outside) {
            (true, None) => r"[\s\S]".to_owned(),
            (true, Some(outside)) => format!("[{outside}]"),
            (false, None) => format!("[^{members}]"),
            (false, Some(outside)) => format!("(?:(?![{members}])[{outside}])"),
        }
    }

    /// Returns the insides of two brackets: members of the set, and the characters that are outside the rest of the set.
    /// No property has all characters of a class but those without a glyph, so such a class is the complement of the others.
    fn brackets(&self) -> (String, Option<String>) {
        const SYMBOL: usize = 3;
        let (classes, complemented): (_, &[usize]) = match self.by {
            By::Ascii => (["a-z", "A-Z", "0-9", r" -\/:-@\[-`\{-~", ""], &[OTHER]),
            By::Unicode => {
                let symbol = r"\p{P}\p{S}\p{Z}\p{Nl}\p{No}\p{C}";
                ([r"\p{Ll}", r"\p{Lu}\p{Lt}", r"\p{Nd}", symbol, r"\p{Lo}\p{Lm}\p{M}"], &[SYMBOL, OTHER])
            }
            By::Windows => ([r"\p{Ll}", r"\p{Lu}", "0-9", r"!-\/:-@\[-`\{-~", ""], &[OTHER]),
        };
        let of = |wanted: &dyn Fn(usize) -> bool| -> String {
            classes.iter().enumerate().filter(|(class, _)| wanted(*class)).map(|(_, items)| *items).collect()
        };
        let outside = complemented.iter().any(|class| self.classes[*class]).then(|| match self.by {
            // The classes are not all characters.
            By::Windows => r"\p{Ll}\p{Lu}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{C}\p{DI}".to_owned(),
            _ => of(&|class| !self.classes[class]) + r"\p{DI}",
        });
        let mut members = of(&|class| self.classes[class] && (outside.is_none() || self.by == By::Windows));
        push_escaped(&mut members, &self.characters);
        (members, outside)
    }
}

/// Adds characters to the inside of the brackets of a regular expression.
fn push_escaped(expression: &mut String, characters: &[char]) {
    for character in characters {
        if matches!(character, '\\' | '[' | ']' | '(' | ')' | '{' | '}' | '|' | '/' | '-' | '^') {
            expression.push('\\');
        }
        expression.push(*character);
    }
}
