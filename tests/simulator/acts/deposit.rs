//! Deposits: one book a buyer, on which a few deposits meet each other's holds, refunds and forfeitures.

use super::notice::{DEPOSITS, WAGES, notice, scheme};
use super::{By, Draft, Scene, custody, organisation};
use crate::plan::Intent;
use crate::seam;
use gongshi::act::Acts;
use gongshi::deposit::book::Heading;
use gongshi::deposit::{
    Act, DepositBook, DepositState, ForfeiturePhase, GuaranteePhase, HoldState, RefundPhase, refund_sums,
};
use gongshi::field::{Day, ItemId, OrganisationId, SuccessionManner};
use gongshi::organisation::Role;
use serde_json::{Value, json};

pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Option<Draft> {
    let payee = &payee(scene, intent.which);
    let book = seam::deposits(scene.world, payee);
    let drawn = book.map(|book| book.deposits.values().collect::<Vec<_>>()).unwrap_or_default();
    let deposit = drawn_of(scene, &drawn);
    // Payers are divided, or no part would be put back.
    if let Some(payer) = deposit.filter(|of| intent.sensible && of.part.is_none() && scene.dice.percent(4)) {
        let free = book.map_or(0, |book| custody::free_minor(book, payer));
        let player = payer.payer.as_ref().and_then(|payer| scene.cast.position(payer));
        if let Some(draft) = player.filter(|_| free > 0).and_then(|player| organisation::division(scene, player)) {
            return Some(draft);
        }
    }
    let kind =
        if intent.sensible { sensible(scene, book, deposit) } else { Act::KINDS[scene.dice.below(Act::KINDS.len())] };
    let payload = payload(scene, book, deposit, kind)?;
    let by = match kind {
        "deposit.forfeiture_appealed" => deposit.and_then(|deposit| scene.known(deposit.payer.as_ref()?)),
        "deposit.forfeiture_ruled" | "deposit.forfeiture_annulled" => Some(scene.player(Role::Supervisor)),
        _ if intent.sensible && is_timed(kind) => Some(By::Service),
        _ => scene.known(payee),
    };
    let act = Act::parse(kind, payload.to_string().as_bytes())?.ok()?;
    if intent.sensible
        && act.checks_another()
        && scene.dice.percent(80)
        && let Some(draft) = another_person(scene, payee)
    {
        return Some(draft);
    }
    Some(Draft { stream: seam::deposit_stream(payee), act: act.into(), by: by? })
}

/// One of those who buy.
pub fn payee(scene: &Scene<'_>, which: usize) -> OrganisationId {
    let buyers = scene.cast.players.iter().filter(|player| matches!(player.role, Role::Centre | Role::ProcuringUnit));
    let ids: Vec<&OrganisationId> = buyers.map(|player| &player.id).collect();
    ids[which % ids.len()].clone()
}

/// Who has one key finds another person first.
pub fn another_person(scene: &mut Scene<'_>, payee: &OrganisationId) -> Option<Draft> {
    let player = scene.cast.position(payee)?;
    organisation::second_key(scene, player)
}

/// A part that was not put back.
fn is_part(deposit: &DepositState) -> bool {
    deposit.part.as_ref().is_some_and(|part| part.put_back.is_none())
}

/// A part that is as it was taken, and so can be put back.
pub fn is_as_taken(deposit: &DepositState) -> bool {
    is_part(deposit) && deposit.refunds.is_empty() && deposit.receipts.is_empty() && deposit.unclaimed.is_none()
}

/// Often one whose payer is gone, or with something that was begun and waits for its next step, for those are few; seldom a part that was put back, for nothing becomes of it.
fn drawn_of<'w>(scene: &mut Scene<'w>, all: &[&'w DepositState]) -> Option<&'w DepositState> {
    let orphaned: Vec<_> = all.iter().filter(|deposit| custody::succession(scene, deposit).is_some()).collect();
    let begun: Vec<_> = all.iter().filter(|deposit| custody::has_begun(deposit)).collect();
    let first = scene.dice.one_of(&orphaned).copied().filter(|_| scene.dice.percent(40));
    let first = first.or(scene.dice.one_of(&begun).copied().filter(|_| scene.dice.percent(40)));
    let parts: Vec<_> = all.iter().filter(|deposit| is_part(deposit)).collect();
    let first = first.or(scene.dice.one_of(&parts).copied().filter(|_| scene.dice.percent(40)));
    let stands = |deposit: &&&DepositState| deposit.part.as_ref().is_none_or(|part| part.put_back.is_none());
    let standing: Vec<_> = all.iter().filter(stands).collect();
    let first = first.or(scene.dice.one_of(&standing).copied().filter(|_| scene.dice.percent(90)));
    first.or(scene.dice.one_of(all)).copied()
}

fn is_timed(kind: &str) -> bool {
    matches!(
        kind,
        "deposit.hold_lapsed"
            | "deposit.refund_overdue"
            | "deposit.forfeiture_final"
            | "deposit.guarantee_expired"
            | "deposit.own_costs_overdue"
            | "deposit.topup_demanded"
            | "deposit.topup_overdue"
            | "deposit.surplus_overdue"
            | "deposit.guarantee_expiring"
    )
}

fn sensible(scene: &mut Scene<'_>, book: Option<&DepositBook>, deposit: Option<&DepositState>) -> &'static str {
    let Some(book) = book else { return "deposit.scheme_published" };
    let Some(deposit) = deposit.filter(|_| book.deposits.len() >= DEPOSITS || scene.dice.percent(80)) else {
        return "deposit.announced";
    };
    if is_part(deposit) && scene.dice.percent(if is_as_taken(deposit) { 40 } else { 4 }) {
        return "deposit.division_reversed";
    }
    if let Some(kind) = succeeding(scene, book, deposit) {
        return kind;
    }
    if let Some(kind) = custody::next(scene, deposit) {
        return kind;
    }
    if scene.dice.percent(30) {
        return custody::sensible(scene, book, deposit);
    }
    let forfeitures: Vec<_> = deposit.forfeitures.values().map(|forfeiture| forfeiture.phase).collect();
    let refunds: Vec<_> = deposit.refunds.values().map(|refund| refund.phase).collect();
    match () {
        () if forfeitures.contains(&ForfeiturePhase::Decided) => "deposit.forfeiture_confirmed",
        () if forfeitures.contains(&ForfeiturePhase::Appealed) => "deposit.forfeiture_ruled",
        () if forfeitures.contains(&ForfeiturePhase::Final) => "deposit.forfeiture_remitted",
        () if forfeitures.contains(&ForfeiturePhase::Appealable) && scene.dice.percent(50) => {
            "deposit.forfeiture_appealed"
        }
        () if refunds.contains(&RefundPhase::Instructed) => "deposit.refund_settled",
        () if refunds.contains(&RefundPhase::Approved) && scene.dice.percent(15) => "deposit.entry_reversed",
        () if refunds.contains(&RefundPhase::Approved) => "deposit.refund_instructed",
        () if deposit.guarantees.values().any(|guarantee| guarantee.phase == GuaranteePhase::Lodged) => {
            "deposit.guarantee_verified"
        }
        () if deposit.clock.is_some() => "deposit.refund_approved",
        () if deposit.holds.values().any(|hold| hold.left_minor > 0) && scene.dice.percent(50) => {
            scene.dice.pick(&["deposit.forfeited", "deposit.forfeited", "deposit.released"])
        }
        () if deposit.receipts.is_empty() && scene.dice.percent(60) => "deposit.received",
        () => scene.dice.pick(&[
            "deposit.received",
            "deposit.receipt_reversed",
            "deposit.bank_entered",
            "deposit.held",
            "deposit.held",
            "deposit.released",
            "deposit.forfeited",
            "deposit.guarantee_lodged",
            "deposit.guarantee_lodged",
            "deposit.guarantee_released",
            "deposit.refund_due",
            "deposit.scheme_published",
            "deposit.statement_reconciled",
            "deposit.open_item_resolved",
            "deposit.reconciliation_withdrawn",
        ]),
    }
}

/// What follows, now and then, once its payer is gone: shared is what there is to share, and the rest is given away when that is done.
fn succeeding(scene: &mut Scene<'_>, book: &DepositBook, deposit: &DepositState) -> Option<&'static str> {
    let succession = custody::succession(scene, deposit)?;
    let is_divided = succession.manner == SuccessionManner::Divided;
    match () {
        () if scene.dice.percent(50) => None,
        () if is_divided && custody::free_minor(book, deposit) > 0 && scene.dice.percent(70) => Some("deposit.divided"),
        () if is_divided && scene.dice.percent(60) => None,
        () => Some("deposit.succeeded"),
    }
}

pub fn yuan(fen: i64) -> Value {
    json!({"currency": "CNY", "amount_minor": fen})
}

/// An id of a map, mostly of one that is in the wanted state.
pub fn chosen<T>(scene: &mut Scene<'_>, of: impl Iterator<Item = (ItemId, T)>, wanted: impl Fn(&T) -> bool) -> String {
    let all: Vec<(ItemId, T)> = of.collect();
    let first = all.iter().find(|(_, state)| wanted(state)).filter(|_| scene.dice.percent(90));
    first.or(scene.dice.one_of(&all)).map_or("none".to_owned(), |(id, _)| id.to_string())
}

fn payload(
    scene: &mut Scene<'_>,
    book: Option<&DepositBook>,
    deposit: Option<&DepositState>,
    kind: &str,
) -> Option<Value> {
    let id = deposit.map_or("d-0".to_owned(), |deposit| deposit.id.to_string());
    let reference = scene.reference();
    let new = format!("x-{}", scene.dice.below(60));
    let fen = scene.dice.between(1, 4_000_000);
    let holds = || deposit.into_iter().flat_map(|deposit| deposit.holds.clone());
    let open = |hold: &HoldState| hold.left_minor > 0;
    Some(match kind {
        "deposit.scheme_published" => scheme(scene)?,
        "deposit.announced" => notice(scene, book)?,
        "deposit.received" => json!({
            "deposit": id, "reference": reference, "amount": yuan(scene.dice.between(1, 12_000_000)),
            "value_date": scene.day(-scene_days(fen)), "account_kind": "basic", "account": scene.person(),
        }),
        "deposit.receipt_reversed" => {
            let receipt = deposit.and_then(|deposit| deposit.receipts.last());
            let reference = receipt.map_or(reference, |receipt| receipt.reference.to_string());
            json!({"deposit": id, "reference": reference, "reason": "误记", "document": scene.document()?})
        }
        "deposit.bank_entered" => bank_entry(scene, book, &reference, fen),
        "deposit.held" => {
            let free = book.zip(deposit).map_or(0, |(book, of)| book.book.standing(&of.account(Heading::Available)));
            let amount = if free > 0 && scene.dice.percent(85) { scene.dice.between(1, free + 1) } else { fen };
            let mut hold = json!({
                "deposit": id, "id": new, "amount": yuan(amount), "reason": "待核实", "until": scene.day(fen % 20),
            });
            // A wage bond is held for wages alone; another one needs no ground.
            if scene.dice.percent(if is_of_wages(book, deposit) { 90 } else { 10 }) {
                hold["ground"] = ground(scene, book, deposit).into();
            }
            hold
        }
        "deposit.released" => {
            json!({"deposit": id, "hold": chosen(scene, holds(), open), "amount": yuan(fen / 4 + 1), "reason": "已核实"})
        }
        "deposit.hold_lapsed" => json!({"deposit": id, "hold": chosen(scene, holds(), open)}),
        "deposit.statement_reconciled" | "deposit.open_item_resolved" | "deposit.reconciliation_withdrawn" => {
            return super::statement::payload(scene, book, kind);
        }
        kind if kind.starts_with("deposit.refund") => return of_refund(scene, book, deposit, &id, kind),
        "deposit.guarantee_lodged"
        | "deposit.guarantee_verified"
        | "deposit.guarantee_released"
        | "deposit.guarantee_expired" => return of_guarantee(scene, deposit, &id, kind),
        "deposit.forfeited"
        | "deposit.forfeiture_confirmed"
        | "deposit.forfeiture_appealed"
        | "deposit.forfeiture_ruled"
        | "deposit.forfeiture_final"
        | "deposit.forfeiture_remitted" => return of_forfeiture(scene, book, deposit, &id, kind),
        kind => return custody::payload(scene, book, deposit, kind),
    })
}

/// Own funds that were approved go back, or something else is there.
fn bank_entry(scene: &mut Scene<'_>, book: Option<&DepositBook>, reference: &str, fen: i64) -> Value {
    let waiting = book.and_then(|book| book.own_funds.iter().find(|(_, of)| of.returned.is_none()));
    let mut entry = json!({"bank": "b-1", "reference": reference, "value_date": scene.day(0)});
    if let Some((id, of)) = waiting.filter(|_| scene.dice.percent(60)) {
        entry["nature"] = "own_funds_returned".into();
        (entry["approval"], entry["amount"]) = (id.as_str().into(), yuan(of.amount.amount_minor));
    } else {
        let nature = scene.dice.pick(&["interest", "pooled_interest", "charge", "own_funds"]);
        // More than what the bank takes, or there would be nothing to go back.
        let amount = if nature == "own_funds" { fen } else { fen / 1000 + 1 };
        (entry["nature"], entry["amount"]) = (nature.into(), yuan(amount));
    }
    entry
}

fn of_refund(
    scene: &mut Scene<'_>,
    book: Option<&DepositBook>,
    deposit: Option<&DepositState>,
    id: &str,
    kind: &str,
) -> Option<Value> {
    let today = scene.day(0).to_string();
    let reference = scene.reference();
    let new = format!("x-{}", scene.dice.below(60));
    let refunds = || deposit.into_iter().flat_map(|deposit| deposit.refunds.clone());
    Some(match kind {
        "deposit.refund_due" => {
            json!({"deposit": id, "event": "agreed", "day": today, "document": scene.document()?})
        }
        "deposit.refund_overdue" => json!({"deposit": id, "due": scene.now.to_string()}),
        "deposit.refund_approved" => approval(scene, book, deposit, id, &new),
        "deposit.refund_instructed" => {
            json!({"deposit": id, "refund": chosen(scene, refunds(), |refund| refund.phase == RefundPhase::Approved)})
        }
        "deposit.refund_settled" => json!({
            "deposit": id, "refund": chosen(scene, refunds(), |refund| refund.phase == RefundPhase::Instructed),
            "outcome": scene.dice.pick(&["confirmed", "confirmed", "bounced"]), "reference": reference, "value_date": today,
        }),
        _ => return None,
    })
}

fn of_guarantee(scene: &mut Scene<'_>, deposit: Option<&DepositState>, id: &str, kind: &str) -> Option<Value> {
    let today = scene.day(0).to_string();
    let reference = scene.reference();
    let new = format!("x-{}", scene.dice.below(60));
    let fen = scene.dice.between(1, 4_000_000);
    let guarantees = || deposit.into_iter().flat_map(|deposit| deposit.guarantees.clone());
    Some(match kind {
        "deposit.guarantee_lodged" => json!({
            "deposit": id, "id": new, "form": scene.dice.pick(&["bank_guarantee", "bank_guarantee", "bank_guarantee", "insurance"]),
            "issuer": {"name": "某银行"}, "issuer_kind": "bank", "licence": "B0001H141010001", "number": reference, "amount": yuan(fen), "valid_from": today,
            "valid_to": scene.day(fen % 90), "claim_by": scene.day(fen % 90), "document": scene.document()?,
        }),
        "deposit.guarantee_verified" | "deposit.guarantee_released" | "deposit.guarantee_expired" => {
            let wanted = |phase| {
                if kind == "deposit.guarantee_verified" {
                    phase == GuaranteePhase::Lodged
                } else {
                    phase == GuaranteePhase::Valid
                }
            };
            let guarantee = chosen(scene, guarantees(), |guarantee| wanted(guarantee.phase));
            let mut payload = json!({"deposit": id, "guarantee": guarantee});
            if kind == "deposit.guarantee_verified" {
                payload["outcome"] = scene.dice.pick(&["genuine", "genuine", "refuted"]).into();
                payload["statement"] = "电话查验".into();
                payload["evidence"] = serde_json::to_value(scene.document()?).ok()?;
            } else if kind == "deposit.guarantee_released" {
                payload["reason"] = "退还".into();
            }
            payload
        }
        _ => return None,
    })
}

fn is_of_wages(book: Option<&DepositBook>, deposit: Option<&DepositState>) -> bool {
    let scheme = book.zip(deposit).and_then(|(book, deposit)| book.schemes.get(&deposit.scheme));
    scheme.is_some_and(|scheme| scheme.kind().as_str() == WAGES)
}

/// For what a deposit is kept: mostly what its kind has.
pub fn ground(scene: &mut Scene<'_>, book: Option<&DepositBook>, deposit: Option<&DepositState>) -> &'static str {
    let own = if is_of_wages(book, deposit) { "wages-unpaid" } else { "bid-withdrawn" };
    scene.dice.pick(&[own, own, own, "late"])
}

fn of_forfeiture(
    scene: &mut Scene<'_>,
    book: Option<&DepositBook>,
    deposit: Option<&DepositState>,
    id: &str,
    kind: &str,
) -> Option<Value> {
    let today = scene.day(0).to_string();
    let reference = scene.reference();
    let new = format!("x-{}", scene.dice.below(60));
    let fen = scene.dice.between(1, 4_000_000);
    let open = |hold: &HoldState| hold.left_minor > 0;
    let holds = || deposit.into_iter().flat_map(|deposit| deposit.holds.clone());
    let forfeitures = || deposit.into_iter().flat_map(|deposit| deposit.forfeitures.clone());
    Some(match kind {
        "deposit.forfeited" => json!({
            "deposit": id, "id": new, "hold": chosen(scene, holds(), open), "amount": yuan(fen / 4 + 1),
            "ground": ground(scene, book, deposit), "reasons": "理由",
            "document": scene.document()?,
        }),
        _ => {
            let (phase, more) = match kind {
                "deposit.forfeiture_confirmed" => (ForfeiturePhase::Decided, json!({})),
                "deposit.forfeiture_appealed" => (ForfeiturePhase::Appealable, json!({"grounds": "不服"})),
                "deposit.forfeiture_ruled" => {
                    let outcome = scene.dice.pick(&["upheld", "overturned"]);
                    (ForfeiturePhase::Appealed, json!({"outcome": outcome, "reasons": "理由"}))
                }
                "deposit.forfeiture_remitted" => {
                    (ForfeiturePhase::Final, json!({"reference": reference, "value_date": today}))
                }
                _ => (ForfeiturePhase::Appealable, json!({})),
            };
            let forfeiture = chosen(scene, forfeitures(), |forfeiture| forfeiture.phase == phase);
            let mut payload = more;
            payload["deposit"] = id.into();
            payload["forfeiture"] = forfeiture.into();
            payload
        }
    })
}

/// Some days back.
fn scene_days(fen: i64) -> i64 {
    fen % 5
}

pub fn approval(
    scene: &mut Scene<'_>,
    book: Option<&DepositBook>,
    deposit: Option<&DepositState>,
    id: &str,
    new: &str,
) -> Value {
    // Some days later it goes out, or nobody would find the time to check it.
    let days = scene.dice.between(0, 5);
    let day: Day = scene.day(days);
    let all = book.zip(deposit).map_or(0, |(book, deposit)| deposit.unsettled_minor(&book.book));
    let amount = if scene.dice.percent(60) { all.max(1) } else { scene.dice.between(1, 3_000_000) };
    let law = seam::law(scene.world);
    let sums = book.zip(deposit).map(|(book, deposit)| {
        let kind = book.schemes.get(&deposit.scheme).map(gongshi::deposit::SchemeState::kind);
        let kind = law.edition().deposits.kinds.iter().find(|known| Some(&known.id) == kind);
        refund_sums(book, deposit, kind, amount, day, law)
    });
    let (interest, overdue) = sums.map_or((0, 0), |sums| (sums.interest_minor, sums.overdue_minor));
    json!({
        "deposit": id, "id": new, "amount": yuan(amount), "value_date": day,
        "interest_minor": if scene.dice.percent(95) { interest } else { interest + 1 }, "overdue_minor": overdue,
    })
}
