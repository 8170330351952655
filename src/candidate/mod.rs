//! The inputs of an evaluation, the prepared password and the facts about its user, and the violations that rules report.

mod facts;
mod password;
mod violation;

pub(crate) use facts::PreparationKey;
pub use facts::{
    CannotJudge, CannotJudgeKind, Facts, MAX_ALL_ATTRIBUTES, MAX_ATTRIBUTE_LENGTH, MAX_ATTRIBUTES,
    MAX_CURRENT_BYTES, PasswordVerifier, Previous, User,
};
pub use password::{Candidate, Normalization, Preparation, opaque_string};
pub use violation::{Findings, Note, Number, Violation};
