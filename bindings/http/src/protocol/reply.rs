//! Responses. All of them are JSON.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use kouling::Language;
use kouling::contract::WireRefusal;
use kouling::evaluation::RuleViolation;
use kouling::flow::Refusal;
use schemars::JsonSchema;
use serde::Serialize;

use super::Problem;
use crate::server::LoadedPolicy;

/// Seconds after which to try again if the store or the worker pool is not available.
const UNAVAILABLE_FOR: u64 = 5;

/// A response with status 200.
#[derive(Debug)]
pub struct Reply<R> {
    body: R,
    retry_after: Option<u64>,
}

/// A response without content: `{}`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Nothing {}

impl<R: Serialize> Reply<R> {
    /// Creates a response with this body.
    pub fn new(body: R) -> Reply<R> {
        Reply { body, retry_after: None }
    }

    /// Adds `Retry-After`: the seconds until the same request may succeed again. 0 adds nothing.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Reply<R> {
        Reply { retry_after: (seconds > 0).then_some(seconds), ..self }
    }

    pub(super) fn into_response(self) -> Response {
        json_response(StatusCode::OK, &self.body, self.retry_after)
    }
}

impl Reply<Nothing> {
    /// Creates the response `{}`.
    pub fn empty() -> Reply<Nothing> {
        Reply::new(Nothing {})
    }
}

/// Writes a JSON response that no cache may store.
pub fn json_response(status: StatusCode, body: &impl Serialize, retry_after: Option<u64>) -> Response {
    let (status, body) = match serde_json::to_vec(body) {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(%error, "a response cannot be serialized");
            (StatusCode::INTERNAL_SERVER_ERROR, b"{}".to_vec())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let mut set = |name: HeaderName, value: HeaderValue| response.headers_mut().insert(name, value);
    set(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    set(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = retry_after {
        set(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A violated rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Violation {
    /// The code of the violation.
    #[schemars(extend("examples" = ["length.too_short"]))]
    code: String,
    /// The name of the rule in the policy.
    rule: String,
    /// The numbers of the message.
    numbers: BTreeMap<String, u64>,
    /// The message in the language of the request.
    message: String,
    /// The code of the contract.
    error_code: String,
}

/// A response with another status than 200.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Refusal")]
pub struct RefusalBody {
    /// The code of the contract.
    #[schemars(extend("examples" = ["IDAAS.SDK.CAPTCHA.0007"]))]
    error_code: String,
    /// The message of the contract in the language of the request.
    error_msg: String,
    /// Every violation of a refused password, if the request prefers `report=all`.
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<Vec<Violation>>,
}

/// Returns violations with their messages.
pub fn violations<'j>(
    violated: impl Iterator<Item = &'j RuleViolation>,
    loaded: &LoadedPolicy,
    language: Language,
) -> Vec<Violation> {
    violated
        .map(|violated| Violation {
            code: violated.code().to_string(),
            rule: violated.rule().name().to_string(),
            numbers: violated.numbers().iter().map(|(name, number)| (name.to_string(), *number)).collect(),
            message: violated.message(language),
            error_code: loaded.contract.violation_code(violated).to_string(),
        })
        .collect()
}

/// Writes a refusal: the code and message of the contract and, where known, the seconds after which to try again.
pub fn refuse(loaded: &LoadedPolicy, language: Language, problem: &Problem, reports_all: bool) -> Response {
    let contract = &loaded.contract;
    let waiting = |name, seconds| WireRefusal { retry_after: Some(seconds), ..contract.host(name, language) };
    let refusal = match problem {
        Problem::RefusedBy(policy, refusal) => contract.refusal(refusal, policy, language),
        Problem::Refused(refusal @ Refusal::LimitReached { retry_after }) => waiting(refusal.code(), *retry_after),
        Problem::Refused(refusal) => contract.host(refusal.code(), language),
        Problem::Host(name) => contract.host(name, language),
        Problem::Limit(seconds) => waiting("host.limit_reached", *seconds),
        Problem::Unavailable => waiting("host.unavailable", UNAVAILABLE_FOR),
        Problem::Internal => contract.host("host.fault", language),
    };
    let violations = match (problem, reports_all) {
        (Problem::RefusedBy(_, Refusal::Password(outcome)), true) => {
            Some(violations(outcome.violations(), loaded, language))
        }
        _ => None,
    };
    let code = refusal.code.clone();
    let body = RefusalBody { error_code: refusal.code, error_msg: refusal.message, violations };
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json_response(status, &body, refusal.retry_after);
    response.extensions_mut().insert(RefusalCode(code));
    response
}

/// The digest of the policies that a request was answered by, for the log.
#[derive(Clone, Debug)]
pub struct PolicyDigest(pub String);

/// The contract's code of a refusal, for the log.
#[derive(Clone, Debug)]
pub struct RefusalCode(pub String);
