//! Answers, all of them JSON.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use kouling::contract::WireRefusal;
use kouling::flow::Refusal;
use kouling::{Language, Outcome};
use serde_json::{Map, Value, json};

use super::Problem;
use crate::server::Live;

/// Seconds after which to ask again when something does not answer.
const UNAVAILABLE_FOR: u64 = 5;

/// A yes.
#[derive(Debug)]
pub struct Reply {
    body: Value,
    retry_after: Option<u64>,
}

impl Reply {
    /// 200 with this body.
    pub fn new(body: Value) -> Reply {
        Reply { body, retry_after: None }
    }

    /// 200 with `{}`.
    pub fn empty() -> Reply {
        Reply::new(Value::Object(Map::new()))
    }

    /// The same, saying after how many seconds to ask again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Reply {
        Reply { retry_after: (seconds > 0).then_some(seconds), ..self }
    }

    pub(super) fn into_response(self) -> Response {
        json_response(StatusCode::OK, &self.body, self.retry_after)
    }
}

fn json_response(status: StatusCode, body: &Value, retry_after: Option<u64>) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let mut set = |name: HeaderName, value: HeaderValue| response.headers_mut().insert(name, value);
    set(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    set(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = retry_after {
        set(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Violations in full, with their texts.
pub fn violations<'j>(
    judged: impl Iterator<Item = &'j kouling::evaluation::RuleViolation>,
    live: &Live,
    language: Language,
) -> Value {
    let violation = |judged: &kouling::evaluation::RuleViolation| {
        let numbers: Map<String, Value> =
            judged.numbers().iter().map(|(name, number)| (name.to_string(), json!(number))).collect();
        json!({
            "code": judged.code(),
            "rule": judged.rule().name(),
            "numbers": numbers,
            "message": judged.message(language),
            "error_code": live.contract.violation_code(judged),
        })
    };
    judged.map(violation).collect()
}

fn report(outcome: &Outcome, live: &Live, language: Language) -> Value {
    violations(outcome.violations(), live, language)
}

/// A no: the contract's code and text, and after how many seconds to ask again where that is known.
pub fn refuse(live: &Live, language: Language, problem: &Problem, reports_all: bool) -> Response {
    let contract = &live.contract;
    let waiting = |name, seconds| WireRefusal { retry_after: Some(seconds), ..contract.host(name, language) };
    let refusal = match problem {
        Problem::Refused(refusal) => contract.refusal(refusal, &live.policy, language),
        Problem::Host(name) => contract.host(name, language),
        Problem::Limit(seconds) => waiting("host.limit_reached", *seconds),
        Problem::Unavailable => waiting("host.unavailable", UNAVAILABLE_FOR),
        Problem::Fault => contract.host("host.fault", language),
    };
    let mut body = json!({ "error_code": refusal.code, "error_msg": refusal.message });
    if let (Problem::Refused(Refusal::Password(outcome)), true) = (problem, reports_all) {
        body["violations"] = report(outcome, live, language);
    }
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json_response(status, &body, refusal.retry_after);
    response.extensions_mut().insert(RefusalCode(refusal.code));
    response
}

/// The contract's code of a refusal, for the log.
#[derive(Clone, Debug)]
pub struct RefusalCode(pub String);
