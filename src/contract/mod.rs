//! Contracts map refusals to the response that an existing client expects: an error code, an HTTP status and a text.
//!
//! Contracts are data (`rules/contracts`). The codes of another product need a file, not code.

use std::collections::BTreeMap;

use crate::candidate::{CannotJudge, CannotJudgeKind};
use crate::evaluation::{Explanation, Outcome, Policy, RuleViolation};
use crate::flow::Refusal;
use crate::language::{LANGUAGES, Language, MessageValue};
use crate::policy::diagnostic::suggestion;
use crate::policy::document::{Start, Value};
use crate::policy::{Document, Files, PolicyError, Source, Table};

/// The built-in contracts: name and text.
pub const CONTRACTS: &[(&str, &str)] = &[("idaas-ciam", include_str!("../../rules/contracts/idaas-ciam.toml"))];

/// A mapping from refusals to the error codes of a protocol.
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
    /// The texts by language tag. Those of a built-in contract are in the files of the languages.
    texts: BTreeMap<String, String>,
}

/// A refusal as the client receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireRefusal {
    /// The HTTP status.
    pub status: u16,
    /// The error code of the contract.
    pub code: String,
    /// The text, in the client's language.
    pub message: String,
    /// The time in seconds after which the client may retry; `None` if waiting does not help.
    pub retry_after: Option<u64>,
}

/// The placeholder that is replaced by the requirement of the rule.
const CLAUSE: &str = "clause";
/// The key of the default entry.
const ANYTHING: &str = "*";

impl Contract {
    /// Loads the built-in contract called `name`; `None` if there is none.
    pub fn built_in(name: &str) -> Option<Result<Contract, PolicyError>> {
        let (name, text) = CONTRACTS.iter().find(|(known, _)| *known == name)?;
        Some(Contract::load(Start::Text(name, text), &Files))
    }

    /// Loads a contract.
    ///
    /// # Errors
    /// Returns every error in the contract, each with its location.
    pub fn load(start: Start<'_>, source: &dyn Source) -> Result<Contract, PolicyError> {
        let document = Document::read(start, source)?;
        let mut table = Table::new(&document.root, document.root.span, &document.reporter, source);
        let name = table.text("name").map_or_else(|| "unnamed".to_owned(), |name| name.value);
        let codes = table.table("codes").map(|codes| read_codes(codes, &name)).unwrap_or_default();
        let refusals = table.table("refusals").map(|lines| read_lines(lines, &codes)).unwrap_or_default();
        let violations = table.table("violations").map(|lines| read_lines(lines, &codes)).unwrap_or_default();
        if !violations.contains_key(ANYTHING) {
            let message = "`violations` has no default entry";
            table.report("violations", "missing-key", message, Some("add `\"*\" = …`".to_owned()));
        }
        table.finish();
        document.reporter.finish()?;
        Ok(Contract { name, codes, refusals, violations })
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the protocol code of a violation: the `wire` setting of the rule if the contract has that code, or else the
    /// contract's own code.
    pub fn violation_code(&self, violation: &RuleViolation) -> &str {
        let kind = violation.code().split('.').next().unwrap_or_default();
        let wanted = violation.rule().wire().and_then(|wire| self.codes.get_key_value(wire)).map(|(code, _)| code);
        let line = |key: &str| self.violations.get(key);
        let code = wanted
            .or_else(|| line(violation.code()))
            .or_else(|| line(&format!("{kind}.*")))
            .or_else(|| {
                let inside = violation.rule().stands_for()?;
                line(inside).or_else(|| line(&format!("{}.*", inside.split('.').next()?)))
            })
            .or_else(|| line(ANYTHING));
        code.map_or("", String::as_str)
    }

    /// Returns the protocol code for the violation code `code`; `None` if the contract has no entry for it or its rule.
    pub fn wire_of(&self, code: &str) -> Option<&str> {
        let kind = code.split('.').next().unwrap_or_default();
        let line = self.violations.get(code).or_else(|| self.violations.get(&format!("{kind}.*")));
        line.map(String::as_str)
    }

    /// Returns the name and `wire` setting of each rule whose `wire` setting is not a code of this contract.
    pub fn unknown_wires<'p>(&self, policy: &'p Policy) -> Vec<(&'p str, &'p str)> {
        let wires = policy.rules().filter_map(|rule| rule.wire().map(|wire| (rule.name(), wire)));
        wires.filter(|(_, wire)| !self.codes.contains_key(*wire)).collect()
    }

    /// Returns the response for a violation, with its text in `language`.
    pub fn violation(&self, violation: &RuleViolation, policy: &Policy, language: Language) -> WireRefusal {
        let value = |name: &str| match name {
            CLAUSE => {
                let own = violation.rule().message(language).map(|_| violation.message(language));
                let clause = own.or_else(|| policy.clause(violation.rule().name(), language));
                Some(clause.unwrap_or_else(|| violation.message(language)).into())
            }
            number => Some(violation.number(number).map_or_else(|| "".into(), MessageValue::Number)),
        };
        self.answer(self.violation_code(violation), language, &value)
    }

    /// Returns an outcome as JSON, with the codes of this contract in `wire`. See [`Outcome::to_json`].
    pub fn outcome_to_json(&self, outcome: &Outcome, language: Language) -> serde_json::Value {
        outcome.to_json(language, |violation| Some(self.violation_code(violation)))
    }

    /// Returns an explanation as JSON, with the codes of this contract in `wire`. See [`Explanation::to_json`].
    pub fn explanation_to_json(&self, explanation: &Explanation, language: Language) -> serde_json::Value {
        explanation.to_json(language, |violation| Some(self.violation_code(violation)))
    }

    /// Returns the response for a refusal of the reset flow, with its text in `language`. A refused password is reported
    /// by its first violation in evaluation order.
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

    /// Returns the response for a password that could not be evaluated: a client error for malformed input, 503 for
    /// unreadable lists (transient), 500 otherwise.
    pub fn cannot_judge(&self, error: &CannotJudge, language: Language) -> WireRefusal {
        let name = match error.kind() {
            CannotJudgeKind::NotUtf8 | CannotJudgeKind::Nul | CannotJudgeKind::TooManyFacts => "host.malformed",
            CannotJudgeKind::Unavailable => "host.unavailable",
            _ => "host.fault",
        };
        self.host(name, language)
    }

    /// Returns the response for a host-level error, such as `host.malformed`, with its text in `language`. A name that the
    /// contract does not have is treated as `host.fault`.
    pub fn host(&self, name: &str, language: Language) -> WireRefusal {
        let code = self.refusals.get(name).or_else(|| self.refusals.get("host.fault"));
        self.answer(code.map_or("", String::as_str), language, &|_| None)
    }

    fn answer<'v>(
        &self,
        code: &str,
        language: Language,
        value: &dyn Fn(&str) -> Option<MessageValue<'v>>,
    ) -> WireRefusal {
        let Some(entry) = self.codes.get(code) else {
            return WireRefusal { status: 500, code: code.to_owned(), message: String::new(), retry_after: None };
        };
        let key = text_key(&self.name, code);
        let mut languages = language.fallbacks();
        // A contract with texts of its own never shows those of a built-in contract of the same name.
        let text = languages.find_map(|language| match entry.texts.is_empty() {
            true => language.text(&key),
            false => entry.texts.get(language.tag()).map(String::as_str),
        });
        let message = language.format(text.unwrap_or_default(), value);
        WireRefusal { status: entry.status, code: code.to_owned(), message, retry_after: None }
    }
}

/// Returns the key of a built-in contract's text for `code`.
fn text_key(contract: &str, code: &str) -> String {
    format!("contracts/{contract}.{code}")
}

fn read_codes(table: Table<'_>, contract: &str) -> BTreeMap<String, Entry> {
    let english = Language::ENGLISH.tag();
    let mut codes = BTreeMap::new();
    for code in table.entries() {
        let mut fields = table.inside(code);
        let status = fields.count("status", 400, 400..=599) as u16;
        let mut texts = BTreeMap::new();
        if let Some(mut table) = fields.table("text") {
            for language in LANGUAGES {
                if let Some(text) = table.text(language.tag()) {
                    for error in language.syntax_errors(&text.value) {
                        table.report_at(text.span, "bad-message", error, None);
                    }
                    texts.insert(language.tag().to_owned(), text.value);
                }
            }
            table.finish();
        }
        let is_built_in = || texts.is_empty() && Language::ENGLISH.text(&text_key(contract, &code.key)).is_some();
        if !texts.contains_key(english) && !is_built_in() {
            let message = format!("`{}` has no English text", code.key);
            let help = Some(format!("add `text = {{ {english} = \"…\" }}`"));
            fields.report_at(fields.span(), "missing-key", message, help);
        }
        fields.finish();
        codes.insert(code.key.clone(), Entry { status, texts });
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
