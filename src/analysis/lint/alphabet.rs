//! The alphabet of a policy: the characters that all its `characters` rules permit.

use std::sync::LazyLock;

use unicode_general_category::{GeneralCategory, get_general_category};

use crate::analysis::view::RuleView;
use crate::policy::document::Value;
use crate::rules::characters::{By, CLASS_COUNT, class_named, class_of};

/// The assigned characters of planes 0 to 3. The private-use planes are left out: their classes contain thousands of other
/// characters.
static ASSIGNED: LazyLock<Vec<char>> = LazyLock::new(|| {
    (1..=0x3_FFFF)
        .filter_map(char::from_u32)
        .filter(|c| get_general_category(*c) != GeneralCategory::Unassigned)
        .collect()
});

/// Returns how a `characters` rule assigns characters to classes.
pub(super) fn by(rule: &RuleView<'_>) -> By {
    By::named(rule.text("by"))
}

/// The characters of an `allowed` or `forbidden` parameter.
pub(super) struct ListedSet {
    classes: [bool; CLASS_COUNT],
    characters: Vec<char>,
    by: By,
}

impl ListedSet {
    pub(super) fn read(rule: &RuleView<'_>, key: &str) -> Option<ListedSet> {
        let mut set = ListedSet { classes: [false; CLASS_COUNT], characters: Vec::new(), by: by(rule) };
        for item in rule.texts(key)? {
            match class_named(item) {
                Some(class) => set.classes[class] = true,
                None => {
                    let own = rule.table("classes").iter().find(|entry| entry.key == item);
                    match own.map(|entry| &entry.node.value) {
                        Some(Value::String(members)) => set.characters.extend(members.chars()),
                        _ => set.characters.extend(item.chars()),
                    }
                }
            }
        }
        Some(set)
    }

    pub(super) fn contains(&self, character: char) -> bool {
        self.characters.contains(&character) || self.classes[class_of(character, self.by)]
    }

    fn by_class(&self) -> bool {
        self.classes.contains(&true)
    }
}

/// Returns the characters that all rules permit, sorted; `None` if nothing limits them.
pub(super) fn alphabet(rules: &[RuleView<'_>]) -> Option<Vec<char>> {
    let allowed: Vec<ListedSet> = rules.iter().filter_map(|rule| ListedSet::read(rule, "allowed")).collect();
    let forbidden: Vec<ListedSet> = rules.iter().filter_map(|rule| ListedSet::read(rule, "forbidden")).collect();
    if allowed.is_empty() && !forbidden.iter().any(ListedSet::by_class) {
        return None;
    }
    let passes =
        |c: &char| allowed.iter().all(|set| set.contains(*c)) && !forbidden.iter().any(|set| set.contains(*c));
    let named = allowed.iter().flat_map(|set| set.characters.iter().copied());
    let mut characters: Vec<char> = match allowed.iter().find(|set| !set.by_class()) {
        Some(few) => few.characters.iter().copied().filter(passes).collect(),
        None => ASSIGNED.iter().copied().chain(named).filter(passes).collect(),
    };
    characters.sort_unstable();
    characters.dedup();
    Some(characters)
}
