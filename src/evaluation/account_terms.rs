//! The description of the sections on accounts over time, for users.

use super::policy::Policy;
use crate::language::{Language, MessageValue};
use crate::time::{DAY, HOUR, MINUTE};

impl Policy {
    /// Describes the sections on accounts over time, in `language`: when a password expires, when sign-ins are locked, and
    /// so on. A host enforces them by calling [`standing`](crate::standing::standing).
    pub fn describe_account(&self, language: Language) -> Vec<String> {
        let settings = self.standing();
        let mut terms = Vec::new();
        let mut add = |key: &str, seconds: u64, count: u64| {
            let values = [
                ("duration", MessageValue::from(duration(language, seconds))),
                ("count", MessageValue::Number(count)),
            ];
            terms.push(language.message(key, &values));
        };
        if let Some(expiry) = settings.expiry {
            add("expiry.requirement", expiry.max_age, 0);
            if expiry.grace > 0 {
                add("expiry.grace", 0, expiry.grace);
            }
        }
        if self.reset.min_password_age > 0 {
            add("min_password_age.requirement", self.reset.min_password_age, 0);
        }
        if settings.change_breached {
            add("must_change_when.breached", 0, 0);
        }
        if settings.change_if_stricter {
            add("must_change_when.policy_stricter", 0, 0);
        }
        if let Some(sign_in) = settings.sign_in {
            add("sign_in.requirement", sign_in.lock, sign_in.max_failures);
            if let Some(limit) = sign_in.disable_after {
                add("sign_in.disable_after", 0, limit);
            }
        }
        if let Some(temporary) = settings.temporary {
            add("temporary.requirement", temporary.lifetime, 0);
            if temporary.single_use {
                add("temporary.single_use", 0, 0);
            }
        }
        if let Some(seconds) = settings.inactive_after {
            add("inactivity.requirement", seconds, 0);
        }
        terms
    }
}

/// Returns a duration in the largest unit that divides it.
fn duration(language: Language, seconds: u64) -> String {
    let units = [(DAY, "term.days"), (HOUR, "term.hours"), (MINUTE, "term.minutes"), (1, "term.seconds")];
    let (unit, key) = units.into_iter().find(|(unit, _)| seconds.is_multiple_of(*unit)).unwrap_or(units[3]);
    language.message(key, &[("count", MessageValue::Number(seconds / unit))])
}
