//! Rules that never act: what they would refuse is refused already, or lifted always.

use super::LintContext;
use crate::analysis::view::RuleView;
use crate::policy::Node;
use crate::policy::document::{Entry, Value};

/// The shortest date: a year alone.
const MIN_DATE: u64 = 4;

pub(super) fn find(look: &mut LintContext<'_>) {
    lengths(look);
    bounds_beyond_length(look);
    characters(look);
    duplicates(look);
    exemptions(look);
}

fn never(look: &mut LintContext<'_>, rule: &RuleView<'_>, key: &str, why: String) {
    let message = format!("`{}` never refuses anything: {why}", rule.name);
    look.add("rule-never-fires", rule.span_of(key), message, Some("drop it, or tighten it".to_owned()));
}

fn lengths(look: &mut LintContext<'_>) {
    let rules = look.refusing("length");
    let most = look.policy.preparation().max_bytes as u64;
    for rule in &rules {
        let count = rule.text("count").unwrap_or("code-points");
        if rule.max_length() >= most && rule.min_length() <= 1 {
            never(look, rule, "max", format!("`max_bytes` is {most}, and every password has a character"));
        } else if rule.max_length() >= most && rule.node("max").is_some() {
            let message = format!("`max` is never reached: `max_bytes` is {most}");
            look.add("max-never-reached", rule.span_of("max"), message, None);
        }
        let tighter = rules.iter().find(|other| {
            let same = other.text("count").unwrap_or("code-points") == count;
            let (least, greatest) = (other.min_length(), other.max_length());
            let within = least >= rule.min_length() && greatest <= rule.max_length();
            same && within && (least, greatest) != (rule.min_length(), rule.max_length())
        });
        if let Some(tighter) = tighter {
            never(look, rule, "min", format!("`{}` is tighter", tighter.name));
        }
    }
}

/// Bounds on stretches of a password that no password is long enough to exceed.
fn bounds_beyond_length(look: &mut LintContext<'_>) {
    let (_, greatest) = look.lengths();
    for rule in look.refusing("repetition") {
        let run = rule.max_run() >= greatest.value;
        let occurrences = rule.number("max_occurrences").is_none_or(|most| most >= greatest.value);
        let blocks = rule.number("max_block_repeats").is_none_or(|most| most >= greatest.value);
        if run && occurrences && blocks {
            never(look, &rule, "max_run", format!("no password is longer than {} lets it be", greatest.said));
        }
    }
    for kind in ["sequence", "keyboard"] {
        for rule in look.refusing(kind).iter().filter(|rule| rule.max_stretch() >= greatest.value) {
            never(look, rule, "max_length", format!("no password is longer than {} lets it be", greatest.said));
        }
    }
    for rule in look.refusing("variety").iter().filter(|rule| rule.min_distinct() <= 1) {
        never(look, rule, "min_distinct", "every password has a character".to_owned());
    }
    let digits = look.letters.as_ref().is_none_or(|letters| letters.iter().any(char::is_ascii_digit));
    for rule in look.refusing("date") {
        if !digits {
            never(look, &rule, "max_share", "every date has digits, and none are allowed".to_owned());
        } else if greatest.value < MIN_DATE {
            never(look, &rule, "max_share", format!("every date is longer than {} lets it be", greatest.said));
        }
    }
}

fn characters(look: &mut LintContext<'_>) {
    for rule in look.refusing("characters") {
        let says = ["require", "allowed", "forbidden"].iter().any(|key| rule.node(key).is_some());
        if rule.min_classes() <= 1 && !says {
            never(look, &rule, "min_classes", "every password has a class".to_owned());
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

/// Whether two tables say the same, but for some keys.
fn same_entries(a: &[Entry], b: &[Entry], but: &[&str]) -> bool {
    let counts = |entries: &[Entry]| entries.iter().filter(|entry| !but.contains(&entry.key.as_str())).count();
    let mut asked = a.iter().filter(|entry| !but.contains(&entry.key.as_str()));
    counts(a) == counts(b)
        && asked.all(|entry| b.iter().any(|other| other.key == entry.key && same(&entry.node, &other.node)))
}

fn duplicates(look: &mut LintContext<'_>) {
    let rules: Vec<RuleView<'_>> = look
        .rules
        .iter()
        .filter(|rule| rule.standing == crate::analysis::view::Standing::Refuses)
        .cloned()
        .collect();
    for (at, rule) in rules.iter().enumerate() {
        let twin = rules[..at].iter().find(|other| {
            other.kind == rule.kind
                && same_entries(other.entries, rule.entries, &["kind", "message", "wire", "from"])
        });
        if let Some(twin) = twin {
            let message = format!("`{}` says what `{}` says", rule.name, twin.name);
            look.add("duplicate-rule", rule.span, message, Some("one of the two is enough".to_owned()));
        }
    }
}

fn exemptions(look: &mut LintContext<'_>) {
    let (_, greatest) = look.lengths();
    let lengths = look.refusing("length");
    let same_count = |rule: &RuleView<'_>, other: &RuleView<'_>| {
        rule.text("count").unwrap_or("code-points") == other.text("count").unwrap_or("code-points")
    };
    for exemption in std::mem::take(&mut look.exemptions) {
        for condition in exemption.when.iter().filter(|condition| condition.kind == "length") {
            let least = condition.min_length();
            let points = if condition.text("count") == Some("bytes") { least.div_ceil(4) } else { least };
            if points > greatest.value {
                let message = format!("the exemption never holds: nothing is {least} long, by {}", greatest.said);
                look.add("exemption-never-holds", condition.span_of("min"), message, None);
            }
        }
        let always = |condition: &RuleView<'_>| {
            condition.kind == "length"
                && lengths.iter().any(|rule| {
                    let (least, most) = (rule.min_length(), rule.max_length());
                    same_count(rule, condition)
                        && condition.min_length() <= least
                        && most <= condition.max_length()
                })
        };
        if !exemption.when.is_empty() && exemption.when.iter().all(always) {
            let message = format!("the exemption always holds, so `{}` never acts", exemption.rules.join("`, `"));
            look.add("exemption-always-holds", exemption.span, message, None);
        }
        for name in &exemption.rules {
            let Some(rule) = look.rules.iter().find(|rule| rule.name == *name && rule.kind == "length").cloned()
            else {
                continue;
            };
            let kept = exemption.when.iter().any(|condition| {
                condition.kind == "length"
                    && same_count(&rule, condition)
                    && condition.min_length() >= rule.min_length()
            });
            if !kept {
                let message = format!("the exemption lets passwords pass that are shorter than `{name}` asks");
                let help = Some(format!("put `length = {{ min = {} }}` into `when`", rule.min_length()));
                look.add("exemption-voids-length", exemption.span, message, help);
            }
        }
    }
}
