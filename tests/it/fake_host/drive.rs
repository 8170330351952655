//! Drives the flow as a server does: requests for codes, and submissions at once or step by step.

use kouling::candidate::CannotJudge;
use kouling::flow::{
    Approved, Caller, Captcha, CaptchaAnswer, CaptchaState, ChangeFacts, Channel, CodeKeys, Effect, Event, Next,
    Purpose, Redemption, RedemptionRequest, Refusal, Secret, SendFacts, SendRequest, Solution, budgets, change,
    send, verify_captcha,
};
use kouling::{Moment, Policy};

use super::{Host, PlainSha, channel_of, hex};

/// The input of a submission that sets a password.
#[derive(Clone, Debug)]
pub(crate) struct SubmissionInput {
    pub(crate) caller: Caller,
    pub(crate) address: String,
    pub(crate) channel: Channel,
    pub(crate) code: String,
    pub(crate) password: String,
    pub(crate) signed_in: Option<String>,
}

impl SubmissionInput {
    pub(crate) fn new(caller: Caller, address: &str, code: &str, password: &str) -> SubmissionInput {
        SubmissionInput {
            caller,
            address: address.to_owned(),
            channel: channel_of(address),
            code: code.to_owned(),
            password: password.to_owned(),
            signed_in: None,
        }
    }
}

/// The result of a submission or of a password change.
#[derive(Debug)]
pub(crate) enum ResetOutcome {
    Done,
    Refused(Refusal),
    CannotJudge(CannotJudge),
}

impl ResetOutcome {
    /// Returns the stable code of the result.
    pub(crate) fn code(&self) -> String {
        match self {
            ResetOutcome::Done => "done".to_owned(),
            ResetOutcome::Refused(refusal) => refusal.code().to_owned(),
            ResetOutcome::CannotJudge(error) => format!("cannot_judge.{}", error.kind().name()),
        }
    }
}

/// A submission in progress.
pub(crate) struct PendingSubmission<'e> {
    pub(crate) redemption: Redemption<'e, &'e Policy, &'e CodeKeys>,
    pub(crate) next: Next,
    pub(crate) started_at: Moment,
}

impl<'e> PendingSubmission<'e> {
    /// Performs what the flow needs next and passes the result to it. Hashing and applying the effects are one step, so
    /// other submissions can be interleaved between evaluation and writing.
    pub(crate) fn step(mut self, host: &mut Host<'e>) -> Result<PendingSubmission<'e>, ResetOutcome> {
        let event = match self.next {
            Next::LookUpChallenge { purpose, channel, address, account, requester } => {
                let found = host.store.newest_challenge(
                    purpose,
                    channel,
                    address.as_ref(),
                    account.as_deref(),
                    &requester,
                );
                Event::Challenge(found.map(Box::new))
            }
            Next::Apply(effects) => {
                let applied = host.store.apply(&effects);
                host.record_comparisons(&effects, applied);
                Event::Applied(applied)
            }
            Next::LookUpAccount { account, address } => {
                let owner = host.store.owner(&address).map(|(id, _)| id).filter(|id| Some(id) == account.as_ref());
                Event::Account(owner.and_then(|id| host.store.account(&id)).map(Box::new))
            }
            Next::Approved(approved) => Event::Applied(host.commit(*approved)),
            Next::Refused(refusal, effects) => {
                assert!(host.store.apply(&effects), "the effects of a refusal have no conditions");
                return Err(ResetOutcome::Refused(refusal));
            }
            Next::CannotJudge(error, effects) => {
                assert!(host.store.apply(&effects), "the effects of a refusal have no conditions");
                return Err(ResetOutcome::CannotJudge(error));
            }
            Next::Done => return Err(ResetOutcome::Done),
        };
        self.next = self.redemption.on(event);
        Ok(self)
    }

    /// Steps until the submission ends.
    pub(crate) fn finish(mut self, host: &mut Host<'e>) -> ResetOutcome {
        loop {
            match self.step(host) {
                Ok(pending) => self = pending,
                Err(outcome) => return outcome,
            }
        }
    }

    /// Steps until the next step has this name.
    pub(crate) fn advance_to(mut self, host: &mut Host<'e>, name: &str) -> PendingSubmission<'e> {
        while step_name(&self.next) != name {
            self = self.step(host).unwrap_or_else(|outcome| panic!("ended before {name}: {outcome:?}"));
        }
        self
    }
}

/// Returns the name of the next step.
pub(crate) fn step_name(next: &Next) -> &'static str {
    match next {
        Next::LookUpChallenge { .. } => "look_up_challenge",
        Next::Apply(_) => "apply",
        Next::LookUpAccount { .. } => "look_up_account",
        Next::Approved(_) => "approved",
        Next::Refused(..) => "refused",
        Next::CannotJudge(..) => "cannot_judge",
        Next::Done => "done",
    }
}

impl<'e> Host<'e> {
    /// An applied reservation is followed by a comparison of the code.
    fn record_comparisons(&mut self, effects: &[Effect], applied: bool) {
        for effect in effects.iter().filter(|_| applied) {
            if let Effect::ReserveSubmission { challenge, .. } = effect {
                self.compared.push((challenge.clone(), self.now));
            }
        }
    }

    /// Creates an open captcha.
    pub(crate) fn create_captcha(&mut self) -> Captcha {
        let captcha = Captcha {
            token: hex(&self.random_bytes::<16>()),
            answer: CaptchaAnswer::Place(237),
            created: self.now,
            state: CaptchaState::Open,
        };
        self.store.captchas.push(captcha.clone());
        captcha
    }

    pub(crate) fn captcha(&self, token: &str) -> Option<Captcha> {
        let id = token.split("---").next().unwrap_or_default();
        self.store.captchas.iter().find(|captcha| captcha.token == id).cloned()
    }

    /// Verifies the solution of a captcha.
    pub(crate) fn solve(&mut self, token: &str, x: f64, point: &str, sender: &str) -> Result<String, Refusal> {
        let policy = &self.engine.policy.reset().captcha;
        let sender = kouling::flow::Address::parse(channel_of(sender), sender);
        let captcha = self.captcha(token);
        let solution = Some(Solution::Place(x));
        let (result, effects) = verify_captcha(policy, captcha.as_ref(), solution, point, sender, self.now);
        if self.store.apply(&effects) { result } else { Err(Refusal::CaptchaFailed) }
    }

    /// Returns the token of a captcha that was solved for an address.
    pub(crate) fn solved_captcha_token(&mut self, address: &str) -> String {
        let captcha = self.create_captcha();
        let point = r#"{"x":237.0,"y":5.0}"#;
        self.solve(&captcha.token, 237.0, point, address).unwrap_or_default()
    }

    /// Returns a valid request for a code.
    pub(crate) fn send_request(&mut self, caller: Caller, address: &str, purpose: Purpose) -> SendRequest {
        SendRequest {
            caller,
            purpose,
            channel: channel_of(address),
            address: address.to_owned(),
            captcha_token: Some(self.solved_captcha_token(address)),
            peer: "192.0.2.1".to_owned(),
        }
    }

    /// Looks up the facts that a request needs.
    pub(crate) fn send_facts(&self, request: &SendRequest) -> SendFacts {
        let Some(address) = request.address() else { return SendFacts::default() };
        let account = self.store.owner(&address);
        let id = account.as_ref().map(|(id, _)| id.as_str());
        let budgets = budgets(&self.engine.policy, request, &address, id);
        SendFacts {
            events: budgets.iter().map(|budget| self.store.events_of(&budget.key)).collect(),
            captcha: request.captcha_token.as_deref().and_then(|token| self.captcha(token)),
            account,
        }
    }

    /// Decides on a request and returns the effects without applying them.
    pub(crate) fn decide_send(&mut self, request: &SendRequest) -> (Result<(), Refusal>, Vec<Effect>) {
        let facts = self.send_facts(request);
        let randomness = self.random_bytes::<80>();
        send(&self.engine.policy, &self.engine.keys, request, &facts, self.now, &randomness)
    }

    pub(crate) fn send(&mut self, request: &SendRequest) -> Result<(), Refusal> {
        let (result, effects) = self.decide_send(request);
        // Another request was applied after the look-up, so no code was sent.
        if self.store.apply(&effects) { result } else { Err(Refusal::NotSent) }
    }

    /// Sends a valid request for a code and returns the code.
    pub(crate) fn send_code(&mut self, caller: Caller, address: &str, purpose: Purpose) -> String {
        let request = self.send_request(caller, address, purpose);
        let before = self.store.codes().count();
        self.send(&request).unwrap_or_else(|refusal| panic!("no code for {address}: {refusal:?}"));
        let codes: Vec<&str> = self.store.codes().map(|(_, code)| code).collect();
        assert_eq!(codes.len(), before + 1, "one code is sent");
        codes.last().map(|code| (*code).to_owned()).expect("a code")
    }

    pub(crate) fn begin(&self, input: &SubmissionInput) -> PendingSubmission<'e> {
        let request = RedemptionRequest {
            caller: input.caller.clone(),
            channel: input.channel,
            address: input.address.clone(),
            code: Secret::new(input.code.clone()),
            password: Secret::new(input.password.clone()),
            signed_in: input.signed_in.clone(),
            reports_all: true,
        };
        let (redemption, next) = Redemption::begin(&self.engine.policy, &self.engine.keys, request, self.now);
        PendingSubmission { redemption: redemption.with_verifier(&PlainSha), next, started_at: self.now }
    }

    /// Runs a submission from start to end.
    pub(crate) fn submit(&mut self, input: &SubmissionInput) -> ResetOutcome {
        self.begin(input).finish(self)
    }

    pub(crate) fn commit(&mut self, approved: Approved) -> bool {
        let hash = self.hash(approved.password().expose());
        let effects = approved.effects(hash);
        self.store.apply(&effects)
    }

    /// Evaluates a password change of a signed-in user. The returned approval is not applied yet.
    pub(crate) fn begin_change(
        &self,
        caller: &Caller,
        account: &str,
        old: Option<&str>,
        new: &str,
    ) -> Result<Approved, ResetOutcome> {
        let stored = self.store.account(account).expect("a signed-in account");
        let secret = old.map(Secret::new);
        let facts = ChangeFacts {
            account: &stored,
            old_is_right: old.map(|old| self.has_password(account, old)),
            old: secret.as_ref(),
            reports_all: true,
            verifier: Some(&PlainSha),
        };
        match change(&self.engine.policy, caller, &Secret::new(new), &facts, self.now) {
            Ok(Ok(approved)) => Ok(approved),
            Ok(Err(refusal)) => Err(ResetOutcome::Refused(refusal)),
            Err(error) => Err(ResetOutcome::CannotJudge(error)),
        }
    }

    pub(crate) fn change(&mut self, caller: &Caller, account: &str, old: Option<&str>, new: &str) -> ResetOutcome {
        match self.begin_change(caller, account, old, new).map(|approved| self.commit(approved)) {
            Ok(true) => ResetOutcome::Done,
            Ok(false) => ResetOutcome::Refused(Refusal::OldPasswordRefused),
            Err(outcome) => outcome,
        }
    }

    /// Signs in and returns the session number.
    pub(crate) fn sign_in(&mut self, account: &str, password: &str) -> Option<u64> {
        let active = self.store.accounts.get(account).is_some_and(|account| account.is_active);
        (active && self.has_password(account, password)).then(|| {
            let session = self.next_random();
            self.store.sessions.push((session, account.to_owned()));
            session
        })
    }
}
