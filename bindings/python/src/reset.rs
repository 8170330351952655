//! The reset flow: both questions, what the host keeps, and what it shall do. `kouling.reset` is made of it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use kouling::candidate::CannotJudge;
use kouling::flow::{
    self, Account, Address, Caller, CaptchaAnswer, CaptchaState, ChallengeState, ChangeFacts, Channel, CodeKey,
    Device, Event, Next, Purpose, RedemptionRequest, Refusal, Secret, SendFacts, SendRequest, Solution, budgets,
    verify_captcha,
};
use kouling::policy::units::Rate;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyTuple};
use zeroize::Zeroizing;

use crate::copied::copied;
use crate::errors::{cannot_judge, cannot_judge_for, forget_raised, take_raised, wants_to_end};
use crate::facts::{Verifier, previous, user};
use crate::input::{language, moment, moment_or_now, secret, secret_text};
use crate::outcome::Outcome;
use crate::policy::{Contract, Policy, answer};

fn purpose(name: &str) -> PyResult<Purpose> {
    [Purpose::ForgotPassword, Purpose::UpdatePassword]
        .into_iter()
        .find(|purpose| purpose.name() == name)
        .ok_or_else(|| PyValueError::new_err("a purpose is \"forgot_password\" or \"update_password\""))
}

fn channel(name: &str) -> PyResult<Channel> {
    [Channel::Email, Channel::Mobile]
        .into_iter()
        .find(|channel| channel.name() == name)
        .ok_or_else(|| PyValueError::new_err("a channel is \"email\" or \"mobile\""))
}

/// A `kouling.reset.Caller`.
fn caller(given: &Bound<'_, PyAny>) -> PyResult<Caller> {
    let text = |name: &str| given.getattr(name)?.extract::<String>();
    Ok(Caller {
        device: Device { system: text("system")?, fingerprint: text("fingerprint")?, agent: text("agent")? },
        client: text("client")?,
        client_is_registered: given.getattr("registered")?.extract()?,
    })
}

/// A `kouling.reset.Account`.
fn account(given: &Bound<'_, PyAny>) -> PyResult<Account> {
    let id: String = given.getattr("id")?.extract()?;
    if id.is_empty() {
        return Err(PyValueError::new_err("an account has an identifier"));
    }
    let password_set = given.getattr("password_set")?;
    Ok(Account {
        id,
        is_active: given.getattr("active")?.extract()?,
        user: user(&given.getattr("user")?)?,
        previous: previous(&given.getattr("previous")?)?,
        password_set: if password_set.is_none() { None } else { Some(moment(&password_set)?) },
    })
}

fn secret_of(given: &Bound<'_, PyAny>) -> PyResult<Secret> {
    Ok(Secret::new(secret_text(given)?.as_str()))
}

/// The operator's keys for the hashes of codes: 32 random bytes each.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct CodeKeys {
    keys: Arc<flow::CodeKeys>,
}

fn code_key(id: u32, given: &Bound<'_, PyAny>) -> PyResult<CodeKey> {
    let bytes = secret(given)?;
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return Err(PyValueError::new_err("a key has 32 bytes"));
    }
    key.copy_from_slice(&bytes);
    Ok(CodeKey { id, key })
}

#[pymethods]
impl CodeKeys {
    /// New codes are hashed with `key`; `older` keys, by their numbers, still verify what was sent before.
    #[new]
    #[pyo3(signature = (key, *, id = 1, older = None))]
    fn new(key: &Bound<'_, PyAny>, id: u32, older: Option<&Bound<'_, PyMapping>>) -> PyResult<CodeKeys> {
        let mut keys = flow::CodeKeys::new(code_key(id, key)?);
        if let Some(older) = older {
            for item in older.items()?.iter() {
                let (id, key): (u32, Bound<'_, PyAny>) = item.extract()?;
                keys = keys.with_older(code_key(id, &key)?);
            }
        }
        Ok(CodeKeys { keys: Arc::new(keys) })
    }

    fn __repr__(&self) -> &'static str {
        "<CodeKeys>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("keys cannot be pickled"))
    }
}

/// The record of a sent code. Holds no code.
#[pyclass(module = "kouling.reset", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct Challenge {
    challenge: flow::Challenge,
}

#[pymethods]
impl Challenge {
    /// Reads the stored form. What is damaged is worth nothing: a ValueError.
    #[staticmethod]
    fn from_bytes(stored: &Bound<'_, PyAny>) -> PyResult<Challenge> {
        let challenge = flow::Challenge::from_bytes(&secret(stored)?);
        Ok(Challenge { challenge: challenge.map_err(|error| PyValueError::new_err(error.to_string()))? })
    }

    /// The stored form.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.challenge.to_bytes())
    }

    /// The record as it is after an effect, or `None` when the effect's condition does not hold of it.
    fn after(&self, effect: PyRef<'_, Effect>) -> Option<Challenge> {
        self.challenge.clone().after(&effect.effect).map(|challenge| Challenge { challenge })
    }

    /// Its identifier.
    #[getter]
    fn id(&self) -> &str {
        self.challenge.id()
    }

    /// What the code is for.
    #[getter]
    fn purpose(&self) -> &'static str {
        self.challenge.purpose().name()
    }

    /// How it travelled.
    #[getter]
    fn channel(&self) -> &'static str {
        self.challenge.address().channel().name()
    }

    /// The address that it was asked for, normalised.
    #[getter]
    fn address(&self) -> &str {
        self.challenge.address().as_str()
    }

    /// The account that had this address.
    #[getter]
    fn account(&self) -> Option<&str> {
        self.challenge.account()
    }

    /// `live`, `consumed` or `killed`.
    #[getter]
    fn state(&self) -> &'static str {
        match self.challenge.state() {
            ChallengeState::Live => "live",
            ChallengeState::Consumed => "consumed",
            ChallengeState::Killed => "killed",
        }
    }

    /// How many submissions are left.
    #[getter]
    fn submissions_left(&self) -> u64 {
        self.challenge.submissions_left()
    }

    /// When it was made, in seconds since 1970.
    #[getter]
    fn made(&self) -> i64 {
        self.challenge.made().unix()
    }

    /// When it dies, in seconds since 1970.
    #[getter]
    fn dies(&self) -> i64 {
        self.challenge.dies().unix()
    }

    fn __repr__(&self) -> String {
        format!("<Challenge {} {}>", self.challenge.id(), self.state())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.get_type::<Challenge>().getattr("from_bytes")?, (self.to_bytes(py),)))
    }
}

/// The record of a captcha that was shown.
#[pyclass(module = "kouling.reset", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct Captcha {
    captcha: flow::Captcha,
}

#[pymethods]
impl Captcha {
    /// One whose piece belongs `place` pixels from the left. The token is 32 hexadecimal digits, random.
    #[new]
    #[pyo3(signature = (token, place, *, now = None))]
    fn new(token: String, place: u32, now: Option<&Bound<'_, PyAny>>) -> PyResult<Captcha> {
        if token.len() != 32 || !token.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) {
            return Err(PyValueError::new_err("a token is 32 hexadecimal digits"));
        }
        let (answer, made) = (CaptchaAnswer::Place(place), moment_or_now(now)?);
        Ok(Captcha { captcha: flow::Captcha { token, answer, made, state: CaptchaState::Open } })
    }

    /// Reads the stored form. What is damaged is worth nothing: a ValueError.
    #[staticmethod]
    fn from_bytes(stored: &Bound<'_, PyAny>) -> PyResult<Captcha> {
        let captcha = flow::Captcha::from_bytes(&secret(stored)?);
        Ok(Captcha { captcha: captcha.map_err(|error| PyValueError::new_err(error.to_string()))? })
    }

    /// The stored form. Holds the answer, and so is for the store only.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.captcha.to_bytes())
    }

    /// The record as it is after an effect, or `None` when the effect's condition does not hold of it.
    fn after(&self, effect: PyRef<'_, Effect>) -> Option<Captcha> {
        self.captcha.clone().after(&effect.effect).map(|captcha| Captcha { captcha })
    }

    /// Its token.
    #[getter]
    fn token(&self) -> &str {
        &self.captcha.token
    }

    /// `open`, `solved` or `used`.
    #[getter]
    fn state(&self) -> &'static str {
        match self.captcha.state {
            CaptchaState::Open => "open",
            CaptchaState::Solved { .. } => "solved",
            CaptchaState::Used => "used",
        }
    }

    /// Whether a client solved it, that moved the piece to `x`, written in `point`, and wants a code for `address`: a step,
    /// `granted` with its `token`, or `refused`. The one try is spent either way, by the effects.
    #[pyo3(signature = (policy, x, point, address, *, channel = "email", now = None))]
    fn verify(
        &self,
        policy: PyRef<'_, Policy>,
        x: f64,
        point: &str,
        address: &str,
        channel: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Step> {
        let (sender, now) = (Address::parse(self::channel(channel)?, address), moment_or_now(now)?);
        let rules = &policy.policy.reset().captcha;
        let solution = Some(Solution::Place(x));
        let (answer, effects) = verify_captcha(rules, Some(&self.captcha), solution, point, sender, now);
        Ok(Step::answered(&policy.policy, answer, effects))
    }

    fn __repr__(&self) -> String {
        format!("<Captcha {}>", self.state())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((py.get_type::<Captcha>().getattr("from_bytes")?, (self.to_bytes(py),)))
    }
}

/// Something that the host shall do. All of one list are carried out in their order and in one transaction, or none.
/// Which fields say something, its `kind` tells; the others are `None`.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Effect {
    effect: flow::Effect,
}

#[pymethods]
impl Effect {
    #[classattr]
    fn __match_args__() -> (&'static str,) {
        ("kind",)
    }

    /// What to do: `count`, `store_challenge`, `send_code`, `set_password` …
    #[getter]
    fn kind(&self) -> &'static str {
        self.effect.name()
    }

    /// The identifier of an account.
    #[getter]
    fn account(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::KillChallenges { account, .. } => account.as_deref(),
            flow::Effect::StoreChallenge(challenge) => challenge.account(),
            flow::Effect::SendCode(recipient, _) => recipient.account.as_deref(),
            flow::Effect::RequireCurrent { account, .. }
            | flow::Effect::RevokeSessions { account }
            | flow::Effect::Notify { account, .. } => Some(account),
            flow::Effect::SetPassword(change) => Some(change.account()),
            flow::Effect::Audit(audit) => audit.account.as_deref(),
            _ => None,
        }
    }

    /// An address.
    #[getter]
    fn address(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::KillChallenges { address, .. } => address.as_ref().map(Address::as_str),
            flow::Effect::StoreChallenge(challenge) => Some(challenge.address().as_str()),
            flow::Effect::SendCode(recipient, _) => Some(&recipient.address),
            flow::Effect::SolveCaptcha { sender, .. } => Some(sender.as_str()),
            _ => None,
        }
    }

    /// `email` or `mobile`.
    #[getter]
    fn channel(&self) -> Option<&'static str> {
        match &self.effect {
            flow::Effect::KillChallenges { address, .. } => {
                address.as_ref().map(|address| address.channel().name())
            }
            flow::Effect::StoreChallenge(challenge) => Some(challenge.address().channel().name()),
            flow::Effect::SendCode(recipient, _) => Some(recipient.channel.name()),
            flow::Effect::SolveCaptcha { sender, .. } => Some(sender.channel().name()),
            flow::Effect::Audit(audit) => audit.channel.map(Channel::name),
            _ => None,
        }
    }

    /// `forgot_password` or `update_password`.
    #[getter]
    fn purpose(&self) -> Option<&'static str> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(challenge.purpose().name()),
            flow::Effect::SendCode(recipient, _) => Some(recipient.purpose.name()),
            flow::Effect::Audit(audit) => Some(audit.purpose.name()),
            _ => None,
        }
    }

    /// The identifier of a challenge.
    #[getter]
    fn challenge_id(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(challenge.id()),
            flow::Effect::SendCode(recipient, _) => Some(&recipient.challenge),
            flow::Effect::ReserveSubmission { challenge, .. } | flow::Effect::ConsumeChallenge { challenge } => {
                Some(challenge)
            }
            _ => None,
        }
    }

    /// The challenge that is kept.
    #[getter]
    fn challenge(&self) -> Option<Challenge> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(Challenge { challenge: (**challenge).clone() }),
            _ => None,
        }
    }

    /// The key under which is counted.
    #[getter]
    fn key(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::Count { budget, .. } | flow::Effect::ReserveSubmission { budget, .. } => {
                Some(&budget.key)
            }
            flow::Effect::ReleaseSubmission { key, .. } => Some(key),
            _ => None,
        }
    }

    /// How many events may be on record.
    #[getter]
    fn most(&self) -> Option<u64> {
        match &self.effect {
            flow::Effect::Count { budget, .. } | flow::Effect::ReserveSubmission { budget, .. } => {
                Some(budget.rate.most)
            }
            _ => None,
        }
    }

    /// Within how many seconds.
    #[getter]
    fn seconds(&self) -> Option<u64> {
        match &self.effect {
            flow::Effect::Count { budget, .. } | flow::Effect::ReserveSubmission { budget, .. } => {
                Some(budget.rate.per)
            }
            _ => None,
        }
    }

    /// When, in seconds since 1970.
    #[getter]
    fn now(&self) -> Option<i64> {
        match &self.effect {
            flow::Effect::Count { now, .. }
            | flow::Effect::ReserveSubmission { now, .. }
            | flow::Effect::ReleaseSubmission { counted: now, .. }
            | flow::Effect::Notify { now, .. } => Some(now.unix()),
            flow::Effect::SetPassword(change) => Some(change.now().unix()),
            flow::Effect::Audit(audit) => Some(audit.now.unix()),
            _ => None,
        }
    }

    /// When a code dies, in seconds since 1970.
    #[getter]
    fn dies(&self) -> Option<i64> {
        match &self.effect {
            flow::Effect::StoreChallenge(challenge) => Some(challenge.dies().unix()),
            flow::Effect::SendCode(recipient, _) => Some(recipient.dies.unix()),
            _ => None,
        }
    }

    /// The code that is sent, a secret.
    #[getter]
    fn code(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::SendCode(_, code) => Some(code.expose()),
            _ => None,
        }
    }

    /// A password hash: the one that is set, or the one that must be current.
    #[getter]
    fn hash(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::SetPassword(change) => Some(change.hash()),
            flow::Effect::RequireCurrent { current, .. } => current.as_ref().map(|current| current.hash.as_str()),
            _ => None,
        }
    }

    /// The token of a captcha.
    #[getter]
    fn token(&self) -> Option<&str> {
        match &self.effect {
            flow::Effect::UseCaptcha { token }
            | flow::Effect::SolveCaptcha { token, .. }
            | flow::Effect::SpendCaptcha { token } => Some(token),
            _ => None,
        }
    }

    /// An audit event as a stable word.
    #[getter]
    fn event(&self) -> Option<&'static str> {
        match &self.effect {
            flow::Effect::Audit(audit) => Some(audit.event),
            _ => None,
        }
    }

    fn __repr__(&self) -> String {
        format!("<Effect {}>", self.effect.name())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an Effect cannot be pickled: it may hold a code"))
    }
}

/// What the host does next. True in `if` when the answer is yes: `granted`, `approved` or `done`.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Step {
    kind: &'static str,
    policy: Arc<kouling::Policy>,
    purpose: Option<Purpose>,
    channel: Option<Channel>,
    address: Option<String>,
    account: Option<String>,
    token: Option<String>,
    effects: Vec<flow::Effect>,
    refusal: Option<Refusal>,
    error: Option<CannotJudge>,
    cause: Option<PyErr>,
    approved: Mutex<Option<flow::Approved>>,
}

impl Step {
    fn new(policy: &Arc<kouling::Policy>, kind: &'static str, effects: Vec<flow::Effect>) -> Step {
        Step {
            kind,
            policy: policy.clone(),
            purpose: None,
            channel: None,
            address: None,
            account: None,
            token: None,
            effects,
            refusal: None,
            error: None,
            cause: None,
            approved: Mutex::new(None),
        }
    }

    fn refused(policy: &Arc<kouling::Policy>, refusal: Refusal, effects: Vec<flow::Effect>) -> Step {
        Step { refusal: Some(refusal), ..Step::new(policy, "refused", effects) }
    }

    fn approve(policy: &Arc<kouling::Policy>, approved: flow::Approved) -> Step {
        let account = Some(approved.account().to_owned());
        Step { account, approved: Mutex::new(Some(approved)), ..Step::new(policy, "approved", Vec::new()) }
    }

    fn answered(
        policy: &Arc<kouling::Policy>,
        answer: Result<String, Refusal>,
        effects: Vec<flow::Effect>,
    ) -> Step {
        match answer {
            Ok(token) => Step { token: Some(token), ..Step::new(policy, "granted", effects) },
            Err(refusal) => Step::refused(policy, refusal, effects),
        }
    }

    fn next(policy: &Arc<kouling::Policy>, next: Next) -> Step {
        match next {
            Next::LookUpChallenge { purpose, channel, address, account } => Step {
                purpose: Some(purpose),
                channel: Some(channel),
                address: address.map(|address| address.as_str().to_owned()),
                account,
                ..Step::new(policy, "look_up_challenge", Vec::new())
            },
            Next::Apply(effects) => Step::new(policy, "apply", effects),
            Next::LookUpAccount { account, address } => Step {
                channel: Some(address.channel()),
                address: Some(address.as_str().to_owned()),
                account,
                ..Step::new(policy, "look_up_account", Vec::new())
            },
            Next::Approved(approved) => Step::approve(policy, *approved),
            Next::Refused(refusal, effects) => Step::refused(policy, refusal, effects),
            Next::CannotJudge(error, effects) => {
                Step { error: Some(error), ..Step::new(policy, "not_judged", effects) }
            }
            Next::Done => Step::new(policy, "done", Vec::new()),
        }
    }
}

#[pymethods]
impl Step {
    #[classattr]
    fn __match_args__() -> (&'static str,) {
        ("kind",)
    }

    /// `refused`, `not_judged`, `look_up_challenge`, `apply`, `look_up_account`, `approved`, `granted` or `done`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind
    }

    /// The purpose of the challenge that is looked up.
    #[getter]
    fn purpose(&self) -> Option<&'static str> {
        self.purpose.map(Purpose::name)
    }

    /// The channel of what is looked up.
    #[getter]
    fn channel(&self) -> Option<&'static str> {
        self.channel.map(Channel::name)
    }

    /// The address that is looked up, normalised.
    #[getter]
    fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The account that is looked up, or whose password is set.
    #[getter]
    fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The token of a solved captcha.
    #[getter]
    fn token(&self) -> Option<&str> {
        self.token.as_deref().filter(|token| !token.is_empty())
    }

    /// What to carry out.
    #[getter]
    fn effects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        effects(py, &self.effects)
    }

    /// Why it is refused or not judged: `reset.code_refused`, `length.too_short`, `stored_hash`.
    #[getter]
    fn code(&self) -> Option<&str> {
        let error = || self.error.as_ref().map(|error| error.kind().name());
        self.refusal.as_ref().map(Refusal::code).or_else(error)
    }

    /// Why no judgement is possible, as the exception that `Policy.evaluate` would raise; its cause is what a callback
    /// raised.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let cause = self.cause.as_ref().map(|cause| cause.clone_ref(py));
        let error = self.error.as_ref().map(|error| cannot_judge_for(py, error, cause));
        error.map(|error| error.into_value(py).into_any())
    }

    /// Seconds after which another try makes sense.
    #[getter]
    fn retry_after(&self) -> Option<u64> {
        match &self.refusal {
            Some(Refusal::LimitReached { retry_after }) => Some(*retry_after),
            _ => None,
        }
    }

    /// Everything that is wrong with the password, where that is why.
    #[getter]
    fn outcome(&self) -> Option<Outcome> {
        match &self.refusal {
            Some(Refusal::Password(outcome)) => Some(Outcome::new(outcome.clone())),
            _ => None,
        }
    }

    /// The refusal as a contract has it, as a dict; `None` when nothing is refused.
    #[pyo3(signature = (contract, language = "en"))]
    fn answer<'py>(
        &self,
        py: Python<'py>,
        contract: PyRef<'_, Contract>,
        language: &str,
    ) -> PyResult<Option<Bound<'py, PyDict>>> {
        let (contract, language) = (&contract.contract, self::language(language));
        let wire = match (&self.refusal, &self.error) {
            (Some(refusal), _) => contract.refusal(refusal, &self.policy, language),
            (None, Some(error)) => contract.cannot_judge(error, language),
            (None, None) => return Ok(None),
        };
        answer(py, wire).map(Some)
    }

    /// Takes the leave to set a password, once.
    fn take_approved(&self) -> PyResult<Approved> {
        let taken = self.approved.lock().unwrap_or_else(PoisonError::into_inner).take();
        let approved = taken.ok_or_else(|| PyValueError::new_err("the step has no leave, or it was taken"))?;
        Ok(Approved { approved: Mutex::new(Some(approved)) })
    }

    fn __bool__(&self) -> bool {
        matches!(self.kind, "granted" | "approved" | "done")
    }

    fn __repr__(&self) -> String {
        match self.code() {
            Some(code) => format!("<Step {}: {code}>", self.kind),
            None => format!("<Step {}>", self.kind),
        }
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Step cannot be pickled: it may hold a password"))
    }
}

fn effects<'py>(py: Python<'py>, effects: &[flow::Effect]) -> PyResult<Bound<'py, PyTuple>> {
    let each = effects.iter().map(|effect| Bound::new(py, Effect { effect: effect.clone() }));
    PyTuple::new(py, each.collect::<PyResult<Vec<_>>>()?)
}

/// Leave to set a password, once. Only the flow makes one.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Approved {
    approved: Mutex<Option<flow::Approved>>,
}

#[pymethods]
impl Approved {
    /// The account whose password is set.
    #[getter]
    fn account(&self) -> PyResult<String> {
        self.with(|approved| approved.account().to_owned())
    }

    /// The password exactly as it was judged: this is what must be hashed, all of it. A secret.
    #[getter]
    fn password(&self) -> PyResult<String> {
        self.with(|approved| approved.password().expose().to_owned())
    }

    /// Spends the leave: what to do, given the hash of its password.
    fn effects<'py>(&self, py: Python<'py>, hash: &str) -> PyResult<Bound<'py, PyTuple>> {
        if hash.is_empty() {
            return Err(PyValueError::new_err("the hash is empty"));
        }
        let taken = self.approved.lock().unwrap_or_else(PoisonError::into_inner).take();
        let approved = taken.ok_or_else(|| PyValueError::new_err("the leave is spent"))?;
        effects(py, &approved.effects(hash.to_owned()))
    }

    fn __repr__(&self) -> &'static str {
        "<Approved>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an Approved cannot be pickled: it holds a password"))
    }
}

impl Approved {
    fn with<T>(&self, look: impl FnOnce(&flow::Approved) -> T) -> PyResult<T> {
        let approved = self.approved.lock().unwrap_or_else(PoisonError::into_inner);
        approved.as_ref().map(look).ok_or_else(|| PyValueError::new_err("the leave is spent"))
    }
}

/// May a code be sent?
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Sending {
    policy: Arc<kouling::Policy>,
    request: SendRequest,
    address: Option<Address>,
}

#[pymethods]
impl Sending {
    /// Somebody at `peer`, an IP address, asks for a code for an address as it was typed.
    #[new]
    #[pyo3(signature = (policy, *, caller, address, peer, channel = "email", purpose = "forgot_password",
        captcha_token = None))]
    fn new(
        policy: PyRef<'_, Policy>,
        caller: &Bound<'_, PyAny>,
        address: String,
        peer: &str,
        channel: &str,
        purpose: &str,
        captcha_token: Option<String>,
    ) -> PyResult<Sending> {
        let request = SendRequest {
            caller: self::caller(caller)?,
            purpose: self::purpose(purpose)?,
            channel: self::channel(channel)?,
            address,
            captcha_token,
            peer: peer_key(peer)?,
        };
        Ok(Sending { policy: policy.policy.clone(), address: request.address(), request })
    }

    /// The address, normalised: what accounts are looked up by; `None` when it is not exactly one.
    #[getter]
    fn address(&self) -> Option<&str> {
        self.address.as_ref().map(Address::as_str)
    }

    /// The budgets that the code is counted under, as triples of key, most events, and within how many seconds.
    #[pyo3(signature = (account = None))]
    fn budgets(&self, account: Option<&str>) -> Vec<(String, u64, u64)> {
        let of = |address: &Address| budgets(&self.policy, &self.request.peer, address, account);
        let budgets = self.address.as_ref().map(of).unwrap_or_default();
        budgets.into_iter().map(|budget| (budget.key, budget.rate.most, budget.rate.per)).collect()
    }

    /// Decides: a step that is `granted` or `refused`. `account` is the pair of an identifier and the address on record of
    /// the account that has the address, or `None`; `events` the moments on record by key, for every budget.
    #[pyo3(signature = (keys, *, account, events, captcha = None, now = None))]
    fn decide(
        &self,
        keys: PyRef<'_, CodeKeys>,
        account: Option<(String, String)>,
        events: &Bound<'_, PyMapping>,
        captcha: Option<PyRef<'_, Captcha>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Step> {
        let id = account.as_ref().map(|(id, _)| id.as_str());
        let mut looked_up = Vec::new();
        for (key, ..) in self.budgets(id) {
            let on_record = events.get_item(&key)?; // a KeyError: what was not looked up is not told yes
            let each = on_record.try_iter()?.map(|event| moment(&event?));
            looked_up.push(each.collect::<PyResult<Vec<_>>>()?);
        }
        let captcha = captcha.map(|captcha| captcha.captcha.clone());
        let facts = SendFacts { account, captcha, events: looked_up };
        let mut randomness = Zeroizing::new([0; 80]);
        getrandom::fill(randomness.as_mut())
            .map_err(|_| PyValueError::new_err("the operating system gave no randomness"))?;
        let now = moment_or_now(now)?;
        let (answer, effects) = flow::send(&self.policy, &keys.keys, &self.request, &facts, now, &randomness);
        Ok(Step::answered(&self.policy, answer.map(|()| String::new()), effects))
    }

    fn __repr__(&self) -> &'static str {
        "<Sending>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Sending cannot be pickled: it is a request that is being decided"))
    }
}

/// May this password be set? One submission of a code and a password, step by step.
#[pyclass(module = "kouling.reset", frozen)]
pub(crate) struct Redemption {
    policy: Arc<kouling::Policy>,
    redemption: Mutex<flow::Redemption<'static, Arc<kouling::Policy>, Arc<flow::CodeKeys>>>,
    first: Mutex<Option<Next>>,
}

impl Redemption {
    fn on(&self, py: Python<'_>, event: Event) -> PyResult<Step> {
        // Judging may call back into Python, and what is called may come back here: waiting would be for ever.
        let next = py.detach(|| match self.redemption.try_lock() {
            Ok(mut redemption) => Some(redemption.on(event)),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner().on(event)),
            Err(TryLockError::WouldBlock) => None,
        });
        let next = next.ok_or_else(|| PyRuntimeError::new_err("the redemption is being answered already"))?;
        let cause = take_raised();
        let mut step = Step::next(&self.policy, next);
        if step.error.is_some() {
            match cause {
                // The submission stays counted, and nothing is set.
                Some(cause) if wants_to_end(py, &cause) => return Err(cause),
                cause => step.cause = cause,
            }
        }
        Ok(step)
    }
}

#[pymethods]
impl Redemption {
    /// Begins.
    #[new]
    #[pyo3(signature = (policy, keys, *, caller, code, password, address = "", channel = "email",
        signed_in = None, verifier = None, report_all = true, now = None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn new(
        policy: PyRef<'_, Policy>,
        keys: PyRef<'_, CodeKeys>,
        caller: &Bound<'_, PyAny>,
        code: &Bound<'_, PyAny>,
        password: &Bound<'_, PyAny>,
        address: &str,
        channel: &str,
        signed_in: Option<String>,
        verifier: Option<&Bound<'_, PyAny>>,
        report_all: bool,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Redemption> {
        let request = RedemptionRequest {
            caller: self::caller(caller)?,
            channel: self::channel(channel)?,
            address: address.to_owned(),
            code: secret_of(code)?,
            password: secret_of(password)?,
            signed_in,
            reports_all: report_all,
        };
        let (policy, now) = (policy.policy.clone(), moment_or_now(now)?);
        let (redemption, first) = flow::Redemption::begin(policy.clone(), keys.keys.clone(), request, now);
        let redemption = match verifier {
            Some(verifier) => redemption.with_verifier(Verifier::of(verifier)?),
            None => redemption,
        };
        Ok(Redemption { policy, redemption: Mutex::new(redemption), first: Mutex::new(Some(first)) })
    }

    /// The first step, once.
    fn begin(&self) -> PyResult<Step> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        let first = first.ok_or_else(|| PyValueError::new_err("the redemption has begun"))?;
        Ok(Step::next(&self.policy, first))
    }

    /// Answers `look_up_challenge`.
    fn challenge(&self, py: Python<'_>, challenge: Option<PyRef<'_, Challenge>>) -> PyResult<Step> {
        let challenge = challenge.map(|challenge| Box::new(challenge.challenge.clone()));
        self.on(py, Event::Challenge(challenge))
    }

    /// Answers `look_up_account`, with a `kouling.reset.Account` or `None`.
    fn account(&self, py: Python<'_>, account: Option<&Bound<'_, PyAny>>) -> PyResult<Step> {
        let account = account.map(self::account).transpose()?;
        self.on(py, Event::Account(account.map(Box::new)))
    }

    /// Answers `apply` and `approved`: whether all effects were carried out, or none.
    fn applied(&self, py: Python<'_>, applied: bool) -> PyResult<Step> {
        self.on(py, Event::Applied(applied))
    }

    fn __repr__(&self) -> &'static str {
        "<Redemption>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Redemption cannot be pickled: it holds a password"))
    }
}

#[pymethods]
impl Policy {
    /// May somebody who is signed in exchange the old password for a new one? `old_is_right` is what the host found out;
    /// `None` when no old password came. A step: `approved`, `refused` or `not_judged`.
    #[pyo3(signature = (password, *, caller, account, old_is_right, old_password = None, verifier = None,
        report_all = true, now = None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn change(
        &self,
        py: Python<'_>,
        password: &Bound<'_, PyAny>,
        caller: &Bound<'_, PyAny>,
        account: &Bound<'_, PyAny>,
        old_is_right: Option<bool>,
        old_password: Option<&Bound<'_, PyAny>>,
        verifier: Option<&Bound<'_, PyAny>>,
        report_all: bool,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Step> {
        let (caller, account, new) = (self::caller(caller)?, self::account(account)?, secret_of(password)?);
        let old = old_password.map(secret_of).transpose()?;
        let (verifier, now) = (verifier.map(Verifier::of).transpose()?, moment_or_now(now)?);
        let judged = py.detach(|| {
            let facts = ChangeFacts {
                account: &account,
                old_is_right,
                old: old.as_ref().filter(|_| old_is_right == Some(true)),
                reports_all: report_all,
                verifier: verifier.as_ref().map(|verifier| verifier as &dyn kouling::candidate::PasswordVerifier),
            };
            flow::change(&self.policy, &caller, &new, &facts, now)
        });
        let step = match judged.map_err(|error| cannot_judge(py, &error))? {
            Ok(approved) => Step::approve(&self.policy, approved),
            Err(refusal) => Step::refused(&self.policy, refusal, Vec::new()),
        };
        forget_raised();
        Ok(step)
    }
}

/// What a host asks before anything else: the code of why this caller is refused, or `None`. Both questions of the flow ask
/// it by themselves; `Contract.answer` has the answer.
#[pyfunction]
pub(crate) fn check_caller(caller: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let refusal = self::caller(caller)?.check().err();
    Ok(refusal.map(|refusal| refusal.code().to_owned()))
}

/// The key of a peer: an IPv4 address, or the /64 of an IPv6 one.
#[pyfunction]
pub(crate) fn peer_key(address: &str) -> PyResult<String> {
    let address: IpAddr = address.parse().map_err(|_| PyValueError::new_err("a peer is an IP address"))?;
    Ok(flow::peer_key(address))
}

/// Seconds until one more event fits under `most` within `seconds`; 0: now.
#[pyfunction]
#[pyo3(signature = (most, seconds, events, *, now = None))]
pub(crate) fn retry_after(
    most: u64,
    seconds: u64,
    events: &Bound<'_, PyAny>,
    now: Option<&Bound<'_, PyAny>>,
) -> PyResult<u64> {
    let events = events.try_iter()?.map(|event| moment(&event?)).collect::<PyResult<Vec<_>>>()?;
    Ok(flow::retry_after(Rate { most, per: seconds }, &events, moment_or_now(now)?))
}

copied!(CodeKeys, Challenge, Captcha);
