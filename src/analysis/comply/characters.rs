//! The kinds of characters that the rules of a policy guarantee in every accepted password.

use regex_syntax::hir::{Class, Hir, HirKind};
use unicode_general_category::{GeneralCategory, get_general_category};

use crate::analysis::view::RuleView;
use crate::policy::document::Value;

/// A kind of characters that a rule can guarantee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CharacterGroup {
    Letter,
    Digit,
    NonLetter,
}

fn is_letter(character: char) -> bool {
    use GeneralCategory as G;
    let letters = [G::LowercaseLetter, G::UppercaseLetter, G::TitlecaseLetter, G::ModifierLetter, G::OtherLetter];
    letters.contains(&get_general_category(character))
}

impl CharacterGroup {
    fn contains(self, character: char) -> bool {
        match self {
            CharacterGroup::Letter => is_letter(character),
            CharacterGroup::Digit => get_general_category(character) == GeneralCategory::DecimalNumber,
            CharacterGroup::NonLetter => !is_letter(character),
        }
    }

    /// Returns the built-in classes that contain only characters of this kind.
    fn classes(self) -> &'static [&'static str] {
        match self {
            CharacterGroup::Letter => &["lower", "upper", "other"],
            CharacterGroup::Digit => &["digit"],
            CharacterGroup::NonLetter => &["digit", "symbol"],
        }
    }

    /// Returns whether the rule refuses every password without a character of this kind.
    pub(super) fn is_guaranteed_by(self, rule: &RuleView<'_>) -> bool {
        match rule.kind {
            "characters" => self.is_required(rule) || self.is_among_classes(rule),
            "pattern" => rule
                .text("require")
                .and_then(|expression| regex_syntax::parse(expression).ok())
                .is_some_and(|hir| self.is_in_every_match(&hir)),
            _ => false,
        }
    }

    fn is_required(self, rule: &RuleView<'_>) -> bool {
        // With `by = "ascii"`, `other` contains every character beyond ASCII, not only letters.
        let ascii = rule.text("by") == Some("ascii");
        rule.table("require").iter().any(|entry| {
            let wanted = matches!(entry.node.value, Value::Integer(Some(least)) if least > 0);
            let known = self.classes().contains(&entry.key.as_str()) && !(ascii && entry.key == "other");
            wanted && (known || self.is_custom_class(rule, &entry.key))
        })
    }

    /// Returns whether a custom class contains only characters of this kind.
    fn is_custom_class(self, rule: &RuleView<'_>, class: &str) -> bool {
        rule.table("classes").iter().any(|entry| match &entry.node.value {
            Value::String(text) => {
                entry.key == class && !text.is_empty() && text.chars().all(|c| self.contains(c))
            }
            _ => false,
        })
    }

    /// Returns whether `min_classes` exceeds the number of classes with other kinds of characters.
    fn is_among_classes(self, rule: &RuleView<'_>) -> bool {
        let ascii = rule.text("by") == Some("ascii");
        let built_in = ["lower", "upper", "digit", "symbol", "other"];
        let foreign =
            built_in.iter().filter(|class| !self.classes().contains(class) || (ascii && **class == "other"));
        let own = rule.table("classes").iter().filter(|entry| !self.is_custom_class(rule, &entry.key));
        rule.min_classes() > (foreign.count() + own.count()) as u64
    }

    fn is_in_every_match(self, hir: &Hir) -> bool {
        match hir.kind() {
            HirKind::Literal(literal) => {
                std::str::from_utf8(&literal.0).is_ok_and(|text| text.chars().any(|c| self.contains(c)))
            }
            HirKind::Class(Class::Unicode(class)) => {
                class.ranges().iter().all(|range| (range.start()..=range.end()).all(|c| self.contains(c)))
            }
            HirKind::Repetition(repetition) => repetition.min > 0 && self.is_in_every_match(&repetition.sub),
            HirKind::Capture(capture) => self.is_in_every_match(&capture.sub),
            HirKind::Concat(parts) => parts.iter().any(|part| self.is_in_every_match(part)),
            HirKind::Alternation(parts) => parts.iter().all(|part| self.is_in_every_match(part)),
            HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => false,
        }
    }
}
