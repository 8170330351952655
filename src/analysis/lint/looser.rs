//! Settings that are looser than in a preset that the policy extends.

use super::LintContext;
use crate::analysis::diff::{Change, Difference, Direction, Side};
use crate::analysis::view;
use crate::evaluation::Loader;
use crate::policy::Document;
use crate::policy::document::Start;

pub(super) fn find(context: &mut LintContext<'_>) {
    let mut presets: Vec<_> = context.document.reporter.extended_presets();
    presets.sort_unstable();
    presets.dedup();
    for name in presets {
        let Ok((policy, document)) = Loader::new().load_with_document(Start::Preset(&name)) else { continue };
        let preset = Side { policy: &policy, document: &document };
        let own = Side { policy: context.policy, document: context.document };
        for change in Difference::all_changes(preset, own, context.now) {
            let is_looser = change.direction == Direction::Looser;
            // Defaults are not a promise of the preset.
            if is_looser && (change.rule().is_some() || is_exemption(&change) || has(&document, &change.path)) {
                report(context, &name, &change);
            }
        }
    }
}

fn is_exemption(change: &Change) -> bool {
    change.path.starts_with("exempt ")
}

fn has(document: &Document, path: &str) -> bool {
    view::find(document, &path.split('.').collect::<Vec<_>>()).is_some()
}

fn report(context: &mut LintContext<'_>, preset: &str, change: &Change) {
    let keys: Vec<&str> = match is_exemption(change) {
        true => vec!["exempt"],
        false => change.path.split('.').collect(),
    };
    // An absent key is looser because of the table that it is missing in.
    let written = (1..=keys.len()).rev().find_map(|length| view::find(context.document, &keys[..length]));
    let span = match written {
        Some(entry) if entry.key == "exempt" || entry.node.span.start == entry.key_span.start => entry.key_span,
        Some(entry) => entry.node.span,
        None => context.document.root.span,
    };
    let (message, help) = match (change.rule(), &change.old, &change.new) {
        _ if is_exemption(change) => {
            (format!("an exemption lifts rules of the preset `{preset}`"), "remove the exemption".to_owned())
        }
        (Some(rule), _, None) if change.path == format!("rules.{rule}") => {
            (format!("the rule `{rule}` of the preset `{preset}` is removed"), format!("keep `{rule}`"))
        }
        (_, Some(old), _) => {
            (format!("`{}` is looser than in the preset `{preset}`", change.path), format!("the preset has {old}"))
        }
        (_, None, _) => (
            format!("`{}` is looser than in the preset `{preset}`", change.path),
            "the preset does not set it".to_owned(),
        ),
    };
    context.add("looser-than-preset", span, message, help);
}
