//! What is judged: the password with its forms, the facts about user and time, and the violation found in them.

mod facts;
mod password;
mod violation;

pub use facts::{
    CannotJudge, CannotJudgeKind, Facts, MAX_ATTRIBUTE_LENGTH, MAX_ATTRIBUTES, MAX_CURRENT_BYTES,
    PasswordVerifier, Previous, User,
};
pub use password::{Candidate, Normalization, Preparation};
pub use violation::{Findings, Note, Number, Violation};
