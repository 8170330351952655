//! Outcomes: the result of evaluating one password under one policy.

use std::mem::MaybeUninit;

use kouling::{Language, Outcome};

use crate::boundary::{Out, free, lookup, required, run};
use crate::contract::kouling_contract;
use crate::facts::kouling_facts;
use crate::failure::kouling_report;
use crate::policy::kouling_policy;
use crate::status::kouling_status;
use crate::string_pool::StringPool;
use crate::text::kouling_text;

/// Result of an evaluation: codes, numbers and messages, and never the password. One owner; several threads may read it at
/// the same time. Its views are valid until it is freed, also after the policy was freed.
pub struct kouling_outcome {
    pub(crate) outcome: Outcome,
    pub(crate) texts: StringPool,
}

/// Evaluates a password, passed as the bytes that the user typed. Refusing the password is not a failure: the call returns
/// `KOULING_STATUS_OK`, and `kouling_outcome_accepted` returns false. `facts` describe the user and the time. `*outcome`
/// receives the result; the caller owns it and frees it by `kouling_outcome_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if the password is not UTF-8 or contains a NUL;
/// `KOULING_STATUS_CANNOT_JUDGE` if a stored hash has an unknown format or a callback failed; `KOULING_STATUS_UNAVAILABLE`
/// if a file of the policy cannot be read; `KOULING_STATUS_INVALID_ARGUMENT` if a pointer is NULL or the facts exceed a
/// limit. `*outcome` is NULL on failure; the password is then not accepted. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_evaluate(
    policy: Option<&kouling_policy>,
    password: kouling_text,
    facts: Option<&kouling_facts>,
    outcome: Option<&mut MaybeUninit<*mut kouling_outcome>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("outcome", outcome);
    run(report, || {
        out.place()?;
        let facts = required("facts", facts)?.as_facts();
        let password = password.password("password")?;
        let outcome = required("policy", policy)?.policy.evaluate(password, &facts)?;
        out.give(kouling_outcome { outcome, texts: StringPool::default() })
    })
}

/// Evaluates a password with every rule, and explains the result as a JSON object: `outcome`, as `kouling_outcome_json`
/// writes it, and `rules` (objects with `rule`, `kind`, `severity`, `exempt`, `demand`, `seen` and `found`). Slower than
/// `kouling_policy_evaluate`; intended for tuning a policy. `language` is a tag such as `zh-CN`; an unknown tag means
/// English. `contract` adds its error codes, and may be NULL. `*outcome` receives the result; the caller owns it and
/// frees it by `kouling_outcome_free`. `*json` receives a view owned by `*outcome`. `report` may be NULL.
/// Returns the statuses of `kouling_policy_evaluate`; also `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8, and
/// `KOULING_STATUS_INVALID_ARGUMENT` if `json` is NULL. Both outputs are cleared on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_explain(
    policy: Option<&kouling_policy>,
    password: kouling_text,
    facts: Option<&kouling_facts>,
    language: kouling_text,
    contract: Option<&kouling_contract>,
    outcome: Option<&mut MaybeUninit<*mut kouling_outcome>>,
    json: Option<&mut MaybeUninit<kouling_text>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("outcome", outcome);
    let mut out_json = Out::cleared("json", json, kouling_text::default());
    run(report, || {
        out.place()?;
        out_json.place()?;
        let facts = required("facts", facts)?.as_facts();
        let language = Language::from_tag(language.text("language")?);
        let password = password.password("password")?;
        let explanation = required("policy", policy)?.policy.explain(password, &facts)?;
        let value = match contract {
            Some(contract) => contract.contract.explanation_to_json(&explanation, language),
            None => explanation.to_json(language, |_| None),
        };
        let texts = StringPool::default();
        *out_json.place()? = texts.add(value.to_string());
        out.give(kouling_outcome { outcome: explanation.outcome, texts })
    })
}

/// Frees an outcome and the views of it. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_free(outcome: Option<Box<kouling_outcome>>) {
    free(outcome);
}

/// Returns true if the password is accepted. Returns false if `outcome` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_accepted(outcome: Option<&kouling_outcome>) -> bool {
    lookup(|| Some(outcome?.outcome.accepted()))
}

/// Reads the estimated number of guesses as a decimal logarithm: 6.5 for about three million guesses. It is the estimate of
/// the first `strength` rule of the policy. Do not log it: it is derived from the password. `*guesses_log10` receives the
/// number.
/// Returns true, or false if no `strength` rule ran or a pointer is NULL. `*guesses_log10` is then 0. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_guesses_log10(
    outcome: Option<&kouling_outcome>,
    guesses_log10: Option<&mut MaybeUninit<f64>>,
) -> bool {
    let mut out = Out::cleared("guesses_log10", guesses_log10, 0.0);
    lookup(|| {
        *out.place().ok()? = outcome?.outcome.guesses_log10()?;
        Some(true)
    })
}

/// Writes an outcome as a JSON object, in the form that every binding of Kouling uses. `language` is a tag such as `zh-CN`;
/// an unknown tag means English. `contract` adds its error codes, and may be NULL. `*json` receives a view owned by
/// `outcome`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8;
/// `KOULING_STATUS_INVALID_ARGUMENT` if `outcome` or `json` is NULL. `*json` is empty on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_json(
    outcome: Option<&kouling_outcome>,
    language: kouling_text,
    contract: Option<&kouling_contract>,
    json: Option<&mut MaybeUninit<kouling_text>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::cleared("json", json, kouling_text::default());
    run(report, || {
        let handle = required("outcome", outcome)?;
        let language = Language::from_tag(language.text("language")?);
        let value = match contract {
            Some(contract) => contract.contract.outcome_to_json(&handle.outcome, language),
            None => handle.outcome.to_json(language, |_| None),
        };
        *out.place()? = handle.texts.add(value.to_string());
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use kouling::candidate::{Candidate, CannotJudge, Findings};
    use kouling::policy::document::Start;
    use kouling::rules::{Cost, Definition, Rule};
    use kouling::{Facts, Loader};

    use super::*;
    use crate::facts::kouling_facts_new;
    use crate::report::kouling_report_text;
    use crate::status::{KOULING_STATUS_INTERNAL, KOULING_STATUS_OK};

    struct Panics;

    impl Rule for Panics {
        fn check(&self, _: &Candidate, _: &Facts<'_>, _: &mut Findings) -> Result<(), CannotJudge> {
            panic!("a bug in a rule")
        }
    }

    #[test]
    fn rule_panic_never_accepts() {
        let kind = Definition::try_new("panics", ["panics.always"], Cost::Walk, |_| Some(Box::new(Panics)));
        let loader = Loader::new().with_kind(kind.expect("a valid definition"));
        let policy = loader.load(Start::Text("policy", "format = 1\n[rules.panics]\n")).expect("a policy");
        let policy = kouling_policy::new(policy);
        let mut facts = MaybeUninit::new(ptr::null_mut());
        assert_eq!(kouling_facts_new(0, Some(&mut facts)), KOULING_STATUS_OK);
        // SAFETY: it was just created.
        let facts = unsafe { Box::from_raw(facts.assume_init()) };
        let mut report = kouling_report::default();
        for _ in 0..2 {
            let mut outcome = MaybeUninit::new(ptr::dangling_mut());
            let password = kouling_text::from_static("canary-5f2c");
            let (facts, report) = (Some(facts.as_ref()), Some(&mut report));
            let status = kouling_policy_evaluate(Some(&policy), password, facts, Some(&mut outcome), report);
            // SAFETY: it was initialised above.
            assert_eq!((status, unsafe { outcome.assume_init() }), (KOULING_STATUS_INTERNAL, ptr::null_mut()));
        }
        // SAFETY: the report is alive.
        let text = unsafe { kouling_report_text(Some(&report)).shown() };
        assert_eq!(text, "internal error; please report this bug [internal]");
    }
}
