//! May a code be sent? The answer is the same, in status, body and headers, whether there is an account or not.

use std::sync::Arc;

use kouling::flow::{self, Channel, Purpose, Refusal, SendFacts, SendRequest, budgets};

use super::origin;
use crate::random;
use crate::server::Server;
use crate::wire::{Call, Problem, Reply};

/// How often the question is asked again when somebody else changed the facts meanwhile.
const TRIES: usize = 3;

/// `POST email/send`.
pub async fn by_email(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    send(&server, &call, Channel::Email, "email", ["FORGET_PWD_EMS", "UPDATE_PWD_EMS"]).await
}

/// `POST sms/send`.
pub async fn by_mobile(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    send(&server, &call, Channel::Mobile, "mobile", ["FORGET_PWD_SMS", "UPDATE_PWD_SMS"]).await
}

async fn send(
    server: &Server,
    call: &Call,
    channel: Channel,
    field: &str,
    [forgot, update]: [&str; 2],
) -> Result<Reply, Problem> {
    let address = call.fields.text(field)?;
    let scene = call.fields.text("type")?;
    let captcha_token = call.fields.optional_text("captcha_token")?;
    if address.trim().is_empty() {
        return Err(Refusal::AddressMissing(channel).into());
    }
    let purpose = match scene.as_str() {
        scene if scene == forgot => Purpose::ForgotPassword,
        scene if scene == update => Purpose::UpdatePassword,
        // The other scenes of the family, and everything else.
        _ => return Err(Refusal::NotSent.into()),
    };
    let request = SendRequest {
        caller: call.caller.clone(),
        purpose,
        channel,
        address: address.to_string(),
        captcha_token: captcha_token.map(|token| token.to_string()),
        peer: call.peer.clone(),
    };
    for _ in 0..TRIES {
        let facts = facts(server, call, &request).await?;
        let policy = &call.live.policy;
        let (answer, effects) =
            flow::send(policy, server.codes(), &request, &facts, call.now, &random::bytes::<80>());
        let applied = server.store().apply(&effects, &origin(call)).await?;
        answer?;
        if applied {
            server.bell().notify_one();
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
    for budget in budgets(&call.live.policy, request, &address, id) {
        events.push(store.events(&budget.key, call.now.minus(budget.rate.per)).await?);
    }
    Ok(SendFacts { account, captcha, events })
}
