//! Random walks: owner and strangers sign in from several networks, in parallel, with a clock that is shifted. A host stores
//! the account and applies the effects. The invariants are checked from a log of what happened, without the engine.

use std::collections::{BTreeMap, BTreeSet};

use kouling::standing::{
    AccountState, ChangeReason, Decision, DisabledReason, Effect, Failures, MAX_KNOWN_NETWORKS, Standing, UNKNOWN,
    sign_in_failed, signed_in, standing,
};
use kouling::{Moment, Policy};
use proptest::prelude::*;

const START: i64 = 1_795_392_000;
const DAY: i64 = 86_400;
const MAX_AGE: i64 = 90 * DAY;
const WARN_BEFORE: i64 = 7 * DAY;
const GRACE: usize = 2;
const LOCK: i64 = 900;
const WINDOW: i64 = 600;
const MAX_FAILURES: usize = 3;
const MAX_FAILURES_PER_ACCOUNT: usize = 5;
const DISABLE_AFTER: usize = 8;
const TEMPORARY: i64 = DAY;
const INACTIVE: i64 = 200 * DAY;

/// The sections of both policies. Only the second one disables passwords.
const POLICY: &str = "format = 1\n\
    must_change_when = [\"breached\", \"policy_stricter\"]\n\
    [expiry]\nmax_age = \"90d\"\nwarn_before = \"7d\"\ngrace = 2\n\
    [temporary]\nlifetime = \"1d\"\n\
    [inactivity]\ndisable_after = \"200d\"\n\
    [sign_in]\nmax_failures = 3\nmax_failures_per_account = 5\nwindow = \"10m\"\nlock = \"15m\"\ndelay = \"1s\"\n";

/// What happens.
#[derive(Clone, Debug)]
enum Op {
    /// A sign-in looks up the account. The password is the correct one or not.
    Begin {
        network: u8,
        is_correct: bool,
    },
    /// A sign-in in progress continues: its failure is counted, or its password verified.
    Step(usize),
    /// A whole sign-in.
    SignIn {
        network: u8,
        is_correct: bool,
    },
    /// Many wrong passwords in a row.
    Flood {
        network: u8,
        times: u8,
    },
    Wait(i64),
    /// The clock is shifted by this, also to the past.
    Shift(i64),
    /// The clock is zero for one sign-in.
    NoClock {
        network: u8,
    },
    NewPassword,
    TemporaryPassword,
    Force,
    Breach,
    /// Another policy applied when the password was set.
    OtherPolicy,
    Disable(bool),
}

fn op() -> impl Strategy<Value = Op> {
    let network = || 0..5_u8;
    let wait = prop_oneof![
        4 => 0..5_i64,
        3 => 60..2_000_i64,
        2 => Just(DAY),
        1 => (80 * DAY)..(95 * DAY),
        1 => Just(MAX_AGE - WARN_BEFORE),
        1 => Just(INACTIVE),
    ];
    let shift = prop_oneof![-3_600..0_i64, Just(-400 * DAY), Just(36_500 * DAY), Just(-36_500 * DAY)];
    prop_oneof![
        6 => (network(), any::<bool>()).prop_map(|(network, is_correct)| Op::Begin { network, is_correct }),
        9 => any::<usize>().prop_map(Op::Step),
        8 => (network(), any::<bool>()).prop_map(|(network, is_correct)| Op::SignIn { network, is_correct }),
        3 => (network(), 1..12_u8).prop_map(|(network, times)| Op::Flood { network, times }),
        9 => wait.prop_map(Op::Wait),
        1 => shift.prop_map(Op::Shift),
        1 => network().prop_map(|network| Op::NoClock { network }),
        2 => Just(Op::NewPassword),
        1 => Just(Op::TemporaryPassword),
        1 => Just(Op::Force),
        1 => Just(Op::Breach),
        1 => Just(Op::OtherPolicy),
        1 => any::<bool>().prop_map(Op::Disable),
    ]
}

/// The store of a host: one account.
#[derive(Clone)]
struct Store {
    /// Everything except the failures of the networks and whether a network is known.
    account: AccountState,
    failures: BTreeMap<u8, Failures>,
    known: Vec<u8>,
}

impl Store {
    fn look_up(&self, network: u8) -> AccountState {
        AccountState {
            network_failures: Some(self.failures.get(&network).copied().unwrap_or_default()),
            known_network: Some(self.known.contains(&network)),
            ..self.account.clone()
        }
    }

    /// Applies all effects, or none and returns `false`.
    fn apply(&mut self, network: u8, effects: &[Effect]) -> bool {
        let before = self.look_up(network);
        let Some(after) = before.clone().after_all(effects) else { return false };
        self.failures.insert(network, after.network_failures.unwrap_or_default());
        if after.known_network == Some(true) && before.known_network != Some(true) {
            self.known.push(network);
        }
        self.account = AccountState { network_failures: None, known_network: None, ..after };
        true
    }
}

/// A sign-in in progress.
struct Pending {
    network: u8,
    is_correct: bool,
    account: AccountState,
    /// The password as it was when the sign-in began: an old one is no longer correct.
    password: usize,
    /// When the sign-in began, and the number of successes and new passwords before it.
    began: (i64, usize),
    /// The effects that count the failure, until they are applied.
    counting: Option<Vec<Effect>>,
}

/// A password that was compared and was wrong. The time is that at which it was counted.
#[derive(Clone, Copy)]
struct Wrong {
    at: i64,
    network: u8,
    is_known: bool,
}

struct Walk<'p> {
    policy: &'p Policy,
    disables: bool,
    now: i64,
    store: Store,
    pending: Vec<Pending>,
    /// The number of passwords set.
    passwords: usize,
    /// Wrong passwords since the last success or new password.
    wrong: Vec<Wrong>,
    /// The number of successes and new passwords.
    resets: usize,
    /// The networks with a counted failure since their last success.
    failed: BTreeSet<u8>,
    /// Whether the clock was shifted since then.
    is_shifted: bool,
    /// Sessions of the current password after its end, and sign-ins with the current temporary password.
    grace_sessions: usize,
    temporary_uses: usize,
    tally: BTreeMap<&'static str, usize>,
}

impl<'p> Walk<'p> {
    fn new(policy: &'p Policy, disables: bool) -> Walk<'p> {
        let new = AccountState { last_use: Some(UNKNOWN), ..AccountState::default() };
        let account = new.with_new_password(policy, Moment::from_unix(START));
        Walk {
            policy,
            disables,
            now: START,
            store: Store { account, failures: BTreeMap::new(), known: Vec::new() },
            pending: Vec::new(),
            passwords: 0,
            wrong: Vec::new(),
            resets: 0,
            failed: BTreeSet::new(),
            is_shifted: false,
            grace_sessions: 0,
            temporary_uses: 0,
            tally: BTreeMap::new(),
        }
    }

    fn moment(&self) -> Moment {
        Moment::from_unix(self.now)
    }

    fn count(&mut self, event: &'static str) {
        *self.tally.entry(event).or_default() += 1;
    }

    fn take(&mut self, op: &Op) {
        match *op {
            Op::Begin { network, is_correct } => {
                let begun = self.begin(network, is_correct);
                self.pending.extend(begun);
            }
            Op::Step(n) if !self.pending.is_empty() => {
                let pending = self.pending.remove(n % self.pending.len());
                let stepped = self.step(pending);
                self.pending.extend(stepped);
            }
            Op::Step(_) => {}
            Op::SignIn { network, is_correct } => self.sign_in(network, is_correct),
            Op::Flood { network, times } => (0..times).for_each(|_| self.sign_in(network, false)),
            Op::Wait(seconds) => self.now += seconds,
            Op::Shift(seconds) => {
                self.now = (self.now + seconds).max(DAY);
                self.is_shifted = true;
            }
            Op::NoClock { network } => {
                let now = std::mem::replace(&mut self.now, 0);
                let before = self.store.look_up(network);
                self.sign_in(network, true);
                assert_eq!(self.store.look_up(network), before, "an implausible time stores nothing");
                self.now = now;
            }
            Op::NewPassword => self.set_password(false),
            Op::TemporaryPassword => self.set_password(true),
            Op::Force => self.store.account.must_change = true,
            Op::Breach => self.store.account.breached = Some(true),
            Op::OtherPolicy => self.store.account.accepted_under = Some([7; 32]),
            Op::Disable(is_disabled) => self.store.account.disabled = is_disabled,
        }
        self.check();
    }

    fn set_password(&mut self, is_temporary: bool) {
        let account = self.store.account.clone().with_new_password(self.policy, self.moment());
        self.store.account = AccountState { temporary: Some(is_temporary), ..account };
        self.store.failures.clear();
        self.passwords += 1;
        self.reset_failures();
        self.failed.clear();
        (self.is_shifted, self.grace_sessions, self.temporary_uses) = (false, 0, 0);
    }

    fn reset_failures(&mut self) {
        self.wrong.clear();
        self.resets += 1;
    }

    fn sign_in(&mut self, network: u8, is_correct: bool) {
        let mut next = self.begin(network, is_correct);
        while let Some(pending) = next {
            next = self.step(pending);
        }
    }

    fn begin(&mut self, network: u8, is_correct: bool) -> Option<Pending> {
        let account = self.store.look_up(network);
        let Decision { standing, effects } =
            sign_in_failed(self.policy, &account, self.moment()).expect("every fact");
        if standing.refuses_sign_in() {
            self.count(standing.code());
            assert!(self.store.apply(network, &effects), "nothing happened in between");
            return None;
        }
        let password = self.passwords;
        let began = (self.now, self.resets);
        Some(Pending { network, is_correct, account, password, began, counting: Some(effects) })
    }

    fn step(&mut self, mut pending: Pending) -> Option<Pending> {
        let network = pending.network;
        if let Some(effects) = pending.counting.take() {
            if !self.store.apply(network, &effects) {
                self.count("superseded");
                return self.begin(network, pending.is_correct);
            }
            self.failed.insert(network);
            return Some(pending);
        }
        if !pending.is_correct || pending.password != self.passwords {
            let (at, resets) = pending.began;
            let is_known = pending.account.known_network == Some(true);
            // A success in the meantime cleared the failure.
            if resets == self.resets {
                self.wrong.push(Wrong { at, network, is_known });
            }
            self.count("wrong");
            return None;
        }
        let account = self.store.account.clone();
        let Decision { standing, effects } =
            signed_in(self.policy, &pending.account, None, self.moment()).expect("every fact");
        if standing.refuses_sign_in() {
            assert!(effects.is_empty(), "a refused sign-in has no effects");
            return None;
        }
        if !self.store.apply(network, &effects) {
            self.count("success superseded");
            return None;
        }
        self.count(standing.code());
        self.check_success(network, standing, &account);
        None
    }

    /// Checks a successful sign-in. `account` is the state before it.
    fn check_success(&mut self, network: u8, standing: Standing, account: &AccountState) {
        let after = self.store.look_up(network);
        assert_eq!(
            (after.network_failures, after.account_failures),
            (Some(Failures::default()), Some(Failures::default())),
            "success clears failures"
        );
        assert_eq!(after.last_use, Some(self.moment()));
        self.reset_failures();
        self.failed.remove(&network);
        self.is_shifted = false;
        if account.temporary == Some(true) {
            self.temporary_uses += 1;
            assert!(self.temporary_uses <= 1, "a temporary password is used once");
        }
        if standing.permits_session() {
            assert!(after.known_network == Some(true), "a session makes the network known");
            self.grace_sessions += usize::from(matches!(standing, Standing::Grace { .. }));
            assert!(self.grace_sessions <= GRACE, "the sign-ins after the end are limited");
        }
    }

    /// Checks the invariants that hold at any time.
    fn check(&self) {
        let account = &self.store.account;
        assert!(self.store.known.len() <= MAX_KNOWN_NETWORKS);
        let all = self.store.failures.values().chain(&account.account_failures);
        assert!(all.map(|failures| failures.count).max().unwrap_or(0) <= 1_000_000, "the state is bounded");
        for network in 0..5 {
            self.check_standing(network);
            self.check_unlocking(network);
        }
        self.check_attempts();
    }

    fn check_standing(&self, network: u8) {
        let account = self.store.look_up(network);
        let seen = standing(self.policy, &account, self.moment()).expect("every fact");
        let set = account.password_set.expect("a password").unix();
        let age = self.now - set;
        if seen.permits_session() {
            assert!(!account.disabled && !account.must_change && account.breached != Some(true), "{account:?}");
            assert!(account.temporary == Some(false), "a temporary password opens no session");
            assert_eq!(account.accepted_under, Some(*self.policy.digest()));
        }
        match seen {
            Standing::Fine => assert!((-DAY..MAX_AGE - WARN_BEFORE).contains(&age), "fine at the age {age}"),
            Standing::Warn { days } => {
                assert!((MAX_AGE - WARN_BEFORE..MAX_AGE).contains(&age), "warned at the age {age}");
                let left = MAX_AGE - age;
                assert!((1..=7).contains(&days) && days.cast_signed() * DAY >= left);
            }
            Standing::Grace { left } => {
                assert!(!(-DAY..MAX_AGE).contains(&age));
                assert_eq!(left as usize, GRACE - self.grace_sessions);
            }
            Standing::MustChange { reason: ChangeReason::Expired } => {
                assert!(!(-DAY..MAX_AGE).contains(&age) && self.grace_sessions == GRACE);
            }
            Standing::Disabled { reason: DisabledReason::Inactive } => {
                let used = account.last_use.expect("a fact").unix();
                assert!(used == 0 || self.now - used >= INACTIVE, "inactive, but used at {used}");
                assert!(!(-DAY..INACTIVE).contains(&age), "setting a password is a use");
            }
            Standing::MustChange { reason: ChangeReason::Temporary } => {
                assert!(age < TEMPORARY && self.temporary_uses == 0);
            }
            _ => {}
        }
        let is_locked = matches!(seen, Standing::Locked { .. })
            || seen == Standing::Disabled { reason: DisabledReason::TooManyFailures };
        if account.known_network == Some(true) && !self.failed.contains(&network) {
            assert!(!is_locked, "others lock a known network: {seen:?}");
        }
    }

    /// A lock ends by time alone, whatever the clock did before. An attempt may be necessary, which corrects a time.
    fn check_unlocking(&self, network: u8) {
        let mut store = self.store.clone();
        let account = store.look_up(network);
        let attempt = sign_in_failed(self.policy, &account, self.moment()).expect("every fact");
        let Standing::Locked { until } = attempt.standing else { return };
        assert!(until > self.moment() && until.unix() <= self.now + DAY, "no lock is longer than a day");
        assert!(store.apply(network, &attempt.effects));
        let account = store.look_up(network);
        let at = |at: i64| standing(self.policy, &account, Moment::from_unix(at)).expect("every fact");
        assert!(at(until.unix() - 1).refuses_sign_in(), "a lock does not end early");
        assert!(!matches!(at(until.unix()), Standing::Locked { .. }), "a lock ends by time alone");
    }

    /// The number of wrong passwords that were compared is limited.
    fn check_attempts(&self) {
        let times = |applies: &dyn Fn(&Wrong) -> bool| {
            let mut times: Vec<i64> =
                self.wrong.iter().filter(|wrong| applies(wrong)).map(|wrong| wrong.at).collect();
            times.sort_unstable();
            times
        };
        let unknown = times(&|wrong| !wrong.is_known);
        if self.disables {
            for network in 0..5 {
                let count = times(&|wrong| wrong.network == network).len();
                assert!(count <= DISABLE_AFTER, "{count} consecutive wrong passwords from one network");
            }
            assert!(unknown.len() <= DISABLE_AFTER, "{} consecutive wrong passwords", unknown.len());
        }
        // The times of a shifted clock cannot be compared.
        if self.is_shifted {
            return;
        }
        for network in 0..5 {
            let of_network = times(&|wrong| wrong.network == network);
            let mut runs = of_network.windows(MAX_FAILURES + 1);
            assert!(runs.all(|run| run[MAX_FAILURES] - run[0] >= LOCK.min(WINDOW)), "one network: {of_network:?}");
        }
        let mut runs = unknown.windows(MAX_FAILURES_PER_ACCOUNT + 1);
        assert!(runs.all(|run| run[MAX_FAILURES_PER_ACCOUNT] - run[0] >= LOCK), "all networks: {unknown:?}");
    }
}

/// Every event must occur, or the walks test nothing.
const EVENTS: [&str; 16] = [
    "wrong",
    "superseded",
    "success superseded",
    "standing.locked",
    "standing.disabled",
    "standing.inactive",
    "standing.temporary_expired",
    "standing.too_many_failures",
    "standing.fine",
    "standing.expires_soon",
    "standing.grace",
    "standing.expired",
    "standing.temporary",
    "standing.forced",
    "standing.breached",
    "standing.policy_stricter",
];

#[test]
fn random_walks_keep_the_invariants() {
    let timed = Policy::parse(POLICY).expect("a policy");
    let disabling = Policy::parse(&format!("{POLICY}disable_after = {DISABLE_AFTER}\n")).expect("a policy");
    let mut tally: BTreeMap<&'static str, usize> = BTreeMap::new();
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let counted = std::cell::RefCell::new(&mut tally);
    runner
        .run(&(any::<bool>(), prop::collection::vec(op(), 1..120)), |(disables, ops)| {
            let mut walk = Walk::new(if disables { &disabling } else { &timed }, disables);
            ops.iter().for_each(|op| walk.take(op));
            for (event, count) in walk.tally {
                *counted.borrow_mut().entry(event).or_default() += count;
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    for event in EVENTS {
        assert!(tally.contains_key(event), "no walk has the event `{event}`: {tally:?}");
    }
}

#[test]
fn parallel_attempts_do_not_exceed_the_limit() {
    let policy = Policy::parse(POLICY).expect("a policy");
    let mut walk = Walk::new(&policy, false);
    for _ in 0..64 {
        let begun = walk.begin(1, false);
        walk.pending.extend(begun);
    }
    assert_eq!(walk.pending.len(), 64, "all of them looked up the same state");
    while let Some(pending) = walk.pending.pop() {
        let stepped = walk.step(pending);
        walk.pending.extend(stepped);
    }
    assert!(walk.wrong.len() <= MAX_FAILURES, "{} wrong passwords were compared", walk.wrong.len());
}
