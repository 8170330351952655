//! What comes with every request: who calls, from what device, and for what purpose.

use serde::{Deserialize, Serialize};

use super::Refusal;

/// What a code is for. A code of one purpose is worth nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Somebody who cannot sign in sets a new password.
    ForgotPassword,
    /// Somebody who is signed in sets a new password.
    UpdatePassword,
}

impl Purpose {
    /// The purpose as a stable word.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::ForgotPassword => "forgot_password",
            Purpose::UpdatePassword => "update_password",
        }
    }
}

/// The device as the client describes it. A claim, not a fact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The operating system.
    pub system: String,
    /// The fingerprint; what a code is bound to when the policy says so.
    pub fingerprint: String,
    /// The agent.
    pub agent: String,
}

/// Who calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The device; blank fields are missing ones.
    pub device: Device,
    /// The client's identifier; blank is missing.
    pub client: String,
    /// Whether the host knows this client.
    pub client_is_registered: bool,
}

impl Caller {
    /// Whether the caller said who it is.
    ///
    /// # Errors
    /// The refusal, in the order of the contract: device, client, registration.
    pub fn check(&self) -> Result<(), Refusal> {
        let Device { system, fingerprint, agent } = &self.device;
        if [system, fingerprint, agent].iter().any(|field| field.trim().is_empty()) {
            Err(Refusal::DeviceIncomplete)
        } else if self.client.trim().is_empty() {
            Err(Refusal::ClientMissing)
        } else if !self.client_is_registered {
            Err(Refusal::ClientUnknown)
        } else {
            Ok(())
        }
    }
}
