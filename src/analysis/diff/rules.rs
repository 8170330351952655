//! Compares the rules of two policies one by one.
//!
//! A policy accepts a password that every rejecting rule accepts or an exemption covers. So with the same exemptions, an
//! additional rule or a stricter one can only tighten the policy, and changes in one direction change the whole policy in
//! that direction.

use std::collections::BTreeSet;

use super::parameters::compare;
use super::reading::{entries, entry, place, show, value};
use super::{Change, Direction, Side};
use crate::analysis::view::refuses;
use crate::policy::document::{Entry, Value};
use crate::rules::kinds::{SHARED_KEYS, is_off};
use crate::rules::{Composition, composition_of};
use crate::time::Moment;

/// Returns every difference between the rules and between the exemptions.
pub(crate) fn compare_policies(old: Side<'_>, new: Side<'_>, now: Moment) -> Vec<Change> {
    let mut comparing = Comparing { old, new, now, changes: Vec::new() };
    let rules = |side: Side<'_>| {
        entries(entry(entries(Some(&side.document.root)), "rules").map(|rules| &rules.node)).to_vec()
    };
    comparing.rules("rules", &rules(old), &rules(new), Sum::All, true);
    comparing.exemptions();
    comparing.changes
}

struct Comparing<'a> {
    old: Side<'a>,
    new: Side<'a>,
    now: Moment,
    changes: Vec<Change>,
}

/// How an additional rule, and a stricter one, change a group of rules.
#[derive(Clone, Copy, PartialEq)]
enum Sum {
    /// An additional rule tightens the group.
    All,
    /// An additional rule loosens the group.
    Any,
    /// An additional rule loosens the group, and so does a stricter one.
    Not,
}

impl Sum {
    fn added(self) -> Direction {
        if self == Sum::All { Direction::Tighter } else { Direction::Looser }
    }

    fn of_part(self, direction: Direction) -> Direction {
        if self == Sum::Not { direction.reversed() } else { direction }
    }
}

impl Comparing<'_> {
    fn change(
        &mut self,
        path: String,
        values: [Option<String>; 2],
        at: [Option<&Entry>; 2],
        direction: Direction,
    ) {
        let [old, new] = values;
        let [was_at, is_at] = at;
        self.changes.push(Change {
            path,
            old,
            new,
            old_place: was_at.map(|entry| place(self.old.document, entry.key_span)),
            new_place: is_at.map(|entry| place(self.new.document, entry.key_span)),
            direction,
        });
    }

    /// Compares rules by name. Those of the policy itself (`whole`) have a severity.
    fn rules(&mut self, path: &str, old: &[Entry], new: &[Entry], sum: Sum, whole: bool) {
        let enabled =
            |entries: &[Entry]| -> Vec<Entry> { entries.iter().filter(|entry| !is_off(entry)).cloned().collect() };
        let (old, new) = (enabled(old), enabled(new));
        let names: BTreeSet<&str> = old.iter().chain(&new).map(|entry| entry.key.as_str()).collect();
        for name in names {
            let path = format!("{path}.{name}");
            match (entry(&old, name), entry(&new, name)) {
                (Some(was), Some(is)) => self.rule(path, was, is, sum, whole),
                (was, is) => {
                    let refuses = was.or(is).is_some_and(|entry| !whole || self.refuses(entry));
                    let direction = match (refuses, is) {
                        (false, _) => Direction::None,
                        (true, Some(_)) => sum.added(),
                        (true, None) => sum.added().reversed(),
                    };
                    let shown = |entry: Option<&Entry>| entry.map(|entry| show(&entry.node.value));
                    self.change(path, [shown(was), shown(is)], [was, is], direction);
                }
            }
        }
    }

    fn rule(&mut self, path: String, was: &Entry, is: &Entry, sum: Sum, whole: bool) {
        let (old, new) = (entries(Some(&was.node)), entries(Some(&is.node)));
        let shared = ["severity", "from", "message", "wire"];
        let (refused, refuses) = (!whole || self.refuses(was), !whole || self.refuses(is));
        let mut moved = refused != refuses;
        for key in shared.iter().filter(|_| whole) {
            let (was, is) = (value(old, key).map(show), value(new, key).map(show));
            if was != is {
                let counts = moved && matches!(*key, "severity" | "from");
                let direction = match (counts, refuses) {
                    (false, _) => Direction::None,
                    (true, true) => Direction::Tighter,
                    (true, false) => Direction::Looser,
                };
                moved &= !counts;
                self.change(format!("{path}.{key}"), [was, is], [entry(old, key), entry(new, key)], direction);
            }
        }
        let (was_kind, kind) = (kind(was), kind(is));
        let counts = refused && refuses;
        let of = |direction: Direction| if counts { sum.of_part(direction) } else { Direction::None };
        if was_kind != kind {
            let shown = [Some(show(&was.node.value)), Some(show(&is.node.value))];
            return self.change(path, shown, [Some(was), Some(is)], of(Direction::Unknown));
        }
        let inside = match composition_of(kind) {
            Composition::All => Some(Sum::All),
            Composition::Any | Composition::AtLeast => Some(Sum::Any),
            Composition::Not => Some(Sum::Not),
            Composition::None => None,
        };
        let mut apart = SHARED_KEYS.to_vec();
        apart.extend(inside.map(|_| "rules"));
        for changed in compare(kind, [self.old, self.new], [old, new], &apart) {
            let first = changed.key.split('.').next().unwrap_or_default();
            let at = [entry(old, first).or(Some(was)), entry(new, first).or(Some(is))];
            self.change(format!("{path}.{}", changed.key), [changed.old, changed.new], at, of(changed.direction));
        }
        if let Some(inside) = inside {
            let before = self.changes.len();
            let parts = |rule| entries(entry(rule, "rules").map(|rules| &rules.node));
            self.rules(&format!("{path}.rules"), parts(old), parts(new), inside, false);
            for change in &mut self.changes[before..] {
                change.direction = of(change.direction);
            }
        }
    }

    /// Returns whether a rule rejects passwords at `now`, and does not only warn or count.
    fn refuses(&self, rule: &Entry) -> bool {
        refuses(rule, self.now)
    }

    /// Compares exemptions by condition. More of them, or more rules in one, reject fewer passwords.
    fn exemptions(&mut self) {
        let exemptions = |side: Side<'_>| match value(entries(Some(&side.document.root)), "exempt") {
            Some(Value::Array(items)) => items.clone(),
            _ => Vec::new(),
        };
        let (old, new) = (exemptions(self.old), exemptions(self.new));
        let condition =
            |node: &crate::policy::Node| value(entries(Some(node)), "when").map(show).unwrap_or_default();
        let exempted = |nodes: &[crate::policy::Node], when: &str| -> BTreeSet<String> {
            let same = nodes.iter().filter(|node| condition(node) == when);
            same.flat_map(|node| super::reading::texts(value(entries(Some(node)), "rules")).unwrap_or_default())
                .map(str::to_owned)
                .collect()
        };
        let conditions: BTreeSet<String> = old.iter().chain(&new).map(condition).collect();
        for when in conditions {
            let (was, is) = (exempted(&old, &when), exempted(&new, &when));
            if was == is {
                continue;
            }
            let direction = match (was.is_subset(&is), was.is_superset(&is)) {
                (true, _) => Direction::Looser,
                (_, true) => Direction::Tighter,
                _ => Direction::Unknown,
            };
            let shown = |rules: BTreeSet<String>| (!rules.is_empty()).then(|| format!("{rules:?}"));
            self.change(format!("exempt when {when}"), [shown(was), shown(is)], [None, None], direction);
        }
    }
}

pub(crate) fn kind(rule: &Entry) -> &str {
    match value(entries(Some(&rule.node)), "kind") {
        Some(Value::String(kind)) => kind,
        _ => &rule.key,
    }
}
