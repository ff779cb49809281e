//! What only paper shows: where the page can be found again, to read and to scan.

use super::text::texts;
use super::visit::Visit;
use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Light modules around a code, without which readers don't find it (ISO/IEC 18004).
const QUIET: usize = 4;

/// The address of this page, as a QR code too; nothing where the host is unknown, or the address too long for a code.
pub(super) fn address(visit: &Visit) -> Markup {
    let address = visit.site.known().map(|site| format!("{site}{}", visit.address.path()));
    let coded = address.as_ref().and_then(|address| QrCode::with_error_correction_level(address, EcLevel::M).ok());
    html! {
        @if let (Some(address), Some(coded)) = (address, coded) {
            @let side = coded.width() + 2 * QUIET;
            div.printed {
                svg viewBox={ "0 0 " (side) " " (side) } shape-rendering="crispEdges" role="img" aria-label=(visit.say(PrintedText::Code)) {
                    path d=(modules(&coded)) {}
                }
                p { (visit.say(PrintedText::Source)) br; (address) }
            }
        }
    }
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
    Source "打印件可能已过时，以此网址的内容为准；该网址的内容可离线核验：" "What is printed may be out of date: what stands at this address counts, and can be verified offline:"
} }

#[cfg(test)]
mod tests {
    use super::*;

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
