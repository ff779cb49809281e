//! Parts of a document (RFC 9110 §14): a broken download of half a gigabyte goes on where it broke.

use std::ops::Range;

/// What a `Range` header asks of `size` bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// No range, several, or one that can't be read: the whole is sent, as the RFC lets us.
    Whole,
    Part(Range<u64>),
    /// It begins behind the end.
    Unsatisfiable,
}

/// Reads `bytes=a-b`, `bytes=a-` and `bytes=-n`.
pub fn parse(header: Option<&str>, size: u64) -> Asked {
    let spec = header.and_then(|value| value.trim().strip_prefix("bytes="));
    let Some((first, last)) = spec.and_then(|spec| spec.split_once('-')) else { return Asked::Whole };
    let (first, last) = (first.trim(), last.trim());
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(length)) if first.is_empty() => size.saturating_sub(length)..size,
        _ => return Asked::Whole,
    };
    if range.start < range.end { Asked::Part(range) } else { Asked::Unsatisfiable }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_and_all_else_is_the_whole() {
        for (header, asked) in [
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=10-19", Asked::Part(10..20)),
            ("bytes=90-", Asked::Part(90..100)),
            ("bytes=-10", Asked::Part(90..100)),
            ("bytes=-1000", Asked::Part(0..100)),
            ("bytes=50-18446744073709551615", Asked::Part(50..100)),
            ("bytes=100-", Asked::Unsatisfiable),
            ("bytes=100-200", Asked::Unsatisfiable),
            ("bytes=-0", Asked::Unsatisfiable),
            ("bytes=20-10", Asked::Whole),
            ("bytes=0-1,5-6", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("lines=0-1", Asked::Whole),
        ] {
            assert_eq!(parse(Some(header), 100), asked, "{header}");
        }
        assert_eq!(parse(None, 100), Asked::Whole);
        assert_eq!(parse(Some("bytes=0-"), 0), Asked::Unsatisfiable);
    }
}
