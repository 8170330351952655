//! Mails over SMTP.
//!
//! lettre's async transport bounds the connection attempt only (its issue 1027), and waits without a bound for the answer
//! to QUIT. So [`crate::delivery`] puts a deadline around the whole delivery, and this module says goodbye in the
//! background: a server that has accepted a mail and then stays silent must not cause a second copy.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::{DeliveryError, Mailbox, Message, Transport};
use crate::start_error::StartError;

/// How long connecting may take, for each address of the server.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server may take to answer QUIT.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);

/// How a connection is encrypted.
#[derive(Clone)]
enum Encryption {
    /// Not at all: loopback only.
    None,
    /// TLS from the first byte.
    Implicit(TlsParameters),
    /// TLS before anything of the mail, by STARTTLS.
    StartTls(TlsParameters),
}

/// A mail server. Every mail uses a connection of its own.
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<Credentials>,
    hello: ClientId,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Smtp {
    /// Reads a URL: `smtps://user:password@host` (TLS from the first byte), `smtp+starttls://…` (TLS before anything of the
    /// mail) or `smtp://host` (unencrypted, to this machine only). User and password are percent-encoded.
    ///
    /// # Errors
    /// The URL has another form, or the certificates of this machine cannot be read.
    pub fn new(url: &str, from: &Mailbox) -> Result<Smtp, StartError> {
        // The URL may hold a password: no message repeats it.
        let invalid = |message: &str| StartError::new(format!("invalid mail server URL: {message}"));
        let form = "expected a form like `smtps://user:password@host:port`";
        if url.contains(['?', '#']) {
            return Err(invalid("it has a query; the scheme states whether TLS is used"));
        }
        let parsed = Url::parse(url).map_err(|_| invalid(form))?;
        let host = match parsed.host() {
            // Domains of schemes that `url` does not know are not normalized.
            Some(Host::Domain(name)) if !name.is_empty() => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            _ => return Err(invalid(form)),
        };
        let tls = || TlsParameters::new(host.clone()).map_err(|_| invalid("TLS cannot be used on this machine"));
        let (encryption, default_port) = match parsed.scheme() {
            "smtps" => (Encryption::Implicit(tls()?), 465),
            "smtp+starttls" => (Encryption::StartTls(tls()?), 587),
            "smtp" if is_loopback(&host) => (Encryption::None, 25),
            "smtp" => {
                return Err(invalid(
                    "unencrypted mail is sent to this machine only; use `smtps://` or `smtp+starttls://`",
                ));
            }
            _ => return Err(invalid("expected `smtps://`, `smtp+starttls://` or `smtp://`")),
        };
        let decoded =
            |text: &str| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| invalid(form));
        let credentials = match parsed.password() {
            Some(password) => Some(Credentials::new(decoded(parsed.username())?, decoded(password)?)),
            None => None,
        };
        Ok(Smtp {
            port: parsed.port().unwrap_or(default_port),
            encryption,
            credentials,
            hello: ClientId::Domain(from.domain().to_owned()),
            host,
        })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let implicit = match &self.encryption {
            Encryption::Implicit(parameters) => Some(parameters.clone()),
            Encryption::None | Encryption::StartTls(_) => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_TIMEOUT), &self.hello, implicit, None)
                .await?;
        if let Encryption::StartTls(parameters) = &self.encryption {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn quit(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move {
        // The mail was accepted or refused already; a server that does not answer loses the connection.
        let _ = tokio::time::timeout(QUIT_TIMEOUT, connection.abort()).await;
    });
}

#[async_trait]
impl Transport for Smtp {
    async fn send(&self, message: &Message) -> Result<(), DeliveryError> {
        let Some(mail) = &message.mail else {
            return Err(DeliveryError::Permanent("the message is not a mail".to_owned()));
        };
        let sent = match self.connect().await {
            Ok(mut connection) => {
                let sent = connection.send(mail.envelope(), &mail.formatted()).await;
                quit(connection);
                sent
            }
            Err(error) => Err(error),
        };
        let Err(error) = sent.map(drop) else { return Ok(()) };
        // The text of an answer may repeat the recipient; its status says enough.
        let reason = match error.status() {
            Some(code) => format!("the mail server answered {code}"),
            None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
            None if error.is_tls() => "no TLS connection with the mail server".to_owned(),
            None if error.is_client() => "the mail server lacks a feature that the mail needs".to_owned(),
            None => "no connection to the mail server".to_owned(),
        };
        Err(match error.is_permanent() {
            true => DeliveryError::Permanent(reason),
            false => DeliveryError::Temporary(reason),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unencrypted_mail_is_sent_to_loopback_only() {
        let from = Mailbox::parse("no-reply@example.org").unwrap();
        let opens = |url: &str| Smtp::new(url, &from).is_ok();
        for valid in [
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://[::1]:25",
            "smtps://user:p%40ss@mail.example.org",
            "smtp+starttls://mail.example.org:587",
        ] {
            assert!(opens(valid), "{valid}");
        }
        for invalid in [
            "smtp://mail.example.org",
            "smtp://localhost@mail.example.org",
            "smtp://mail.example.org?tls=none",
            "smtps://",
            "http://localhost",
            "localhost:25",
            "",
        ] {
            assert!(!opens(invalid), "{invalid}");
        }
        let error = Smtp::new("smtp://user:secret@mail.example.org", &from).unwrap_err();
        assert!(!error.to_string().contains("secret"));
        assert!(
            !format!("{:?}", Smtp::new("smtps://user:secret@mail.example.org", &from).unwrap()).contains("secret")
        );
    }

    #[test]
    fn user_and_password_are_percent_decoded() {
        let from = Mailbox::parse("no-reply@example.org").unwrap();
        let smtp = Smtp::new("smtps://a%40b:p%2Fw@mail.example.org", &from).unwrap();
        assert_eq!(smtp.credentials, Some(Credentials::new("a@b".to_owned(), "p/w".to_owned())));
        assert_eq!(Smtp::new("smtp://[::1]", &from).unwrap().host, "::1");
    }
}
