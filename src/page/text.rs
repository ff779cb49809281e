//! What pages say, in both languages. Each page has its texts in its own file; the compiler checks them: a text that lacks a
//! language does not compile, nor one whose languages name different values, and one that nothing says is a warning, which
//! fails the checks.

use super::language::Language;

/// What can be said in both languages.
pub(super) trait Say {
    fn say(&self, language: Language) -> &'static str;
}

impl<T: Say> Say for &T {
    fn say(&self, language: Language) -> &'static str {
        (*self).say(language)
    }
}

/// `texts! { Name { Hello "你好" "Hello" Count "共 {count} 项" "{count} in all" } }`: an enum of texts. What stands in braces is a
/// value, see [`filled`].
macro_rules! texts {
    ($name:ident { $($text:ident $zh:literal $en:literal)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name {
            $($text,)*
        }

        impl $crate::page::text::Say for $name {
            fn say(&self, language: $crate::page::language::Language) -> &'static str {
                let (zh, en) = match self {
                    $(Self::$text => ($zh, $en),)*
                };
                language.choose(zh, en)
            }
        }

        $(const _: () = assert!(
            $crate::page::text::values($zh) == $crate::page::text::values($en),
            "both languages name the same values"
        );)*
    };
}
pub(super) use texts;

/// `words! { TenderStatus { Closed "结案" "Closed" } }`: what the values of an enum of ours are called. The compiler asks for
/// each of them.
macro_rules! words {
    ($($name:ty { $($word:ident $zh:literal $en:literal)* })*) => {$(
        impl $crate::page::text::Say for $name {
            fn say(&self, language: $crate::page::language::Language) -> &'static str {
                let (zh, en) = match self {
                    $(Self::$word => ($zh, $en),)*
                };
                language.choose(zh, en)
            }
        }

        impl $crate::page::text::EveryWord for $name {
            const EVERY: &'static [Self] = &[$(Self::$word,)*];
        }
    )*};
}
pub(super) use words;

/// Every value of an enum, for a reader to choose from.
pub(super) trait EveryWord: Sized + 'static {
    const EVERY: &'static [Self];
}

/// A text with its values put in.
pub(super) fn filled(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// What the values of a text are called, in whatever order, as a sum: for the compiler.
pub(super) const fn values(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (mut at, mut sum, mut name, mut inside) = (0, 0u64, 0u64, false);
    while at < bytes.len() {
        match bytes[at] {
            b'{' => (inside, name) = (true, 7),
            b'}' => (inside, sum) = (false, sum.wrapping_add(name)),
            byte if inside => name = name.wrapping_mul(31).wrapping_add(byte as u64),
            _ => {}
        }
        at += 1;
    }
    sum
}

texts! { Common {
    Name "公示" "Gongshi"
    Tagline "公共采购诚信账本" "The integrity ledger of public procurement"
    ThisLanguage "中文" "English"
    SkipToContent "跳到正文" "Skip to content"
    Search "搜索" "Search"
    SearchAll "搜索项目、条款、异议、单位" "Search tenders, clauses, objections, names"
    Sections "栏目" "Sections"
    YouAreHere "当前位置" "You are here"
    Home "首页" "Home"
    BackHome "返回首页" "Back to the first page"
    AllTimes "时间均为北京时间。" "All times are Beijing time."
    Everything "本站每一项内容都来自经签名、按序链接、可离线核验的记录。" "Everything here comes from records that are signed, chained and can be verified offline."
    ForPrograms "供程序读取的接口" "The interface for programs"
    HowToVerify "如何核验" "How to verify"
    Components "页面组件" "Components of pages"
    Accessibility "无障碍声明" "Accessibility"
    WithoutQuestion "不带参数打开本页" "Open this page without parameters"
    NothingHere "没有可显示的内容" "There is nothing to show"
    WhyThisHappens "原因与处理办法" "Why this happens and what to do"
    Before "原文" "Before"
    After "现文" "After"
    Record "记录" "Record"
} }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_and_told_apart() {
        assert_eq!(filled("共 {count} 项，{what}", &[("count", "3"), ("what", "异议")]), "共 3 项，异议");
        assert_eq!(values("{a} 和 {b}"), values("{b} and {a}"));
        assert_ne!(values("{a}"), values("{b}"));
        assert_ne!(values("{a}"), values(""));
    }
}
