//! What is posted on the deposits of the centre.

use super::acts::{base, paper, variant};
use super::cast::Who;
use super::stage::Stage;
use gongshi::deposit::{CustodyState, DepositBook, DepositBookId, DepositState, EntryName};
use gongshi::field::Currency;
use gongshi::log::Hash;
use gongshi::reconciliation::BookMovement;
use serde_json::{Value, json};

fn yuan(fen: i64) -> Value {
    json!({"currency": "CNY", "amount_minor": fen})
}

/// The next one of its kind.
pub fn of_deposit(stage: &Stage, kind: &str) -> Value {
    let book = stage.world.get::<DepositBook>(&DepositBookId(Who::Centre.id()));
    let deposit = book.and_then(|book| book.deposits.values().next());
    let sealed = || json!({"sealed": "A".repeat(43)});
    let reference = format!("R-{}", book.map_or(0, |book| book.book.vouchers()) + 1);
    match base(kind) {
        "deposit.scheme_published" => json!({
            "id": next("s", book.map(|book| book.schemes.len())), "kind": "bid-procurement", "name": "投标保证金",
            "article": "政府采购法实施条例第三十三条", "currency": "CNY", "ratio_ppm": 20_000,
            "forms": ["transfer", "bank_guarantee", "surety_guarantee", "electronic_guarantee"],
            "day_count": "actual_360", "document": paper("招标文件"),
        }),
        "deposit.announced" => json!({
            "id": next("d", book.map(|book| book.deposits.len())), "scheme": "s-1", "payer": Who::Bidder.id(),
            "base": yuan(500_000), "required": yuan(half(kind)), "bank": "b-1", "pay_by": stage.day(3),
            "procurement": {"code": "ZB-2026-1", "opened": stage.day(0), "notice": paper("招标文件")},
        }),
        "deposit.received" => json!({
            "deposit": "d-1", "reference": reference, "amount": yuan(half(kind)), "value_date": stage.day(0),
            "account_kind": "basic", "account": sealed(),
        }),
        "deposit.receipt_reversed" => json!({
            "deposit": "d-1", "reference": "R-2", "reason": "误记", "document": paper("回单"),
        }),
        "deposit.entry_reversed" => reversed(book, variant(kind)),
        "deposit.bank_entered" => {
            let mut entry = json!({
                "bank": "b-1", "nature": nature(variant(kind)), "reference": reference, "amount": yuan(3),
                "value_date": stage.day(0),
            });
            if variant(kind) == "returned" {
                entry["approval"] = "z-1".into();
            }
            entry
        }
        "deposit.own_funds_approved" => json!({
            "id": next("z", book.map(|book| book.own_funds.len())), "bank": "b-1", "amount": yuan(3), "reason": "多余的自有资金",
        }),
        "deposit.held" => json!({
            "deposit": "d-1", "id": next("h", deposit.map(|deposit| deposit.holds.len())), "amount": yuan(4_000),
            "reason": "待核实", "until": stage.day(30),
        }),
        "deposit.released" => {
            json!({"deposit": "d-1", "hold": "h-1", "amount": yuan(1_000), "reason": "已核实"})
        }
        "deposit.hold_lapsed" => json!({"deposit": "d-1", "hold": "h-1"}),
        "deposit.succeeded" | "deposit.divided" | "deposit.division_reversed" => of_succession(kind),
        _ if kind.starts_with("deposit.unclaimed") => of_unclaimed(stage, kind, &reference),
        "deposit.topup_overdue" | "deposit.surplus_overdue" => of_time(stage, deposit, kind),
        "deposit.assessed" => {
            let (score, fen) = if variant(kind) == "less" { (85, 5_000) } else { (60, 10_000) };
            json!({
                "deposit": "d-1", "base": yuan(500_000), "score": score, "required": yuan(fen), "rule": "DP-ASSESSMENT",
            })
        }
        "deposit.unallocated_received"
        | "deposit.unallocated_claimed"
        | "deposit.unallocated_returned"
        | "deposit.interest_allocated"
        | "deposit.interest_capitalised"
        | "deposit.difference_opened"
        | "deposit.difference_cleared"
        | "deposit.own_costs_overdue"
        | "deposit.topup_demanded" => of_bank(stage, kind, deposit, &reference),
        "deposit.statement_reconciled" => reconciled(stage, book),
        "deposit.open_item_resolved" | "deposit.reconciliation_withdrawn" => of_reconciliation(book, kind),
        _ if kind.starts_with("deposit.refund") => of_refund(stage, kind, deposit, &reference),
        _ => of_decision(stage, kind, deposit, &reference),
    }
}

/// Of a line of the bank, or of the newest entry for which that has none.
fn reversed(book: Option<&DepositBook>, variant: &str) -> Value {
    let mut reversal = json!({"reason": "误记", "document": paper("回单")});
    if variant != "step" {
        reversal["reference"] = "R-2".into();
        return reversal;
    }
    let steps = book.into_iter().flat_map(DepositBook::reversible).filter_map(|(of, name)| match name {
        EntryName::Entry(entry) => Some((of, None, entry)),
        EntryName::Allocation(bank, entry) => Some((of, Some(bank), entry)),
        EntryName::Reference(_) => None,
    });
    let (of, bank, entry) = steps.max_by_key(|(.., entry)| *entry).unwrap_or((None, None, 1));
    reversal["entry"] = entry.into();
    if let Some(bank) = bank {
        reversal["bank"] = bank.as_str().into();
    }
    if let Some(of) = of {
        reversal["deposit"] = of.as_str().into();
    }
    reversal
}

/// Nobody takes it back.
fn of_unclaimed(stage: &Stage, kind: &str, reference: &str) -> Value {
    match base(kind) {
        "deposit.unclaimed_noticed" => {
            json!({"deposit": "d-1", "published": stage.day(0), "document": paper("公告")})
        }
        "deposit.unclaimed_set_aside" => json!({"deposit": "d-1"}),
        "deposit.unclaimed_remitted" | "deposit.unclaimed_recovered" => {
            json!({"deposit": "d-1", "reference": reference, "value_date": stage.day(0)})
        }
        "deposit.unclaimed_reclaimed" => json!({"deposit": "d-1", "document": paper("申领")}),
        other => panic!("{other} is not about unclaimed money"),
    }
}

/// Somebody else does, as far as it goes.
fn of_succession(kind: &str) -> Value {
    match base(kind) {
        "deposit.succeeded" => {
            json!({"deposit": "d-1", "successor": Who::Rival.id(), "document": paper("登记通知书")})
        }
        "deposit.divided" => json!({
            "deposit": "d-1", "id": "d-2", "successor": Who::Rival.id(), "amount": yuan(4_000), "document": paper("分立协议"),
        }),
        _ => json!({"deposit": "d-1", "part": "d-2", "reason": "误拆", "document": paper("更正说明")}),
    }
}

/// What becomes of a reconciliation.
fn of_reconciliation(book: Option<&DepositBook>, kind: &str) -> Value {
    match base(kind) {
        "deposit.open_item_resolved" => {
            let custody = book.and_then(|book| book.custody(&"b-1".parse().unwrap(), Currency::CNY));
            let item = custody.and_then(|custody| custody.items.iter().find(|(_, item)| item.is_open()));
            let entry = custody.and_then(|custody| custody.movements().last());
            json!({
                "bank": "b-1", "item": item.map_or("1.1".to_owned(), |(id, _)| id.to_string()), "reason": "结息已入账",
                "entries": [entry.map_or(1, |(entry, ..)| entry)],
            })
        }
        "deposit.reconciliation_withdrawn" => {
            let custody = book.and_then(|book| book.custody(&"b-1".parse().unwrap(), Currency::CNY));
            let last = custody.and_then(|custody| custody.last()).map_or(1, |(entry, _)| entry);
            json!({"bank": "b-1", "reconciliation": last, "reason": "银行重新出具对账单"})
        }
        other => panic!("{other} is not about a reconciliation"),
    }
}

/// All that may be asked, or half of it.
fn half(kind: &str) -> i64 {
    if variant(kind) == "half" { 5_000 } else { 10_000 }
}

fn nature(variant: &str) -> &'static str {
    match variant {
        "charge" => "charge",
        "own" => "own_funds",
        "returned" => "own_funds_returned",
        "pooled" => "pooled_interest",
        _ => "interest",
    }
}

fn of_bank(stage: &Stage, kind: &str, deposit: Option<&DepositState>, reference: &str) -> Value {
    let book = stage.world.get::<DepositBook>(&DepositBookId(Who::Centre.id()));
    match kind {
        "deposit.unallocated_received" => json!({
            "bank": "b-1", "reference": reference, "amount": yuan(300), "value_date": stage.day(0),
            "account": {"sealed": "A".repeat(43)},
        }),
        "deposit.unallocated_claimed" => json!({
            "deposit": "d-1", "reference": "R-2", "account_kind": "basic", "document": paper("证明"),
        }),
        "deposit.unallocated_returned" => {
            json!({"receipt": "R-2", "reference": reference, "value_date": stage.day(0), "reason": "来款有误"})
        }
        "deposit.interest_allocated" => {
            let (bank, today) = ("b-1".parse().unwrap(), stage.day(0).parse().unwrap());
            let table = book.map(|book| book.allocation(&bank, Currency::CNY, today).digest().to_string());
            json!({"bank": "b-1", "amount": yuan(3), "up_to": stage.day(0), "table": table.unwrap_or("0".repeat(64))})
        }
        "deposit.interest_capitalised" => {
            let allocated = deposit.map_or(0, |deposit| deposit.allocated_minor).max(1);
            json!({"deposit": "d-1", "amount": yuan(allocated)})
        }
        "deposit.difference_opened" => json!({
            "id": next("x", book.map(|book| book.differences.len())), "bank": "b-1", "side": "over", "amount": yuan(7),
            "value_date": stage.day(0), "statement": "待查",
        }),
        "deposit.difference_cleared" => {
            json!({"difference": "x-1", "explanation": "已更正", "document": paper("更正")})
        }
        "deposit.topup_demanded" => {
            let missing = book.zip(deposit).map_or(0, |(book, deposit)| deposit.missing_minor(book));
            json!({"deposit": "d-1", "missing": yuan(missing.max(1))})
        }
        _ => json!({"currency": "CNY"}),
    }
}

/// What the service says when a clock is over: its end.
fn of_time(stage: &Stage, deposit: Option<&DepositState>, kind: &str) -> Value {
    let running = deposit.and_then(|deposit| match kind {
        "deposit.topup_overdue" => deposit.topup_running(),
        _ => deposit.surplus.map(|surplus| surplus.running),
    });
    let due = running.zip(stage.world.law()).map_or(stage.now, |(running, law)| law.end(running).at);
    json!({"deposit": "d-1", "due": due.to_string()})
}

fn next(prefix: &str, count: Option<usize>) -> String {
    format!("{prefix}-{}", count.unwrap_or_default() + 1)
}

fn of_refund(stage: &Stage, kind: &str, deposit: Option<&DepositState>, reference: &str) -> Value {
    match base(kind) {
        "deposit.refund_due" if variant(kind) == "law" => {
            json!({"deposit": "d-1", "event": "award", "day": stage.day(0), "document": paper("通知书")})
        }
        "deposit.refund_due" => {
            json!({"deposit": "d-1", "event": "agreed", "day": stage.day(0), "document": paper("协议")})
        }
        "deposit.refund_overdue" => json!({"deposit": "d-1", "due": stage.now.to_string()}),
        "deposit.refund_approved" => json!({
            "deposit": "d-1", "id": next("r", deposit.map(|deposit| deposit.refunds.len())), "amount": yuan(5_000),
            "value_date": stage.day(0), "interest_minor": 0, "overdue_minor": 0,
        }),
        "deposit.refund_instructed" => json!({"deposit": "d-1", "refund": "r-1"}),
        "deposit.refund_settled" => json!({
            "deposit": "d-1", "refund": "r-1", "outcome": "confirmed", "reference": reference, "value_date": stage.day(0),
        }),
        other => panic!("no payload for {other}"),
    }
}

fn of_decision(stage: &Stage, kind: &str, deposit: Option<&DepositState>, reference: &str) -> Value {
    match base(kind) {
        "deposit.forfeited" => json!({
            "deposit": "d-1", "id": next("f", deposit.map(|deposit| deposit.forfeitures.len())), "hold": "h-1",
            "amount": yuan(1_000), "ground": "bid-withdrawn", "reasons": "撤标", "document": paper("决定"),
        }),
        "deposit.forfeiture_confirmed" | "deposit.forfeiture_final" => json!({"deposit": "d-1", "forfeiture": "f-1"}),
        "deposit.forfeiture_appealed" => json!({"deposit": "d-1", "forfeiture": "f-1", "grounds": "不服"}),
        "deposit.forfeiture_ruled" => {
            json!({"deposit": "d-1", "forfeiture": "f-1", "outcome": "upheld", "reasons": "理由"})
        }
        "deposit.forfeiture_remitted" => json!({
            "deposit": "d-1", "forfeiture": "f-1", "reference": reference, "value_date": stage.day(0),
        }),
        "deposit.guarantee_lodged" => {
            let id = next("g", deposit.map(|deposit| deposit.guarantees.len()));
            json!({
                "deposit": "d-1", "id": id, "form": "bank_guarantee", "issuer": {"name": "某银行"}, "issuer_kind": "bank", "licence": "B0001H141010001", "number": id,
                "amount": yuan(10_000), "valid_from": stage.day(0), "valid_to": stage.day(20),
                "claim_by": stage.day(30), "document": paper("保函"),
            })
        }
        "deposit.guarantee_verified" => {
            json!({"deposit": "d-1", "guarantee": "g-1", "outcome": "genuine", "statement": "电话查验", "evidence": paper("查验回执")})
        }
        "deposit.guarantee_claimed" => json!({
            "deposit": "d-1", "id": next("f", deposit.map(|deposit| deposit.forfeitures.len())), "guarantee": "g-1",
            "amount": yuan(1_000), "ground": "bid-withdrawn", "reasons": "撤标", "document": paper("决定"),
        }),
        "deposit.guarantee_paid" | "deposit.forfeiture_recovered" => json!({
            "deposit": "d-1", "forfeiture": "f-1", "reference": reference, "value_date": stage.day(0),
        }),
        "deposit.swapped" => json!({
            "deposit": "d-1", "guarantee": "g-1", "direction": "to_guarantee", "statement": "电话查验",
            "evidence": paper("查验回执"),
        }),
        "deposit.forfeiture_annulled" => {
            json!({"deposit": "d-1", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper("判决书")})
        }
        "deposit.guarantee_expiring" => json!({"deposit": "d-1", "guarantee": "g-1"}),
        "deposit.guarantee_released" => json!({"deposit": "d-1", "guarantee": "g-1", "reason": "退还"}),
        "deposit.guarantee_expired" => json!({"deposit": "d-1", "guarantee": "g-1"}),
        other => panic!("no payload for {other}"),
    }
}

/// The bank has nothing but interest: what the book has is open.
fn reconciled(stage: &Stage, book: Option<&DepositBook>) -> Value {
    let bank = "b-1".parse().unwrap();
    let nothing = CustodyState::default();
    let custody = book.and_then(|book| book.custody(&bank, Currency::CNY)).unwrap_or(&nothing);
    let movements: Vec<BookMovement> = custody.movements().map(|posted| BookMovement::plain(posted, None)).collect();
    let before = custody.last().map_or(0, |(_, last)| last.closing_minor);
    let after = before + 3;
    let (day, balance) = (stage.day(-1), format!("{}.{:02}", after / 100, after % 100));
    let head = "交易日期,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,回单号";
    let csv = format!("{head}\n{day},,0.03,{balance},,,结息,LX-1\n");
    let file = gongshi::statement::read(csv.as_bytes(), &Default::default()).unwrap();
    let drafted = custody.draft((&bank, Currency::CNY), Hash::of(&csv), &file.statements[0], &movements);
    json!(drafted.unwrap().record)
}
