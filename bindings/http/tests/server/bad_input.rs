//! Invalid input gets its code, changes nothing, and is never repeated in the response.

use axum::body::Body;
use serde_json::json;

use crate::test_server::{EMAIL, HEADERS, NEW, OLD, TestServer};

const UPDATE: &str = "/api/v2/sdk/pwd/update-by-email";

#[tokio::test(flavor = "multi_thread")]
async fn malformed_body_is_refused() {
    let server = TestServer::new().await;
    let deep = "[".repeat(30_000);
    let bodies: Vec<Vec<u8>> = [
        "",
        "canary",
        "[]",
        "null",
        "\"canary\"",
        "{",
        "{\"email\":[\"15200000000@qq.com\",\"canary@example.org\"],\"verify_code\":\"1\",\"password\":\"x\"}",
        "{\"email\":\"15200000000@qq.com\",\"verify_code\":123456,\"password\":\"x\"}",
        "{\"email\":\"15200000000@qq.com\",\"verify_code\":\"1\",\"password\":{\"canary\":1}}",
        "{\"email\":\"15200000000@qq.com\",\"verify_code\":\"1\",\"password\":true}",
        "{\"email\":\"canary\",\"email\":\"15200000000@qq.com\",\"verify_code\":\"1\",\"password\":\"x\"}",
        "{\"email\":\"15200000000@qq.com\",\"verify_code\":\"1\",\"password\":\"canary\\u0000\"}",
        "{\"email\":\"15200000000@qq.com\",\"verify_code\":\"1\",\"password\":\"\\ud800\"}",
        "{\"email\":\"15200000000@qq.com\",\"verify_code\":\"1\",\"password\":\"x\"} canary",
        &deep,
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .chain([b"{\"password\":\"\xff\xfe\"}".to_vec()])
    .collect();
    for body in bodies {
        let answer = server.raw("POST", UPDATE, &HEADERS, body.clone()).await;
        assert_eq!(answer.refusal(), (400, "IDAAS.SDK.PARAM.9001"), "{}", String::from_utf8_lossy(&body));
        assert!(!answer.body.to_string().contains("canary"));
    }
    server.sign_in("zhangsan", OLD).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_protocol_error_has_its_status() {
    let server = TestServer::new().await;
    let body = json!({ "email": EMAIL, "verify_code": "123456", "password": NEW }).to_string();
    let with = |name: &'static str, value: &'static str| -> Vec<(&str, &str)> {
        HEADERS.iter().filter(|(other, _)| *other != name).copied().chain([(name, value)]).collect()
    };
    for (method, path, headers, body, expected) in [
        ("POST", UPDATE, with("content-type", "text/plain"), body.clone(), (415, "IDAAS.SDK.PARAM.9015")),
        ("POST", UPDATE, with("content-encoding", "gzip"), body.clone(), (415, "IDAAS.SDK.PARAM.9015")),
        ("POST", UPDATE, HEADERS.to_vec(), "x".repeat(10 << 20), (413, "IDAAS.SDK.PARAM.9013")),
        ("GET", UPDATE, HEADERS.to_vec(), String::new(), (405, "IDAAS.SDK.PARAM.9005")),
        ("PUT", "/login", HEADERS.to_vec(), String::new(), (405, "IDAAS.SDK.PARAM.9005")),
        ("POST", "/api/v2/sdk/no-such", HEADERS.to_vec(), body.clone(), (404, "IDAAS.SDK.PARAM.9004")),
        ("GET", "/", vec![], String::new(), (404, "IDAAS.SDK.PARAM.9004")),
    ] {
        let answer = server.raw(method, path, &headers, body).await;
        assert_eq!(answer.refusal(), expected, "{method} {path}");
    }
    // Likewise without a declared length.
    let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 4096]));
    let answer = server.raw("POST", UPDATE, &HEADERS, Body::from_stream(endless)).await;
    assert_eq!(answer.refusal(), (413, "IDAAS.SDK.PARAM.9013"));
    let charset = with("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(server.raw("POST", UPDATE, &charset, body).await.code(), "IDAAS.SDK.CAPTCHA.0007");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_header_is_refused() {
    let server = TestServer::new().await;
    let body = json!({ "email": EMAIL, "verify_code": "123456", "password": NEW }).to_string();
    for (name, value) in [("x-l", "zh"), ("authorization", "Bearer x")].iter().chain(&HEADERS) {
        let mut headers = HEADERS.to_vec();
        headers.extend([(*name, *value), (*name, *value)]);
        let answer = server.raw("POST", UPDATE, &headers, body.clone()).await;
        let (status, code) = answer.refusal();
        assert!(matches!(status, 400 | 415) && code.starts_with("IDAAS.SDK.PARAM."), "{name}: {code}");
    }
}
