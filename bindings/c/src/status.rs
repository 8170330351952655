//! A status is how a call ended. Refusing a password is no failure: the outcome says it.

use std::borrow::Cow;

use kouling::candidate::CannotJudgeKind;
use kouling::{CannotJudge, Diagnostic, PolicyError};

/// The call did what it says.
pub const KOULING_OK: u32 = 0;
/// The caller is wrong: a pointer that may not be NULL is, an index or a number is out of range, the facts are beyond
/// their bounds.
pub const KOULING_INVALID_ARGUMENT: u32 = 1;
/// The policy is wrong, and the report says where.
pub const KOULING_INVALID_POLICY: u32 = 2;
/// A text is not UTF-8, or a password holds a NUL.
pub const KOULING_INVALID_TEXT: u32 = 3;
/// A file that is named, a policy or a word list, cannot be read or is damaged.
pub const KOULING_UNAVAILABLE: u32 = 4;
/// No judgement is possible: a stored hash of unknown form, or a callback that failed. It is not "accepted".
pub const KOULING_CANNOT_JUDGE: u32 = 5;
/// A fault of the library.
pub const KOULING_INTERNAL: u32 = 6;

/// What is said about one thing that is wrong.
pub(crate) struct Complaint {
    pub(crate) code: &'static str,
    pub(crate) file: Cow<'static, str>,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: Cow<'static, str>,
    pub(crate) help: Cow<'static, str>,
}

/// Why a call failed.
pub(crate) struct Failure {
    pub(crate) status: u32,
    pub(crate) complaints: Vec<Complaint>,
}

impl Complaint {
    /// One that has no place in a policy.
    pub(crate) fn without_place(code: &'static str, message: impl Into<Cow<'static, str>>) -> Complaint {
        let nothing = Cow::Borrowed("");
        Complaint { code, file: nothing.clone(), line: 0, column: 0, message: message.into(), help: nothing }
    }
}

impl Failure {
    fn one(status: u32, code: &'static str, message: impl Into<Cow<'static, str>>) -> Failure {
        Failure { status, complaints: vec![Complaint::without_place(code, message)] }
    }

    /// The caller is wrong.
    pub(crate) fn argument(message: impl Into<Cow<'static, str>>) -> Failure {
        Failure::one(KOULING_INVALID_ARGUMENT, "invalid_argument", message)
    }

    /// A pointer that may not be NULL is.
    pub(crate) fn null(name: &str) -> Failure {
        Failure::argument(format!("`{name}` is NULL"))
    }

    /// A text is not UTF-8.
    pub(crate) fn not_utf8(name: &str) -> Failure {
        Failure::one(KOULING_INVALID_TEXT, "not_utf8", format!("`{name}` is not UTF-8"))
    }

    /// We panicked; with what, nobody is told.
    pub(crate) fn internal() -> Failure {
        Failure::one(KOULING_INTERNAL, "internal", "a fault of the library")
    }
}

impl From<CannotJudge> for Failure {
    fn from(error: CannotJudge) -> Failure {
        let status = match error.kind() {
            CannotJudgeKind::NotUtf8 | CannotJudgeKind::Nul => KOULING_INVALID_TEXT,
            CannotJudgeKind::TooManyFacts => KOULING_INVALID_ARGUMENT,
            CannotJudgeKind::Unavailable => KOULING_UNAVAILABLE,
            _ => KOULING_CANNOT_JUDGE,
        };
        Failure::one(status, error.kind().name(), error.to_string())
    }
}

impl From<PolicyError> for Failure {
    /// What only cannot be read is no mistake of the policy's author.
    fn from(error: PolicyError) -> Failure {
        let unreadable = |finding: &Diagnostic| finding.id == "unreadable";
        let status = match error.diagnostics().iter().all(unreadable) {
            true => KOULING_UNAVAILABLE,
            false => KOULING_INVALID_POLICY,
        };
        let complaints = error.diagnostics().iter().map(|finding| Complaint {
            code: finding.id,
            file: finding.file.to_string().into(),
            line: finding.line,
            column: finding.column,
            message: finding.message.clone().into(),
            help: finding.help.clone().unwrap_or_default().into(),
        });
        Failure { status, complaints: complaints.collect() }
    }
}
