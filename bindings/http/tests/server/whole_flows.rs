//! Every call's good case.

use serde_json::{Value, json};

use crate::client::{EMAIL, MOBILE, NEW, OLD, TestServer, other_than};

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_e_mail() {
    let bench = TestServer::new().await;
    let sent = bench.ask("15200000000@QQ.com", "FORGET_PWD_EMS").await;
    assert_eq!(sent.headers["retry-after"], "60");
    assert_eq!(sent.done(), json!({}));
    let code = bench.code(EMAIL).await;
    assert_eq!(bench.redeem(EMAIL, &code, "short").await.code(), "IDAAS.SDK.PWD.0007");
    assert_eq!(bench.redeem(EMAIL, &code, NEW).await.done(), json!({}));
    assert_eq!(bench.redeem(EMAIL, &code, "Heron-8-wader").await.code(), "IDAAS.SDK.CAPTCHA.0007");
    assert_eq!(bench.sign_in("zhangsan", OLD).await.code(), "IDAAS.SDK.USER.9002");
    for name in ["zhangsan", "ZHANGSAN", MOBILE, EMAIL] {
        let signed_in = bench.sign_in(name, NEW).await.done();
        assert_eq!((&signed_in["status"], &signed_in["expire"]), (&json!("SUCCESS"), &json!(432_000)), "{name}");
    }
    // The mailbox and the phone are told.
    let messages = bench.messages().await;
    assert_eq!(messages.iter().filter(|message| message.contains("was changed")).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_phone() {
    let bench = TestServer::new().await;
    bench.ask(MOBILE, "FORGET_PWD_SMS").await.done();
    let code = bench.code(MOBILE).await;
    let body = json!({ "mobile": MOBILE, "verify_code": code, "password": NEW });
    assert_eq!(bench.post("pwd/update-by-email", body.clone()).await.code(), "IDAAS.SDK.USER.0005");
    assert_eq!(bench.post("pwd/update-by-mobile", body).await.done(), json!({}));
    bench.sign_in("zhangsan", NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signed_in_updates_with_a_code_of_that_purpose_only() {
    let bench = TestServer::new().await;
    let token = bench.id_token(OLD).await;
    bench.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let forgot = bench.code(EMAIL).await;
    let update = |code: &str| json!({ "verify_code": code, "password": NEW });
    let path = "pwd/update-by-email";
    assert_eq!(bench.as_user("POST", path, &token, update(&forgot)).await.code(), "IDAAS.SDK.CAPTCHA.0007");
    bench.pass(61);
    bench.ask(EMAIL, "UPDATE_PWD_EMS").await.done();
    let code = bench.code(EMAIL).await;
    assert_eq!(bench.redeem(EMAIL, &code, NEW).await.code(), "IDAAS.SDK.CAPTCHA.0007");
    assert_eq!(bench.as_user("POST", path, "forged", update(&code)).await.code(), "IDAAS.SDK.PARAM.0016");
    assert_eq!(bench.as_user("POST", path, &token, update(&code)).await.done(), json!({}));
    // Every session ended with the old password.
    assert_eq!(bench.as_user("GET", "pwd/check-exist", &token, Value::Null).await.code(), "IDAAS.SDK.PARAM.0016");
    bench.sign_in("zhangsan", NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_password_is_exchanged_for_a_new_one() {
    let bench = TestServer::new().await;
    let token = bench.id_token(OLD).await;
    assert_eq!(
        bench.as_user("GET", "pwd/check-exist", &token, Value::Null).await.done(),
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
        assert_eq!(bench.as_user("POST", "pwd/change", &token, change(old, new)).await.code(), code);
    }
    assert_eq!(bench.as_user("POST", "pwd/change", &token, change(json!(OLD), NEW)).await.done(), json!({}));
    bench.sign_in("zhangsan", NEW).await.done();
    assert_eq!(
        bench.as_user("POST", "pwd/change", &token, change(json!(NEW), OLD)).await.code(),
        "IDAAS.SDK.PARAM.0016"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_its_client_and_its_time() {
    let bench = TestServer::new().await;
    let token = format!("Bearer {}", bench.id_token(OLD).await);
    let there = |client: &'static str| {
        let headers = [("authorization", token.clone()), ("x-client-id", client.to_owned())];
        let bench = &bench;
        async move {
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            bench.call("GET", "pwd/check-exist", &headers, &Value::Null).await.status
        }
    };
    assert_eq!(there(crate::client::CLIENT).await, 200);
    assert_eq!(there("another-client").await, 400);
    bench.pass(432_000);
    assert_eq!(there(crate::client::CLIENT).await, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_near_its_end_warns() {
    let bench =
        TestServer::with_policy("extends = [\"standard\"]\n[expiry]\nmax_age = \"90d\"\nwarn_before = \"10d\"")
            .await;
    assert_eq!(bench.sign_in("zhangsan", OLD).await.done()["status"], "SUCCESS");
    bench.pass(81 * 86_400);
    let warned = bench.sign_in("zhangsan", OLD).await.done();
    assert_eq!(warned["status"], "PASSWORD_WARN");
    assert!(warned["state_token"].is_string() && warned["id_token"].is_string());
    let data: Value = serde_json::from_str(warned["data"].as_str().unwrap()).unwrap();
    assert_eq!((&data["minLength"], &data["maxLength"]), (&json!(8), &json!(64)));
    assert!(data["regEx"].as_str().unwrap().starts_with('^'));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_is_judged_without_changing_anything() {
    let bench = TestServer::new().await;
    let body = json!({ "password": "Lisi-2026-lisi", "user": { "username": "lisi", "name": null } });
    let judged = bench
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
    // Signed in, the account's own data count too.
    let token = bench.id_token(OLD).await;
    let own = json!({ "password": "Zhangsan-2026-x" });
    assert_eq!(bench.post("pwd/check", own.clone()).await.done()["accepted"], true);
    assert_eq!(bench.as_user("POST", "pwd/check", &token, own.clone()).await.done()["accepted"], false);
    assert_eq!(bench.as_user("POST", "pwd/check", "forged", own).await.code(), "IDAAS.SDK.PARAM.0016");
    let described = bench.raw("GET", "/api/v2/sdk/pwd/policy", &[], "").await.done();
    assert_eq!(described["digest"], judged["digest"]);
    assert_eq!(described["code"]["cooldown_seconds"], 60);
    let checklist = described["checklist"].as_array().unwrap();
    let when = |rule: &str| checklist.iter().find(|item| item["rule"] == rule).unwrap()["judged"].clone();
    assert_eq!((when("length"), when("personal")), (json!("while_typing"), json!("at_submission")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_reports_all_when_that_is_preferred() {
    let bench = TestServer::new().await;
    bench.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let body = json!({ "email": EMAIL, "verify_code": bench.code(EMAIL).await, "password": "zhang" });
    let plain = bench.post("pwd/update-by-email", body.clone()).await;
    assert_eq!(plain.refusal(), (400, "IDAAS.SDK.PWD.0007"));
    let all = bench.call("POST", "pwd/update-by-email", &[("prefer", "report=all")], &body).await;
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
async fn work_takes_the_place_of_the_picture() {
    let bench = TestServer::new().await;
    let shown = bench.get("captcha?kind=work").await.done();
    assert!(shown["originalImageBase64"].is_null());
    let (salt, bits) = (shown["work"]["salt"].as_str().unwrap(), shown["work"]["bits"].as_u64().unwrap() as u32);
    let nonce =
        (0u32..).map(|n| n.to_string()).find(|n| kouling_http::captcha::work_is_done(salt, bits, n)).unwrap();
    let point = json!({ "nonce": nonce }).to_string();
    let body = json!({ "point_json": point, "token": shown["token"], "sender": EMAIL });
    let solved = bench.post("captcha/verify", body).await.done();
    let ask = json!({ "email": EMAIL, "type": "FORGET_PWD_EMS", "captcha_token": solved["captcha_token"] });
    bench.post("email/send", ask).await.done();
    let code = bench.code(EMAIL).await;
    assert_eq!(bench.redeem(EMAIL, &other_than(&code, 1), NEW).await.code(), "IDAAS.SDK.CAPTCHA.0007");
    bench.redeem(EMAIL, &code, NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_against_caches_is_no_matter() {
    let bench = TestServer::new().await;
    for (query, is_picture) in [
        ("", true),
        ("?t=123", true),
        ("?_=1&kind=jigsaw", true),
        ("?kind=works", true),
        ("?t=1&kind=work", false),
    ] {
        let shown = bench.get(&format!("captcha{query}")).await.done();
        assert_eq!(shown["originalImageBase64"].is_string(), is_picture, "{query}");
        assert_eq!(shown["work"].is_null(), is_picture, "{query}");
    }
    // As the README says.
    assert_eq!(kouling_http::Settings::new("").work_bits, 20);
}
