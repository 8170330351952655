//! Operation: reloading, metrics, readiness, the description of the API, security headers.

use axum::Router;
use axum::routing::get;
use kouling_http::worker_pool::WorkError;
use kouling_http::{background, observe, openapi, with_middleware};
use serde_json::Value;

use crate::test_server::{HEADERS, OLD, TestServer, policy};

#[tokio::test(flavor = "multi_thread")]
async fn changed_policy_is_loaded_and_invalid_one_is_not() {
    let server = TestServer::new().await;
    let digest = async || server.raw("GET", "/readyz", &[], "").await.done()["digest"].clone();
    let path = server.data.path().join("policy.toml");
    let before = digest().await;
    let reload_changed = async || server.inner.reload(true).await.unwrap().len();
    assert_eq!(reload_changed().await, 0);
    std::fs::write(&path, policy("extends = [\"minimal\"]")).unwrap();
    assert_eq!(reload_changed().await, 1);
    let after = digest().await;
    assert_ne!(before, after);
    assert_eq!(reload_changed().await, 0);
    assert!(background::reload(&server.inner, "test").await);
    std::fs::write(&path, policy("extends = [\"minimal\"]\nlenght = 1")).unwrap();
    assert!(!background::reload(&server.inner, "test").await);
    assert_eq!(digest().await, after);
    assert_eq!(reload_changed().await, 0, "the same errors are not reported again");
    std::fs::remove_file(&path).unwrap();
    assert!(!background::reload(&server.inner, "test").await);
    assert_eq!(digest().await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_contain_no_requested_path() {
    observe::start_metrics();
    let server = TestServer::new().await;
    server.raw("GET", "/canary", &[], "").await;
    server.raw("CANARY", "/login", &[], "").await;
    let metrics = server.raw("GET", "/metrics", &[], "").await;
    assert!(metrics.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    let text = metrics.body.as_str().unwrap();
    assert!(text.contains("kouling_http_requests_total{") && !text.to_lowercase().contains("canary"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_described_endpoint_exists() {
    let server = TestServer::new().await;
    let described = server.raw("GET", "/openapi.json", &[], "").await.done();
    assert_eq!(described, openapi::document());
    for (path, methods) in described["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let answer = server.raw(&method.to_uppercase(), path, &HEADERS, "{}").await;
            assert!(!matches!(answer.status, 404 | 405), "{method} {path}");
        }
    }
    let text = described.to_string();
    let names: Vec<&str> =
        text.split("\"#/components/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for name in names {
        assert!(described.pointer(&format!("/components/{name}")).is_some(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn panic_is_answered_with_500_and_the_server_continues() {
    let mut server = TestServer::new().await;
    let panics = Router::new().route("/panics", get(async || -> String { panic!("canary") }));
    let whole = std::mem::replace(&mut server.router, with_middleware(panics, server.inner.clone()));
    for (language, message) in [("en", "System busy, please try again later"), ("zh", "系统繁忙，请稍后重试")]
    {
        let answer = server.raw("GET", "/panics", &[("x-l", language)], "").await;
        assert_eq!(answer.refusal(), (500, "IDAAS.SDK.COM.0002"));
        assert_eq!(answer.body["error_msg"], message);
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    // A job that panics in the worker pool returns its permit.
    for _ in 0..64 {
        assert!(matches!(
            server.inner.worker_pool().run(|| panic!("canary")).await,
            Err::<(), _>(WorkError::Failed)
        ));
    }
    server.router = whole;
    assert_eq!(server.raw("GET", "/readyz", &[], "").await.status, 200);
    server.id_token(OLD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_has_security_headers() {
    let server = TestServer::new().await;
    for path in ["/login", "/forgot", "/assets/page.css", "/healthz", "/nowhere", "/api/v2/sdk/pwd/policy"] {
        let answer = server.raw("GET", path, &[], "").await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn token_is_verifiable_with_the_key_set_alone() {
    let server = TestServer::new().await;
    let token = server.id_token(OLD).await;
    let key = server.raw("GET", "/.well-known/jwks.json", &[], "").await.done()["keys"][0].clone();
    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(header.kid.as_deref(), key["kid"].as_str());
    let text = |name: &str| key[name].as_str().unwrap().to_owned();
    let key = jsonwebtoken::DecodingKey::from_ec_components(&text("x"), &text("y")).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_audience(&[crate::test_server::CLIENT]);
    validation.set_issuer(&["kouling-http"]);
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap().claims;
    assert_eq!(claims["preferred_username"], "zhangsan");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 432_000);
}
