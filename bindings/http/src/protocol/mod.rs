//! The protocol: every request is validated here, and every response is written here.
//!
//! The order of the checks is the contract's: headers first, then the form of the body. Emptiness of fields and everything
//! after it is up to the flow. A response never repeats the input.

mod body;
mod headers;
mod reply;
mod text;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::Response;
use kouling::flow::{Caller, Refusal};
use kouling::{CannotJudge, Language, Moment, Policy, User};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use body::MAX_BODY_BYTES;
pub use headers::language;
pub use reply::{
    Nothing, PolicyDigest, RefusalBody, RefusalCode, Reply, Violation, json_response, refuse, violations,
};
pub use text::Text;

use crate::server::{LoadedPolicy, Server};
use crate::store::{Account, StoreError};
use crate::worker_pool::WorkError;

/// Why a request is not answered with 200.
#[derive(Debug)]
pub enum Problem {
    /// The flow refuses, but not because of the password.
    Refused(Refusal),
    /// The flow refuses by the policy of the account.
    RefusedBy(Arc<Policy>, Refusal),
    /// The server refuses: a name of the contract's `host.…` lines.
    Host(&'static str),
    /// Too many requests; the next one may succeed after this many seconds.
    Limit(u64),
    /// The store or the worker pool is not available.
    Unavailable,
    /// An internal error. The reason is in the log.
    Internal,
}

/// A malformed request.
pub const MALFORMED: Problem = Problem::Host("host.malformed");

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        Problem::Refused(refusal)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        tracing::error!(%error, "the store failed");
        Problem::Unavailable
    }
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Problem {
        match error {
            WorkError::Timeout => Problem::Unavailable,
            WorkError::Failed => Problem::Internal,
        }
    }
}

impl From<CannotJudge> for Problem {
    fn from(error: CannotJudge) -> Problem {
        use kouling::candidate::CannotJudgeKind::{NotUtf8, Nul, TooManyFacts, Unavailable};
        match error.kind() {
            NotUtf8 | Nul | TooManyFacts => MALFORMED,
            kind => {
                tracing::error!(kind = kind.name(), %error, "the password cannot be evaluated");
                if kind == Unavailable { Problem::Unavailable } else { Problem::Internal }
            }
        }
    }
}

/// A request with valid headers.
#[derive(Debug)]
pub struct Call {
    /// The caller, according to the headers.
    pub caller: Caller,
    /// The registered app that calls: that of the headers or, without one, of the id token. Empty if there is none.
    pub app: String,
    /// The language of the response.
    pub language: Language,
    /// The key of the client's IP address for rate limits.
    pub client_address: String,
    /// The `Authorization` header.
    pub authorization: Authorization,
    /// Whether a refused password is answered with every violation (`Prefer: report=all`).
    pub reports_all: bool,
    /// The query, not decoded.
    pub query: String,
    /// The policies and the contract of the app for this request, even if others are loaded meanwhile.
    pub loaded: Arc<LoadedPolicy>,
    /// The policy that applies before the account is known.
    pub policy: Arc<Policy>,
    /// When the request arrived.
    pub now: Moment,
}

/// The `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// There is none.
    Missing,
    /// A bearer token.
    Bearer(String),
    /// Anything else.
    Unusable,
    /// More than one, which every endpoint refuses, even those that need none.
    Repeated,
}

impl Call {
    async fn read(server: &Server, requires_device: bool, parts: &Parts) -> Result<Call, Problem> {
        let client_address = headers::client_address(parts, server.trusted_proxies());
        let mut caller = headers::caller(&parts.headers)?;
        let mut app = None;
        if !caller.client.trim().is_empty() {
            app = server.store().client(&caller.client).await?;
            caller.client_is_registered = app.is_some();
        }
        if requires_device {
            caller.check()?;
        }
        let authorization = headers::authorization(&parts.headers);
        if authorization == Authorization::Repeated {
            return Err(Problem::Host("host.token_invalid"));
        }
        let now = server.now();
        if let (true, Authorization::Bearer(token)) = (caller.client.trim().is_empty(), &authorization)
            && let Some(claims) = server.tokens().verify(token, None, now)
        {
            app = server.store().client(&claims.aud).await?;
        }
        // No other policy takes the place of one that does not load.
        let loaded = server.policies().of(app.as_ref()).ok_or(Problem::Unavailable)?;
        let app = app.map(|app| app.id).unwrap_or_default();
        let policy = loaded.anonymous(User::new(), &app)?;
        Ok(Call {
            caller,
            app,
            policy,
            language: headers::language(&parts.headers).unwrap_or(Language::ENGLISH),
            client_address,
            authorization,
            reports_all: headers::reports_all(&parts.headers),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            loaded,
            now,
        })
    }

    /// Returns the policy of an account.
    ///
    /// # Errors
    /// A condition needs an attribute that the account does not have.
    pub fn policy_of(&self, account: &Account) -> Result<Arc<Policy>, CannotJudge> {
        self.loaded.of_account(account, &self.app)
    }
}

/// Validates a request without a body, calls the handler, and writes the response.
pub async fn answer<H, A, R>(server: Arc<Server>, requires_device: bool, handler: H, request: Request) -> Response
where
    H: FnOnce(Arc<Server>, Call) -> A,
    A: Future<Output = Result<Reply<R>, Problem>>,
    R: Serialize,
{
    answer_parts(server, requires_device, request, |server, call, _, _| handler(server, call)).await
}

/// Validates a request with a JSON body, calls the handler, and writes the response.
pub async fn answer_with_body<B, H, A, R>(
    server: Arc<Server>,
    requires_device: bool,
    handler: H,
    request: Request,
) -> Response
where
    B: DeserializeOwned,
    H: FnOnce(Arc<Server>, Call, B) -> A,
    A: Future<Output = Result<Reply<R>, Problem>>,
    R: Serialize,
{
    answer_parts(server, requires_device, request, async |server, call, parts: Parts, body| {
        let body = body::read(&parts.headers, body).await?;
        handler(server, call, body).await
    })
    .await
}

async fn answer_parts<H, A, R>(
    server: Arc<Server>,
    requires_device: bool,
    request: Request,
    handler: H,
) -> Response
where
    H: FnOnce(Arc<Server>, Call, Parts, Body) -> A,
    A: Future<Output = Result<Reply<R>, Problem>>,
    R: Serialize,
{
    let (parts, body) = request.into_parts();
    let (language, reports_all) = (headers::language(&parts.headers), headers::reports_all(&parts.headers));
    let read = match language {
        Some(_) => Call::read(&server, requires_device, &parts).await,
        None => Err(MALFORMED),
    };
    let loaded = read.as_ref().map_or_else(|_| server.policies().main(), |call| call.loaded.clone());
    let answered = match read {
        Ok(call) => handler(server, call, parts, body).await,
        Err(problem) => Err(problem),
    };
    let language = language.unwrap_or(Language::ENGLISH);
    let mut response = match answered {
        Ok(reply) => reply.into_response(),
        Err(problem) => refuse(&loaded, language, &problem, reports_all),
    };
    response.extensions_mut().insert(PolicyDigest(loaded.digest.clone()));
    response
}
