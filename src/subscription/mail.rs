//! Mail over SMTP.

use super::limits::MAIL_TIME;
use super::message::Letter;
use super::target::EmailAddress;
use super::webhook::Undelivered;
use crate::field::Instant;
use base64_simd::STANDARD;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::Deserialize;
use std::time::{Duration, SystemTime};

/// The server that mail is handed to, as a file in TOML says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// The name and address that mail comes from: `公示 <no-reply@example.cn>`.
    pub from: Mailbox,
    #[serde(default)]
    pub user: Option<String>,
    #[serde(default)]
    pub password: Option<String>,
}

/// How the server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// TLS from the first byte on (port 465, RFC 8314).
    Implicit,
    /// STARTTLS, and nothing before it (port 587).
    Starttls,
    /// In clear: for a server on this machine.
    None,
}

/// Hands letters to a server of mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What stands around a letter.
pub struct Envelope<'a> {
    pub to: &'a EmailAddress,
    /// Without its brackets; the same however often it is sent.
    pub message_id: String,
    /// Where a program of mail stops the subscription by a POST (RFC 8058).
    pub stop: String,
    pub date: Instant,
}

/// An unstructured header.
fn header(builder: MessageBuilder, name: &'static str, value: String) -> MessageBuilder {
    builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value))
}

/// Bytes of a text in one encoded word: so that no line has more than 76 characters (RFC 2047 §2), the first with the header's name
/// neither.
const ENCODED_WORD_BYTES: usize = 39;

/// A text in encoded words alone. As it is, a title that looks like one would be decoded by whoever reads it, into line ends and whatever
/// else no record may hold.
fn encoded_words(text: &str) -> String {
    let (mut words, mut word) = (Vec::new(), String::new());
    for letter in text.chars() {
        if word.len() + letter.len_utf8() > ENCODED_WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter);
    }
    words.push(word);
    let words = words.iter().map(|word| format!("=?utf-8?b?{}?=", STANDARD.encode_to_string(word)));
    words.collect::<Vec<_>>().join("\r\n ")
}

fn subject(text: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Subject");
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), encoded_words(text))
}

/// What a server said, without whom it was about: it is kept, and stands in the log of the service.
fn without_mailbox(said: &str, mailbox: &EmailAddress) -> String {
    let of_address = |letter: char| letter.is_alphanumeric() || "@.-_+'=~&#".contains(letter);
    let names = |word: &str| word.contains('@') || word.eq_ignore_ascii_case(mailbox.address().user());
    let mut kept = String::new();
    let mut rest = said;
    while !rest.is_empty() {
        let end = rest.find(|letter| !of_address(letter)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        kept.push_str(if names(word.trim_end_matches(['.', '-'])) { "…" } else { word });
        let between = behind.find(of_address).unwrap_or(behind.len());
        kept.push_str(&behind[..between]);
        rest = &behind[between..];
    }
    kept
}

impl Mailer {
    /// # Errors
    /// No TLS is available.
    pub fn new(settings: MailSettings) -> anyhow::Result<Self> {
        let MailSettings { host, port, tls, from, user, password } = settings;
        let parameters = || TlsParameters::new(host.clone());
        let tls = match tls {
            MailTls::Implicit => Tls::Wrapper(parameters()?),
            MailTls::Starttls => Tls::Required(parameters()?),
            MailTls::None => Tls::None,
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(port).tls(tls).timeout(Some(MAIL_TIME));
        if let Some((user, password)) = user.zip(password) {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// Hands a letter over. Where the connection ends after the letter and before the server's answer, nobody knows whether the server
    /// has taken it.
    pub(super) async fn send(&self, envelope: &Envelope<'_>, letter: &Letter) -> Result<(), Undelivered> {
        let message = self.message(envelope, letter).map_err(|error| Undelivered::Refused(error.to_string()))?;
        let words = |error: lettre::transport::smtp::Error| without_mailbox(&error.to_string(), envelope.to);
        match tokio::time::timeout(MAIL_TIME, self.transport.send(message)).await {
            Err(_) => Err(Undelivered::for_now("no answer in time")),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(Undelivered::Refused(words(error))),
            Ok(Err(error)) => Err(Undelivered::for_now(words(error))),
        }
    }

    fn message(&self, envelope: &Envelope<'_>, letter: &Letter) -> Result<Message, lettre::error::Error> {
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(envelope.date.seconds().max(0).unsigned_abs());
        let builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, envelope.to.address().clone()))
            .raw_header(subject(&letter.subject))
            .date(date)
            .message_id(Some(format!("<{}>", envelope.message_id)))
            .header(ContentType::TEXT_PLAIN);
        let builder = header(builder, "List-Unsubscribe", format!("<{}>", envelope.stop));
        let builder = header(builder, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned());
        // No out-of-office note answers it (RFC 3834).
        header(builder, "Auto-Submitted", "auto-generated".to_owned()).body(letter.text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_subject_is_decoded_into_something_else() {
        let long = "长".repeat(300);
        for text in ["New: =?utf-8?q?=0D=0ABcc:_v=40w.cn?=", "请确认订阅 · a/b", "x", &long, &"x".repeat(2_000)] {
            let mut read = String::new();
            for line in encoded_words(text).split("\r\n ") {
                assert!(line.len() + "Subject: ".len() <= 76 && line.is_ascii(), "{line}");
                let word = line.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?=")).unwrap();
                read += std::str::from_utf8(&STANDARD.decode_to_vec(word).unwrap()).unwrap();
            }
            assert_eq!(read, text);
        }
    }

    #[test]
    fn nobody_is_named_in_what_a_server_said() {
        let mailbox = "li.si@example.cn".parse().unwrap();
        for (said, kept) in [
            (
                "permanent error (550): 5.1.1 <Li.Si@example.cn>: no such user",
                "permanent error (550): 5.1.1 <…>: no such user",
            ),
            ("550 user li.si. is unknown; ask a@b.cn.", "550 user … is unknown; ask …"),
            ("550 li.size is another", "550 li.size is another"),
            ("", ""),
        ] {
            assert_eq!(without_mailbox(said, &mailbox), kept);
        }
    }

    /// What OPERATIONS.md shows.
    #[test]
    fn settings_are_read_strictly() {
        let shown = include_str!("../../OPERATIONS.md").split("```toml\n").find(|part| part.starts_with("host = "));
        let shown = shown.and_then(|part| part.split("```").next()).unwrap();
        let settings: MailSettings = toml::from_str(shown).unwrap();
        assert_eq!((settings.port, settings.tls, settings.user.is_some()), (465, MailTls::Implicit, true));
        assert_eq!(settings.from.email.to_string(), "no-reply@gongshi.example.cn");
        for wrong in ["host = \"x\"", &format!("{shown}passwort = \"x\"\n"), &shown.replace("implicit", "perhaps")] {
            assert!(toml::from_str::<MailSettings>(wrong).is_err(), "{wrong}");
        }
    }
}
