//! The operations of a random walk, on two users and six addresses.

pub(crate) const POLICY: &str = r#"
format = 1
[rules.length]
min = 8
[reset.code]
alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
length = 16
lifetime = "20m"
max_submissions = 3
max_refusals = 2
window = "1h"
[reset.limits]
per_account = "4/h"
per_address = "3/h"
per_requester = "2/h"
per_peer = "6/h"
wrong_codes_per_account = "5/2h"
"#;

/// Addresses as typed, and in their normalized form.
pub(crate) const ADDRESSES: [(&str, &str); 6] = [
    ("zhangsan@example.org", "zhangsan@example.org"),
    (" ZHANGSAN@Example.ORG", "zhangsan@example.org"),
    ("152-0000 0000", "15200000000"),
    ("lisi@example.org", "lisi@example.org"),
    ("15200000001", "15200000001"),
    ("nobody@example.org", "nobody@example.org"),
];
pub(crate) const USERS: [(&str, &str, &str); 2] =
    [("zhangsan", "ZhangSan@example.org", "15200000000"), ("lisi", "lisi@example.org", "15200000001")];

#[derive(Clone, Copy, Debug)]
pub(crate) enum CaptchaPick {
    Solved,
    Used,
    None,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum CodePick {
    /// The newest code that was sent to the address.
    Newest,
    /// The code before the newest one.
    Older,
    /// The newest code that was sent to any address.
    OfAnybody,
    Wrong,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum PasswordPick {
    Fresh,
    Decomposed,
    Short,
    WithNul,
}

/// The property in which a submission differs from the request for its code.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Swap {
    Nothing,
    Address(usize),
    Client,
    Device,
    /// Signed in as this user, or not signed in if the request was.
    Purpose(usize),
    /// Signed in as the other user.
    User,
}

#[derive(Clone, Debug)]
pub(crate) struct Submission {
    /// The index of the code that is redeemed, counted from the newest.
    pub(crate) of: usize,
    pub(crate) swap: Swap,
    pub(crate) code: CodePick,
    pub(crate) password: PasswordPick,
}

#[derive(Clone, Debug)]
pub(crate) enum Op {
    Send {
        address: usize,
        update: bool,
        client: u8,
        device: u8,
        peer: u8,
        captcha: CaptchaPick,
    },
    /// A submission from start to end.
    Submit(Submission),
    /// A submission whose steps are interleaved with other operations.
    Begin(Submission),
    Step(usize),
    /// The host crashes in the middle of a submission.
    Crash(usize),
    Wait(u64),
    TurnBack(u64),
    Lock(usize),
    Unlock(usize),
    SignIn(usize),
    BeginChange {
        who: usize,
        right: bool,
    },
    CommitChange,
    GiveUpMail(usize),
    TakeMailBack(usize),
}

/// The number of occurrences of each event on a walk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(std::collections::BTreeMap<&'static str, usize>);

impl Tally {
    pub(crate) fn count(&mut self, event: &'static str) {
        *self.0.entry(event).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Tally) {
        for (event, count) in &other.0 {
            *self.0.entry(event).or_default() += count;
        }
    }

    /// Returns the events that long walks must reach, with their numbers of occurrences.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let required = [
            "sent",
            "withheld",
            "limited",
            "not sent",
            "done",
            "done signed in",
            "reset.code_refused",
            "reset.user_unknown",
            "length.too_short",
            "cannot_judge.nul",
            "revoked while pending",
            "crashed",
            "budget used up",
            "changed",
            "change superseded",
        ];
        required.into_iter().map(|event| (event, self.0.get(event).copied().unwrap_or(0)))
    }
}
