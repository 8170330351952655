//! A refusal is a negative answer of the flow. Its stable code is mapped by a contract to a protocol code, a status and a
//! text.

use super::identifier::Channel;
use crate::evaluation::Outcome;

/// Why a request is refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// The device description is incomplete.
    DeviceIncomplete,
    /// The client identifier is missing.
    ClientMissing,
    /// The client is not registered.
    ClientUnknown,
    /// The address is missing.
    AddressMissing(Channel),
    /// The code is missing.
    CodeMissing,
    /// The password is missing.
    PasswordMissing,
    /// The captcha was not solved.
    CaptchaFailed,
    /// No code is sent: the captcha is not solved, or the address is invalid.
    NotSent,
    /// Too many requests.
    LimitReached {
        /// Seconds until another request may succeed.
        retry_after: u64,
    },
    /// The code is wrong, expired, used, revoked, exhausted or was never sent. The answer is the same in all cases.
    CodeRefused,
    /// The code is correct, but no account has the address.
    UserUnknown,
    /// The old password is wrong.
    OldPasswordRefused,
    /// The password violates the policy.
    Password(Outcome),
}

impl Refusal {
    /// Returns the stable code, such as `reset.code_refused`. For a refused password it is the code of the first violation.
    pub fn code(&self) -> &str {
        match self {
            Refusal::DeviceIncomplete => "reset.device_incomplete",
            Refusal::ClientMissing => "reset.client_missing",
            Refusal::ClientUnknown => "reset.client_unknown",
            Refusal::AddressMissing(Channel::Email) => "reset.email_missing",
            Refusal::AddressMissing(Channel::Mobile) => "reset.mobile_missing",
            Refusal::CodeMissing => "reset.code_missing",
            Refusal::PasswordMissing => "reset.password_missing",
            Refusal::CaptchaFailed => "reset.captcha_failed",
            Refusal::NotSent => "reset.not_sent",
            Refusal::LimitReached { .. } => "reset.limit_reached",
            Refusal::CodeRefused => "reset.code_refused",
            Refusal::UserUnknown => "reset.user_unknown",
            Refusal::OldPasswordRefused => "reset.old_password_refused",
            Refusal::Password(outcome) => {
                outcome.violations().next().map_or("reset.password_refused", |first| first.code())
            }
        }
    }
}
