//! From a document to a policy: every table read by the one who knows it, every finding at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::outcome::Severity;
use super::policy::{
    CEILING_MAX_BYTES, CompiledRule, DEFAULT_MAX_BYTES, Exemption, Expiry, Policy, default_preparation,
};
use super::rule_info::RuleInfo;
use crate::candidate::{Normalization, Preparation};
use crate::policy::diagnostic::suggestion;
use crate::policy::document::{Entry, Start, Value};
use crate::policy::{Document, Files, PolicyError, ResetPolicy, Source, Table};
use crate::rules::{Cost, Definition, Rule, built_in};

/// A policy may have this many rules.
const MOST_RULES: usize = 256;
/// Keys that any rule may have beside its own.
const SHARED_KEYS: [&str; 5] = ["kind", "severity", "from", "message", "wire"];

impl Policy {
    /// A policy that comes with the engine.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn preset(name: &str) -> Result<Policy, PolicyError> {
        Loader::new().load(Start::Preset(name))
    }

    /// A policy from its text.
    ///
    /// # Errors
    /// When anything is wrong with it: everything that is.
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        Loader::new().load(Start::Text("policy", text))
    }

    /// A policy from a file.
    ///
    /// # Errors
    /// When it cannot be read or anything is wrong with it: everything that is.
    pub fn load(path: &str) -> Result<Policy, PolicyError> {
        Loader::new().load(Start::Named(path))
    }
}

/// Loads policies: knows the kinds of rules and where files come from.
pub struct Loader {
    definitions: Vec<Definition>,
    source: Box<dyn Source>,
}

impl Default for Loader {
    fn default() -> Loader {
        Loader::new()
    }
}

impl Loader {
    /// A loader that knows the built-in kinds and reads files from the file system.
    pub fn new() -> Loader {
        Loader { definitions: built_in(), source: Box::new(Files) }
    }

    /// Also knows this kind; one of the same name is replaced.
    #[must_use]
    pub fn with_kind(mut self, definition: Definition) -> Loader {
        self.definitions.retain(|known| known.kind != definition.kind);
        self.definitions.push(definition);
        self
    }

    /// Reads files from elsewhere.
    #[must_use]
    pub fn with_source(self, source: impl Source + 'static) -> Loader {
        Loader { source: Box::new(source), ..self }
    }

    /// Loads a policy.
    ///
    /// # Errors
    /// When anything is wrong with it: everything that is.
    pub fn load(&self, start: Start<'_>) -> Result<Policy, PolicyError> {
        let document = Document::read(start, self.source.as_ref())?;
        let policy = self.compile(&document);
        document.reporter.finish()?;
        Ok(policy)
    }

    fn compile(&self, document: &Document) -> Policy {
        let mut table = Table::new(&document.root, document.root.span, &document.reporter, self.source.as_ref());
        table.node("extends");
        table.node("format"); // its value was looked at in every layer
        if !table.has("format") && document.reporter.is_clean() {
            let help = Some("`format = 1` is the first line of every policy".to_owned());
            let beginning = crate::policy::Span { end: document.root.span.start, ..table.span() };
            table.complain_at(beginning, "missing-key", "the policy does not say its `format`", help);
        }
        let name = table.text("name").map_or_else(|| "unnamed".to_owned(), |name| name.value);
        let (preparation, report_all) = match table.table("password") {
            Some(password) => read_password(password),
            None => (default_preparation(), true),
        };
        let expiry = table.table("expiry").map(read_expiry);
        let reset = table.table("reset").map_or_else(ResetPolicy::default, ResetPolicy::read);
        let rules = table.table("rules").map(|rules| self.read_rules(&rules)).unwrap_or_default();
        let names: Vec<&str> = rules.iter().map(|rule| rule.info.name.as_str()).collect();
        let exemptions = table.tables("exempt").into_iter().map(|e| self.read_exemption(e, &names)).collect();
        table.finish();

        let digest = digest(document, &rules);
        let input =
            RuleInfo { name: "input".to_owned(), kind: "input".to_owned(), messages: BTreeMap::new(), wire: None };
        Policy { name, digest, preparation, report_all, expiry, rules, exemptions, reset, input: Arc::new(input) }
    }

    fn read_rules(&self, rules: &Table<'_>) -> Vec<CompiledRule> {
        let mut compiled: Vec<(Cost, usize, CompiledRule)> = Vec::new();
        if rules.entries().len() > MOST_RULES {
            rules.complain_at(rules.span(), "too-large", format!("more than {MOST_RULES} rules"), None);
            return Vec::new();
        }
        for entry in rules.entries() {
            if let Some((position, definition, rule)) = self.read_rule(rules, entry) {
                compiled.push((definition.cost, position, rule));
            }
        }
        // Cheap before dear, then as the list of kinds has it, then as written (the sort is stable).
        compiled.sort_by_key(|(cost, position, _)| (*cost, *position));
        compiled.into_iter().map(|(_, _, rule)| rule).collect()
    }

    fn read_rule(&self, rules: &Table<'_>, entry: &Entry) -> Option<(usize, &Definition, CompiledRule)> {
        if matches!(entry.node.value, Value::Boolean(false)) {
            return None; // a later layer switches a rule off
        }
        let mut table = rules.inside(entry);
        let kind = match table.text("kind") {
            Some(kind) => kind,
            None => crate::policy::table::Placed { value: entry.key.clone(), span: entry.key_span },
        };
        let Some(position) = self.definitions.iter().position(|known| known.kind == kind.value) else {
            let kinds: Vec<&str> = self.definitions.iter().map(|known| known.kind.as_ref()).collect();
            let message = format!("there is no kind of rule `{}`", kind.value);
            table.complain_at(kind.span, "unknown-kind", message, suggestion(&kind.value, &kinds));
            return None;
        };
        let definition = &self.definitions[position];
        let severities = [("refuse", Severity::Refuse), ("warn", Severity::Warn), ("shadow", Severity::Shadow)];
        let severity = table.choice("severity", Severity::Refuse, &severities);
        let from = table.date("from");
        let messages = table.table("message").map(read_messages).unwrap_or_default();
        let wire = table.text("wire").map(|wire| wire.value);
        let rule = (definition.build)(&mut table);
        if rule.is_none() && table.reporter_is_clean() {
            // A rule left out in silence would accept what it was written to refuse.
            let message = format!("the rule `{}` cannot be built", entry.key);
            table.complain_at(entry.key_span, "not-built", message, None);
        }
        table.finish();
        let info = RuleInfo { name: entry.key.clone(), kind: definition.kind.to_string(), messages, wire };
        let mut written = Vec::new();
        collect_numbers(&entry.node.value, &mut written);
        let codes = definition.codes.to_vec();
        let rule = CompiledRule { info: Arc::new(info), codes, written, severity, from, rule: rule? };
        Some((position, definition, rule))
    }

    fn read_exemption(&self, mut table: Table<'_>, names: &[&str]) -> Exemption {
        let mut when: Vec<Box<dyn Rule>> = Vec::new();
        if let Some(conditions) = table.table("when") {
            for entry in conditions.entries() {
                for key in SHARED_KEYS {
                    let condition = conditions.inside(entry);
                    if condition.has(key) {
                        condition.complain(key, "unknown-key", format!("a condition has no `{key}`"), None);
                    }
                }
                when.extend(self.read_rule(&conditions, entry).map(|(_, _, rule)| rule.rule));
            }
        }
        if when.is_empty() {
            let message = "an exemption must say `when`: without a condition it would switch the rules off";
            table.complain_at(table.span_of("when"), "missing-key", message, None);
        }
        let rules = table.texts("rules").unwrap_or_default();
        if rules.is_empty() {
            table.complain_at(table.span_of("rules"), "missing-key", "an exemption must name its `rules`", None);
        }
        for rule in rules.iter().filter(|rule| !names.contains(&rule.value.as_str())) {
            let message = format!("this policy has no rule `{}`", rule.value);
            table.complain_at(rule.span, "unknown-value", message, suggestion(&rule.value, names));
        }
        table.finish();
        Exemption { when, rules: rules.into_iter().map(|rule| rule.value).collect() }
    }
}

/// Every whole number that stands in a value.
fn collect_numbers(value: &Value, numbers: &mut Vec<u64>) {
    match value {
        Value::Integer(Some(number)) => numbers.extend(u64::try_from(*number)),
        Value::Array(items) => items.iter().for_each(|item| collect_numbers(&item.value, numbers)),
        Value::Table(entries) => entries.iter().for_each(|entry| collect_numbers(&entry.node.value, numbers)),
        _ => {}
    }
}

fn read_password(mut table: Table<'_>) -> (Preparation, bool) {
    let forms = [("nfc", Normalization::Nfc), ("none", Normalization::None)];
    let preparation = Preparation {
        normalization: table.choice("normalize", Normalization::Nfc, &forms),
        max_bytes: table.count("max_bytes", DEFAULT_MAX_BYTES, 1..=CEILING_MAX_BYTES) as usize,
        hash_limit_bytes: table
            .optional_count("hash_limit_bytes", 1..=CEILING_MAX_BYTES)
            .map(|limit| limit as usize),
    };
    let report_all = table.choice("report", true, &[("all", true), ("first", false)]);
    table.finish();
    (preparation, report_all)
}

fn read_expiry(mut table: Table<'_>) -> Expiry {
    const DAY: u64 = 86_400;
    let max_age = table.duration("max_age", 90 * DAY, DAY..=3_660 * DAY);
    let expiry =
        Expiry { max_age, warn_before: table.duration("warn_before", (7 * DAY).min(max_age), 0..=max_age) };
    table.finish();
    expiry
}

fn read_messages(table: Table<'_>) -> BTreeMap<String, String> {
    let mut messages = BTreeMap::new();
    for entry in table.entries() {
        let known: Vec<&str> = super::messages::LANGUAGES.iter().map(|language| language.tag()).collect();
        if !known.contains(&entry.key.as_str()) {
            let message = format!("there is no language `{}`", entry.key);
            table.complain_at(entry.key_span, "unknown-key", message, suggestion(&entry.key, &known));
        }
        match &entry.node.value {
            Value::String(text) if text.chars().count() <= 500 => {
                messages.insert(entry.key.clone(), text.clone());
            }
            Value::String(_) => {
                table.complain_at(entry.node.span, "too-large", "a message may have 500 characters", None);
            }
            other => {
                let message = format!("a message must be a string, found {}", other.kind());
                table.complain_at(entry.node.span, "wrong-type", message, None);
            }
        }
    }
    messages
}

/// SHA-256 over every layer's text and every dictionary's digest, each with its length before it.
fn digest(document: &Document, rules: &[CompiledRule]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    for (_, text) in document.reporter.layers() {
        add(text.as_bytes());
    }
    for (name, digest) in rules.iter().flat_map(|rule| rule.rule.dictionaries()) {
        add(name.as_bytes());
        add(&digest);
    }
    hasher.finalize().into()
}
