//! The kinds of rules that a policy can name, and the reading of one rule of any of them.
//!
//! A policy's rules, the conditions of its exemptions and the parts of a rule made of rules are all read here, so that
//! what one of them can say, every one can.

use std::borrow::Cow;
use std::cell::Cell;

use super::{Argument, Cost, Definition, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note, Violation};
use crate::policy::Table;
use crate::policy::diagnostic::suggestion;
use crate::policy::document::{Entry, Value};
use crate::policy::table::Placed;

/// A policy may have this many rules, conditions and parts.
const MAX_RULES: usize = 256;
/// Of those that search, and so take up to a millisecond for one password: this many.
const MAX_SEARCHING: usize = 16;
/// Of those that verify hashes: this many.
const MAX_HASHING: usize = 4;

/// Keys that any rule of a policy may have beside its own.
pub(crate) const SHARED_KEYS: [&str; 5] = ["kind", "severity", "from", "message", "wire"];

/// The kinds that a loader knows, while it reads one policy.
pub struct Kinds<'k> {
    definitions: &'k [Definition],
    read: Cell<usize>,
    searching: Cell<usize>,
    hashing: Cell<usize>,
}

/// A rule that another rule is made of, or the condition of an exemption.
pub struct Part {
    /// What the policy calls it.
    pub name: String,
    /// Every code it can give.
    pub codes: Vec<Cow<'static, str>>,
    /// What a check costs.
    pub cost: Cost,
    /// The rule.
    pub rule: Box<dyn Rule>,
}

/// A rule as read, with the place of its kind in the order of judging.
pub(crate) struct ParsedRule {
    pub(crate) place: usize,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) part: Part,
}

impl<'k> Kinds<'k> {
    pub(crate) fn new(definitions: &'k [Definition]) -> Kinds<'k> {
        Kinds { definitions, read: Cell::new(0), searching: Cell::new(0), hashing: Cell::new(0) }
    }

    /// Reads the rules in a table of names and rules. What belongs to a whole rule only, such as a severity, is
    /// complained of.
    pub fn parts(&self, rules: &Table<'_>) -> Vec<Part> {
        let mut parts = Vec::new();
        for entry in rules.rules().iter().filter(|entry| !is_off(entry)) {
            let mut table = rules.inside(entry);
            for key in &SHARED_KEYS[1..] {
                if table.node(key).is_some() {
                    let help = Some("only a rule of the policy itself has one".to_owned());
                    table.complain(key, "unknown-key", format!("a rule inside another has no `{key}`"), help);
                }
            }
            if let Some(read) = self.rule(entry, &mut table) {
                parts.push(read.part);
            }
            table.finish();
        }
        parts
    }

    /// Reads the rule in `table`, which stands at `entry`; the caller has asked for the shared keys but `kind`, and
    /// finishes the table.
    pub(crate) fn rule(&self, entry: &Entry, table: &mut Table<'_>) -> Option<ParsedRule> {
        let kind = match table.text("kind") {
            Some(kind) => kind,
            None => Placed { value: entry.key.clone(), span: entry.key_span },
        };
        let Some(place) = self.definitions.iter().position(|known| known.kind == kind.value) else {
            let kinds: Vec<&str> = self.definitions.iter().map(|known| known.kind.as_ref()).collect();
            let message = format!("there is no kind of rule `{}`", kind.value);
            table.complain_at(kind.span, "unknown-kind", message, suggestion(&kind.value, &kinds));
            table.ask_for_everything();
            return None;
        };
        let definition = &self.definitions[place];
        if !self.has_room(definition.cost, entry, table) {
            table.ask_for_everything();
            return None;
        }
        let rule = (definition.build)(table, self);
        let Some(rule) = rule else {
            if table.reporter_is_clean() {
                // A rule left out in silence would accept what it was written to refuse.
                let message = format!("the rule `{}` cannot be built", entry.key);
                table.complain_at(entry.key_span, "not-built", message, None);
            }
            return None;
        };
        let mut codes = definition.codes.clone();
        let mut cost = definition.cost;
        for part in rule.parts() {
            codes.extend(part.codes.iter().filter(|code| !definition.codes.contains(code)).cloned());
            cost = cost.max(part.cost);
        }
        let part = Part { name: entry.key.clone(), codes, cost, rule };
        Some(ParsedRule { place, kind: definition.kind.clone(), part })
    }

    /// Whether the policy may have one rule more; the bounds on their number bound the time of a judgement.
    fn has_room(&self, cost: Cost, entry: &Entry, table: &Table<'_>) -> bool {
        let (counter, most, which) = match cost {
            Cost::Walk => (None, 0, ""),
            Cost::Search => (Some(&self.searching), MAX_SEARCHING, " that look things up or estimate"),
            Cost::Hash => (Some(&self.hashing), MAX_HASHING, " that verify hashes"),
        };
        for (counter, most, which) in [(Some(&self.read), MAX_RULES, ""), (counter, most, which)] {
            let Some(counter) = counter else { continue };
            counter.set(counter.get() + 1);
            if counter.get() == most + 1 {
                table.complain_at(entry.key_span, "too-large", format!("more than {most} rules{which}"), None);
            }
            if counter.get() > most {
                return false;
            }
        }
        true
    }
}

/// Whether a rule is switched off by a later layer.
pub(crate) fn is_off(entry: &Entry) -> bool {
    matches!(entry.node.value, Value::Boolean(false))
}

impl Part {
    /// What it finds, violations and notes.
    pub(super) fn judge(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<CheckResult, CannotJudge> {
        let mut findings = Findings::default();
        self.rule.check(candidate, facts, &mut findings)?;
        Ok(findings.into_parts())
    }
}

/// Violations and notes.
pub(super) type CheckResult = (Vec<Violation>, Vec<Note>);

/// How many of the parts find nothing wrong. Every part is judged: what one could not judge, the whole cannot.
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

/// What each part demands, for a sentence about all of them.
pub(super) fn clauses(parts: &[Part]) -> Argument {
    Argument::Clauses(parts.iter().map(|part| (part.name.clone(), part.rule.requirements())).collect())
}

/// What every part saw.
pub(super) fn explain(parts: &[Part], candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
    let mut seen = Vec::new();
    for part in parts {
        seen.extend(part.rule.explain(candidate, facts)?);
    }
    Ok(seen)
}

/// What a rule made of rules reads the same: the table `rules`, which must not be empty.
pub(super) fn read_parts(table: &mut Table<'_>, kinds: &Kinds<'_>) -> Vec<Part> {
    let parts = table.table("rules").map(|rules| (rules.rules().is_empty(), kinds.parts(&rules)));
    if !matches!(parts, Some((false, _))) {
        let help = Some("a table `rules` of names and rules, as in the policy itself".to_owned());
        table.complain_at(table.span_of("rules"), "missing-key", "there is no rule inside", help);
    }
    parts.map(|(_, parts)| parts).unwrap_or_default()
}
