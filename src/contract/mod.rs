//! A contract turns a refusal into what an existing client expects to read: a code, a status, a text.
//!
//! Contracts are data (`rules/contracts`): another product's code family is a second file and no code.

use std::collections::BTreeMap;

use crate::candidate::{CannotJudge, CannotJudgeKind};
use crate::evaluation::{Explanation, Language, Outcome, Policy, RuleViolation};
use crate::flow::Refusal;
use crate::policy::diagnostic::suggestion;
use crate::policy::document::{Start, Value};
use crate::policy::{Document, Files, PolicyError, Source, Table};

/// The contracts that come with the engine, by name.
pub const CONTRACTS: &[(&str, &str)] = &[("idaas-ciam", include_str!("../../rules/contracts/idaas-ciam.toml"))];

/// A contract.
#[derive(Clone, Debug)]
pub struct Contract {
    name: String,
    codes: BTreeMap<String, Entry>,
    refusals: BTreeMap<String, String>,
    violations: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
struct Entry {
    status: u16,
    texts: BTreeMap<&'static str, String>,
    arguments: Vec<String>,
}

/// What goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireRefusal {
    /// The HTTP status.
    pub status: u16,
    /// The contract's code.
    pub code: String,
    /// The text, in the reader's language.
    pub message: String,
    /// Seconds after which another try makes sense.
    pub retry_after: Option<u64>,
}

/// The argument that stands for what the policy requires.
const CLAUSE: &str = "clause";
/// The key of what no other line names.
const ANYTHING: &str = "*";

impl Contract {
    /// A contract that comes with the engine; `None` when there is none of that name.
    pub fn built_in(name: &str) -> Option<Result<Contract, PolicyError>> {
        let (name, text) = CONTRACTS.iter().find(|(known, _)| *known == name)?;
        Some(Contract::load(Start::Text(name, text), &Files))
    }

    /// Reads a contract.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn load(start: Start<'_>, source: &dyn Source) -> Result<Contract, PolicyError> {
        let document = Document::read(start, source)?;
        let mut table = Table::new(&document.root, document.root.span, &document.reporter, source);
        let name = table.text("name").map_or_else(|| "unnamed".to_owned(), |name| name.value);
        let codes = table.table("codes").map(read_codes).unwrap_or_default();
        let refusals = table.table("refusals").map(|lines| read_lines(lines, &codes)).unwrap_or_default();
        let violations = table.table("violations").map(|lines| read_lines(lines, &codes)).unwrap_or_default();
        if !violations.contains_key(ANYTHING) {
            let message = "the contract does not say what a violation is that no line names";
            table.report("violations", "missing-key", message, Some("add a line `\"*\" = …`".to_owned()));
        }
        table.finish();
        document.reporter.finish()?;
        Ok(Contract { name, codes, refusals, violations })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The code of a violation: the one its author wants when the contract has it, else the contract's own.
    pub fn violation_code(&self, judged: &RuleViolation) -> &str {
        let kind = judged.code().split('.').next().unwrap_or_default();
        let wanted = judged.rule().wire().and_then(|wire| self.codes.get_key_value(wire)).map(|(code, _)| code);
        let line = |key: &str| self.violations.get(key);
        let code = wanted
            .or_else(|| line(judged.code()))
            .or_else(|| line(&format!("{kind}.*")))
            .or_else(|| {
                let inside = judged.rule().stands_for()?;
                line(inside).or_else(|| line(&format!("{}.*", inside.split('.').next()?)))
            })
            .or_else(|| line(ANYTHING));
        code.map_or("", String::as_str)
    }

    /// The code of a violation by our code alone, as far as a line names it or its rule.
    pub fn wire_of(&self, code: &str) -> Option<&str> {
        let kind = code.split('.').next().unwrap_or_default();
        let line = self.violations.get(code).or_else(|| self.violations.get(&format!("{kind}.*")));
        line.map(String::as_str)
    }

    /// The rules of a policy whose `wire` this contract does not have: name of the rule, and the code.
    pub fn unknown_wires<'p>(&self, policy: &'p Policy) -> Vec<(&'p str, &'p str)> {
        let wires = policy.rules().filter_map(|rule| rule.wire().map(|wire| (rule.name(), wire)));
        wires.filter(|(_, wire)| !self.codes.contains_key(*wire)).collect()
    }

    /// A violation on the wire.
    pub fn violation(&self, judged: &RuleViolation, policy: &Policy, language: Language) -> WireRefusal {
        let fill = |argument: &str| match argument {
            CLAUSE => {
                let own = judged.rule().message(language).map(|_| judged.message(language));
                let clause = own.or_else(|| policy.clause(judged.rule().name(), language));
                clause.unwrap_or_else(|| judged.message(language))
            }
            number => judged.number(number).map(|number| number.to_string()).unwrap_or_default(),
        };
        self.answer(self.violation_code(judged), language, &fill)
    }

    /// An outcome as JSON, with this contract's codes in `wire`: see [`Outcome::to_json`].
    pub fn outcome_to_json(&self, outcome: &Outcome, language: Language) -> serde_json::Value {
        outcome.to_json(language, |judged| Some(self.violation_code(judged)))
    }

    /// An explanation as JSON, with this contract's codes in `wire`: see [`Explanation::to_json`].
    pub fn explanation_to_json(&self, explanation: &Explanation, language: Language) -> serde_json::Value {
        explanation.to_json(language, |judged| Some(self.violation_code(judged)))
    }

    /// A refusal of the flow on the wire. Of a password, the first violation in policy order.
    pub fn refusal(&self, refusal: &Refusal, policy: &Policy, language: Language) -> WireRefusal {
        match refusal {
            Refusal::Password(outcome) => match outcome.violations().next() {
                Some(first) => self.violation(first, policy, language),
                None => self.host("host.fault", language),
            },
            Refusal::LimitReached { retry_after } => {
                WireRefusal { retry_after: Some(*retry_after), ..self.host(refusal.code(), language) }
            }
            other => self.host(other.code(), language),
        }
    }

    /// What is answered when no judgement is possible: what came with the request is the client's doing, a list that
    /// cannot be read passes, and everything else is ours.
    pub fn cannot_judge(&self, error: &CannotJudge, language: Language) -> WireRefusal {
        let name = match error.kind() {
            CannotJudgeKind::NotUtf8 | CannotJudgeKind::Nul | CannotJudgeKind::TooManyFacts => "host.malformed",
            CannotJudgeKind::Unavailable => "host.unavailable",
            _ => "host.fault",
        };
        self.host(name, language)
    }

    /// What a host refuses by itself: `host.malformed`, `host.fault`, … A name that the contract does not have is
    /// a fault.
    pub fn host(&self, name: &str, language: Language) -> WireRefusal {
        let code = self.refusals.get(name).or_else(|| self.refusals.get("host.fault"));
        self.answer(code.map_or("", String::as_str), language, &|_| String::new())
    }

    fn answer(&self, code: &str, language: Language, fill: &dyn Fn(&str) -> String) -> WireRefusal {
        let Some(entry) = self.codes.get(code) else {
            return WireRefusal { status: 500, code: code.to_owned(), message: String::new(), retry_after: None };
        };
        let text = entry.texts.get(language.tag()).or_else(|| entry.texts.get(Language::ENGLISH.tag()));
        let mut message = text.cloned().unwrap_or_default();
        for (index, argument) in entry.arguments.iter().enumerate() {
            message = message.replace(&format!("{{{index}}}"), &fill(argument));
        }
        WireRefusal { status: entry.status, code: code.to_owned(), message, retry_after: None }
    }
}

fn read_codes(table: Table<'_>) -> BTreeMap<String, Entry> {
    let mut codes = BTreeMap::new();
    for code in table.entries() {
        let mut fields = table.inside(code);
        let status = fields.count("status", 400, 400..=599) as u16;
        let mut texts = BTreeMap::new();
        for language in crate::evaluation::LANGUAGES {
            if let Some(text) = fields.text(language.tag()) {
                texts.insert(language.tag(), text.value);
            }
        }
        if !texts.contains_key(Language::ENGLISH.tag()) {
            let message = format!("`{}` has no text in English", code.key);
            fields.report_at(fields.span(), "missing-key", message, None);
        }
        let arguments = fields.texts("arguments").unwrap_or_default().into_iter().map(|name| name.value).collect();
        fields.finish();
        codes.insert(code.key.clone(), Entry { status, texts, arguments });
    }
    codes
}

fn read_lines(table: Table<'_>, codes: &BTreeMap<String, Entry>) -> BTreeMap<String, String> {
    let known: Vec<&str> = codes.keys().map(String::as_str).collect();
    let mut lines = BTreeMap::new();
    for line in table.entries() {
        match &line.node.value {
            Value::String(code) if codes.contains_key(code) => {
                lines.insert(line.key.clone(), code.clone());
            }
            Value::String(code) => {
                let message = format!("the contract has no code `{code}`");
                table.report_at(line.node.span, "unknown-value", message, suggestion(code, &known));
            }
            other => {
                let message = format!("expected a code, found {}", other.type_name());
                table.report_at(line.node.span, "wrong-type", message, None);
            }
        }
    }
    lines
}
