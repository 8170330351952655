//! What comes with every request: who calls, from which device, and for what purpose.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Refusal;
use crate::policy::reset::CodePolicy;

/// What a code is for. A code of one purpose is invalid for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A user who cannot sign in sets a new password.
    ForgotPassword,
    /// A signed-in user sets a new password.
    UpdatePassword,
}

impl Purpose {
    /// Returns the stable name: `forgot_password` or `update_password`.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::ForgotPassword => "forgot_password",
            Purpose::UpdatePassword => "update_password",
        }
    }
}

/// The device as the client describes it. The description is not verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The operating system and its version.
    pub system: String,
    /// The device fingerprint. A code is bound to it if the policy says so.
    pub fingerprint: String,
    /// The user agent.
    pub agent: String,
}

/// Who calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The device. A blank field counts as missing.
    pub device: Device,
    /// The client identifier. A blank one counts as missing.
    pub client: String,
    /// Whether the host has registered this client.
    pub client_is_registered: bool,
}

impl Caller {
    /// Checks that the caller has identified itself.
    ///
    /// # Errors
    /// The first refusal in the order of the contract: device, client, registration.
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

    /// The client and the device fingerprint, each only if the policy binds codes to it.
    pub(super) fn bound_to(&self, policy: &CodePolicy) -> (Option<&str>, Option<&str>) {
        let client = policy.bind_client.then_some(self.client.as_str());
        let device = policy.bind_device.then_some(self.device.fingerprint.as_str());
        (client, device)
    }

    /// The key of this caller as the requester of a code.
    pub(super) fn requester(&self, policy: &CodePolicy) -> String {
        let (client, device) = self.bound_to(policy);
        requester(client, device)
    }
}

/// The key of a requester: the first 128 bits of SHA-256 over the client and the device, as hexadecimal digits. A part
/// that codes are not bound to is left out; if codes are bound to neither, all callers are one requester.
pub(super) fn requester(client: Option<&str>, device: Option<&str>) -> String {
    let mut hash = Sha256::new();
    for part in [client, device] {
        // The length separates the parts; a missing part differs from an empty one.
        hash.update(part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        hash.update(part.unwrap_or_default());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
