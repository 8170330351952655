//! The judgement: what is refused before any rule, the rules in their order, and what becomes of what they find.

use super::folding::composed;
use super::model::{How, Policy, Rule, RuleSpec};
use super::{counting, date, order, past, person, pinyin};

/// 2026-11-23T00:00:00Z.
pub(crate) const NOW: u64 = 1_795_392_000;

/// A code and its numbers.
pub(crate) type ExpectedViolation = (String, Vec<(String, u64)>);

pub(crate) fn found(code: &str, numbers: &[(&str, u64)]) -> ExpectedViolation {
    (code.to_owned(), numbers.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect())
}

/// The kind of error that there is instead of a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed(pub(crate) &'static str);

#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// Nothing: it cannot be verified.
    pub(crate) password: Option<String>,
    /// Whether the host's verifier knows the form.
    pub(crate) is_known: bool,
    pub(crate) at: Option<u64>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Situation {
    pub(crate) user: Vec<(&'static str, &'static str)>,
    pub(crate) password: Vec<u8>,
    pub(crate) current: Option<String>,
    pub(crate) previous: Vec<Stored>,
}

impl Situation {
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'static str> + 's {
        self.user.iter().filter(move |(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// What a judgement says: the rule, the severity, the code and the numbers, in order.
pub(crate) type Judgement = Result<Vec<(String, String, ExpectedViolation)>, Failed>;

pub(crate) fn judge(policy: &Policy, situation: &Situation) -> Judgement {
    let text = match prepare(policy, &situation.password)? {
        Ok(text) => text,
        Err(refusal) => return Ok(vec![("input".to_owned(), "refuse".to_owned(), refusal)]),
    };
    let mut rules: Vec<&Rule> = policy.rules.iter().collect();
    rules.sort_by_key(|rule| (rule.kind.cost(), rule.kind.rank()));
    let mut exempt: Vec<&String> = Vec::new();
    for exemption in &policy.exemptions {
        if check_all(&exemption.when, &text, situation, policy)?.is_empty() {
            exempt.extend(&exemption.rules);
        }
    }
    let mut all = Vec::new();
    for rule in rules.into_iter().filter(|rule| !exempt.contains(&&rule.name)) {
        let severity = match (rule.from, rule.severity) {
            // From its day on a rule refuses; before, one that is to refuse warns.
            (Some((_, true)), _) => "refuse",
            (Some((_, false)), None | Some("refuse")) => "warn",
            (_, severity) => severity.unwrap_or("refuse"),
        };
        for found in check(&rule.kind, &text, situation, policy)? {
            all.push((rule.name.clone(), severity.to_owned(), found));
        }
    }
    Ok(all)
}

fn prepare(policy: &Policy, password: &[u8]) -> Result<Result<String, ExpectedViolation>, Failed> {
    if password.len() as u64 > policy.max_bytes {
        return Ok(Err(found("input.too_many_bytes", &[("min", 1), ("max", policy.max_bytes)])));
    }
    let Ok(text) = std::str::from_utf8(password) else { return Err(Failed("not_utf8")) };
    if text.contains('\0') {
        return Err(Failed("nul"));
    }
    let mut text = text.to_owned();
    if policy.normalize {
        // Controls, separators, private characters, and one that no Unicode has assigned: what the test draws.
        let is_unprintable =
            |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{E000}'..='\u{F8FF}' | '\u{378}');
        if text.chars().any(is_unprintable) {
            return Ok(Err(found("input.unprintable_character", &[])));
        }
        text = composed(&text);
    }
    match policy.hash_limit_bytes.filter(|limit| text.len() as u64 > *limit) {
        Some(limit) => Ok(Err(found("input.beyond_hash_limit", &[("min", 1), ("max", limit)]))),
        None => Ok(Ok(text)),
    }
}

fn check_all(
    rules: &[RuleSpec],
    text: &str,
    situation: &Situation,
    policy: &Policy,
) -> Result<Vec<ExpectedViolation>, Failed> {
    let mut all = Vec::new();
    for rule in rules {
        all.extend(check(rule, text, situation, policy)?);
    }
    Ok(all)
}

fn check(
    kind: &RuleSpec,
    text: &str,
    situation: &Situation,
    policy: &Policy,
) -> Result<Vec<ExpectedViolation>, Failed> {
    Ok(match kind {
        RuleSpec::Length { min, max, count } => counting::length(text, *min, *max, count),
        RuleSpec::Characters(characters) => characters.check(text),
        RuleSpec::Variety { min_distinct } => counting::variety(text, *min_distinct),
        RuleSpec::Repetition { max_run, max_occurrences, max_block_repeats } => {
            counting::repetition(text, *max_run, *max_occurrences, *max_block_repeats)
        }
        RuleSpec::Sequence { max_length, alphabets } => order::sequence(text, *max_length, alphabets),
        RuleSpec::Keyboard { max_length, layouts } => order::keyboard(text, *max_length, layouts),
        RuleSpec::Date { max_share } => date::date(text, *max_share),
        RuleSpec::ReversedUsername { min_length, whole } => {
            person::reversed_username(text, situation, *min_length, *whole)
        }
        RuleSpec::Personal { attributes, min_match, tokens } => {
            person::personal(text, situation, attributes, *min_match, *tokens)
        }
        RuleSpec::PinyinName { min_match } => pinyin::pinyin_name(text, situation, *min_match),
        RuleSpec::Words(words) => words.check(text),
        RuleSpec::Pattern { forbids, expression } => counting::pattern(text, *forbids, *expression),
        RuleSpec::Similarity { min_distance } => past::similarity(text, situation, *min_distance),
        RuleSpec::History { depth, days } => past::history(text, situation, *depth, *days)?,
        RuleSpec::Group { how: How::All, rules } => check_all(rules, text, situation, policy)?,
        RuleSpec::Group { how, rules } => {
            let mut met = 0;
            for rule in rules {
                met += u64::from(check(rule, text, situation, policy)?.is_empty());
            }
            let all = rules.len() as u64;
            match how {
                How::Any if met == 0 => vec![found("any.none_met", &[("rules", all)])],
                How::Not if met == all => vec![found("not.met", &[("rules", all)])],
                How::AtLeast(min) if met < *min => vec![found("at_least.too_few", &[("min", *min), ("met", met)])],
                _ => Vec::new(),
            }
        }
    })
}
