//! Composes a message from a row of the outbox. The result depends on the row, the sender and the texts only: no part of a
//! request can enter it, and the same row always gives the same bytes.

use std::time::{Duration, UNIX_EPOCH};

use askama::Template;
use kouling::flow::{Channel, Purpose};
use kouling::{Language, Moment};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};
use time::OffsetDateTime;

use crate::start_error::StartError;
use crate::store::{MessageContent, OutgoingMessage};

/// The sender of mails.
#[derive(Clone, Debug)]
pub struct Mailbox(lettre::message::Mailbox);

impl Mailbox {
    /// Reads `no-reply@example.org` or `Example <no-reply@example.org>`.
    ///
    /// # Errors
    /// The text is not an address.
    pub fn parse(text: &str) -> Result<Mailbox, StartError> {
        text.parse().map(Mailbox).map_err(|error| {
            StartError::new(format!("expected an address, e.g. `Example <no-reply@example.org>`: {error}"))
        })
    }

    pub(super) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

/// A composed message.
#[derive(Clone)]
pub struct Message {
    /// The identifier of the message, the same for every attempt. A transport may use it to detect repetitions.
    pub id: String,
    /// The channel.
    pub channel: Channel,
    /// The address.
    pub recipient: String,
    /// When it was written.
    pub created: Moment,
    /// The text.
    pub text: String,
    /// The mail. `None` for a short message.
    pub mail: Option<lettre::Message>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("id", &self.id).finish_non_exhaustive()
    }
}

enum Paragraph<'t> {
    Plain(String),
    Code(&'t str),
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Layout<'m> {
    language: Language,
    subject: &'m str,
    paragraphs: &'m [Paragraph<'m>],
}

/// Composes a message. `None` if its recipient is not a valid address.
pub fn compose(message: &OutgoingMessage, from: &Mailbox) -> Option<Message> {
    let language = Language::from_tag(&message.language);
    let minutes = message.expires.since(message.created).unwrap_or(0) / 60;
    let when = readable(message.created)?;
    let text = |key: &str, code: &str| {
        let values = [("minutes", minutes.into()), ("when", when.as_str().into()), ("code", code.into())];
        language.message(&format!("mail/{key}"), &values)
    };
    let plain = |key| Paragraph::Plain(text(key, ""));
    let (subject, paragraphs, short) = match &message.content {
        MessageContent::Code(purpose, code) => {
            let lead = match purpose {
                Purpose::ForgotPassword => "code.forgot_password",
                Purpose::UpdatePassword => "code.update_password",
            };
            let code = code.expose();
            let paragraphs = vec![plain(lead), Paragraph::Code(code), plain("code.valid"), plain("code.caution")];
            (text("code.subject", ""), paragraphs, text("code.sms", code))
        }
        MessageContent::PasswordChanged => {
            let paragraphs = vec![plain("changed.lead"), plain("changed.caution")];
            (text("changed.subject", ""), paragraphs, text("changed.sms", ""))
        }
    };
    let (text, mail) = match message.channel {
        Channel::Mobile => (short, None),
        Channel::Email => {
            let text = plain_text(&paragraphs);
            let html = Layout { language, subject: &subject, paragraphs: &paragraphs }.render().ok()?;
            let mail = mail(message, from, &subject, text.clone(), html)?;
            (text, Some(mail))
        }
    };
    Some(Message {
        id: message.claim.message.clone(),
        channel: message.channel,
        recipient: message.recipient.clone(),
        created: message.created,
        text,
        mail,
    })
}

fn mail(
    message: &OutgoingMessage,
    from: &Mailbox,
    subject: &str,
    text: String,
    html: String,
) -> Option<lettre::Message> {
    let id = &message.claim.message;
    let seconds = u64::try_from(message.created.unix()).ok()?;
    let parts = MultiPart::alternative()
        .boundary(format!("kouling-{id}"))
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html));
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    lettre::Message::builder()
        .from(from.0.clone())
        .to(lettre::message::Mailbox::new(None, message.recipient.trim().parse().ok()?))
        .subject(subject)
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(format!("<{id}@{}>", from.domain())))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .multipart(parts)
        .ok()
}

fn plain_text(paragraphs: &[Paragraph<'_>]) -> String {
    let paragraphs: Vec<String> = paragraphs
        .iter()
        .map(|paragraph| match paragraph {
            Paragraph::Plain(text) => text.clone(),
            Paragraph::Code(code) => format!("    {code}"),
        })
        .collect();
    paragraphs.join("\r\n\r\n") + "\r\n"
}

/// Returns a moment in a readable form, `2026-11-23 16:05 UTC`. `None` outside the years of the calendar.
fn readable(moment: Moment) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp(moment.unix()).ok()?;
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    Some(format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", time.hour(), time.minute()))
}

#[cfg(test)]
mod tests {
    use kouling::flow::Secret;
    use kouling::language::LANGUAGES;

    use super::*;
    use crate::store::Claim;

    fn message(language: &str, channel: Channel, content: MessageContent) -> OutgoingMessage {
        let created = Moment::from_unix(1_795_392_000);
        OutgoingMessage {
            claim: Claim { message: "00112233445566778899aabbccddeeff".to_owned(), token: "t".to_owned() },
            channel,
            recipient: "15200000000@qq.com".to_owned(),
            language: language.to_owned(),
            content,
            created,
            expires: created.plus(600),
            attempts: 0,
        }
    }

    fn code() -> MessageContent {
        MessageContent::Code(Purpose::ForgotPassword, Secret::new("271828"))
    }

    #[test]
    fn row_gives_the_same_bytes_every_time() {
        let from = Mailbox::parse("Kouling <no-reply@example.org>").unwrap();
        let bytes = |message: &OutgoingMessage| compose(message, &from).unwrap().mail.unwrap().formatted();
        let message = message("zh", Channel::Email, code());
        assert_eq!(bytes(&message), bytes(&message));
        let text = String::from_utf8(bytes(&message)).unwrap();
        assert!(text.contains("Message-ID: <00112233445566778899aabbccddeeff@example.org>"), "{text}");
        assert!(text.contains("Date: Mon, 23 Nov 2026 00:00:00 +0000"), "{text}");
        assert!(text.contains("Content-Type: multipart/alternative"), "{text}");
    }

    #[test]
    fn every_placeholder_is_filled() {
        let from = Mailbox::parse("no-reply@example.org").unwrap();
        for language in LANGUAGES.iter().map(|language| language.tag()).chain(["fr"]) {
            for channel in [Channel::Email, Channel::Mobile] {
                for content in [code(), MessageContent::PasswordChanged] {
                    let has_code = matches!(content, MessageContent::Code(..));
                    let composed = compose(&message(language, channel, content), &from).unwrap();
                    assert!(!composed.text.contains(['{', '}']), "{}", composed.text);
                    assert_eq!(composed.text.contains("271828"), has_code);
                    assert!(!composed.text.contains("http"), "a message contains no link");
                }
            }
        }
    }

    #[test]
    fn message_to_an_invalid_address_is_not_composed() {
        let from = Mailbox::parse("no-reply@example.org").unwrap();
        let recipient = "a@b.com, c@d.com".to_owned();
        let invalid = OutgoingMessage { recipient, ..message("en", Channel::Email, code()) };
        assert!(compose(&invalid, &from).is_none());
    }

    #[test]
    fn moments_are_readable() {
        let readable = |seconds| super::readable(Moment::from_unix(seconds)).unwrap();
        assert_eq!(readable(0), "1970-01-01 00:00 UTC");
        assert_eq!(readable(951_782_400 + 3_661), "2000-02-29 01:01 UTC");
        assert_eq!(readable(1_798_761_599), "2026-12-31 23:59 UTC");
    }
}
