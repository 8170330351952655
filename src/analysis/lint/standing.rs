//! Sections on accounts over time whose settings contradict each other, or let strangers lock out the owner.

use super::LintContext;
use crate::policy::units::as_duration;

pub(super) fn find(context: &mut LintContext<'_>) {
    change_before_expiry(context);
    strangers(context);
}

/// Reports passwords that expire before they can be changed.
fn change_before_expiry(context: &mut LintContext<'_>) {
    let Some(expiry) = context.policy.expiry() else { return };
    let min_age = context.policy.reset().min_password_age;
    if min_age >= expiry.max_age {
        let message = format!(
            "passwords expire after {}, before `min_password_age` permits a change",
            as_duration(expiry.max_age)
        );
        let span = context.span_of(&["reset", "min_password_age"]);
        let help = format!("lower `min_password_age` below `max_age = \"{}\"`", as_duration(expiry.max_age));
        context.add("change-after-expiry", span, message, help);
    }
}

/// Reports limits of failures over all unknown networks that one network alone reaches.
fn strangers(context: &mut LintContext<'_>) {
    let Some(sign_in) = context.policy.standing().sign_in else { return };
    let limits = [
        ("max_failures_per_account", Some(sign_in.max_failures_per_account), "locks the account for"),
        ("disable_after", sign_in.disable_after, "disables the password for"),
    ];
    for (key, limit, action) in limits {
        if limit.is_some_and(|limit| limit <= sign_in.max_failures) {
            let message = format!("one network, before it is locked out itself, {action} every unknown network");
            let span = context.span_of(&["sign_in", key]);
            let help = format!("raise `{key}` above `max_failures`, which is {}", sign_in.max_failures);
            context.add("lockout-by-strangers", span, message, help);
        }
    }
}
