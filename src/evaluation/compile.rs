//! Compiles a document to a policy: each module parses its own table; all diagnostics are collected.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::policy::{CompiledRule, Exemption, Policy};
use super::rule_info::RuleInfo;
use super::sections::{
    ATTRIBUTES, EXEMPT, EXTENDS, NAME, PASSWORD, RESET, RULES, RuleKeys, check_format, policy_keys,
    read_attributes, read_exemption, read_password, read_rule_keys, rule_keys,
};
use crate::policy::document::{Entry, Start, Value};
use crate::policy::lint::LintSettings;
use crate::policy::population::POPULATION;
use crate::policy::{Document, Files, Node, Parameter, PolicyError, ResetPolicy, Source, StandingPolicy, Table};
use crate::rules::kinds::{ParsedRule, is_off};
use crate::rules::{AttributesRead, Cost, Definition, Kinds, Rule, built_in};

impl Policy {
    /// Loads a preset.
    ///
    /// # Errors
    /// Returns an error if there is no preset of that name.
    pub fn preset(name: &str) -> Result<Policy, PolicyError> {
        Loader::new().load(Start::Preset(name))
    }

    /// Loads a policy from its text.
    ///
    /// # Errors
    /// Returns every error of the policy.
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        Loader::new().load(Start::Text("policy", text))
    }

    /// Loads a policy from a file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or every error of the policy.
    pub fn load(path: &str) -> Result<Policy, PolicyError> {
        Loader::new().load(Start::Named(path))
    }
}

/// Loads policies, with the rule kinds and the source of files given to it.
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
    /// Creates a loader with the built-in rule kinds that reads files from the file system.
    pub fn new() -> Loader {
        Loader { definitions: built_in().to_vec(), source: Box::new(Files) }
    }

    /// Adds a rule kind. Replaces one of the same name.
    #[must_use]
    pub fn with_kind(mut self, definition: Definition) -> Loader {
        self.definitions.retain(|known| known.kind() != definition.kind());
        self.definitions.push(definition);
        self
    }

    /// Reads files from `source`.
    #[must_use]
    pub fn with_source(self, source: impl Source + 'static) -> Loader {
        Loader { source: Box::new(source), ..self }
    }

    /// Loads a policy.
    ///
    /// # Errors
    /// Returns every error of the policy.
    pub fn load(&self, start: Start<'_>) -> Result<Policy, PolicyError> {
        self.load_with_document(start).map(|(policy, _)| policy)
    }

    /// Loads a policy and returns its document as well, whose values retain their places: for reports about the policy.
    ///
    /// # Errors
    /// Returns every error of the policy.
    pub fn load_with_document(&self, start: Start<'_>) -> Result<(Policy, Document), PolicyError> {
        let document = Document::read(start, self.source.as_ref())?;
        let policy = self.compile(&document, self.source.as_ref());
        document.reporter.finish()?;
        Ok((policy, document))
    }

    /// Returns the source of files.
    pub fn source(&self) -> &dyn Source {
        self.source.as_ref()
    }

    /// Returns the rule kinds, in evaluation order.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// Returns the keys that a policy file can contain, with those of its tables, but without the parameters of rules.
    pub fn policy_keys(&self) -> Vec<Parameter> {
        policy_keys()
    }

    /// Returns the keys that every rule of a policy can have besides its parameters.
    pub fn rule_keys(&self) -> Vec<Parameter> {
        rule_keys()
    }

    /// Compiles a document, whose files `source` reads. Errors are reported to the reporter of the document.
    pub(crate) fn compile(&self, document: &Document, source: &dyn Source) -> Policy {
        let table = Table::new(&document.root, document.root.span, &document.reporter, source);
        let mut policy = self.read(table, !document.reporter.is_clean());
        policy.digest = digest(document, &policy.dictionaries);
        policy
    }

    /// Reads the table at the top. `has_errors` is true if an error has been reported.
    fn read(&self, mut table: Table<'_>, has_errors: bool) -> Policy {
        check_format(&mut table, has_errors);
        if table.has(POPULATION) {
            let help = Some(
                "name a policy here; a policy set is loaded by `PolicySet`, `kouling which` and hosts".to_owned(),
            );
            table.report_at(
                table.key_span_of(POPULATION),
                "unknown-key",
                format!("`{POPULATION}` makes this file a policy set, which is not a policy"),
                help,
            );
            table.mark_all_read();
        }
        // Its value was checked in every layer.
        table.mark_read(EXTENDS.key());
        let name = table.read(&NAME).map_or_else(|| "unnamed".to_owned(), |name| name.value);
        let (preparation, report_all) = table.section_or_absent(PASSWORD, read_password);
        let standing = StandingPolicy::read(&mut table);
        let reset = table.section_or_absent(RESET, ResetPolicy::read);
        let known_attributes = table.section(ATTRIBUTES, read_attributes);
        let kinds = Kinds::new(&self.definitions, known_attributes.as_deref());
        let rules = match table.node(RULES) {
            Some(Node { value: Value::Array(_), span }) => {
                let help = Some("write one table for each rule, such as `[rules.length]`".to_owned());
                table.report_at(
                    *span,
                    "wrong-type",
                    "`rules` must be a table of rules by name, found a list",
                    help,
                );
                Vec::new()
            }
            _ => table.table(RULES).map(|rules| read_rules(&rules, &kinds)).unwrap_or_default(),
        };
        let names: Vec<&str> = rules.iter().map(|rule| rule.info.name.as_str()).collect();
        let exemptions: Vec<Exemption> =
            table.tables(EXEMPT).into_iter().map(|exempt| read_exemption(exempt, &names, &kinds)).collect();
        let lint = LintSettings::read(&mut table);
        table.finish();

        let dictionaries = dictionaries(&rules, &exemptions);
        let mut attributes = AttributesRead::default();
        let conditions = exemptions.iter().flat_map(|exemption| &exemption.when).map(|part| part.rule.as_ref());
        rules.iter().map(|rule| rule.rule.as_ref()).chain(conditions).for_each(|rule| attributes.add(rule));
        Policy {
            name,
            digest: [0; 32],
            dictionaries: dictionaries.into(),
            preparation,
            report_all,
            standing,
            rules,
            exemptions,
            attributes,
            known_attributes,
            reset,
            lint,
            input: Arc::new(RuleInfo::outside_the_rules("input")),
            min_age: Arc::new(RuleInfo::outside_the_rules("min_password_age")),
        }
    }
}

fn read_rules(rules: &Table<'_>, kinds: &Kinds<'_>) -> Vec<CompiledRule> {
    let mut compiled: Vec<(Cost, usize, CompiledRule)> = Vec::new();
    for entry in rules.entries().iter().filter(|entry| !is_off(entry)) {
        compiled.extend(read_rule(rules, entry, kinds));
    }
    // By cost, then in the order of the kinds, then in the order of the policy (the sort is stable).
    compiled.sort_by_key(|(cost, place, _)| (*cost, *place));
    compiled.into_iter().map(|(_, _, rule)| rule).collect()
}

fn read_rule(rules: &Table<'_>, entry: &Entry, kinds: &Kinds<'_>) -> Option<(Cost, usize, CompiledRule)> {
    let mut table = rules.inside(entry);
    let RuleKeys { severity, from, messages, wire } = read_rule_keys(&mut table);
    let read = kinds.rule(entry, &mut table);
    table.finish();
    let ParsedRule { place, kind, part } = read?;
    let mut attributes = AttributesRead::default();
    attributes.add(part.rule.as_ref());
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
    let rule = CompiledRule {
        info: Arc::new(info),
        codes: part.codes,
        written,
        named_attributes: attributes.named.into_iter().map(Arc::from).collect(),
        severity,
        from,
        rule: part.rule,
    };
    Some((part.cost, place, rule))
}

/// Returns the first code of the first rule inside a rule.
fn first_code_inside(rule: &dyn Rule) -> Option<String> {
    let first = rule.parts().first()?;
    first_code_inside(first.rule.as_ref()).or_else(|| first.codes.first().map(ToString::to_string))
}

/// Returns every word list and filter that the rules use, each once, sorted by name.
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

/// Collects every whole number in a value.
fn collect_numbers(value: &Value, numbers: &mut Vec<u64>) {
    match value {
        Value::Integer(Some(number)) => numbers.extend(u64::try_from(*number)),
        Value::Array(items) => items.iter().for_each(|item| collect_numbers(&item.value, numbers)),
        Value::Table(entries) => entries.iter().for_each(|entry| collect_numbers(&entry.node.value, numbers)),
        _ => {}
    }
}

/// Returns SHA-256 over every layer's text and every dictionary's digest, each preceded by its length.
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
