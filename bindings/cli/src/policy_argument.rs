//! Naming a policy on the command line: a preset, or a file.

use std::io::Write;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use kouling::analysis::lint::{self, Finding};
use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::{Diagnostic, Loader, Policy, PolicyError};

use crate::Failure;

/// Loads a policy by its name; what is wrong with it goes to stderr, all of it.
pub(crate) fn load(name: &str) -> Result<Policy, Failure> {
    Loader::new().load(start(name)).map_err(|error| {
        let _ = std::io::stderr().write_all(render(&error).as_bytes());
        Failure::new(format!("the policy `{name}` does not load"))
    })
}

/// What a name means: a preset if there is one of that name, else a file.
pub(crate) fn start(name: &str) -> Start<'_> {
    if PRESETS.iter().any(|(preset, _)| *preset == name) || !name.contains(['/', '\\', '.']) {
        Start::Preset(name)
    } else {
        Start::Named(name)
    }
}

/// The policy and the rest of a list of names: the policy is what `--policy` says, else the first name, else the
/// preset `standard`. `-`, which stands for stdin, is no policy.
pub(crate) fn policy_and_rest(policy: Option<String>, names: Vec<String>) -> (String, Vec<String>) {
    let mut names = names.into_iter().peekable();
    let policy = policy.or_else(|| names.next_if(|name| name != "-")).unwrap_or_else(|| "standard".to_owned());
    (policy, names.collect())
}

/// Findings as a reader wants them: the line, and what is wrong with it.
pub(crate) fn render(error: &PolicyError) -> String {
    let mut text = String::new();
    for diagnostic in error.diagnostics() {
        text.push_str(&render_one(diagnostic, error.text(diagnostic), Level::ERROR));
        text.push_str("\n\n");
    }
    text
}

/// One finding about a policy that loads.
pub(crate) fn render_finding(finding: &Finding, text: &str) -> String {
    let level = match finding.level {
        lint::Level::Error => Level::ERROR,
        lint::Level::Warning => Level::WARNING,
        lint::Level::Note => Level::NOTE,
    };
    format!("{}\n\n", render_one(&finding.diagnostic, text, level))
}

fn render_one(diagnostic: &Diagnostic, text: &str, level: Level<'static>) -> String {
    let span = diagnostic.span.start.min(text.len())..diagnostic.span.end.min(text.len());
    let title = level.primary_title(&diagnostic.message).id(diagnostic.id);
    let snippet = (diagnostic.line > 0).then(|| {
        Snippet::source(text).path(diagnostic.file.as_ref()).annotation(AnnotationKind::Primary.span(span))
    });
    let mut group = Group::with_title(title).elements(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::plain().render(&[group])
}
