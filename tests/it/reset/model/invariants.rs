//! Checks of the invariants on the records of the host and the steps of the flow. They do not use the model. The number in
//! a message is the number of the invariant.

use std::collections::BTreeMap;

use kouling::flow::{Challenge, ChallengeState, Channel, Next, Recipient};

use super::host::{Host, Message, PendingSubmission, Store, StoredChallenge, hex, key};
use super::ops::USERS;
use super::plain::{
    ACCOUNT_WINDOW, MAIL_LIFETIME, MAX_WRONG, MAX_WRONG_OF_ACCOUNT, PHONE_LIFETIME, RequestContext,
    TrackedSubmission, WRONG_WINDOW,
};

/// A code that was sent, with the context of the request and the recipient.
#[derive(Clone, Debug)]
pub(crate) struct SentCode {
    pub(crate) text: String,
    pub(crate) context: RequestContext,
    pub(crate) at: i64,
    pub(crate) to: Recipient,
}

/// The events of the walk so far.
#[derive(Default)]
pub(crate) struct Log {
    sent: Vec<SentCode>,
    /// The number of authorized password changes of each account.
    authorized_changes: BTreeMap<String, usize>,
    /// The codes that set a password.
    used_codes: Vec<String>,
    /// The times at which a wrong code was compared, by account or address.
    wrong_codes: BTreeMap<String, Vec<i64>>,
    /// The same times by account or address, and requester.
    wrong_codes_of_requester: BTreeMap<(String, String), Vec<i64>>,
}

fn used_challenges(store: &Store) -> usize {
    store.challenges.iter().map(StoredChallenge::decode).filter(|c| c.state() == ChallengeState::Used).count()
}

impl Log {
    pub(crate) fn record_sent_code(&mut self, sent: SentCode) {
        let mail = USERS.iter().find(|(_, mail, _)| mail.to_lowercase() == sent.context.address);
        let on_record = match (&sent.to.account, mail) {
            (Some(_), Some((_, mail, _))) => *mail,
            _ => sent.context.address.as_str(),
        };
        assert_eq!(sent.to.address, on_record, "2: a code goes to the address on record");
        assert!(!self.sent.iter().any(|other| other.text == sent.text), "13: every code is new");
        self.sent.push(sent);
    }

    fn sent_code(&self, text: &str) -> &SentCode {
        let found = self.sent.iter().find(|sent| sent.text == text);
        found.unwrap_or_else(|| panic!("1: the code was never sent"))
    }

    pub(crate) fn record_change(&mut self, index: usize) {
        *self.authorized_changes.entry(format!("id-{}", USERS[index].0)).or_default() += 1;
    }

    /// Records a submission that was counted and whose code was compared with the challenge.
    pub(crate) fn record_comparison(
        &mut self,
        challenge: &Challenge,
        tracked: &TrackedSubmission,
        is_correct: bool,
    ) {
        let subject = challenge.account().map_or_else(|| challenge.address().key(), str::to_owned);
        if !is_correct {
            let by = (subject.clone(), challenge.requester());
            self.wrong_codes_of_requester.entry(by).or_default().push(tracked.started_at);
            self.wrong_codes.entry(subject).or_default().push(tracked.started_at);
        }
    }

    /// Checks and records a submission that set a password.
    pub(crate) fn check_reset(&mut self, tracked: &TrackedSubmission, before: &Store, host: &Host<'_>) {
        let sent = self.sent_code(&tracked.code).clone();
        let account = sent.to.account.clone().expect("1: a code without an account never sets a password");
        let (requested, submitted) = (&sent.context, &tracked.context);
        let lifetime = if sent.to.channel == Channel::Email { MAIL_LIFETIME } else { PHONE_LIFETIME };
        assert!(
            (0..lifetime).contains(&(tracked.started_at - sent.at)),
            "6: the code is valid at the time of the submission"
        );
        assert_eq!(
            (requested.client, requested.device),
            (submitted.client, submitted.device),
            "8: the client and device are the same"
        );
        assert_eq!(requested.is_update, submitted.is_update, "8: the purpose is the same");
        match submitted.session {
            Some(index) => assert_eq!(account, format!("id-{}", USERS[index].0), "8: the user is the same"),
            None => assert_eq!(requested.address, submitted.address, "8: the address is the same"),
        }
        assert!(!self.used_codes.contains(&tracked.code), "3: a code sets only one password");
        self.used_codes.push(tracked.code.clone());
        assert_eq!(used_challenges(&host.store), used_challenges(before) + 1, "1: a valid code was consumed");
        for challenge in host.store.challenges.iter().map(StoredChallenge::decode) {
            let same_account = challenge.account() == Some(&account);
            assert!(
                !same_account || challenge.state() != ChallengeState::Valid,
                "7: every code of the account is invalid"
            );
        }
        assert!(host.store.sessions.iter().all(|(_, owner)| *owner != account), "7: every session is revoked");
        for (id, stored) in &host.store.accounts {
            let is_unchanged = before.accounts[id].hashes == stored.hashes;
            assert_eq!(is_unchanged, *id != account, "1: only the password of this user is set");
        }
        let normalized = tracked.password.replace("e\u{301}", "\u{e9}");
        assert!(host.has_password(&account, &normalized), "15: the hashed password equals the evaluated one");
        *self.authorized_changes.entry(account).or_default() += 1;
    }

    /// Checks the `Debug` output of a submission and of its next step.
    pub(crate) fn check_output(&self, pending: &PendingSubmission<'_>, tracked: &TrackedSubmission) {
        let output = format!("{:?} {:?}", pending.redemption, pending.next);
        for secret in [&tracked.code, &tracked.password] {
            let trimmed = secret.trim_matches('\0');
            let encodings = [trimmed.to_owned(), trimmed.escape_debug().to_string(), hex(trimmed.as_bytes())];
            assert!(
                trimmed.len() < 8 || encodings.iter().all(|encoding| !output.contains(encoding)),
                "14: no secret appears in the output"
            );
        }
        if let Next::Approved(approved) = &pending.next {
            assert_eq!(
                Some(approved.account()),
                self.sent_code(&tracked.code).to.account.as_deref(),
                "1: the approval is for the account of the code"
            );
        }
    }

    fn check_limit(&self, subject: &str, times: &[i64], max: usize, window: i64) {
        for from in times {
            let count = times.iter().filter(|at| (*from..from + window).contains(at)).count();
            assert!(count <= max, "4, 5: {count} wrong codes for {subject} were compared in one window");
        }
    }

    /// Checks the invariants that hold after every step.
    pub(crate) fn check(&self, host: &Host<'_>) {
        let store = &host.store;
        for (id, stored) in &store.accounts {
            let authorized_changes = self.authorized_changes.get(id).copied().unwrap_or(0);
            assert_eq!(
                stored.hashes.len(),
                1 + authorized_changes,
                "1: every password change of {id} was authorized"
            );
        }
        assert_eq!(used_challenges(store), self.used_codes.len(), "3: each consumed code set one password");
        let valid: Vec<_> = store
            .challenges
            .iter()
            .map(StoredChallenge::decode)
            .filter(|c| c.state() == ChallengeState::Valid)
            .collect();
        for (n, one) in valid.iter().enumerate() {
            for other in valid[n + 1..].iter().filter(|other| other.requester() == one.requester()) {
                assert!(
                    one.address() != other.address(),
                    "7: a requester has at most one valid code for an address"
                );
                assert!(
                    one.account().is_none() || one.account() != other.account(),
                    "7: a requester has at most one valid code for an account"
                );
            }
        }
        for ((subject, _), times) in &self.wrong_codes_of_requester {
            self.check_limit(subject, times, MAX_WRONG, WRONG_WINDOW);
        }
        for (subject, times) in &self.wrong_codes {
            self.check_limit(subject, times, MAX_WRONG_OF_ACCOUNT, ACCOUNT_WINDOW);
        }
        let operator_key = hex(key(1).key.as_ref());
        for stored in &store.challenges {
            let text = String::from_utf8_lossy(&stored.bytes);
            assert!(!text.contains(&operator_key), "13: no key is stored");
            assert!(self.sent.iter().all(|sent| !text.contains(&sent.text)), "13, 14: no code is stored");
        }
        let audit = format!("{:?}", store.audit);
        assert!(self.sent.iter().all(|sent| !audit.contains(&sent.text)), "14: no audit event contains a code");
        let addresses: Vec<&str> = USERS.iter().flat_map(|(_, mail, phone)| [*mail, *phone]).collect();
        for message in &store.outbox {
            if let Message::PasswordChanged { to } = message {
                assert!(addresses.contains(&to.as_str()), "2: notifications go to addresses on record");
            }
        }
    }
}
