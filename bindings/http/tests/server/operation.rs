//! What an operator meets: reloading, figures, the description, the pages.

use axum::Router;
use axum::routing::get;
use kouling_http::worker_pool::NotDone;
use kouling_http::{observe, openapi, reload, surround};
use serde_json::Value;

use crate::client::{HEADERS, OLD, TestServer, policy};

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_policy_is_taken_and_a_wrong_one_is_not() {
    let bench = TestServer::new().await;
    let digest = async || bench.raw("GET", "/readyz", &[], "").await.done()["digest"].clone();
    let path = bench.data.path().join("policy.toml");
    let before = digest().await;
    assert!(bench.server.live().changed_looks().is_none());
    std::fs::write(&path, policy("extends = [\"minimal\"]")).unwrap();
    assert!(bench.server.live().changed_looks().is_some());
    assert!(reload::reload(&bench.server, "test").await);
    let after = digest().await;
    assert_ne!(before, after);
    assert!(bench.server.live().changed_looks().is_none());
    std::fs::write(&path, policy("extends = [\"minimal\"]\nlenght = 1")).unwrap();
    assert!(!reload::reload(&bench.server, "test").await);
    assert_eq!(digest().await, after);
    std::fs::remove_file(&path).unwrap();
    assert!(!reload::reload(&bench.server, "test").await);
    assert_eq!(digest().await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_hold_no_path_that_was_asked_for() {
    observe::begin();
    let bench = TestServer::new().await;
    bench.raw("GET", "/canary", &[], "").await;
    bench.raw("CANARY", "/login", &[], "").await;
    let figures = bench.raw("GET", "/metrics", &[], "").await;
    assert!(figures.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    let text = figures.body.as_str().unwrap();
    assert!(text.contains("kouling_http_requests_total{") && !text.to_lowercase().contains("canary"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_described_is_there() {
    let bench = TestServer::new().await;
    let described = bench.raw("GET", "/openapi.json", &[], "").await.done();
    assert_eq!(described, openapi::document());
    for (path, methods) in described["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let answer = bench.raw(&method.to_uppercase(), path, &HEADERS, "{}").await;
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
async fn a_panic_is_500_without_detail_and_the_server_goes_on() {
    let mut bench = TestServer::new().await;
    let panics = Router::new().route("/panics", get(async || -> String { panic!("canary") }));
    let whole = std::mem::replace(&mut bench.router, surround(panics, bench.server.clone()));
    for (language, message) in [("en", "System busy, please try again later"), ("zh", "系统繁忙，请稍后重试")]
    {
        let answer = bench.raw("GET", "/panics", &[("x-l", language)], "").await;
        assert_eq!(answer.refusal(), (500, "IDAAS.SDK.COM.0002"));
        assert_eq!(answer.body["error_msg"], message);
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    // So it is where dear work is done: its turn is given back.
    for _ in 0..64 {
        assert!(matches!(bench.server.workshop().aside(|| panic!("canary")).await, Err::<(), _>(NotDone::Failed)));
    }
    bench.router = whole;
    assert_eq!(bench.raw("GET", "/readyz", &[], "").await.status, 200);
    bench.id_token(OLD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_hardened() {
    let bench = TestServer::new().await;
    for path in ["/login", "/forgot", "/assets/page.css", "/healthz", "/nowhere", "/api/v2/sdk/pwd/policy"] {
        let answer = bench.raw("GET", path, &[], "").await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_can_verify_a_token_by_the_key_set_alone() {
    let bench = TestServer::new().await;
    let token = bench.id_token(OLD).await;
    let key = bench.raw("GET", "/.well-known/jwks.json", &[], "").await.done()["keys"][0].clone();
    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(header.kid.as_deref(), key["kid"].as_str());
    let text = |name: &str| key[name].as_str().unwrap().to_owned();
    let key = jsonwebtoken::DecodingKey::from_ec_components(&text("x"), &text("y")).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_audience(&[crate::client::CLIENT]);
    validation.set_issuer(&["kouling-http"]);
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap().claims;
    assert_eq!(claims["preferred_username"], "zhangsan");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 432_000);
}
