//! Can the password of an account be used?

use std::mem::MaybeUninit;

use kouling::standing::{AccountState, Decision, MissingFacts, Standing, sign_in_failed, signed_in, standing};
use kouling::{Language, Moment};

use crate::boundary::{Out, enum_value, free, lookup, required, run};
use crate::failure::{Failure, Problem, kouling_report};
use crate::policy::kouling_policy;
use crate::status::{KOULING_STATUS_CANNOT_JUDGE, KOULING_STATUS_INVALID_ARGUMENT, kouling_status};
use crate::string_pool::StringPool;
use crate::text::kouling_text;

/// Whether the password of an account can be used. Later versions may add values: treat a value that the program does not
/// know as `KOULING_STANDING_DISABLED`.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum kouling_standing {
    /// There is no decision.
    #[default]
    KOULING_STANDING_UNKNOWN = 0,
    /// It can be used.
    KOULING_STANDING_FINE = 1,
    /// It can be used, and expires in `kouling_decision_value` days.
    KOULING_STANDING_WARN = 2,
    /// It must be changed before anything else.
    KOULING_STANDING_MUST_CHANGE = 3,
    /// It has expired, and can be used for `kouling_decision_value` sign-ins, including this one.
    KOULING_STANDING_GRACE = 4,
    /// Sign-ins are refused until the time `kouling_decision_value`.
    KOULING_STANDING_LOCKED = 5,
    /// Sign-ins are refused until an administrator acts, or the password is reset.
    KOULING_STANDING_DISABLED = 6,
}
pub use kouling_standing::*;

/// Whether the policy accepts the password at a sign-in.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum kouling_accepts {
    /// The password was not evaluated.
    KOULING_ACCEPTS_UNKNOWN = 0,
    /// The policy accepts it.
    KOULING_ACCEPTS_YES = 1,
    /// The policy refuses it.
    KOULING_ACCEPTS_NO = 2,
}
pub use kouling_accepts::*;

/// The standing of an account, and what the host stores. One owner; several threads may read it at the same time. Its views
/// are valid until it is freed.
pub struct kouling_decision {
    decision: Decision,
    texts: StringPool,
    effects: Vec<String>,
}

impl From<MissingFacts> for Failure {
    fn from(missing: MissingFacts) -> Failure {
        Failure::one(KOULING_STATUS_CANNOT_JUDGE, "missing_fact", missing.to_string())
    }
}

/// Reads an account.
fn account(text: &kouling_text) -> Result<AccountState, Failure> {
    AccountState::parse(text.text("account")?).map_err(|error| Failure {
        status: KOULING_STATUS_INVALID_ARGUMENT,
        problems: error
            .errors()
            .iter()
            .map(|error| Problem::without_location("invalid_account", error.clone()))
            .collect(),
    })
}

fn give(out: &mut Out<'_, *mut kouling_decision>, decision: Decision) -> Result<(), Failure> {
    let effects = decision.effects.iter().map(|effect| effect.to_json().to_string()).collect();
    out.give(kouling_decision { decision, texts: StringPool::default(), effects })
}

/// Decides whether the password of an account can be used at the time `now`, in seconds since 1970-01-01T00:00:00Z.
/// `account` is a JSON object with facts by name, such as `{"password_set": 1795392000, "grace_used": 0}`. The catalogue
/// lists them; null is an unknown time or policy, and a fact that is absent was not supplied. `*decision` receives the
/// result without effects; the caller owns it and frees it by `kouling_decision_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_CANNOT_JUDGE` if the policy needs facts that are not supplied: never treat
/// this as fine; `KOULING_STATUS_INVALID_TEXT` if `account` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if a pointer is
/// NULL or `account` is invalid. `*decision` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_standing(
    policy: Option<&kouling_policy>,
    account: kouling_text,
    now: i64,
    decision: Option<&mut MaybeUninit<*mut kouling_decision>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("decision", decision);
    run(report, || {
        out.place()?;
        let policy = &required("policy", policy)?.policy;
        let standing = standing(policy, &self::account(&account)?, Moment::from_unix(now))?;
        give(&mut out, Decision { standing, effects: Vec::new() })
    })
}

/// Counts a failed sign-in, before the password is verified: then parallel attempts cannot exceed the limit of the policy.
/// Apply the effects (`kouling_decision_account`). If `kouling_decision_refuses_sign_in` returns true, do not verify the
/// password. If the password is correct, call `kouling_policy_signed_in`. The arguments and the statuses are those of
/// `kouling_policy_standing`. `*decision` receives the standing before the failure; the caller owns it and frees it by
/// `kouling_decision_free`.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_CANNOT_JUDGE`, `KOULING_STATUS_INVALID_TEXT` or
/// `KOULING_STATUS_INVALID_ARGUMENT`: refuse the sign-in. `*decision` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_sign_in_failed(
    policy: Option<&kouling_policy>,
    account: kouling_text,
    now: i64,
    decision: Option<&mut MaybeUninit<*mut kouling_decision>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("decision", decision);
    run(report, || {
        out.place()?;
        let policy = &required("policy", policy)?.policy;
        give(&mut out, sign_in_failed(policy, &self::account(&account)?, Moment::from_unix(now))?)
    })
}

/// Decides whether a sign-in with the correct password opens a session. `account` is as it was passed to
/// `kouling_policy_sign_in_failed`. `accepts` is a `KOULING_ACCEPTS_…` value: whether the policy accepts the password, if
/// the host evaluated it. Apply the effects (`kouling_decision_account`), and open a session if
/// `kouling_decision_permits_session` returns true. The other arguments are those of `kouling_policy_standing`. `*decision`
/// receives the result; the caller owns it and frees it by `kouling_decision_free`.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_CANNOT_JUDGE`, `KOULING_STATUS_INVALID_TEXT` or
/// `KOULING_STATUS_INVALID_ARGUMENT`: refuse the sign-in. `*decision` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_signed_in(
    policy: Option<&kouling_policy>,
    account: kouling_text,
    accepts: MaybeUninit<kouling_accepts>,
    now: i64,
    decision: Option<&mut MaybeUninit<*mut kouling_decision>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("decision", decision);
    run(report, || {
        out.place()?;
        let policy = &required("policy", policy)?.policy;
        let known = [KOULING_ACCEPTS_UNKNOWN, KOULING_ACCEPTS_YES, KOULING_ACCEPTS_NO];
        let accepts = match enum_value("accepts", accepts, "KOULING_ACCEPTS_", &known)? {
            KOULING_ACCEPTS_UNKNOWN => None,
            answer => Some(answer == KOULING_ACCEPTS_YES),
        };
        give(&mut out, signed_in(policy, &self::account(&account)?, accepts, Moment::from_unix(now))?)
    })
}

/// Frees a decision and the views of it. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_free(decision: Option<Box<kouling_decision>>) {
    free(decision);
}

/// Returns the standing, a `KOULING_STANDING_…` value. Returns `KOULING_STANDING_UNKNOWN` if `decision` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_standing(decision: Option<&kouling_decision>) -> kouling_standing {
    lookup(|| {
        Some(match decision?.decision.standing {
            Standing::Fine => KOULING_STANDING_FINE,
            Standing::Warn { .. } => KOULING_STANDING_WARN,
            Standing::MustChange { .. } => KOULING_STANDING_MUST_CHANGE,
            Standing::Grace { .. } => KOULING_STANDING_GRACE,
            Standing::Locked { .. } => KOULING_STANDING_LOCKED,
            Standing::Disabled { .. } => KOULING_STANDING_DISABLED,
        })
    })
}

/// Returns true if a sign-in with the correct password opens a session. Returns false if `decision` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_permits_session(decision: Option<&kouling_decision>) -> bool {
    lookup(|| Some(decision?.decision.standing.permits_session()))
}

/// Returns true if a sign-in is refused without verifying the password. Returns true if `decision` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_refuses_sign_in(decision: Option<&kouling_decision>) -> bool {
    !lookup(|| Some(!decision?.decision.standing.refuses_sign_in()))
}

/// Returns the stable code, such as `standing.expired`. The view is owned by `decision`. Empty if `decision` is NULL.
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_code(decision: Option<&kouling_decision>) -> kouling_text {
    lookup(|| Some(kouling_text::from_static(decision?.decision.standing.code())))
}

/// Returns the number of the standing: days, sign-ins, or a time in seconds since 1970-01-01T00:00:00Z. Returns 0 if the
/// standing has none or `decision` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_value(decision: Option<&kouling_decision>) -> i64 {
    lookup(|| Some(decision?.decision.standing.number()?.1))
}

/// Returns the message for the user. `language` is a tag such as `zh-CN`; an unknown tag means English. The view is owned
/// by `decision`. Empty if `decision` is NULL or `language` is not UTF-8. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_message(
    decision: Option<&kouling_decision>,
    language: kouling_text,
) -> kouling_text {
    lookup(|| {
        let decision = decision?;
        let language = Language::from_tag(language.text("language").ok()?);
        Some(decision.texts.add(decision.decision.standing.message(language)))
    })
}

/// Returns how many effects there are; 0 if `decision` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_effect_count(decision: Option<&kouling_decision>) -> usize {
    lookup(|| Some(decision?.effects.len()))
}

/// Returns an effect, for hosts that store each fact separately: a JSON object with `effect` (the name, such as
/// `store_network_failures`), and `from` and `to`, `at`, or `digest`. Apply all effects in one transaction or none; one with
/// `from` and one that uses a temporary password are conditions. The view is owned by `decision`. Empty if `index` is out of
/// range or `decision` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_effect(decision: Option<&kouling_decision>, index: usize) -> kouling_text {
    lookup(|| Some(kouling_text::view(decision?.effects.get(index)?)))
}

/// Applies all effects to an account, for hosts that store it as one record. `stored` is the account as it is stored now, in
/// the form of `kouling_policy_standing`. `*account` receives the account to store, a view owned by `decision`. The account to
/// store is empty if a condition does not hold: then another attempt was faster, nothing may be stored, and the sign-in
/// begins again. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `stored` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// a pointer is NULL or `stored` is invalid. `*account` is empty on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_account(
    decision: Option<&kouling_decision>,
    stored: kouling_text,
    account: Option<&mut MaybeUninit<kouling_text>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::cleared("account", account, kouling_text::default());
    run(report, || {
        out.place()?;
        let handle = required("decision", decision)?;
        let stored = self::account(&stored)?;
        if let Some(after) = stored.after_all(&handle.decision.effects) {
            *out.place()? = handle.texts.add(after.to_json().to_string());
        }
        Ok(())
    })
}

/// Writes a decision as a JSON object, in the form that every binding of Kouling uses: `standing`, `code`, `reason`,
/// `message`, `permits_session`, `refuses_sign_in`, the number by its name, and `effects`. `language` is a tag such as
/// `zh-CN`; an unknown tag means English. `*json` receives a view owned by `decision`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8;
/// `KOULING_STATUS_INVALID_ARGUMENT` if `decision` or `json` is NULL. `*json` is empty on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_decision_json(
    decision: Option<&kouling_decision>,
    language: kouling_text,
    json: Option<&mut MaybeUninit<kouling_text>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::cleared("json", json, kouling_text::default());
    run(report, || {
        out.place()?;
        let handle = required("decision", decision)?;
        let language = Language::from_tag(language.text("language")?);
        *out.place()? = handle.texts.add(handle.decision.to_json(language).to_string());
        Ok(())
    })
}
