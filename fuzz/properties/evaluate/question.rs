//! One evaluation: a policy, a password and facts.

use kouling::candidate::Previous;
use kouling::{CannotJudge, Moment, Outcome, User};

/// The input of an evaluation.
pub(super) struct Question {
    pub(super) policy: String,
    pub(super) password: Vec<u8>,
    pub(super) user: User,
    pub(super) current: Option<Vec<u8>>,
    pub(super) previous: Vec<Previous>,
    pub(super) now: Moment,
}

pub(super) type EvaluationResult = Result<Outcome, CannotJudge>;
