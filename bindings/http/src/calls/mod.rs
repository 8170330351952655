//! The calls of the contract, one file a family. Each takes a request whose form is right, looks up facts, asks the flow,
//! and carries out what it says.

pub mod captcha;
pub mod change;
pub mod judge;
pub mod redeem;
pub mod send;
pub mod sign_in;

use kouling::Moment;
use kouling::flow::{Budget, Effect, retry_after};

use crate::server::Server;
use crate::store::{Account, Origin};
use crate::tokens::Claims;
use crate::wire::{Authorization, Call, Problem};

/// An id token that is not good.
const TOKEN_INVALID: Problem = Problem::Host("host.token_invalid");

/// Where a call's effects come from.
fn origin(call: &Call) -> Origin {
    Origin { language: call.language.tag() }
}

/// Counts one event, or says when the next fits. Looks before it writes: a flood must not queue up for the writer.
async fn count(server: &Server, budgets: &[Budget], now: Moment) -> Result<(), Problem> {
    let mut wait = 0;
    for Budget { key, rate } in budgets {
        let events = server.store().events(key, now.minus(rate.per)).await?;
        wait = wait.max(retry_after(rate.to_owned(), &events, now));
    }
    if wait > 0 {
        return Err(Problem::Limit(wait));
    }
    let effects: Vec<Effect> =
        budgets.iter().map(|budget| Effect::Count { budget: budget.clone(), now }).collect();
    match server.store().apply(&effects, &Origin::default()).await? {
        true => Ok(()),
        // Somebody else took the last place in between.
        false => Err(Problem::Limit(1)),
    }
}

/// Gives back what [`count`] counted.
async fn release(server: &Server, budgets: &[Budget], now: Moment) -> Result<(), Problem> {
    let release = |budget: &Budget| Effect::ReleaseCount { key: budget.key.clone(), counted: now };
    let effects: Vec<Effect> = budgets.iter().map(release).collect();
    server.store().apply(&effects, &Origin::default()).await?;
    Ok(())
}

/// The account that is signed in, by an id token of this client whose session has not ended.
async fn signed_in(server: &Server, call: &Call) -> Result<(Account, Claims), Problem> {
    let Authorization::Bearer(token) = &call.authorization else { return Err(TOKEN_INVALID) };
    let client = Some(call.caller.client.as_str()).filter(|client| !client.trim().is_empty());
    let claims = server.tokens().verify(token, client, call.now).ok_or(TOKEN_INVALID)?;
    match server.store().session_account(&claims.jti, call.now).await? {
        Some(account) if account.id == claims.sub => Ok((account, claims)),
        _ => Err(TOKEN_INVALID),
    }
}
