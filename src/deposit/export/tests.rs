use super::super::book::{AccountBook, BookAccount, Heading, JournalLine};
use super::{BeancountFormat, BookFormat, BookLine, BookWriter, LedgerFormat, name};
use crate::field::{Currency, Day};

/// Every heading, with subs that look alike.
fn some_accounts() -> Vec<BookAccount> {
    let subs = ["d-1", "d.1", "a/1", "甲"].map(|sub| sub.parse().ok());
    let with_sub = subs.into_iter().flatten().map(|sub| Heading::Available.of(&sub, Currency::CNY));
    with_sub.chain([Heading::TreasuryPayable.alone(Currency::CNY), Heading::OwnFunds.alone(Currency::JPY)]).collect()
}

fn written(format: impl BookFormat, vouchers: &[Vec<JournalLine>]) -> String {
    let (mut book, mut writer) = (AccountBook::default(), BookWriter::new(format));
    let mut text = writer.head("某中心");
    for (at, lines) in vouchers.iter().enumerate() {
        let running = book.running(lines).unwrap();
        for (line, balance_minor) in lines.iter().zip(running) {
            let day: Day = "2026-08-03".parse().unwrap();
            let (voucher, kind) = (at as u64 + 1, "deposit.received".to_owned());
            text += &writer.line(BookLine { voucher, entry: 7, day, kind, line: line.clone(), balance_minor });
        }
        book.post(lines).unwrap();
    }
    text + &writer.finish()
}

fn two() -> Vec<Vec<JournalLine>> {
    let d = "d-1".parse().unwrap();
    let bank = "b-1".parse().unwrap();
    let (bank, held) = (Heading::CustodyBank.of(&bank, Currency::CNY), Heading::Available.of(&d, Currency::CNY));
    let (required, control) =
        (Heading::Required.of(&d, Currency::CNY), Heading::RequirementControl.alone(Currency::CNY));
    vec![JournalLine::transfer(required, control, 100_005), JournalLine::transfer(bank, held, 5)]
}

#[test]
fn as_beancount_reads_it() {
    let text = written(BeancountFormat, &two());
    for part in [
        "2026-08-03 open Equity:Memorandum:CM100:Sd-1 MCNY\n  account: \"M100.d-1\"\n",
        "2026-08-03 * \"记-2\" \"deposit.received\"\n  voucher: 2\n  record: \"/v1/records/7\"\n",
        "  Assets:C1010:Sb-1  0.05 CNY\n  Liabilities:C2010:Sd-1  -0.05 CNY\n",
        "2026-08-04 balance Equity:Memorandum:CM200  -1000.05 ~ 0 MCNY\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn an_account_of_two_currencies_is_opened_once_and_has_two_balances() {
    let (mut vouchers, bank) = (two(), "b-1".parse().unwrap());
    let d = "d-2".parse().unwrap();
    let (bank, held) = (Heading::CustodyBank.of(&bank, Currency::USD), Heading::Available.of(&d, Currency::USD));
    vouchers.push(JournalLine::transfer(bank, held, 7));
    let text = written(BeancountFormat, &vouchers);
    let opened = text.matches(" open Assets:C1010:Sb-1").count();
    assert!(
        opened == 1 && text.contains("2026-08-03 open Assets:C1010:Sb-1 CNY,USD\n  account: \"1010.b-1\"\n"),
        "{text}"
    );
    let text = text + &written(LedgerFormat, &vouchers);
    assert_eq!(text.matches("account Assets:C1010:Sb-1\n  ; 1010.b-1 ").count(), 1, "{text}");
    for balance in [
        "2026-08-04 balance Assets:C1010:Sb-1  0.05 ~ 0 CNY\n2026-08-04 balance Assets:C1010:Sb-1  0.07 ~ 0 USD\n",
        "    Assets:C1010:Sb-1  0.00 CNY = 0.05 CNY\n    Assets:C1010:Sb-1  0.00 USD = 0.07 USD\n",
    ] {
        assert!(text.contains(balance), "{balance}\n{text}");
    }
}

#[test]
fn as_hledger_and_ledger_read_it() {
    let text = written(LedgerFormat, &two());
    for part in [
        "commodity 1000. JPY\ncommodity 1000. MJPY\n",
        "account Liabilities:C2010:Sd-1\n",
        "2026-08-03 * (2) deposit.received\n    ; record: /v1/records/7\n",
        "    Liabilities:C2010:Sd-1  0.00 CNY = -0.05 CNY\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn accounts_have_names_of_their_own_and_can_be_read_again() {
    for account in some_accounts() {
        assert_eq!(BookAccount::parse(&account.to_string()), Some(account));
    }
    for text in ["", "2010", "9999.CNY", "2010.d-1.XXX", "2010..CNY"] {
        assert_eq!(BookAccount::parse(text), None, "{text}");
    }
    let mut writer = BookWriter::new(LedgerFormat);
    let names: std::collections::BTreeSet<String> = some_accounts().iter().map(|it| writer.free_name(it)).collect();
    assert_eq!(names.len(), some_accounts().len());
    assert!(names.iter().all(|name| name.is_ascii()), "{names:?}");
    assert!(name(&some_accounts()[0]).starts_with("Liabilities:C2010:S"));
}
