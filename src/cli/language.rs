//! Messages in the language of the locale.

/// English unless the locale is Chinese: a terminal that says nothing may not show Chinese at all.
pub fn is_chinese() -> bool {
    let locale =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    locale.is_some_and(|locale| locale.starts_with("zh"))
}

/// The one of two texts that the reader reads.
pub fn either<'a>(zh: &'a str, en: &'a str) -> &'a str {
    if is_chinese() { zh } else { en }
}
