//! A captcha is shown once, may be tried once, and is worth one code for the address it was solved for.
//!
//! How it is drawn is the host's; what counts as solved is decided here.

use serde::{Deserialize, Serialize};

use super::challenge::Unreadable;
use super::identifier::Address;
use super::{Effect, Refusal};
use crate::policy::reset::CaptchaPolicy;
use crate::time::Moment;

/// What the host knows and the client must find.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaAnswer {
    /// Where the piece belongs, in pixels from the left.
    Place(u32),
    /// A proof of work; the host verifies it.
    Work {
        /// What the work is done on.
        salt: String,
        /// Leading zero bits asked for.
        bits: u32,
    },
}

/// What the client found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Solution {
    /// It moved the piece here.
    Place(f64),
    /// It sent a proof, and the host found it right or wrong.
    Work(bool),
}

/// The one-way state of a captcha.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaState {
    /// Shown.
    Open,
    /// Solved, and worth one code for this address.
    Solved {
        /// The address it is bound to.
        sender: Address,
        /// The solution as the client wrote it.
        point: String,
    },
    /// Used up.
    Used,
}

/// The record of a captcha that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Captcha {
    /// Its token: 32 hexadecimal digits.
    pub token: String,
    /// The answer.
    pub answer: CaptchaAnswer,
    /// When it was shown.
    pub made: Moment,
    /// Its state.
    pub state: CaptchaState,
}

impl Captcha {
    fn is_in_time(&self, policy: &CaptchaPolicy, now: Moment) -> bool {
        let age = now.since(self.made);
        self.made.is_plausible() && now.is_plausible() && age.is_some_and(|age| age < policy.lifetime)
    }

    /// The record as it is after an effect: unchanged by one that is not about it, and `None` where the effect's
    /// condition does not hold of it.
    #[must_use]
    pub fn after(self, effect: &Effect) -> Option<Captcha> {
        let state = match effect {
            Effect::UseCaptcha { token } if *token == self.token => {
                matches!(self.state, CaptchaState::Solved { .. }).then_some(CaptchaState::Used)
            }
            Effect::SolveCaptcha { token, sender, point } if *token == self.token => (self.state
                == CaptchaState::Open)
                .then(|| CaptchaState::Solved { sender: sender.clone(), point: point.clone() }),
            Effect::SpendCaptcha { token } if *token == self.token => Some(CaptchaState::Used),
            _ => return Some(self),
        };
        state.map(|state| Captcha { state, ..self })
    }

    /// The stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain data without maps or floats: there is nothing in it that JSON could refuse.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Captcha, Unreadable> {
        serde_json::from_slice(bytes).map_err(|_| Unreadable)
    }

    /// The token that a client gets for a solved captcha, in the documented shape.
    pub fn solved_token(token: &str, point: &str) -> String {
        format!("{token}---{point}")
    }

    /// Whether `solved_token` is this captcha's, solved for `sender` and not yet used.
    pub(super) fn is_good(
        &self,
        policy: &CaptchaPolicy,
        solved_token: &str,
        sender: &Address,
        now: Moment,
    ) -> bool {
        match &self.state {
            CaptchaState::Solved { sender: bound, point } => {
                self.is_in_time(policy, now)
                    && bound == sender
                    && solved_token == Captcha::solved_token(&self.token, point)
            }
            CaptchaState::Open | CaptchaState::Used => false,
        }
    }
}

/// Whether a captcha is solved, and what to write down. The one try is spent either way.
pub fn verify_captcha(
    policy: &CaptchaPolicy,
    captcha: Option<&Captcha>,
    solution: Option<Solution>,
    point: &str,
    sender: Option<Address>,
    now: Moment,
) -> (Result<String, Refusal>, Vec<Effect>) {
    let Some(captcha) = captcha.filter(|captcha| captcha.state == CaptchaState::Open) else {
        return (Err(Refusal::CaptchaFailed), Vec::new());
    };
    let right = match (&captcha.answer, solution) {
        (CaptchaAnswer::Place(place), Some(Solution::Place(x))) => {
            (x - f64::from(*place)).abs() <= policy.tolerance_px as f64
        }
        (CaptchaAnswer::Work { .. }, Some(Solution::Work(done))) => done,
        _ => false,
    };
    let token = captcha.token.clone();
    match sender {
        Some(sender) if right && captcha.is_in_time(policy, now) => {
            let solved = Captcha::solved_token(&token, point);
            (Ok(solved), vec![Effect::SolveCaptcha { token, sender, point: point.to_owned() }])
        }
        _ => (Err(Refusal::CaptchaFailed), vec![Effect::SpendCaptcha { token }]),
    }
}
