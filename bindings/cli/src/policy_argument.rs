//! The policy named on the command line: a preset or a file.

use std::io::Write;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use clap::Args;
use kouling::analysis::lint::{self, Finding};
use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::{Diagnostic, Loader, Policy, PolicyError};

use crate::Failure;

/// The arguments of a command that needs one policy and nothing else by position.
#[derive(Args)]
pub(crate) struct PolicyArgument {
    /// Preset or policy file [default: standard]
    #[arg(value_name = "POLICY", conflicts_with = "policy")]
    name: Option<String>,
    /// Preset or policy file, as an option
    #[arg(short, long)]
    policy: Option<String>,
}

impl PolicyArgument {
    /// Loads the policy.
    pub(crate) fn load(&self) -> Result<Policy, Failure> {
        load(self.policy.as_ref().or(self.name.as_ref()).map_or(DEFAULT, String::as_str))
    }
}

/// The preset that is used when no policy is named.
const DEFAULT: &str = "standard";

/// Loads a policy by its name. If it has errors, writes all of them to stderr.
pub(crate) fn load(name: &str) -> Result<Policy, Failure> {
    Loader::new().load(start(name)?).map_err(|error| load_failure(name, &error))
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
        text.push_str(&render_one(diagnostic, source, Level::ERROR));
        text.push_str("\n\n");
    }
    text
}

/// One finding of `lint`, with the line it is about.
pub(crate) fn render_finding(finding: &Finding, text: &str) -> String {
    let level = match finding.level {
        lint::Level::Error => Level::ERROR,
        lint::Level::Warning => Level::WARNING,
        lint::Level::Note => Level::NOTE,
    };
    format!("{}\n\n", render_one(&finding.diagnostic, Some(text), level))
}

/// Without `source` there is no snippet and no line number.
fn render_one(diagnostic: &Diagnostic, source: Option<&str>, level: Level<'static>) -> String {
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
    Renderer::plain().render(&[group])
}
