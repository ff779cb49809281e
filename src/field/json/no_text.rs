//! What was sent in the place of JSON: other encodings, tables, nothing. Looked at only when it was refused.

use super::super::Bilingual;
use super::ParseFailure;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Bytes that are no UTF-8.
#[cold]
pub fn not_utf8(bytes: &[u8]) -> ParseFailure {
    let good = std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
    let line = bytes[..good].iter().filter(|byte| **byte == b'\n').count() + 1;
    ParseFailure::NotJson {
        reason: Bilingual::new(
            format!(
                "第 {line} 行（第 {good} 字节后）不是 UTF-8 编码，请将文本存为 UTF-8（不是 GBK 或 GB 18030）再签名"
            ),
            format!(
                "not UTF-8 behind byte {good}, line {line}: save it as UTF-8 (not as GBK or GB 18030) before it is signed"
            ),
        ),
    }
}

/// What a text is that was refused, where it never was meant as JSON or has something before it.
#[cold]
pub fn instead_of_json(text: &str) -> Option<ParseFailure> {
    let reason = if text.starts_with(BYTE_ORDER_MARK) {
        Bilingual::new(
            "正文以字节序标记（BOM，U+FEFF）开头，请存为不带 BOM 的 UTF-8",
            "it begins with a byte order mark (BOM, U+FEFF): save it as UTF-8 without one",
        )
    } else if text.trim().is_empty() {
        Bilingual::new("正文为空", "it is empty")
    } else if is_table(text) {
        Bilingual::new(
            "第 1 行像是从电子表格粘贴的表格，此处应为 JSON 对象（{…}）",
            "line 1 looks like a table out of a spreadsheet; a JSON object ({…}) is expected",
        )
    } else {
        return None;
    };
    Some(ParseFailure::NotJson { reason })
}

/// Columns parted by commas or tabs, and nothing of JSON.
fn is_table(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let is_json = first.starts_with(['{', '[', '"', '\'', '“']);
    !is_json && first.contains([',', '\t', ';']) && !first.contains(['{', '}'])
}
