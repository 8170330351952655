//! From a row of the outbox to a message: a function of the row, the sender and the texts, so that nothing of a request
//! can get in and the same row always gives the same bytes.

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use kouling::flow::{Channel, Purpose};
use kouling::{Language, Moment};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};
use serde::Deserialize;

use crate::start_error::StartError;
use crate::store::{Letter, Subject};

const LAYOUT: &str = include_str!("../../mail/layout.html");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    code: CodeTexts,
    changed: ChangedTexts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeTexts {
    subject: String,
    forgot_password: String,
    update_password: String,
    valid: String,
    caution: String,
    sms: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedTexts {
    subject: String,
    lead: String,
    caution: String,
    sms: String,
}

// The files are ours, and a test reads every one of them.
#[allow(clippy::expect_used)]
fn parse(text: &str) -> Texts {
    toml::from_str(text).expect("the texts of mails are well formed")
}

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| parse(include_str!("../../mail/en.toml")));
static CHINESE: LazyLock<Texts> = LazyLock::new(|| parse(include_str!("../../mail/zh.toml")));

fn texts(language: Language) -> &'static Texts {
    if language == Language::CHINESE { &CHINESE } else { &ENGLISH }
}

/// A sender.
#[derive(Clone, Debug)]
pub struct Mailbox(lettre::message::Mailbox);

impl Mailbox {
    /// Reads `no-reply@example.org` or `Example <no-reply@example.org>`.
    ///
    /// # Errors
    /// When it is no address.
    pub fn parse(text: &str) -> Result<Mailbox, StartError> {
        text.parse()
            .map(Mailbox)
            .map_err(|error| StartError::new(format!("the sender `{text}` is no address: {error}")))
    }

    pub(super) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

/// A message, ready to be carried.
#[derive(Clone)]
pub struct Message {
    /// Its identifier: the same when it is carried twice.
    pub id: String,
    /// How it travels.
    pub channel: Channel,
    /// Where to.
    pub recipient: String,
    /// When it was written.
    pub made: Moment,
    /// What it says, in plain text.
    pub text: String,
    /// As a mail, when it travels by mail.
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

/// Writes a message; `None` when its recipient is no address.
pub fn compose(letter: &Letter, from: &Mailbox) -> Option<Message> {
    let language = Language::from_tag(&letter.language);
    let texts = texts(language);
    let minutes = letter.dies.since(letter.made).unwrap_or(0) / 60;
    let minutes = minutes.to_string();
    let when = written(letter.made);
    let fill = |text: &str, code: &str| {
        text.replace("{minutes}", &minutes).replace("{when}", &when).replace("{code}", code)
    };
    let (subject, paragraphs, short) = match &letter.subject {
        Subject::Code(purpose, code) => {
            let lead = match purpose {
                Purpose::ForgotPassword => &texts.code.forgot_password,
                Purpose::UpdatePassword => &texts.code.update_password,
            };
            let paragraphs = vec![
                Paragraph::Plain(fill(lead, "")),
                Paragraph::Code(code.expose()),
                Paragraph::Plain(fill(&texts.code.valid, "")),
                Paragraph::Plain(fill(&texts.code.caution, "")),
            ];
            (&texts.code.subject, paragraphs, fill(&texts.code.sms, code.expose()))
        }
        Subject::Changed => {
            let paragraphs = vec![
                Paragraph::Plain(fill(&texts.changed.lead, "")),
                Paragraph::Plain(fill(&texts.changed.caution, "")),
            ];
            (&texts.changed.subject, paragraphs, fill(&texts.changed.sms, ""))
        }
    };
    let (text, mail) = match letter.channel {
        Channel::Mobile => (short, None),
        Channel::Email => {
            let text = plain(&paragraphs);
            let html = html(language, subject, &paragraphs);
            let mail = mail(letter, from, subject, text.clone(), html)?;
            (text, Some(mail))
        }
    };
    Some(Message {
        id: letter.id.clone(),
        channel: letter.channel,
        recipient: letter.recipient.clone(),
        made: letter.made,
        text,
        mail,
    })
}

fn mail(letter: &Letter, from: &Mailbox, subject: &str, text: String, html: String) -> Option<lettre::Message> {
    let seconds = u64::try_from(letter.made.unix()).ok()?;
    let parts = MultiPart::alternative()
        .boundary(format!("kouling-{}", letter.id))
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html));
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    lettre::Message::builder()
        .from(from.0.clone())
        .to(lettre::message::Mailbox::new(None, letter.recipient.trim().parse().ok()?))
        .subject(subject)
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(format!("<{}@{}>", letter.id, from.domain())))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .multipart(parts)
        .ok()
}

fn plain(paragraphs: &[Paragraph<'_>]) -> String {
    let paragraphs: Vec<String> = paragraphs
        .iter()
        .map(|paragraph| match paragraph {
            Paragraph::Plain(text) => text.clone(),
            Paragraph::Code(code) => format!("    {code}"),
        })
        .collect();
    paragraphs.join("\r\n\r\n") + "\r\n"
}

fn html(language: Language, subject: &str, paragraphs: &[Paragraph<'_>]) -> String {
    let paragraphs: String = paragraphs
        .iter()
        .map(|paragraph| match paragraph {
            Paragraph::Plain(text) => format!("<p style=\"margin:0 0 16px\">{}</p>\n", escaped(text)),
            Paragraph::Code(code) => format!(
                "<p style=\"margin:0 0 16px;padding:12px 0;background:#f4f5f7;border-radius:8px;text-align:center;\
                 font:600 30px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:6px\">{}</p>\n",
                escaped(code)
            ),
        })
        .collect();
    LAYOUT
        .replace("{language}", language.tag())
        .replace("{subject}", &escaped(subject))
        .replace("{paragraphs}", &paragraphs)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A moment for people: `2026-11-23 16:05 UTC`. Years begin in March here, so that the leap day comes last.
fn written(moment: Moment) -> String {
    let (days, seconds) = (moment.unix().div_euclid(86_400), moment.unix().rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", seconds / 3_600, seconds % 3_600 / 60)
}

#[cfg(test)]
mod tests {
    use kouling::flow::Secret;

    use super::*;

    fn letter(language: &str, channel: Channel, subject: Subject) -> Letter {
        let made = Moment::from_unix(1_795_392_000);
        Letter {
            id: "00112233445566778899aabbccddeeff".to_owned(),
            channel,
            recipient: "15200000000@qq.com".to_owned(),
            language: language.to_owned(),
            subject,
            made,
            dies: made.plus(600),
            attempts: 0,
        }
    }

    fn code() -> Subject {
        Subject::Code(Purpose::ForgotPassword, Secret::new("271828"))
    }

    #[test]
    fn a_row_gives_the_same_bytes_every_time() {
        let from = Mailbox::parse("Kouling <no-reply@example.org>").unwrap();
        let bytes = |letter: &Letter| compose(letter, &from).unwrap().mail.unwrap().formatted();
        let letter = letter("zh", Channel::Email, code());
        assert_eq!(bytes(&letter), bytes(&letter));
        let text = String::from_utf8(bytes(&letter)).unwrap();
        assert!(text.contains("Message-ID: <00112233445566778899aabbccddeeff@example.org>"), "{text}");
        assert!(text.contains("Date: Mon, 23 Nov 2026 00:00:00 +0000"), "{text}");
        assert!(text.contains("Content-Type: multipart/alternative"), "{text}");
    }

    #[test]
    fn every_text_has_its_holes_filled() {
        let from = Mailbox::parse("no-reply@example.org").unwrap();
        for language in ["en", "zh", "fr"] {
            for channel in [Channel::Email, Channel::Mobile] {
                for subject in [code(), Subject::Changed] {
                    let has_code = matches!(subject, Subject::Code(..));
                    let message = compose(&letter(language, channel, subject), &from).unwrap();
                    assert!(!message.text.contains(['{', '}']), "{}", message.text);
                    assert_eq!(message.text.contains("271828"), has_code);
                    assert!(!message.text.contains("http"), "a message holds no link");
                }
            }
        }
    }

    #[test]
    fn a_recipient_that_is_no_address_gets_nothing() {
        let from = Mailbox::parse("no-reply@example.org").unwrap();
        let broken = Letter { recipient: "a@b.com, c@d.com".to_owned(), ..letter("en", Channel::Email, code()) };
        assert!(compose(&broken, &from).is_none());
    }

    #[test]
    fn moments_read_as_the_calendar_has_them() {
        assert_eq!(written(Moment::from_unix(0)), "1970-01-01 00:00 UTC");
        assert_eq!(written(Moment::from_unix(951_782_400 + 3_661)), "2000-02-29 01:01 UTC");
        assert_eq!(written(Moment::from_unix(1_798_761_599)), "2026-12-31 23:59 UTC");
    }
}
