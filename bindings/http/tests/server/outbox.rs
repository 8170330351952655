//! Messages outlive the process, and tell nobody who has an account.

use serde_json::json;

use crate::client::{EMAIL, NEW, TestServer};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_survives_a_restart() {
    let bench = TestServer::new().await;
    bench.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    assert_eq!(bench.count("SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND sealed IS NOT NULL").await, 1);
    let bench = bench.restart().await;
    let code = bench.code(EMAIL).await;
    bench.redeem(EMAIL, &code, NEW).await.done();
    assert_eq!(bench.count("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_died_or_was_replaced_is_not_sent() {
    let bench = TestServer::new().await;
    bench.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    bench.pass(60);
    bench.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    assert_eq!(bench.messages().await.len(), 1);
    bench.pass(60);
    bench.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    bench.pass(600);
    assert_eq!(bench.messages().await.len(), 1);
    assert_eq!(bench.count("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_gets_the_answer_of_a_user() {
    let bench = TestServer::new().await;
    let known = bench.ask(EMAIL, "FORGET_PWD_EMS").await;
    let unknown = bench.ask("nobody@example.org", "FORGET_PWD_EMS").await;
    assert_eq!(known, unknown);
    let early =
        [bench.ask(EMAIL, "FORGET_PWD_EMS").await, bench.ask("nobody@example.org", "FORGET_PWD_EMS").await];
    assert_eq!(early[0], early[1]);
    assert_eq!(bench.messages().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_to_the_address_on_record() {
    let bench = TestServer::new().await;
    bench.ask("BARE@example.ORG", "FORGET_PWD_EMS").await.done();
    let messages = bench.messages().await;
    assert!(messages[0].contains("To: Bare@Example.org\r\n"), "{}", messages[0]);
    // An account without a password gets one this way, and has it then.
    let code = bench.code("Bare@Example.org").await;
    bench.redeem("bare@example.org", &code, NEW).await.done();
    bench.sign_in("bare", NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_request_is_in_a_mail_but_its_language() {
    let bench = TestServer::new().await;
    let mut mails = Vec::new();
    for (number, (name, value)) in [
        ("host", "evil.example"),
        ("forwarded", "host=evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("origin", "https://evil.example"),
        ("referer", "https://evil.example/"),
        ("x-l", "en"),
    ]
    .into_iter()
    .enumerate()
    {
        let address = format!("reader{number}@example.org");
        let token = bench.captcha_token(&address).await;
        let body = json!({ "email": address, "type": "FORGET_PWD_EMS", "captcha_token": token });
        bench.call("POST", "email/send", &[(name, value)], &body).await.done();
        let mail = bench.messages().await.pop().unwrap();
        let code = bench.code(&address).await;
        let id = mail.split("Message-ID: <").nth(1).unwrap().split('@').next().unwrap().to_owned();
        mails.push(mail.replace(&address, "ADDRESS").replace(&code, "CODE").replace(&id, "ID"));
    }
    assert!(mails.iter().all(|mail| *mail == mails[0]), "{mails:?}");
    assert!(!mails[0].contains("evil"));
}
