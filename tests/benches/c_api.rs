//! The overhead of the C API: the same evaluation through Rust and through C, in one run.
//!
//! `cargo bench -p kouling-c --bench c_api`

#![allow(unsafe_code)] // the benchmark calls the C API
#![allow(clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;

use criterion::{Criterion, criterion_group, criterion_main};
use kouling::{Facts, Moment, Policy, User};
use kouling_c::facts::{kouling_facts, kouling_facts_add_attribute, kouling_facts_free, kouling_facts_new};
use kouling_c::finding::{KOULING_LIST_VIOLATIONS, kouling_outcome_code};
use kouling_c::outcome::{kouling_outcome_accepted, kouling_outcome_free, kouling_policy_evaluate};
use kouling_c::policy::{kouling_policy, kouling_policy_free, kouling_policy_parse};
use kouling_c::status::KOULING_STATUS_OK;
use kouling_c::text::kouling_text;

const NOW: i64 = 1_795_392_000;
const ATTRIBUTES: [(&str, &str); 2] = [("username", "zhangsan"), ("email", "zhangsan@example.org")];

fn text(text: &str) -> kouling_text {
    // SAFETY: every text is valid during the call.
    unsafe { kouling_text::from_raw(text.as_ptr().cast(), text.len()) }
}

/// The objects of a C host: a policy and facts.
struct CHost(*const kouling_policy, *mut kouling_facts);

impl CHost {
    fn new(toml: &str) -> CHost {
        let (mut policy, mut facts) = (MaybeUninit::new(ptr::null()), MaybeUninit::new(ptr::null_mut()));
        assert_eq!(kouling_policy_parse(text(toml), Some(&mut policy), None), KOULING_STATUS_OK);
        assert_eq!(kouling_facts_new(NOW, Some(&mut facts)), KOULING_STATUS_OK);
        // SAFETY: both were set.
        let host = unsafe { CHost(policy.assume_init(), facts.assume_init()) };
        for (name, value) in ATTRIBUTES {
            // SAFETY: it was just created.
            let facts = unsafe { host.1.as_mut() };
            assert_eq!(kouling_facts_add_attribute(facts, text(name), text(value)), KOULING_STATUS_OK);
        }
        host
    }

    /// Evaluates as a host does: outcome, acceptance, first code, and free.
    fn evaluate(&self, password: &str) -> (bool, kouling_text) {
        let mut outcome = MaybeUninit::new(ptr::null_mut());
        // SAFETY: both are valid, and the outcome is set if the status is `KOULING_STATUS_OK`.
        let outcome = unsafe {
            let (policy, facts) = (self.0.as_ref(), self.1.as_ref());
            let status = kouling_policy_evaluate(policy, text(password), facts, Some(&mut outcome), None);
            assert_eq!(status, KOULING_STATUS_OK);
            Box::from_raw(outcome.assume_init())
        };
        let accepted = kouling_outcome_accepted(Some(&outcome));
        let code = kouling_outcome_code(Some(&outcome), MaybeUninit::new(KOULING_LIST_VIOLATIONS), 0);
        black_box(code);
        kouling_outcome_free(Some(outcome));
        (accepted, code)
    }
}

impl Drop for CHost {
    fn drop(&mut self) {
        // SAFETY: it owns both.
        unsafe {
            kouling_policy_free(self.0);
            kouling_facts_free(Some(Box::from_raw(self.1)));
        }
    }
}

fn c_api(c: &mut Criterion) {
    let user = ATTRIBUTES.into_iter().fold(User::new(), |user, (name, value)| user.with(name, value));
    let facts = Facts::new(&user, Moment::from_unix(NOW));
    let cheap = "format = 1\n[rules.length]\n[rules.characters]\n[rules.repetition]\n";
    let standard = "format = 1\nextends = \"standard\"\n";
    for (name, toml) in [("length, classes, run", cheap), ("standard", standard)] {
        let (policy, host) = (Policy::parse(toml).expect("a policy"), CHost::new(toml));
        for (what, password) in [("accepted", "veer-lantern-oboe-73-Quartz"), ("refused", "zhangsan11")] {
            let mut group = c.benchmark_group(format!("{name}, {what}"));
            group.bench_function("Rust", |b| {
                b.iter(|| {
                    let outcome = policy.evaluate(black_box(password).as_bytes(), &facts).expect("an outcome");
                    black_box(outcome.violations().next().map(|violation| violation.code().as_ptr()));
                    outcome.accepted()
                });
            });
            group.bench_function("C", |b| b.iter(|| host.evaluate(black_box(password)).0));
            group.finish();
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(50);
    targets = c_api
}
criterion_main!(benches);
