//! One random walk. The host with the engine is compared with the model after every step.

use kouling::flow::{Approved, ChallengeState, Next, Purpose};

use super::host::{Engine, Host, PendingSubmission, START, SubmissionInput, caller, channel_of};
use super::invariants::{Log, SentCode};
use super::ops::{ADDRESSES, CaptchaPick, CodePick, Op, PasswordPick, Submission, Swap, Tally, USERS};
use super::plain::{Model, RequestContext, SendOutcome, Stage, TrackedSubmission, User};

pub(crate) struct Walk<'e> {
    pub(crate) host: Host<'e>,
    pub(crate) model: Model,
    pub(crate) log: Log,
    pub(crate) tally: Tally,
    pending_submissions: Vec<(PendingSubmission<'e>, TrackedSubmission)>,
    pending_changes: Vec<(usize, usize, String, Approved)>,
    passwords_typed: usize,
}

impl<'e> Walk<'e> {
    pub(crate) fn new(engine: &'e Engine, seed: u64) -> Walk<'e> {
        let mut host = Host::new(engine).with_seed(seed);
        let mut model = Model { now: START.unix(), ..Model::default() };
        for (name, mail, phone) in USERS {
            let password = format!("The-first-of-{name}");
            host.add_account(name, Some(mail), Some(phone), &[&password]);
            model.users.push(User {
                mail: Some(mail.to_lowercase()),
                phone: phone.to_owned(),
                is_active: true,
                passwords: vec![password],
                sessions: 0,
            });
        }
        Walk {
            host,
            model,
            log: Log::default(),
            tally: Tally::default(),
            pending_submissions: Vec::new(),
            pending_changes: Vec::new(),
            passwords_typed: 0,
        }
    }

    fn id(index: usize) -> String {
        format!("id-{}", USERS[index].0)
    }

    pub(crate) fn take(&mut self, op: &Op) {
        match op {
            Op::Send { address, update, client, device, peer, captcha } => {
                let context = RequestContext {
                    address: ADDRESSES[*address].1.to_owned(),
                    is_update: *update,
                    client: *client,
                    device: *device,
                    session: None,
                };
                self.send(ADDRESSES[*address].0, &context, *peer, *captcha);
            }
            Op::Submit(submission) => {
                let (mut pending, mut tracked) = self.begin(submission);
                while let Some((stepped, then)) = self.step(pending, tracked) {
                    (pending, tracked) = (stepped, then);
                }
            }
            Op::Begin(submission) => {
                let begun = self.begin(submission);
                self.pending_submissions.push(begun);
            }
            Op::Step(n) if !self.pending_submissions.is_empty() => {
                let (pending, tracked) = self.pending_submissions.remove(n % self.pending_submissions.len());
                if let Some(stepped) = self.step(pending, tracked) {
                    self.pending_submissions.push(stepped);
                }
            }
            Op::Crash(n) if !self.pending_submissions.is_empty() => {
                self.pending_submissions.remove(n % self.pending_submissions.len());
                self.tally.count("crashed");
            }
            Op::Wait(seconds) => self.shift_clock(*seconds as i64),
            Op::TurnBack(seconds) => self.shift_clock(-(*seconds as i64)),
            Op::Lock(index) | Op::Unlock(index) => {
                let active = matches!(op, Op::Unlock(_));
                self.host.store.account_mut(&Walk::id(*index)).is_active = active;
                self.model.users[*index].is_active = active;
            }
            Op::SignIn(index) => {
                let user = &mut self.model.users[*index];
                let password = user.passwords.last().cloned().unwrap_or_default();
                let session = self.host.sign_in(&Walk::id(*index), &password);
                assert_eq!(session.is_some(), user.is_active, "only an active user can sign in");
                user.sessions += usize::from(session.is_some());
            }
            Op::BeginChange { who, right } => self.begin_change(*who, *right),
            Op::CommitChange if !self.pending_changes.is_empty() => self.commit_change(),
            Op::GiveUpMail(index) | Op::TakeMailBack(index) => {
                let mail = matches!(op, Op::TakeMailBack(_)).then(|| USERS[*index].1);
                self.host.store.account_mut(&Walk::id(*index)).email = mail.map(str::to_owned);
                self.model.users[*index].mail = mail.map(str::to_lowercase);
            }
            Op::Step(_) | Op::Crash(_) | Op::CommitChange => {}
        }
        self.compare();
        self.log.check(&self.host);
    }

    fn shift_clock(&mut self, seconds: i64) {
        self.model.now += seconds;
        self.host.now = kouling::Moment::from_unix(self.model.now);
    }

    fn send(&mut self, typed: &str, context: &RequestContext, peer: u8, captcha: CaptchaPick) {
        let purpose = if context.is_update { Purpose::UpdatePassword } else { Purpose::ForgotPassword };
        let mut request = self.host.send_request(caller(context.client, context.device), typed, purpose);
        request.peer = format!("192.0.2.{peer}");
        match captcha {
            CaptchaPick::Solved => {}
            CaptchaPick::None => request.captcha_token = None,
            CaptchaPick::Used => {
                for captcha in &mut self.host.store.captchas {
                    captcha.state = kouling::flow::CaptchaState::Used;
                }
            }
        }
        let before = self.host.store.codes().count();
        let result = self.host.send(&request);
        let sent: Vec<_> = self.host.store.codes().skip(before).collect();
        let expected = self.model.send(context, peer, matches!(captcha, CaptchaPick::Solved));
        let result_name = result.map_or_else(|refusal| refusal.code().to_owned(), |()| "sent".to_owned());
        let (name, expected_result, count) = match expected {
            SendOutcome::Sent => ("sent", "sent", 1),
            SendOutcome::Withheld => ("withheld", "sent", 0),
            SendOutcome::Limited => ("limited", "reset.limit_reached", 0),
            SendOutcome::NotSent => ("not sent", "reset.not_sent", 0),
        };
        assert_eq!(
            (result_name.as_str(), sent.len()),
            (expected_result, count),
            "the result of a request for a code"
        );
        self.tally.count(name);
        if let Some((to, code)) = sent.first() {
            let code = (*code).to_owned();
            self.log.record_sent_code(SentCode {
                text: code.clone(),
                context: context.clone(),
                at: self.model.now,
                to: (*to).clone(),
            });
            self.model.record_sent_code(context, code);
        }
    }

    fn pick_code(&self, pick: CodePick, address: &str) -> String {
        let mut of_address = self.model.codes.iter().rev().filter(|code| code.address == address);
        let picked = match pick {
            CodePick::Newest => of_address.next(),
            CodePick::Older => of_address.nth(1),
            CodePick::OfAnybody => self.model.codes.last(),
            CodePick::Wrong => None,
        };
        picked.map_or_else(|| "WRONGWRONGWRONGW".to_owned(), |code| code.text.clone())
    }

    /// Returns the context of a submission: that of the request for its code, except for the swapped property.
    fn context(&self, submission: &Submission) -> RequestContext {
        let codes = &self.model.codes;
        let mut context = match codes.iter().rev().nth(submission.of).or(codes.last()) {
            Some(code) => RequestContext {
                address: code.address.clone(),
                is_update: code.is_update,
                client: code.client,
                device: code.device,
                session: code.owner.filter(|_| code.is_update),
            },
            None => {
                let address = ADDRESSES[0].1.to_owned();
                RequestContext { address, is_update: false, client: 1, device: 1, session: None }
            }
        };
        match submission.swap {
            Swap::Nothing => {}
            Swap::Address(n) => ADDRESSES[n].1.clone_into(&mut context.address),
            Swap::Client => context.client = 3 - context.client,
            Swap::Device => context.device = 3 - context.device,
            Swap::Purpose(index) => context.session = if context.session.is_some() { None } else { Some(index) },
            Swap::User => context.session = context.session.map(|index| 1 - index),
        }
        context.is_update = context.session.is_some();
        context
    }

    fn begin(&mut self, submission: &Submission) -> (PendingSubmission<'e>, TrackedSubmission) {
        let context = self.context(submission);
        let has_address = |(_, normalized): &&(&str, &str)| *normalized == context.address;
        let (typed, normalized) = ADDRESSES.iter().rev().find(has_address).expect("an address of the walk");
        self.passwords_typed += 1;
        let n = self.passwords_typed;
        let password = match submission.password {
            PasswordPick::Fresh => format!("Fresh-password-{n}-for-all"),
            PasswordPick::Decomposed => format!("Caf{}-password-{n}-for-all", "e\u{301}"),
            PasswordPick::Short => format!("s{n}"),
            PasswordPick::WithNul => format!("Fresh-password-{n}\0-for-all"),
        };
        let code = self.pick_code(submission.code, normalized);
        let input = SubmissionInput {
            caller: caller(context.client, context.device),
            address: (*typed).to_owned(),
            channel: channel_of(typed),
            code: code.clone(),
            password: password.clone(),
            signed_in: context.session.map(Walk::id),
        };
        let tracked =
            TrackedSubmission { context, code, password, started_at: self.model.now, stage: Stage::Started };
        let before = self.host.store.clone();
        let pending = self.host.begin(&input);
        assert!(self.host.store == before, "10: starting a submission changes nothing");
        (pending, tracked)
    }

    /// Performs one step of the host and of the model. Returns `None` if the submission has ended.
    fn step(
        &mut self,
        pending: PendingSubmission<'e>,
        mut tracked: TrackedSubmission,
    ) -> Option<(PendingSubmission<'e>, TrackedSubmission)> {
        let is_look_up = matches!(pending.next, Next::LookUpChallenge { .. } | Next::LookUpAccount { .. });
        let previous = tracked.stage.clone();
        self.log.check_output(&pending, &tracked);
        let before = self.host.store.clone();
        let stepped = pending.step(&mut self.host).unwrap_or_else(|outcome| panic!("ended early: {outcome:?}"));
        assert!(!is_look_up || self.host.store == before, "10: a look-up changes nothing");
        self.log.check_output(&stepped, &tracked);
        self.model.step(&mut tracked);
        if let (Stage::Found(_), Stage::Compared(_) | Stage::Ended(_)) = (&previous, &tracked.stage) {
            let pairs = before.challenges.iter().zip(&self.host.store.challenges);
            match pairs.map(|(old, new)| (old, new.decode())).find(|(old, new)| old.decode() != *new) {
                Some((_, counted)) => {
                    let is_correct = matches!(stepped.next, Next::LookUpAccount { .. });
                    self.log.record_comparison(&counted, &tracked, is_correct);
                }
                None => self.tally.count("budget used up"),
            }
        }
        let has_ended = matches!(stepped.next, Next::Refused(..) | Next::CannotJudge(..) | Next::Done);
        if !has_ended {
            assert!(
                !matches!(tracked.stage, Stage::Ended(_)),
                "the model ended with {:?}, but the flow continues",
                tracked.stage
            );
            return Some((stepped, tracked));
        }
        let Err(outcome) = stepped.step(&mut self.host) else { panic!("the last step must end the submission") };
        let Stage::Ended(expected) = tracked.stage else {
            panic!("the flow ended with {outcome:?}, but the model continues")
        };
        assert_eq!(outcome.code(), expected, "{tracked:?}");
        self.tally.count(match (expected, &previous) {
            ("done", _) if tracked.context.session.is_some() => "done signed in",
            ("reset.code_refused", Stage::Evaluated(_)) => "revoked while pending",
            _ => expected,
        });
        if expected == "done" {
            self.log.check_reset(&tracked, &before, &self.host);
        }
        None
    }

    fn begin_change(&mut self, index: usize, is_correct: bool) {
        self.passwords_typed += 1;
        let new = format!("Changed-password-{}", self.passwords_typed);
        let user = &self.model.users[index];
        let old = if is_correct { user.passwords.last().cloned() } else { Some("not the old one".to_owned()) };
        let approved = self.host.begin_change(&caller(1, 1), &Walk::id(index), old.as_deref(), &new);
        assert_eq!(
            approved.is_ok(),
            is_correct && user.is_active,
            "a change needs the old password and an active user"
        );
        if let Ok(approved) = approved {
            self.pending_changes.push((index, user.passwords.len(), new, approved));
        }
    }

    fn commit_change(&mut self) {
        let (index, password_count, new, approved) = self.pending_changes.remove(0);
        let written = self.host.commit(approved);
        assert_eq!(
            written,
            self.model.change(index, password_count, &new),
            "a change is written only if the account is unchanged"
        );
        self.tally.count(if written { "changed" } else { "change superseded" });
        if written {
            self.log.record_change(index);
        }
    }

    /// Compares the store with the model.
    fn compare(&self) {
        for (index, user) in self.model.users.iter().enumerate() {
            let id = Walk::id(index);
            let matches: Vec<bool> =
                user.passwords.iter().map(|password| self.host.has_password(&id, password)).collect();
            let current = matches.len() - 1;
            let expected: Vec<bool> = (0..matches.len()).map(|n| n == current).collect();
            assert_eq!(matches, expected, "16: only the current password of {id} is valid");
            let sessions = self.host.store.sessions.iter().filter(|(_, owner)| *owner == id).count();
            assert_eq!(sessions, user.sessions, "7: the number of sessions of {id}");
        }
        let stored: Vec<(bool, u64)> = self
            .host
            .store
            .challenges
            .iter()
            .map(|challenge| challenge.decode())
            .map(|challenge| (challenge.state() == ChallengeState::Valid, challenge.submissions_left()))
            .collect();
        let codes: Vec<(bool, u64)> = self.model.codes.iter().map(|code| (code.is_valid, code.left)).collect();
        assert_eq!(stored, codes, "the codes: validity and submissions left");
        let events = self.host.store.events.iter().filter(|(key, _)| key.starts_with("wrong:"));
        let mut counted: Vec<Vec<i64>> = events.map(|(_, at)| at.iter().map(|at| at.unix()).collect()).collect();
        let mut wrong_codes: Vec<Vec<i64>> = self.model.wrong_codes.values().cloned().collect();
        for lists in [&mut counted, &mut wrong_codes] {
            lists.iter_mut().for_each(|list| list.sort_unstable());
            lists.retain(|list| !list.is_empty());
            lists.sort();
        }
        assert_eq!(counted, wrong_codes, "5: wrong codes by account and requester");
    }
}
