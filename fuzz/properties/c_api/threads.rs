//! Two threads evaluate with one policy and the same facts, and get the same result.

use std::ptr;

use super::args::{CallArgs, TextType};
use super::checks::{read, sound};
use super::declared::{Facts, Policy, Text};
use super::machine::Machine;
use super::texts::PASSWORDS;

/// Objects that several threads may use at the same time.
struct Shared(*const Policy, *const Facts, Text);

// SAFETY: the header allows it; this is what the action checks.
unsafe impl Sync for Shared {}

impl Shared {
    fn evaluate(&self) -> (u32, bool, Vec<u8>) {
        let (mut outcome, mut json) = (ptr::null_mut(), super::handles::rubbish());
        let none = ptr::null_mut();
        call!(kouling_policy_retain(self.0));
        let status = sound(call!(kouling_policy_evaluate(self.0, self.2, self.1, &raw mut outcome, none)));
        let accepted = call!(kouling_outcome_accepted(outcome));
        sound(call!(kouling_outcome_json(
            outcome,
            super::callbacks::plain("zh"),
            ptr::null(),
            &raw mut json,
            none
        )));
        let json = read(json, true).to_vec();
        let mut described = super::handles::rubbish();
        sound(call!(kouling_policy_describe(self.0, super::callbacks::plain("en"), &raw mut described, none)));
        call!(kouling_policy_free(self.0));
        call!(kouling_outcome_free(outcome));
        (status, accepted, json)
    }
}

pub(super) fn evaluate_at_once(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (policy, facts) = (m.policies.pick(g), m.facts.pick(g));
    let password = g.text(TextType::Password, &[], PASSWORDS);
    let is_unknown = m.policies.known(policy).is_none_or(|known| known.comparable().is_none());
    let shared = Shared(m.policies.pointer(policy), m.facts.pointer(facts), password);
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| shared.evaluate());
        (shared.evaluate(), other.join().expect("it does not panic"))
    });
    assert!(is_unknown || one == other, "both threads have the same result");
    assert!(!g.wrong || !one.1, "invalid arguments are not accepted");
}
