//! Property: the reset flow behaves like its model for any sequence of events and never violates an invariant.
//! Arbitrary bytes are a valid challenge or are refused.
//!
//! The model and the invariants are those of `tests/it/reset/model`. The first byte of an input selects one of the
//! two checks. For the flow, a seed and one byte per choice follow.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Result, Unstructured};
use kouling::flow::{Challenge, ChallengeState};

#[path = "../../tests/it/fake_host/mod.rs"]
mod host;
#[path = "../../tests/it/reset/model/invariants.rs"]
mod invariants;
#[path = "../../tests/it/reset/model/ops.rs"]
mod ops;
#[path = "../../tests/it/reset/model/plain.rs"]
mod plain;
#[path = "../../tests/it/reset/model/walk.rs"]
mod walk;

use host::Engine;
use ops::{ADDRESSES, CaptchaPick, CodePick, Op, PasswordPick, Submission, Swap};
use walk::Walk;

/// Longer walks are slow and find nothing more.
const MAX_STEPS: usize = 80;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(ops::POLICY));

pub fn check(data: &[u8]) {
    match data.split_first() {
        Some((b'{', _)) => check_challenge(data),
        Some((_, rest)) => check_walk(rest),
        None => {}
    }
}

fn check_walk(data: &[u8]) {
    let mut source = Unstructured::new(data);
    let mut walk = Walk::new(&ENGINE, u64::from(u8::arbitrary(&mut source).unwrap_or(0)));
    for _ in 0..MAX_STEPS {
        if source.is_empty() {
            break;
        }
        let Ok(op) = op(&mut source) else { break };
        walk.take(&op);
    }
}

fn pick<T: Clone>(source: &mut Unstructured<'_>, of: &[T]) -> Result<T> {
    Ok(of[usize::from(u8::arbitrary(source)?) % of.len()].clone())
}

fn submission(source: &mut Unstructured<'_>) -> Result<Submission> {
    let address = usize::from(u8::arbitrary(source)?) % ADDRESSES.len();
    let swaps = [
        Swap::Nothing,
        Swap::Nothing,
        Swap::Nothing,
        Swap::Address(address),
        Swap::Client,
        Swap::Device,
        Swap::Purpose(address % 2),
        Swap::User,
    ];
    let passwords = [
        PasswordPick::Fresh,
        PasswordPick::Fresh,
        PasswordPick::Decomposed,
        PasswordPick::Short,
        PasswordPick::WithNul,
    ];
    Ok(Submission {
        of: pick(source, &[0, 0, 0, 1, 2, 3])?,
        swap: pick(source, &swaps)?,
        code: pick(
            source,
            &[CodePick::Newest, CodePick::Newest, CodePick::Older, CodePick::OfAnybody, CodePick::Wrong],
        )?,
        password: pick(source, &passwords)?,
    })
}

fn op(source: &mut Unstructured<'_>) -> Result<Op> {
    let spans = [1_u64, 59, 60, 61, 599, 600, 601, 1_199, 1_200, 1_201, 3_599, 3_600, 3_601, 90_000, 1 << 40];
    Ok(match u8::arbitrary(source)? % 18 {
        0..=2 => Op::Send {
            address: pick(source, &[0, 1, 2, 3, 4, 5])?,
            update: pick(source, &[false, false, true])?,
            client: pick(source, &[1, 1, 2])?,
            device: pick(source, &[1, 1, 2])?,
            peer: pick(source, &[0, 1, 2])?,
            captcha: pick(
                source,
                &[CaptchaPick::Solved, CaptchaPick::Solved, CaptchaPick::Used, CaptchaPick::None],
            )?,
        },
        3 | 4 => Op::Submit(submission(source)?),
        5 | 6 => Op::Begin(submission(source)?),
        7 | 8 => Op::Step(pick(source, &[0, 1, 2, 3])?),
        9 => Op::Crash(pick(source, &[0, 1, 2, 3])?),
        10 => Op::Wait(pick(source, &spans)?),
        11 => Op::TurnBack(pick(source, &spans)?),
        12 => Op::Lock(pick(source, &[0, 1])?),
        13 => Op::Unlock(pick(source, &[0, 1])?),
        14 => Op::SignIn(pick(source, &[0, 1])?),
        15 => Op::BeginChange { who: pick(source, &[0, 1])?, right: pick(source, &[true, false])? },
        16 => Op::CommitChange,
        _ => match u8::arbitrary(source)? % 4 {
            0 => Op::GiveUpMail(0),
            1 => Op::GiveUpMail(1),
            2 => Op::TakeMailBack(0),
            _ => Op::TakeMailBack(1),
        },
    })
}

/// Checks the parser of stored challenges on arbitrary bytes.
fn check_challenge(bytes: &[u8]) {
    let Ok(challenge) = Challenge::from_bytes(bytes) else { return };
    let written = challenge.to_bytes();
    let read = Challenge::from_bytes(&written).expect("a written challenge can be parsed");
    assert_eq!(read.to_bytes(), written, "parsing and writing is lossless");
    let (left, state) = (challenge.submissions_left(), challenge.state());
    match read.with_submission() {
        Some(counted) => assert_eq!(counted.submissions_left() + 1, left, "a submission decrements the counter"),
        None => assert_eq!(left, 0, "only a used-up challenge refuses a submission"),
    }
    let revived = challenge.with_state(ChallengeState::Valid);
    assert_eq!(revived.state(), state, "an ended challenge never becomes valid again");
}

/// Returns one walk to each outcome, and a stored challenge.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let send = [0, 0, 0, 0, 0, 0, 0];
    let submit = [3, 0, 0, 0, 0, 0];
    let wrong = [3, 0, 0, 0, 4, 0];
    let walk_seeds: [(&str, Vec<&[u8]>); 8] = [
        ("reset", vec![&send, &submit]),
        ("again", vec![&send, &submit, &[10, 3], &send, &submit, &submit]),
        ("wrong", vec![&send, &wrong, &wrong, &wrong, &wrong, &submit]),
        ("late", vec![&send, &[10, 8], &submit]),
        ("back", vec![&send, &[11, 5], &submit]),
        ("two-at-once", vec![&send, &[5, 0, 0, 0, 0, 0], &[5, 0, 0, 0, 0, 0], &[7, 0], &[7, 1], &[7, 0], &[7, 1]]),
        ("change", vec![&[14, 0], &[15, 0, 0], &send, &submit, &[16]]),
        ("locked", vec![&[12, 0], &send, &submit, &[13, 0], &[17, 0], &submit]),
    ];
    let mut seeds: Vec<(String, Vec<u8>)> =
        walk_seeds.into_iter().map(|(name, ops)| (name.to_owned(), [vec![0, 7], ops.concat()].concat())).collect();
    let mut walk = Walk::new(&ENGINE, 7);
    let captcha = CaptchaPick::Solved;
    walk.take(&Op::Send { address: 0, update: false, client: 1, device: 1, peer: 1, captcha });
    seeds.extend(walk.host.store.challenges.iter().map(|stored| ("challenge".to_owned(), stored.bytes.clone())));
    seeds
}
