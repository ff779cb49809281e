//! What only paper shows: where the page can be found again, to read and to scan.

use super::subscription::{ADDRESS, TOKEN};
use super::text::texts;
use super::visit::Visit;
use maud::{Markup, html};
use percent_encoding::percent_decode_str;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Light modules around a code, without which readers don't find it (ISO/IEC 18004).
const QUIET: usize = 4;

/// The address of this page as a QR code; nothing where the host is unknown, or the address too long for a code.
pub(super) fn code(visit: &Visit) -> Markup {
    let address = visit.site.known().map(|site| format!("{site}{}", visit.address.path()));
    let coded = address.and_then(|address| QrCode::with_error_correction_level(address, EcLevel::M).ok());
    html! {
        @if let Some(coded) = coded {
            @let side = coded.width() + 2 * QUIET;
            div.printed {
                svg viewBox={ "0 0 " (side) " " (side) } shape-rendering="crispEdges" role="img" aria-label=(visit.say(PrintedText::Code)) {
                    path d=(modules(&coded)) {}
                }
            }
        }
    }
}

/// The address of this page with what was asked, to be read; nothing where the host is unknown, nor of a page that only who has its link
/// should come to.
pub(super) fn source(visit: &Visit) -> Markup {
    let address = visit.site.known().zip(visit.address.path_and_query());
    let address = address.filter(|_| visit.asked(TOKEN).is_none() && visit.asked(ADDRESS).is_none());
    html! {
        @if let Some((site, path)) = address {
            div.printed { p { (visit.say(PrintedText::Source)) br; (site) (as_read(path.as_str())) } }
        }
    }
}

/// An address whose letters are letters, as people read it and a browser takes it. Of what is encoded, signs stay so.
fn as_read(address: &str) -> String {
    let (mut read, mut rest) = (String::new(), address);
    while let Some((before, encoded)) = rest.split_once('%') {
        read.push_str(before);
        // A letter of up to four bytes.
        let letter = (1..=4).find_map(|bytes| {
            let code = encoded.get(..3 * bytes - 1)?;
            let decoded = percent_decode_str(&format!("%{code}")).decode_utf8().ok()?.into_owned();
            let mut letters = decoded.chars();
            let is_letter = letters.next().is_some_and(|letter| !letter.is_ascii() && letter.is_alphanumeric());
            (is_letter && letters.next().is_none()).then_some((decoded, code.len()))
        });
        match letter {
            Some((letter, length)) => {
                read.push_str(&letter);
                rest = &encoded[length..];
            }
            None => {
                read.push('%');
                rest = encoded;
            }
        }
    }
    read + rest
}

/// The dark modules, as a row of them each.
fn modules(coded: &QrCode) -> String {
    let (width, colors) = (coded.width(), coded.to_colors());
    let mut path = String::new();
    for (y, line) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for row in line.chunk_by(|one, other| one == other) {
            if row[0] == Color::Dark {
                // A `String` takes whatever is written.
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET, length = row.len());
            }
            x += row.len();
        }
    }
    path
}

texts! { PrintedText {
    Code "本页网址的二维码" "QR code of the address of this page"
    Source "打印件可能已过时，以此网址的内容为准：" "What is printed may be out of date: what stands at this address counts:"
} }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_and_signs_stay_encoded() {
        for (address, read) in [
            ("/zh/search?q=%E9%87%87%E8%B4%AD&kind=tender", "/zh/search?q=采购&kind=tender"),
            ("/zh/search?q=a%26b%20%3D%E9%87%87", "/zh/search?q=a%26b%20%3D采"),
            ("/x?q=%F0%A0%AE%B7%E3%80%82%E2%80%AE", "/x?q=𠮷%E3%80%82%E2%80%AE"),
            ("/x?q=%E9%87&p=%&r=%zz%C3%A9", "/x?q=%E9%87&p=%&r=%zzé"),
            ("/", "/"),
        ] {
            assert_eq!(as_read(address), read);
        }
    }

    /// Painted again from its path, it is the code.
    #[test]
    fn rows_are_the_modules_of_the_code() {
        let coded =
            QrCode::with_error_correction_level("https://gongshi.example.cn/zh/tenders/A-1", EcLevel::M).unwrap();
        let (width, path) = (coded.width(), modules(&coded));
        let mut painted = vec![Color::Light; width * width];
        for row in path.split_terminator('z') {
            let numbers: Vec<usize> =
                row.split(['M', ' ', 'h', 'v', '-']).filter_map(|number| number.parse().ok()).collect();
            let [x, y, length, 1, back] = numbers[..] else { panic!("{row}") };
            assert_eq!(length, back);
            let first = (y - QUIET) * width + x - QUIET;
            painted[first..first + length].fill(Color::Dark);
        }
        assert!(painted == coded.to_colors());
    }
}
