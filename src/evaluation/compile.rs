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
use crate::policy::grammar::{Grammar, Key, ValueType};
use crate::policy::{Document, FORMAT, Files, PolicyError, Reporter, ResetPolicy, Source, Table};
use crate::rules::kinds::{ParsedRule, is_off};
use crate::rules::{Cost, Definition, Kinds, Rule, built_in};
use crate::time::Moment;

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
        Loader { definitions: built_in().to_vec(), source: Box::new(Files) }
    }

    /// Also knows this kind; one of the same name is replaced.
    #[must_use]
    pub fn with_kind(mut self, definition: Definition) -> Loader {
        self.definitions.retain(|known| known.kind() != definition.kind());
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
        self.load_with_document(start).map(|(policy, _)| policy)
    }

    /// Loads a policy and keeps the document, whose values know where they were written: for what is said about a
    /// policy itself.
    ///
    /// # Errors
    /// As [`Loader::load`].
    pub fn load_with_document(&self, start: Start<'_>) -> Result<(Policy, Document), PolicyError> {
        let document = Document::read(start, self.source.as_ref())?;
        let policy = self.compile(&document);
        document.reporter.finish()?;
        Ok((policy, document))
    }

    /// Where this loader reads files from.
    pub fn source(&self) -> &dyn Source {
        self.source.as_ref()
    }

    /// What can be written in a policy, outside its rules.
    pub fn grammar(&self) -> Vec<Key> {
        let (reporter, grammar) = (Reporter::default(), Grammar::default());
        self.read(Table::recording(&reporter, self.source.as_ref(), &grammar), true);
        grammar.into_keys()
    }

    /// What can be written in a rule of each kind beside what every rule can say: kind and keys.
    pub fn grammar_of_kinds(&self) -> Vec<(&str, Vec<Key>)> {
        let keys = |definition: &Definition| {
            let (reporter, grammar) = (Reporter::default(), Grammar::default());
            let mut table = Table::recording(&reporter, self.source.as_ref(), &grammar);
            (definition.build)(&mut table, &Kinds::new(&[]));
            grammar.into_keys()
        };
        self.definitions.iter().map(|definition| (definition.kind(), keys(definition))).collect()
    }

    /// What can be written in a rule of any kind.
    pub fn grammar_of_rules(&self) -> Vec<Key> {
        let (reporter, grammar) = (Reporter::default(), Grammar::default());
        let mut table = Table::recording(&reporter, self.source.as_ref(), &grammar);
        read_shared(&mut table);
        table.text("kind");
        grammar.into_keys()
    }

    fn compile(&self, document: &Document) -> Policy {
        let table = Table::new(&document.root, document.root.span, &document.reporter, self.source.as_ref());
        let mut policy = self.read(table, !document.reporter.is_clean());
        policy.digest = digest(document, &policy.dictionaries);
        policy
    }

    /// Reads the table at the top. `excused`: whether the version of the format may be missing, since something is
    /// wrong already.
    fn read(&self, mut table: Table<'_>, excused: bool) -> Policy {
        // Their values were looked at in every layer.
        table.was_read("extends", ValueType::Texts);
        table.was_read("format", ValueType::Count { range: FORMAT..=FORMAT, default: None });
        if !table.has("format") && !excused {
            let help = Some("`format = 1` is the first line of every policy".to_owned());
            let beginning = crate::policy::Span { end: table.span().start, ..table.span() };
            table.complain_at(beginning, "missing-key", "the policy does not say its `format`", help);
        }
        let name = table.text("name").map_or_else(|| "unnamed".to_owned(), |name| name.value);
        let (preparation, report_all) = match table.table("password") {
            Some(password) => read_password(password),
            None => (default_preparation(), true),
        };
        let expiry = table.table("expiry").map(read_expiry);
        let reset = table.table("reset").map_or_else(ResetPolicy::default, ResetPolicy::read);
        let kinds = Kinds::new(&self.definitions);
        let rules = table.table("rules").map(|rules| read_rules(&rules, &kinds)).unwrap_or_default();
        let names: Vec<&str> = rules.iter().map(|rule| rule.info.name.as_str()).collect();
        let exemptions: Vec<Exemption> =
            table.tables("exempt").into_iter().map(|exempt| read_exemption(exempt, &names, &kinds)).collect();
        table.finish();

        let dictionaries = dictionaries(&rules, &exemptions);
        Policy {
            name,
            digest: [0; 32],
            dictionaries: dictionaries.into(),
            preparation,
            report_all,
            expiry,
            rules,
            exemptions,
            reset,
            input: Arc::new(RuleInfo::input()),
        }
    }
}

fn read_rules(rules: &Table<'_>, kinds: &Kinds<'_>) -> Vec<CompiledRule> {
    let mut compiled: Vec<(Cost, usize, CompiledRule)> = Vec::new();
    for entry in rules.rules().iter().filter(|entry| !is_off(entry)) {
        compiled.extend(read_rule(rules, entry, kinds));
    }
    // Cheap before dear, then as the list of kinds has it, then as written (the sort is stable).
    compiled.sort_by_key(|(cost, place, _)| (*cost, *place));
    compiled.into_iter().map(|(_, _, rule)| rule).collect()
}

fn read_rule(rules: &Table<'_>, entry: &Entry, kinds: &Kinds<'_>) -> Option<(Cost, usize, CompiledRule)> {
    let mut table = rules.inside(entry);
    let Shared { severity, from, messages, wire } = read_shared(&mut table);
    let read = kinds.rule(entry, &mut table);
    table.finish();
    let ParsedRule { place, kind, part } = read?;
    let mut written = Vec::new();
    collect_numbers(&entry.node.value, &mut written);
    let info = RuleInfo {
        name: part.name,
        kind: kind.into_owned(),
        messages,
        wire,
        requirements: part.rule.requirements(),
        stands_for: first_code_inside(part.rule.as_ref()),
    };
    let rule = CompiledRule { info: Arc::new(info), codes: part.codes, written, severity, from, rule: part.rule };
    Some((part.cost, place, rule))
}

/// What any rule of a policy may say beside what its kind does.
struct Shared {
    severity: Severity,
    from: Option<Moment>,
    messages: BTreeMap<String, String>,
    wire: Option<String>,
}

fn read_shared(table: &mut Table<'_>) -> Shared {
    let severities = [("refuse", Severity::Refuse), ("warn", Severity::Warn), ("shadow", Severity::Shadow)];
    Shared {
        severity: table.choice("severity", Severity::Refuse, &severities),
        from: table.date("from"),
        messages: table.table("message").map(read_messages).unwrap_or_default(),
        wire: table.text("wire").map(|wire| wire.value),
    }
}

/// The first code of the first rule inside a rule made of rules.
fn first_code_inside(rule: &dyn Rule) -> Option<String> {
    let first = rule.parts().first()?;
    first_code_inside(first.rule.as_ref()).or_else(|| first.codes.first().map(ToString::to_string))
}

fn read_exemption(mut table: Table<'_>, names: &[&str], kinds: &Kinds<'_>) -> Exemption {
    let when = table.table("when").map(|conditions| kinds.parts(&conditions)).unwrap_or_default();
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

/// Every dictionary that a judgement looks things up in, each once, by name.
fn dictionaries(rules: &[CompiledRule], exemptions: &[Exemption]) -> Vec<(String, [u8; 32])> {
    fn collect(rule: &dyn Rule, found: &mut Vec<(String, [u8; 32])>) {
        found.extend(rule.dictionaries());
        rule.parts().iter().for_each(|part| collect(part.rule.as_ref(), found));
    }
    let mut found = Vec::new();
    rules.iter().for_each(|rule| collect(rule.rule.as_ref(), &mut found));
    exemptions
        .iter()
        .flat_map(|exemption| &exemption.when)
        .for_each(|part| collect(part.rule.as_ref(), &mut found));
    found.sort();
    found.dedup();
    found
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
fn digest(document: &Document, dictionaries: &[(String, [u8; 32])]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    for (_, text) in document.reporter.layers() {
        add(text.as_bytes());
    }
    for (name, digest) in dictionaries {
        add(name.as_bytes());
        add(digest);
    }
    hasher.finalize().into()
}
