//! Delivery: claims, deadlines, and mail servers that misbehave at every stage, over real sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kouling::flow::Channel;
use kouling_http::delivery::{deliver_due, deliver_next};
use kouling_http::mail::smtp::Smtp;
use kouling_http::mail::{DeliveryError, Mailbox, Message, Transport, Transports};
use kouling_http::store::DeliveryResult;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::test_server::{EMAIL, TestServer};

const DEADLINE: Duration = Duration::from_millis(700);

fn from() -> Mailbox {
    Mailbox::parse("no-reply@example.org").unwrap()
}

/// What a mail server does when it reaches a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Mute,
    /// Sends one byte at a time and never completes a line.
    Drip,
    Refuse,
}

/// A mail server that behaves until it reaches a stage (`""` is the greeting, `.` the end of the data).
struct MailServer {
    port: u16,
    accepted: Arc<AtomicUsize>,
}

impl MailServer {
    async fn start(stage: &'static str, fault: Fault) -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let accepted = Arc::new(AtomicUsize::new(0));
        let counter = accepted.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counter = counter.clone();
                tokio::spawn(async move { converse(stream, stage, fault, &counter).await });
            }
        });
        MailServer { port, accepted }
    }

    fn transports(&self) -> Transports {
        let url = format!("smtp://user:password@127.0.0.1:{}", self.port);
        let smtp = || Box::new(Smtp::new(&url, &from()).unwrap());
        Transports::new(from(), smtp(), smtp())
    }
}

async fn converse(stream: TcpStream, stage: &str, fault: Fault, accepted: &AtomicUsize) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut command = String::new();
    let mut in_data = false;
    loop {
        if command == stage {
            match fault {
                Fault::Mute => std::future::pending().await,
                Fault::Refuse => write.write_all(b"554 no\r\n").await.ok()?,
                Fault::Drip => loop {
                    write.write_all(b"2").await.ok()?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                },
            }
        } else {
            let reply: &[u8] = match command.as_str() {
                "" => b"220 hi\r\n",
                "EHLO" => b"250-hi\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n",
                "AUTH" => b"235 ok\r\n",
                "DATA" => b"354 go on\r\n",
                "." => {
                    accepted.fetch_add(1, Ordering::SeqCst);
                    b"250 accepted\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            write.write_all(reply).await.ok()?;
        }
        in_data = command == "DATA" && stage != "DATA" || in_data && command != ".";
        loop {
            let line = lines.next_line().await.ok()??;
            if !in_data || line == "." {
                command = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
                break;
            }
        }
    }
}

async fn deliver_with(mail_server: &MailServer) -> (Option<DeliveryResult>, Duration) {
    let transports = mail_server.transports();
    let server = TestServer::configured(|builder| builder.transports(transports)).await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let start = Instant::now();
    let result = deliver_next(&server.inner, Channel::Email, DEADLINE).await.unwrap();
    (result, start.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn mute_mail_server_is_given_up_at_every_stage() {
    for stage in ["", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."] {
        for fault in [Fault::Mute, Fault::Drip] {
            let (result, took) = deliver_with(&MailServer::start(stage, fault).await).await;
            assert!(matches!(result, Some(DeliveryResult::Postponed(_))), "{stage} {fault:?}: {result:?}");
            assert!(took < DEADLINE * 3, "{stage} {fault:?}: {took:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_mail_is_dropped_at_every_stage_and_accepted_mail_is_delivered() {
    for stage in ["", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."] {
        let (result, _) = deliver_with(&MailServer::start(stage, Fault::Refuse).await).await;
        assert_eq!(result, Some(DeliveryResult::Dropped), "{stage}");
    }
    let good = MailServer::start("never", Fault::Mute).await;
    assert_eq!(deliver_with(&good).await.0, Some(DeliveryResult::Delivered));
    assert_eq!(good.accepted.load(Ordering::SeqCst), 1);
}

/// The mail was accepted: silence after that must not cause a second copy.
#[tokio::test(flavor = "multi_thread")]
async fn mail_server_that_is_mute_at_quit_has_accepted_the_mail() {
    let mail_server = MailServer::start("QUIT", Fault::Mute).await;
    let (result, took) = deliver_with(&mail_server).await;
    assert_eq!(result, Some(DeliveryResult::Delivered));
    assert!(took < DEADLINE, "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_mail_server_postpones_the_mail() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mail_server = MailServer { port, accepted: Arc::default() };
    assert!(matches!(deliver_with(&mail_server).await.0, Some(DeliveryResult::Postponed(_))));
}

/// Holds messages to one recipient for ever; counts the others.
#[derive(Clone)]
struct Selective {
    slow: &'static str,
    held: Arc<Semaphore>,
    sent: Arc<AtomicUsize>,
}

#[async_trait]
impl Transport for Selective {
    async fn send(&self, message: &Message) -> Result<(), DeliveryError> {
        if message.recipient == self.slow {
            self.held.add_permits(1);
            std::future::pending::<()>().await;
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_recipient_does_not_delay_other_messages() {
    let (held, sent) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let transport = Selective { slow: "slow@example.org", held: held.clone(), sent: sent.clone() };
    let transports = Transports::new(from(), Box::new(transport.clone()), Box::new(transport));
    let server = TestServer::configured(|builder| builder.transports(transports)).await;
    let (stop, stopping) = watch::channel(false);
    let mut workers = kouling_http::delivery::start_workers(&server.inner, &stopping);
    server.ask("slow@example.org", "FORGET_PWD_EMS").await.done();
    let slow = tokio::time::timeout(Duration::from_secs(20), held.acquire()).await;
    slow.expect("the slow message is being sent").unwrap().forget();
    for number in 0..20 {
        server.ask(&format!("reader{number}@example.org"), "FORGET_PWD_EMS").await.done();
    }
    let all = async {
        while sent.load(Ordering::SeqCst) < 20 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all).await.expect("the other messages were sent");
    stop.send(true).unwrap();
    workers.abort_all();
    while workers.join_next().await.is_some() {}
}

/// Panics, as a transport with a bug would.
struct Panics;

#[async_trait]
impl Transport for Panics {
    async fn send(&self, _: &Message) -> Result<(), DeliveryError> {
        panic!("canary")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn panic_of_a_transport_postpones_the_message() {
    let transports = Transports::new(from(), Box::new(Panics), Box::new(Panics));
    let server = TestServer::configured(|builder| builder.transports(transports)).await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let result = deliver_next(&server.inner, Channel::Email, DEADLINE).await.unwrap();
    assert!(matches!(result, Some(DeliveryResult::Postponed(_))));
    assert_eq!(deliver_due(&server.inner).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_show_waiting_messages_and_their_age() {
    kouling_http::observe::start_metrics();
    let server = TestServer::new().await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    server.advance(90);
    let metrics = server.raw("GET", "/metrics", &[], "").await;
    let text = metrics.body.as_str().unwrap().to_owned();
    assert!(
        text.contains("# HELP kouling_messages_waiting ")
            && text.contains("# TYPE kouling_messages_waiting gauge"),
        "{text}"
    );
    // Other tests share the recorder: their gauges may come in between, so only the store's own numbers are exact.
    let status = server.inner.store().outbox_status().await.unwrap();
    assert_eq!((status.waiting, status.oldest), (1, Some(server.now().minus(90))));
    for line in text.lines().filter(|line| line.starts_with("# TYPE kouling_")) {
        let name = line.split(' ').nth(2).unwrap();
        assert!(text.contains(&format!("# HELP {name} ")), "{name} has no help text");
    }
}
