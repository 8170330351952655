//! Random policies: some rules of any kind, small figures, groups in groups.

use super::dice::Dice;
use super::model::{Characters, Exemption, Expression, How, Policy, Rule, RuleSpec, Words};

const EXPRESSIONS: [Expression; 7] = [
    Expression::Literal("ab"),
    Expression::Literal("heron"),
    Expression::Literal("汉"),
    Expression::Class("[0-9]", |c| c.is_ascii_digit()),
    Expression::Class("[A-Z]", |c| c.is_ascii_uppercase()),
    Expression::Begins("^[a-z]", |c| c.is_ascii_lowercase()),
    Expression::Begins("^[^0-9]", |c| !c.is_ascii_digit()),
];

pub(crate) fn policy(dice: &mut Dice) -> Policy {
    let mut policy = Policy {
        normalize: !dice.once_in(4),
        max_bytes: *dice.pick(&[1024, 1024, 200, 40, 15]),
        hash_limit_bytes: None,
        rules: Vec::new(),
        exemptions: Vec::new(),
    };
    if dice.once_in(8) {
        policy.hash_limit_bytes = Some(dice.between(8, 72));
    }
    for number in 0..dice.between(1, 6) {
        policy.rules.push(rule(dice, number));
    }
    for _ in 0..dice.below(6).saturating_sub(3) {
        let when = (0..dice.between(1, 2)).map(|_| leaf(dice)).collect();
        let names: Vec<String> = policy.rules.iter().map(|rule| rule.name.clone()).collect();
        policy.exemptions.push(Exemption { when, rules: dice.some(&names) });
    }
    without_dear_rules(&mut policy);
    policy
}

fn rule(dice: &mut Dice, number: u64) -> Rule {
    let severity = *dice.pick(&[None, None, None, Some("refuse"), Some("warn"), Some("shadow")]);
    let days = [("2026-11-24", false), ("2030-01-01", false), ("2026-11-23", true), ("2020-02-29", true)];
    let from = dice.once_in(6).then(|| *dice.pick(&days));
    // The names sort the other way round than the rules stand.
    Rule { name: format!("r{}", 9 - number), severity, from, kind: kind(dice, 2) }
}

fn kind(dice: &mut Dice, depth: u32) -> RuleSpec {
    if depth == 0 || !dice.once_in(5) {
        return leaf(dice);
    }
    let rules: Vec<RuleSpec> = (0..dice.between(1, 3)).map(|_| kind(dice, depth - 1)).collect();
    let count = dice.between(1, rules.len() as u64);
    RuleSpec::Group { how: *dice.pick(&[How::All, How::Any, How::Not, How::AtLeast(count)]), rules }
}

fn leaf(dice: &mut Dice) -> RuleSpec {
    match dice.below(14) {
        0 => {
            let min = dice.between(1, 14);
            RuleSpec::Length {
                min,
                max: min + dice.between(0, 12),
                count: dice.pick::<&str>(&["code-points", "graphemes", "bytes"]),
            }
        }
        1 => RuleSpec::Characters(characters(dice)),
        2 => RuleSpec::Variety { min_distinct: dice.between(1, 10) },
        3 => RuleSpec::Repetition {
            max_run: dice.between(1, 4),
            max_occurrences: dice.once_in(2).then(|| dice.between(1, 5)),
            max_block_repeats: dice.once_in(2).then(|| dice.between(1, 3)),
        },
        4 => RuleSpec::Sequence {
            max_length: dice.between(2, 6),
            alphabets: dice
                .some(&["latin", "digits", "latin", "greek", "cyrillic", "zhuyin", "stems", "branches"]),
        },
        5 => RuleSpec::Keyboard { max_length: dice.between(2, 7), layouts: dice.some(&["qwerty", "numpad"]) },
        6 => RuleSpec::Date { max_share: *dice.pick(&[50, 0, 99, 30, 60, 75]) },
        7 => RuleSpec::ReversedUsername { min_length: dice.between(2, 6), whole: dice.once_in(3) },
        8 => RuleSpec::Personal {
            attributes: match dice.once_in(4) {
                true => vec!["*"],
                false => dice.some(&["username", "phone", "email", "name", "company"]),
            },
            min_match: dice.between(2, 7),
            tokens: !dice.once_in(3),
        },
        9 => RuleSpec::PinyinName { min_match: dice.between(2, 8) },
        10 => {
            let matches = dice.some(&["whole", "base", "contained"]);
            // An edit distance is no policy where only what is inside is looked for.
            let most_edits = u64::from(matches != ["contained"]);
            RuleSpec::Words(Words {
                lists: dice.some(&[0, 1, 2]),
                matches,
                min_contained: dice.between(2, 7),
                fold: !dice.once_in(4),
                max_edit_distance: dice.between(0, most_edits),
                max_rank: dice.once_in(4).then(|| dice.between(1, 5)),
            })
        }
        11 => RuleSpec::Pattern { forbids: dice.once_in(2), expression: *dice.pick(&EXPRESSIONS) },
        12 => RuleSpec::Similarity { min_distance: dice.between(1, 6) },
        _ => RuleSpec::History { depth: dice.between(1, 4), days: dice.once_in(2).then(|| dice.between(1, 60)) },
    }
}

fn characters(dice: &mut Dice) -> Characters {
    let own: Vec<(&str, &str)> = match dice.below(4) {
        2 => vec![("vowels", "aeiou")],
        3 => vec![("vowels", "aeiou"), ("brackets", "()[]汉é")],
        _ => Vec::new(),
    };
    let mut names = vec!["lower", "upper", "digit", "symbol", "other"];
    names.extend(own.iter().map(|(name, _)| *name));
    let counted = |dice: &mut Dice, name: &&'static str| (*name, dice.between(1, 3));
    let require = match dice.once_in(2) {
        true => dice.some(&names).iter().map(|name| counted(dice, name)).collect(),
        false => Vec::new(),
    };
    let mut meant = names.clone();
    meant.extend(["-_.", "汉é😀", "abc ", "0\"\\"]);
    Characters {
        min_classes: dice.between(1, 4),
        require,
        allowed: if dice.once_in(4) { dice.some(&meant) } else { Vec::new() },
        forbidden: if dice.once_in(4) { dice.some(&meant) } else { Vec::new() },
        by_ascii: dice.once_in(2),
        own,
    }
}

/// Four rules may verify hashes and sixteen look things up.
fn without_dear_rules(policy: &mut Policy) {
    let (mut hashes, mut lists) = (0, 0);
    let mut fits = |kind: &RuleSpec| {
        (hashes, lists) = (hashes + kind.count("history"), lists + kind.count("words"));
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
