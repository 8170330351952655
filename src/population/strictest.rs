//! Combines two policies, so that a password must be accepted by both.
//!
//! * A rule that only one policy has applies.
//! * Two rules with one name become one rule with the stricter value of each parameter, in the direction that the parameter
//!   declares, if it rejects exactly what one of the two rejects. Otherwise (two regular expressions, two kinds, two severities,
//!   longer walks on more keyboards) both rules apply, the second under the name `rule@population`.
//! * An exemption lifts rules of its own policy only.
//! * A setting outside the rules has the stricter value. If it declares no direction, the first policy decides.
//!
//! Every value of the combined document retains its place, so a report can show where it comes from.

use crate::analysis::diff::parameters::compare;
use crate::analysis::diff::reading::{entries, entry, show, value};
use crate::analysis::diff::rules::kind;
use crate::analysis::diff::{Direction, Side};
use crate::evaluation::sections::{ATTRIBUTES, EXEMPT, EXEMPT_RULES, EXTENDS, NAME, RULES, policy_keys};
use crate::policy::document::{Entry, Node, Value};
use crate::policy::lint::{LINT, WAIVER};
use crate::policy::{Document, Parameter, Reporter, Span, Stricter, ValueType, units};
use crate::rules::kinds::{KIND, SHARED_KEYS, is_off};
use crate::rules::{Composition, composition_of};
use crate::time::DAY;

/// The parameters that are checks of their own, by kind. Of two rules of which each is stricter in some of these, and which do
/// not differ otherwise, the stricter values together reject what one of the rules rejects.
const SEPARATE: [(&str, &[&str]); 5] = [
    ("length", &["min", "max", "min_words", "max_words"]),
    (
        "characters",
        &[
            "min_classes",
            "require",
            "allowed",
            "forbidden",
            "max_per_class",
            "max_class_run",
            "not_at_start",
            "not_at_end",
            "not_only",
        ],
    ),
    ("repetition", &["max_run", "max_occurrences", "max_block_repeats", "palindrome"]),
    ("similarity", &["min_distance", "min_new", "max_common"]),
    ("history", &["depth", "days"]),
];

/// One of the two policies.
pub(super) struct Part<'p> {
    /// The name of its population.
    pub(super) name: &'p str,
    pub(super) side: Side<'p>,
}

/// Combines two policies. Where nothing is stricter, `first` decides. Without `merges_rules`, rules of the same name are not
/// merged, and both apply.
pub(super) fn combine(first: &Part<'_>, second: &Part<'_>, merges_rules: bool) -> Document {
    let reporter = Reporter::default();
    let offset = first.side.document.reporter.layers().len();
    reporter.add_layers_of(&first.side.document.reporter);
    reporter.add_layers_of(&second.side.document.reporter);
    let combining = Combining { sides: [first.side, second.side], second: second.name, offset, merges_rules };
    let [a, b] = combining.sides.map(|side| &side.document.root);
    let entries = combining.top(entries(Some(a)), entries(Some(b)));
    Document { root: Node { span: a.span, value: Value::Table(entries) }, reporter }
}

struct Combining<'p> {
    sides: [Side<'p>; 2],
    /// The name of the second population.
    second: &'p str,
    /// The number of layers of the first document.
    offset: usize,
    merges_rules: bool,
}

impl Combining<'_> {
    fn top(&self, first: &[Entry], second: &[Entry]) -> Vec<Entry> {
        let mut combined = Vec::new();
        let (rules, exemptions) = self.rules(first, second);
        for declared in policy_keys() {
            let key = declared.key.as_ref();
            let (a, b) = (entry(first, key), entry(second, key));
            match key {
                // Layers are merged already, and each policy was checked against its own attributes and with its waivers.
                key if key == EXTENDS.key() || [ATTRIBUTES, LINT, WAIVER].contains(&key) => {}
                key if key == NAME.key() => combined.extend(a.or(b).map(|written| self.name(written))),
                RULES => combined.extend(self.table(a, b, rules.clone())),
                EXEMPT => combined.extend(exemptions.clone()),
                _ => combined.extend(self.setting(&declared, a, b)),
            }
        }
        combined
    }

    /// Returns the name of the combined policy: both names.
    fn name(&self, written: &Entry) -> Entry {
        let name = self.sides.map(|side| side.policy.name()).join(" + ");
        Entry { node: Node { span: written.node.span, value: Value::String(name) }, ..written.clone() }
    }

    /// Returns `entries` under the key and the place of a table that one of the policies contains.
    fn table(&self, a: Option<&Entry>, b: Option<&Entry>, entries: Vec<Entry>) -> Option<Entry> {
        let heading = match (a, b) {
            (Some(a), _) => a.clone(),
            (None, Some(b)) => self.moved(b),
            (None, None) => return None,
        };
        Some(Entry { node: Node { span: heading.node.span, value: Value::Table(entries) }, ..heading })
    }

    /// Combines a setting outside the rules.
    fn setting(&self, declared: &Parameter, a: Option<&Entry>, b: Option<&Entry>) -> Option<Entry> {
        if let ValueType::Table(keys) = &declared.value {
            if declared.stricter == Stricter::Present && (a.is_none() || b.is_none()) {
                return a.cloned().or(b.map(|b| self.moved(b)));
            }
            let (first, second) = (entries(a.map(|a| &a.node)), entries(b.map(|b| &b.node)));
            let inside =
                keys.iter().filter_map(|key| self.setting(key, entry(first, &key.key), entry(second, &key.key)));
            return self.table(a, b, inside.collect());
        }
        if declared.stricter == Stricter::LongerList {
            return self.union(declared, a, b);
        }
        match is_second_stricter(declared, a, b) {
            true => b.map(|b| self.moved(b)),
            false => a.cloned(),
        }
    }

    /// Returns a list with the items of both policies.
    fn union(&self, declared: &Parameter, a: Option<&Entry>, b: Option<&Entry>) -> Option<Entry> {
        let default = declared.value.default_texts(|_| false);
        let [first, second] = [a, b].map(|written| match written {
            Some(entry) => texts(&entry.node.value),
            None => default.to_vec(),
        });
        let mut list = a.cloned().or(b.map(|b| self.moved(b)))?;
        let all = first.iter().chain(second.iter().filter(|item| !first.contains(item)));
        let span = list.node.span;
        let item = |text: &&str| Node { span, value: Value::String((*text).to_owned()) };
        list.node.value = Value::Array(all.map(item).collect());
        Some(list)
    }

    /// Combines the rules and the exemptions.
    fn rules(&self, first: &[Entry], second: &[Entry]) -> (Vec<Entry>, Option<Entry>) {
        let enabled =
            |top| entries(entry(top, RULES).map(|rules| &rules.node)).iter().filter(|rule| !is_off(rule));
        let exemptions = |top| entry(top, EXEMPT).map(|exempt| show(&exempt.node.value));
        // Rules that an exemption of one policy lifts remain apart, unless both policies have the same exemptions.
        let lifted = match exemptions(first) == exemptions(second) {
            true => Vec::new(),
            false => [first, second].into_iter().flat_map(exempt_rules).collect(),
        };
        let mut combined: Vec<Entry> = enabled(first).cloned().collect();
        let mut renamed = Vec::new();
        for rule in enabled(second) {
            let Some(place) = combined.iter().position(|known| known.key == rule.key) else {
                combined.push(self.moved(rule));
                continue;
            };
            let may_merge = self.merges_rules && !lifted.contains(&rule.key.as_str());
            match may_merge.then(|| self.rule(&combined[place], rule)).flatten() {
                Some(merged) => combined[place] = merged,
                None => {
                    let name = format!("{}@{}", rule.key, self.second);
                    renamed.push((rule.key.as_str(), name.clone()));
                    combined.push(self.under(rule, name));
                }
            }
        }
        let items = |top, adapt: &dyn Fn(&Node) -> Node| match entry(top, EXEMPT).map(|exempt| &exempt.node.value)
        {
            Some(Value::Array(items)) => items.iter().map(adapt).collect(),
            _ => Vec::new(),
        };
        let mut exempt: Vec<Node> = items(first, &Node::clone);
        if !lifted.is_empty() {
            exempt.extend(items(second, &|item| with_names(moved(item, self.offset), &renamed)));
        }
        let heading = entry(first, EXEMPT).cloned().or(entry(second, EXEMPT).map(|exempt| self.moved(exempt)));
        let exemptions = heading.map(|heading| {
            let span = heading.node.span;
            Entry { node: Node { span, value: Value::Array(exempt) }, ..heading }
        });
        (combined, exemptions)
    }

    /// Merges two rules of one name. `None` if the declared directions do not decide every difference.
    fn rule(&self, a: &Entry, b: &Entry) -> Option<Entry> {
        let (first, second) = (entries(Some(&a.node)), entries(Some(&b.node)));
        let same = |key| value(first, key).map(show) == value(second, key).map(show);
        if kind(a) != kind(b) || !same("severity") || !same("from") {
            return None;
        }
        if composition_of(kind(a)) != Composition::None {
            return same("rules").then(|| a.clone()).filter(|_| show(&a.node.value) == show(&b.node.value));
        }
        let changes = compare(kind(a), self.sides, [first, second], &SHARED_KEYS);
        let is_in = |direction| changes.iter().any(|change| change.direction == direction);
        let separate = SEPARATE.iter().find(|(known, _)| *known == kind(a)).map_or(&[][..], |(_, keys)| *keys);
        let are_separate =
            || changes.iter().all(|change| change.keys().first().is_some_and(|key| separate.contains(key)));
        if is_in(Direction::Tighter) && is_in(Direction::Looser) && !are_separate() {
            return None;
        }
        let mut merged = first.to_vec();
        for change in changes {
            match change.direction {
                Direction::Looser | Direction::None => {}
                Direction::Unknown => return None,
                Direction::Tighter => self.adopt(&mut merged, second, &change.keys()),
            }
        }
        Some(Entry { node: Node { span: a.node.span, value: Value::Table(merged) }, ..a.clone() })
    }

    /// Replaces the value at a path in `merged` by that of `second`.
    fn adopt(&self, merged: &mut Vec<Entry>, second: &[Entry], path: &[&str]) {
        let Some((key, rest)) = path.split_first() else { return };
        let place = merged.iter().position(|entry| entry.key == *key);
        match (entry(second, key), place) {
            (Some(adopted), Some(place)) if !rest.is_empty() => {
                if let Value::Table(inside) = &mut merged[place].node.value {
                    self.adopt(inside, entries(Some(&adopted.node)), rest);
                }
            }
            (Some(adopted), Some(place)) => merged[place] = self.moved(adopted),
            (Some(adopted), None) => merged.push(self.moved(adopted)),
            (None, Some(place)) => _ = merged.remove(place),
            (None, None) => {}
        }
    }

    /// Returns a rule of the second policy under another name.
    fn under(&self, rule: &Entry, name: String) -> Entry {
        let mut moved = self.moved(rule);
        let kind = Value::String(kind(rule).to_owned());
        let span = moved.key_span;
        if let Value::Table(entries) = &mut moved.node.value
            && entry(entries, KIND.key()).is_none()
        {
            entries.push(Entry { key: KIND.key().to_owned(), key_span: span, node: Node { span, value: kind } });
        }
        Entry { key: name, ..moved }
    }

    /// Returns an entry of the second document with its places in the combined one.
    fn moved(&self, entry: &Entry) -> Entry {
        Entry {
            key: entry.key.clone(),
            key_span: shifted(entry.key_span, self.offset),
            node: moved(&entry.node, self.offset),
        }
    }
}

fn shifted(span: Span, offset: usize) -> Span {
    Span { layer: span.layer + offset, ..span }
}

/// Returns a node with its places after `offset` further layers.
fn moved(node: &Node, offset: usize) -> Node {
    let value = match &node.value {
        Value::Array(items) => Value::Array(items.iter().map(|item| moved(item, offset)).collect()),
        Value::Table(entries) => Value::Table(
            entries
                .iter()
                .map(|entry| Entry {
                    key: entry.key.clone(),
                    key_span: shifted(entry.key_span, offset),
                    node: moved(&entry.node, offset),
                })
                .collect(),
        ),
        value => value.clone(),
    };
    Node { span: shifted(node.span, offset), value }
}

/// Returns the strings of a list. One string counts as a list of one.
fn texts(value: &Value) -> Vec<&str> {
    fn text(value: &Value) -> Option<&str> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
    match value {
        Value::Array(items) => items.iter().filter_map(|item| text(&item.value)).collect(),
        value => text(value).into_iter().collect(),
    }
}

/// Returns the names of the rules that the exemptions of a policy lift.
fn exempt_rules(top: &[Entry]) -> Vec<&str> {
    let Some(Value::Array(items)) = value(top, EXEMPT) else { return Vec::new() };
    let names = |item| value(entries(Some(item)), EXEMPT_RULES.key()).map(texts).unwrap_or_default();
    items.iter().flat_map(names).collect()
}

/// Replaces the names of rules that an exemption lifts.
fn with_names(mut exemption: Node, renamed: &[(&str, String)]) -> Node {
    let replace = |node: &mut Node| {
        if let Value::String(name) = &mut node.value
            && let Some((_, new)) = renamed.iter().find(|(old, _)| old == name)
        {
            name.clone_from(new);
        }
    };
    if let Value::Table(entries) = &mut exemption.value {
        for rules in entries.iter_mut().filter(|entry| entry.key == EXEMPT_RULES.key()) {
            match &mut rules.node.value {
                Value::Array(items) => items.iter_mut().for_each(replace),
                _ => replace(&mut rules.node),
            }
        }
    }
    exemption
}

/// The value of a setting in its declared direction, or its default.
fn ranked(declared: &Parameter, written: Option<&Entry>) -> Option<u64> {
    let written = written.map(|entry| &entry.node.value);
    let text = match written {
        Some(Value::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match &declared.value {
        ValueType::Count { default, .. } => match written {
            Some(Value::Integer(Some(number))) => u64::try_from(*number).ok(),
            _ => *default,
        },
        ValueType::Duration { default, .. } => text.and_then(units::duration).or(Some(*default)),
        ValueType::Flag { default } => match written {
            Some(Value::Boolean(flag)) => Some((*flag).into()),
            _ => Some((*default).into()),
        },
        ValueType::Choice { keywords } => match text {
            Some(text) => keywords.iter().position(|keyword| *keyword == text).map(|place| place as u64),
            None => Some(0),
        },
        // Events in a day.
        ValueType::Rate { default } => {
            let rate = text.and_then(units::rate).unwrap_or(*default);
            Some(rate.most.saturating_mul(DAY * 366) / rate.per.max(1))
        }
        _ => None,
    }
}

/// Returns whether the second value of a setting outside the rules is stricter.
fn is_second_stricter(declared: &Parameter, a: Option<&Entry>, b: Option<&Entry>) -> bool {
    let (first, second) = (ranked(declared, a), ranked(declared, b));
    match declared.stricter {
        Stricter::Higher | Stricter::True | Stricter::LaterKeyword => second.unwrap_or(0) > first.unwrap_or(0),
        Stricter::Lower => second.unwrap_or(u64::MAX) < first.unwrap_or(u64::MAX),
        Stricter::False => second < first,
        Stricter::Present => a.is_none() && b.is_some(),
        _ => false,
    }
}
