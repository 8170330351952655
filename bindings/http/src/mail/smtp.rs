//! Mails over SMTP.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::{Courier, Failure, Mailbox, Message};
use crate::start_error::StartError;

/// How long a mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail server.
#[derive(Debug)]
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl Smtp {
    /// `smtps://user:password@host` (TLS from the first byte), `smtp+starttls://…` (TLS before anything of the mail) or
    /// `smtp://host` (in the clear, to this machine only). Names and passwords are percent-encoded.
    ///
    /// # Errors
    /// When the URL is none of these.
    pub fn new(url: &str, from: &Mailbox) -> Result<Smtp, StartError> {
        // The URL may hold a password: it is never repeated in a message.
        let wrong = |message: &str| StartError::new(format!("the mail server's URL cannot be used: {message}"));
        if url.contains(['?', '#']) {
            return Err(wrong("it has a query; whether TLS is used stands in its scheme"));
        }
        let url = match url.split_once("://") {
            Some(("smtps", _)) => url.to_owned(),
            Some(("smtp+starttls", rest)) => format!("smtp://{rest}?tls=required"),
            Some(("smtp", rest)) if is_here(rest) => url.to_owned(),
            Some(("smtp", _)) => {
                return Err(wrong(
                    "mails travel in the clear to this machine only; use `smtps://` or `smtp+starttls://`",
                ));
            }
            _ => return Err(wrong("it begins with none of `smtps://`, `smtp+starttls://` and `smtp://`")),
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url)
            .map_err(|_| wrong("it has no form like `smtps://user:password@host:port`"))?;
        let hello = ClientId::Domain(from.domain().to_owned());
        Ok(Smtp(builder.hello_name(hello).timeout(Some(PATIENCE)).build()))
    }
}

fn is_here(rest: &str) -> bool {
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[async_trait]
impl Courier for Smtp {
    async fn carry(&self, message: &Message) -> Result<(), Failure> {
        let Some(mail) = &message.mail else { return Err(Failure::ForGood("it is no mail".to_owned())) };
        let Err(error) = self.0.send(mail.clone()).await.map(drop) else { return Ok(()) };
        // The text of a server's answer may repeat the recipient; its status says enough.
        let reason = match error.status() {
            Some(code) => format!("the mail server answered {code}"),
            None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
            None if error.is_tls() => "no TLS with the mail server".to_owned(),
            None => "the mail server cannot be reached".to_owned(),
        };
        Err(if error.is_permanent() { Failure::ForGood(reason) } else { Failure::ForNow(reason) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_leave_the_machine_encrypted_or_not_at_all() {
        let from = Mailbox::parse("no-reply@example.org").unwrap();
        let opens = |url: &str| Smtp::new(url, &from).is_ok();
        for good in [
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://[::1]:25",
            "smtps://user:p%40ss@mail.example.org",
            "smtp+starttls://mail.example.org:587",
        ] {
            assert!(opens(good), "{good}");
        }
        for wrong in [
            "smtp://mail.example.org",
            "smtp://localhost@mail.example.org",
            "smtp://mail.example.org?tls=none",
            "smtps://",
            "http://localhost",
            "localhost:25",
            "",
        ] {
            assert!(!opens(wrong), "{wrong}");
        }
        let error = Smtp::new("smtp://user:secret@mail.example.org", &from).unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }
}
