//! What mails say, in the language that was asked for. No subject has a secret.

use super::event::Sender;
use super::limits::{DECLINED_MILLIS, UNCONFIRMED_MILLIS};
use super::news::{NewThing, Tidings};
use crate::act::statuses;
use crate::search::{SearchKind, page_path};

statuses! {
    /// In which mails are written and pages linked to.
    pub enum MessageLanguage {
        /// 中文.
        Zh,
        /// English.
        En,
    }
}

/// A mail without its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
}

fn kind(kind: SearchKind, language: MessageLanguage) -> &'static str {
    let (zh, en) = match kind {
        SearchKind::Tender => ("招标项目", "Tender"),
        SearchKind::Objection => ("异议", "Objection"),
        SearchKind::Organisation => ("单位", "Organisation"),
        SearchKind::Commitment => ("承诺", "Commitment"),
    };
    language.choose(zh, en)
}

impl MessageLanguage {
    fn choose<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

impl Sender<'_> {
    /// A page in the language.
    pub fn page(&self, language: MessageLanguage, path: &str) -> String {
        format!("{}/{}{path}", self.base, language.name())
    }

    fn search(&self, language: MessageLanguage) -> String {
        self.page(language, &format!("/search?{}", self.asked.address()))
    }

    /// Asks whoever reads it to confirm.
    pub fn confirmation(&self, language: MessageLanguage, confirm: &str) -> Letter {
        let (search, origin, manage) = (self.search(language), self.origin, &self.manage);
        let (hours, days) = (UNCONFIRMED_MILLIS / 3_600_000, DECLINED_MILLIS / 86_400_000);
        let zh = format!(
            "有人（也许是您）请求把 {origin} 上这一搜索的新结果发到此邮箱：\n\n{search}\n\n确认订阅，请在 {hours} 小时内打开：\n\
             {confirm}\n\n如果不是您，不必理会：不确认就不会再发，本地址届时删除。立即拒绝，并在 {days} 天内不再收到此类请求：\n\
             {manage}\n"
        );
        let en = format!(
            "Somebody, perhaps you, has asked that what is newly found by this search of {origin} be sent here:\n\n{search}\n\n\
             To confirm, open this within {hours} hours:\n{confirm}\n\nIf it was not you, do nothing: unless it is confirmed nothing more \
             is sent, and your address is deleted then. To decline now, and be asked by nobody for {days} days:\n{manage}\n"
        );
        let subject = language.choose("请确认订阅", "Please confirm that you want to follow a search");
        Letter { subject: format!("{subject} · {origin}"), text: language.choose(zh, en) }
    }

    /// Tells what is newly found.
    pub fn found_in_mail(&self, language: MessageLanguage, news: &[Tidings]) -> Letter {
        let things: Vec<(u64, &NewThing)> =
            news.iter().flat_map(|news| news.told.things.iter().map(move |thing| (news.entry, thing))).collect();
        let one = |(entry, thing): &(u64, &NewThing)| {
            let (title, key, kind) = (&thing.title, &thing.key, kind(thing.kind, language));
            let page = self.page(language, &page_path(thing.kind, key));
            let record = self.page(language, &format!("/records/{entry}"));
            let by = language.choose("依据记录", "by record");
            format!("{title}\n{kind} {key}\n{page}\n{by} {entry} {record}\n")
        };
        let list = things.iter().map(one).collect::<Vec<_>>().join("\n");
        let (search, manage) = (self.search(language), &self.manage);
        let zh = format!("您订阅的搜索有新结果：\n\n{list}\n全部结果：\n{search}\n\n退订：\n{manage}\n");
        let en = format!(
            "The search that you follow finds more:\n\n{list}\nEverything that it finds:\n{search}\n\nTo stop this:\n{manage}\n"
        );
        let first = things.first().map_or("", |(_, thing)| &thing.title);
        let subject = match things.len() {
            0 | 1 => language.choose(format!("新结果：{first}"), format!("New: {first}")),
            count => {
                language.choose(format!("新结果 {count} 项：{first} 等"), format!("{count} new: {first} and others"))
            }
        };
        Letter { subject, text: language.choose(zh, en) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::SearchAsked;
    use crate::subscription::news::Told;

    fn thing(title: &str) -> NewThing {
        NewThing { kind: SearchKind::Tender, key: "ZB 1".into(), title: title.into(), status: "announced".into() }
    }

    #[test]
    fn a_mail_says_what_where_by_which_record_and_how_to_stop() {
        let asked = SearchAsked { q: Some("道路 监理".into()), ..SearchAsked::default() };
        let manage = "https://x.example.cn/zh/subscription?token=secret".to_owned();
        let sender = Sender { base: "https://x.example.cn", origin: "x.example.cn/log", asked: &asked, manage };
        let told = |title: &str| Told { time: "2026-08-03T01:00:00.000Z".parse().unwrap(), things: vec![thing(title)] };
        let news = [Tidings { entry: 12, told: told("道路监理") }, Tidings { entry: 15, told: told("桥梁监理") }];
        for language in [MessageLanguage::Zh, MessageLanguage::En] {
            let letter = sender.found_in_mail(language, &news);
            assert!(letter.subject.contains('2') && letter.subject.contains("道路监理"), "{}", letter.subject);
            for part in ["桥梁监理", "/tenders/ZB%201", "/records/15", "token=secret"] {
                assert!(letter.text.contains(part), "{part}: {}", letter.text);
            }
            let confirmation = sender.confirmation(language, "https://x.example.cn/confirm");
            for secret in ["token", "confirm?"] {
                assert!(!letter.subject.contains(secret) && !confirmation.subject.contains(secret));
            }
            assert!(confirmation.text.contains("https://x.example.cn/confirm\n"), "{}", confirmation.text);
        }
    }
}
