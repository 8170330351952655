//! An outcome is everything that is wrong with one password under one policy.

use std::mem::MaybeUninit;

use kouling::{Language, Outcome};

use crate::boundary::{Out, answer, free, given, lookup};
use crate::contract::kouling_contract;
use crate::facts::kouling_facts;
use crate::kept::StringPool;
use crate::policy::kouling_policy;
use crate::report::kouling_report;
use crate::text::kouling_text;

/// An outcome: codes and figures, and nothing of the password. One owner; every thread may read it at once. Its views
/// live as long as it does, also when the policy is freed.
pub struct kouling_outcome {
    pub(crate) outcome: Outcome,
    pub(crate) kept: StringPool,
}

/// Judges a password: bytes that were typed, as they were typed. That it is refused is no failure; the outcome says it.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_evaluate(
    policy: Option<&kouling_policy>,
    password: kouling_text,
    facts: Option<&kouling_facts>,
    outcome: Option<&mut MaybeUninit<*mut kouling_outcome>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("outcome", outcome);
    answer(report, || {
        out.place()?;
        let facts = given("facts", facts)?.as_facts();
        let password = password.password("password")?;
        let outcome = given("policy", policy)?.policy.evaluate(password, &facts)?;
        out.give(kouling_outcome { outcome, kept: StringPool::default() })
    })
}

/// Frees an outcome.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_free(outcome: Option<Box<kouling_outcome>>) {
    free(outcome);
}

/// Whether the password is accepted. NULL is not.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_accepted(outcome: Option<&kouling_outcome>) -> bool {
    lookup(|| Some(outcome?.outcome.accepted()))
}

/// Judges a password and says why, as JSON: `outcome`, as `kouling_outcome_json` writes it; `rules`, of objects with
/// `rule`, `kind`, `severity`, `exempt`, `demand`, `seen` and `found`. `*explained` is the outcome, whose view `*json` is.
/// For those who tune a policy: it takes longer than a judgement.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_explain(
    policy: Option<&kouling_policy>,
    password: kouling_text,
    facts: Option<&kouling_facts>,
    language: kouling_text,
    contract: Option<&kouling_contract>,
    explained: Option<&mut MaybeUninit<*mut kouling_outcome>>,
    json: Option<&mut MaybeUninit<kouling_text>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("explained", explained);
    let mut text = Out::cleared("json", json, kouling_text::default());
    answer(report, || {
        out.place()?;
        text.place()?;
        let facts = given("facts", facts)?.as_facts();
        let language = Language::from_tag(language.text("language")?);
        let password = password.password("password")?;
        let explanation = given("policy", policy)?.policy.explain(password, &facts)?;
        let value = match contract {
            Some(contract) => contract.contract.explanation_to_json(&explanation, language),
            None => explanation.to_json(language, |_| None),
        };
        let kept = StringPool::default();
        *text.place()? = kept.keep(value.to_string());
        out.give(kouling_outcome { outcome: explanation.outcome, kept })
    })
}

/// The outcome in the one form in which every surface writes it as JSON, with messages in a language, and with the
/// codes of a contract; NULL: without.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_outcome_json(
    outcome: Option<&kouling_outcome>,
    language: kouling_text,
    contract: Option<&kouling_contract>,
    json: Option<&mut MaybeUninit<kouling_text>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::cleared("json", json, kouling_text::default());
    answer(report, || {
        let handle = given("outcome", outcome)?;
        let language = Language::from_tag(language.text("language")?);
        let value = match contract {
            Some(contract) => contract.contract.outcome_to_json(&handle.outcome, language),
            None => handle.outcome.to_json(language, |_| None),
        };
        *out.place()? = handle.kept.keep(value.to_string());
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
    use crate::status::{KOULING_INTERNAL, KOULING_OK};

    struct Panics;

    impl Rule for Panics {
        fn check(&self, _: &Candidate, _: &Facts<'_>, _: &mut Findings) -> Result<(), CannotJudge> {
            panic!("a fault of ours")
        }
    }

    #[test]
    fn a_rule_that_panics_is_no_way_to_accepted() {
        let kind = Definition::try_new("panics", ["panics.always"], Cost::Walk, |_| Some(Box::new(Panics)));
        let loader = Loader::new().with_kind(kind.expect("a valid definition"));
        let policy = loader.load(Start::Text("policy", "format = 1\n[rules.panics]\n")).expect("a policy");
        let policy = kouling_policy::new(policy);
        let mut facts = MaybeUninit::new(ptr::null_mut());
        assert_eq!(kouling_facts_new(0, Some(&mut facts)), KOULING_OK);
        // SAFETY: it was just made.
        let facts = unsafe { Box::from_raw(facts.assume_init()) };
        let mut report = kouling_report::default();
        for _ in 0..2 {
            let mut outcome = MaybeUninit::new(ptr::dangling_mut());
            let password = kouling_text::from_static("canary-5f2c");
            let (facts, report) = (Some(facts.as_ref()), Some(&mut report));
            let status = kouling_policy_evaluate(Some(&policy), password, facts, Some(&mut outcome), report);
            // SAFETY: it had a value from the beginning.
            assert_eq!((status, unsafe { outcome.assume_init() }), (KOULING_INTERNAL, ptr::null_mut()));
        }
        // SAFETY: the report is alive.
        let told = unsafe { kouling_report_text(Some(&report)).shown() };
        assert_eq!(told, "a fault of the library [internal]");
    }
}
