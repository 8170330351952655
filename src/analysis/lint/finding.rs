//! A finding: its place for the author, the setting that it is about, and the waiver that silences it.

use std::sync::Arc;

use crate::analysis::view::entries_of;
use crate::policy::document::Value;
use crate::policy::findings::{Level, lint_page};
use crate::policy::{Diagnostic, Document, Node, PolicyError, Span, Waiver};
use crate::time::Moment;

/// A finding about a policy or a policy set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The severity. That of an expired waiver is an error.
    pub level: Level,
    /// The problem, its location and a suggestion. A problem inside a preset is located at the entry of `extends` that names
    /// the preset.
    pub diagnostic: Diagnostic,
    /// The setting that it is about, such as `rules.length.min`. Empty for the policy as a whole.
    pub setting: String,
    /// The place inside a preset, as `standard:10:15`; `None` if the author wrote the setting.
    pub preset: Option<String>,
    /// Further places, as `policy.toml:2:11`, where policies have the same finding of the same preset.
    pub also: Vec<String>,
    /// The date from which it applies; `None` if it applies already.
    pub from: Option<Moment>,
    /// The waiver that silences it.
    pub waiver: Option<Waiver>,
    text: Arc<str>,
}

impl Finding {
    /// Returns an error that prevents a policy from loading as a finding.
    pub fn of_error(error: &PolicyError, diagnostic: &Diagnostic) -> Finding {
        Finding {
            level: Level::Error,
            diagnostic: diagnostic.clone(),
            setting: String::new(),
            preset: None,
            also: Vec::new(),
            from: None,
            waiver: None,
            text: error.text(diagnostic).into(),
        }
    }

    /// Creates a finding at `span`, a place of `document`.
    pub(crate) fn new(
        document: &Document,
        id: &'static str,
        span: Span,
        message: String,
        help: Option<String>,
    ) -> Finding {
        let place = document.reporter.author_place(span);
        let preset = (place != span).then(|| document.reporter.place(span));
        let (file, line, column) = document.reporter.place(place);
        let message = match &preset {
            Some((name, line, _)) => format!("{message} (in the preset `{name}`, line {line})"),
            None => message,
        };
        Finding {
            level: lint_page(id).map_or(Level::Error, |page| page.level),
            diagnostic: Diagnostic { id, file, line, column, span: place, message, help },
            setting: setting_at(&document.root, span),
            preset: preset.map(|(name, line, column)| format!("{name}:{line}:{column}")),
            also: Vec::new(),
            from: None,
            waiver: None,
            text: document.reporter.layer_text(place.layer),
        }
    }

    /// Returns the text that the span of the diagnostic refers to.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether a waiver silences it.
    pub fn is_waived(&self) -> bool {
        self.waiver.is_some()
    }

    /// Returns the place of the diagnostic as `file:line:column`.
    pub fn place(&self) -> String {
        let Diagnostic { file, line, column, .. } = &self.diagnostic;
        format!("{file}:{line}:{column}")
    }

    /// Moves a finding about a preset that no policy extends to the place that names the preset.
    pub(crate) fn in_preset(mut self, document: &Document, named_at: Span) -> Finding {
        let (file, line, column) = document.reporter.place(named_at);
        if self.preset.is_none() {
            let Diagnostic { file, line, column, message, .. } = &mut self.diagnostic;
            self.preset = Some(format!("{file}:{line}:{column}"));
            *message = format!("{message} (in the preset `{file}`, line {line})");
        }
        self.text = document.reporter.layer_text(named_at.layer);
        self.diagnostic = Diagnostic { file, line, column, span: named_at, ..self.diagnostic };
        self
    }

    /// Changes a finding to one that applies from a later date.
    pub(super) fn on(mut self, date: Moment) -> Finding {
        self.diagnostic.message = format!("from {} on: {}", date.to_date(), self.diagnostic.message);
        self.from = Some(date);
        self
    }

    /// Returns whether both say the same about the same setting, whichever policy extends it.
    fn is_same(&self, other: &Finding) -> bool {
        let parts = |finding: &'_ Finding| {
            let place = finding.preset.clone().unwrap_or_else(|| finding.place());
            (finding.diagnostic.id, place, finding.diagnostic.message.clone(), finding.level)
        };
        self.is_waived() == other.is_waived() && parts(self) == parts(other)
    }
}

/// Returns each finding once, in order. Policies can have a layer or a preset in common. A finding that several policies have
/// is shown at the first of them; [`Finding::also`] lists the others.
pub fn distinct(findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    let mut distinct: Vec<Finding> = Vec::new();
    for finding in findings {
        match distinct.iter_mut().find(|known| known.is_same(&finding)) {
            Some(known) => {
                for place in [finding.place()].into_iter().chain(finding.also) {
                    if known.place() != place && !known.also.contains(&place) {
                        known.also.push(place);
                    }
                }
            }
            None => distinct.push(finding),
        }
    }
    distinct
}

/// Lets `waivers` silence findings, and makes a finding an error if its waiver is expired. Returns the places of the waivers
/// that are about a finding.
pub(crate) fn waive(findings: &mut [Finding], waivers: &[Waiver], now: Moment) -> Vec<Span> {
    let mut used = Vec::new();
    for finding in findings.iter_mut().filter(|finding| !finding.is_waived()) {
        let covers = |waiver: &&Waiver| {
            let is_waivable = lint_page(finding.diagnostic.id).is_some_and(|page| page.waivable);
            is_waivable && waiver.covers(finding.diagnostic.id, &finding.setting)
        };
        let about: Vec<&Waiver> = waivers.iter().filter(covers).collect();
        used.extend(about.iter().map(|waiver| waiver.span));
        // The waiver that lasts longest.
        let Some(waiver) = about.into_iter().max_by_key(|waiver| waiver.until) else { continue };
        if waiver.is_expired(now) {
            let Waiver { owner, reason, until, .. } = waiver;
            let expired = format!("the waiver of {owner} ended on {}: {reason}", until.to_date());
            finding.level = Level::Error;
            finding.diagnostic.help = Some(match finding.diagnostic.help.take() {
                Some(help) => format!("{help}; {expired}"),
                None => expired,
            });
        } else {
            finding.waiver = Some(waiver.clone());
        }
    }
    used
}

/// Returns a finding for each waiver that the file itself states and that is about nothing.
pub(crate) fn unused<'d>(
    document: &'d Document,
    waivers: &'d [Waiver],
    used: &[Span],
) -> impl Iterator<Item = Finding> + 'd {
    let own = document.root.span.layer;
    let used = used.to_vec();
    waivers.iter().filter(move |waiver| waiver.span.layer == own && !used.contains(&waiver.span)).map(|waiver| {
        let subject = waiver.setting.as_ref().map(|setting| format!(" in `{setting}`")).unwrap_or_default();
        let message = format!("the waiver has no effect: there is no finding `{}`{subject}", waiver.finding);
        Finding::new(document, "waiver-unused", waiver.span, message, Some("remove the waiver".to_owned()))
    })
}

/// Returns the path of the innermost setting that contains `span`. Empty if none does. A table of a list that has a `name`
/// is a part of the path: `population.admins.when`.
fn setting_at(root: &Node, span: Span) -> String {
    fn search(node: &Node, path: &str, span: Span, found: &mut String) {
        for entry in entries_of(node) {
            let path = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
            consider(&[entry.key_span, entry.node.span], &path, span, found);
            let Value::Array(items) = &entry.node.value else {
                search(&entry.node, &path, span, found);
                continue;
            };
            for item in items {
                let name = entries_of(item).iter().find(|entry| entry.key == "name");
                let path = match name.map(|entry| &entry.node.value) {
                    Some(Value::String(name)) => format!("{path}.{name}"),
                    _ => path.clone(),
                };
                consider(&[item.span], &path, span, found);
                search(item, &path, span, found);
            }
        }
    }
    /// Sets `found` to `path` if a place of it contains `span` and the path is longer.
    fn consider(places: &[Span], path: &str, span: Span, found: &mut String) {
        let contains =
            |place: &Span| place.layer == span.layer && place.start <= span.start && span.end <= place.end;
        if places.iter().any(contains) && path.len() > found.len() {
            path.clone_into(found);
        }
    }
    let mut found = String::new();
    search(root, "", span, &mut found);
    found
}
