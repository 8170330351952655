//! Random walks through the reset flow. Each step is compared with a reference model, and every invariant is checked after
//! every step. Directed tests are in `reset/scenarios`.
//!
//! The model in `plain` is written from the description of the flow and shares no code with it. The checks in
//! `invariants` are written from the list of invariants in `SECURITY.md` and do not use the model.
#![allow(clippy::panic, clippy::expect_used)]

mod invariants;
mod ops;
mod plain;
mod walk;

use crate::fake_host as host;
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::{Config, TestRunner};

use ops::{CaptchaPick, CodePick, Op, PasswordPick, Submission, Swap, Tally};
use walk::Walk;

fn mostly<T: Clone + std::fmt::Debug + 'static>(usual: T, rare: T) -> BoxedStrategy<T> {
    prop_oneof![5 => Just(usual), 1 => Just(rare)].boxed()
}

fn submission() -> impl Strategy<Value = Submission> {
    let code = prop_oneof![
        8 => Just(CodePick::Newest),
        2 => Just(CodePick::Older),
        1 => Just(CodePick::OfAnybody),
        5 => Just(CodePick::Wrong),
    ];
    let password = prop_oneof![
        5 => Just(PasswordPick::Fresh),
        1 => Just(PasswordPick::Decomposed),
        1 => Just(PasswordPick::Short),
        1 => Just(PasswordPick::WithNul),
    ];
    let swap = prop_oneof![
        12 => Just(Swap::Nothing),
        2 => (0..ops::ADDRESSES.len()).prop_map(Swap::Address),
        1 => Just(Swap::Client),
        1 => Just(Swap::Device),
        1 => (0..2_usize).prop_map(Swap::Purpose),
        1 => Just(Swap::User),
    ];
    let of = prop_oneof![6 => Just(0_usize), 1 => 1..4_usize];
    (of, swap, code, password).prop_map(|(of, swap, code, password)| Submission { of, swap, code, password })
}

fn op() -> impl Strategy<Value = Op> {
    let captcha =
        prop_oneof![8 => Just(CaptchaPick::Solved), 1 => Just(CaptchaPick::Used), 1 => Just(CaptchaPick::None)];
    let send = (0..ops::ADDRESSES.len(), mostly(false, true), mostly(1_u8, 2), mostly(1_u8, 2), 0..3_u8, captcha)
        .prop_map(|(address, update, client, device, peer, captcha)| Op::Send {
            address,
            update,
            client,
            device,
            peer,
            captcha,
        });
    let spans = [1_u64, 59, 60, 60, 61, 61, 61, 599, 600, 601, 1_199, 1_200, 3_599, 3_600, 90_000];
    let wait = proptest::sample::select(spans.to_vec());
    let weighted: Vec<(u32, BoxedStrategy<Op>)> = vec![
        (8, send.boxed()),
        (6, submission().prop_map(Op::Submit).boxed()),
        (5, submission().prop_map(Op::Begin).boxed()),
        (12, (0..4_usize).prop_map(Op::Step).boxed()),
        (1, (0..4_usize).prop_map(Op::Crash).boxed()),
        (5, wait.clone().prop_map(Op::Wait).boxed()),
        (1, wait.prop_map(Op::TurnBack).boxed()),
        (1, (0..2_usize).prop_map(Op::Lock).boxed()),
        (2, (0..2_usize).prop_map(Op::Unlock).boxed()),
        (2, (0..2_usize).prop_map(Op::SignIn).boxed()),
        (1, (0..2_usize, any::<bool>()).prop_map(|(who, right)| Op::BeginChange { who, right }).boxed()),
        (2, Just(Op::CommitChange).boxed()),
        (1, (0..2_usize).prop_map(Op::GiveUpMail).boxed()),
        (2, (0..2_usize).prop_map(Op::TakeMailBack).boxed()),
    ];
    Union::new_weighted(weighted)
}

/// Runs random walks and returns how often each event occurred.
fn run_walks(cases: u32, length: std::ops::Range<usize>) -> Tally {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let tally = std::cell::RefCell::new(Tally::default());
    let walks = (any::<u64>(), proptest::collection::vec(op(), length));
    let result = runner.run(&walks, |(seed, ops)| {
        let engine = host::Engine::new(ops::POLICY);
        let mut walk = Walk::new(&engine, seed);
        for op in &ops {
            walk.take(op);
        }
        tally.borrow_mut().add(&walk.tally);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    tally.into_inner()
}

#[test]
fn inv01_to_16_hold_on_many_short_walks() {
    run_walks(600, 1..40);
}

#[test]
fn inv01_to_16_hold_on_long_walks_that_reach_every_event() {
    let tally = run_walks(60, 150..250);
    // An event that never occurs is not tested.
    for (event, count) in tally.counts() {
        assert!(count > 0, "no walk reached the event `{event}`: {tally:?}");
    }
}
