//! The alphabet of a policy: the characters that every rule about characters lets pass.

use std::sync::LazyLock;

use unicode_general_category::{GeneralCategory, get_general_category};

use crate::analysis::view::RuleView;
use crate::rules::characters::{By, class_named, class_of};

/// The assigned characters of the planes that hold letters and signs. Those for private use are left out: of the
/// classes that they are in there are thousands more.
static ASSIGNED: LazyLock<Vec<char>> = LazyLock::new(|| {
    (1..=0x3_FFFF)
        .filter_map(char::from_u32)
        .filter(|c| get_general_category(*c) != GeneralCategory::Unassigned)
        .collect()
});

/// The classes as one rule counts them.
pub(super) fn by(rule: &RuleView<'_>) -> By {
    if rule.text("by") == Some("ascii") { By::Ascii } else { By::Unicode }
}

/// Characters meant by class or one by one.
struct Meant {
    classes: [bool; 5],
    characters: Vec<char>,
    by: By,
}

impl Meant {
    fn read(rule: &RuleView<'_>, key: &str) -> Option<Meant> {
        let mut meant = Meant { classes: [false; 5], characters: Vec::new(), by: by(rule) };
        for item in rule.texts(key)? {
            match class_named(item) {
                Some(class) => meant.classes[class] = true,
                None => meant.characters.extend(item.chars()),
            }
        }
        Some(meant)
    }

    fn holds(&self, character: char) -> bool {
        self.characters.contains(&character) || self.classes[class_of(character, self.by)]
    }

    fn by_class(&self) -> bool {
        self.classes.contains(&true)
    }
}

/// The characters that all of the rules let pass; `None` where nothing limits them.
pub(super) fn alphabet(rules: &[RuleView<'_>]) -> Option<Vec<char>> {
    let allowed: Vec<Meant> = rules.iter().filter_map(|rule| Meant::read(rule, "allowed")).collect();
    let forbidden: Vec<Meant> = rules.iter().filter_map(|rule| Meant::read(rule, "forbidden")).collect();
    if allowed.is_empty() && !forbidden.iter().any(Meant::by_class) {
        return None;
    }
    let passes = |c: &char| allowed.iter().all(|set| set.holds(*c)) && !forbidden.iter().any(|set| set.holds(*c));
    let named = allowed.iter().flat_map(|set| set.characters.iter().copied());
    let mut characters: Vec<char> = match allowed.iter().find(|set| !set.by_class()) {
        Some(few) => few.characters.iter().copied().filter(passes).collect(),
        None => ASSIGNED.iter().copied().chain(named).filter(passes).collect(),
    };
    characters.sort_unstable();
    characters.dedup();
    Some(characters)
}
