//! A refusal is the flow's no. It has a stable code, which a contract turns into its own code, status and text.

use super::identifier::Channel;
use crate::evaluation::Outcome;

/// Why something is not done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// The device is not described.
    DeviceIncomplete,
    /// The client does not say who it is.
    ClientMissing,
    /// The client is not registered.
    ClientUnknown,
    /// There is no address.
    AddressMissing(Channel),
    /// There is no code.
    CodeMissing,
    /// There is no password.
    PasswordMissing,
    /// The captcha was not solved.
    CaptchaFailed,
    /// No code will be sent: the captcha is not good, or the address is none.
    NotSent,
    /// Too many requests.
    LimitReached {
        /// Seconds until the next one may succeed.
        retry_after: u64,
    },
    /// The code is wrong, expired, used, spent or was never sent: one answer for all.
    CodeRefused,
    /// The code was right, and there is no account.
    UserUnknown,
    /// The old password is not right.
    OldPasswordRefused,
    /// The password breaks rules.
    Password(Outcome),
}

impl Refusal {
    /// The stable code: `reset.code_refused`. For a password, that of the first broken rule.
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
