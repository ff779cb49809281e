//! Where the messages of a subscription go.

use super::limits::{ADDRESS_CHARACTERS_MAX, URL_CHARACTERS_MAX};
use super::reach::WebhookReach;
use crate::field::{Fault, JsonText, Whole, string_schema, union};
use lettre::Address;
use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A mailbox, or a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    #[schemars(with = "Whole<EmailTarget>")]
    Email(EmailTarget),
    #[schemars(with = "Whole<WebhookTarget>")]
    Webhook(WebhookTarget),
}

union!(Target { Email(EmailTarget), Webhook(WebhookTarget) });

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailTarget {
    pub address: EmailAddress,
}

/// A webhook, as Standard Webhooks has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookTarget {
    pub url: WebhookUrl,
}

/// An address of mail at a host of the network, in ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(Address);

string_schema!(EmailAddress, "email", max = ADDRESS_CHARACTERS_MAX);

/// The URL of a webhook: no user, no password, no fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

string_schema!(WebhookUrl, "uri", max = URL_CHARACTERS_MAX);

/// What people have before the sign. Nothing in quotes, in which one mailbox has any number of spellings; nothing that some server takes
/// for a way to another one (`%`, `!`) or for a command, and nothing that a reader of headers decodes (`=?`).
fn is_user(text: &str) -> bool {
    text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b".-_+'=~&#".contains(&letter))
}

/// A name of the network: no address, in brackets or without, and no neighbour of the mail server.
fn is_host(text: &str) -> bool {
    let is_name = |last: &str| last.starts_with(|letter: char| letter.is_ascii_alphabetic());
    text.rsplit_once('.').is_some_and(|(_, last)| is_name(last))
}

impl FromStr for EmailAddress {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        if text.chars().count() > ADDRESS_CHARACTERS_MAX {
            return Err(Fault::TextTooLong { max: ADDRESS_CHARACTERS_MAX });
        }
        let words = ("应为电子邮件地址，如 name@example.cn", "an address of mail is expected, as name@example.cn");
        let address: Option<Address> = text.is_ascii().then(|| text.parse().ok()).flatten();
        let is_plain = |address: &Address| is_user(address.user()) && is_host(address.domain());
        address.filter(is_plain).map(Self).ok_or_else(|| Fault::malformed_code(words))
    }
}

impl FromStr for WebhookUrl {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        if text.chars().count() > URL_CHARACTERS_MAX {
            return Err(Fault::TextTooLong { max: URL_CHARACTERS_MAX });
        }
        let words = (
            "应为 https:// 开头的网址，不含用户名、口令与 # 之后的部分",
            "a URL with https:// is expected, without user, password and fragment",
        );
        let is_plain = |url: &Url| {
            matches!(url.scheme(), "https" | "http")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.fragment().is_none()
        };
        text.parse().ok().filter(is_plain).map(Self).ok_or_else(|| Fault::malformed_code(words))
    }
}

macro_rules! text {
    ($($type:ident)*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                JsonText::deserialize(deserializer)?.parse().map_err(|fault: Fault| fault.into_serde())
            }
        }
    )*};
}

text! { EmailAddress WebhookUrl }

impl EmailAddress {
    pub fn address(&self) -> &Address {
        &self.0
    }
}

impl WebhookUrl {
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Why the URL is out of reach, as far as it says so itself. What its name leads to is looked at when it is connected to.
    pub fn fault(&self, reach: WebhookReach) -> Option<Fault> {
        let host = self.0.host_str().unwrap_or_default();
        let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        let is_out = address.is_some_and(|address| !reach.includes(address));
        let is_plain = reach == WebhookReach::Public && self.0.scheme() != "https";
        let words =
            ("应为公网上 https:// 开头的网址", "a URL with https:// at a host of the public network is expected");
        (is_out || is_plain).then(|| Fault::malformed_code(words))
    }
}

impl Target {
    /// As it is kept: a URL.
    pub fn to_url(&self) -> String {
        match self {
            // What is before the sign may hang on the case of its letters, what is behind it never.
            Self::Email(EmailTarget { address }) => {
                format!("mailto:{}@{}", address.0.user(), address.0.domain().to_ascii_lowercase())
            }
            Self::Webhook(WebhookTarget { url }) => url.to_string(),
        }
    }

    /// The one that is kept as this URL.
    pub fn of_url(url: &str) -> Option<Self> {
        match url.strip_prefix("mailto:") {
            Some(address) => Some(Self::Email(EmailTarget { address: address.parse().ok()? })),
            None => Some(Self::Webhook(WebhookTarget { url: url.parse().ok()? })),
        }
    }

    /// Whose it is, as far as can be told: the mailbox, however it is tagged and dotted, or the host.
    pub fn place(&self) -> String {
        match self {
            Self::Email(EmailTarget { address }) => {
                // Where dots make a difference, two people share what may wait for one, and nothing else.
                let user = address.0.user().split('+').next().unwrap_or_default().replace('.', "");
                format!("{user}@{}", address.0.domain()).to_ascii_lowercase()
            }
            Self::Webhook(WebhookTarget { url }) => {
                url.0.host_str().unwrap_or_default().trim_end_matches('.').to_owned()
            }
        }
    }

    /// What metrics call such targets.
    pub fn way(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Webhook(_) => "webhook",
        }
    }

    /// Who declines for it: the mailbox, but of a host, which others may share, the one URL.
    pub fn receiver(&self) -> String {
        match self {
            Self::Email(_) => self.place(),
            Self::Webhook(WebhookTarget { url }) => url.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<WebhookUrl, Fault> {
        text.parse()
    }

    #[test]
    fn addresses_are_those_of_hosts() {
        let address = |text: &str| text.parse::<EmailAddress>();
        for good in ["li.si@example.cn", "a+gongshi@mail.example.com", "o'neil@example.cn"] {
            assert_eq!(address(good).unwrap().to_string(), good);
        }
        let long = format!("{}@example.cn", "a".repeat(250));
        for bad in [
            "",
            "li",
            "@example.cn",
            "li@",
            "li@localhost",
            "li@[127.0.0.1]",
            "a b@example.cn",
            "李@example.cn",
            "a@例子.cn",
            "a@example.cn\r\nBcc: b@example.cn",
            "a@example.cn,b@example.cn",
            "<a@example.cn>",
            "\"a\"@example.cn",
            "\"a b\"@example.cn",
            "\"a>,<b\"@example.cn",
            "a%b.cn@example.cn",
            "b.cn!a@example.cn",
            "|a@example.cn",
            "=?utf-8?q?a?=@example.cn",
            "a@1.2.3.4",
            &long,
        ] {
            assert!(address(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn urls_are_plain_and_within_reach() {
        for bad in
            ["", "example.cn", "ftp://example.cn/", "https://", "https://a:b@example.cn/", "https://example.cn/#a"]
        {
            assert!(url(bad).is_err(), "{bad}");
        }
        for out in [
            "http://example.cn/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://169.254.169.254/latest",
            "https://[::ffff:10.0.0.1]/",
        ] {
            let url = url(out).unwrap();
            assert!(url.fault(WebhookReach::Public).is_some(), "{out}");
            assert_eq!(url.fault(WebhookReach::Anywhere), None);
        }
        assert_eq!(url("https://hooks.example.cn:8443/a?b=c").unwrap().fault(WebhookReach::Public), None);
    }

    #[test]
    fn a_target_is_kept_as_a_url_and_a_place_is_somebodys() {
        let email = |text: &str| Target::Email(EmailTarget { address: text.parse().unwrap() });
        let webhook = Target::Webhook(WebhookTarget { url: url("https://Hooks.example.cn/a").unwrap() });
        for target in [email("Li.si@example.cn"), webhook.clone()] {
            assert_eq!(Target::of_url(&target.to_url()), Some(target));
        }
        assert_eq!(email("a@Example.cn").to_url(), email("a@example.CN").to_url());
        for spelling in ["li+two@EXAMPLE.cn", "l.i@example.cn", "L.I+a.b@example.cn"] {
            assert_eq!(email("Li+one@example.cn").place(), email(spelling).place());
        }
        assert_eq!(webhook.place(), "hooks.example.cn");
    }
}
