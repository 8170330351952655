//! Reads a policy set, with the policies of its populations. Collects the errors of all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::condition::Condition;
use super::strictest::{self, Part};
use super::{MAX_COMBINED, MAX_NAME, MAX_POPULATIONS, PolicySet, Population, Selected};
use crate::analysis::diff::Side;
use crate::evaluation::sections::{ATTRIBUTES, EXTENDS, NAME, check_format, read_attributes};
use crate::evaluation::{Loader, Policy};
use crate::policy::document::{Start, Value, names_file};
use crate::policy::lint::LintSettings;
use crate::policy::population::{POLICY, POPULATION, POPULATION_NAME, SELECT, WHEN};
use crate::policy::source::Snapshot;
use crate::policy::table::Placed;
use crate::policy::{Document, PolicyError, Source, Span, Table};

/// The documents of a policy set, for reports about it.
#[derive(Debug, Default)]
pub struct SetDocuments {
    /// The file of the set. `None` if the set was loaded from a policy.
    pub(super) set: Option<Document>,
    /// The documents of the policies, each once.
    pub(super) policies: Vec<Document>,
    /// The place in `policies` of the document of each population.
    pub(super) places: Vec<usize>,
    /// Where the set names the policy of each population.
    references: Vec<Span>,
    pub(super) combined: BTreeMap<u64, Document>,
    /// What the set states for `lint`.
    pub(super) lint: LintSettings,
}

impl SetDocuments {
    /// Returns the document of the set. `None` if the set was loaded from a policy.
    pub fn set(&self) -> Option<&Document> {
        self.set.as_ref()
    }

    /// Returns the document of the policy of a population, by its place in [`PolicySet::populations`].
    ///
    /// # Panics
    /// If there is no such population.
    pub fn population(&self, place: usize) -> &Document {
        &self.policies[self.places[place]]
    }

    /// Reports an error about the policy of a population, by its place in [`PolicySet::populations`], where the set names that
    /// policy. [`SetDocuments::finish`] returns the errors.
    pub fn report(&self, place: usize, id: &'static str, message: impl Into<String>, help: Option<String>) {
        if let (Some(set), Some(span)) = (&self.set, self.references.get(place)) {
            set.reporter.report(*span, id, message, help);
        }
    }

    /// Finishes the collection of reported errors.
    ///
    /// # Errors
    /// Returns every reported error, if there is one.
    pub fn finish(&self) -> Result<(), PolicyError> {
        self.set.as_ref().map_or(Ok(()), |set| set.reporter.finish())
    }

    /// Returns the document that the policy of a user was compiled from.
    pub fn selected(&self, selected: &Selected<'_>) -> &Document {
        self.of(selected.holds())
    }

    /// Returns the policy that comes from these populations, with its document. `None` if there is no such combination.
    pub fn take(mut self, set: &PolicySet, populations: &[String]) -> Option<(Arc<Policy>, Document)> {
        let place_of = |name: &String| set.populations.iter().position(|known| known.name == *name);
        let holds = populations.iter().try_fold(0, |holds, name| Some(holds | 1_u64 << place_of(name)?))?;
        let combined = set.combined.as_ref().and_then(|combined| combined.get(&holds));
        let policy = match populations {
            [only] => &set.populations[place_of(only)?].policy,
            _ => combined?,
        };
        // Populations with the same policy have no document of their own.
        let document = self.combined.remove(&holds);
        let first = holds.trailing_zeros() as usize;
        let document = document.unwrap_or_else(|| self.policies.swap_remove(self.places[first]));
        Some((policy.clone(), document))
    }

    /// Returns the document of a combination of populations.
    fn of(&self, holds: u64) -> &Document {
        self.combined.get(&holds).unwrap_or_else(|| self.population(holds.trailing_zeros() as usize))
    }
}

impl PolicySet {
    /// Loads a set or a policy from its text.
    ///
    /// # Errors
    /// Returns every error of the set and of its policies.
    pub fn parse(text: &str) -> Result<PolicySet, PolicyError> {
        Loader::new().load_set(Start::Text("policy", text))
    }

    /// Loads a set or a policy from a file.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read, or every error of the set and of its policies.
    pub fn load(path: &str) -> Result<PolicySet, PolicyError> {
        Loader::new().load_set(Start::Named(path))
    }
}

impl Loader {
    /// Loads a policy set, or a policy as a set with one population.
    ///
    /// # Errors
    /// Returns every error of the set and of its policies.
    pub fn load_set(&self, start: Start<'_>) -> Result<PolicySet, PolicyError> {
        self.load_set_with_documents(start).map(|(set, _)| set)
    }

    /// Loads a policy set and returns its documents as well, for reports about the set.
    ///
    /// # Errors
    /// Returns every error of the set and of its policies.
    pub fn load_set_with_documents(&self, start: Start<'_>) -> Result<(PolicySet, SetDocuments), PolicyError> {
        // Populations often share files, which must have the same contents for all of them.
        let source = Snapshot::new(self.source());
        let document = Document::read(start, &source)?;
        let reading = Reading { loader: self, source: &source, policies: Vec::new(), errors: Vec::new() };
        match has_populations(&document) {
            true => reading.set(document),
            false => reading.policy(document),
        }
    }
}

/// Returns whether a document is a policy set.
fn has_populations(document: &Document) -> bool {
    matches!(&document.root.value, Value::Table(entries) if entries.iter().any(|entry| entry.key == POPULATION))
}

/// A policy of the set under its resolved name. `None` if it has errors.
type Loaded = (String, Option<(Arc<Policy>, Document)>);

struct Reading<'s> {
    loader: &'s Loader,
    source: &'s Snapshot<'s>,
    policies: Vec<Loaded>,
    errors: Vec<PolicyError>,
}

/// The table at the top of a set.
struct Top {
    name: String,
    is_strictest: bool,
    attributes_are_known: bool,
    lint: LintSettings,
    written: Vec<Written>,
}

/// A population as written.
struct Written {
    name: Placed<String>,
    condition: Option<Condition>,
    /// Whether it has a condition, valid or not.
    has_condition: bool,
    /// The place of its policy in [`Reading::policies`].
    policy: Option<usize>,
    policy_span: Span,
}

impl Reading<'_> {
    /// Makes a set of a policy.
    fn policy(self, document: Document) -> Result<(PolicySet, SetDocuments), PolicyError> {
        let policy = self.loader.compile(&document, self.source);
        document.reporter.finish()?;
        let (name, digest) = (policy.name().to_owned(), *policy.digest());
        let population = Population { name: name.clone(), condition: None, policy: Arc::new(policy) };
        let populations = vec![population];
        let set = PolicySet { name, digest, populations, attributes_are_known: false, combined: None };
        let documents = SetDocuments { policies: vec![document], places: vec![0], ..SetDocuments::default() };
        Ok((set, documents))
    }

    fn set(mut self, document: Document) -> Result<(PolicySet, SetDocuments), PolicyError> {
        let Top { name, is_strictest, attributes_are_known, lint, written } = self.top(&document);
        self.check(&document, &written, is_strictest);
        self.fail(&document)?;

        let mut documents = SetDocuments { lint, ..SetDocuments::default() };
        let mut policies = Vec::new();
        for (_, loaded) in std::mem::take(&mut self.policies) {
            let Some((policy, document)) = loaded else { continue };
            policies.push(policy);
            documents.policies.push(document);
        }
        let mut populations = Vec::new();
        for Written { name, condition, policy, policy_span, .. } in &written {
            let Some(policy) = policy.and_then(|place| policies.get(place).map(|policy| (place, policy))) else {
                continue;
            };
            documents.places.push(policy.0);
            documents.references.push(*policy_span);
            populations.push(Population {
                name: name.value.clone(),
                condition: condition.clone(),
                policy: policy.1.clone(),
            });
        }
        let mut combined = None;
        if is_strictest {
            combined = Some(self.combine(&document, &written, &populations, &mut documents)?);
        }
        let digest = digest(&document, &policies);
        documents.set = Some(document);
        Ok((PolicySet { name, digest, populations, attributes_are_known, combined }, documents))
    }

    /// Reads the table at the top.
    fn top(&mut self, document: &Document) -> Top {
        let mut table = Table::new(&document.root, document.root.span, &document.reporter, self.source);
        check_format(&mut table, !document.reporter.is_clean());
        let name = table.read(&NAME).map_or_else(|| "unnamed".to_owned(), |name| name.value);
        let is_strictest = table.read(&SELECT);
        let known = table.section(ATTRIBUTES, read_attributes);
        let lint = LintSettings::read(&mut table);
        let populations = table.tables(POPULATION);
        // One more than the maximum is an error: the rest is not loaded.
        let written = populations
            .into_iter()
            .take(MAX_POPULATIONS + 1)
            .map(|population| self.population(population, document, known.as_deref()))
            .collect();
        if table.has(EXTENDS.key()) {
            let help = Some("the policy of each population can extend others".to_owned());
            table.report_at(
                table.key_span_of(EXTENDS.key()),
                "unknown-key",
                "a policy set cannot extend a policy",
                help,
            );
            table.mark_all_read();
        }
        table.finish();
        Top { name, is_strictest, attributes_are_known: known.is_some(), lint, written }
    }

    fn population(&mut self, mut table: Table<'_>, document: &Document, known: Option<&[String]>) -> Written {
        let span = table.span();
        let name = table.read(&POPULATION_NAME);
        let is_listable = |c: char| !c.is_control() && c != ',';
        match &name {
            None if table.has(POPULATION_NAME.key()) => {}
            None => table.report_at(span, "missing-key", "the population has no `name`", None),
            Some(name)
                if (1..=MAX_NAME).contains(&name.value.chars().count()) && name.value.chars().all(is_listable) => {
            }
            Some(name) => {
                let message =
                    format!("`name` must have 1 to {MAX_NAME} characters, without commas and control characters");
                table.report_at(name.span, "out-of-range", message, None);
            }
        }
        let name = name.unwrap_or(Placed { value: String::new(), span });
        let condition = Condition::read(&mut table, WHEN, known);
        let has_condition = table.has(WHEN);
        let policy = table.read(&POLICY);
        if policy.is_none() && !table.has(POLICY.key()) {
            let help = Some("name a preset or a file: `policy = \"./staff.toml\"`".to_owned());
            table.report_at(table.span(), "missing-key", "the population has no `policy`", help);
        }
        table.finish();
        let policy_span = policy.as_ref().map_or(span, |policy| policy.span);
        let policy = policy.and_then(|policy| self.load(&policy, document));
        Written { name, condition, has_condition, policy, policy_span }
    }

    /// Loads a policy, unless an earlier population has the same. Returns its place in [`Reading::policies`].
    fn load(&mut self, reference: &Placed<String>, document: &Document) -> Option<usize> {
        let is_file = names_file(&reference.value);
        let from = document.reporter.layer_name(reference.span.layer);
        let name = match is_file {
            true => self.source.resolve(&reference.value, Some(&from)),
            false => reference.value.clone(),
        };
        if let Some(place) = self.policies.iter().position(|(known, _)| *known == name) {
            return Some(place);
        }
        let start = if is_file { Start::Named(&name) } else { Start::Preset(&name) };
        let loaded = match self.compile(start) {
            Ok(loaded) => Some(loaded),
            Err(error) => {
                // A missing file or preset has no text to point at.
                match error.diagnostics() {
                    [only] if only.line == 0 => {
                        document.reporter.report(reference.span, only.id, only.message.clone(), only.help.clone());
                    }
                    _ => self.errors.push(error),
                }
                None
            }
        };
        self.policies.push((name, loaded));
        Some(self.policies.len() - 1)
    }

    fn compile(&self, start: Start<'_>) -> Result<(Arc<Policy>, Document), PolicyError> {
        let document = Document::read(start, self.source)?;
        let policy = self.loader.compile(&document, self.source);
        document.reporter.finish()?;
        Ok((Arc::new(policy), document))
    }

    /// Reports the errors that concern several populations.
    fn check(&self, document: &Document, written: &[Written], is_strictest: bool) {
        let report = |span, id, message: String, help: &str| {
            document.reporter.report(span, id, message, (!help.is_empty()).then(|| help.to_owned()));
        };
        if written.is_empty() && document.reporter.is_clean() {
            let span = document.root.span;
            let span = Span { end: span.start, ..span };
            let help = "add a population: `[[population]]` with a `name` and a `policy`";
            report(span, "missing-key", "the policy set has no population".to_owned(), help);
        }
        for (place, population) in written.iter().enumerate() {
            let Placed { value: name, span } = &population.name;
            if written[..place].iter().any(|earlier| !name.is_empty() && earlier.name.value == *name) {
                report(*span, "duplicate-name", format!("there are two populations called `{name}`"), "");
            }
            match (population.has_condition, place + 1 == written.len()) {
                (true, true) => {
                    let help = "add a last population without `when`, which applies to everyone else";
                    report(
                        *span,
                        "missing-default",
                        "the last population has a condition, so some users have no policy".to_owned(),
                        help,
                    );
                }
                (false, false) => {
                    let help = "only the last population has no `when`";
                    report(
                        *span,
                        "unreachable",
                        format!("the population `{name}` has no condition, so those after it never apply"),
                        help,
                    );
                }
                _ => {}
            }
        }
        let max = if is_strictest { MAX_COMBINED } else { MAX_POPULATIONS };
        if written.len() > max {
            let message = format!("more than {max} populations");
            report(written[max].name.span, "too-large", message, "");
        }
    }

    /// Returns all errors so far, those of the set first.
    fn fail(&mut self, document: &Document) -> Result<(), PolicyError> {
        let errors: Vec<PolicyError> =
            document.reporter.finish().err().into_iter().chain(std::mem::take(&mut self.errors)).collect();
        PolicyError::all(errors).map_or(Ok(()), Err)
    }

    /// Compiles the policy of every combination of conditions that can hold.
    fn combine(
        &mut self,
        document: &Document,
        written: &[Written],
        populations: &[Population],
        documents: &mut SetDocuments,
    ) -> Result<BTreeMap<u64, Arc<Policy>>, PolicyError> {
        let mut policies: BTreeMap<u64, Arc<Policy>> = BTreeMap::new();
        let last = populations.len() - 1;
        policies.insert(1 << last, populations[last].policy.clone());
        // In this order, the combination without its first population is known.
        for others in 1..1_u64 << last {
            let holds = others | 1 << last;
            let first = others.trailing_zeros() as usize;
            let rest = holds & !(1 << first);
            let second = &policies[&rest];
            if populations
                .iter()
                .enumerate()
                .all(|(place, population)| holds & (1 << place) == 0 || Arc::ptr_eq(&population.policy, second))
            {
                policies.insert(holds, second.clone());
                continue;
            }
            let label = |holds: u64| populations[holds.trailing_zeros() as usize].name.as_str();
            let part = |holds: u64, policy| Part {
                name: label(holds),
                side: Side { policy, document: documents.of(holds) },
            };
            let (one, other) = (part(1 << first, &populations[first].policy), part(rest, second));
            let mut combined = strictest::combine(&one, &other, true);
            let mut policy = self.loader.compile(&combined, self.source);
            if !combined.reporter.is_clean() {
                // The strictest values of a rule can contradict each other, as a minimum and a maximum do. Then both rules
                // apply, so no password is accepted, which `lint` reports.
                combined = strictest::combine(&one, &other, false);
                policy = self.loader.compile(&combined, self.source);
            }
            if let Err(error) = combined.reporter.finish() {
                let reasons: Vec<String> = error
                    .diagnostics()
                    .iter()
                    .map(|found| format!("{}:{}: {}", found.file, found.line, found.message))
                    .collect();
                let message =
                    format!("`{}` and `{}` cannot be combined: {}", label(holds), label(rest), reasons.join("; "));
                document.reporter.report(written[first].policy_span, "conflict", message, None);
                self.fail(document)?;
            }
            documents.combined.insert(holds, combined);
            policies.insert(holds, Arc::new(policy));
        }
        Ok(policies)
    }
}

/// Returns SHA-256 over the text of the set and the digest of each policy, the text preceded by its length.
fn digest(document: &Document, policies: &[Arc<Policy>]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for (_, text) in document.reporter.layers() {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    policies.iter().for_each(|policy| hasher.update(policy.digest()));
    hasher.finalize().into()
}
