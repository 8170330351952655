//! Signs in. The response to an unknown name has the form and the cost of the response to a wrong password.
//!
//! The policy of the account decides whether the password can be used ([`kouling::standing`]). A failure is counted before the password is
//! verified. What only concerns the account, such as that it is disabled, counts after a correct password: before it, an
//! account behaves like an unknown name.

use std::sync::Arc;

use kouling::flow::{Budget, Effect, Refusal};
use kouling::policy::units::Rate;
use kouling::standing::{self, AccountState, Decision, MissingFacts, Standing};
use kouling::time::MINUTE;
use kouling::{Facts, Language, Moment, Policy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{count, signed_in};
use crate::protocol::{Call, Problem, Reply, Text};
use crate::random;
use crate::server::Server;
use crate::store::{Account, NewSession, Origin, SignIn, login_key};
use crate::tokens::LIFETIME;

/// Consecutive wrong passwords per client address and name, if the policy has no `[sign_in]`. There is no limit per name
/// alone: a flood on one account must not lock its owner out.
const PER_CLIENT_AND_NAME: Rate = Rate { most: 10, per: 900 };
/// Wrong passwords per client address, for any name.
const PER_CLIENT: Rate = Rate { most: 100, per: 900 };
const REFUSED: Problem = Problem::Host("host.sign_in_refused");
/// How often a failure is counted again because parallel sign-ins were faster.
const MAX_ATTEMPTS: usize = 32;
/// How long a password that must be changed can be changed after the sign-in, in seconds.
const CHANGE_LIFETIME: u64 = 10 * MINUTE;

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

/// A new session, or the requirement to change the password.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct SignedIn {
    /// Not with `PASSWORD_EXPIRED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<String>,
    /// Lifetime in seconds of the session or, with `PASSWORD_EXPIRED`, of the `state_token`.
    expire: u64,
    status: Status,
    /// A JWT that `/.well-known/jwks.json` verifies. Not with `PASSWORD_EXPIRED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    /// With `PASSWORD_WARN`, the identifier of the session. With `PASSWORD_EXPIRED`, a token for `pwd/change`.
    #[serde(skip_serializing_if = "Option::is_none")]
    state_token: Option<String>,
    /// Only with `PASSWORD_WARN` and `PASSWORD_EXPIRED`: a description of the policy, as JSON in a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    /// Only with `PASSWORD_WARN` and `PASSWORD_EXPIRED`: the code of the reason, such as `standing.expired`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Only with `PASSWORD_WARN` and `PASSWORD_EXPIRED`: the reason in the language of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// The status of a sign-in.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    #[default]
    Success,
    /// The password expires soon, or has expired and can still be used.
    PasswordWarn,
    /// The password must be changed: there is no session.
    PasswordExpired,
}

/// Who signs in from where.
struct Attempt<'a> {
    server: &'a Server,
    call: &'a Call,
    /// The account, or a text that stands for an unknown name.
    subject: String,
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
    let policy = &call.policy;
    let name_hash = hash_name(&name);
    let budgets = budgets(policy, &call.client_address, &name_hash);
    count(&server, &budgets, call.now).await?;
    let account = server.store().account_named(&name).await?;
    let subject = account.as_ref().map_or_else(|| format!("name:{name_hash}"), |account| account.id.clone());
    let attempt = Attempt { server: &server, call: &call, subject };
    let state = attempt.begin().await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    let typed = password.clone();
    let is_right = server.worker_pool().verify(policy, password.into_inner(), stored.clone()).await?;
    let (Some(account), Some(stored), true) = (account, stored, is_right) else { return Err(REFUSED) };
    forgive(&server, &budgets, call.now).await?;
    attempt.finish(&account, state, &stored, typed).await
}

impl Attempt<'_> {
    /// The policy until the password is verified.
    fn policy(&self) -> &Policy {
        &self.call.policy
    }

    async fn store(
        &self,
        effects: &[standing::Effect],
        session: Option<(&NewSession, &str)>,
    ) -> Result<bool, Problem> {
        let (subject, network) = (self.subject.as_str(), self.call.client_address.as_str());
        Ok(self.server.store().sign_in(&SignIn { subject, network, effects, session }).await?)
    }

    /// Counts a failure, and returns the state before it. Fails if the password must not be verified.
    async fn begin(&self) -> Result<AccountState, Problem> {
        let now = self.call.now;
        for _ in 0..MAX_ATTEMPTS {
            let state = self.server.store().account_state(&self.subject, &self.call.client_address).await?;
            let known = anonymous(&state, self.policy(), now);
            let Decision { standing, effects } =
                standing::sign_in_failed(self.policy(), &known, now).map_err(cannot_decide)?;
            let is_stored = self.store(&effects, None).await?;
            match standing {
                Standing::Locked { until } => return Err(Problem::Limit(until.since(now).unwrap_or(1))),
                _ if standing.refuses_sign_in() => return Err(REFUSED),
                _ if is_stored => return Ok(state),
                _ => {}
            }
        }
        Err(Problem::Limit(1))
    }

    /// Decides about a correct password, stores the sign-in and opens a session.
    async fn finish(
        &self,
        account: &Account,
        state: AccountState,
        verified: &str,
        typed: Text,
    ) -> Result<Reply<SignedIn>, Problem> {
        let Attempt { server, call, .. } = *self;
        let policy = call.policy_of(account)?;
        let (state, accepts) = evaluated(server, policy.clone(), account, state, typed, call.now).await?;
        let decided = standing::signed_in(&policy, &state, accepts, call.now);
        let Decision { standing, effects } = decided.map_err(cannot_decide)?;
        if standing.refuses_sign_in() {
            return Err(REFUSED);
        }
        let only_change = !standing.permits_session();
        let lifetime = if only_change { CHANGE_LIFETIME } else { LIFETIME };
        let token = random::hex(&random::bytes::<32>());
        let session = NewSession {
            id: random::identifier(),
            token_hash: token_hash(&token),
            account: account.id.clone(),
            client: call.caller.client.clone(),
            created: call.now,
            expires: call.now.plus(lifetime),
            only_change,
        };
        // The password may have been replaced since it was verified, or a parallel sign-in was faster.
        if !self.store(&effects, Some((&session, verified))).await? {
            return Err(REFUSED);
        }
        let status = match standing {
            Standing::Fine => Status::Success,
            _ if only_change => Status::PasswordExpired,
            _ => Status::PasswordWarn,
        };
        let tells = standing != Standing::Fine;
        let mut reply = SignedIn {
            expire: lifetime,
            status,
            data: tells.then(|| description(&policy, call.language)).transpose()?,
            reason: tells.then(|| standing.code()),
            message: tells.then(|| standing.message(call.language)),
            ..SignedIn::default()
        };
        if only_change {
            reply.state_token = Some(token);
        } else {
            reply.id_token = Some(id_token(server, call, account, &session)?);
            reply.session_token = Some(token);
            reply.state_token = tells.then_some(session.id);
        }
        Ok(Reply::new(reply))
    }
}

/// Returns the hash by which the store finds the token of a session.
pub(super) fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn id_token(server: &Server, call: &Call, account: &Account, session: &NewSession) -> Result<String, Problem> {
    server.tokens().issue(&session.id, &account.id, &account.username, &session.client, call.now).map_err(
        |error| {
            tracing::error!(%error, "an id token cannot be signed");
            Problem::Internal
        },
    )
}

/// Facts are missing, for example because the policy asks for breached passwords and has no rule `breached`. Nobody can sign
/// in until the policy is corrected.
fn cannot_decide(missing: MissingFacts) -> Problem {
    tracing::error!(%missing, "the policy needs facts that the server does not have");
    Problem::Internal
}

/// Returns what may influence the response before the password is verified: the failures. Otherwise the account is as good
/// as any, so that it behaves like an unknown name.
fn anonymous(state: &AccountState, policy: &Policy, now: Moment) -> AccountState {
    AccountState {
        network_failures: state.network_failures,
        account_failures: state.account_failures,
        known_network: state.known_network,
        last_use: Some(now),
        ..AccountState::default().with_new_password(policy, now)
    }
}

/// Evaluates the password if the policy needs that to decide whether it must be changed.
async fn evaluated(
    server: &Server,
    policy: Arc<Policy>,
    account: &Account,
    state: AccountState,
    typed: Text,
    now: Moment,
) -> Result<(AccountState, Option<bool>), Problem> {
    let settings = policy.standing();
    let is_accepted = state.accepted_under == Some(*policy.digest());
    if !settings.change_breached && (!settings.change_if_stricter || is_accepted) {
        return Ok((AccountState { breached: Some(false), ..state }, None));
    }
    let (evaluating, user) = (policy.clone(), account.user());
    let evaluated = server
        .worker_pool()
        .run(move || evaluating.evaluate_all(typed.as_bytes(), &Facts::new(&user, now), &mut |_| {}));
    let outcome = evaluated.await??;
    let searches = policy.rules().any(|rule| rule.kind() == BREACHED);
    let found =
        outcome.violations().chain(outcome.warnings()).any(|violation| violation.rule().kind() == BREACHED);
    Ok((AccountState { breached: searches.then_some(found), ..state }, Some(outcome.accepted())))
}

/// The rule kind that searches for breached passwords.
const BREACHED: &str = "breached";

/// Returns the hash of a name: people type passwords into the wrong field.
fn hash_name(name: &str) -> String {
    let name = login_key(name).unwrap_or_else(|| name.to_owned());
    random::hex(&Sha256::digest(name.as_bytes())[..16])
}

/// Returns the budgets of a sign-in. With `[sign_in]`, the policy limits the failures of a client address for a name.
fn budgets(policy: &Policy, client_address: &str, name_hash: &str) -> Vec<Budget> {
    let client = Budget { key: format!("signin:peer:{client_address}"), rate: PER_CLIENT };
    match policy.standing().sign_in {
        Some(_) => vec![client],
        None => {
            let key = format!("signin:peer:{client_address}:{name_hash}");
            vec![client, Budget { key, rate: PER_CLIENT_AND_NAME }]
        }
    }
}

/// Removes what was counted for a correct password, and the wrong passwords of this client address for this name. Those for
/// other names stay counted.
async fn forgive(server: &Server, budgets: &[Budget], now: Moment) -> Result<(), Problem> {
    let Some((client, named)) = budgets.split_first() else { return Ok(()) };
    let mut released = vec![(client, now)];
    for budget in named {
        let wrong = server.store().events(&budget.key, now.minus(budget.rate.per)).await?;
        released.extend(wrong.into_iter().map(|counted| (budget, counted)));
    }
    let release = |(budget, counted): (&Budget, Moment)| Effect::ReleaseCount { key: budget.key.clone(), counted };
    let effects: Vec<Effect> = released.into_iter().map(release).collect();
    server.store().apply(&effects, &Origin::default()).await?;
    Ok(())
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

fn description(policy: &Policy, language: Language) -> Result<String, Problem> {
    let shape = policy.describe(language).shape;
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
