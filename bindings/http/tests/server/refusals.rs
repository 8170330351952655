//! Every code of the contract, in both languages, and the order of the checks.

use kouling_http::store::NewAccount;
use serde_json::{Value, json};

use crate::client::{EMAIL, HEADERS, NEW, OLD, TestServer, other_than};

async fn refused(bench: &TestServer, path: &str, headers: &[(&str, &str)], body: Value, expected: [&str; 3]) {
    let [code, english, chinese] = expected;
    for (language, text) in [("en", english), ("zh-CN", chinese)] {
        let headers: Vec<_> = headers.iter().copied().chain([("x-l", language)]).collect();
        let answer = bench.call("POST", path, &headers, &body).await;
        assert_eq!(answer.refusal(), (400, code), "{body}");
        assert_eq!(answer.body["error_msg"], text, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_come_first_and_in_their_order() {
    let bench = TestServer::new().await;
    let update = "pwd/update-by-email";
    let incomplete = ["IDAAS.SDK.PARAM.0001", "Device information is incomplete", "设备信息不完整"];
    for (name, _) in &HEADERS[..3] {
        for value in ["-", "", "  "] {
            refused(&bench, update, &[(name, value), ("x-client-id", "-")], json!({}), incomplete).await;
        }
    }
    let missing = ["IDAAS.SDK.PARAM.0002", "clientId cannot be empty", "clientId不能为空"];
    refused(&bench, update, &[("x-client-id", "-")], json!({}), missing).await;
    let unknown = [
        "IDAAS.SDK.PARAM.0003",
        "The app is not registered, please register the app first",
        "应用未注册，请先注册应用",
    ];
    refused(&bench, update, &[("x-client-id", "nobody")], json!({}), unknown).await;
    // A wrong header is told before a wrong body.
    let answer = bench.raw("POST", "/api/v2/sdk/pwd/update-by-email", &[], "not json").await;
    assert_eq!(answer.refusal(), (400, "IDAAS.SDK.PARAM.0001"));
}

#[tokio::test(flavor = "multi_thread")]
async fn emptiness_is_told_before_anything_is_counted() {
    let bench = TestServer::new().await;
    let update = "pwd/update-by-email";
    let email = ["IDAAS.SDK.USER.0005", "E-mail cannot be empty", "邮箱不能为空"];
    let code = ["IDAAS.SDK.PARAM.0009", "Verification code cannot be empty", "验证码不能为空"];
    let password = ["IDAAS.SDK.USER.0006", "Password cannot be empty", "密码不能为空"];
    refused(&bench, update, &[], json!({}), email).await;
    refused(&bench, update, &[], json!({ "email": null, "verify_code": "1", "password": "x" }), email).await;
    refused(&bench, update, &[], json!({ "email": EMAIL, "password": "" }), code).await;
    refused(&bench, update, &[], json!({ "email": EMAIL, "verify_code": " " }), code).await;
    refused(&bench, update, &[], json!({ "email": EMAIL, "verify_code": "1", "password": "" }), password).await;
    assert_eq!(bench.count("SELECT COUNT(*) FROM events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_has_its_code_and_its_words() {
    let bench = TestServer::new().await;
    bench.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = bench.code(EMAIL).await;
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
        refused(&bench, "pwd/update-by-email", &[], body, expected).await;
    }
    // The code survived them all.
    bench.redeem(EMAIL, &code, NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_expired_spent_or_foreign_code_is_one_answer() {
    let bench = TestServer::new().await;
    let wrong = ["IDAAS.SDK.CAPTCHA.0007", "Incorrect verification code", "验证码错误"];
    let body = |code: &str| json!({ "email": EMAIL, "verify_code": code, "password": NEW });
    refused(&bench, "pwd/update-by-email", &[], body("123456"), wrong).await;
    bench.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = bench.code(EMAIL).await;
    refused(&bench, "pwd/update-by-email", &[], body(&other_than(&code, 1)), wrong).await;
    let update = "pwd/update-by-email";
    refused(&bench, update, &[("x-client-id", "another-client")], body(&code), wrong).await;
    refused(&bench, update, &[("x-device-fingerprint", "another")], body(&code), wrong).await;
    let elsewhere = json!({ "email": "bare@example.org", "verify_code": code, "password": NEW });
    refused(&bench, update, &[], elsewhere, wrong).await;
    bench.pass(600);
    refused(&bench, update, &[], body(&code), wrong).await;
    bench.pass(-1);
    bench.redeem(EMAIL, &code, NEW).await.done();
    refused(&bench, update, &[], body(&code), wrong).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_without_an_account_tells_so_and_only_then() {
    let bench = TestServer::new().await;
    bench.ask("nobody@example.org", "FORGET_PWD_EMS").await.done();
    let code = bench.code("nobody@example.org").await;
    let body = json!({ "email": "nobody@example.org", "verify_code": code, "password": NEW });
    let unknown = ["IDAAS.SDK.USER.0001", "User not found", "用户未找到"];
    refused(&bench, "pwd/update-by-email", &[], body, unknown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn captcha_and_sending_have_their_codes() {
    let bench = TestServer::new().await;
    let failed = ["IDAAS.SDK.CAPTCHA.0002", "Graphic verification code verification failed", "图形验证码校验失败"];
    refused(&bench, "captcha/verify", &[], json!({}), failed).await;
    let shown = bench.get("captcha").await.done();
    let mut try_it = json!({ "point_json": "{\"x\":1.0,\"y\":5.0}", "token": shown["token"], "sender": EMAIL });
    refused(&bench, "captcha/verify", &[], try_it.clone(), failed).await;
    try_it["point_json"] = json!("{}");
    refused(&bench, "captcha/verify", &[], try_it, failed).await;

    let unsent = ["IDAAS.SDK.CAPTCHA.0006", "Failed to send verification code", "验证码发送失败"];
    let solved = bench.captcha_token(EMAIL).await;
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
        refused(&bench, "email/send", &[], body, unsent).await;
    }
    let empty = ["IDAAS.SDK.USER.0005", "E-mail cannot be empty", "邮箱不能为空"];
    refused(&bench, "email/send", &[], ask(" ", "FORGET_PWD_EMS", &solved), empty).await;
    bench.post("email/send", ask(EMAIL, "FORGET_PWD_EMS", &solved)).await.done();
    // Used up, and the cool-down is on.
    refused(&bench, "email/send", &[], ask(EMAIL, "FORGET_PWD_EMS", &solved), unsent).await;
    let early = bench.ask(EMAIL, "FORGET_PWD_EMS").await;
    assert_eq!(early.refusal(), (429, "IDAAS.SDK.COM.9029"));
    assert_eq!(early.headers["retry-after"], "60");
    bench.pass(60);
    bench.ask(EMAIL, "FORGET_PWD_EMS").await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_tells_nothing_and_locks_nobody_out() {
    let bench = TestServer::new().await;
    let refused_here = ["IDAAS.SDK.USER.9002", "Incorrect user name or password", "用户名或密码错误"];
    for name in ["zhangsan", "nobody", "bare"] {
        refused(&bench, "login/auth", &[], json!({ "user_name": name, "password": "wrong" }), refused_here).await;
    }
    assert_eq!(bench.sign_in("", OLD).await.refusal(), (400, "IDAAS.SDK.USER.9007"));
    assert_eq!(bench.sign_in("zhangsan", "").await.refusal(), (400, "IDAAS.SDK.USER.0006"));
    let mut last = 200;
    for _ in 0..12 {
        last = bench.sign_in("zhangsan", "wrong").await.status;
    }
    assert_eq!(last, 429);
    // From another peer its owner signs in, and from here somebody else could.
    let elsewhere = [("x-forwarded-for", "198.51.100.7")];
    let body = json!({ "user_name": "zhangsan", "password": OLD });
    bench.call("POST", "login/auth", &elsewhere, &body).await.done();
    assert_eq!(bench.sign_in("nobody", "wrong").await.status, 400);
    bench.pass(900);
    // A right one ends the row.
    for _ in 0..2 {
        for _ in 0..9 {
            assert_eq!(bench.sign_in("zhangsan", "wrong").await.status, 400);
        }
        bench.sign_in("zhangsan", OLD).await.done();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_ours_is_500_and_a_silent_store_503() {
    let bench = TestServer::new().await;
    let broken = NewAccount {
        username: "broken".to_owned(),
        password_hash: Some("$unknown$abc".to_owned()),
        ..NewAccount::default()
    };
    bench.server.store().add_accounts(&[broken], bench.now()).await.unwrap();
    assert_eq!(bench.sign_in("broken", "x").await.refusal(), (500, "IDAAS.SDK.COM.0002"));
    bench.server.store().close().await;
    let down = bench.redeem(EMAIL, "123456", NEW).await;
    assert_eq!(down.refusal(), (503, "IDAAS.SDK.COM.9003"));
    assert!(down.headers.contains_key("retry-after"));
    assert_eq!(bench.raw("GET", "/readyz", &[], "").await.status, 503);
    assert_eq!(bench.raw("GET", "/healthz", &[], "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn judging_for_strangers_has_its_limit_and_for_a_peer_only() {
    let bench = TestServer::new().await;
    let body = json!({ "password": "" });
    assert_eq!(bench.post("pwd/check", json!({})).await.refusal(), (400, "IDAAS.SDK.USER.0006"));
    for _ in 0..600 {
        assert_eq!(bench.post("pwd/check", body.clone()).await.status, 200);
    }
    let late = bench.post("pwd/check", body.clone()).await;
    assert_eq!(late.refusal(), (429, "IDAAS.SDK.COM.9029"));
    assert_eq!(late.headers["retry-after"], "60");
    let elsewhere = [("x-forwarded-for", "198.51.100.7")];
    bench.call("POST", "pwd/check", &elsewhere, &body).await.done();
    let token = bench.id_token(OLD).await;
    bench.as_user("POST", "pwd/check", &token, body.clone()).await.done();
    bench.pass(60);
    bench.post("pwd/check", body).await.done();
}
