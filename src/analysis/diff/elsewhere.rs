//! Compares two policies outside their rules: the preparation of passwords, accounts over time and the reset.

use super::parameters::ordered;
use super::reading::{entries, entry, show, value};
use super::{Change, Direction, Side, files};
use crate::evaluation::Policy;
use crate::evaluation::sections::policy_keys;
use crate::policy::lint::{LINT, WAIVER};
use crate::policy::units::Rate;
use crate::policy::{Stricter, ValueType};

/// The value of a setting after the policy is loaded, with its default.
enum Effective {
    /// A number. `u64::MAX` means no limit.
    Number(u64),
    Flag(bool),
    Rate(Rate),
}

use Effective::{Flag, Number};

type Setting = (&'static str, fn(&Policy) -> Option<Effective>);

/// Returns the value of a setting of a section; `None` if the policy does not have the section.
fn of<S>(section: Option<S>, value: impl Fn(S) -> Effective) -> Option<Effective> {
    section.map(value)
}

/// Returns a limit that a policy without its section does not have.
fn limit<S>(section: Option<S>, value: impl Fn(S) -> u64) -> Option<Effective> {
    Some(Number(section.map_or(u64::MAX, value)))
}

/// The settings that are compared: the path, which names the declaration, and the value. A setting that is `None` in one of
/// the policies is not compared: that its section is absent is a change of another setting.
const SETTINGS: &[Setting] = &[
    ("must_change_when breached", |policy| Some(Flag(policy.standing().change_breached))),
    ("must_change_when policy_stricter", |policy| Some(Flag(policy.standing().change_if_stricter))),
    ("expiry.max_age", |policy| limit(policy.expiry(), |expiry| expiry.max_age)),
    ("expiry.grace", |policy| of(policy.expiry(), |expiry| Number(expiry.grace))),
    ("sign_in.max_failures", |policy| limit(policy.standing().sign_in, |sign_in| sign_in.max_failures)),
    ("sign_in.max_failures_per_account", |policy| {
        of(policy.standing().sign_in, |sign_in| Number(sign_in.max_failures_per_account))
    }),
    ("sign_in.window", |policy| of(policy.standing().sign_in, |sign_in| Number(sign_in.window))),
    ("sign_in.delay", |policy| of(policy.standing().sign_in, |sign_in| Number(sign_in.delay))),
    ("sign_in.lock", |policy| of(policy.standing().sign_in, |sign_in| Number(sign_in.lock))),
    ("sign_in.disable_after", |policy| {
        of(policy.standing().sign_in, |sign_in| Number(sign_in.disable_after.unwrap_or(u64::MAX)))
    }),
    ("temporary.lifetime", |policy| limit(policy.standing().temporary, |temporary| temporary.lifetime)),
    ("temporary.single_use", |policy| of(policy.standing().temporary, |temporary| Flag(temporary.single_use))),
    ("inactivity.disable_after", |policy| limit(policy.standing().inactive_after, |seconds| seconds)),
    ("reset.conceal_unknown_user", |policy| Some(Flag(policy.reset().conceal_unknown_user))),
    ("reset.revoke_sessions", |policy| Some(Flag(policy.reset().revoke_sessions))),
    ("reset.notify", |policy| Some(Flag(policy.reset().notify))),
    ("reset.min_password_age", |policy| Some(Number(policy.reset().min_password_age))),
    ("reset.code.lifetime", |policy| Some(Number(policy.reset().code.lifetime))),
    ("reset.code.phone_lifetime", |policy| Some(Number(policy.reset().code.phone_lifetime))),
    ("reset.code.max_submissions", |policy| Some(Number(policy.reset().code.max_submissions))),
    ("reset.code.window", |policy| Some(Number(policy.reset().code.window))),
    ("reset.code.max_refusals", |policy| Some(Number(policy.reset().code.max_refusals))),
    ("reset.code.cooldown", |policy| Some(Number(policy.reset().code.cooldown))),
    ("reset.code.bind client", |policy| Some(Flag(policy.reset().code.bind_client))),
    ("reset.code.bind device", |policy| Some(Flag(policy.reset().code.bind_device))),
    ("reset.captcha.required", |policy| Some(Flag(policy.reset().captcha.required))),
    ("reset.captcha.lifetime", |policy| Some(Number(policy.reset().captcha.lifetime))),
    ("reset.captcha.tolerance_px", |policy| Some(Number(policy.reset().captcha.tolerance_px))),
    ("reset.limits.per_account", |policy| Some(Effective::Rate(policy.reset().limits.per_account))),
    ("reset.limits.per_address", |policy| Some(Effective::Rate(policy.reset().limits.per_address))),
    ("reset.limits.per_requester", |policy| Some(Effective::Rate(policy.reset().limits.per_requester))),
    ("reset.limits.per_peer", |policy| Some(Effective::Rate(policy.reset().limits.per_peer))),
    ("reset.limits.wrong_codes_per_account", |policy| {
        Some(Effective::Rate(policy.reset().limits.wrong_codes_per_account))
    }),
];

impl Effective {
    fn show(&self) -> String {
        match self {
            Number(u64::MAX) => "none".to_owned(),
            Number(number) => number.to_string(),
            Flag(flag) => flag.to_string(),
            Effective::Rate(rate) => format!("{} in {} s", rate.most, rate.per),
        }
    }

    /// Returns the direction from this value to `new`, where a higher one is stricter. `None` if they are equal.
    fn direction(&self, new: &Effective) -> Option<Direction> {
        match (self, new) {
            (Number(old), Number(new)) => ordered(*old, *new),
            (Flag(old), Flag(new)) => ordered((*old).into(), (*new).into()),
            // A rate is higher with more events, or with as many in a shorter period.
            (Effective::Rate(old), Effective::Rate(new)) => {
                match (ordered(old.most, new.most), ordered(new.per, old.per)) {
                    (direction, None) | (None, direction) => direction,
                    (events, period) if events == period => events,
                    _ => Some(Direction::Unknown),
                }
            }
            _ => Some(Direction::Unknown),
        }
    }
}

/// Returns the declared direction of the key at `path`, which can end with one of its values: `reset.code.bind client`.
fn stricter(path: &str) -> Stricter {
    let keys = path.split(' ').next().unwrap_or_default();
    let mut table = policy_keys();
    let mut found = Stricter::Unknown;
    for key in keys.split('.') {
        let Some(parameter) = table.into_iter().find(|parameter| parameter.key == key) else {
            return Stricter::Unknown;
        };
        found = parameter.stricter;
        table = match parameter.value {
            ValueType::Table(keys) => keys,
            _ => Vec::new(),
        };
    }
    found
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
    if let Some(direction) = ordered(was.refuses_invisible.into(), is.refuses_invisible.into()) {
        let shown = |refuses| Some(if refuses { "refuse" } else { "allow" }.to_owned());
        let values = [shown(was.refuses_invisible), shown(is.refuses_invisible)];
        changes.push(Change::of("password.invisible", values, direction));
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
    let known = policy_keys();
    let (old, new) = (entries(Some(&old.document.root)), entries(Some(&new.document.root)));
    let mut keys: Vec<&str> = old.iter().chain(new).map(|entry| entry.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys.into_iter().filter(|key| !known.iter().any(|parameter| parameter.key == *key)) {
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
    let [was, is] =
        [old_policy, new_policy].map(|policy| policy.known_attributes().map(|known| format!("{known:?}")));
    if was != is {
        changes.push(Change::of("attributes.known", [was, is], Direction::None));
    }
    for (path, setting) in SETTINGS {
        let (Some(was), Some(is)) = (setting(old_policy), setting(new_policy)) else { continue };
        let Some(higher) = was.direction(&is) else { continue };
        let direction = match stricter(path) {
            Stricter::Higher | Stricter::True | Stricter::LongerList => higher,
            Stricter::Lower | Stricter::False => higher.reversed(),
            _ => Direction::Unknown,
        };
        changes.push(Change::of(path, [Some(was.show()), Some(is.show())], direction));
    }
    // The alphabet and the length of a code together determine its strength.
    let millibits = |policy: &Policy| (policy.reset().code.entropy_bits() * 1000.0) as u64;
    if let Some(direction) = ordered(millibits(old_policy), millibits(new_policy)) {
        let shown = |policy: &Policy| {
            let code = &policy.reset().code;
            Some(format!("{} of {} characters", code.length, code.alphabet.len()))
        };
        changes.push(Change::of("reset.code", [shown(old_policy), shown(new_policy)], direction));
    }
    let mail = |policy: &Policy| policy.reset().mail_unknown_recipient;
    if mail(old_policy) != mail(new_policy) {
        let shown = |send| Some(if send { "\"send\"" } else { "\"silent\"" }.to_owned());
        let values = [shown(mail(old_policy)), shown(mail(new_policy))];
        changes.push(Change::of("reset.unknown_recipient", values, Direction::None));
    }
    for key in [LINT, WAIVER] {
        let [was, is] = [old, new].map(|side| value(entries(Some(&side.document.root)), key).map(show));
        if was != is {
            changes.push(Change::of(key, [was, is], Direction::None));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_declared_direction() {
        for (path, _) in SETTINGS {
            let known = [Stricter::Higher, Stricter::Lower, Stricter::True, Stricter::LongerList];
            assert!(known.contains(&stricter(path)), "{path}");
        }
    }
}
