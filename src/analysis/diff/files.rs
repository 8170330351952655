//! The files that rules use. Two files are the same if their contents are, whatever their names.

use std::collections::BTreeSet;

use super::reading::{entries, entry, value};
use super::{Change, Direction, Side};
use crate::policy::document::{Entry, Value};
use crate::policy::source::{Files, Source as _};
use crate::policy::{Node, Parameter, Stricter};
use crate::rules::kinds::is_off;
use crate::rules::{Composition, composition_of, definition_of};

/// Returns what a string names: a built-in list by its name, a file by its digest. `None` for a file that the policy is
/// not known to have read under this name.
pub(super) fn named(side: Side<'_>, node: &Node) -> Option<String> {
    let Value::String(text) = &node.value else { return None };
    if !is_path(text) {
        return Some(text.clone());
    }
    let mut digests = found(side, node).map(|(_, digest)| digest);
    let first = digests.next()?;
    let hexadecimal: String = first.iter().map(|byte| format!("{byte:02x}")).collect();
    digests.all(|digest| digest == first).then_some(hexadecimal)
}

fn is_path(text: &str) -> bool {
    text.contains(['/', '.', '\\'])
}

/// Returns the files of the policy that a string can mean. A file on disk is relative to its layer, a file in memory is
/// not.
fn found<'a>(side: Side<'a>, node: &Node) -> impl Iterator<Item = &'a (String, [u8; 32])> {
    let mut names = Vec::new();
    if let Value::String(text) = &node.value {
        let from = side.document.reporter.layer_name(node.span.layer);
        names.push(Files.resolve(text, Some(&from)));
        names.push(text.strip_prefix("./").unwrap_or(text).to_owned());
    }
    side.policy.dictionaries().iter().filter(move |(name, _)| names.contains(name))
}

/// Returns a change of files outside the parameters of built-in kinds: those of a custom kind, or of an exemption.
pub(super) fn elsewhere(old: Side<'_>, new: Side<'_>) -> Option<Change> {
    let apart = |side: Side<'_>| -> Vec<(String, [u8; 32])> {
        let mut seen = Seen { side, compared: BTreeSet::new(), other: BTreeSet::new() };
        for entry in entries(Some(&side.document.root)) {
            match entry.key.as_str() {
                "rules" => seen.rules(entries(Some(&entry.node))),
                _ => seen.all(&entry.node),
            }
        }
        let files = side.policy.dictionaries().iter().filter(|(name, _)| is_path(name));
        files.filter(|(name, _)| !seen.compared.contains(name) || seen.other.contains(name)).cloned().collect()
    };
    let (was, is) = (apart(old), apart(new));
    let shown = |files: &[(String, [u8; 32])]| {
        Some(files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "))
    };
    (was != is).then(|| Change::of("the files that are read", [shown(&was), shown(&is)], Direction::Unknown))
}

/// The files that a policy names: those compared with the rule that names them, and others.
struct Seen<'a> {
    side: Side<'a>,
    compared: BTreeSet<String>,
    other: BTreeSet<String>,
}

impl Seen<'_> {
    fn rules(&mut self, rules: &[Entry]) {
        for rule in rules.iter().filter(|rule| !is_off(rule)) {
            let keys = entries(Some(&rule.node));
            let kind = match value(keys, "kind") {
                Some(Value::String(kind)) => kind,
                _ => &rule.key,
            };
            if composition_of(kind) != Composition::None {
                self.rules(entries(entry(keys, "rules").map(|rules| &rules.node)));
                continue;
            }
            let parameters =
                definition_of(kind).and_then(|definition| definition.parameters()).unwrap_or_default();
            let is_file =
                |parameter: &&Parameter| matches!(parameter.stricter, Stricter::File | Stricter::MoreFiles);
            let Some(parameter) = parameters.iter().find(is_file) else {
                self.all(&rule.node);
                continue;
            };
            let files = entry(keys, &parameter.key);
            let items = match files.map(|files| (&files.node, &files.node.value)) {
                Some((_, Value::Array(items))) => items.as_slice(),
                Some((node, _)) => std::slice::from_ref(node),
                None => &[],
            };
            let names = items.iter().flat_map(|item| found(self.side, item)).map(|(name, _)| name.clone());
            self.compared.extend(names);
        }
    }

    /// Collects every file that a part of the policy names.
    fn all(&mut self, node: &Node) {
        match &node.value {
            Value::String(_) => self.other.extend(found(self.side, node).map(|(name, _)| name.clone())),
            Value::Array(items) => items.iter().for_each(|item| self.all(item)),
            Value::Table(entries) => entries.iter().for_each(|entry| self.all(&entry.node)),
            _ => {}
        }
    }
}
