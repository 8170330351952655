//! Static checks of the regular expressions of `pattern` rules.

use regex_syntax::hir::{Class, Hir, HirKind, Look as Anchor};

use super::LintContext;

pub(super) fn find(context: &mut LintContext<'_>) {
    let letters = context.letters.clone();
    let (least, greatest) = context.lengths();
    for rule in context.refusing("pattern") {
        for key in ["forbid", "require"] {
            let Some(hir) = rule.text(key).and_then(|text| regex_syntax::parse(text).ok()) else { continue };
            let span = rule.span_of(key);
            let name = &rule.name;
            let never = !satisfiable(&hir, None);
            let always = matches_everything(&hir);
            match (key, never, always) {
                ("forbid", _, true) => {
                    let help =
                        Some("an expression that matches the empty string matches every password".to_owned());
                    let message =
                        format!("`{name}` refuses every password: its expression matches every password");
                    context.add("pattern-forbids-everything", span, message, help);
                }
                ("require", true, _) => {
                    let message = format!("`{name}` refuses every password: its expression matches no password");
                    context.add("pattern-requires-nothing", span, message, None);
                }
                ("forbid", true, _) => {
                    context.add(
                        "pattern-never-fires",
                        span,
                        format!("the expression of `{name}` matches no password"),
                        None,
                    );
                }
                ("require", _, true) => {
                    let message = format!("the expression of `{name}` matches every password");
                    context.add("pattern-never-fires", span, message, None);
                }
                _ => {
                    let outside = letters.as_ref().is_some_and(|letters| !satisfiable(&hir, Some(letters)));
                    let longer = shortest(&hir) > greatest.value;
                    let shorter = whole(&hir) && longest(&hir).is_some_and(|most| most < least.value);
                    let why = match (outside, longer, shorter) {
                        (true, ..) => "of the allowed characters".to_owned(),
                        (_, true, _) => format!("within {}", greatest.label),
                        (.., true) => format!("long enough for {}", least.label),
                        _ => continue,
                    };
                    if key == "forbid" {
                        let message = format!("no password {why} matches the expression of `{name}`");
                        context.add("pattern-never-fires", span, message, None);
                    } else {
                        let message = format!("no password {why} matches the expression that `{name}` requires");
                        context.add("pattern-contradiction", span, message, None);
                    }
                }
            }
        }
    }
}

/// Returns whether the expression is found in every text: it matches the empty string and is anchored to at most one end
/// of the text.
fn matches_everything(hir: &Hir) -> bool {
    let anchors = hir.properties().look_set();
    let one_end = [Anchor::Start, Anchor::End].iter().any(|end| anchors.remove(*end).is_empty());
    hir.properties().minimum_len() == Some(0) && (anchors.is_empty() || one_end)
}

/// Returns whether the expression is anchored to both ends of the text.
fn whole(hir: &Hir) -> bool {
    let properties = hir.properties();
    properties.look_set_prefix().contains(Anchor::Start) && properties.look_set_suffix().contains(Anchor::End)
}

/// Returns whether some text of `letters`, or of any characters if `None`, can match. Assertions are assumed to hold.
pub(super) fn satisfiable(hir: &Hir, letters: Option<&[char]>) -> bool {
    let any = |member: &dyn Fn(char) -> bool| letters.is_none_or(|letters| letters.iter().any(|c| member(*c)));
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => text.chars().all(|needed| any(&|c| c == needed)),
            Err(_) => true,
        },
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges();
            !ranges.is_empty() && any(&|c| ranges.iter().any(|range| range.start() <= c && c <= range.end()))
        }
        HirKind::Class(Class::Bytes(class)) => !class.ranges().is_empty(),
        HirKind::Repetition(repetition) => repetition.min == 0 || satisfiable(&repetition.sub, letters),
        HirKind::Capture(capture) => satisfiable(&capture.sub, letters),
        HirKind::Concat(parts) => parts.iter().all(|part| satisfiable(part, letters)),
        HirKind::Alternation(parts) => parts.iter().any(|part| satisfiable(part, letters)),
    }
}

/// Returns the minimum length of a match in characters.
fn shortest(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).map_or(1, |text| text.chars().count() as u64),
        HirKind::Class(_) => 1,
        HirKind::Repetition(repetition) => u64::from(repetition.min).saturating_mul(shortest(&repetition.sub)),
        HirKind::Capture(capture) => shortest(&capture.sub),
        HirKind::Concat(parts) => parts.iter().fold(0, |sum: u64, part| sum.saturating_add(shortest(part))),
        HirKind::Alternation(parts) => parts.iter().map(shortest).min().unwrap_or(0),
    }
}

/// Returns the maximum length of a match in characters; `None` if it is unbounded.
fn longest(hir: &Hir) -> Option<u64> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => Some(literal.0.len() as u64),
        HirKind::Class(_) => Some(1),
        HirKind::Repetition(repetition) => u64::from(repetition.max?).checked_mul(longest(&repetition.sub)?),
        HirKind::Capture(capture) => longest(&capture.sub),
        HirKind::Concat(parts) => parts.iter().try_fold(0u64, |sum, part| sum.checked_add(longest(part)?)),
        HirKind::Alternation(parts) => parts.iter().try_fold(0, |most: u64, part| Some(most.max(longest(part)?))),
    }
}
