//! Captchas: one attempt each. A solved captcha allows one code, for the address that it was solved for.
//!
//! The host draws the captcha; this module decides whether it is solved.

use serde::{Deserialize, Serialize};

use super::challenge::InvalidRecord;
use super::identifier::Address;
use super::{Effect, Refusal};
use crate::policy::reset::CaptchaPolicy;
use crate::time::Moment;

/// The answer, known to the host only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaAnswer {
    /// The position of the piece, in pixels from the left.
    Place(u32),
    /// A proof of work, which the host verifies.
    Work {
        /// The text that is hashed together with the client's number.
        salt: String,
        /// The number of leading zero bits required.
        bits: u32,
    },
}

/// The client's attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Solution {
    /// The position of the piece, in pixels from the left.
    Place(f64),
    /// A proof of work, and whether the host verified it successfully.
    Work(bool),
}

/// The state of a captcha. It only moves forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaState {
    /// Shown and not yet attempted.
    Open,
    /// Solved. It allows one code for this address.
    Solved {
        /// The address that the captcha is bound to.
        sender: Address,
        /// The solution as the client sent it.
        point: String,
    },
    /// Used, or the attempt failed.
    Used,
}

/// The stored record of a captcha.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Captcha {
    /// The token: 32 hexadecimal digits.
    pub token: String,
    /// The answer.
    pub answer: CaptchaAnswer,
    /// When it was created.
    pub created: Moment,
    /// The state.
    pub state: CaptchaState,
}

impl Captcha {
    fn is_in_time(&self, policy: &CaptchaPolicy, now: Moment) -> bool {
        let age = now.since(self.created);
        self.created.is_plausible() && now.is_plausible() && age.is_some_and(|age| age < policy.lifetime)
    }

    /// Returns the record as it is after an effect. An effect on something else leaves it unchanged. Returns `None` if
    /// the effect's condition does not hold; then nothing of the list may be applied.
    #[must_use]
    pub fn after(self, effect: &Effect) -> Option<Captcha> {
        let state = match effect {
            Effect::UseCaptcha { token } if *token == self.token => {
                matches!(self.state, CaptchaState::Solved { .. }).then_some(CaptchaState::Used)
            }
            Effect::SolveCaptcha { token, sender, point } if *token == self.token => (self.state
                == CaptchaState::Open)
                .then(|| CaptchaState::Solved { sender: sender.clone(), point: point.clone() }),
            Effect::FailCaptcha { token } if *token == self.token => Some(CaptchaState::Used),
            _ => return Some(self),
        };
        state.map(|state| Captcha { state, ..self })
    }

    /// Returns the stored form. It contains the answer.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serializing strings and integers cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`InvalidRecord`] if it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Captcha, InvalidRecord> {
        serde_json::from_slice(bytes).map_err(|_| InvalidRecord)
    }

    /// Returns the token that the client receives for a solved captcha, in the form that the contract documents.
    pub fn solved_token(token: &str, point: &str) -> String {
        format!("{token}---{point}")
    }

    /// Whether `solved_token` belongs to this captcha, solved for `sender` and not yet used.
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

/// Decides whether a captcha is solved. Returns the token for the client, or the refusal, and the effects to apply in
/// either case. The only attempt is used either way.
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
        _ => (Err(Refusal::CaptchaFailed), vec![Effect::FailCaptcha { token }]),
    }
}
