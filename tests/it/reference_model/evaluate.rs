//! The reference evaluation: checks before the rules, the rules in their order, and the severity of their
//! violations.

use super::folding::{INVISIBLE, composed};
use super::policy::{Group, Policy, Rule, RuleSpec};
use super::{counting, date, personal, pinyin_name, previous_passwords, sequence_and_keyboard};

/// 2026-11-23T00:00:00Z.
pub(crate) const NOW: u64 = 1_795_392_000;

/// A code and its numbers.
pub(crate) type ExpectedViolation = (String, Vec<(String, u64)>);

pub(crate) fn found(code: &str, numbers: &[(&str, u64)]) -> ExpectedViolation {
    (code.to_owned(), numbers.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect())
}

/// The kind of the error if there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed(pub(crate) &'static str);

#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// `None`: the hash cannot be verified.
    pub(crate) password: Option<String>,
    /// Whether the host's verifier supports the format.
    pub(crate) is_supported: bool,
    pub(crate) at: Option<u64>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Input {
    pub(crate) user: Vec<(&'static str, &'static str)>,
    pub(crate) password: Vec<u8>,
    pub(crate) current: Option<String>,
    pub(crate) previous: Vec<Stored>,
    pub(crate) password_set: Option<u64>,
}

impl Input {
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'static str> + 's {
        self.user.iter().filter(move |(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// The result: rule, severity, code and numbers, in order.
pub(crate) type Evaluation = Result<Vec<(String, String, ExpectedViolation)>, Failed>;

pub(crate) fn evaluate(policy: &Policy, input: &Input) -> Evaluation {
    let text = match prepare(policy, &input.password)? {
        Ok(text) => text,
        Err(refusal) => return Ok(vec![("input".to_owned(), "refuse".to_owned(), refusal)]),
    };
    let mut rules: Vec<&Rule> = policy.rules.iter().collect();
    rules.sort_by_key(|rule| (rule.kind.cost(), rule.kind.rank()));
    let mut exempt: Vec<&String> = Vec::new();
    for exemption in &policy.exemptions {
        if check_all(&exemption.when, &text, input, policy)?.is_empty() {
            exempt.extend(&exemption.rules);
        }
    }
    let mut all = Vec::new();
    if let Some(wait) = input.password_set.and_then(|set| wait(policy.min_age, set)) {
        let digits = wait.to_string();
        let is_shown = digits.len() < 3 || !text.contains(&digits);
        let numbers: &[_] = if is_shown { &[("retry_after", wait)] } else { &[] };
        let name = "min_password_age".to_owned();
        all.push((name, "refuse".to_owned(), found("min_password_age.too_soon", numbers)));
    }
    for rule in rules.into_iter().filter(|rule| !exempt.contains(&&rule.name)) {
        let severity = match (rule.from, rule.severity) {
            // From its day on a rule rejects; before, a rejecting rule only warns.
            (Some((_, true)), _) => "refuse",
            (Some((_, false)), None | Some("refuse")) => "warn",
            (_, severity) => severity.unwrap_or("refuse"),
        };
        for found in check(&rule.kind, &text, input, policy)? {
            all.push((rule.name.clone(), severity.to_owned(), found));
        }
    }
    Ok(all)
}

/// Seconds until a password that was set at `set` can be changed. More than a day in the future is an unknown time.
fn wait(min_age: u64, set: u64) -> Option<u64> {
    if set > NOW + 86_400 {
        return None;
    }
    let age = NOW.saturating_sub(set);
    (age < min_age).then(|| min_age - age)
}

fn prepare(policy: &Policy, password: &[u8]) -> Result<Result<String, ExpectedViolation>, Failed> {
    if password.len() as u64 > policy.max_bytes {
        return Ok(Err(found("input.too_many_bytes", &[("min", 1), ("max", policy.max_bytes)])));
    }
    let Ok(text) = std::str::from_utf8(password) else { return Err(Failed("not_utf8")) };
    if text.contains('\0') {
        return Err(Failed("nul"));
    }
    // Joiners and variation selectors shape their neighbours.
    let is_refused = |c: char| INVISIBLE.contains(&c) && !matches!(c, '\u{200D}' | '\u{FE0F}');
    if policy.refuses_invisible && text.chars().any(is_refused) {
        return Ok(Err(found("input.invisible_character", &[])));
    }
    let mut text = text.to_owned();
    if policy.normalize {
        // Control characters, separators, private-use characters, and one unassigned code point that the test
        // generates.
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
    input: &Input,
    policy: &Policy,
) -> Result<Vec<ExpectedViolation>, Failed> {
    let mut all = Vec::new();
    for rule in rules {
        all.extend(check(rule, text, input, policy)?);
    }
    Ok(all)
}

fn check(kind: &RuleSpec, text: &str, input: &Input, policy: &Policy) -> Result<Vec<ExpectedViolation>, Failed> {
    Ok(match kind {
        RuleSpec::Length { min, max, count, min_words, max_words } => {
            let mut all = counting::length(text, *min, *max, count);
            all.extend(counting::words(text, *min_words, *max_words));
            all
        }
        RuleSpec::Characters(characters) => characters.check(text),
        RuleSpec::Variety { min_distinct } => counting::variety(text, *min_distinct),
        RuleSpec::Repetition { max_run, max_long_runs, max_occurrences, max_block_repeats, palindrome } => {
            let mut all: Vec<_> = counting::runs(text, *max_run, *max_long_runs).into_iter().collect();
            all.extend(counting::repetition(text, *max_occurrences, *max_block_repeats));
            all.extend(palindrome.then(|| counting::palindrome(text)).flatten());
            all
        }
        RuleSpec::Sequence(rule) => sequence_and_keyboard::sequence(text, rule),
        RuleSpec::Keyboard { max_length, layouts } => sequence_and_keyboard::keyboard(text, *max_length, layouts),
        RuleSpec::Date { max_share } => date::date(text, *max_share),
        RuleSpec::ReversedUsername { min_length, whole, read } => {
            personal::reversed_username(text, input, *min_length, *whole, read)
        }
        RuleSpec::Personal(rule) => personal::personal(text, input, rule),
        RuleSpec::PinyinName { min_match, read } => pinyin_name::pinyin_name(text, input, *min_match, read),
        RuleSpec::Words(words) => words.check(text),
        RuleSpec::Points(points) => points.check(text),
        RuleSpec::Pattern { forbids, expression } => counting::pattern(text, *forbids, *expression),
        RuleSpec::Similarity { min_distance, min_new, max_common, read } => {
            previous_passwords::similarity(text, input, [*min_distance, *min_new], *max_common, read)
        }
        RuleSpec::History { depth, days } => previous_passwords::history(text, input, *depth, *days)?,
        RuleSpec::Group { how: Group::All, rules } => check_all(rules, text, input, policy)?,
        RuleSpec::Group { how, rules } => {
            let mut met = 0;
            for rule in rules {
                met += u64::from(check(rule, text, input, policy)?.is_empty());
            }
            let all = rules.len() as u64;
            match how {
                Group::Any if met == 0 => vec![found("any.none_met", &[("rules", all)])],
                Group::Not if met == all => vec![found("not.met", &[("rules", all)])],
                Group::AtLeast(min) if met < *min => {
                    vec![found("at_least.too_few", &[("min", *min), ("met", met)])]
                }
                _ => Vec::new(),
            }
        }
    })
}
