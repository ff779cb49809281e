//! What else moves on a buyer's custody accounts: money of nobody, interest, differences, claims on issuers and the treasury.

use super::Scene;
use super::deposit::{chosen, ground, yuan};
use crate::seam;
use gongshi::act::{Capability, Succession};
use gongshi::deposit::book::Heading;
use gongshi::deposit::{
    DepositBook, DepositState, EntryName, ForfeiturePhase, GuaranteePhase, UnallocatedFate, UnclaimedPhase,
};
use gongshi::field::{Currency, Day, ItemId, OrganisationId};
use gongshi::organisation::Role;
use serde_json::{Value, json};
use std::any::TypeId;

/// The account into which everything is paid.
const BANK: &str = "b-1";

/// What the book waits for at the bank, whatever becomes of a single deposit.
pub fn sensible(scene: &mut Scene<'_>, book: &DepositBook, deposit: &DepositState) -> &'static str {
    let is_open = book.unallocated.values().any(|of| of.fate == UnallocatedFate::Open);
    match () {
        () if scene.dice.percent(8) => "deposit.entry_reversed",
        () if book.own_funds.values().any(|of| of.returned.is_none()) && scene.dice.percent(30) => {
            "deposit.bank_entered"
        }
        () if book.free_own_minor(&bank(), Currency::CNY) > 0 && scene.dice.percent(40) => "deposit.own_funds_approved",
        () if deposit.overdue.is_some() && scene.dice.percent(50) => unclaimed(deposit),
        () if deposit.guarantees.values().any(|of| of.phase == GuaranteePhase::Valid) && scene.dice.percent(30) => {
            "deposit.guarantee_claimed"
        }
        () if is_open && scene.dice.percent(60) => scene.dice.pick(&[
            "deposit.unallocated_claimed",
            "deposit.unallocated_claimed",
            "deposit.unallocated_returned",
        ]),
        () if book.to_allocate_minor(&bank(), Currency::CNY) > 0 => "deposit.interest_allocated",
        () if deposit.allocated_minor > 0 && scene.dice.percent(50) => "deposit.interest_capitalised",
        () if book.differences.values().any(|of| !of.is_cleared) => "deposit.difference_cleared",
        () => scene.dice.pick(&[
            "deposit.unallocated_received",
            "deposit.bank_entered",
            "deposit.difference_opened",
            "deposit.guarantee_claimed",
            "deposit.swapped",
            "deposit.guarantee_lodged",
            "deposit.assessed",
            "deposit.assessed",
        ]),
    }
}

fn forfeited(deposit: &DepositState, phase: ForfeiturePhase) -> bool {
    deposit.forfeitures.values().any(|of| of.phase == phase)
}

fn covers(deposit: &DepositState) -> bool {
    deposit.guarantees.values().any(|of| of.phase == GuaranteePhase::Valid)
}

/// Something was begun with it that another step follows.
pub fn has_begun(deposit: &DepositState) -> bool {
    use ForfeiturePhase::{Annulled, Claimed, Decided, Final, Remitted};
    covers(deposit) || [Decided, Claimed, Final, Remitted, Annulled].iter().any(|phase| forfeited(deposit, *phase))
}

/// What follows what was claimed of an issuer, or annulled of what the treasury has; now and then its reversal.
pub fn next(scene: &mut Scene<'_>, deposit: &DepositState) -> Option<&'static str> {
    let forfeited = |phase| forfeited(deposit, phase);
    match () {
        () if scene.dice.percent(25) => None,
        () if forfeited(ForfeiturePhase::Claimed) => Some("deposit.guarantee_paid"),
        () if forfeited(ForfeiturePhase::Annulled) && scene.dice.percent(25) => Some("deposit.entry_reversed"),
        () if forfeited(ForfeiturePhase::Annulled) => Some("deposit.forfeiture_recovered"),
        () if forfeited(ForfeiturePhase::Remitted) && scene.dice.percent(50) => Some("deposit.forfeiture_annulled"),
        () if covers(deposit) && scene.dice.percent(50) => Some("deposit.guarantee_claimed"),
        () => None,
    }
}

/// One who has the place of its payer, if that was merged or divided.
fn successor(scene: &mut Scene<'_>, deposit: &DepositState) -> Option<OrganisationId> {
    let succession = succession(scene, deposit)?;
    scene.dice.one_of(&succession.successors).cloned()
}

/// What may go to a successor of its own: neither held nor in dispute.
pub fn free_minor(book: &DepositBook, deposit: &DepositState) -> i64 {
    [Heading::Available, Heading::Excess].iter().map(|heading| book.book.standing(&deposit.account(*heading))).sum()
}

/// How it went on, if it was merged or divided.
pub fn succession(scene: &Scene<'_>, deposit: &DepositState) -> Option<Succession> {
    let payer = deposit.payer.as_ref()?;
    let face = seam::organisation(scene.world, payer)?.face(TypeId::of::<Succession>())?;
    face.downcast::<Succession>().ok().map(|succession| *succession)
}

/// What comes next of a deposit whose refund is late.
fn unclaimed(deposit: &DepositState) -> &'static str {
    match deposit.unclaimed.as_ref().map(|of| of.phase) {
        None | Some(UnclaimedPhase::Reclaimed) => "deposit.unclaimed_noticed",
        Some(UnclaimedPhase::Noticed) => "deposit.unclaimed_set_aside",
        Some(UnclaimedPhase::SetAside) => "deposit.unclaimed_remitted",
        Some(UnclaimedPhase::Remitted) => "deposit.unclaimed_reclaimed",
        Some(UnclaimedPhase::Recoverable) => "deposit.unclaimed_recovered",
    }
}

fn bank() -> ItemId {
    BANK.parse().expect("a short, plain name")
}

pub fn payload(
    scene: &mut Scene<'_>,
    book: Option<&DepositBook>,
    deposit: Option<&DepositState>,
    kind: &str,
) -> Option<Value> {
    let id = deposit.map_or("d-0".to_owned(), |deposit| deposit.id.to_string());
    let today: Day = scene.day(0);
    let reference = scene.reference();
    let new = format!("x-{}", scene.dice.below(60));
    let fen = scene.dice.between(1, 4_000_000);
    let stray = book.and_then(|book| book.unallocated.iter().find(|(_, of)| of.fate == UnallocatedFate::Open));
    let stray = stray.map_or("R-0".to_owned(), |(reference, _)| reference.to_string());
    Some(match kind {
        "deposit.unallocated_received" => json!({
            "bank": BANK, "reference": reference, "amount": yuan(fen), "value_date": today, "account": scene.person(),
        }),
        "deposit.unallocated_claimed" => {
            json!({"deposit": id, "reference": stray, "account_kind": "basic", "document": scene.document()?})
        }
        "deposit.unallocated_returned" => {
            json!({"receipt": stray, "reference": reference, "value_date": today, "reason": "来款有误"})
        }
        "deposit.interest_allocated" => {
            let table = book?.allocation(&bank(), Currency::CNY, today);
            let amount = book?.to_allocate_minor(&bank(), Currency::CNY);
            json!({"bank": BANK, "amount": yuan(amount), "up_to": today, "table": table.digest().to_string()})
        }
        "deposit.interest_capitalised" => {
            json!({"deposit": id, "amount": yuan(deposit.map_or(1, |deposit| deposit.allocated_minor))})
        }
        "deposit.difference_opened" => json!({
            "id": new, "bank": BANK, "side": scene.dice.pick(&["over", "short"]), "amount": yuan(fen / 1000 + 1),
            "value_date": today, "statement": "待查",
        }),
        "deposit.difference_cleared" => {
            let open = book.into_iter().flat_map(|book| book.differences.clone());
            json!({
                "difference": chosen(scene, open, |of| !of.is_cleared), "explanation": "已更正", "document": scene.document()?,
            })
        }
        "deposit.own_costs_overdue" => json!({"currency": "CNY"}),
        "deposit.entry_reversed" => reversal(scene, book)?,
        "deposit.own_funds_approved" => {
            let free = book.map_or(0, |book| book.free_own_minor(&bank(), Currency::CNY));
            let amount = if scene.dice.percent(85) { scene.dice.between(1, free.max(1) + 1) } else { fen };
            json!({"id": new, "bank": BANK, "amount": yuan(amount), "reason": "多余的自有资金"})
        }
        "deposit.assessed" => json!({
            "deposit": id, "base": yuan(500_000_000), "score": scene.dice.pick(&[60, 85, 95]),
            "required": yuan(scene.dice.pick(&[0, 5_000_000, 10_000_000])), "rule": "DP-ASSESSMENT",
        }),
        "deposit.topup_demanded" => json!({"deposit": id, "missing": yuan(fen)}),
        "deposit.topup_overdue" | "deposit.surplus_overdue" => json!({"deposit": id, "due": scene.now.to_string()}),
        "deposit.unclaimed_noticed" => {
            json!({"deposit": id, "published": scene.day(-(fen % 90)), "document": scene.document()?})
        }
        "deposit.unclaimed_set_aside" => json!({"deposit": id}),
        "deposit.unclaimed_remitted" | "deposit.unclaimed_recovered" => {
            json!({"deposit": id, "reference": reference, "value_date": today})
        }
        "deposit.unclaimed_reclaimed" => json!({"deposit": id, "document": scene.document()?}),
        "deposit.succeeded" | "deposit.divided" | "deposit.division_reversed" => {
            return of_succession(scene, book, deposit, &id, kind);
        }
        kind => return of_decision(scene, book, deposit, &id, kind),
    })
}

/// Of what may be taken back one, mostly the newest of all or of what the bank has no line for.
fn reversal(scene: &mut Scene<'_>, book: Option<&DepositBook>) -> Option<Value> {
    let all: Vec<_> = book?.reversible().collect();
    let own: Vec<_> = all.iter().filter(|(_, name)| !matches!(name, EntryName::Reference(_))).collect();
    let newest = own.last().copied().filter(|_| scene.dice.percent(40));
    let (of, name) = newest.or(scene.dice.one_of(&all)).copied()?;
    let mut reversal = json!({"reason": "登记有误", "document": scene.document()?});
    match name {
        EntryName::Reference(reference) => reversal["reference"] = reference.into(),
        EntryName::Entry(entry) => reversal["entry"] = entry.into(),
        EntryName::Allocation(bank, entry) => {
            (reversal["bank"], reversal["entry"]) = (bank.as_str().into(), entry.into());
        }
    }
    if let Some(of) = of {
        reversal["deposit"] = of.as_str().into();
    }
    Some(reversal)
}

fn of_succession(
    scene: &mut Scene<'_>,
    book: Option<&DepositBook>,
    deposit: Option<&DepositState>,
    id: &str,
    kind: &str,
) -> Option<Value> {
    Some(match kind {
        "deposit.succeeded" => {
            let drawn = scene.cast.with_role(Role::Enterprise, &mut scene.dice);
            let heir = deposit.and_then(|deposit| successor(scene, deposit));
            let heir = heir.unwrap_or_else(|| scene.cast.player(drawn).id.clone());
            json!({"deposit": id, "successor": heir, "document": scene.document()?})
        }
        "deposit.divided" => {
            let heir = deposit.and_then(|deposit| successor(scene, deposit));
            let free = book.zip(deposit).map_or(1, |(book, deposit)| free_minor(book, deposit));
            let part = if scene.dice.percent(90) {
                scene.dice.between(1, free.max(2))
            } else {
                scene.dice.between(1, 4_000_000)
            };
            json!({
                "deposit": id, "id": format!("d-{}", scene.dice.between(4, 40)), "successor": heir, "amount": yuan(part),
                "document": scene.document()?,
            })
        }
        _ => {
            let taken = |of: &DepositState| Some((of.id.clone(), of.part.as_ref()?.from.clone()));
            let all: Vec<_> = book.into_iter().flat_map(|book| book.deposits.values()).filter_map(taken).collect();
            let (part, from) = deposit.and_then(taken).or_else(|| scene.dice.one_of(&all).cloned())?;
            json!({"deposit": from, "part": part, "reason": "拆分有误", "document": scene.document()?})
        }
    })
}

fn of_decision(
    scene: &mut Scene<'_>,
    book: Option<&DepositBook>,
    deposit: Option<&DepositState>,
    id: &str,
    kind: &str,
) -> Option<Value> {
    let today: Day = scene.day(0);
    let fen = scene.dice.between(1, 4_000_000);
    let reference = scene.reference();
    let forfeitures = || deposit.into_iter().flat_map(|deposit| deposit.forfeitures.clone());
    let guarantees = || deposit.into_iter().flat_map(|deposit| deposit.guarantees.clone());
    let of_phase = |scene: &mut Scene<'_>, phase| chosen(scene, forfeitures(), |of| of.phase == phase);
    Some(match kind {
        "deposit.guarantee_claimed" => json!({
            "deposit": id, "id": format!("x-{}", scene.dice.below(60)),
            "amount": yuan(if scene.dice.percent(80) { fen / 50 + 1 } else { fen / 4 + 1 }),
            "guarantee": chosen(scene, guarantees(), |of| of.phase == GuaranteePhase::Valid),
            "ground": ground(scene, book, deposit), "reasons": "理由", "document": scene.document()?,
        }),
        "deposit.guarantee_expiring" => {
            json!({"deposit": id, "guarantee": chosen(scene, guarantees(), |of| of.phase == GuaranteePhase::Valid)})
        }
        "deposit.guarantee_paid" => json!({
            "deposit": id, "forfeiture": of_phase(scene, ForfeiturePhase::Claimed), "reference": reference,
            "value_date": today,
        }),
        "deposit.swapped" => {
            let direction = scene.dice.pick(&["to_guarantee", "to_guarantee", "to_money"]);
            let wanted = if direction == "to_money" { GuaranteePhase::Valid } else { GuaranteePhase::Lodged };
            json!({
                "deposit": id, "guarantee": chosen(scene, guarantees(), |of| of.phase == wanted), "direction": direction,
                "statement": "电话查验", "evidence": scene.document()?,
            })
        }
        "deposit.forfeiture_annulled" => json!({
            "deposit": id, "forfeiture": of_phase(scene, ForfeiturePhase::Remitted), "reasons": "判决撤销",
            "document": scene.document()?,
        }),
        "deposit.forfeiture_recovered" => json!({
            "deposit": id, "forfeiture": of_phase(scene, ForfeiturePhase::Annulled), "reference": reference,
            "value_date": today,
        }),
        _ => return None,
    })
}
