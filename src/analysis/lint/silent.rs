//! Rules that never trigger, and exemptions that always or never hold.

use super::LintContext;
use crate::analysis::view::{Force, RuleView};
use crate::policy::Node;
use crate::policy::document::{Entry, Value};
use crate::rules::characters::RESTRICTIONS;
use crate::rules::definition_of;

/// The length of the shortest date, a year.
const MIN_DATE: u64 = 4;

pub(super) fn find(context: &mut LintContext<'_>) {
    lengths(context);
    bounds_beyond_length(context);
    characters(context);
    unknown_attributes(context);
    duplicates(context);
    exemptions(context);
    nothing_refused(context);
}

/// Reports a policy of which no rule refuses a password.
fn nothing_refused(context: &mut LintContext<'_>) {
    if context.rules.iter().any(|rule| rule.force != Force::Silent) {
        return;
    }
    let span = context.span_of(&["rules"]);
    let (message, help) = match context.rules.is_empty() {
        true => ("the policy has no rules", "add a rule, such as `[rules.length]`"),
        false => (
            "no rule refuses a password: all of them only warn or apply later",
            "remove a `severity`, or use an earlier `from`",
        ),
    };
    context.add("nothing-refused", span, message.to_owned(), help.to_owned());
}

fn never(context: &mut LintContext<'_>, rule: &RuleView<'_>, key: &str, why: String) {
    let message = format!("`{}` never refuses a password: {why}", rule.name);
    context.add("rule-never-fires", rule.span_of(key), message, Some("remove the rule or tighten it".to_owned()));
}

fn lengths(context: &mut LintContext<'_>) {
    let rules = context.refusing("length");
    let most = context.policy.preparation().max_bytes as u64;
    for rule in &rules {
        let count = rule.text("count").unwrap_or("code-points");
        if rule.max_length() >= most && rule.min_length() <= 1 && !counts_words(rule) {
            never(
                context,
                rule,
                "max",
                format!("`max_bytes` is {most}, and every password has at least one character"),
            );
        } else if rule.max_length() >= most && rule.node("max").is_some() {
            let message = format!("`max` has no effect: `max_bytes` is {most}");
            context.add("max-never-reached", rule.span_of("max"), message, None);
        }
        let tighter = rules.iter().find(|other| {
            let same = other.text("count").unwrap_or("code-points") == count;
            let (least, greatest) = (other.min_length(), other.max_length());
            let within = least >= rule.min_length() && greatest <= rule.max_length();
            same && within && (least, greatest) != (rule.min_length(), rule.max_length()) && !counts_words(rule)
        });
        if let Some(tighter) = tighter {
            never(context, rule, "min", format!("`{}` is stricter", tighter.name));
        }
    }
}

fn counts_words(rule: &RuleView<'_>) -> bool {
    ["min_words", "max_words"].iter().any(|key| rule.node(key).is_some())
}

/// Reports limits on parts of a password that no password is long enough to exceed.
fn bounds_beyond_length(context: &mut LintContext<'_>) {
    let (_, greatest) = context.lengths();
    for rule in context.refusing("repetition") {
        // Runs of different characters can be adjacent.
        let runs = rule.number("max_long_runs").unwrap_or(0).saturating_add(1);
        let run = rule.max_run().saturating_add(1).saturating_mul(runs) > greatest.value;
        let occurrences = rule.number("max_occurrences").is_none_or(|most| most >= greatest.value);
        let blocks = rule.number("max_block_repeats").is_none_or(|most| most >= greatest.value);
        if run && occurrences && blocks && rule.node("palindrome").is_none() {
            never(
                context,
                &rule,
                "max_run",
                format!("{} limits every password to fewer characters", greatest.label),
            );
        }
    }
    for kind in ["sequence", "keyboard"] {
        let never_reached =
            |rule: &&RuleView<'_>| rule.max_stretch() >= greatest.value && rule.node("max_duplicate").is_none();
        for rule in context.refusing(kind).iter().filter(never_reached) {
            never(
                context,
                rule,
                "max_length",
                format!("{} limits every password to fewer characters", greatest.label),
            );
        }
    }
    for rule in context.refusing("variety").iter().filter(|rule| rule.min_distinct() <= 1) {
        never(context, rule, "min_distinct", "every password has at least one character".to_owned());
    }
    for rule in context.refusing("points") {
        let (least, _) = context.lengths();
        let of_shortest = rule.per_character().saturating_mul(least.value);
        if of_shortest >= rule.min_points() && rule.node("lists").is_none() {
            never(context, &rule, "min_points", format!("{} suffices for its points", least.label));
        }
    }
    let digits = context.letters.as_ref().is_none_or(|letters| letters.iter().any(char::is_ascii_digit));
    for rule in context.refusing("date") {
        if !digits {
            never(context, &rule, "max_share", "every date has digits, but no digits are allowed".to_owned());
        } else if greatest.value < MIN_DATE {
            never(context, &rule, "max_share", format!("every date is longer than {} permits", greatest.label));
        }
    }
}

/// Returns the numbers of a table.
pub(super) fn numbers(table: &[Entry]) -> impl Iterator<Item = (&str, u64)> {
    table.iter().filter_map(|entry| match entry.node.value {
        Value::Integer(Some(number)) => Some((entry.key.as_str(), u64::try_from(number).ok()?)),
        _ => None,
    })
}

fn characters(context: &mut LintContext<'_>) {
    let (_, greatest) = context.lengths();
    for rule in context.refusing("characters") {
        for key in ["max_class_run", "max_per_class"] {
            let values = rule.number(key).into_iter().chain(numbers(rule.table(key)).map(|(_, number)| number));
            if let Some(max) = values.min().filter(|max| *max >= greatest.value) {
                let message = format!(
                    "`{key}` of `{}` has no effect: {} is not greater than {max}",
                    rule.name, greatest.label
                );
                context.add("limit-never-reached", rule.span_of(key), message, None);
            }
        }
        let restricts = RESTRICTIONS.iter().any(|key| rule.node(key).is_some());
        if rule.min_classes() <= 1 && !restricts {
            never(context, &rule, "min_classes", "every password has at least one class".to_owned());
        }
    }
}

/// Reports rules that read, by default, only attributes that the host does not send. A rule cannot name such attributes.
fn unknown_attributes(context: &mut LintContext<'_>) {
    let Some(known) = context.policy.known_attributes() else { return };
    let kinds = ["personal", "pinyin_name", "reversed_username"];
    let rules: Vec<RuleView<'_>> = kinds.iter().flat_map(|kind| context.refusing(kind)).collect();
    for rule in rules {
        let default = definition_of(rule.kind)
            .and_then(|definition| definition.parameter("attributes"))
            .map_or(&["username"][..], |parameter| parameter.value.default_texts(|_| false));
        let is_written = rule.node("attributes").is_some() || rule.node("tails").is_some();
        if !is_written && !default.iter().any(|name| known.iter().any(|known| known == name)) {
            let names = default.join("`, `");
            never(context, &rule, "attributes", format!("`attributes.known` does not contain `{names}`"));
        }
    }
}

fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Integer(a), Value::Integer(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Boolean(a), Value::Boolean(b)) => a == b,
        (Value::Date(y, m, d), Value::Date(other_y, other_m, other_d)) => (y, m, d) == (other_y, other_m, other_d),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Table(a), Value::Table(b)) => same_entries(a, b, &[]),
        _ => false,
    }
}

/// Returns whether two tables are equal except for the keys `but`.
fn same_entries(a: &[Entry], b: &[Entry], but: &[&str]) -> bool {
    let counts = |entries: &[Entry]| entries.iter().filter(|entry| !but.contains(&entry.key.as_str())).count();
    let mut asked = a.iter().filter(|entry| !but.contains(&entry.key.as_str()));
    counts(a) == counts(b)
        && asked.all(|entry| b.iter().any(|other| other.key == entry.key && same(&entry.node, &other.node)))
}

fn duplicates(context: &mut LintContext<'_>) {
    let rules: Vec<RuleView<'_>> =
        context.rules.iter().filter(|rule| rule.force == Force::Refuses).cloned().collect();
    for (at, rule) in rules.iter().enumerate() {
        let twin = rules[..at].iter().find(|other| {
            other.kind == rule.kind
                && same_entries(other.entries, rule.entries, &["kind", "message", "wire", "from"])
        });
        if let Some(twin) = twin {
            let message = format!("`{}` duplicates `{}`", rule.name, twin.name);
            context.add("duplicate-rule", rule.span, message, Some("remove one of them".to_owned()));
        }
    }
}

fn exemptions(context: &mut LintContext<'_>) {
    let (_, greatest) = context.lengths();
    let lengths = context.refusing("length");
    let same_count = |rule: &RuleView<'_>, other: &RuleView<'_>| {
        rule.text("count").unwrap_or("code-points") == other.text("count").unwrap_or("code-points")
    };
    for exemption in context.exemptions.clone() {
        for condition in exemption.when.iter().filter(|condition| condition.kind == "length") {
            let least = condition.min_length();
            let points = if condition.text("count") == Some("bytes") { least.div_ceil(4) } else { least };
            if points > greatest.value {
                let message = format!(
                    "the exemption never holds: {} rules out passwords of {least} characters",
                    greatest.label
                );
                context.add("exemption-never-holds", condition.span_of("min"), message, None);
            }
        }
        let always = |condition: &RuleView<'_>| {
            condition.kind == "length"
                && !counts_words(condition)
                && lengths.iter().any(|rule| {
                    let (least, most) = (rule.min_length(), rule.max_length());
                    same_count(rule, condition)
                        && condition.min_length() <= least
                        && most <= condition.max_length()
                })
        };
        if !exemption.when.is_empty() && exemption.when.iter().all(always) {
            let message =
                format!("the exemption always holds, so `{}` never triggers", exemption.rules.join("`, `"));
            context.add("exemption-always-holds", exemption.span, message, None);
        }
        for name in &exemption.rules {
            let Some(rule) =
                context.rules.iter().find(|rule| rule.name == *name && rule.kind == "length").cloned()
            else {
                continue;
            };
            let length_is_required = exemption.when.iter().any(|condition| {
                condition.kind == "length"
                    && same_count(&rule, condition)
                    && condition.min_length() >= rule.min_length()
            });
            if !length_is_required {
                let message = format!("the exemption permits passwords shorter than `{name}` requires");
                let help = Some(format!("add `length = {{ min = {} }}` to `when`", rule.min_length()));
                context.add("exemption-voids-length", exemption.span, message, help);
            }
        }
    }
}
