//! A signed-in user, or one whose sign-in requires it, replaces the old password by a new one.

use std::sync::Arc;

use kouling::flow::{Budget, ChangeFacts, Refusal, change};
use kouling::policy::units::Rate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::sign_in::token_hash;
use super::{TOKEN_INVALID, count, origin, release, signed_in};
use crate::protocol::{Call, Nothing, Problem, Reply, Text};
use crate::server::Server;

/// Wrong old passwords per account: a stolen token must not become a way to guess the password. The owner can still sign in
/// and reset the password by mail.
const WRONG: Rate = Rate { most: 10, per: 900 };

/// A change of the password.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct ChangeRequest {
    /// The current password. May be missing if the user has none.
    #[schemars(extend("examples" = ["Kouling-demo-2026"]))]
    old_password: Text,
    /// The new password.
    #[schemars(extend("examples" = ["P@sdsdfsdfds"]))]
    new_password: Text,
    /// The token of a sign-in with the status `PASSWORD_EXPIRED`, instead of an id token.
    state_token: Option<String>,
}

/// Handles `POST pwd/change`.
pub(super) async fn change_password(
    server: Arc<Server>,
    call: Call,
    body: ChangeRequest,
) -> Result<Reply<Nothing>, Problem> {
    let old = Some(body.old_password).filter(|old| !old.is_empty());
    let new = body.new_password;
    let account = match &body.state_token {
        Some(token) => {
            let hash = token_hash(token);
            server.store().change_account(&hash, &call.caller.client, call.now).await?.ok_or(TOKEN_INVALID)?
        }
        None => signed_in(&server, &call).await?,
    };
    let is_required = body.state_token.is_some();
    let policy = call.policy_of(&account)?;
    let budget = [Budget { key: format!("change:account:{}", account.id), rate: WRONG }];
    let old_is_right = match &old {
        Some(old) if !new.is_empty() => {
            count(&server, &budget, call.now).await?;
            let stored = account.password_hash.clone();
            let is_right = server.worker_pool().verify(&policy, old.clone().into_inner(), stored).await?;
            if is_right {
                release(&server, &budget, call.now).await?;
            }
            Some(is_right)
        }
        // An empty new password is refused before anything is verified.
        Some(_) => Some(false),
        None => None,
    };
    let mut record = account.for_flow();
    // The minimum age does not forbid a change that is required.
    record.password_set = record.password_set.filter(|_| !is_required);
    let old = old.map(|old| old.to_secret());
    let facts = ChangeFacts {
        account: &record,
        old_is_right,
        old: old.as_ref(),
        reports_all: call.reports_all,
        verifier: None,
    };
    let new = new.to_secret();
    let evaluated =
        server.worker_pool().run_in_place(|| change(&policy, &call.caller, &new, &facts, call.now)).await?;
    let approved = evaluated?.map_err(|refusal| Problem::RefusedBy(policy, refusal))?;
    let hash = server.worker_pool().hash(approved.password().clone()).await?;
    if !server.store().apply(&approved.effects(hash), &origin(&call)).await? {
        // The password was replaced since the old one was verified.
        return Err(Refusal::OldPasswordRefused.into());
    }
    server.notify_delivery();
    Ok(Reply::empty())
}
