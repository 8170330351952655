//! What is shared: two threads judge by one policy and one user, and say the same.

use std::ptr;

use super::declared::{Facts, Policy, Text};
use super::given::{CallArgs, TextType};
use super::machine::{Machine, read, sound};
use super::seeds::PASSWORDS;

/// What may be used by several threads at once.
struct Shared(*const Policy, *const Facts, Text);

// SAFETY: that it holds is what is tried.
unsafe impl Sync for Shared {}

impl Shared {
    fn judge(&self) -> (u32, bool, Vec<u8>) {
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

pub(super) fn judge_at_once(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (policy, facts) = (m.policies.pick(g), m.facts.pick(g));
    let password = g.text(TextType::Password, &[], PASSWORDS);
    let by_chance = m.policies.known(policy).is_none_or(|known| known.comparable().is_none());
    let shared = Shared(m.policies.pointer(policy), m.facts.pointer(facts), password);
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| shared.judge());
        (shared.judge(), other.join().expect("it does not panic"))
    });
    assert!(by_chance || one == other, "one question, one answer");
    assert!(!g.wrong || !one.1, "what is wrong is not accepted");
}
