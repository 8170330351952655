//! What can happen on a walk, in a world of two people and six addresses.

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

/// What is typed, and the one spelling that is meant.
pub(crate) const ADDRESSES: [(&str, &str); 6] = [
    ("zhangsan@example.org", "zhangsan@example.org"),
    (" ZHANGSAN@Example.ORG", "zhangsan@example.org"),
    ("152-0000 0000", "15200000000"),
    ("lisi@example.org", "lisi@example.org"),
    ("15200000001", "15200000001"),
    ("nobody@example.org", "nobody@example.org"),
];
pub(crate) const PEOPLE: [(&str, &str, &str); 2] =
    [("zhangsan", "ZhangSan@example.org", "15200000000"), ("lisi", "lisi@example.org", "15200000001")];

#[derive(Clone, Copy, Debug)]
pub(crate) enum CaptchaPick {
    Solved,
    Used,
    None,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum CodePick {
    /// The newest that was sent to the address.
    Newest,
    /// The one before.
    Older,
    /// The newest that was sent to anybody.
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

/// What a submission has other than the request for its code had.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Swap {
    Nothing,
    Address(usize),
    Client,
    Device,
    /// Signed in as this one, or no longer.
    Purpose(usize),
    /// Signed in as the other one.
    User,
}

#[derive(Clone, Debug)]
pub(crate) struct Submission {
    /// For which of the codes that were sent, counted from the newest.
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
    /// A submission from beginning to end.
    Submit(Submission),
    /// A submission that others may come between.
    Begin(Submission),
    Step(usize),
    /// The host dies in the middle of a submission.
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

/// How often a walk came to what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(std::collections::BTreeMap<&'static str, usize>);

impl Tally {
    pub(crate) fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Tally) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    /// Everything that walks must come to, and how often they did.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let musts = [
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
            "outrun",
            "crashed",
            "budget spent",
            "changed",
            "change outrun",
        ];
        musts.into_iter().map(|what| (what, self.0.get(what).copied().unwrap_or(0)))
    }
}
