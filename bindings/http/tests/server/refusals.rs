//! Every code of the contract in both languages, and the order of the checks.

use kouling_http::store::NewAccount;
use serde_json::{Value, json};

use crate::test_server::{EMAIL, HEADERS, NEW, OLD, TestServer, other_than};

async fn refused(server: &TestServer, path: &str, headers: &[(&str, &str)], body: Value, expected: [&str; 3]) {
    let [code, english, chinese] = expected;
    for (language, text) in [("en", english), ("zh-CN", chinese)] {
        let headers: Vec<_> = headers.iter().copied().chain([("x-l", language)]).collect();
        let answer = server.call("POST", path, &headers, &body).await;
        assert_eq!(answer.refusal(), (400, code), "{body}");
        assert_eq!(answer.body["error_msg"], text, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_checked_first_and_in_order() {
    let server = TestServer::new().await;
    let update = "pwd/update-by-email";
    let incomplete = ["IDAAS.SDK.PARAM.0001", "Device information is incomplete", "设备信息不完整"];
    for (name, _) in &HEADERS[..3] {
        for value in ["-", "", "  "] {
            refused(&server, update, &[(name, value), ("x-client-id", "-")], json!({}), incomplete).await;
        }
    }
    let missing = ["IDAAS.SDK.PARAM.0002", "clientId cannot be empty", "clientId不能为空"];
    refused(&server, update, &[("x-client-id", "-")], json!({}), missing).await;
    let unknown = [
        "IDAAS.SDK.PARAM.0003",
        "The app is not registered, please register the app first",
        "应用未注册，请先注册应用",
    ];
    refused(&server, update, &[("x-client-id", "nobody")], json!({}), unknown).await;
    // A missing header is reported before a malformed body.
    let answer = server.raw("POST", "/api/v2/sdk/pwd/update-by-email", &[], "not json").await;
    assert_eq!(answer.refusal(), (400, "IDAAS.SDK.PARAM.0001"));
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_fields_are_reported_before_rate_limiting() {
    let server = TestServer::new().await;
    let update = "pwd/update-by-email";
    let email = ["IDAAS.SDK.USER.0005", "E-mail cannot be empty", "邮箱不能为空"];
    let code = ["IDAAS.SDK.PARAM.0009", "Verification code cannot be empty", "验证码不能为空"];
    let password = ["IDAAS.SDK.USER.0006", "Password cannot be empty", "密码不能为空"];
    refused(&server, update, &[], json!({}), email).await;
    refused(&server, update, &[], json!({ "email": null, "verify_code": "1", "password": "x" }), email).await;
    refused(&server, update, &[], json!({ "email": EMAIL, "password": "" }), code).await;
    refused(&server, update, &[], json!({ "email": EMAIL, "verify_code": " " }), code).await;
    refused(&server, update, &[], json!({ "email": EMAIL, "verify_code": "1", "password": "" }), password).await;
    assert_eq!(server.count("SELECT COUNT(*) FROM events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_has_its_code_and_message() {
    let server = TestServer::new().await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = server.code(EMAIL).await;
    let long = "Aa1-".repeat(17);
    for (password, expected) in [
        ("Ab1-", ["IDAAS.SDK.PWD.0007", "The password must contain 8 to 64 characters", "密码长度为8~64个字符"]),
        (&long, ["IDAAS.SDK.PWD.0007", "The password must contain 8 to 64 characters", "密码长度为8~64个字符"]),
        (
            "heronwader",
            [
                "IDAAS.SDK.PWD.0004",
                "Your password complexity is low, at least 3 of these: lowercase letters, uppercase letters, digits, symbols",
                "密码复杂度低，至少包含以下字符类型中的3种：小写字母、大写字母、数字、符号",
            ],
        ),
        (
            "Herrrron-77",
            [
                "IDAAS.SDK.PWD.0006",
                "Number of character repeat in password should not exceed 3",
                "密码中最大字符重复数不能超过3",
            ],
        ),
        (
            "Nasgnahz-77",
            ["IDAAS.SDK.PWD.0002", "Password cannot username in reverse order", "密码不允许使用用户名的倒写"],
        ),
        (
            "Zhangsan-77",
            [
                "IDAAS.SDK.PWD.0003",
                "Password cannot contain :username, phone number, email prefix, name in PinYing",
                "密码中不允许包含：用户名、手机号、邮箱前缀、姓名拼音",
            ],
        ),
        ("Password-1", ["IDAAS.SDK.PWD.0005", "The password is weak", "该密码为弱密码"]),
        (OLD, ["IDAAS.SDK.PWD.0001", "The password is used before, cannot be used again", "不允许使用历史密码"]),
    ] {
        let body = json!({ "email": EMAIL, "verify_code": code, "password": password });
        refused(&server, "pwd/update-by-email", &[], body, expected).await;
    }
    // The code is still valid.
    server.redeem(EMAIL, &code, NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_expired_used_and_foreign_codes_get_one_response() {
    let server = TestServer::new().await;
    let wrong = ["IDAAS.SDK.CAPTCHA.0007", "Incorrect verification code", "验证码错误"];
    let body = |code: &str| json!({ "email": EMAIL, "verify_code": code, "password": NEW });
    refused(&server, "pwd/update-by-email", &[], body("123456"), wrong).await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = server.code(EMAIL).await;
    refused(&server, "pwd/update-by-email", &[], body(&other_than(&code, 1)), wrong).await;
    let update = "pwd/update-by-email";
    refused(&server, update, &[("x-client-id", "another-client")], body(&code), wrong).await;
    refused(&server, update, &[("x-device-fingerprint", "another")], body(&code), wrong).await;
    let elsewhere = json!({ "email": "bare@example.org", "verify_code": code, "password": NEW });
    refused(&server, update, &[], elsewhere, wrong).await;
    server.advance(600);
    refused(&server, update, &[], body(&code), wrong).await;
    server.advance(-1);
    server.redeem(EMAIL, &code, NEW).await.done();
    refused(&server, update, &[], body(&code), wrong).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn correct_code_without_account_reports_unknown_user() {
    let server = TestServer::new().await;
    server.ask("nobody@example.org", "FORGET_PWD_EMS").await.done();
    let code = server.code("nobody@example.org").await;
    let body = json!({ "email": "nobody@example.org", "verify_code": code, "password": NEW });
    let unknown = ["IDAAS.SDK.USER.0001", "User not found", "用户未找到"];
    refused(&server, "pwd/update-by-email", &[], body, unknown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn captcha_and_sending_have_their_codes() {
    let server = TestServer::new().await;
    let failed = ["IDAAS.SDK.CAPTCHA.0002", "Graphic verification code verification failed", "图形验证码校验失败"];
    refused(&server, "captcha/verify", &[], json!({}), failed).await;
    let shown = server.get("captcha").await.done();
    let mut try_it = json!({ "point_json": "{\"x\":1.0,\"y\":5.0}", "token": shown["token"], "sender": EMAIL });
    refused(&server, "captcha/verify", &[], try_it.clone(), failed).await;
    try_it["point_json"] = json!("{}");
    refused(&server, "captcha/verify", &[], try_it, failed).await;

    let unsent = ["IDAAS.SDK.CAPTCHA.0006", "Failed to send verification code", "验证码发送失败"];
    let solved = server.captcha_token(EMAIL).await;
    let ask =
        |email: &str, scene: &str, token: &str| json!({ "email": email, "type": scene, "captcha_token": token });
    for body in [
        ask(EMAIL, "FORGET_PWD_EMS", ""),
        ask(EMAIL, "FORGET_PWD_EMS", "00---{}"),
        ask(EMAIL, "REGISTER_EMS", &solved),
        ask(EMAIL, "", &solved),
        ask("bare@example.org", "FORGET_PWD_EMS", &solved),
        ask("a@b.com,c@d.com", "FORGET_PWD_EMS", &solved),
    ] {
        refused(&server, "email/send", &[], body, unsent).await;
    }
    let empty = ["IDAAS.SDK.USER.0005", "E-mail cannot be empty", "邮箱不能为空"];
    refused(&server, "email/send", &[], ask(" ", "FORGET_PWD_EMS", &solved), empty).await;
    server.post("email/send", ask(EMAIL, "FORGET_PWD_EMS", &solved)).await.done();
    // The captcha is used, and the cooldown has begun.
    refused(&server, "email/send", &[], ask(EMAIL, "FORGET_PWD_EMS", &solved), unsent).await;
    let early = server.ask(EMAIL, "FORGET_PWD_EMS").await;
    assert_eq!(early.refusal(), (429, "IDAAS.SDK.COM.9029"));
    assert_eq!(early.headers["retry-after"], "60");
    server.advance(60);
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_reveals_nothing_and_locks_no_owner_out() {
    let server = TestServer::new().await;
    let refusal = ["IDAAS.SDK.USER.9002", "Incorrect user name or password", "用户名或密码错误"];
    for name in ["zhangsan", "nobody", "bare"] {
        refused(&server, "login/auth", &[], json!({ "user_name": name, "password": "wrong" }), refusal).await;
    }
    assert_eq!(server.sign_in("", OLD).await.refusal(), (400, "IDAAS.SDK.USER.9007"));
    assert_eq!(server.sign_in("zhangsan", "").await.refusal(), (400, "IDAAS.SDK.USER.0006"));
    let mut last = 200;
    for _ in 0..12 {
        last = server.sign_in("zhangsan", "wrong").await.status;
    }
    assert_eq!(last, 429);
    // The owner signs in from another address, and other names are not limited.
    let elsewhere = [("x-forwarded-for", "198.51.100.7")];
    let body = json!({ "user_name": "zhangsan", "password": OLD });
    server.call("POST", "login/auth", &elsewhere, &body).await.done();
    assert_eq!(server.sign_in("nobody", "wrong").await.status, 400);
    server.advance(900);
    // A correct password resets the count.
    for _ in 0..2 {
        for _ in 0..9 {
            assert_eq!(server.sign_in("zhangsan", "wrong").await.status, 400);
        }
        server.sign_in("zhangsan", OLD).await.done();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn internal_error_is_500_and_unavailable_store_503() {
    let server = TestServer::new().await;
    let broken = NewAccount {
        username: "broken".to_owned(),
        password_hash: Some("$unknown$abc".to_owned()),
        ..NewAccount::default()
    };
    server.inner.store().add_accounts(&[broken], server.now()).await.unwrap();
    assert_eq!(server.sign_in("broken", "x").await.refusal(), (500, "IDAAS.SDK.COM.0002"));
    server.inner.store().close().await;
    let down = server.redeem(EMAIL, "123456", NEW).await;
    assert_eq!(down.refusal(), (503, "IDAAS.SDK.COM.9003"));
    assert!(down.headers.contains_key("retry-after"));
    assert_eq!(server.raw("GET", "/readyz", &[], "").await.status, 503);
    assert_eq!(server.raw("GET", "/healthz", &[], "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn anonymous_evaluation_is_limited_per_client_address() {
    let server = TestServer::new().await;
    let body = json!({ "password": "" });
    assert_eq!(server.post("pwd/check", json!({})).await.refusal(), (400, "IDAAS.SDK.USER.0006"));
    for _ in 0..600 {
        assert_eq!(server.post("pwd/check", body.clone()).await.status, 200);
    }
    let late = server.post("pwd/check", body.clone()).await;
    assert_eq!(late.refusal(), (429, "IDAAS.SDK.COM.9029"));
    assert_eq!(late.headers["retry-after"], "60");
    let elsewhere = [("x-forwarded-for", "198.51.100.7")];
    server.call("POST", "pwd/check", &elsewhere, &body).await.done();
    let token = server.id_token(OLD).await;
    server.as_user("POST", "pwd/check", &token, body.clone()).await.done();
    server.advance(60);
    server.post("pwd/check", body).await.done();
}

/// Accounts that were imported with a scheme that cannot take long passwords.
#[tokio::test(flavor = "multi_thread")]
async fn password_that_the_stored_scheme_cannot_take_is_wrong() {
    let server = TestServer::new().await;
    let long = "a".repeat(100);
    let very_long = "a".repeat(600);
    for (name, hash) in [
        // bcrypt and sha512-crypt of "correct horse".
        ("bcrypt", "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"),
        ("sha-crypt", "$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC"),
    ] {
        let imported = NewAccount {
            username: name.to_owned(),
            email: Some(format!("{name}@example.org")),
            password_hash: Some(hash.to_owned()),
            ..NewAccount::default()
        };
        assert!(server.inner.store().add_accounts(&[imported], server.now()).await.unwrap().is_empty());
        for password in [&long, &very_long] {
            assert_eq!(server.sign_in(name, password).await.refusal(), (400, "IDAAS.SDK.USER.9002"), "{name}");
        }
        let signed_in = server.sign_in(name, "correct horse").await.done();
        let token = signed_in["id_token"].as_str().unwrap();
        for old in [&long, &very_long] {
            let body = json!({ "old_password": old, "new_password": NEW });
            let answer = server.as_user("POST", "pwd/change", token, body).await;
            assert_eq!(answer.refusal(), (400, "IDAAS.SDK.PWD.9001"), "{name}");
        }
        // A reset compares the new password with the history.
        let address = format!("{name}@example.org");
        server.ask(&address, "FORGET_PWD_EMS").await.done();
        let code = server.code(&address).await;
        server.redeem(&address, &code, NEW).await.done();
        server.sign_in(name, NEW).await.done();
    }
}
