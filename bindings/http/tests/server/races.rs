//! Concurrent requests, on the real SQLite file.

use std::sync::Arc;

use kouling::flow::{Budget, Effect};
use kouling::policy::units::Rate;
use kouling_http::store::Origin;

use crate::test_server::{EMAIL, NEW, OLD, TestServer, other_than};

const CONCURRENT: u32 = 64;

async fn redeem_concurrently(
    server: &Arc<TestServer>,
    code: impl Fn(u32) -> String,
    password: impl Fn(u32) -> String,
) -> Vec<(u16, String)> {
    let calls: Vec<_> = (0..CONCURRENT)
        .map(|number| {
            let (server, code, password) = (server.clone(), code(number), password(number));
            tokio::spawn(async move {
                let answer = server.redeem(EMAIL, &code, &password).await;
                (answer.status, answer.code().to_owned())
            })
        })
        .collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn inv03_correct_code_sets_one_password_once() {
    let server = Arc::new(TestServer::new().await);
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = server.code(EMAIL).await;
    let password = |number: u32| format!("Heron-{number}-wader");
    let answers = redeem_concurrently(&server, |_| code.clone(), password).await;
    let won: Vec<usize> = (0..answers.len()).filter(|number| answers[*number].0 == 200).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    assert_eq!(server.count("SELECT COUNT(*) FROM password_history").await, 1);
    assert_eq!(server.count("SELECT COUNT(*) FROM audit WHERE event = 'password.set'").await, 1);
    server.sign_in("zhangsan", &password(won[0] as u32)).await.done();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn inv04_wrong_codes_are_counted_before_comparison() {
    let server = Arc::new(TestServer::new().await);
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = server.code(EMAIL).await;
    let answers = redeem_concurrently(&server, |number| other_than(&code, number + 1), |_| NEW.to_owned()).await;
    assert!(answers.iter().all(|(_, code)| code == "IDAAS.SDK.CAPTCHA.0007"), "{answers:?}");
    // Only reserved submissions were compared.
    assert_eq!(server.count("SELECT COUNT(*) FROM events WHERE key LIKE 'wrong:%:by:%'").await, 5);
    assert_eq!(server.redeem(EMAIL, &code, NEW).await.code(), "IDAAS.SDK.CAPTCHA.0007");
    server.sign_in("zhangsan", OLD).await.done();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn captcha_sends_one_code() {
    let server = Arc::new(TestServer::new().await);
    let token = server.captcha_token(EMAIL).await;
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let (server, token) = (server.clone(), token.clone());
            tokio::spawn(async move {
                let body = serde_json::json!({ "email": EMAIL, "type": "FORGET_PWD_EMS", "captcha_token": token });
                server.post("email/send", body).await.status
            })
        })
        .collect();
    let mut sent = 0;
    for call in calls {
        sent += u32::from(call.await.unwrap() == 200);
    }
    assert_eq!(sent, 1);
    assert_eq!(server.messages().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn effects_are_applied_completely_or_not_at_all() {
    let server = TestServer::new().await;
    let now = server.now();
    let count = |key: &str, most| Effect::Count {
        budget: Budget { key: key.to_owned(), rate: Rate { most, per: 60 } },
        now,
    };
    let apply = async |effects: &[Effect]| server.inner.store().apply(effects, &Origin::default()).await.unwrap();
    assert!(apply(&[count("a", 1)]).await);
    assert!(!apply(&[count("b", 1), count("a", 1), count("c", 1)]).await);
    assert_eq!(server.count("SELECT COUNT(*) FROM events").await, 1);
    assert!(!apply(&[count("b", 1), Effect::UseCaptcha { token: "none".to_owned() }]).await);
    assert!(!apply(&[Effect::ConsumeChallenge { challenge: "none".to_owned() }]).await);
    assert_eq!(server.count("SELECT COUNT(*) FROM events").await, 1);
}
