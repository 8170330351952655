//! The endpoints. A handler of the contract gets a valid request, looks up facts, asks the engine's flow, and applies the
//! effects that it returns.

mod captcha;
mod change;
mod check;
mod declaration;
mod operations;
mod redeem;
mod send;
mod sign_in;

use kouling::Moment;
use kouling::flow::{Budget, Effect, retry_after};

pub use declaration::{Access, Content, Endpoint};

use crate::protocol::{Authorization, Call, Problem};
use crate::server::Server;
use crate::site;
use crate::store::{Account, Origin};

/// Returns every endpoint.
pub fn endpoints() -> Vec<Endpoint> {
    use Access::{Device, DeviceWithOptionalToken, DeviceWithToken, OptionalToken};
    vec![
        Endpoint::get("/api/v2/sdk/captcha", "showCaptcha", Device, captcha::show)
            .summary("Returns a sliding jigsaw or, with kind=work, a proof-of-work puzzle")
            .parameters(&["kind"])
            .limited(),
        Endpoint::post("/api/v2/sdk/captcha/verify", "verifyCaptcha", Device, captcha::verify)
            .summary("Checks the solution of a captcha; one attempt per captcha"),
        Endpoint::post("/api/v2/sdk/email/send", "sendEmail", Device, send::by_email)
            .summary("Sends a code by e-mail; Retry-After is the time until the next code can be requested")
            .limited(),
        Endpoint::post("/api/v2/sdk/sms/send", "sendSms", Device, send::by_mobile)
            .summary("Sends a code to a phone; Retry-After is the time until the next code can be requested")
            .limited(),
        Endpoint::post(
            "/api/v2/sdk/pwd/update-by-email",
            "updateByEmail",
            DeviceWithOptionalToken,
            redeem::by_email,
        )
        .summary("Sets a new password with a code; without email, the password of the signed-in user")
        .parameters(&["prefer"])
        .limited(),
        Endpoint::post(
            "/api/v2/sdk/pwd/update-by-mobile",
            "updateByMobile",
            DeviceWithOptionalToken,
            redeem::by_mobile,
        )
        .summary(
            "Sets a new password with a code from a phone; without mobile, the password of the signed-in user",
        )
        .parameters(&["prefer"])
        .limited(),
        Endpoint::get("/api/v2/sdk/pwd/check-exist", "hasPassword", DeviceWithToken, sign_in::has_password)
            .summary("Returns whether the signed-in user has a password"),
        Endpoint::post(
            "/api/v2/sdk/pwd/change",
            "changePassword",
            DeviceWithOptionalToken,
            change::change_password,
        )
        .summary("Replaces the old password by a new one; needs an id token or a state_token")
        .parameters(&["prefer"])
        .limited(),
        Endpoint::post("/api/v2/sdk/login/auth", "signIn", Device, sign_in::sign_in)
            .summary("Signs in with a username, phone number or e-mail address")
            .limited(),
        Endpoint::post("/api/v2/sdk/pwd/check", "checkPassword", OptionalToken, check::check)
            .summary("Evaluates a password without changing anything")
            .limited(),
        Endpoint::get("/api/v2/sdk/pwd/policy", "describePolicy", OptionalToken, check::describe)
            .summary("Describes the password policy for users, pages and password managers"),
    ]
    .into_iter()
    .chain(operations::endpoints())
    .chain(site::endpoints())
    .collect()
}

/// An invalid or missing id token.
const TOKEN_INVALID: Problem = Problem::Host("host.token_invalid");

/// Returns the origin of the effects of a call.
fn origin(call: &Call) -> Origin {
    Origin { language: call.language.tag() }
}

/// Counts one event, or fails with the seconds until the next one fits. Reads before it writes: a flood must not fill the
/// queue of the writer.
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
        // Another request took the last place in between.
        false => Err(Problem::Limit(1)),
    }
}

/// Removes the events that [`count`] counted.
async fn release(server: &Server, budgets: &[Budget], now: Moment) -> Result<(), Problem> {
    let release = |budget: &Budget| Effect::ReleaseCount { key: budget.key.clone(), counted: now };
    let effects: Vec<Effect> = budgets.iter().map(release).collect();
    server.store().apply(&effects, &Origin::default()).await?;
    Ok(())
}

/// Returns the signed-in account: the id token was issued to this client, and its session is valid.
async fn signed_in(server: &Server, call: &Call) -> Result<Account, Problem> {
    let Authorization::Bearer(token) = &call.authorization else { return Err(TOKEN_INVALID) };
    let client = Some(call.caller.client.as_str()).filter(|client| !client.trim().is_empty());
    let claims = server.tokens().verify(token, client, call.now).ok_or(TOKEN_INVALID)?;
    match server.store().session_account(&claims.jti, call.now).await? {
        Some(account) if account.id == claims.sub => Ok(account),
        _ => Err(TOKEN_INVALID),
    }
}
