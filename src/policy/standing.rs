//! The sections on accounts over time: `[expiry]`, `[sign_in]`, `[temporary]`, `[inactivity]` and `must_change_when`.

use super::parameter::{Count, Declared, Duration, Flag, OptionalCount, Parameter, Stricter, Texts, ValueType};
use super::table::Table;
use crate::time::{DAY, HOUR, MINUTE};

/// The maximum duration of one lock in seconds. Locks that follow each other become longer up to this.
pub const MAX_LOCK: u64 = DAY;

const EXPIRY: &str = "expiry";
const SIGN_IN: &str = "sign_in";
const TEMPORARY: &str = "temporary";
const INACTIVITY: &str = "inactivity";

const MUST_CHANGE_WHEN: Declared<Texts> =
    Declared::texts("must_change_when", &[]).stricter(Stricter::LongerList).doc(
        "When a password must be changed besides its expiry. \"breached\": it was found in a breach since it was set. \
         \"policy_stricter\": this policy has not accepted it, because another one applied when it was set.",
    );
const REASONS: [&str; 2] = ["breached", "policy_stricter"];

// `[expiry]`

const MAX_AGE: Declared<Duration> = Declared::duration("max_age", 90 * DAY, DAY..=3_660 * DAY)
    .stricter(Stricter::Lower)
    .doc("How long a password can be used.");
const WARN_BEFORE: Declared<Duration> = Declared::duration("warn_before", 7 * DAY, 0..=3_660 * DAY)
    .doc("How long before the end the user is warned. At most `max_age`.");
const GRACE: Declared<Count> = Declared::count("grace", 0, 0..=100).unit("sign-ins").stricter(Stricter::Lower).doc(
    "The number of sign-ins with an expired password before it must be changed. Sign-ins are counted and not days, so \
     that users who return from a long absence have them, too.",
);

// `[sign_in]`

const MAX_FAILURES: Declared<Count> =
    Declared::count("max_failures", 10, 1..=1000).stricter(Stricter::Lower).doc(
        "The number of consecutive failed sign-ins to an account from one network that lock the account for this network. \
         Other networks are not affected, so a stranger does not lock out the owner.",
    );
const MAX_FAILURES_PER_ACCOUNT: Declared<Count> = Declared::count("max_failures_per_account", 100, 1..=1000)
    .stricter(Stricter::Lower)
    .doc(
        "The number of consecutive failed sign-ins to an account, over all unknown networks, that lock the account for \
         every unknown network. A network is known if the owner has signed in from \
         it before.",
    );
const WINDOW: Declared<Duration> = Declared::duration("window", 15 * MINUTE, MINUTE..=30 * DAY)
    .stricter(Stricter::Higher)
    .doc("How long after the last failure, and after the lock that it caused, the failures are forgotten.");
const DELAY: Declared<Duration> = Declared::duration("delay", 0, 0..=HOUR)
    .stricter(Stricter::Higher)
    .doc("The pause after a failed sign-in. Each further failure doubles it, up to `lock`.");
const LOCK: Declared<Duration> =
    Declared::duration("lock", 15 * MINUTE, MINUTE..=MAX_LOCK).stricter(Stricter::Higher).doc(
        "How long an account is locked after `max_failures` or `max_failures_per_account`. Each further lock without a \
         successful sign-in between them takes twice as long, up to a day.",
    );
const DISABLE_AFTER: Declared<OptionalCount> = Declared::optional_count("disable_after", 1..=1000)
    .stricter(Stricter::Lower)
    .doc(
        "The number of consecutive failed sign-ins to an account from one network, or over all unknown networks, that disable \
         its password there until it is reset (NIST SP 800-63B-4, 3.2.2: at most 100). Other known networks are not \
         affected. With it, only a successful sign-in clears failures, and `window` has no effect. Without it, locks end by \
         time alone.",
    );

// `[temporary]`

const LIFETIME: Declared<Duration> = Declared::duration("lifetime", DAY, MINUTE..=365 * DAY)
    .stricter(Stricter::Lower)
    .doc("How long a temporary password can be used after it was set.");
const SINGLE_USE: Declared<Flag> = Declared::flag("single_use", true)
    .stricter(Stricter::True)
    .doc("Whether a temporary password can be used for one sign-in only.");

// `[inactivity]`

const INACTIVE_AFTER: Declared<Duration> = Declared::duration("disable_after", 90 * DAY, DAY..=3_660 * DAY)
    .stricter(Stricter::Lower)
    .doc("How long after its last sign-in an account is disabled.");

/// The maximum age of a password, for policies that require periodic changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// Maximum age in seconds.
    pub max_age: u64,
    /// Time before expiry, in seconds, from which the user is warned.
    pub warn_before: u64,
    /// The number of sign-ins with an expired password before it must be changed.
    pub grace: u64,
}

/// The `[sign_in]` table: the limits of failed sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInPolicy {
    /// The number of consecutive failures from one network that lock the account for this network.
    pub max_failures: u64,
    /// The number of consecutive failures over all unknown networks that lock the account for every unknown network.
    pub max_failures_per_account: u64,
    /// How long after the last failure, and after the lock that it caused, the failures are forgotten, in seconds.
    pub window: u64,
    /// The pause after the first failure, in seconds.
    pub delay: u64,
    /// The duration of the first lock, in seconds.
    pub lock: u64,
    /// The number of consecutive failures from one network, or over all unknown networks, that disable the password there.
    pub disable_after: Option<u64>,
}

/// The `[temporary]` table: passwords that an administrator set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemporaryPolicy {
    /// How long a temporary password can be used after it was set, in seconds.
    pub lifetime: u64,
    /// Whether a temporary password can be used for one sign-in only.
    pub single_use: bool,
}

/// The sections on accounts over time. A section that the policy does not contain is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StandingPolicy {
    /// The `[expiry]` table.
    pub expiry: Option<Expiry>,
    /// The `[sign_in]` table.
    pub sign_in: Option<SignInPolicy>,
    /// The `[temporary]` table.
    pub temporary: Option<TemporaryPolicy>,
    /// How long after its last sign-in an account is disabled, in seconds: the `[inactivity]` table.
    pub inactive_after: Option<u64>,
    /// Whether a password that was found in a breach must be changed.
    pub change_breached: bool,
    /// Whether a password that this policy has not accepted must be changed.
    pub change_if_stricter: bool,
}

impl StandingPolicy {
    /// Declares the keys at the top of a policy.
    pub fn keys() -> Vec<Parameter> {
        let table = |key, keys, doc| Parameter::new(key, ValueType::Table(keys), doc).stricter(Stricter::Present);
        vec![
            MUST_CHANGE_WHEN.parameter(),
            table(
                EXPIRY,
                expiry_keys(),
                "How long a password can be used. Without this table, passwords do not expire. A host enforces it by \
                 calling `standing`.",
            ),
            table(
                SIGN_IN,
                sign_in_keys(),
                "The limits of failed sign-ins. Without this table, there are none. A host enforces them by calling \
                 `standing`.",
            ),
            table(
                TEMPORARY,
                temporary_keys(),
                "Temporary passwords, which an administrator sets and the user must change. Without this table, they have \
                 no lifetime. A host enforces it by calling `standing`.",
            ),
            table(
                INACTIVITY,
                vec![INACTIVE_AFTER.parameter()],
                "Unused accounts. Without this table, they remain enabled. A host enforces it by calling `standing`.",
            ),
        ]
    }

    /// Reads the keys at the top of a policy.
    pub(crate) fn read(table: &mut Table<'_>) -> StandingPolicy {
        let reasons = table.read(&MUST_CHANGE_WHEN).unwrap_or_default();
        for reason in reasons.iter().filter(|reason| !REASONS.contains(&reason.value.as_str())) {
            table.unknown_value(MUST_CHANGE_WHEN.key(), reason, &REASONS);
        }
        let has = |name| reasons.iter().any(|reason| reason.value == name);
        StandingPolicy {
            expiry: table.section(EXPIRY, read_expiry),
            sign_in: table.section(SIGN_IN, read_sign_in),
            temporary: table.section(TEMPORARY, read_temporary),
            inactive_after: table.section(INACTIVITY, |table| table.read(&INACTIVE_AFTER)),
            change_breached: has(REASONS[0]),
            change_if_stricter: has(REASONS[1]),
        }
    }
}

fn expiry_keys() -> Vec<Parameter> {
    vec![MAX_AGE.parameter(), WARN_BEFORE.parameter(), GRACE.parameter()]
}

fn read_expiry(table: &mut Table<'_>) -> Expiry {
    let max_age = table.read(&MAX_AGE);
    Expiry { max_age, warn_before: table.read(&WARN_BEFORE.at_most(max_age)), grace: table.read(&GRACE) }
}

fn sign_in_keys() -> Vec<Parameter> {
    vec![
        MAX_FAILURES.parameter(),
        MAX_FAILURES_PER_ACCOUNT.parameter(),
        WINDOW.parameter(),
        DELAY.parameter(),
        LOCK.parameter(),
        DISABLE_AFTER.parameter(),
    ]
}

fn read_sign_in(table: &mut Table<'_>) -> SignInPolicy {
    SignInPolicy {
        max_failures: table.read(&MAX_FAILURES),
        max_failures_per_account: table.read(&MAX_FAILURES_PER_ACCOUNT),
        window: table.read(&WINDOW),
        delay: table.read(&DELAY),
        lock: table.read(&LOCK),
        disable_after: table.read(&DISABLE_AFTER),
    }
}

fn temporary_keys() -> Vec<Parameter> {
    vec![LIFETIME.parameter(), SINGLE_USE.parameter()]
}

fn read_temporary(table: &mut Table<'_>) -> TemporaryPolicy {
    TemporaryPolicy { lifetime: table.read(&LIFETIME), single_use: table.read(&SINGLE_USE) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::table::assert_reads;

    #[test]
    fn sections_read_exactly_the_keys_that_they_declare() {
        assert_reads(&StandingPolicy::keys(), |table| _ = StandingPolicy::read(table));
        assert_reads(&expiry_keys(), |table| _ = read_expiry(table));
        assert_reads(&sign_in_keys(), |table| _ = read_sign_in(table));
        assert_reads(&temporary_keys(), |table| _ = read_temporary(table));
    }
}
