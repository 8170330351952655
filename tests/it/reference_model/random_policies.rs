//! Random policies: a few rules of any kind, small numbers, nested groups.

use super::choices::Choices;
use super::policy::{
    Characters, Exemption, Expression, Group, Personal, Points, Policy, Rule, RuleSpec, Sequence, Words,
};

const EXPRESSIONS: [Expression; 7] = [
    Expression::Literal("ab"),
    Expression::Literal("heron"),
    Expression::Literal("汉"),
    Expression::Class("[0-9]", |c| c.is_ascii_digit()),
    Expression::Class("[A-Z]", |c| c.is_ascii_uppercase()),
    Expression::Begins("^[a-z]", |c| c.is_ascii_lowercase()),
    Expression::Begins("^[^0-9]", |c| !c.is_ascii_digit()),
];

pub(crate) fn policy(choices: &mut Choices) -> Policy {
    let mut policy = Policy {
        normalize: !choices.once_in(4),
        refuses_invisible: choices.once_in(4),
        max_bytes: *choices.pick(&[1024, 1024, 200, 40, 15]),
        hash_limit_bytes: None,
        rules: Vec::new(),
        exemptions: Vec::new(),
        min_age: 0,
    };
    if choices.once_in(8) {
        policy.hash_limit_bytes = Some(choices.between(8, 72));
    }
    for number in 0..choices.between(1, 6) {
        policy.rules.push(rule(choices, number));
    }
    for _ in 0..choices.below(6).saturating_sub(3) {
        let when = (0..choices.between(1, 2)).map(|_| leaf(choices)).collect();
        let names: Vec<String> = policy.rules.iter().map(|rule| rule.name.clone()).collect();
        policy.exemptions.push(Exemption { when, rules: choices.some(&names) });
    }
    limit_expensive_rules(&mut policy);
    policy.min_age = if choices.once_in(2) { *choices.pick(&[1, 3_600, 86_400]) } else { 0 };
    policy
}

fn rule(choices: &mut Choices, number: u64) -> Rule {
    let severity = *choices.pick(&[None, None, None, Some("refuse"), Some("warn"), Some("shadow")]);
    let days = [("2026-11-24", false), ("2030-01-01", false), ("2026-11-23", true), ("2020-02-29", true)];
    let from = choices.once_in(6).then(|| *choices.pick(&days));
    // The names sort in reverse order of the rules.
    Rule { name: format!("r{}", 9 - number), severity, from, kind: kind(choices, 2) }
}

fn kind(choices: &mut Choices, depth: u32) -> RuleSpec {
    if depth == 0 || !choices.once_in(5) {
        return leaf(choices);
    }
    let rules: Vec<RuleSpec> = (0..choices.between(1, 3)).map(|_| kind(choices, depth - 1)).collect();
    let count = choices.between(1, rules.len() as u64);
    RuleSpec::Group { how: *choices.pick(&[Group::All, Group::Any, Group::Not, Group::AtLeast(count)]), rules }
}

fn leaf(choices: &mut Choices) -> RuleSpec {
    match choices.below(15) {
        0 => {
            let min = choices.between(1, 14);
            let max = min + choices.between(0, 12);
            let min_words = choices.once_in(3).then(|| choices.between(1, max.div_ceil(2).min(4)));
            RuleSpec::Length {
                min,
                max,
                count: choices.pick::<&str>(&["code-points", "graphemes", "bytes"]),
                min_words,
                max_words: choices.once_in(3).then(|| min_words.unwrap_or(1) + choices.between(0, 3)),
            }
        }
        1 => RuleSpec::Characters(characters(choices)),
        2 => RuleSpec::Variety { min_distinct: choices.between(1, 10) },
        3 => RuleSpec::Repetition {
            max_run: choices.between(1, 4),
            max_long_runs: choices.below(4).saturating_sub(1) as u64,
            max_occurrences: choices.once_in(2).then(|| choices.between(1, 5)),
            max_block_repeats: choices.once_in(2).then(|| choices.between(1, 3)),
            palindrome: choices.once_in(3),
        },
        4 => RuleSpec::Sequence(Sequence {
            max_length: choices.between(2, 6),
            alphabets: choices.some(&[
                "latin", "digits", "latin", "greek", "cyrillic", "zhuyin", "stems", "branches", "polish", "czech",
                "german",
            ]),
            max_step: choices.between(1, 3),
            wrap: !choices.once_in(3),
            interleaved: !choices.once_in(3),
            max_duplicate: choices.once_in(3).then(|| choices.between(1, 3)),
        }),
        5 => RuleSpec::Keyboard {
            max_length: choices.between(2, 7),
            layouts: choices.some(&["qwerty", "numpad", "qwertz", "polish"]),
        },
        6 => RuleSpec::Date { max_share: *choices.pick(&[50, 0, 99, 30, 60, 75]) },
        7 => RuleSpec::ReversedUsername {
            min_length: choices.between(2, 6),
            whole: choices.once_in(3),
            read: read(choices),
        },
        8 => RuleSpec::Personal(Personal {
            attributes: match choices.once_in(4) {
                true => vec!["*"],
                false => choices.some(&[
                    "username", "phone", "email", "name", "company", "birthday", "id_card", "card", "mobile",
                ]),
            },
            min_match: choices.between(2, 7),
            min_length: choices.between(2, 4),
            tokens: !choices.once_in(3),
            token_separators: choices.once_in(5).then_some(",.-_ #"),
            place: choices.pick::<&str>(&["anywhere", "anywhere", "start", "end", "whole"]),
            read: read(choices),
            tails: if choices.once_in(4) { vec![("username", choices.between(3, 5))] } else { Vec::new() },
            min_part: choices.once_in(4).then(|| choices.between(3, 6)),
            max_share: *choices.pick(&[0, 0, 0, 30, 60]),
        }),
        9 => RuleSpec::PinyinName { min_match: choices.between(2, 8), read: read(choices) },
        10 => {
            let (fold, read) = (!choices.once_in(4), read(choices));
            // The policy format allows "guessable" only with these readings.
            let can_guess = fold && read.contains(&"substituted") && read.contains(&"separated");
            let all = ["whole", "base", "contained", "guessable"];
            let matches = choices.some(&all[..if can_guess { 4 } else { 3 }]);
            // Only these compare by edit distance.
            let max_edits = u64::from(matches.contains(&"whole") || matches.contains(&"base"));
            RuleSpec::Words(Words {
                lists: choices.some(&[0, 1, 2]),
                matches,
                min_contained: choices.between(2, 7),
                fold,
                max_edit_distance: choices.between(0, max_edits),
                max_rank: choices.once_in(4).then(|| choices.between(1, 5)),
                read,
                max_share: *choices.pick(&[0, 0, 40]),
            })
        }
        11 => RuleSpec::Pattern { forbids: choices.once_in(2), expression: *choices.pick(&EXPRESSIONS) },
        12 => RuleSpec::Similarity {
            min_distance: choices.between(1, 6),
            min_new: choices.below(5) as u64,
            max_common: choices.once_in(2).then(|| choices.between(2, 6)),
            read: read(choices),
        },
        13 => RuleSpec::Points(points(choices)),
        _ => RuleSpec::History {
            depth: choices.between(1, 4),
            days: choices.once_in(2).then(|| choices.between(1, 60)),
        },
    }
}

fn points(choices: &mut Choices) -> Points {
    let classes = characters(choices);
    let mut names = vec!["lower", "upper", "digit", "symbol", "other"];
    names.extend(classes.custom.iter().map(|(name, _)| *name));
    let numbers = |choices: &mut Choices, max| -> Vec<(&'static str, u64)> {
        match choices.once_in(2) {
            true => choices.some(&names).into_iter().map(|name| (name, choices.between(1, max))).collect(),
            false => Vec::new(),
        }
    };
    let (credits, min_for_point) = (numbers(choices, 4), numbers(choices, 3));
    let of_classes = credits.iter().map(|(_, max)| max).sum::<u64>() + min_for_point.len() as u64;
    // Without points for characters, the classes must be able to have enough.
    let per_character = if of_classes > 0 && choices.once_in(3) { 0 } else { choices.between(1, 2) };
    let min = if per_character == 0 { choices.between(1, of_classes) } else { choices.between(1, 20) };
    let lists = if per_character > 0 && choices.once_in(2) { choices.some(&[0, 1, 2]) } else { Vec::new() };
    Points {
        min,
        per_character,
        credits,
        min_for_point,
        classes,
        lists,
        per_word: choices.between(0, 3),
        min_word: choices.between(2, 6),
        max_edit_distance: choices.between(0, 1),
        read: read(choices),
    }
}

/// Returns random readings.
fn read(choices: &mut Choices) -> Vec<&'static str> {
    choices.some(&["plain", "folded", "substituted", "separated", "reversed", "folded", "substituted"])
}

fn characters(choices: &mut Choices) -> Characters {
    let custom: Vec<(&str, &str)> = match choices.below(4) {
        2 => vec![("vowels", "aeiou")],
        3 => vec![("vowels", "aeiou"), ("brackets", "()[]汉é")],
        _ => Vec::new(),
    };
    let mut names = vec!["lower", "upper", "digit", "symbol", "other"];
    names.extend(custom.iter().map(|(name, _)| *name));
    let counted = |choices: &mut Choices, name: &&'static str| (*name, choices.between(1, 3));
    let require: Vec<(&str, u64)> = match choices.once_in(2) {
        true => choices.some(&names).iter().map(|name| counted(choices, name)).collect(),
        false => Vec::new(),
    };
    let mut entries = names.clone();
    entries.extend(["-_.", "汉é😀", "abc ", "0\"\\"]);
    let min_classes = choices.between(1, 4);
    let allowed = if choices.once_in(4) { choices.some(&entries) } else { Vec::new() };
    let forbidden = if choices.once_in(4) { choices.some(&entries) } else { Vec::new() };
    let by = choices.pick::<&str>(&["unicode", "ascii", "windows"]);
    let mut max_per_class: Vec<(&str, u64)> = match choices.once_in(4) {
        true => choices.some(&names).iter().map(|name| (*name, choices.between(0, 4))).collect(),
        false => Vec::new(),
    };
    // A maximum below the required number is an error.
    for (name, max) in &mut max_per_class {
        let least = require.iter().find(|(class, _)| class == name).map_or(0, |(_, least)| *least);
        *max = least.max(*max);
    }
    let mut lengths: Vec<(u64, u64)> = match choices.once_in(4) {
        true => (min_classes..=5).map(|classes| (classes, choices.between(1, 16))).collect(),
        false => Vec::new(),
    };
    lengths.retain(|_| !choices.once_in(3));
    Characters {
        min_classes,
        require,
        allowed,
        forbidden,
        by,
        custom,
        max_per_class,
        max_class_run: choices.once_in(4).then(|| choices.between(1, 5)),
        places: std::array::from_fn(|_| if choices.once_in(5) { choices.some(&entries) } else { Vec::new() }),
        min_length_by_classes: lengths,
    }
}

/// A policy may have four rules that verify hashes and sixteen that use lists.
fn limit_expensive_rules(policy: &mut Policy) {
    let (mut hashes, mut lists) = (0, 0);
    let mut fits = |kind: &RuleSpec| {
        (hashes, lists) = (hashes + kind.count("history"), lists + kind.count("words") + kind.count("points"));
        hashes <= 4 && lists <= 12
    };
    for rule in &mut policy.rules {
        if !fits(&rule.kind) {
            rule.kind = RuleSpec::Variety { min_distinct: 3 };
        }
    }
    for kind in policy.exemptions.iter_mut().flat_map(|exemption| &mut exemption.when) {
        if !fits(kind) {
            *kind = RuleSpec::Variety { min_distinct: 3 };
        }
    }
}
