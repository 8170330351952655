//! Judging: whatever the policy, the password, the user and the clock, one judgement, soon, and nothing of the password
//! in it.
//!
//! An input begins with a byte. Even: a policy's text, a password, the user's attributes, the current password, stored
//! hashes and the time, in parts. Odd: the same made from [`Written`].

mod silence;
mod written;

use std::time::Instant;

use arbitrary::{Arbitrary, Unstructured};
use kouling::candidate::Previous;
use kouling::evaluation::Explanation;
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{CannotJudge, Facts, Loader, Moment, Outcome, Policy, User};
use kouling_vector_runner::evaluation::NOW;

use self::written::Written;
use super::input::{join, parts, within_seconds};
use super::stored_hash::{Cost, cost};

/// One question.
struct Asked {
    policy: String,
    password: Vec<u8>,
    user: User,
    current: Option<Vec<u8>>,
    previous: Vec<Previous>,
    now: Moment,
}

pub fn hold(data: &[u8]) {
    let asked = match data.split_first() {
        Some((choices, rest)) if choices % 2 == 0 => read(rest),
        Some((_, rest)) => Written::arbitrary(&mut Unstructured::new(rest)).ok().map(Written::ask),
        None => None,
    };
    if let Some(asked) = asked {
        asked.hold();
    }
}

fn read(data: &[u8]) -> Option<Asked> {
    let mut parts = parts(data);
    let policy = std::str::from_utf8(parts.next()?).ok()?.to_owned();
    let password = parts.next().unwrap_or_default().to_vec();
    let lines = |part: Option<&[u8]>| -> Vec<String> {
        String::from_utf8_lossy(part.unwrap_or_default()).lines().map(str::to_owned).collect()
    };
    let mut user = User::new();
    for line in lines(parts.next()) {
        if let Some((name, value)) = line.split_once('=') {
            user = user.with(name, value);
        }
    }
    let current = parts.next().filter(|current| !current.is_empty()).map(<[u8]>::to_vec);
    let previous = lines(parts.next()).into_iter().take(20).filter_map(|line| {
        let (hash, at) = line.split_once('@').unwrap_or((&line, ""));
        let at = at.parse().ok().map(Moment::from_unix);
        (cost(hash) == Cost::Little || cost(hash) == Cost::Unreadable)
            .then(|| Previous { hash: hash.to_owned(), at })
    });
    let previous = previous.collect();
    let now = lines(parts.next()).first().and_then(|line| line.parse().ok()).unwrap_or(NOW);
    Some(Asked { policy, password, user, current, previous, now: Moment::from_unix(now) })
}

type EvaluationResult = Result<Outcome, CannotJudge>;

impl Asked {
    fn hold(&self) {
        let source = Memory::default().with("policy.toml", self.policy.as_bytes());
        let Ok(policy) = Loader::new().with_source(source).load(Start::Named("policy.toml")) else { return };
        let facts = Facts::new(&self.user, self.now).with_previous(&self.previous);
        let facts = self.current.as_ref().map_or(facts, |current| facts.with_current(current));
        let began = Instant::now();
        let judged = policy.evaluate(&self.password, &facts);
        within_seconds(2.0, began, "one judgement");
        let until = policy.evaluate_until_refused(&self.password, &facts);
        let explained = policy.explain(&self.password, &facts);
        within_seconds(6.0, began, "three judgements");
        self.tells_nothing(&policy, &judged, &explained);
        // The estimator of that name decides by chance, and says so.
        if policy.dictionaries().iter().any(|(name, _)| name.contains("zxcvbn")) {
            return;
        }
        let again = policy.evaluate(&self.password, &facts);
        assert_eq!(format!("{judged:?}"), format!("{again:?}"), "the same question, the same answer");
        agree(&policy, &judged, &until, &explained);
        if let Ok(prepared) = policy.prepare(&self.password) {
            let twice = policy.prepare(prepared.text().as_bytes());
            assert_eq!(twice.expect("it was fine before").text(), prepared.text(), "prepared is prepared");
        }
    }
}

fn agree(
    policy: &Policy,
    judged: &EvaluationResult,
    until: &EvaluationResult,
    explained: &Result<Explanation, CannotJudge>,
) {
    match (judged, until) {
        (Ok(all), Ok(first)) => {
            assert_eq!(all.accepted(), first.accepted(), "stopping at the first refusal accepts the same");
            let code = |outcome: &Outcome| outcome.violations().next().map(|judged| judged.code().to_owned());
            assert_eq!(code(all), code(first), "and refuses for the same");
        }
        (Err(_), Ok(first)) => assert!(!first.accepted(), "an error is no way to accepted"),
        // The full judgement went further, and would have met what stopped the short one.
        (Ok(_), Err(error)) => panic!("only the short judgement failed: {error}"),
        (Err(_), Err(_)) => {}
    }
    match (judged, explained) {
        (Ok(outcome), Ok(explained)) => {
            let reported: Vec<_> = outcome.violations().map(|judged| judged.code().to_owned()).collect();
            let codes: Vec<_> = explained.outcome.violations().map(|judged| judged.code().to_owned()).collect();
            assert_eq!(outcome.accepted(), explained.outcome.accepted(), "explaining is judging");
            assert!(codes.starts_with(&reported), "{reported:?} explained as {codes:?}");
            let found: usize = explained.reasonings.iter().filter(|r| !r.exempt).map(|r| r.found.len()).sum();
            let judged = [
                explained.outcome.violations().count(),
                explained.outcome.warnings().count(),
                explained.outcome.shadows().count(),
            ];
            assert!(
                explained.reasonings.is_empty() || found == judged.iter().sum::<usize>(),
                "every finding has its rule"
            );
            assert_eq!(outcome.policy_digest(), policy.digest(), "who judged");
        }
        // An explanation lets every rule judge, also those behind a first refusal or an exemption.
        (Ok(_), Err(_)) => {}
        (Err(judged), Err(explained)) => assert_eq!(judged.kind(), explained.kind(), "the same reason"),
        (Err(error), Ok(_)) => panic!("only the explanation went through: {error}"),
    }
}

/// The vectors of judgements.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for case in kouling_vector_runner::evaluation::cases() {
        let policy = match &case.preset {
            Some(preset) => format!("format = 1\nextends = \"{preset}\"\n"),
            None => case.policy.clone(),
        };
        let user: Vec<String> = case.user.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let previous: Vec<String> = case
            .previous
            .iter()
            .map(|previous| match previous.parts() {
                (hash, Some(at)) => format!("{hash}@{at}"),
                (hash, None) => hash.to_owned(),
            })
            .collect();
        let parts = [
            policy.into_bytes(),
            case.bytes(),
            user.join("\n").into_bytes(),
            case.current.clone().unwrap_or_default().into_bytes(),
            previous.join("\n").into_bytes(),
            case.now.unwrap_or(NOW).to_string().into_bytes(),
        ];
        if parts[1].len() <= 5000 {
            seeds.push((case.name.clone(), [vec![0], join(parts)].concat()));
        }
    }
    // A few odd ones, so that the fuzzer has something of that kind to change.
    for n in 1..40_u8 {
        let made =
            (0..200_u16).map(|at| (at as u8).wrapping_mul(n).wrapping_add(at as u8 >> 3)).collect::<Vec<u8>>();
        seeds.push((format!("made-{n}"), [vec![1], made].concat()));
    }
    seeds
}
