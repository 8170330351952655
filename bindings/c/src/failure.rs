//! Failures of a call, and the report that describes them to the caller.

use std::borrow::Cow;

use kouling::candidate::CannotJudgeKind;
use kouling::{CannotJudge, Diagnostic, PolicyError};

use crate::status::*;

/// One problem in a report.
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) file: Cow<'static, str>,
    /// From 1; 0 if the problem has no location.
    pub(crate) line: usize,
    /// In characters, from 1; 0 if unknown.
    pub(crate) column: usize,
    pub(crate) message: Cow<'static, str>,
    pub(crate) help: Cow<'static, str>,
}

impl Problem {
    /// A problem that is not in a policy file.
    pub(crate) fn without_location(code: &'static str, message: impl Into<Cow<'static, str>>) -> Problem {
        let empty = Cow::Borrowed("");
        Problem { code, file: empty.clone(), line: 0, column: 0, message: message.into(), help: empty }
    }

    /// The problem as a line of text: location if it has one, message, code, help.
    fn to_line(&self) -> String {
        let Problem { code, file, line, column, message, help } = self;
        let location = match (*line, *column) {
            (0, _) => String::new(),
            // A word list in memory has lines, but no name.
            (line, 0) => format!("line {line}: "),
            (line, column) => format!("{file}:{line}:{column}: "),
        };
        let help = if help.is_empty() { String::new() } else { format!("\n  help: {help}") };
        format!("{location}{message} [{code}]{help}")
    }
}

/// Why a call failed. `status` is never `KOULING_STATUS_OK`.
pub(crate) struct Failure {
    pub(crate) status: kouling_status,
    pub(crate) problems: Vec<Problem>,
}

impl Failure {
    pub(crate) fn one(
        status: kouling_status,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Failure {
        Failure { status, problems: vec![Problem::without_location(code, message)] }
    }

    /// An argument is invalid.
    pub(crate) fn argument(message: impl Into<Cow<'static, str>>) -> Failure {
        Failure::one(KOULING_STATUS_INVALID_ARGUMENT, "invalid_argument", message)
    }

    /// A required pointer is NULL.
    pub(crate) fn null(name: &str) -> Failure {
        Failure::argument(format!("`{name}` is NULL"))
    }

    /// A text is not UTF-8.
    pub(crate) fn not_utf8(name: &str) -> Failure {
        Failure::one(KOULING_STATUS_INVALID_TEXT, "not_utf8", format!("`{name}` is not valid UTF-8"))
    }

    /// A policy set, whose policies depend on the user, was used without a user.
    pub(crate) fn policy_set(path: &str) -> Failure {
        let message =
            format!("`{path}` is a policy set; its policy depends on the user: call `kouling_policy_file_select`");
        Failure::one(KOULING_STATUS_INVALID_POLICY, "policy-set", message)
    }

    /// The library panicked. The payload of the panic may hold a secret, so it is never reported.
    pub(crate) fn internal() -> Failure {
        Failure::one(KOULING_STATUS_INTERNAL, "internal", "internal error; please report this bug")
    }
}

impl From<CannotJudge> for Failure {
    fn from(error: CannotJudge) -> Failure {
        let status = match error.kind() {
            CannotJudgeKind::NotUtf8 | CannotJudgeKind::Nul => KOULING_STATUS_INVALID_TEXT,
            CannotJudgeKind::TooManyFacts => KOULING_STATUS_INVALID_ARGUMENT,
            CannotJudgeKind::Unavailable => KOULING_STATUS_UNAVAILABLE,
            _ => KOULING_STATUS_CANNOT_JUDGE,
        };
        Failure::one(status, error.kind().name(), error.to_string())
    }
}

impl From<PolicyError> for Failure {
    /// An unreadable file is not a mistake of the policy's author, so it has another status.
    fn from(error: PolicyError) -> Failure {
        let unreadable = |diagnostic: &Diagnostic| diagnostic.id == "unreadable";
        let status = match error.diagnostics().iter().all(unreadable) {
            true => KOULING_STATUS_UNAVAILABLE,
            false => KOULING_STATUS_INVALID_POLICY,
        };
        let problems = error.diagnostics().iter().map(|diagnostic| Problem {
            code: diagnostic.id,
            file: diagnostic.file.to_string().into(),
            line: diagnostic.line,
            column: diagnostic.column,
            message: diagnostic.message.clone().into(),
            help: diagnostic.help.clone().unwrap_or_default().into(),
        });
        Failure { status, problems: problems.collect() }
    }
}

/// Problems of the last call that this report was passed to; empty if that call succeeded. Views of a report are valid
/// until the report is passed to another call or freed. A report has one owner and must not be passed to two calls at
/// the same time.
#[derive(Default)]
pub struct kouling_report {
    pub(crate) problems: Vec<Problem>,
    pub(crate) text: String,
}

impl kouling_report {
    pub(crate) fn clear(&mut self) {
        *self = kouling_report::default();
    }

    pub(crate) fn set(&mut self, failure: Failure) {
        self.text = failure.problems.iter().map(Problem::to_line).collect::<Vec<_>>().join("\n");
        self.problems = failure.problems;
    }
}
