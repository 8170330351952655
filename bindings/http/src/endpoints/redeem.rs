//! Sets a new password with a code. Drives the flow's [`Redemption`].

use std::sync::Arc;

use kouling::flow::{Channel, Event, Next, Redemption, RedemptionRequest};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{origin, signed_in};
use crate::protocol::{Authorization, Call, Nothing, Problem, Reply, Text};
use crate::server::Server;

/// A new password and a code that was sent by e-mail.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct UpdateByEmailRequest {
    /// The address that the code was sent to. Empty or missing for a signed-in user.
    #[schemars(extend("examples" = ["15200000000@qq.com"]))]
    email: Text,
    /// The code.
    #[schemars(extend("examples" = ["123456"]))]
    verify_code: Text,
    /// The new password.
    #[schemars(extend("examples" = ["P@sdsdfsdfds"]))]
    password: Text,
}

/// A new password and a code that was sent to a phone.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct UpdateByMobileRequest {
    /// The phone number that the code was sent to. Empty or missing for a signed-in user.
    #[schemars(extend("examples" = ["15200000000"]))]
    mobile: Text,
    /// The code.
    #[schemars(extend("examples" = ["123456"]))]
    verify_code: Text,
    /// The new password.
    #[schemars(extend("examples" = ["P@sdsdfsdfds"]))]
    password: Text,
}

/// Handles `POST pwd/update-by-email`.
pub(super) async fn by_email(
    server: Arc<Server>,
    call: Call,
    body: UpdateByEmailRequest,
) -> Result<Reply<Nothing>, Problem> {
    redeem(&server, &call, Channel::Email, [body.email, body.verify_code, body.password]).await
}

/// Handles `POST pwd/update-by-mobile`.
pub(super) async fn by_mobile(
    server: Arc<Server>,
    call: Call,
    body: UpdateByMobileRequest,
) -> Result<Reply<Nothing>, Problem> {
    redeem(&server, &call, Channel::Mobile, [body.mobile, body.verify_code, body.password]).await
}

async fn redeem(
    server: &Server,
    call: &Call,
    channel: Channel,
    [address, code, password]: [Text; 3],
) -> Result<Reply<Nothing>, Problem> {
    // Without an address the user must be signed in. With one, the code alone counts, and a token that is left over from an
    // earlier session is ignored.
    let signed_in = match (&call.authorization, address.trim().is_empty()) {
        (Authorization::Bearer(_) | Authorization::Unusable | Authorization::Repeated, true) => {
            Some(signed_in(server, call).await?.id)
        }
        _ => None,
    };
    let request = RedemptionRequest {
        caller: call.caller.clone(),
        channel,
        address: address.to_string(),
        code: code.to_secret(),
        password: password.to_secret(),
        signed_in,
        reports_all: call.reports_all,
    };
    drive(server, call, request).await
}

async fn drive(server: &Server, call: &Call, request: RedemptionRequest) -> Result<Reply<Nothing>, Problem> {
    let (store, origin) = (server.store(), origin(call));
    let (mut redemption, mut next) = Redemption::begin(call.policy.clone(), server.codes(), request, call.now);
    let mut policy = call.policy.clone();
    loop {
        let event = match next {
            Next::LookUpChallenge { purpose, channel, address, account, requester } => {
                let found =
                    store.challenge(purpose, channel, address.as_ref(), account.as_deref(), &requester).await?;
                Event::Challenge(found.map(Box::new))
            }
            Next::Apply(effects) => Event::Applied(store.apply(&effects, &origin).await?),
            Next::LookUpAccount { account, address } => {
                // The account that has the address now, if it is still the one that the code was sent for.
                let found = store.account_at(&address).await?;
                let found = found.filter(|found| account.as_ref() == Some(&found.id));
                let event = match found.as_ref().map(|account| call.policy_of(account)) {
                    Some(Err(error)) => Event::CannotJudge(error),
                    Some(Ok(own)) => {
                        policy = own;
                        redemption.judge_by(policy.clone());
                        Event::Account(found.map(|account| Box::new(account.for_flow())))
                    }
                    None => Event::Account(None),
                };
                // The only step that evaluates the password.
                next = server.worker_pool().run_in_place(|| redemption.on(event)).await?;
                continue;
            }
            Next::Approved(approved) => {
                let hash = server.worker_pool().hash(approved.password().clone()).await?;
                Event::Applied(store.apply(&approved.effects(hash), &origin).await?)
            }
            Next::Refused(refusal, effects) => {
                store.apply(&effects, &origin).await?;
                return Err(Problem::RefusedBy(policy, refusal));
            }
            Next::CannotJudge(error, effects) => {
                store.apply(&effects, &origin).await?;
                return Err(error.into());
            }
            Next::Done => {
                server.notify_delivery();
                return Ok(Reply::empty());
            }
        };
        next = redemption.on(event);
    }
}
