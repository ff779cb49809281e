//! 记账凭证: a voucher on paper, with the record that is its evidence.

use crate::deposit::book::{BookAccount, Heading, PostingSide};
use crate::deposit::export::BookLine;
use crate::deposit::view::about;
use crate::field::{Currency, OrganisationId};
use crate::http::RecordView;
use chinese_number::{ChineseCase, ChineseCountMethod, ChineseVariant, NumberToChinese};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeMap;

/// The page's own style: one sheet of A5, landscape, as vouchers are bound. It loads nothing.
pub const VOUCHER_STYLE: &str = "body{font:14px/1.5 serif;max-width:60em;margin:1em auto;color:#000;background:#fff}\
h1{font-size:1.4em;text-align:center;letter-spacing:.5em}table{border-collapse:collapse;width:100%}\
th,td{border:1px solid #000;padding:.2em .4em;text-align:left}.n{text-align:right;font-variant-numeric:tabular-nums}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1em}dd{margin:0;overflow-wrap:anywhere}\
@page{size:A5 landscape;margin:10mm}";

/// Lines that are printed one by one: nobody binds the thousands of one allocation of interest, so of more the sums of their headings are.
const LINES_PRINTED_MAX: usize = 1_000;

/// What one record posted.
pub struct VoucherSheet {
    pub payee: OrganisationId,
    /// At least one, of one voucher.
    pub lines: Vec<BookLine>,
    pub record: RecordView,
}

impl VoucherSheet {
    pub fn page(&self) -> String {
        let number = self.lines.first().map_or(0, |line| line.voucher);
        let sheet = html! {
            (DOCTYPE)
            html lang="zh-CN" {
                head {
                    meta charset="utf-8";
                    title { "记账凭证第 " (number) " 号 · " (self.payee) }
                    style { (PreEscaped(VOUCHER_STYLE)) }
                }
                body {
                    h1 { "记账凭证" }
                    p lang="en" { "Accounting voucher" }
                    (self.head(number))
                    (self.table())
                    (self.evidence())
                }
            }
        };
        sheet.into_string()
    }

    fn head(&self, number: u64) -> Markup {
        let day = self.lines.first().map(|line| line.day.to_string()).unwrap_or_default();
        html! {
            dl {
                dt { "收取人 " span lang="en" { "Payee" } } dd { (self.payee) }
                dt { "凭证号 " span lang="en" { "No." } } dd { (number) }
                dt { "日期 " span lang="en" { "Date" } } dd { (day) }
                dt { "摘要 " span lang="en" { "Record" } } dd { (about(&self.record.kind.0)) " " span { (self.record.kind.0) } }
                @for (zh, en, said) in self.said() {
                    dt { (zh) " " span lang="en" { (en) } } dd { (said) }
                }
            }
        }
    }

    /// What the record says it is about: a voucher that takes another one back names it (红字冲销).
    fn said(&self) -> Vec<(&'static str, &'static str, String)> {
        let payload = &self.record.payload;
        let text = |name: &str| payload.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        let entry = payload.get("entry").and_then(serde_json::Value::as_u64);
        let is_reversal = self.record.kind.0.ends_with("_reversed");
        let reference =
            if is_reversal { ("冲销流水号", "Takes back, by reference") } else { ("流水号", "Reference") };
        let said = [
            ("保证金", "Deposit", text("deposit")),
            (reference.0, reference.1, text("reference")),
            ("冲销记录", "Takes back, by record", entry.map(|entry| format!("/v1/records/{entry}"))),
            ("理由", "Reason", text("reason")),
        ];
        said.into_iter().filter_map(|(zh, en, said)| Some((zh, en, said?))).collect()
    }

    fn table(&self) -> Markup {
        html! {
            table {
                thead { tr {
                    th { "科目 " span lang="en" { "Account" } }
                    th { "科目名称 " span lang="en" { "Name" } }
                    th.n { "借方金额 " span lang="en" { "Debit" } }
                    th.n { "贷方金额 " span lang="en" { "Credit" } }
                } }
                tbody {
                    @if self.lines.len() <= LINES_PRINTED_MAX {
                        @for BookLine { line, .. } in &self.lines {
                            (row(&html! { (line.account) }, &line.account, line.side, line.amount_minor))
                        }
                    } @else {
                        @for ((heading, currency, side), (count, sum)) in by_heading(&self.lines) {
                            @let of = format!("{}.*.{currency:?}", heading.code());
                            @let named = html! { (of) " " (count) " 行 " span lang="en" { "lines" } };
                            (row(&named, &heading.alone(currency), side, sum))
                        }
                    }
                }
                tfoot { @for ((memorandum, currency), sum) in self.sums() {
                    @let amount = currency.decimal(sum);
                    tr {
                        th colspan="2" {
                            @if memorandum { "备查合计 " span lang="en" { "Memorandum" } }
                            @else { "合计 " span lang="en" { "Total" } @if currency == Currency::CNY { " " (amount_in_words(sum)) } }
                        }
                        td.n { (amount) " " (format!("{currency:?}")) }
                        td.n { (amount) " " (format!("{currency:?}")) }
                    }
                } }
            }
        }
    }

    /// What stands on the debit side, and as much on the other: money and what is only remembered apart, by currency.
    fn sums(&self) -> BTreeMap<(bool, Currency), i64> {
        let mut sums = BTreeMap::new();
        for BookLine { line, .. } in self.lines.iter().filter(|line| line.line.side == PostingSide::Debit) {
            let sum = sums.entry((line.account.heading.is_memorandum(), line.account.currency)).or_insert(0_i64);
            *sum = sum.saturating_add(line.amount_minor);
        }
        sums
    }

    fn evidence(&self) -> Markup {
        let RecordView { index, entry_hash, author, kid, time, .. } = &self.record;
        html! {
            dl {
                dt { "原始记录 " span lang="en" { "Evidence" } } dd { "/v1/records/" (index) }
                dt { "条目哈希 " span lang="en" { "Entry hash" } } dd { code { (entry_hash) } }
                dt { "制单签名 " span lang="en" { "Signed by" } } dd { (author) " · " code { (kid) } }
                dt { "记入日志 " span lang="en" { "In the log since (UTC)" } } dd { (time) }
            }
            @if self.lines.len() > LINES_PRINTED_MAX {
                p {
                    "本凭证共 " (self.lines.len()) " 行，按总账科目汇总；各行见序时账 " code { "/v1/deposits/" (self.payee) "/postings.csv" } "。"
                    span lang="en" { " Summed by heading; each of its " (self.lines.len()) " lines is in the journal." }
                }
            }
            p {
                "本页由签名日志生成，页面本身不是证据；核对：" code { "/v1/records/" (index) "/proof" } "。"
                span lang="en" { " Made from the signed log; the proof of its record is the evidence, not this sheet." }
            }
        }
    }
}

/// How many lines each heading has on a side, and what they come to, in the order of the chart.
fn by_heading(lines: &[BookLine]) -> BTreeMap<(Heading, Currency, PostingSide), (usize, i64)> {
    let mut sums = BTreeMap::new();
    for BookLine { line, .. } in lines {
        let of = (line.account.heading, line.account.currency, line.side);
        let (count, sum) = sums.entry(of).or_insert((0, 0_i64));
        (*count, *sum) = (*count + 1, sum.saturating_add(line.amount_minor));
    }
    sums
}

fn row(named: &Markup, account: &BookAccount, side: PostingSide, minor: i64) -> Markup {
    let (words, amount) = (account.heading.words(), account.currency.decimal(minor));
    html! {
        tr {
            td { (named) }
            td { (words.zh) " " span lang="en" { (words.en) } }
            td.n { @if side == PostingSide::Debit { (amount) } }
            td.n { @if side == PostingSide::Credit { (amount) } }
        }
    }
}

/// 大写金额, of fen: as 支付结算办法, annex 1, writes amounts.
fn amount_in_words(fen: i64) -> String {
    let written = |number: u64| {
        let case = (ChineseVariant::Simple, ChineseCase::Upper, ChineseCountMethod::TenThousand);
        let text = number.to_chinese(case.0, case.1, case.2).unwrap_or_default();
        // Ten is spoken without its one, and never written so: it could be put in front.
        if text.starts_with('拾') { format!("壹{text}") } else { text }
    };
    let (sign, fen) = (if fen < 0 { "负" } else { "" }, fen.unsigned_abs());
    let (yuan, jiao, rest) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = format!("人民币{sign}");
    if yuan > 0 || fen == 0 {
        text += &format!("{}元", written(yuan));
    }
    match (jiao, rest) {
        (0, 0) => text.push('整'),
        // A zero between yuan and fen is written, and one before a jiao need not be.
        (0, rest) if yuan > 0 => text += &format!("零{}分", written(rest)),
        (0, rest) => text += &format!("{}分", written(rest)),
        (jiao, 0) => text += &format!("{}角整", written(jiao)),
        (jiao, rest) => text += &format!("{}角{}分", written(jiao), written(rest)),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{amount_in_words, by_heading};
    use crate::deposit::book::{Heading, JournalLine, PostingSide};
    use crate::deposit::export::BookLine;
    use crate::field::{Currency, ItemId};

    /// One allocation of interest to ten thousand deposits is two lines on paper, which balance as they do.
    #[test]
    fn many_lines_are_summed_by_their_headings() {
        let sub = |id: String| id.parse::<ItemId>().unwrap();
        let credit = |number: i64| {
            JournalLine::credit(Heading::InterestPayable.of(&sub(format!("d-{number}")), Currency::CNY), number)
        };
        let all = 10_000 * 10_001 / 2;
        let debit = JournalLine::debit(Heading::InterestToAllocate.of(&sub("icbc".into()), Currency::CNY), all);
        let day = "2026-06-30".parse().unwrap();
        let line = |line: JournalLine| BookLine {
            voucher: 7,
            entry: 7,
            day,
            kind: "deposit.interest_allocated".into(),
            line,
            balance_minor: 0,
        };
        let lines: Vec<BookLine> = std::iter::once(debit).chain((1..=10_000).map(credit)).map(line).collect();
        let sums: Vec<_> = by_heading(&lines).into_iter().collect();
        assert_eq!(
            sums,
            [
                ((Heading::InterestPayable, Currency::CNY, PostingSide::Credit), (10_000, all)),
                ((Heading::InterestToAllocate, Currency::CNY, PostingSide::Debit), (1, all)),
            ]
        );
    }

    #[test]
    fn amounts_are_written_as_on_cheques() {
        for (fen, words) in [
            (0, "人民币零元整"),
            (5, "人民币伍分"),
            (140_950, "人民币壹仟肆佰零玖元伍角整"),
            (600_714, "人民币陆仟零柒元壹角肆分"),
            (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
            (32_504, "人民币叁佰贰拾伍元零肆分"),
            (10_000_000, "人民币壹拾万元整"),
            (1_000_000_001, "人民币壹仟万元零壹分"),
        ] {
            assert_eq!(amount_in_words(fen), words);
        }
    }
}
