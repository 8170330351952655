//! May this password be set, by a code? Drives the flow's [`Redemption`].

use std::sync::Arc;

use kouling::flow::{Channel, Event, Next, Redemption, RedemptionRequest, Secret};

use super::{origin, signed_in};
use crate::server::Server;
use crate::wire::{Authorization, Call, Problem, Reply};

/// `POST pwd/update-by-email`.
pub async fn by_email(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    redeem(&server, &call, Channel::Email, "email").await
}

/// `POST pwd/update-by-mobile`.
pub async fn by_mobile(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    redeem(&server, &call, Channel::Mobile, "mobile").await
}

async fn redeem(server: &Server, call: &Call, channel: Channel, field: &str) -> Result<Reply, Problem> {
    let address = call.fields.text(field)?;
    let code = call.fields.text("verify_code")?;
    let password = call.fields.text("password")?;
    // Without an address it is somebody who is signed in; with one the code alone counts, and a token left over from
    // an earlier session does not matter.
    let signed_in = match (&call.authorization, address.trim().is_empty()) {
        (Authorization::Bearer(_) | Authorization::Unusable | Authorization::Repeated, true) => {
            Some(signed_in(server, call).await?.0.id)
        }
        _ => None,
    };
    let request = RedemptionRequest {
        caller: call.caller.clone(),
        channel,
        address: address.to_string(),
        code: Secret::new(code.as_str()),
        password: Secret::new(password.as_str()),
        signed_in,
        reports_all: call.reports_all,
    };
    drive(server, call, request).await
}

async fn drive(server: &Server, call: &Call, request: RedemptionRequest) -> Result<Reply, Problem> {
    let (store, origin) = (server.store(), origin(call));
    let (mut redemption, mut next) = Redemption::begin(&call.live.policy, server.codes(), request, call.now);
    loop {
        let event = match next {
            Next::LookUpChallenge { purpose, channel, address, account, requester } => {
                let found =
                    store.challenge(purpose, channel, address.as_ref(), account.as_deref(), &requester).await?;
                Event::Challenge(found.map(Box::new))
            }
            Next::Apply(effects) => Event::Applied(store.apply(&effects, &origin).await?),
            Next::LookUpAccount { account, address } => {
                // Who has the address now, and only if that is who the code was for.
                let found = store.account_at(&address).await?;
                let found = found.filter(|found| account.as_ref() == Some(&found.id));
                let event = Event::Account(found.map(|account| Box::new(account.for_flow())));
                // The one step that judges.
                next = server.workshop().here(|| redemption.on(event)).await?;
                continue;
            }
            Next::Approved(approved) => {
                let hash = server.workshop().hash(approved.password().clone()).await?;
                Event::Applied(store.apply(&approved.effects(hash), &origin).await?)
            }
            Next::Refused(refusal, effects) => {
                store.apply(&effects, &origin).await?;
                return Err(refusal.into());
            }
            Next::CannotJudge(error, effects) => {
                store.apply(&effects, &origin).await?;
                return Err(error.into());
            }
            Next::Done => {
                server.bell().notify_one();
                return Ok(Reply::empty());
            }
        };
        next = redemption.on(event);
    }
}
