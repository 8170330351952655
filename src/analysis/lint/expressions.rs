//! What can be known of a regular expression without running it.

use regex_syntax::hir::{Class, Hir, HirKind, Look as Anchor};

use super::LintContext;

pub(super) fn find(look: &mut LintContext<'_>) {
    let letters = look.letters.clone();
    let (least, greatest) = look.lengths();
    for rule in look.refusing("pattern") {
        for key in ["forbid", "require"] {
            let Some(hir) = rule.text(key).and_then(|text| regex_syntax::parse(text).ok()) else { continue };
            let span = rule.span_of(key);
            let name = &rule.name;
            let never = !satisfiable(&hir, None);
            let always = matches_everything(&hir);
            match (key, never, always) {
                ("forbid", _, true) => {
                    let help = Some("an expression that matches the empty text matches everywhere".to_owned());
                    let message = format!("`{name}` refuses every password: its expression matches everything");
                    look.add("pattern-forbids-everything", span, message, help);
                }
                ("require", true, _) => {
                    let message = format!("`{name}` refuses every password: nothing matches its expression");
                    look.add("pattern-requires-nothing", span, message, None);
                }
                ("forbid", true, _) => {
                    look.add(
                        "pattern-never-fires",
                        span,
                        format!("nothing matches the expression of `{name}`"),
                        None,
                    );
                }
                ("require", _, true) => {
                    let message = format!("everything matches the expression of `{name}`");
                    look.add("pattern-never-fires", span, message, None);
                }
                _ => {
                    let outside = letters.as_ref().is_some_and(|letters| !satisfiable(&hir, Some(letters)));
                    let longer = shortest(&hir) > greatest.value;
                    let shorter = whole(&hir) && longest(&hir).is_some_and(|most| most < least.value);
                    let why = match (outside, longer, shorter) {
                        (true, ..) => "with the allowed characters".to_owned(),
                        (_, true, _) => format!("within {}", greatest.said),
                        (.., true) => format!("that is long enough for {}", least.said),
                        _ => continue,
                    };
                    if key == "forbid" {
                        let message = format!("nothing {why} matches the expression of `{name}`");
                        look.add("pattern-never-fires", span, message, None);
                    } else {
                        let message = format!("nothing {why} matches the expression that `{name}` requires");
                        look.add("pattern-contradiction", span, message, None);
                    }
                }
            }
        }
    }
}

/// Whether the expression is found in every text: it matches the empty one, and asks for no more of its surroundings
/// than one end of the text.
fn matches_everything(hir: &Hir) -> bool {
    let anchors = hir.properties().look_set();
    let one_end = [Anchor::Start, Anchor::End].iter().any(|end| anchors.remove(*end).is_empty());
    hir.properties().minimum_len() == Some(0) && (anchors.is_empty() || one_end)
}

/// Whether it holds on to both ends of the text.
fn whole(hir: &Hir) -> bool {
    let properties = hir.properties();
    properties.look_set_prefix().contains(Anchor::Start) && properties.look_set_suffix().contains(Anchor::End)
}

/// Whether some text of the given characters, or of any, can match. What surroundings demand is taken for possible.
pub(super) fn satisfiable(hir: &Hir, letters: Option<&[char]>) -> bool {
    let any = |holds: &dyn Fn(char) -> bool| letters.is_none_or(|letters| letters.iter().any(|c| holds(*c)));
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

/// The fewest characters of a match.
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

/// The most characters of a match; `None` when there is no bound.
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
