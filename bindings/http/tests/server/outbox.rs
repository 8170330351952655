//! Outgoing messages: persistent, and the same whether an account exists or not.

use serde_json::json;

use crate::test_server::{EMAIL, NEW, TestServer};

#[tokio::test(flavor = "multi_thread")]
async fn waiting_code_survives_a_restart() {
    let server = TestServer::new().await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    assert_eq!(
        server.count("SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND sealed IS NOT NULL").await,
        1
    );
    let server = server.restart().await;
    let code = server.code(EMAIL).await;
    server.redeem(EMAIL, &code, NEW).await.done();
    assert_eq!(server.count("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_or_replaced_code_is_not_sent() {
    let server = TestServer::new().await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    server.advance(60);
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    assert_eq!(server.messages().await.len(), 1);
    server.advance(60);
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    server.advance(600);
    assert_eq!(server.messages().await.len(), 1);
    assert_eq!(server.count("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_address_gets_the_response_of_a_known_one() {
    let server = TestServer::new().await;
    let known = server.ask(EMAIL, "FORGET_PWD_EMS").await;
    let unknown = server.ask("nobody@example.org", "FORGET_PWD_EMS").await;
    assert_eq!(known, unknown);
    let early =
        [server.ask(EMAIL, "FORGET_PWD_EMS").await, server.ask("nobody@example.org", "FORGET_PWD_EMS").await];
    assert_eq!(early[0], early[1]);
    assert_eq!(server.messages().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_to_the_address_on_record() {
    let server = TestServer::new().await;
    server.ask("BARE@example.ORG", "FORGET_PWD_EMS").await.done();
    let messages = server.messages().await;
    assert!(messages[0].contains("To: Bare@Example.org\r\n"), "{}", messages[0]);
    // An account without a password gets its first one this way.
    let code = server.code("Bare@Example.org").await;
    server.redeem("bare@example.org", &code, NEW).await.done();
    server.sign_in("bare", NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_contains_nothing_of_the_request_but_its_language() {
    let server = TestServer::new().await;
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
        let token = server.captcha_token(&address).await;
        let body = json!({ "email": address, "type": "FORGET_PWD_EMS", "captcha_token": token });
        server.call("POST", "email/send", &[(name, value)], &body).await.done();
        let mail = server.messages().await.pop().unwrap();
        let code = server.code(&address).await;
        let id = mail.split("Message-ID: <").nth(1).unwrap().split('@').next().unwrap().to_owned();
        mails.push(mail.replace(&address, "ADDRESS").replace(&code, "CODE").replace(&id, "ID"));
    }
    assert!(mails.iter().all(|mail| *mail == mails[0]), "{mails:?}");
    assert!(!mails[0].contains("evil"));
}
