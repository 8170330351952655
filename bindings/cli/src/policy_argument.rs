//! The policy named on the command line: a preset or a file.

use std::io::Write;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use clap::Args;
use kouling::analysis::lint::{self, Finding};
use kouling::policy::Document;
use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::population::{Population, SetDocuments};
use kouling::{CannotJudge, Diagnostic, Loader, Policy, PolicyError, PolicySet, User};

use crate::Failure;

/// The arguments of a command that needs one policy and nothing else by position.
#[derive(Args)]
pub(crate) struct PolicyArgument {
    /// Preset, policy file or policy set [default: standard]
    #[arg(value_name = "POLICY", conflicts_with = "policy")]
    name: Option<String>,
    /// Preset, policy file or policy set, as an option
    #[arg(short, long)]
    policy: Option<String>,
    #[command(flatten)]
    pub(crate) population: PopulationOption,
}

impl PolicyArgument {
    /// Loads the policy or the policy set.
    pub(crate) fn load(&self) -> Result<Loaded, Failure> {
        load(self.policy.as_ref().or(self.name.as_ref()).map_or(DEFAULT, String::as_str))
    }
}

/// The option that selects a population of a policy set.
#[derive(Args, Default)]
pub(crate) struct PopulationOption {
    /// Population of a policy set, instead of the one that the user belongs to
    #[arg(long, value_name = "NAME")]
    population: Option<String>,
}

impl PopulationOption {
    /// The name of the population, if it is given.
    pub(crate) fn name(&self) -> Option<&str> {
        self.population.as_deref()
    }
}

/// A loaded policy set. A policy is a set with one population.
pub(crate) struct Loaded {
    pub(crate) set: PolicySet,
    documents: SetDocuments,
}

/// The policy of a population, with its document.
#[derive(Clone, Copy)]
pub(crate) struct Member<'l> {
    /// The population; `None` if there are no others.
    pub(crate) population: Option<&'l Population>,
    pub(crate) policy: &'l Policy,
    pub(crate) document: &'l Document,
}

impl Loaded {
    /// Returns the document of the set. `None` for a policy.
    pub(crate) fn set_document(&self) -> Option<&Document> {
        self.documents.set()
    }

    /// Returns the policies of the populations that `option` selects: the named one, or all of them.
    pub(crate) fn members(&self, option: &PopulationOption) -> Result<Vec<Member<'_>>, Failure> {
        let all = self.set.populations();
        let place = option.population.as_deref().map(|name| self.place(name)).transpose()?;
        let is_set = self.set_document().is_some();
        let members = all.iter().enumerate().filter(|(at, _)| place.is_none_or(|place| place == *at));
        Ok(members
            .map(|(at, population)| Member {
                population: is_set.then_some(population),
                policy: population.policy(),
                document: self.documents.population(at),
            })
            .collect())
    }

    /// Returns the policy of `user`, or that of the named population.
    pub(crate) fn policy_for(&self, user: &User, option: &PopulationOption) -> Result<&Arc<Policy>, Failure> {
        match &option.population {
            Some(name) => Ok(self.set.populations()[self.place(name)?].policy()),
            None => match self.set.select(user) {
                Ok(selected) => Ok(selected.policy()),
                Err(error) => Err(no_selection(error)),
            },
        }
    }

    /// Returns the place of a population.
    fn place(&self, name: &str) -> Result<usize, Failure> {
        let all = self.set.populations();
        let known: Vec<&str> = all.iter().map(Population::name).collect();
        if self.set_document().is_none() {
            return Err(Failure::new(format!("unknown population `{name}`: the policy is not a policy set")));
        }
        known
            .iter()
            .position(|known| *known == name)
            .ok_or_else(|| Failure::new(format!("unknown population `{name}`; available: {}", known.join(", "))))
    }

    /// Returns the documents of the set.
    pub(crate) fn documents(&self) -> &SetDocuments {
        &self.documents
    }
}

/// Returns the failure for a user whose population is unknown.
pub(crate) fn no_selection(error: CannotJudge) -> Failure {
    Failure::new(format!("cannot select a policy: {error} [{}]", error.kind().name()))
        .with_help(Some("supply it by --user NAME=VALUE, or name the population by --population"))
}

/// Returns the heading of a population: its name and condition.
pub(crate) fn heading(population: &Population) -> String {
    match population.condition() {
        Some(condition) => format!("{} {condition}", population.name()),
        None => format!("{} (everyone else)", population.name()),
    }
}

/// The preset that is used when no policy is named.
const DEFAULT: &str = "standard";

/// Loads a policy or a policy set by its name. If it has errors, writes all of them to stderr.
pub(crate) fn load(name: &str) -> Result<Loaded, Failure> {
    let loaded = Loader::new().load_set_with_documents(start(name)?);
    let (set, documents) = loaded.map_err(|error| load_failure(name, &error))?;
    Ok(Loaded { set, documents })
}

/// Writes the errors of a policy to stderr and returns the failure that ends the command.
pub(crate) fn load_failure(name: &str, error: &PolicyError) -> Failure {
    if is_missing(error) {
        let reasons: Vec<&str> =
            error.diagnostics().iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        return Failure::new(reasons.join("; "));
    }
    let _ = std::io::stderr().write_all(render(error).as_bytes());
    Failure::new(format!("the policy `{name}` does not load"))
}

/// Whether a name is a path: it contains `/`, `\` or `.`. Other names are presets.
pub(crate) fn is_path(name: &str) -> bool {
    name.contains(['/', '\\', '.'])
}

/// Resolves the name of a preset or a path.
///
/// # Errors
/// There is no preset of that name.
pub(crate) fn start(name: &str) -> Result<Start<'_>, Failure> {
    if is_path(name) {
        return Ok(Start::Named(name));
    }
    let presets: Vec<&str> = PRESETS.iter().map(|(preset, _)| *preset).collect();
    if presets.contains(&name) {
        return Ok(Start::Preset(name));
    }
    Err(Failure::new(format!(
        "unknown preset `{name}`; available: {}\n  help: to name a file, write `./{name}`",
        presets.join(", ")
    )))
}

/// Splits positional arguments into the policy and the rest. The policy is the value of `--policy`, else the first
/// argument, else `standard`. `-` stands for stdin and is never a policy.
pub(crate) fn policy_and_rest(policy: Option<String>, arguments: Vec<String>) -> (String, Vec<String>) {
    let mut arguments = arguments.into_iter().peekable();
    let policy = policy.or_else(|| arguments.next_if(|name| name != "-")).unwrap_or_else(|| DEFAULT.to_owned());
    (policy, arguments.collect())
}

/// Whether the policy itself could not be read, so that there is no text to show.
pub(crate) fn is_missing(error: &PolicyError) -> bool {
    error.diagnostics().iter().all(|diagnostic| diagnostic.span.layer == 0 && has_no_text(error, diagnostic))
}

/// Whether a diagnostic is about a file that could not be read.
fn has_no_text(error: &PolicyError, diagnostic: &Diagnostic) -> bool {
    diagnostic.id == "unreadable" && error.text(diagnostic).is_empty()
}

/// Every error of a policy, with the line it is about.
pub(crate) fn render(error: &PolicyError) -> String {
    let mut text = String::new();
    for diagnostic in error.diagnostics() {
        let source = (!has_no_text(error, diagnostic)).then(|| error.text(diagnostic));
        text.push_str(&render_one(diagnostic, source, Level::ERROR, &[]));
        text.push_str("\n\n");
    }
    text
}

/// One finding of `lint`, with the line it is about.
pub(crate) fn render_finding(finding: &Finding) -> String {
    let level = match finding.level {
        _ if finding.is_waived() => Level::NOTE.with_name("waived"),
        lint::Level::Error => Level::ERROR,
        lint::Level::Warning => Level::WARNING,
        lint::Level::Note => Level::NOTE,
    };
    let mut notes = Vec::new();
    if let Some(waiver) = &finding.waiver {
        let (owner, until) = (&waiver.owner, waiver.until.to_date());
        notes.push(format!("waived by {owner} until {until}: {}", waiver.reason));
    }
    if !finding.also.is_empty() {
        notes.push(format!("also at {}", finding.also.join(", ")));
    }
    let source = (finding.diagnostic.line > 0).then(|| finding.text());
    format!("{}\n\n", render_one(&finding.diagnostic, source, level, &notes))
}

/// Without `source` there is no snippet and no line number.
fn render_one(diagnostic: &Diagnostic, source: Option<&str>, level: Level<'static>, notes: &[String]) -> String {
    let title = level.primary_title(&diagnostic.message).id(diagnostic.id);
    let mut group = Group::with_title(title);
    if let Some(text) = source {
        let span = diagnostic.span.start.min(text.len())..diagnostic.span.end.min(text.len());
        let annotation = AnnotationKind::Primary.span(span);
        group = group.element(Snippet::source(text).path(diagnostic.file.as_ref()).annotation(annotation));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    for note in notes {
        group = group.element(Level::NOTE.message(note));
    }
    Renderer::plain().render(&[group])
}
