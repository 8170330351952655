//! Contradictions: no password can be accepted, shown by the rules that clash.

use super::LintContext;
use super::alphabet::by;
use crate::candidate::{Facts, User};
use crate::policy::document::Value;
use crate::rules::characters::{class_named, class_of, least_for_classes};

/// Where the rules leave no more passwords than this, all of them are tried.
const MAX_TRIED: usize = 4000;

pub(super) fn find(look: &mut LintContext<'_>) {
    lengths(look);
    classes_against_length(look);
    alphabets(look);
    variety(look);
    strength(look);
}

fn lengths(look: &mut LintContext<'_>) {
    let (least, greatest) = look.lengths();
    if least.value > greatest.value {
        let message = format!("nothing is long enough for {} and short enough for {}", least.said, greatest.said);
        look.add("length-contradiction", least.span, message, Some("lower the one or raise the other".to_owned()));
    }
}

/// What a rule about characters requires of each built-in class: class, number, and where it says so.
fn required(rule: &crate::analysis::view::RuleView<'_>) -> Vec<(usize, u64, crate::policy::Span)> {
    let number = |value: &Value| match value {
        Value::Integer(Some(number)) => u64::try_from(*number).ok(),
        _ => None,
    };
    rule.table("require")
        .iter()
        .filter_map(|entry| Some((class_named(&entry.key)?, number(&entry.node.value)?, entry.node.span)))
        .filter(|(_, least, _)| *least > 0)
        .collect()
}

fn classes_against_length(look: &mut LintContext<'_>) {
    let (_, greatest) = look.lengths();
    for rule in look.refusing("characters") {
        let required = required(&rule);
        let own = !rule.table("classes").is_empty();
        let needed = least_for_classes(required.iter().map(|(_, least, _)| *least), rule.min_classes(), own);
        if needed > greatest.value {
            let key = if required.is_empty() { "min_classes" } else { "require" };
            let message =
                format!("`{}` needs {needed} characters, and no more are allowed by {}", rule.name, greatest.said);
            look.add("classes-exceed-length", rule.span_of(key), message, None);
        }
    }
}

fn alphabets(look: &mut LintContext<'_>) {
    let rules = look.refusing("characters");
    let Some(letters) = look.letters.clone() else { return };
    let (least, _) = look.lengths();
    let limiting = rules.iter().find_map(|rule| rule.node("allowed").or(rule.node("forbidden")));
    let limit = limiting.map_or(look.document.root.span, |node| node.span);
    if letters.is_empty() {
        let message = "no character is allowed".to_owned();
        look.add("nothing-allowed", limit, message, Some("widen `allowed` or narrow `forbidden`".to_owned()));
        return;
    }
    let repetitions = look.refusing("repetition");
    let occurrences = repetitions
        .iter()
        .filter_map(|rule| Some((rule.number("max_occurrences")?, rule.span_of("max_occurrences"))))
        .min_by_key(|(most, _)| *most);
    for rule in &rules {
        let by = by(rule);
        let mut counts = [0u64; 5];
        letters.iter().for_each(|c| counts[class_of(*c, by)] += 1);
        for (class, number, span) in required(rule) {
            if counts[class] == 0 {
                let message = format!("`{}` requires a class of which no character is allowed", rule.name);
                look.add(
                    "class-excluded",
                    span,
                    message,
                    Some("allow the class, or do not require it".to_owned()),
                );
            } else if let Some((most, span)) = occurrences
                && number > most.saturating_mul(counts[class])
            {
                let message =
                    format!("`{}` requires {number} characters of a class that has {}", rule.name, counts[class]);
                let help = format!("each may occur {most} times");
                look.add("occurrences-contradiction", span, message, Some(help));
            }
        }
        let own = rule.table("classes").iter().filter(|entry| match &entry.node.value {
            Value::String(text) => text.chars().any(|c| letters.contains(&c)),
            _ => true,
        });
        let present = (counts.iter().filter(|count| **count > 0).count() + own.count()) as u64;
        if present < rule.min_classes() {
            let message =
                format!("`{}` asks for {} classes, and {present} are allowed", rule.name, rule.min_classes());
            look.add("too-few-classes-allowed", rule.span_of("min_classes"), message, None);
        }
    }
    let size = letters.len() as u64;
    if let Some((most, span)) = occurrences
        && most.saturating_mul(size) < least.value
    {
        let message = format!("{size} characters that may each occur {most} times are too few for {}", least.said);
        look.add("occurrences-contradiction", span, message, None);
    }
    for rule in &repetitions {
        if size == 1 && rule.max_run() < least.value {
            let message =
                format!("one allowed character in runs of {} is too short for {}", rule.max_run(), least.said);
            look.add("run-contradiction", rule.span_of("max_run"), message, None);
        }
    }
}

fn variety(look: &mut LintContext<'_>) {
    let (_, greatest) = look.lengths();
    let letters = look.letters.clone();
    for rule in look.refusing("variety") {
        let wanted = rule.min_distinct();
        let short = wanted > greatest.value;
        let few = letters.as_ref().is_some_and(|letters| wanted > letters.len() as u64);
        if short || few {
            let why =
                if short { format!("more than {}", greatest.said) } else { "more than are allowed".to_owned() };
            let message = format!("`{}` asks for {wanted} different characters, {why}", rule.name);
            look.add("variety-contradiction", rule.span_of("min_distinct"), message, None);
        }
    }
}

/// The estimate of a text is ten guesses a character at most, so so many characters have that power of ten at most.
fn strength(look: &mut LintContext<'_>) {
    let (_, greatest) = look.lengths();
    for rule in look.refusing("strength") {
        let power = match (rule.number("min_guesses"), rule.number("min_score").unwrap_or(2)) {
            (Some(power), _) => power,
            (None, score) => [0, 3, 6, 8, 10].get(score as usize).copied().unwrap_or(10),
        };
        if power > greatest.value {
            let key = if rule.node("min_guesses").is_some() { "min_guesses" } else { "min_score" };
            let message = format!("no password as short as {} takes 10^{power} guesses", greatest.said);
            look.add("strength-unreachable", rule.span_of(key), message, None);
        }
    }
}

/// Where the rules leave few passwords, tries them all.
pub(super) fn find_by_trying(look: &mut LintContext<'_>) {
    let Some(letters) = look.letters.clone() else { return };
    let (least, greatest) = look.lengths();
    let mut total = 0usize;
    for length in least.value..=greatest.value {
        total = total.saturating_add(letters.len().saturating_pow(u32::try_from(length).unwrap_or(u32::MAX)));
    }
    if total > MAX_TRIED || letters.is_empty() {
        return;
    }
    let user = User::new();
    let facts = Facts::new(&user, look.now);
    let mut texts = vec![String::new()];
    for length in 0..=greatest.value {
        if length >= least.value {
            for text in &texts {
                match look.policy.evaluate_until_refused(text.as_bytes(), &facts) {
                    Ok(outcome) if !outcome.accepted() => {}
                    _ => return,
                }
            }
        }
        texts = texts.iter().flat_map(|text| letters.iter().map(move |c| format!("{text}{c}"))).collect();
    }
    let span = look.span_of(&["rules"]);
    let message = format!("none of the {total} passwords that the lengths and characters leave is accepted");
    look.add("nothing-accepted", span, message, Some("loosen one of the rules".to_owned()));
}
