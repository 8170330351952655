//! Drives the two questions as a server does, a request in one go or step by step.

use kouling::candidate::CannotJudge;
use kouling::flow::{
    Approved, Caller, Captcha, CaptchaAnswer, CaptchaState, ChangeFacts, Channel, CodeKeys, Effect, Event, Next,
    Purpose, Redemption, RedemptionRequest, Refusal, Secret, SendFacts, SendRequest, Solution, budgets, change,
    send, verify_captcha,
};
use kouling::{Moment, Policy};

use super::{Host, PlainSha, channel_of, hex};

/// What somebody types to set a password.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) caller: Caller,
    pub(crate) address: String,
    pub(crate) channel: Channel,
    pub(crate) code: String,
    pub(crate) password: String,
    pub(crate) signed_in: Option<String>,
}

impl Typed {
    pub(crate) fn new(caller: Caller, address: &str, code: &str, password: &str) -> Typed {
        Typed {
            caller,
            address: address.to_owned(),
            channel: channel_of(address),
            code: code.to_owned(),
            password: password.to_owned(),
            signed_in: None,
        }
    }
}

/// How a submission ended.
#[derive(Debug)]
pub(crate) enum Ending {
    Done,
    Refused(Refusal),
    CannotJudge(CannotJudge),
}

impl Ending {
    /// The stable word of the answer.
    pub(crate) fn code(&self) -> String {
        match self {
            Ending::Done => "done".to_owned(),
            Ending::Refused(refusal) => refusal.code().to_owned(),
            Ending::CannotJudge(error) => format!("cannot_judge.{}", error.kind().name()),
        }
    }
}

/// A submission on its way.
pub(crate) struct Flight<'e> {
    pub(crate) redemption: Redemption<'e, &'e Policy, &'e CodeKeys>,
    pub(crate) next: Next,
    pub(crate) began: Moment,
}

impl<'e> Flight<'e> {
    /// One step: answers what is asked for. The hash is made and the effects are carried out in one step, so that
    /// between judging and writing others can come in.
    pub(crate) fn step(mut self, host: &mut Host<'e>) -> Result<Flight<'e>, Ending> {
        let event = match self.next {
            Next::LookUpChallenge { purpose, channel, address, account, requester } => {
                let found = host.store.newest(purpose, channel, address.as_ref(), account.as_deref(), &requester);
                Event::Challenge(found.map(Box::new))
            }
            Next::Apply(effects) => {
                let applied = host.store.apply(&effects);
                host.note_comparisons(&effects, applied);
                Event::Applied(applied)
            }
            Next::LookUpAccount { account, address } => {
                let owner = host.store.owner(&address).map(|(id, _)| id).filter(|id| Some(id) == account.as_ref());
                Event::Account(owner.and_then(|id| host.store.account(&id)).map(Box::new))
            }
            Next::Approved(approved) => Event::Applied(host.commit(*approved)),
            Next::Refused(refusal, effects) => {
                assert!(host.store.apply(&effects), "the effects of a refusal have no conditions");
                return Err(Ending::Refused(refusal));
            }
            Next::CannotJudge(error, effects) => {
                assert!(host.store.apply(&effects), "the effects of a refusal have no conditions");
                return Err(Ending::CannotJudge(error));
            }
            Next::Done => return Err(Ending::Done),
        };
        self.next = self.redemption.on(event);
        Ok(self)
    }

    /// Steps until it ends.
    pub(crate) fn land(mut self, host: &mut Host<'e>) -> Ending {
        loop {
            match self.step(host) {
                Ok(flight) => self = flight,
                Err(ending) => return ending,
            }
        }
    }

    /// Steps until the next thing needed has this name.
    pub(crate) fn until(mut self, host: &mut Host<'e>, name: &str) -> Flight<'e> {
        while name_of(&self.next) != name {
            self = self.step(host).unwrap_or_else(|ending| panic!("ended before {name}: {ending:?}"));
        }
        self
    }
}

/// What is needed next, in a word.
pub(crate) fn name_of(next: &Next) -> &'static str {
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
    /// A reservation that was carried out is what leads to a comparison.
    fn note_comparisons(&mut self, effects: &[Effect], applied: bool) {
        for effect in effects.iter().filter(|_| applied) {
            if let Effect::ReserveSubmission { challenge, .. } = effect {
                self.compared.push((challenge.clone(), self.now));
            }
        }
    }

    /// Shows a captcha.
    pub(crate) fn show_captcha(&mut self) -> Captcha {
        let captcha = Captcha {
            token: hex(&self.bytes::<16>()),
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

    /// Verifies a captcha.
    pub(crate) fn solve(&mut self, token: &str, x: f64, point: &str, sender: &str) -> Result<String, Refusal> {
        let policy = &self.engine.policy.reset().captcha;
        let sender = kouling::flow::Address::parse(channel_of(sender), sender);
        let captcha = self.captcha(token);
        let solution = Some(Solution::Place(x));
        let (answer, effects) = verify_captcha(policy, captcha.as_ref(), solution, point, sender, self.now);
        if self.store.apply(&effects) { answer } else { Err(Refusal::CaptchaFailed) }
    }

    /// A token of a captcha solved for an address.
    pub(crate) fn solved(&mut self, address: &str) -> String {
        let captcha = self.show_captcha();
        let point = r#"{"x":237.0,"y":5.0}"#;
        self.solve(&captcha.token, 237.0, point, address).unwrap_or_default()
    }

    /// A request for a code, ready to be decided.
    pub(crate) fn send_request(&mut self, caller: Caller, address: &str, purpose: Purpose) -> SendRequest {
        SendRequest {
            caller,
            purpose,
            channel: channel_of(address),
            address: address.to_owned(),
            captcha_token: Some(self.solved(address)),
            peer: "192.0.2.1".to_owned(),
        }
    }

    /// What the host looks up for a request.
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

    /// Decides on a request and shows what was to be done, done or not.
    pub(crate) fn decide_send(&mut self, request: &SendRequest) -> (Result<(), Refusal>, Vec<Effect>) {
        let facts = self.send_facts(request);
        let randomness = self.bytes::<80>();
        send(&self.engine.policy, &self.engine.keys, request, &facts, self.now, &randomness)
    }

    pub(crate) fn send_it(&mut self, request: &SendRequest) -> Result<(), Refusal> {
        let (answer, effects) = self.decide_send(request);
        // Somebody was quicker between looking and writing: no code was sent.
        if self.store.apply(&effects) { answer } else { Err(Refusal::NotSent) }
    }

    /// Asks for a code with everything in order, and says which was sent.
    pub(crate) fn send_code(&mut self, caller: Caller, address: &str, purpose: Purpose) -> String {
        let request = self.send_request(caller, address, purpose);
        let before = self.store.codes().count();
        self.send_it(&request).unwrap_or_else(|refusal| panic!("no code for {address}: {refusal:?}"));
        let codes: Vec<&str> = self.store.codes().map(|(_, code)| code).collect();
        assert_eq!(codes.len(), before + 1, "one code was sent");
        codes.last().map(|code| (*code).to_owned()).expect("a code")
    }

    pub(crate) fn begin(&self, typed: &Typed) -> Flight<'e> {
        let request = RedemptionRequest {
            caller: typed.caller.clone(),
            channel: typed.channel,
            address: typed.address.clone(),
            code: Secret::new(typed.code.clone()),
            password: Secret::new(typed.password.clone()),
            signed_in: typed.signed_in.clone(),
            reports_all: true,
        };
        let (redemption, next) = Redemption::begin(&self.engine.policy, &self.engine.keys, request, self.now);
        Flight { redemption: redemption.with_verifier(&PlainSha), next, began: self.now }
    }

    /// A submission in one go.
    pub(crate) fn submit(&mut self, typed: &Typed) -> Ending {
        self.begin(typed).land(self)
    }

    pub(crate) fn commit(&mut self, approved: Approved) -> bool {
        let hash = self.hash(approved.password().expose());
        let effects = approved.effects(hash);
        self.store.apply(&effects)
    }

    /// Whether somebody who is signed in may change the password: the leave, not yet used.
    pub(crate) fn begin_change(
        &self,
        caller: &Caller,
        account: &str,
        old: Option<&str>,
        new: &str,
    ) -> Result<Approved, Ending> {
        let known = self.store.account(account).expect("a signed-in account");
        let secret = old.map(Secret::new);
        let facts = ChangeFacts {
            account: &known,
            old_is_right: old.map(|old| self.opens(account, old)),
            old: secret.as_ref(),
            reports_all: true,
            verifier: Some(&PlainSha),
        };
        match change(&self.engine.policy, caller, &Secret::new(new), &facts, self.now) {
            Ok(Ok(approved)) => Ok(approved),
            Ok(Err(refusal)) => Err(Ending::Refused(refusal)),
            Err(error) => Err(Ending::CannotJudge(error)),
        }
    }

    pub(crate) fn change(&mut self, caller: &Caller, account: &str, old: Option<&str>, new: &str) -> Ending {
        match self.begin_change(caller, account, old, new).map(|approved| self.commit(approved)) {
            Ok(true) => Ending::Done,
            Ok(false) => Ending::Refused(Refusal::OldPasswordRefused),
            Err(ending) => ending,
        }
    }

    /// Signs in; the session's number.
    pub(crate) fn sign_in(&mut self, account: &str, password: &str) -> Option<u64> {
        let active = self.store.accounts.get(account).is_some_and(|kept| kept.is_active);
        (active && self.opens(account, password)).then(|| {
            let session = self.next();
            self.store.sessions.push((session, account.to_owned()));
            session
        })
    }
}
