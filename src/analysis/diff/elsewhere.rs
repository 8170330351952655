//! Compares two policies outside their rules: the preparation of passwords, the expiry and the reset.

use super::parameters::ordered;
use super::reading::{entries, entry, show, value};
use super::{Change, Direction, Side, files};
use crate::evaluation::Policy;
use crate::policy::units::Rate;

/// A setting as the policy understood it: its path, and its value as a number of which a higher one is stricter and as
/// text.
type Setting = (&'static str, fn(&Policy) -> (i128, String));

const NUMBERS: &[Setting] = &[
    ("expiry.max_age", |policy| down(policy.expiry().map_or(u64::MAX, |expiry| expiry.max_age))),
    ("reset.conceal_unknown_user", |policy| flag(policy.reset().conceal_unknown_user)),
    ("reset.revoke_sessions", |policy| flag(policy.reset().revoke_sessions)),
    ("reset.notify", |policy| flag(policy.reset().notify)),
    ("reset.min_password_age", |policy| up(policy.reset().min_password_age)),
    ("reset.code", |policy| {
        let code = &policy.reset().code;
        let milli_bits = (code.entropy_bits() * 1000.0) as i128;
        (milli_bits, format!("{} of {} characters", code.length, code.alphabet.len()))
    }),
    ("reset.code.lifetime", |policy| down(policy.reset().code.lifetime)),
    ("reset.code.phone_lifetime", |policy| down(policy.reset().code.phone_lifetime)),
    ("reset.code.max_submissions", |policy| down(policy.reset().code.max_submissions)),
    ("reset.code.window", |policy| up(policy.reset().code.window)),
    ("reset.code.max_refusals", |policy| down(policy.reset().code.max_refusals)),
    ("reset.code.cooldown", |policy| up(policy.reset().code.cooldown)),
    ("reset.code.bind client", |policy| flag(policy.reset().code.bind_client)),
    ("reset.code.bind device", |policy| flag(policy.reset().code.bind_device)),
    ("reset.captcha.required", |policy| flag(policy.reset().captcha.required)),
    ("reset.captcha.lifetime", |policy| down(policy.reset().captcha.lifetime)),
    ("reset.captcha.tolerance_px", |policy| down(policy.reset().captcha.tolerance_px)),
];

type Limit = (&'static str, fn(&Policy) -> Rate);

const LIMITS: &[Limit] = &[
    ("reset.limits.per_account", |policy| policy.reset().limits.per_account),
    ("reset.limits.per_address", |policy| policy.reset().limits.per_address),
    ("reset.limits.per_requester", |policy| policy.reset().limits.per_requester),
    ("reset.limits.per_peer", |policy| policy.reset().limits.per_peer),
    ("reset.limits.wrong_codes_per_account", |policy| policy.reset().limits.wrong_codes_per_account),
];

fn up(number: u64) -> (i128, String) {
    (number.into(), number.to_string())
}

fn down(number: u64) -> (i128, String) {
    (-i128::from(number), if number == u64::MAX { "none".to_owned() } else { number.to_string() })
}

fn flag(flag: bool) -> (i128, String) {
    (flag.into(), flag.to_string())
}

/// Returns the changes outside the rules that affect which passwords are accepted: the preparation, the files of custom
/// rules, and unknown keys.
pub(super) fn preparation(old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let (was, is) = (old.policy.preparation(), new.policy.preparation());
    if was.normalization != is.normalization {
        let shown = |form| Some(format!("{form:?}").to_lowercase());
        let values = [shown(was.normalization), shown(is.normalization)];
        changes.push(Change::of("password.normalize", values, Direction::Unknown));
    }
    let bounds = [
        ("password.max_bytes", Some(was.max_bytes), Some(is.max_bytes)),
        ("password.hash_limit_bytes", was.hash_limit_bytes, is.hash_limit_bytes),
    ];
    for (path, was, is) in bounds {
        let most = |bound: Option<usize>| bound.map_or(u64::MAX, |bound| bound as u64);
        if let Some(direction) = ordered(most(is), most(was)) {
            let shown = |bound: Option<usize>| bound.map(|bound| bound.to_string());
            changes.push(Change::of(path, [shown(was), shown(is)], direction));
        }
    }
    changes.extend(files::elsewhere(old, new));
    let known = ["format", "extends", "name", "password", "rules", "exempt", "reset", "expiry"];
    let (old, new) = (entries(Some(&old.document.root)), entries(Some(&new.document.root)));
    let mut keys: Vec<&str> = old.iter().chain(new).map(|entry| entry.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys.into_iter().filter(|key| !known.contains(key)) {
        let values = [value(old, key).map(show), value(new, key).map(show)];
        if values[0] != values[1] {
            changes.push(Change::of(key, values, Direction::Unknown));
        }
    }
    changes
}

/// Returns the changes that do not affect which passwords are accepted.
pub(super) fn rest(old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let (old_policy, new_policy) = (old.policy, new.policy);
    if old_policy.name() != new_policy.name() {
        let shown = |policy: &Policy| Some(format!("{:?}", policy.name()));
        changes.push(Change::of("name", [shown(old_policy), shown(new_policy)], Direction::None));
    }
    for (path, figure) in NUMBERS {
        let ((was, was_shown), (is, is_shown)) = (figure(old_policy), figure(new_policy));
        let direction = match is.cmp(&was) {
            std::cmp::Ordering::Greater => Direction::Tighter,
            std::cmp::Ordering::Less => Direction::Looser,
            std::cmp::Ordering::Equal => continue,
        };
        changes.push(Change::of(path, [Some(was_shown), Some(is_shown)], direction));
    }
    for (path, limit) in LIMITS {
        let (was, is) = (limit(old_policy), limit(new_policy));
        if was == is {
            continue;
        }
        let direction = match (is.most <= was.most && is.per >= was.per, is.most >= was.most && is.per <= was.per)
        {
            (true, _) => Direction::Tighter,
            (_, true) => Direction::Looser,
            _ => Direction::Unknown,
        };
        let shown = |rate: Rate| Some(format!("{} in {} s", rate.most, rate.per));
        changes.push(Change::of(path, [shown(was), shown(is)], direction));
    }
    let mail = |policy: &Policy| policy.reset().mail_unknown_recipient;
    if mail(old_policy) != mail(new_policy) {
        let shown = |send| Some(if send { "\"send\"" } else { "\"silent\"" }.to_owned());
        let values = [shown(mail(old_policy)), shown(mail(new_policy))];
        changes.push(Change::of("reset.unknown_recipient", values, Direction::None));
    }
    for (table, key) in [("password", "report"), ("expiry", "warn_before")] {
        let written = |side: Side<'_>| {
            let table = entry(entries(Some(&side.document.root)), table).map(|entry| entry.node.clone());
            value(entries(table.as_ref()), key).map(show)
        };
        let values = [written(old), written(new)];
        if values[0] != values[1] {
            changes.push(Change::of(&format!("{table}.{key}"), values, Direction::None));
        }
    }
    changes
}
