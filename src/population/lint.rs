//! Findings about a policy set: those of its policies, and mistakes in its conditions.

use super::condition::Condition;
use super::reach::can_hold;
use super::{PolicySet, Selected, SetDocuments};
use crate::analysis::lint::{Finding, Scope, check, distinct, unused, waive};
use crate::contract::Contract;
use crate::knowledge::comparison::usual_attributes;
use crate::policy::diagnostic::suggestion;
use crate::policy::document::{Entry, Node, Value};
use crate::policy::population::{ALL, ANY, NOT, POLICY, POPULATION, PRESENT, WHEN};
use crate::policy::{Document, LintSettings, Span, Waiver};
use crate::time::Moment;

/// The usual names of attributes that say who a user is, besides those that rules compare with.
const USUAL: [&str; 28] = [
    "role",
    "roles",
    "group",
    "groups",
    "client",
    "clients",
    "department",
    "departments",
    "unit",
    "units",
    "organization",
    "tenant",
    "realm",
    "domain",
    "type",
    "level",
    "region",
    "country",
    "branch",
    "tag",
    "tags",
    "scope",
    "title",
    "status",
    "state",
    "site",
    "team",
    "office",
];

impl SetDocuments {
    /// Returns all findings about a policy set: those of its policies, each once, and those of the set itself. The standards
    /// that the set chooses replace those of its policies. Its waivers apply to all findings.
    ///
    /// The parameters are those of [`lint`](crate::analysis::lint::lint).
    ///
    /// # Panics
    /// If these are not the documents of `set`.
    pub fn lint(&self, set: &PolicySet, contract: Option<&Contract>, now: Moment) -> Vec<Finding> {
        let LintSettings { standards, waivers } = &self.lint;
        let mut findings = Vec::new();
        for (place, document) in self.policies.iter().enumerate() {
            let Some(population) = self.places.iter().position(|known| *known == place) else { continue };
            let policy = set.populations[population].policy();
            let own = policy.lint_settings();
            let standards = standards.as_ref().or(own.standards.as_ref()).map_or(&[][..], Vec::as_slice);
            let mut found = check(policy, document, now, &Scope::Everything { contract, standards });
            let used = waive(&mut found, &own.waivers, now);
            if self.lint.standards.is_none() {
                found.extend(unused(document, &own.waivers, &used));
            }
            if let (Some(set), Some(named_at)) = (&self.set, self.preset_named_at(population)) {
                found = found.into_iter().map(|finding| finding.in_preset(set, named_at)).collect();
            }
            findings.extend(found);
        }
        findings.extend(self.lint_combined(set, now));
        let mut all = Vec::new();
        if let Some(document) = &self.set {
            all = conditions(set, document);
        }
        all.extend(findings);
        let used = waive(&mut all, waivers, now);
        if let Some(document) = &self.set {
            all.extend(unused(document, waivers, &used));
        }
        distinct(all)
    }

    /// Looks for combinations of policies that accept no password. Other findings are those of the policies alone.
    fn lint_combined(&self, set: &PolicySet, now: Moment) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (holds, document) in &self.combined {
            let Some(policy) = set.combined.as_ref().and_then(|combined| combined.get(holds)) else { continue };
            let selected = Selected { set, holds: *holds, policy };
            let members = selected.populations().map(|population| population.policy().lint_settings());
            let waivers: Vec<Waiver> = members.flat_map(|settings| settings.waivers.clone()).collect();
            let mut found = check(policy, document, now, &Scope::Impossible);
            waive(&mut found, &waivers, now);
            let names = selected.names().join("` and `");
            for mut finding in found {
                finding.diagnostic.message = format!("for users in `{names}`: {}", finding.diagnostic.message);
                findings.push(finding);
            }
        }
        findings
    }

    /// Returns the place in the set that names the policy of a population, if it is a preset.
    fn preset_named_at(&self, population: usize) -> Option<Span> {
        let entries = written(self.set.as_ref()?).nth(population)?;
        let policy = entries.iter().find(|entry| entry.key == POLICY.key())?;
        match &policy.node.value {
            Value::String(name) if !crate::policy::document::names_file(name) => Some(policy.node.span),
            _ => None,
        }
    }
}

/// Returns the keys of each population as written.
fn written(document: &Document) -> impl Iterator<Item = &[Entry]> {
    let items = match entry(&document.root, POPULATION).map(|entry| &entry.node.value) {
        Some(Value::Array(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().map(entries)
}

fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Table(entries) => entries,
        _ => &[],
    }
}

fn entry<'d>(node: &'d Node, key: &str) -> Option<&'d Entry> {
    entries(node).iter().find(|entry| entry.key == key)
}

/// Returns the findings about the conditions.
fn conditions(set: &PolicySet, document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut earlier: Vec<&Condition> = Vec::new();
    for (population, keys) in set.populations().iter().zip(written(document)) {
        // The last population is required even if the others cover every user.
        let Some(condition) = &population.condition else { continue };
        let Some(when) = keys.iter().find(|entry| entry.key == WHEN) else { continue };
        let mut add = |span, message: String, help: &str| {
            let help = Some(help.to_owned());
            findings.push(Finding::new(document, "population-never-applies", span, message, help));
        };
        let name = population.name();
        if can_hold(condition, &[]) == Some(false) {
            let message = format!("the population `{name}` never applies: its condition cannot hold");
            add(when.key_span, message, "correct the condition");
        } else if !set.is_strictest() && can_hold(condition, &earlier) == Some(false) {
            let message = format!(
                "the population `{name}` never applies: whenever its condition holds, an earlier one does"
            );
            add(when.key_span, message, "move it before the population that hides it, or correct the condition");
        }
        earlier.push(condition);
        if set.attributes_are_known {
            // An unknown name is an error.
            continue;
        }
        attributes(&when.node, &mut |name, span| {
            let usual: Vec<&str> = USUAL.into_iter().chain(usual_attributes()).collect();
            if let Some(help) = suggestion(name, &usual).filter(|_| !usual.contains(&name)) {
                let message =
                    format!("unusual attribute `{name}`: no policy can be selected if the host sends another");
                findings.push(Finding::new(document, "unusual-attribute", span, message, Some(help)));
            }
        });
    }
    findings
}

/// Calls `add` with the name and the place of each attribute in a condition.
fn attributes(node: &Node, add: &mut dyn FnMut(&str, Span)) {
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| attributes(item, add)),
        Value::Table(entries) => {
            for entry in entries {
                match entry.key.as_str() {
                    ALL | ANY | NOT => attributes(&entry.node, add),
                    key if key == PRESENT.key() => {
                        let items = match &entry.node.value {
                            Value::Array(items) => items.iter().collect(),
                            _ => vec![&entry.node],
                        };
                        for item in items {
                            if let Value::String(name) = &item.value {
                                add(name, item.span);
                            }
                        }
                    }
                    key => add(key, entry.key_span),
                }
            }
        }
        _ => {}
    }
}
