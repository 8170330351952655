//! Consecutive failed sign-ins: how many, and until when they lock.

use crate::policy::standing::{MAX_LOCK, SignInPolicy};
use crate::time::Moment;

/// The maximum number of failures that is stored. More do not lock for longer.
const MAX_COUNT: u64 = 1_000_000;

/// Consecutive failed sign-ins. Two numbers, however many failures there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// The number of failures since the last success, at most 1,000,000.
    pub count: u64,
    /// The newest failure; `None` if there is none.
    pub newest: Option<Moment>,
}

/// How failures lock: after every `max`, and by a pause after each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    max: u64,
    delay: u64,
    lock: u64,
    /// How long after the end of a pause the failures are forgotten; `None` if only a success clears them.
    window: Option<u64>,
}

impl Limit {
    /// The limit of one network. With `disable_after`, failures add up until a success.
    pub(super) fn of_network(policy: &SignInPolicy) -> Limit {
        let window = policy.disable_after.is_none().then_some(policy.window);
        Limit { max: policy.max_failures, delay: policy.delay, lock: policy.lock, window }
    }

    /// The limit of all unknown networks together.
    pub(super) fn of_account(policy: &SignInPolicy) -> Limit {
        Limit { max: policy.max_failures_per_account, delay: 0, lock: policy.lock, window: None }
    }

    /// Returns how long `count` failures lock after the newest, in seconds.
    fn pause(self, count: u64) -> u64 {
        let (locks, since_lock) = (count / self.max.max(1), count % self.max.max(1));
        match (count, since_lock) {
            (0, _) => 0,
            (_, 0) => doubled(self.lock, locks - 1).min(MAX_LOCK),
            _ => doubled(self.delay, since_lock - 1).min(self.lock),
        }
    }
}

fn doubled(seconds: u64, times: u64) -> u64 {
    seconds.saturating_mul(1 << times.min(32))
}

impl Failures {
    /// Returns the failures as they count at `now`. A failure without a plausible time, or in the future, counts as if it
    /// had just happened. Failures that the window excludes do not count.
    fn at(self, limit: Limit, now: Moment) -> Failures {
        if self.count == 0 {
            return Failures::default();
        }
        let newest = self.newest.filter(|newest| newest.is_plausible() && *newest <= now).unwrap_or(now);
        let forgotten = limit.window.map(|window| newest.plus(limit.pause(self.count)).plus(window));
        if forgotten.is_some_and(|end| end <= now) {
            return Failures::default();
        }
        Failures { newest: Some(newest), ..self }
    }

    /// Returns the end of the lock; `None` if the failures do not lock.
    pub(super) fn locked_until(self, limit: Limit, now: Moment) -> Option<Moment> {
        let counted = self.at(limit, now);
        let until = counted.newest?.plus(limit.pause(counted.count));
        (until > now).then_some(until)
    }

    /// Returns the failures with one more at `now`.
    pub(super) fn with_one_more(self, limit: Limit, now: Moment) -> Failures {
        Failures { count: self.at(limit, now).count.saturating_add(1).min(MAX_COUNT), newest: Some(now) }
    }

    /// Returns the failures to store instead if their time cannot be correct.
    pub(super) fn corrected(self, limit: Limit, now: Moment) -> Option<Failures> {
        let counted = self.at(limit, now);
        (counted.count > 0 && counted.newest != self.newest).then_some(counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    #[test]
    fn pauses_double_and_locks_follow_every_maximum() {
        let limit = Limit { max: 3, delay: 10, lock: 900, window: None };
        let pauses: Vec<u64> = (0..10).map(|count| limit.pause(count)).collect();
        assert_eq!(pauses, [0, 10, 20, 900, 10, 20, 1800, 10, 20, 3600]);
        assert_eq!(limit.pause(3 * 60), DAY);
        let slow = Limit { max: 100, delay: 3600, ..limit };
        assert_eq!(slow.pause(50), 900);
    }

    #[test]
    fn count_is_bounded() {
        let limit = Limit { max: 100, delay: 0, lock: 900, window: None };
        let now = Moment::from_unix(1_795_392_000);
        let full = Failures { count: u64::MAX, newest: Some(now) };
        assert_eq!(full.with_one_more(limit, now).count, MAX_COUNT);
    }
}
