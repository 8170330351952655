//! Signs in. The response to an unknown name has the form and the cost of the response to a wrong password.

use std::sync::Arc;

use kouling::evaluation::Expiry;
use kouling::flow::{Budget, Effect, Refusal};
use kouling::policy::units::Rate;
use kouling::{Language, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{count, signed_in};
use crate::protocol::{Call, Problem, Reply, Text};
use crate::random;
use crate::server::{LoadedPolicy, Server};
use crate::store::{Account, NewSession, Origin, login_key};
use crate::tokens::LIFETIME;

/// Consecutive wrong passwords per client address and name. There is no limit per name alone: a flood on one account must
/// not lock its owner out.
const PER_CLIENT_AND_NAME: Rate = Rate { most: 10, per: 900 };
/// Wrong passwords per client address, for any name.
const PER_CLIENT: Rate = Rate { most: 100, per: 900 };
const REFUSED: Problem = Problem::Host("host.sign_in_refused");

/// A sign-in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct SignInRequest {
    /// The username, phone number or e-mail address.
    #[schemars(extend("examples" = ["zhangsan"]))]
    user_name: Text,
    /// The password.
    #[schemars(extend("examples" = ["Kouling-demo-2026"]))]
    password: Text,
}

/// A new session.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SignedIn {
    session_token: String,
    /// Lifetime of the session in seconds.
    expire: u64,
    status: Status,
    /// A JWT that `/.well-known/jwks.json` verifies.
    id_token: String,
    /// Only with `PASSWORD_WARN`: the identifier of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    state_token: Option<String>,
    /// Only with `PASSWORD_WARN`: a description of the policy, as JSON in a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
}

/// The status of a sign-in.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Success,
    /// The password has expired or expires soon.
    PasswordWarn,
}

/// Handles `POST login/auth`.
pub(super) async fn sign_in(
    server: Arc<Server>,
    call: Call,
    body: SignInRequest,
) -> Result<Reply<SignedIn>, Problem> {
    let SignInRequest { user_name: name, password } = body;
    if name.trim().is_empty() {
        return Err(Problem::Host("host.user_name_missing"));
    }
    if password.is_empty() {
        return Err(Refusal::PasswordMissing.into());
    }
    let budgets = budgets(&call.client_address, &name);
    count(&server, &budgets, call.now).await?;
    let account = server.store().account_named(&name).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    let policy = &call.loaded.policy;
    let is_right = server.worker_pool().verify(policy, password.into_inner(), stored.clone()).await?;
    let (Some(account), Some(stored), true) = (account, stored, is_right) else { return Err(REFUSED) };
    if !account.is_active {
        return Err(REFUSED);
    }
    forgive(&server, &budgets, call.now).await?;
    open_session(&server, &call, &account, &stored).await
}

/// Returns the budgets of a sign-in. The name is hashed, because people type passwords into the wrong field.
fn budgets(client_address: &str, name: &str) -> [Budget; 2] {
    let name = login_key(name).unwrap_or_else(|| name.to_owned());
    let name = random::hex(&Sha256::digest(name.as_bytes())[..16]);
    [
        Budget { key: format!("signin:peer:{client_address}:{name}"), rate: PER_CLIENT_AND_NAME },
        Budget { key: format!("signin:peer:{client_address}"), rate: PER_CLIENT },
    ]
}

/// Removes what was counted for a correct password, and the wrong passwords of this client address for this name. Those for
/// other names stay counted.
async fn forgive(server: &Server, [named, client]: &[Budget; 2], now: Moment) -> Result<(), Problem> {
    let wrong = server.store().events(&named.key, now.minus(named.rate.per)).await?;
    let released = wrong.into_iter().map(|counted| (named, counted)).chain([(client, now)]);
    let effects: Vec<Effect> =
        released.map(|(budget, counted)| Effect::ReleaseCount { key: budget.key.clone(), counted }).collect();
    server.store().apply(&effects, &Origin::default()).await?;
    Ok(())
}

async fn open_session(
    server: &Server,
    call: &Call,
    account: &Account,
    verified: &str,
) -> Result<Reply<SignedIn>, Problem> {
    let session_token = random::hex(&random::bytes::<32>());
    let session = NewSession {
        id: random::identifier(),
        token_hash: Sha256::digest(session_token.as_bytes()).into(),
        account: account.id.clone(),
        client: call.caller.client.clone(),
        created: call.now,
        expires: call.now.plus(LIFETIME),
    };
    let id_token = server
        .tokens()
        .issue(&session.id, &account.id, &account.username, &session.client, call.now)
        .map_err(|error| {
        tracing::error!(%error, "an id token cannot be signed");
        Problem::Internal
    })?;
    // The password may have been replaced since it was verified.
    if !server.store().open_session(&session, verified).await? {
        return Err(REFUSED);
    }
    let expiry = call.loaded.policy.expiry();
    let warns = expiry.is_some_and(|expiry| is_near(expiry, account.password_set, call.now));
    let status = if warns { Status::PasswordWarn } else { Status::Success };
    let data = warns.then(|| description(&call.loaded, call.language)).transpose()?;
    let state_token = warns.then_some(session.id);
    Ok(Reply::new(SignedIn { session_token, expire: LIFETIME, status, id_token, state_token, data }))
}

/// Returns whether the password has expired or expires soon. A password without a known date counts as expired.
fn is_near(expiry: Expiry, set: Option<Moment>, now: Moment) -> bool {
    let age = match set {
        Some(set) => now.since(set).unwrap_or(0),
        None => u64::MAX,
    };
    age >= expiry.max_age.saturating_sub(expiry.warn_before)
}

/// The policy, for a front end that asks for a new password.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PolicyHint {
    max_length: Option<u64>,
    min_length: Option<u64>,
    #[serde(rename = "regEx")]
    regular_expression: String,
    #[serde(rename = "passwordrules")]
    password_rules: String,
}

fn description(loaded: &LoadedPolicy, language: Language) -> Result<String, Problem> {
    let shape = loaded.policy.describe(language).shape;
    let hint = PolicyHint {
        max_length: shape.max_length,
        min_length: shape.min_length,
        regular_expression: shape.regular_expression(),
        password_rules: shape.password_rules(),
    };
    serde_json::to_string(&hint).map_err(|error| {
        tracing::error!(%error, "the description of the policy cannot be serialized");
        Problem::Internal
    })
}

/// Whether the user has a password.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct HasPassword {
    is_set_pwd: bool,
}

/// Handles `GET pwd/check-exist`.
pub(super) async fn has_password(server: Arc<Server>, call: Call) -> Result<Reply<HasPassword>, Problem> {
    let account = signed_in(&server, &call).await?;
    Ok(Reply::new(HasPassword { is_set_pwd: account.password_hash.is_some() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warning_begins_at_its_first_second() {
        let expiry = Expiry { max_age: 100, warn_before: 10, grace: 0 };
        let set = Some(Moment::from_unix(1000));
        assert!(!is_near(expiry, set, Moment::from_unix(1089)));
        assert!(is_near(expiry, set, Moment::from_unix(1090)));
        assert!(is_near(expiry, set, Moment::from_unix(5000)));
        assert!(is_near(expiry, None, Moment::from_unix(1000)));
    }
}
