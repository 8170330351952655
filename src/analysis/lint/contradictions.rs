//! Contradictions between rules, because of which no password can be accepted.

use super::LintContext;
use super::alphabet::{ListedSet, by};
use super::silent::numbers;
use crate::candidate::{Facts, User};
use crate::policy::document::Value;
use crate::rules::CharacterSet;
use crate::rules::characters::{By, CLASS_COUNT, UNCOUNTED, class_named, class_of, least_for_classes};

/// If the rules permit at most this many passwords, all of them are evaluated.
const MAX_TRIED: usize = 4000;

pub(super) fn find(context: &mut LintContext<'_>) {
    lengths(context);
    classes_against_length(context);
    alphabets(context);
    variety(context);
    limits(context);
    words(context);
    points(context);
    strength(context);
}

fn lengths(context: &mut LintContext<'_>) {
    let (least, greatest) = context.lengths();
    if least.value > greatest.value {
        let message = format!("no password satisfies both {} and {}", least.label, greatest.label);
        context.add(
            "length-contradiction",
            least.span,
            message,
            Some("lower the minimum or raise the maximum".to_owned()),
        );
    }
}

/// Returns the built-in classes that a `characters` rule requires: index, number and location.
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

fn classes_against_length(context: &mut LintContext<'_>) {
    let (_, greatest) = context.lengths();
    for rule in context.refusing("characters") {
        let required = required(&rule);
        let own = !rule.table("classes").is_empty();
        let needed = least_for_classes(required.iter().map(|(_, least, _)| *least), rule.min_classes(), own);
        if needed > greatest.value {
            let key = if required.is_empty() { "min_classes" } else { "require" };
            let message = format!(
                "`{}` needs at least {needed} characters, more than {} permits",
                rule.name, greatest.label
            );
            context.add("classes-exceed-length", rule.span_of(key), message, None);
        }
    }
}

fn alphabets(context: &mut LintContext<'_>) {
    let rules = context.refusing("characters");
    let Some(letters) = context.letters.clone() else { return };
    let (least, _) = context.lengths();
    let limiting = rules.iter().find_map(|rule| rule.node("allowed").or(rule.node("forbidden")));
    let limit = limiting.map_or(context.document.root.span, |node| node.span);
    if letters.is_empty() {
        let message = "no character is allowed".to_owned();
        context.add("nothing-allowed", limit, message, Some("widen `allowed` or narrow `forbidden`".to_owned()));
        return;
    }
    let repetitions = context.refusing("repetition");
    let occurrences = repetitions
        .iter()
        .filter_map(|rule| Some((rule.number("max_occurrences")?, rule.span_of("max_occurrences"))))
        .min_by_key(|(most, _)| *most);
    for rule in &rules {
        let by = by(rule);
        let mut counts = [0u64; CLASS_COUNT];
        letters.iter().for_each(|c| counts[class_of(*c, by)] += 1);
        for (class, number, span) in required(rule) {
            if counts[class] == 0 {
                let message = format!("`{}` requires a class without any allowed character", rule.name);
                context.add(
                    "class-excluded",
                    span,
                    message,
                    Some("allow the class or do not require it".to_owned()),
                );
            } else if let Some((most, span)) = occurrences
                && number > most.saturating_mul(counts[class])
            {
                let message = format!(
                    "`{}` requires {number} characters of a class with only {} allowed characters",
                    rule.name, counts[class]
                );
                let help = format!("`max_occurrences` permits each of them {most} times");
                context.add("occurrences-contradiction", span, message, Some(help));
            }
        }
        let own = rule.table("classes").iter().filter(|entry| match &entry.node.value {
            Value::String(text) => text.chars().any(|c| letters.contains(&c)),
            _ => true,
        });
        let present = (counts[..UNCOUNTED].iter().filter(|count| **count > 0).count() + own.count()) as u64;
        if present < rule.min_classes() {
            let message =
                format!("`{}` requires {} classes, but only {present} are allowed", rule.name, rule.min_classes());
            context.add("too-few-classes-allowed", rule.span_of("min_classes"), message, None);
        }
    }
    let size = letters.len() as u64;
    if let Some((most, span)) = occurrences
        && most.saturating_mul(size) < least.value
    {
        let message =
            format!("{size} allowed characters, each at most {most} times, are too few for {}", least.label);
        context.add("occurrences-contradiction", span, message, None);
    }
    for rule in &repetitions {
        if size == 1 && rule.max_run() < least.value && rule.number("max_long_runs").unwrap_or(0) == 0 {
            let message = format!(
                "a single allowed character in runs of at most {} is too short for {}",
                rule.max_run(),
                least.label
            );
            context.add("run-contradiction", rule.span_of("max_run"), message, None);
        }
    }
}

fn variety(context: &mut LintContext<'_>) {
    let (_, greatest) = context.lengths();
    let letters = context.letters.clone();
    for rule in context.refusing("variety") {
        let wanted = rule.min_distinct();
        let short = wanted > greatest.value;
        let few = letters.as_ref().is_some_and(|letters| wanted > letters.len() as u64);
        if short || few {
            let why = if short {
                format!("more than {} permits", greatest.label)
            } else {
                "more than are allowed".to_owned()
            };
            let message = format!("`{}` requires {wanted} different characters, {why}", rule.name);
            context.add("variety-contradiction", rule.span_of("min_distinct"), message, None);
        }
    }
}

/// Reports limits of `characters` that leave no password.
fn limits(context: &mut LintContext<'_>) {
    let (least, greatest) = context.lengths();
    let letters = context.letters.clone();
    for rule in context.refusing("characters") {
        let by = by(&rule);
        let occurs = |class: usize| {
            letters.as_ref().is_none_or(|letters| letters.iter().any(|letter| class_of(*letter, by) == class))
        };
        let present: Vec<usize> = (0..UNCOUNTED).filter(|class| occurs(*class)).collect();
        // A character can belong to no class, or to a custom one besides.
        let only_built_in = rule.table("classes").is_empty() && by != By::Windows;
        let max = |class: usize| {
            numbers(rule.table("max_per_class"))
                .find(|(name, _)| class_named(name) == Some(class))
                .map(|(_, max)| max)
        };
        let total = present.iter().map(|class| max(*class)).sum::<Option<u64>>();
        if only_built_in && total.is_some_and(|total| total < least.value) {
            let message = format!(
                "the limits of `{}` allow {} characters in total, too few for {}",
                rule.name,
                total.unwrap_or(0),
                least.label
            );
            context.add("limits-contradiction", rule.span_of("max_per_class"), message, None);
        }
        let possible = present.iter().filter(|class| max(**class) != Some(0)).count() as u64;
        if only_built_in && possible < rule.min_classes() && possible < present.len() as u64 {
            let message = format!(
                "`{}` requires {} classes, but its limits allow only {possible}",
                rule.name,
                rule.min_classes()
            );
            context.add("limits-contradiction", rule.span_of("max_per_class"), message, None);
        }
        if let (Some(run), [_]) = (rule.number("max_class_run"), present.as_slice())
            && letters.is_some()
            && only_built_in
            && run < least.value
        {
            let message =
                format!("a single allowed class in runs of at most {run} is too short for {}", least.label);
            context.add("limits-contradiction", rule.span_of("max_class_run"), message, None);
        }
        for key in ["not_at_start", "not_at_end", "not_only"] {
            let Some(set) = ListedSet::read(&rule, key) else { continue };
            if letters.as_ref().is_some_and(|letters| letters.iter().all(|letter| set.contains(*letter))) {
                let message = format!("`{key}` of `{}` rules out every allowed character", rule.name);
                context.add("limits-contradiction", rule.span_of(key), message, None);
            }
        }
        let shortest = numbers(rule.table("min_length_by_classes")).map(|(_, length)| length).min();
        if let Some(shortest) = shortest.filter(|shortest| *shortest > greatest.value) {
            let message = format!(
                "`{}` needs at least {shortest} characters, more than {} permits",
                rule.name, greatest.label
            );
            context.add("length-contradiction", rule.span_of("min_length_by_classes"), message, None);
        }
    }
}

/// Reports numbers of words that no password can have.
fn words(context: &mut LintContext<'_>) {
    let (_, greatest) = context.lengths();
    let rules = context.refusing("length");
    let most = rules.iter().filter_map(|rule| rule.number("max_words")).min();
    for rule in &rules {
        let Some(words) = rule.number("min_words") else { continue };
        let span = rule.span_of("min_words");
        if most.is_some_and(|most| words > most) {
            let message = format!("`{}` requires {words} words, more than another rule permits", rule.name);
            context.add("length-contradiction", span, message, None);
        }
        // Between two words is at least one other character.
        if words.saturating_mul(2) - 1 > greatest.value {
            let message =
                format!("`{}` requires {words} words, more than {} has room for", rule.name, greatest.label);
            context.add("length-contradiction", span, message, None);
        }
        let letters = CharacterSet::letters();
        let is_mixed = |all: &Vec<char>| {
            all.iter().any(|c| letters.contains(*c)) && (words == 1 || all.iter().any(|c| !letters.contains(*c)))
        };
        if context.letters.as_ref().is_some_and(|all| !is_mixed(all)) {
            let message =
                format!("`{}` requires {words} words, which the allowed characters cannot form", rule.name);
            context.add("limits-contradiction", span, message, None);
        }
    }
}

fn points(context: &mut LintContext<'_>) {
    let (_, greatest) = context.lengths();
    for rule in context.refusing("points") {
        let credits = numbers(rule.table("credits"));
        let of_classes =
            credits.map(|(_, credit)| credit).fold(rule.table("min_for_point").len() as u64, u64::saturating_add);
        let most = rule.per_character().saturating_mul(greatest.value).saturating_add(of_classes);
        if most < rule.min_points() {
            let message = format!(
                "`{}` requires {} points, but {} permits at most {most}",
                rule.name,
                rule.min_points(),
                greatest.label
            );
            context.add("points-contradiction", rule.span_of("min_points"), message, None);
        }
    }
}

/// The estimate is at most a factor of ten for each character, so `n` characters take at most 10^`n` guesses.
fn strength(context: &mut LintContext<'_>) {
    let (_, greatest) = context.lengths();
    for rule in context.refusing("strength") {
        let power = match (rule.number("min_guesses"), rule.number("min_score").unwrap_or(2)) {
            (Some(power), _) => power,
            (None, score) => [0, 3, 6, 8, 10].get(score as usize).copied().unwrap_or(10),
        };
        if power > greatest.value {
            let key = if rule.node("min_guesses").is_some() { "min_guesses" } else { "min_score" };
            let message = format!("no password within {} takes 10^{power} guesses", greatest.label);
            context.add("strength-unreachable", rule.span_of(key), message, None);
        }
    }
}

/// Evaluates every password that the lengths and characters permit, if there are at most [`MAX_TRIED`]. Returns whether it
/// did.
pub(super) fn find_by_trying(context: &mut LintContext<'_>) -> bool {
    let Some(letters) = context.letters.clone() else { return false };
    let (least, greatest) = context.lengths();
    let mut total = 0usize;
    for length in least.value..=greatest.value {
        total = total.saturating_add(letters.len().saturating_pow(u32::try_from(length).unwrap_or(u32::MAX)));
    }
    if total > MAX_TRIED || letters.is_empty() {
        return false;
    }
    let user = User::new();
    let facts = Facts::new(&user, context.now);
    let mut texts = vec![String::new()];
    for length in 0..=greatest.value {
        if length >= least.value {
            for text in &texts {
                match context.policy.evaluate_until_refused(text.as_bytes(), &facts) {
                    Ok(outcome) if !outcome.accepted() => {}
                    _ => return true,
                }
            }
        }
        texts = texts.iter().flat_map(|text| letters.iter().map(move |c| format!("{text}{c}"))).collect();
    }
    let span = context.span_of(&["rules"]);
    let message = format!("none of the {total} passwords of permitted length and characters is accepted");
    context.add("nothing-accepted", span, message, Some("relax one of the rules".to_owned()));
    true
}
