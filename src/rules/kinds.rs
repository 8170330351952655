//! Builds the rules of a policy, the conditions of its exemptions and the rules inside other rules.

use std::borrow::Cow;
use std::cell::Cell;

use super::{Argument, Cost, Definition, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note, Violation};
use crate::policy::diagnostic::{nearest, suggestion};
use crate::policy::document::{Entry, Value};
use crate::policy::parameter::Text;
use crate::policy::table::Placed;
use crate::policy::{Declared, Node, Parameter, Span, Table, ValueType};

/// The maximum number of rules, conditions and rules inside others.
const MAX_RULES: usize = 256;
/// The maximum number of those that search, which takes up to a millisecond a password.
const MAX_SEARCHING: usize = 16;
/// The maximum number of those that verify hashes.
const MAX_HASHING: usize = 4;

/// The keys that every rule of a policy can have besides its own parameters.
pub(crate) const SHARED_KEYS: [&str; 5] = ["kind", "severity", "from", "message", "wire"];

/// The kinds that a loader knows, and the number of rules of each cost so far in one policy.
pub struct Kinds<'k> {
    definitions: &'k [Definition],
    /// The attributes that the host sends; `None` if the policy does not state them.
    known_attributes: Option<&'k [String]>,
    read: Cell<usize>,
    searching: Cell<usize>,
    hashing: Cell<usize>,
}

/// A rule inside another rule, or a condition of an exemption.
pub struct Part {
    /// Its name in the policy.
    pub name: String,
    /// Every code that it can report.
    pub codes: Vec<Cow<'static, str>>,
    /// The cost of a check.
    pub cost: Cost,
    /// The rule.
    pub rule: Box<dyn Rule>,
}

/// A rule as read, with the position of its kind in the evaluation order.
pub(crate) struct ParsedRule {
    pub(crate) place: usize,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) part: Part,
}

impl<'k> Kinds<'k> {
    pub(crate) fn new(definitions: &'k [Definition], known_attributes: Option<&'k [String]>) -> Kinds<'k> {
        Kinds { definitions, known_attributes, read: Cell::new(0), searching: Cell::new(0), hashing: Cell::new(0) }
    }

    /// Reads a table of rules by name. Reports keys that only a rule of the policy itself can have, such as `severity`.
    pub fn parts(&self, rules: &Table<'_>) -> Vec<Part> {
        let mut parts = Vec::new();
        for entry in rules.entries().iter().filter(|entry| !is_off(entry)) {
            let mut table = rules.inside(entry);
            for key in &SHARED_KEYS[1..] {
                if table.node(key).is_some() {
                    let help = Some(format!("set `{key}` on the outer rule"));
                    table.report(key, "unknown-key", format!("`{key}` is not allowed inside another rule"), help);
                }
            }
            if let Some(read) = self.rule(entry, &mut table) {
                parts.push(read.part);
            }
            table.finish();
        }
        parts
    }

    /// Reads the rule in `table`, the value of `entry`. The caller has read the shared keys except `kind`, and finishes
    /// the table.
    pub(crate) fn rule(&self, entry: &Entry, table: &mut Table<'_>) -> Option<ParsedRule> {
        let written = table.read(&KIND);
        let kind = written.clone().unwrap_or_else(|| Placed { value: entry.key.clone(), span: entry.key_span });
        let Some(place) = self.definitions.iter().position(|known| known.kind == kind.value) else {
            let message = format!("unknown rule kind `{}`", kind.value);
            table.report_at(
                kind.span,
                "unknown-kind",
                message,
                self.kind_help(&kind.value, written.is_none(), table),
            );
            table.mark_all_read();
            return None;
        };
        let definition = &self.definitions[place];
        if !self.has_room(definition.cost, entry, table) {
            table.mark_all_read();
            return None;
        }
        let rule = (definition.build)(table, self);
        let Some(rule) = rule else {
            if table.reporter_is_clean() {
                // Omitting the rule silently would accept passwords that it was written to reject.
                let message = format!("the rule `{}` cannot be built", entry.key);
                table.report_at(entry.key_span, "not-built", message, None);
            }
            return None;
        };
        if let Some(written) = written {
            report_inherited_keys(entry, &written, table);
        }
        self.report_unknown_attributes(rule.as_ref(), entry, table);
        let mut codes = definition.codes.clone();
        let mut cost = definition.cost;
        for part in rule.parts() {
            codes.extend(part.codes.iter().filter(|code| !definition.codes.contains(code)).cloned());
            cost = cost.max(part.cost);
        }
        let part = Part { name: entry.key.clone(), codes, cost, rule };
        Some(ParsedRule { place, kind: definition.kind.clone(), part })
    }

    /// Returns the help for an unknown kind: the nearest name or, for a rule with its own name, the kind that takes the
    /// parameters that the author wrote.
    fn kind_help(&self, kind: &str, is_name: bool, table: &Table<'_>) -> Option<String> {
        let near = nearest(kind, self.definitions.iter().map(Definition::kind));
        if near.is_some() || !is_name {
            return near.map(|near| format!("did you mean `{near}`?"));
        }
        let written = table.entries().iter().map(|entry| entry.key.as_str());
        let written: Vec<&str> = written.filter(|key| !SHARED_KEYS.contains(key)).collect();
        let takes_all = |definition: &&Definition| written.iter().all(|key| definition.parameter(key).is_some());
        let fitting: Vec<&str> = self.definitions.iter().filter(takes_all).map(Definition::kind).collect();
        Some(match (fitting.as_slice(), written.first()) {
            ([kind], Some(key)) => {
                format!("a rule with its own name needs a kind: `{key}` is a parameter of `kind = \"{kind}\"`")
            }
            _ => "a rule with its own name needs a kind, such as `kind = \"pattern\"`".to_owned(),
        })
    }

    /// Reports the attributes that the policy names in a rule although the host does not send them.
    fn report_unknown_attributes(&self, rule: &dyn Rule, entry: &Entry, table: &Table<'_>) {
        let Some(known) = self.known_attributes else { return };
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        for name in rule.attributes().named.iter().filter(|name| !known.contains(name)) {
            let span = place_of(&entry.node, name).unwrap_or(entry.key_span);
            let message = format!("unknown attribute `{name}`: `attributes.known` does not contain it");
            table.report_at(span, "unknown-attribute", message, suggestion(name, &names));
        }
    }

    /// Returns whether the policy can have one more rule. The limits bound the time of an evaluation.
    fn has_room(&self, cost: Cost, entry: &Entry, table: &Table<'_>) -> bool {
        let (counter, max, which) = match cost {
            Cost::Walk => (None, 0, ""),
            Cost::Search => (Some(&self.searching), MAX_SEARCHING, " that search or estimate"),
            Cost::Hash => (Some(&self.hashing), MAX_HASHING, " that verify hashes"),
        };
        for (counter, max, which) in [(Some(&self.read), MAX_RULES, ""), (counter, max, which)] {
            let Some(counter) = counter else { continue };
            counter.set(counter.get() + 1);
            if counter.get() == max + 1 {
                table.report_at(entry.key_span, "too-large", format!("more than {max} rules{which}"), None);
            }
            if counter.get() > max {
                return false;
            }
        }
        true
    }
}

/// Reports inherited parameters that the kind written by a later layer does not take. Reports them at the kind, since the
/// author of the later layer did not write the parameters.
fn report_inherited_keys(entry: &Entry, kind: &Placed<String>, table: &mut Table<'_>) {
    // The first layer is the file that extends the others, so it overrides them.
    let rank = |layer: usize| layer.checked_sub(1).unwrap_or(usize::MAX);
    let is_inherited = |unread: &&Entry| rank(unread.key_span.layer) < rank(kind.span.layer);
    let inherited: Vec<&Entry> = table.unread().filter(is_inherited).collect();
    for unread in inherited {
        let layer = table.layer_name(unread.key_span);
        let message = format!(
            "the kind `{}` has no parameter `{}`, which the rule inherits from `{layer}`",
            kind.value, unread.key
        );
        let help = format!("give the new rule another name; `{} = false` removes the inherited rule", entry.key);
        table.report_at(kind.span, "unknown-key", message, Some(help));
        table.mark_read(&unread.key);
    }
}

/// Returns the place of the first value or key inside `node` that is `text`.
fn place_of(node: &Node, text: &str) -> Option<Span> {
    match &node.value {
        Value::String(written) => (written == text).then_some(node.span),
        Value::Array(items) => items.iter().find_map(|item| place_of(item, text)),
        Value::Table(entries) => entries
            .iter()
            .find_map(|entry| if entry.key == text { Some(entry.key_span) } else { place_of(&entry.node, text) }),
        _ => None,
    }
}

/// Returns whether a later layer removes the rule.
pub(crate) fn is_off(entry: &Entry) -> bool {
    matches!(entry.node.value, Value::Boolean(false))
}

impl Part {
    /// Returns the violations and notes of the part.
    pub(super) fn judge(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<CheckResult, CannotJudge> {
        let mut findings = Findings::default();
        self.rule.check(candidate, facts, &mut findings)?;
        Ok(findings.into_parts())
    }
}

/// Violations and notes.
pub(super) type CheckResult = (Vec<Violation>, Vec<Note>);

/// Returns the number of parts that the password meets. Every part is evaluated: if one of them cannot be, the whole
/// cannot.
pub(super) fn met(
    parts: &[Part],
    candidate: &Candidate,
    facts: &Facts<'_>,
    findings: &mut Findings,
) -> Result<u64, CannotJudge> {
    let mut met = 0;
    for part in parts {
        let (violations, notes) = part.judge(candidate, facts)?;
        met += u64::from(violations.is_empty());
        for note in notes {
            findings.add_note(note);
        }
    }
    Ok(met)
}

/// Returns the requirements of each part, for a sentence about all of them.
pub(super) fn clauses(parts: &[Part]) -> Argument {
    Argument::Clauses(parts.iter().map(|part| (part.name.clone(), part.rule.requirements())).collect())
}

/// Returns the explanations of every part.
pub(super) fn explain(parts: &[Part], candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
    let mut seen = Vec::new();
    for part in parts {
        seen.extend(part.rule.explain(candidate, facts)?);
    }
    Ok(seen)
}

/// The kind of a rule.
pub(crate) const KIND: Declared<Text> =
    Declared::text("kind").doc("The kind of the rule. A rule whose name is a kind does not need it.");

const RULES: &str = "rules";

/// Declares the rules inside a rule.
pub(super) fn rules_parameter() -> Parameter {
    Parameter::new(RULES, ValueType::Rules, "The rules inside, written as the rules of the policy are.")
}

/// Reads the rules inside a rule. Reports an error if there are none.
pub(super) fn read_parts(table: &mut Table<'_>, kinds: &Kinds<'_>) -> Vec<Part> {
    let rules = table.table(RULES);
    if rules.as_ref().is_none_or(|rules| rules.entries().is_empty()) {
        let help = Some("add a table `rules`, written as the rules of the policy are".to_owned());
        table.report_at(table.span_of(RULES), "missing-key", "the rule contains no rules", help);
    }
    rules.map(|rules| kinds.parts(&rules)).unwrap_or_default()
}
