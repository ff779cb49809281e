//! 不予退还, and guarantees: what takes a ground, a second person, or the issuer's word.

use super::super::{Act, Forfeiture, GuaranteeLodging};
use super::decide::{duplicate, must_be_amount, must_be_another, unknown};
use super::{DepositBook, DepositState, ForfeiturePhase, ForfeitureState, GuaranteePhase, GuaranteeState};
use crate::act::{Acts, Author, Moment, must_rule};
use crate::field::{Fault, ItemId};
use crate::law::DepositKind;
use crate::problem::{self, Refusal};

impl DepositBook {
    /// The kind of a deposit, whether new ones may still be taken or not.
    pub(super) fn kind<'a>(&self, deposit: &DepositState, at: &Moment<'a>) -> Option<&'a DepositKind> {
        let id = self.schemes.get(&deposit.scheme)?.kind();
        at.law.edition().deposits.kinds.iter().find(|kind| kind.id == *id)
    }
}

/// # Errors
/// Who may not sign it; no ground of the list; the same person twice; too early, or too late.
pub(super) fn decide(
    book: &DepositBook,
    deposit: &DepositState,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    match act {
        Act::Forfeited(forfeiture) => decide_forfeiture(book, deposit, forfeiture, by, at),
        Act::ForfeitureConfirmed(confirmation) => {
            book.must_be_payee(by)?;
            let of = must_stand(deposit, &confirmation.forfeiture, act, ForfeiturePhase::Decided)?;
            must_be_another(at, &of.decided_by)?;
            if deposit.holds.get(&of.hold).is_none_or(|hold| hold.left_minor < of.amount_minor) {
                return Err(Refusal::state_forbids(act.kind(), "hold lapsed"));
            }
            Ok(())
        }
        Act::ForfeitureAppealed(appeal) => {
            if !deposit.payer.as_ref().is_some_and(|payer| by.is(payer)) {
                return Err(Refusal::new(&problem::NOT_A_PARTY, "不是交纳人", "not the payer"));
            }
            let of = must_stand(deposit, &appeal.forfeiture, act, ForfeiturePhase::Appealable)?;
            if of.appeal.is_some_and(|running| at.law.is_over(running, at.now)) {
                return Err(Refusal::new(&problem::WINDOW_CLOSED, "申诉期已过", "the time for an appeal is over"));
            }
            Ok(())
        }
        Act::ForfeitureRuled(ruling) => {
            must_rule(by, std::iter::once(&book.payee).chain(&deposit.payer))?;
            must_stand(deposit, &ruling.forfeiture, act, ForfeiturePhase::Appealed).map(drop)
        }
        Act::ForfeitureRemitted(remittance) => {
            book.must_be_payee(by)?;
            book.must_be_new(remittance.reference.as_str())?;
            crate::act::must_be_past(remittance.value_date <= at.today(), "/value_date")?;
            must_stand(deposit, &remittance.forfeiture, act, ForfeiturePhase::Final).map(drop)
        }
        Act::GuaranteeLodged(lodging) => decide_lodging(book, deposit, lodging, act, by, at),
        Act::GuaranteeVerified(verification) => {
            book.must_be_payee(by)?;
            let guarantee = guarantee(deposit, &verification.guarantee)?;
            if guarantee.phase != GuaranteePhase::Lodged {
                return Err(Refusal::state_forbids(act.kind(), guarantee.phase.name()));
            }
            must_be_another(at, &guarantee.lodged_by)
        }
        Act::GuaranteeReleased(release) => {
            book.must_be_payee(by)?;
            let guarantee = guarantee(deposit, &release.guarantee)?;
            match guarantee.phase {
                GuaranteePhase::Lodged | GuaranteePhase::Valid => Ok(()),
                phase => Err(Refusal::state_forbids(act.kind(), phase.name())),
            }
        }
        act => Err(Refusal::state_forbids(act.kind(), "unknown")),
    }
}

fn guarantee<'a>(deposit: &'a DepositState, id: &ItemId) -> Result<&'a GuaranteeState, Refusal> {
    deposit.guarantees.get(id).ok_or_else(|| unknown("/guarantee", id.to_string()))
}

fn must_stand<'a>(
    deposit: &'a DepositState,
    id: &ItemId,
    act: &Act,
    phase: ForfeiturePhase,
) -> Result<&'a ForfeitureState, Refusal> {
    let found = deposit.forfeitures.get(id).ok_or_else(|| unknown("/forfeiture", id.to_string()))?;
    if found.phase == phase { Ok(found) } else { Err(Refusal::state_forbids(act.kind(), found.phase.name())) }
}

fn decide_forfeiture(
    book: &DepositBook,
    deposit: &DepositState,
    forfeiture: &Forfeiture,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_be_amount(forfeiture.amount, deposit.currency)?;
    if deposit.forfeitures.contains_key(&forfeiture.id) {
        return Err(duplicate("/id", &forfeiture.id));
    }
    let hold = deposit.holds.get(&forfeiture.hold).ok_or_else(|| unknown("/hold", forfeiture.hold.to_string()))?;
    if forfeiture.amount.amount_minor > hold.left_minor - hold.claimed_minor {
        return Err(Refusal::of_field("/amount/amount_minor", Fault::AmountOutOfRange));
    }
    let terms = &at.law.edition().deposits;
    let kind = book.kind(deposit, at);
    if kind.and_then(|kind| kind.ground(&forfeiture.ground)).is_some() {
        return Ok(());
    }
    let known = kind.map(|kind| kind.grounds.iter().map(|ground| ground.id.as_str()).collect::<Vec<_>>());
    let known = known.unwrap_or_default();
    let words = (
        format!("不予退还须有法定事由：{}", known.join("、")),
        format!("a forfeiture rests on one of: {}", known.join(", ")),
    );
    let rule = kind.map_or(&terms.basis, |kind| &kind.rule);
    let told = Refusal::of_field("/ground", Fault::inconsistent(words));
    Err(Refusal { problem: &problem::FORFEITURE_WITHOUT_GROUND, ..told }.citing(&rule.id, &rule.law))
}

fn decide_lodging(
    book: &DepositBook,
    deposit: &DepositState,
    lodging: &GuaranteeLodging,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_be_amount(lodging.amount, deposit.currency)?;
    if deposit.clock.is_some() {
        return Err(Refusal::state_forbids(act.kind(), "refund due"));
    }
    // Its account is called by its id.
    if book.covers.contains(&lodging.id) {
        return Err(duplicate("/id", &lodging.id));
    }
    let scheme = book.schemes.get(&deposit.scheme);
    if lodging.form.is_money() || !scheme.is_some_and(|scheme| scheme.takes(lodging.form)) {
        let words = ("该方案不接受这种形式", "the scheme does not take this form");
        return Err(Refusal::of_field("/form", Fault::inconsistent(words)));
    }
    if book.guarantees.contains(&(lodging.issuer.name.as_str().into(), lodging.number.as_str().into())) {
        return Err(Refusal::of_field("/number", Fault::Duplicate { id: lodging.number.to_string() }));
    }
    for (pointer, day, earlier) in [
        ("/valid_to", lodging.valid_to, lodging.valid_from.max(at.today())),
        ("/claim_by", lodging.claim_by, lodging.valid_from),
    ] {
        if day < earlier {
            return Err(Refusal::of_field(pointer, Fault::DatesOutOfOrder { earlier: earlier.to_string() }));
        }
    }
    Ok(())
}
