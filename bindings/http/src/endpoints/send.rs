//! Sends a code. Status, body and headers of the response are the same whether an account exists or not.

use std::sync::Arc;

use kouling::flow::{self, Channel, Purpose, Refusal, SendFacts, SendRequest, budgets};
use schemars::JsonSchema;
use serde::Deserialize;

use super::origin;
use crate::protocol::{Call, Nothing, Problem, Reply, Text};
use crate::random;
use crate::server::Server;

/// How often the facts are looked up again if they changed before the effects were applied.
const TRIES: usize = 3;

/// A request for a code by e-mail.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct SendEmailRequest {
    /// The address.
    #[schemars(extend("examples" = ["15200000000@qq.com"]))]
    email: Text,
    /// The purpose: `FORGET_PWD_EMS` or `UPDATE_PWD_EMS`.
    #[serde(rename = "type")]
    #[schemars(extend("examples" = ["FORGET_PWD_EMS"]))]
    scene: Text,
    /// The result of `captcha/verify`.
    #[schemars(extend("examples" = ["4a0…---{\"x\":237.0,\"y\":5.0}"]))]
    captcha_token: Option<Text>,
}

/// A request for a code to a phone.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct SendSmsRequest {
    /// The phone number.
    #[schemars(extend("examples" = ["15200000000"]))]
    mobile: Text,
    /// The purpose: `FORGET_PWD_SMS` or `UPDATE_PWD_SMS`.
    #[serde(rename = "type")]
    #[schemars(extend("examples" = ["FORGET_PWD_SMS"]))]
    scene: Text,
    /// The result of `captcha/verify`.
    #[schemars(extend("examples" = ["4a0…---{\"x\":237.0,\"y\":5.0}"]))]
    captcha_token: Option<Text>,
}

/// Handles `POST email/send`.
pub(super) async fn by_email(
    server: Arc<Server>,
    call: Call,
    body: SendEmailRequest,
) -> Result<Reply<Nothing>, Problem> {
    let SendEmailRequest { email, scene, captcha_token } = body;
    send(&server, &call, Channel::Email, ["FORGET_PWD_EMS", "UPDATE_PWD_EMS"], email, scene, captcha_token).await
}

/// Handles `POST sms/send`.
pub(super) async fn by_mobile(
    server: Arc<Server>,
    call: Call,
    body: SendSmsRequest,
) -> Result<Reply<Nothing>, Problem> {
    let SendSmsRequest { mobile, scene, captcha_token } = body;
    send(&server, &call, Channel::Mobile, ["FORGET_PWD_SMS", "UPDATE_PWD_SMS"], mobile, scene, captcha_token).await
}

async fn send(
    server: &Server,
    call: &Call,
    channel: Channel,
    [forgot, update]: [&str; 2],
    address: Text,
    scene: Text,
    captcha_token: Option<Text>,
) -> Result<Reply<Nothing>, Problem> {
    if address.trim().is_empty() {
        return Err(Refusal::AddressMissing(channel).into());
    }
    let purpose = match &*scene {
        scene if scene == forgot => Purpose::ForgotPassword,
        scene if scene == update => Purpose::UpdatePassword,
        // Other scenes of the contract, and everything else.
        _ => return Err(Refusal::NotSent.into()),
    };
    let request = SendRequest {
        caller: call.caller.clone(),
        purpose,
        channel,
        address: address.to_string(),
        captcha_token: captcha_token.map(|token| token.to_string()),
        peer: call.client_address.clone(),
    };
    for _ in 0..TRIES {
        let facts = facts(server, call, &request).await?;
        let policy = &call.policy;
        let (answer, effects) =
            flow::send(policy, server.codes(), &request, &facts, call.now, &random::bytes::<80>());
        let applied = server.store().apply(&effects, &origin(call)).await?;
        answer?;
        if applied {
            server.notify_delivery();
            return Ok(Reply::empty().retry_after(policy.reset().code.cooldown));
        }
    }
    Err(Refusal::NotSent.into())
}

async fn facts(server: &Server, call: &Call, request: &SendRequest) -> Result<SendFacts, Problem> {
    let store = server.store();
    let Some(address) = request.address() else { return Ok(SendFacts::default()) };
    let account = store.account_at(&address).await?;
    let account = account.and_then(|account| {
        let on_record = account.address(request.channel)?.to_owned();
        Some((account.id, on_record))
    });
    let captcha = match request.captcha_token.as_deref().and_then(|token| token.split_once("---")) {
        Some((token, _)) => store.captcha(token).await?.map(|stored| stored.captcha),
        None => None,
    };
    let id = account.as_ref().map(|(id, _)| id.as_str());
    let mut events = Vec::new();
    for budget in budgets(&call.policy, request, &address, id) {
        events.push(store.events(&budget.key, call.now.minus(budget.rate.per)).await?);
    }
    Ok(SendFacts { account, captcha, events })
}
