//! Parts of a document (RFC 9110 §14): a broken download of half a gigabyte goes on where it broke.

use super::Problem;
use crate::problem;
use std::ops::Range;

/// What a `Range` header asks of `size` bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RangeAsked {
    /// No range, several, or one that can't be read: the whole is sent, as the RFC lets us.
    Whole,
    Part(Range<u64>),
    /// It begins behind the end.
    Unsatisfiable,
}

/// Reads `bytes=a-b`, `bytes=a-` and `bytes=-n`.
pub fn range_asked(header: Option<&str>, size: u64) -> RangeAsked {
    let spec = header.and_then(|value| value.trim().strip_prefix("bytes="));
    let Some((first, last)) = spec.and_then(|spec| spec.split_once('-')) else { return RangeAsked::Whole };
    let (first, last) = (first.trim(), last.trim());
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(length)) if first.is_empty() => size.saturating_sub(length)..size,
        _ => return RangeAsked::Whole,
    };
    if range.start < range.end { RangeAsked::Part(range) } else { RangeAsked::Unsatisfiable }
}

/// `range-unsatisfiable`: there are so many bytes.
pub fn range_unsatisfiable(size: u64) -> Problem {
    let (zh, en) = (format!("文件有 {size} 字节"), format!("it has {size} bytes"));
    let problem = Problem::with_detail(&problem::RANGE_UNSATISFIABLE, zh, en);
    Problem { complete_length: Some(size), ..problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_and_all_else_is_the_whole() {
        for (header, asked) in [
            ("bytes=0-0", RangeAsked::Part(0..1)),
            ("bytes=10-19", RangeAsked::Part(10..20)),
            ("bytes=90-", RangeAsked::Part(90..100)),
            ("bytes=-10", RangeAsked::Part(90..100)),
            ("bytes=-1000", RangeAsked::Part(0..100)),
            ("bytes=50-18446744073709551615", RangeAsked::Part(50..100)),
            ("bytes=100-", RangeAsked::Unsatisfiable),
            ("bytes=100-200", RangeAsked::Unsatisfiable),
            ("bytes=-0", RangeAsked::Unsatisfiable),
            ("bytes=20-10", RangeAsked::Whole),
            ("bytes=0-1,5-6", RangeAsked::Whole),
            ("bytes=-", RangeAsked::Whole),
            ("bytes=a-b", RangeAsked::Whole),
            ("lines=0-1", RangeAsked::Whole),
        ] {
            assert_eq!(range_asked(Some(header), 100), asked, "{header}");
        }
        assert_eq!(range_asked(None, 100), RangeAsked::Whole);
        assert_eq!(range_asked(Some("bytes=0-"), 0), RangeAsked::Unsatisfiable);
    }
}
