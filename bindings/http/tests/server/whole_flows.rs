//! Successful flows.

use serde_json::{Value, json};

use crate::test_server::{EMAIL, MOBILE, NEW, OLD, TestServer, other_than};

#[tokio::test(flavor = "multi_thread")]
async fn forgotten_password_is_reset_by_email() {
    let server = TestServer::new().await;
    let sent = server.ask("15200000000@QQ.com", "FORGET_PWD_EMS").await;
    assert_eq!(sent.headers["retry-after"], "60");
    assert_eq!(sent.done(), json!({}));
    let code = server.code(EMAIL).await;
    assert_eq!(server.redeem(EMAIL, &code, "short").await.code(), "IDAAS.SDK.PWD.0007");
    assert_eq!(server.redeem(EMAIL, &code, NEW).await.done(), json!({}));
    assert_eq!(server.redeem(EMAIL, &code, "Heron-8-wader").await.code(), "IDAAS.SDK.CAPTCHA.0007");
    assert_eq!(server.sign_in("zhangsan", OLD).await.code(), "IDAAS.SDK.USER.9002");
    for name in ["zhangsan", "ZHANGSAN", MOBILE, EMAIL] {
        let signed_in = server.sign_in(name, NEW).await.done();
        assert_eq!((&signed_in["status"], &signed_in["expire"]), (&json!("SUCCESS"), &json!(432_000)), "{name}");
    }
    // Notices go to the mailbox and the phone.
    let messages = server.messages().await;
    assert_eq!(messages.iter().filter(|message| message.contains("was changed")).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn forgotten_password_is_reset_by_phone() {
    let server = TestServer::new().await;
    server.ask(MOBILE, "FORGET_PWD_SMS").await.done();
    let code = server.code(MOBILE).await;
    let body = json!({ "mobile": MOBILE, "verify_code": code, "password": NEW });
    assert_eq!(server.post("pwd/update-by-email", body.clone()).await.code(), "IDAAS.SDK.USER.0005");
    assert_eq!(server.post("pwd/update-by-mobile", body).await.done(), json!({}));
    server.sign_in("zhangsan", NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_in_user_needs_a_code_of_that_purpose() {
    let server = TestServer::new().await;
    let token = server.id_token(OLD).await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let forgot = server.code(EMAIL).await;
    let update = |code: &str| json!({ "verify_code": code, "password": NEW });
    let path = "pwd/update-by-email";
    assert_eq!(server.as_user("POST", path, &token, update(&forgot)).await.code(), "IDAAS.SDK.CAPTCHA.0007");
    server.advance(61);
    server.ask(EMAIL, "UPDATE_PWD_EMS").await.done();
    let code = server.code(EMAIL).await;
    assert_eq!(server.redeem(EMAIL, &code, NEW).await.code(), "IDAAS.SDK.CAPTCHA.0007");
    assert_eq!(server.as_user("POST", path, "forged", update(&code)).await.code(), "IDAAS.SDK.PARAM.0016");
    assert_eq!(server.as_user("POST", path, &token, update(&code)).await.done(), json!({}));
    // Every session was revoked with the old password.
    assert_eq!(server.as_user("GET", "pwd/check-exist", &token, Value::Null).await.code(), "IDAAS.SDK.PARAM.0016");
    server.sign_in("zhangsan", NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn old_password_is_replaced_by_a_new_one() {
    let server = TestServer::new().await;
    let token = server.id_token(OLD).await;
    assert_eq!(
        server.as_user("GET", "pwd/check-exist", &token, Value::Null).await.done(),
        json!({ "is_set_pwd": true })
    );
    let change = |old: Value, new: &str| json!({ "old_password": old, "new_password": new });
    for (old, new, code) in [
        (json!("wrong"), NEW, "IDAAS.SDK.PWD.9001"),
        (Value::Null, NEW, "IDAAS.SDK.PWD.9001"),
        (json!(OLD), "", "IDAAS.SDK.USER.0006"),
        (json!(OLD), "short", "IDAAS.SDK.PWD.0007"),
        (json!([OLD]), NEW, "IDAAS.SDK.PARAM.9001"),
    ] {
        assert_eq!(server.as_user("POST", "pwd/change", &token, change(old, new)).await.code(), code);
    }
    assert_eq!(server.as_user("POST", "pwd/change", &token, change(json!(OLD), NEW)).await.done(), json!({}));
    server.sign_in("zhangsan", NEW).await.done();
    assert_eq!(
        server.as_user("POST", "pwd/change", &token, change(json!(NEW), OLD)).await.code(),
        "IDAAS.SDK.PARAM.0016"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn token_is_valid_for_its_client_and_lifetime() {
    let server = TestServer::new().await;
    let token = format!("Bearer {}", server.id_token(OLD).await);
    let there = |client: &'static str| {
        let headers = [("authorization", token.clone()), ("x-client-id", client.to_owned())];
        let server = &server;
        async move {
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            server.call("GET", "pwd/check-exist", &headers, &Value::Null).await.status
        }
    };
    assert_eq!(there(crate::test_server::CLIENT).await, 200);
    assert_eq!(there("another-client").await, 400);
    server.advance(432_000);
    assert_eq!(there(crate::test_server::CLIENT).await, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn password_close_to_expiry_warns() {
    let server =
        TestServer::with_policy("extends = [\"standard\"]\n[expiry]\nmax_age = \"90d\"\nwarn_before = \"10d\"")
            .await;
    assert_eq!(server.sign_in("zhangsan", OLD).await.done()["status"], "SUCCESS");
    server.advance(81 * 86_400);
    let warned = server.sign_in("zhangsan", OLD).await.done();
    assert_eq!(warned["status"], "PASSWORD_WARN");
    assert!(warned["state_token"].is_string() && warned["id_token"].is_string());
    let data: Value = serde_json::from_str(warned["data"].as_str().unwrap()).unwrap();
    assert_eq!((&data["minLength"], &data["maxLength"]), (&json!(8), &json!(64)));
    assert!(data["regEx"].as_str().unwrap().starts_with('^'));
    assert_eq!((&warned["reason"], &warned["expire"]), (&json!("standing.expires_soon"), &json!(432_000)));
}

#[tokio::test(flavor = "multi_thread")]
async fn password_is_evaluated_without_changing_anything() {
    let server = TestServer::new().await;
    let body = json!({ "password": "Lisi-2026-lisi", "user": { "username": "lisi", "name": null } });
    let judged = server
        .raw(
            "POST",
            "/api/v2/sdk/pwd/check",
            &[("content-type", "application/json"), ("x-l", "zh")],
            body.to_string(),
        )
        .await
        .done();
    assert_eq!(judged["accepted"], false);
    let violation = &judged["violations"][0];
    assert_eq!(violation["code"], "personal.username");
    assert_eq!(violation["error_code"], "IDAAS.SDK.PWD.0003");
    assert!(!violation["message"].as_str().unwrap().is_ascii(), "{violation}");
    let guesses = judged["guesses_log10"].as_f64().unwrap() * 100.0;
    assert!(guesses > 0.0 && (guesses - guesses.round()).abs() < 1e-6, "{judged}");
    // For a signed-in user, the attributes of the account are compared as well.
    let token = server.id_token(OLD).await;
    let own = json!({ "password": "Zhangsan-2026-x" });
    assert_eq!(server.post("pwd/check", own.clone()).await.done()["accepted"], true);
    assert_eq!(server.as_user("POST", "pwd/check", &token, own.clone()).await.done()["accepted"], false);
    assert_eq!(server.as_user("POST", "pwd/check", "forged", own).await.code(), "IDAAS.SDK.PARAM.0016");
    let described = server.raw("GET", "/api/v2/sdk/pwd/policy", &[], "").await.done();
    assert_eq!(described["digest"], judged["digest"]);
    assert_eq!(described["code"]["cooldown_seconds"], 60);
    let checklist = described["checklist"].as_array().unwrap();
    let when = |rule: &str| checklist.iter().find(|item| item["rule"] == rule).unwrap()["evaluated"].clone();
    assert_eq!((when("length"), when("personal")), (json!("while_typing"), json!("at_submission")));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusal_reports_every_violation_on_request() {
    let server = TestServer::new().await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let body = json!({ "email": EMAIL, "verify_code": server.code(EMAIL).await, "password": "zhang" });
    let plain = server.post("pwd/update-by-email", body.clone()).await;
    assert_eq!(plain.refusal(), (400, "IDAAS.SDK.PWD.0007"));
    let all = server.call("POST", "pwd/update-by-email", &[("prefer", "report=all")], &body).await;
    assert_eq!((all.status, all.code()), (400, "IDAAS.SDK.PWD.0007"));
    let codes: Vec<&str> = all.body["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|violation| violation["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"length.too_short") && codes.contains(&"characters.too_few_classes"), "{codes:?}");
    assert_eq!(all.body["violations"][0]["numbers"], json!({ "min": 8, "max": 64 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn proof_of_work_replaces_the_image() {
    let server = TestServer::new().await;
    let shown = server.get("captcha?kind=work").await.done();
    assert!(shown["originalImageBase64"].is_null());
    let (salt, bits) = (shown["work"]["salt"].as_str().unwrap(), shown["work"]["bits"].as_u64().unwrap() as u32);
    let nonce =
        (0u32..).map(|n| n.to_string()).find(|n| kouling_http::captcha::work_is_done(salt, bits, n)).unwrap();
    let point = json!({ "nonce": nonce }).to_string();
    let body = json!({ "point_json": point, "token": shown["token"], "sender": EMAIL });
    let solved = server.post("captcha/verify", body).await.done();
    let ask = json!({ "email": EMAIL, "type": "FORGET_PWD_EMS", "captcha_token": solved["captcha_token"] });
    server.post("email/send", ask).await.done();
    let code = server.code(EMAIL).await;
    assert_eq!(server.redeem(EMAIL, &other_than(&code, 1), NEW).await.code(), "IDAAS.SDK.CAPTCHA.0007");
    server.redeem(EMAIL, &code, NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn cache_busting_query_is_ignored() {
    let server = TestServer::new().await;
    for (query, is_picture) in [
        ("", true),
        ("?t=123", true),
        ("?_=1&kind=jigsaw", true),
        ("?kind=works", true),
        ("?t=1&kind=work", false),
    ] {
        let shown = server.get(&format!("captcha{query}")).await.done();
        assert_eq!(shown["originalImageBase64"].is_string(), is_picture, "{query}");
        assert_eq!(shown["work"].is_null(), is_picture, "{query}");
    }
}
