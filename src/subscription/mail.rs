//! Mail over SMTP.

use super::limits::MAIL_TIME;
use super::message::Letter;
use super::target::EmailAddress;
use super::webhook::Undelivered;
use crate::field::Instant;
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
        match tokio::time::timeout(MAIL_TIME, self.transport.send(message)).await {
            Err(_) => Err(Undelivered::for_now("no answer in time")),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(Undelivered::Refused(error.to_string())),
            Ok(Err(error)) => Err(Undelivered::for_now(error.to_string())),
        }
    }

    fn message(&self, envelope: &Envelope<'_>, letter: &Letter) -> Result<Message, lettre::error::Error> {
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(envelope.date.seconds().max(0).unsigned_abs());
        let builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, envelope.to.address().clone()))
            .subject(&letter.subject)
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
