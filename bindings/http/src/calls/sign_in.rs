//! Sign-in: what a user does after a reset. The answer to an unknown name has the shape and the cost of that to a wrong
//! password.

use std::sync::Arc;

use kouling::evaluation::Expiry;
use kouling::flow::{Budget, Effect, Refusal};
use kouling::policy::units::Rate;
use kouling::{Language, Moment};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{count, signed_in};
use crate::random;
use crate::server::{Live, Server};
use crate::store::{Account, NewSession, Origin, login_key};
use crate::tokens::LIFETIME;
use crate::wire::{Call, Problem, Reply};

/// Wrong passwords in a row of one peer for one name. There is no limit for a name alone: a flood on one account must not lock
/// its owner out.
const PER_PEER_AND_NAME: Rate = Rate { most: 10, per: 900 };
/// Wrong passwords of one peer, whatever the names.
const PER_PEER: Rate = Rate { most: 100, per: 900 };
const REFUSED: Problem = Problem::Host("host.sign_in_refused");

/// `POST login/auth`.
pub async fn authenticate(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    let name = call.fields.text("user_name")?;
    let password = call.fields.text("password")?;
    if name.trim().is_empty() {
        return Err(Problem::Host("host.user_name_missing"));
    }
    if password.is_empty() {
        return Err(Refusal::PasswordMissing.into());
    }
    let budgets = budgets(&call.peer, &name);
    count(&server, &budgets, call.now).await?;
    let account = server.store().account_named(&name).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    let right = server.workshop().verify(&call.live.policy, password, stored.clone()).await?;
    let (Some(account), Some(stored), true) = (account, stored, right) else { return Err(REFUSED) };
    if !account.is_active {
        return Err(REFUSED);
    }
    forgive(&server, &budgets, call.now).await?;
    open(&server, &call, &account, &stored).await
}

/// People type passwords into the wrong field: a name that was tried is kept as a hash.
fn budgets(peer: &str, name: &str) -> [Budget; 2] {
    let name = login_key(name).unwrap_or_else(|| name.to_owned());
    let name = random::hex(&Sha256::digest(name.as_bytes())[..16]);
    [
        Budget { key: format!("signin:peer:{peer}:{name}"), rate: PER_PEER_AND_NAME },
        Budget { key: format!("signin:peer:{peer}"), rate: PER_PEER },
    ]
}

/// A right password gives back what was counted for it, and ends the row of wrong ones of this peer for this name; those
/// for other names stay counted.
async fn forgive(server: &Server, [named, peer]: &[Budget; 2], now: Moment) -> Result<(), Problem> {
    let wrong = server.store().events(&named.key, now.minus(named.rate.per)).await?;
    let released = wrong.into_iter().map(|counted| (named, counted)).chain([(peer, now)]);
    let effects: Vec<Effect> =
        released.map(|(budget, counted)| Effect::ReleaseCount { key: budget.key.clone(), counted }).collect();
    server.store().apply(&effects, &Origin::default()).await?;
    Ok(())
}

async fn open(server: &Server, call: &Call, account: &Account, verified: &str) -> Result<Reply, Problem> {
    let session_token = random::hex(&random::bytes::<32>());
    let session = NewSession {
        id: random::identifier(),
        token_hash: Sha256::digest(session_token.as_bytes()).into(),
        account: account.id.clone(),
        client: call.caller.client.clone(),
        made: call.now,
        dies: call.now.plus(LIFETIME),
    };
    let id_token = server
        .tokens()
        .issue(&session.id, &account.id, &account.username, &session.client, call.now)
        .map_err(|error| {
        tracing::error!(%error, "an id token cannot be signed");
        Problem::Fault
    })?;
    // The password may have been replaced since it was verified.
    if !server.store().open_session(&session, verified).await? {
        return Err(REFUSED);
    }
    let mut body = json!({
        "session_token": session_token,
        "expire": LIFETIME,
        "status": "SUCCESS",
        "id_token": id_token,
    });
    if call.live.policy.expiry().is_some_and(|expiry| is_near(expiry, account.password_set, call.now)) {
        body["status"] = json!("PASSWORD_WARN");
        body["state_token"] = json!(session.id);
        body["data"] = json!(description(&call.live, call.language).to_string());
    }
    Ok(Reply::new(body))
}

/// Whether the password's time is nearly over, or is. One that was set nobody knows when is as old as can be.
fn is_near(expiry: Expiry, set: Option<Moment>, now: Moment) -> bool {
    let age = match set {
        Some(set) => now.since(set).unwrap_or(0),
        None => u64::MAX,
    };
    age >= expiry.max_age.saturating_sub(expiry.warn_before)
}

/// What a front end is told of the policy when a password nears its end.
fn description(live: &Live, language: Language) -> Value {
    let shape = live.policy.describe(language).shape;
    json!({
        "maxLength": shape.max_length,
        "minLength": shape.min_length,
        "regEx": shape.regular_expression(),
        "passwordrules": shape.password_rules(),
    })
}

/// `GET pwd/check-exist`.
pub async fn has_password(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    let (account, _) = signed_in(&server, &call).await?;
    Ok(Reply::new(json!({ "is_set_pwd": account.password_hash.is_some() })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_near_from_its_first_second() {
        let expiry = Expiry { max_age: 100, warn_before: 10 };
        let set = Some(Moment::from_unix(1000));
        assert!(!is_near(expiry, set, Moment::from_unix(1089)));
        assert!(is_near(expiry, set, Moment::from_unix(1090)));
        assert!(is_near(expiry, set, Moment::from_unix(5000)));
        assert!(is_near(expiry, None, Moment::from_unix(1000)));
    }
}
