//! The inputs of an evaluation, the prepared password and the facts about its user, what an attacker who knows that user
//! tries first, and the violations that rules report.

mod attacker;
mod facts;
mod origins;
mod password;
mod violation;

pub use attacker::{Attacker, Guessing};
pub(crate) use facts::PreparationKey;
pub use facts::{
    CannotJudge, CannotJudgeKind, Facts, MAX_ALL_ATTRIBUTES, MAX_ATTRIBUTE_LENGTH, MAX_ATTRIBUTES,
    MAX_CURRENT_BYTES, PasswordVerifier, Previous, User,
};
pub(crate) use origins::Origins;
pub use password::{Candidate, Normalization, Preparation, opaque_string};
pub use violation::{Findings, Note, Number, Violation};
