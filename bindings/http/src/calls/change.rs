//! Somebody who is signed in exchanges the old password for a new one.

use std::sync::Arc;

use kouling::flow::{Budget, ChangeFacts, Secret, change};
use kouling::policy::units::Rate;

use super::{count, origin, release, signed_in};
use crate::server::Server;
use crate::wire::{Call, Problem, Reply};

/// Wrong old passwords of one account: a stolen token must not become a way to guess the password. The owner can still
/// sign in, and reset it by mail.
const WRONG: Rate = Rate { most: 10, per: 900 };

/// `POST pwd/change`.
pub async fn exchange(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    let old = call.fields.optional_text("old_password")?.filter(|old| !old.is_empty());
    let new = call.fields.text("new_password")?;
    let (account, _) = signed_in(&server, &call).await?;
    let policy = &call.live.policy;
    let budget = [Budget { key: format!("change:account:{}", account.id), rate: WRONG }];
    let old_is_right = match &old {
        Some(old) if !new.is_empty() => {
            count(&server, &budget, call.now).await?;
            let right = server.workshop().verify(policy, old.clone(), account.password_hash.clone()).await?;
            if right {
                release(&server, &budget, call.now).await?;
            }
            Some(right)
        }
        // An empty form is refused before anything is verified.
        Some(_) => Some(false),
        None => None,
    };
    let known = account.for_flow();
    let old = old.map(|old| Secret::new(old.as_str()));
    let facts = ChangeFacts {
        account: &known,
        old_is_right,
        old: old.as_ref(),
        reports_all: call.reports_all,
        verifier: None,
    };
    let new = Secret::new(new.as_str());
    let judged = server.workshop().here(|| change(policy, &call.caller, &new, &facts, call.now)).await?;
    let approved = judged??;
    let hash = server.workshop().hash(approved.password().clone()).await?;
    if !server.store().apply(&approved.effects(hash), &origin(&call)).await? {
        // The password was replaced since the old one was verified.
        return Err(kouling::flow::Refusal::OldPasswordRefused.into());
    }
    server.bell().notify_one();
    Ok(Reply::empty())
}
