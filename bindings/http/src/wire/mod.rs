//! The wire: what comes in is checked here and nowhere else, and every answer is written here.
//!
//! The order of the checks is the contract's: headers, then the body's form; emptiness and everything after it is the
//! flow's. An answer never carries the input back.

mod body;
mod headers;
mod reply;

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use kouling::flow::{Caller, Refusal};
use kouling::{CannotJudge, Language, Moment};

pub use body::{Fields, MAX_BODY_BYTES};
pub use headers::language;
pub use reply::{RefusalCode, Reply, refuse, violations};

use crate::server::{Live, Server};
use crate::store::StoreError;
use crate::worker_pool::NotDone;

/// What a call asks of the request before it is called.
#[derive(Clone, Copy, Debug)]
pub struct CallRequirements {
    /// The device headers and a registered client.
    pub caller: bool,
    /// A JSON object in the body.
    pub body: bool,
}

/// Why a call is not answered with 200.
#[derive(Debug)]
pub enum Problem {
    /// The flow refuses.
    Refused(Refusal),
    /// The server refuses by itself: a name of the contract's `host.…` lines.
    Host(&'static str),
    /// Too many requests: seconds until the next may succeed.
    Limit(u64),
    /// Something that the server needs does not answer.
    Unavailable,
    /// Ours; what it was stands in the log.
    Fault,
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

impl From<NotDone> for Problem {
    fn from(not_done: NotDone) -> Problem {
        match not_done {
            NotDone::Late => Problem::Unavailable,
            NotDone::Failed => Problem::Fault,
        }
    }
}

impl From<CannotJudge> for Problem {
    fn from(error: CannotJudge) -> Problem {
        use kouling::candidate::CannotJudgeKind::{NotUtf8, Nul, TooManyFacts, Unavailable};
        match error.kind() {
            NotUtf8 | Nul | TooManyFacts => MALFORMED,
            kind => {
                tracing::error!(kind = kind.name(), %error, "no judgement is possible");
                if kind == Unavailable { Problem::Unavailable } else { Problem::Fault }
            }
        }
    }
}

/// A request whose form is right.
#[derive(Debug)]
pub struct Call {
    /// Who calls, as far as the headers say.
    pub caller: Caller,
    /// The language of the answer.
    pub language: Language,
    /// The peer's key for limits.
    pub peer: String,
    /// What stands in `Authorization`.
    pub authorization: Authorization,
    /// Whether a refused password is answered with every violation (`Prefer: report=all`).
    pub reports_all: bool,
    /// The query, undecoded.
    pub query: String,
    /// The body's fields.
    pub fields: Fields,
    /// The policy and contract of this request, whatever is loaded meanwhile.
    pub live: Arc<Live>,
    /// When it came.
    pub now: Moment,
}

/// What stands in the `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// Nothing.
    Missing,
    /// A token.
    Bearer(String),
    /// Something else.
    Unusable,
    /// More than one: refused by every call, also by those that ask for none.
    Repeated,
}

impl Call {
    /// Reads a request and asks of it what `form` says.
    ///
    /// # Errors
    /// When its form is wrong.
    pub async fn read(
        server: &Server,
        form: CallRequirements,
        live: Arc<Live>,
        request: Request,
    ) -> Result<Call, Problem> {
        let (parts, body) = request.into_parts();
        let peer = headers::peer(&parts, server.trusted_proxies());
        let mut caller = headers::caller(&parts.headers)?;
        if !caller.client.trim().is_empty() {
            caller.client_is_registered = server.store().has_client(&caller.client).await?;
        }
        if form.caller {
            caller.check()?;
        }
        let authorization = headers::authorization(&parts.headers);
        if authorization == Authorization::Repeated {
            return Err(Problem::Host("host.token_invalid"));
        }
        let fields = match form.body {
            true => body::read(&parts.headers, body).await?,
            false => Fields::default(),
        };
        Ok(Call {
            caller,
            language: headers::language(&parts.headers).unwrap_or(Language::ENGLISH),
            peer,
            authorization,
            reports_all: headers::reports_all(&parts.headers),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            fields,
            live,
            now: server.now(),
        })
    }
}

/// Answers one request by one call.
pub async fn answer<F, A>(server: Arc<Server>, form: CallRequirements, call: F, request: Request) -> Response
where
    F: FnOnce(Arc<Server>, Call) -> A,
    A: Future<Output = Result<Reply, Problem>>,
{
    let live = server.live();
    let (language, reports_all) = (headers::language(request.headers()), headers::reports_all(request.headers()));
    let read = match language {
        Some(_) => Call::read(&server, form, live.clone(), request).await,
        None => Err(MALFORMED),
    };
    let answered = match read {
        Ok(read) => call(server, read).await,
        Err(problem) => Err(problem),
    };
    match answered {
        Ok(reply) => reply.into_response(),
        Err(problem) => refuse(&live, language.unwrap_or(Language::ENGLISH), &problem, reports_all),
    }
}
