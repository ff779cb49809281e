//! 审计数据接口: a month of a book in the manner of GB/T 24589.1 (会计核算软件数据接口，企业), of its part 总账.
//!
//! The text of the standard was not at hand: elements are called as public software calls them that writes it. So a file says of
//! itself that it is not certified (未经认证), and leaves out what is not known here: its numbers of data elements, and persons,
//! of whom the log has keys.

use super::workbook::{AccountTurnover, BookPeriod};
use crate::deposit::book::{Heading, HeadingClass, PostingSide, SubLedger};
use crate::deposit::export::BookLine;
use crate::deposit::view::about;
use crate::field::{Currency, OrganisationId};
use crate::http::in_xml;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;
use strum::IntoEnumIterator;

/// A month (会计期间) of a payee's book.
pub struct AuditMonth {
    pub payee: OrganisationId,
    pub year: i32,
    pub month: u32,
    pub period: BookPeriod,
}

type Xml = Writer<Vec<u8>>;

const NOTICE: &str = " 参照 GB/T 24589.1（企业）总账类编制，未经认证；标准文本未核对。制单、审核、记账人见各记录的签名密钥。\
    In the manner of GB/T 24589.1, not certified; the text of the standard was not at hand. ";

/// Digits that amounts are counted in need none of a quantity; a yuan is itself at this rate.
const SAME_RATE: &str = "1";

fn row(xml: &mut Xml, name: &str, fields: &[(&str, &str)]) -> io::Result<()> {
    xml.create_element(name).write_inner_content(|xml| {
        for (field, value) in fields {
            xml.create_element(*field).write_text_content(BytesText::new(&in_xml(value)))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn class(heading: Heading) -> &'static str {
    match heading.class() {
        HeadingClass::Asset => "资产类",
        HeadingClass::Liability => "负债类",
        HeadingClass::Equity => "净资产类",
        HeadingClass::Expense => "费用类",
        HeadingClass::Memorandum => "备查类",
    }
}

fn side(side: PostingSide) -> &'static str {
    match side {
        PostingSide::Debit => "借",
        PostingSide::Credit => "贷",
    }
}

/// On which side a balance stands, and how much.
fn standing(minor: i64, currency: Currency) -> (&'static str, String) {
    let text = currency.decimal(minor).trim_start_matches('-').to_owned();
    match minor {
        0 => ("平", text),
        1.. => ("借", text),
        _ => ("贷", text),
    }
}

/// Amounts in 本币 are known where the currency is the yuan.
fn in_yuan(currency: Currency, amount: &str) -> &str {
    if currency == Currency::CNY { amount } else { "" }
}

impl AuditMonth {
    /// The file.
    ///
    /// # Errors
    /// It can't be written.
    pub fn xml(&self) -> io::Result<Vec<u8>> {
        let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.write_event(Event::Comment(BytesText::new(NOTICE)))?;
        xml.create_element("总账").write_inner_content(|xml| {
            let rule = [("结构分隔符", "-"), ("会计科目编号规则", "4")];
            row(xml, "总账基础信息", &rule)?;
            Heading::iter().try_for_each(|heading| chart(xml, heading))?;
            Heading::iter().try_for_each(|heading| auxiliary(xml, heading))?;
            self.period.balances().try_for_each(|of| self.balance(xml, &of))?;
            let mut last = (0, 0);
            self.period.lines.iter().try_for_each(|line| {
                last = if line.voucher == last.0 { (last.0, last.1 + 1) } else { (line.voucher, 1) };
                self.line(xml, line, last.1)
            })
        })?;
        Ok(xml.into_inner())
    }

    fn balance(&self, xml: &mut Xml, of: &AccountTurnover<'_>) -> io::Result<()> {
        let (account, currency) = (of.account, of.account.currency);
        let (year, month, code) = (self.year.to_string(), self.month.to_string(), format!("{currency:?}"));
        let ((opened, opening), (closed, closing)) = (standing(of.opening, currency), standing(of.closing, currency));
        let (debit, credit) = (currency.decimal(of.debit), currency.decimal(of.credit));
        let fields: [(&str, &str); 15] = [
            ("科目编号", account.heading.code()),
            ("辅助项1编号", account.sub.as_ref().map_or("", |sub| sub.as_str())),
            ("期初余额方向", opened),
            ("期末余额方向", closed),
            ("币种编码", &code),
            ("会计年度", &year),
            ("会计期间号", &month),
            ("期初原币余额", &opening),
            ("期初本币余额", in_yuan(currency, &opening)),
            ("借方原币金额", &debit),
            ("借方本币金额", in_yuan(currency, &debit)),
            ("贷方原币金额", &credit),
            ("贷方本币金额", in_yuan(currency, &credit)),
            ("期末原币余额", &closing),
            ("期末本币余额", in_yuan(currency, &closing)),
        ];
        row(xml, "科目余额及发生额", &fields)
    }

    fn line(&self, xml: &mut Xml, of: &BookLine, number: u64) -> io::Result<()> {
        let (account, currency) = (&of.line.account, of.line.account.currency);
        let amount = currency.decimal(of.line.amount_minor);
        let none = currency.decimal(0);
        let (debit, credit) = match of.line.side {
            PostingSide::Debit => (&amount, &none),
            PostingSide::Credit => (&none, &amount),
        };
        let (day, code) = (of.day.to_string().replace('-', ""), format!("{currency:?}"));
        let (year, month, voucher) = (self.year.to_string(), self.month.to_string(), of.voucher.to_string());
        let (number, about) = (number.to_string(), format!("{} /v1/records/{}", about(&of.kind), of.entry));
        let fields: [(&str, &str); 18] = [
            ("记账凭证日期", &*day),
            ("会计年度", &year),
            ("会计期间号", &month),
            ("记账凭证类型编号", "记"),
            ("记账凭证编号", &voucher),
            ("记账凭证行号", &number),
            ("记账凭证摘要", &about),
            ("科目编号", account.heading.code()),
            ("辅助项1编号", account.sub.as_ref().map_or("", |sub| sub.as_str())),
            ("币种编码", &code),
            ("借方原币金额", debit),
            ("借方本币金额", in_yuan(currency, debit)),
            ("贷方原币金额", credit),
            ("贷方本币金额", in_yuan(currency, credit)),
            ("汇率", in_yuan(currency, SAME_RATE)),
            ("记账标志", "1"),
            ("作废标志", "0"),
            ("凭证来源系统", self.payee.as_str()),
        ];
        row(xml, "记账凭证", &fields)
    }
}

fn chart(xml: &mut Xml, heading: Heading) -> io::Result<()> {
    let name = heading.words().zh;
    let fields = [
        ("科目编号", heading.code()),
        ("科目名称", &*name),
        ("科目级次", "1"),
        ("科目类型", class(heading)),
        ("余额方向", side(heading.normal_side())),
    ];
    row(xml, "会计科目", &fields)
}

/// What the accounts under a heading are kept by.
fn auxiliary(xml: &mut Xml, heading: Heading) -> io::Result<()> {
    let name = match heading.sub_ledger() {
        SubLedger::None => return Ok(()),
        SubLedger::Bank => "专户",
        SubLedger::Deposit => "保证金",
        SubLedger::Guarantee => "保函",
    };
    let fields = [
        ("科目编号", heading.code()),
        ("辅助项编号", "1"),
        ("辅助项名称", name),
        ("对应档案", ""),
        ("辅助项描述", name),
    ];
    row(xml, "科目辅助核算", &fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_can_not_hold_is_replaced() {
        let mut xml = Writer::new(Vec::new());
        row(&mut xml, "记账凭证", &[("摘要", "误\u{FFFE}记\u{FFFF}<")]).unwrap();
        let written = String::from_utf8(xml.into_inner()).unwrap();
        assert_eq!(written, "<记账凭证><摘要>误\u{FFFD}记\u{FFFD}&lt;</摘要></记账凭证>");
    }
}
