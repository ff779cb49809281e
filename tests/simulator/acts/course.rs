//! The way of one deposit to an end that chance seldom comes to: so many acts by two people, each in its time, that few logs are long enough.
//!
//! A course looks for its own deposit and does what comes next there, whatever else happened to it; one that can't go on is followed by another.

use super::deposit::{another_person, approval, is_as_taken, payee, yuan};
use super::notice::{new_notice, scheme_of};
use super::{Draft, Scene, custody, organisation};
use crate::plan::Course;
use crate::seam;
use gongshi::act::Acts;
use gongshi::deposit::book::Heading;
use gongshi::deposit::{Act, DepositBook, DepositState, EntryName, ForfeiturePhase, GuaranteePhase, RefundPhase};
use gongshi::field::{OrganisationId, SuccessionManner};
use gongshi::organisation::Role;
use serde_json::{Value, json};

/// What follows, and what it says.
type Next = (&'static str, Value);

/// Where a course is.
enum Standing {
    Goes(Next),
    /// Time must pass, or the service do something.
    Waits,
    /// It came to its end, or can't.
    Ended,
}

/// What is taken from the first goes to the treasury; what the second gives back late costs nothing, which would have to be put in first.
const SCHEMES: [(&str, &str); 2] = [("s-c", "bid-procurement"), ("s-i", "bid-tendering")];

pub fn draft(scene: &mut Scene<'_>, course: Course, which: usize) -> Option<Draft> {
    let payee = payee(scene, which);
    if !seam::organisation(scene.world, &payee)?.is_confirmed() {
        return None;
    }
    let (scheme, kind) = SCHEMES[usize::from(course == Course::Refunded)];
    let Some(book) = seam::deposits(scene.world, &payee).filter(|book| knows_scheme(book, scheme)) else {
        let scheme = scheme_of(scene, scheme, kind)?;
        return of_payee(scene, &payee, ("deposit.scheme_published", scheme));
    };
    let prefix = format!("c-{course:?}-").to_lowercase();
    let own = |of: &&DepositState| of.id.as_str().starts_with(&prefix) && of.part.is_none();
    let all: Vec<&DepositState> = book.deposits.values().filter(own).collect();
    for deposit in &all {
        // Who is gone leaves a deposit to share.
        if course == Course::Reunited
            && let Some(draft) = divides(scene, deposit)
        {
            return Some(draft);
        }
        match next(scene, book, deposit, course)? {
            Standing::Goes(next) => return of_payee(scene, &payee, next),
            Standing::Waits => return None,
            Standing::Ended => {}
        }
    }
    let payer = going_on(scene)?;
    let notice = new_notice(scene, &format!("{prefix}{}", all.len()), scheme, &payer)?;
    of_payee(scene, &payee, ("deposit.announced", notice))
}

fn knows_scheme(book: &DepositBook, scheme: &str) -> bool {
    book.schemes.keys().any(|known| known.as_str() == scheme)
}

/// By its payee, or by whom the law names; with another person first, where two are asked for.
fn of_payee(scene: &mut Scene<'_>, payee: &OrganisationId, (kind, payload): Next) -> Option<Draft> {
    let act = Act::parse(kind, payload.to_string().as_bytes())?.ok()?;
    if act.checks_another()
        && let Some(draft) = another_person(scene, payee)
    {
        return Some(draft);
    }
    let by = match kind {
        "deposit.forfeiture_annulled" | "deposit.forfeiture_ruled" => scene.player(Role::Supervisor),
        _ => scene.known(payee)?,
    };
    Some(Draft { stream: seam::deposit_stream(payee), act: act.into(), by })
}

/// An enterprise that is still there.
fn going_on(scene: &mut Scene<'_>) -> Option<OrganisationId> {
    let enterprises = scene.cast.players.iter().filter(|player| player.role == Role::Enterprise);
    let there = |id: &OrganisationId| seam::organisation(scene.world, id).is_some_and(|found| found.ended().is_none());
    let ids: Vec<OrganisationId> = enterprises.map(|player| player.id.clone()).filter(there).collect();
    scene.dice.one_of(&ids).cloned()
}

fn divides(scene: &mut Scene<'_>, deposit: &DepositState) -> Option<Draft> {
    if deposit.receipts.is_empty() {
        return None;
    }
    let payer = deposit.payer.as_ref().and_then(|payer| scene.cast.position(payer))?;
    organisation::division(scene, payer)
}

fn next(scene: &mut Scene<'_>, book: &DepositBook, deposit: &DepositState, course: Course) -> Option<Standing> {
    if course == Course::Paid {
        return guaranteed(scene, deposit);
    }
    if deposit.receipts.is_empty() {
        let reference = scene.reference();
        return Some(Standing::Goes((
            "deposit.received",
            json!({
                "deposit": deposit.id, "reference": reference, "amount": yuan(deposit.required_minor),
                "value_date": scene.day(0), "account_kind": "basic", "account": scene.person(),
            }),
        )));
    }
    match course {
        Course::Refunded => refunded(scene, book, deposit),
        Course::Recovered => recovered(scene, book, deposit),
        Course::Reunited | Course::Paid => reunited(scene, book, deposit),
    }
}

/// The bank's interest comes, is shared, and now and then taken back, or made principal.
fn shared(scene: &mut Scene<'_>, book: &DepositBook, deposit: &DepositState) -> Option<Next> {
    let shares = book.reversible().filter_map(|(_, name)| match name {
        EntryName::Allocation(bank, entry) => Some((bank.clone(), entry)),
        _ => None,
    });
    let newest = shares.max_by_key(|(_, entry)| *entry).filter(|_| scene.dice.percent(20));
    if let Some((bank, entry)) = newest {
        let document = scene.document()?;
        let reversal = json!({"bank": bank, "entry": entry, "reason": "分配有误", "document": document});
        return Some(("deposit.entry_reversed", reversal));
    }
    let to_allocate = book.to_allocate_minor(&deposit.bank, deposit.currency);
    let kind = match () {
        () if to_allocate > 0 => "deposit.interest_allocated",
        () if deposit.allocated_minor > 0 && scene.dice.percent(40) => "deposit.interest_capitalised",
        () => {
            let reference = scene.reference();
            let interest = json!({
                "bank": deposit.bank, "nature": "pooled_interest", "reference": reference,
                "amount": yuan(scene.dice.between(100, 5_000)), "value_date": scene.day(0),
            });
            return Some(("deposit.bank_entered", interest));
        }
    };
    custody::payload(scene, Some(book), Some(deposit), kind).map(|payload| (kind, payload))
}

/// Approved, told to the bank by another person, and there; or approved wrongly.
fn refunded(scene: &mut Scene<'_>, book: &DepositBook, deposit: &DepositState) -> Option<Standing> {
    let id = &deposit.id;
    if scene.dice.percent(40)
        && let Some(next) = shared(scene, book, deposit)
    {
        return Some(Standing::Goes(next));
    }
    let of_phase = |phase| deposit.refunds.iter().find(|(_, of)| of.phase == phase);
    Some(Standing::Goes(if deposit.clock.is_none() {
        let due = json!({"deposit": id, "event": "agreed", "day": scene.day(0), "document": scene.document()?});
        ("deposit.refund_due", due)
    } else if let Some((refund, _)) = of_phase(RefundPhase::Instructed) {
        let reference = scene.reference();
        let settled = json!({
            "deposit": id, "refund": refund, "outcome": scene.dice.pick(&["confirmed", "confirmed", "bounced"]),
            "reference": reference, "value_date": scene.day(0),
        });
        ("deposit.refund_settled", settled)
    } else if let Some((refund, of)) = of_phase(RefundPhase::Approved) {
        if of.value_date < scene.day(0) || scene.dice.percent(25) {
            let own = book.reversible().filter(|(of, _)| *of == Some(id));
            let entries =
                own.filter_map(|(_, name)| if let EntryName::Entry(entry) = name { Some(entry) } else { None });
            let Some(entry) = entries.max() else { return Some(Standing::Ended) };
            let reversal = json!({"deposit": id, "entry": entry, "reason": "经办有误", "document": scene.document()?});
            ("deposit.entry_reversed", reversal)
        } else {
            ("deposit.refund_instructed", json!({"deposit": id, "refund": refund}))
        }
    } else if custody::free_minor(book, deposit) > 0 {
        let new = format!("x-{}", scene.dice.below(60));
        ("deposit.refund_approved", approval(scene, Some(book), Some(deposit), id.as_str(), &new))
    } else {
        return Some(Standing::Ended);
    }))
}

/// Forfeited to the treasury, by two persons; annulled when it is there, and paid back by it.
fn recovered(scene: &mut Scene<'_>, book: &DepositBook, deposit: &DepositState) -> Option<Standing> {
    let id = &deposit.id;
    let Some((forfeiture, of)) = deposit.forfeitures.iter().next_back() else {
        return held(scene, book, deposit);
    };
    let line = |scene: &mut Scene<'_>| {
        let reference = scene.reference();
        json!({"deposit": id, "forfeiture": forfeiture, "reference": reference, "value_date": scene.day(0)})
    };
    Some(Standing::Goes(match of.phase {
        ForfeiturePhase::Decided => ("deposit.forfeiture_confirmed", json!({"deposit": id, "forfeiture": forfeiture})),
        ForfeiturePhase::Appealed => {
            let upheld = json!({"deposit": id, "forfeiture": forfeiture, "outcome": "upheld", "reasons": "理由"});
            ("deposit.forfeiture_ruled", upheld)
        }
        ForfeiturePhase::Final => ("deposit.forfeiture_remitted", line(scene)),
        ForfeiturePhase::Remitted => {
            let document = scene.document()?;
            let annulled =
                json!({"deposit": id, "forfeiture": forfeiture, "reasons": "判决撤销", "document": document});
            ("deposit.forfeiture_annulled", annulled)
        }
        ForfeiturePhase::Annulled => ("deposit.forfeiture_recovered", line(scene)),
        ForfeiturePhase::Appealable => return Some(Standing::Waits),
        ForfeiturePhase::Claimed | ForfeiturePhase::Overturned => return Some(Standing::Ended),
    }))
}

/// Held, and then not given back.
fn held(scene: &mut Scene<'_>, book: &DepositBook, deposit: &DepositState) -> Option<Standing> {
    let id = &deposit.id;
    let new = format!("x-{}", scene.dice.below(60));
    if let Some((hold, of)) = deposit.holds.iter().find(|(_, of)| of.left_minor > 0) {
        let forfeited = json!({
            "deposit": id, "id": new, "hold": hold, "amount": yuan(scene.dice.between(1, of.left_minor)),
            "ground": "bid-withdrawn", "reasons": "理由", "document": scene.document()?,
        });
        return Some(Standing::Goes(("deposit.forfeited", forfeited)));
    }
    let free = book.book.standing(&deposit.account(Heading::Available));
    if free == 0 {
        return Some(Standing::Ended);
    }
    let held = json!({
        "deposit": id, "id": new, "amount": yuan(scene.dice.between(1, free)), "reason": "待核实",
        "until": scene.day(30),
    });
    Some(Standing::Goes(("deposit.held", held)))
}

/// Claimed of who issued the guarantee, which pays.
fn guaranteed(scene: &mut Scene<'_>, deposit: &DepositState) -> Option<Standing> {
    let id = &deposit.id;
    let new = format!("x-{}", scene.dice.below(60));
    let reference = scene.reference();
    if let Some((forfeiture, of)) = deposit.forfeitures.iter().next() {
        let paid = json!({"deposit": id, "forfeiture": forfeiture, "reference": reference, "value_date": scene.day(0)});
        return Some(match of.phase {
            ForfeiturePhase::Claimed => Standing::Goes(("deposit.guarantee_paid", paid)),
            _ => Standing::Ended,
        });
    }
    let Some((guarantee, of)) = deposit.guarantees.iter().next_back() else {
        let lodged = json!({
            "deposit": id, "id": new, "form": "bank_guarantee", "issuer": {"name": "某银行"}, "issuer_kind": "bank",
            "licence": "B0001H141010001", "number": reference, "amount": yuan(deposit.required_minor),
            "valid_from": scene.day(0), "valid_to": scene.day(200), "claim_by": scene.day(200), "document": scene.document()?,
        });
        return Some(Standing::Goes(("deposit.guarantee_lodged", lodged)));
    };
    Some(match of.phase {
        GuaranteePhase::Lodged => Standing::Goes((
            "deposit.guarantee_verified",
            json!({
                "deposit": id, "guarantee": guarantee, "outcome": "genuine", "statement": "电话查验", "evidence": scene.document()?,
            }),
        )),
        GuaranteePhase::Valid => Standing::Goes((
            "deposit.guarantee_claimed",
            json!({
                "deposit": id, "id": new, "guarantee": guarantee, "amount": yuan(scene.dice.between(1, of.amount_minor)),
                "ground": "bid-withdrawn", "reasons": "理由", "document": scene.document()?,
            }),
        )),
        _ => Standing::Ended,
    })
}

/// Its payer was divided: a part goes to who has its place, and is put back by another person; again and again. Meanwhile others find it there.
fn reunited(scene: &mut Scene<'_>, book: &DepositBook, deposit: &DepositState) -> Option<Standing> {
    let id = &deposit.id;
    let is_part = |of: &&DepositState| of.part.as_ref().is_some_and(|part| part.from == *id);
    let parts: Vec<&DepositState> = book.deposits.values().filter(is_part).collect();
    if let Some(part) = parts.iter().find(|part| is_as_taken(part)) {
        if scene.dice.percent(60) {
            return Some(Standing::Waits);
        }
        let document = scene.document()?;
        let back = json!({"deposit": id, "part": part.id, "reason": "拆分有误", "document": document});
        return Some(Standing::Goes(("deposit.division_reversed", back)));
    }
    let free = custody::free_minor(book, deposit);
    let succession = custody::succession(scene, deposit).filter(|of| of.manner == SuccessionManner::Divided);
    let heir = succession.and_then(|succession| scene.dice.one_of(&succession.successors).cloned());
    let (Some(heir), true) = (heir, free > 0) else { return Some(Standing::Ended) };
    let divided = json!({
        "deposit": id, "id": format!("{id}p{}", parts.len()), "successor": heir,
        "amount": yuan(scene.dice.between(1, free)), "document": scene.document()?,
    });
    Some(Standing::Goes(("deposit.divided", divided)))
}
