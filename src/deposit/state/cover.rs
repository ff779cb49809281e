//! 保函、保险: cover that is no money, until it is claimed.

use super::super::book::{Heading, JournalLine};
use super::super::{Act, CoverSwap, GuaranteeCheck, GuaranteeClaim, GuaranteeLodging, GuaranteePayment, SwapDirection};
use super::decide::{duplicate, must_be_amount, must_be_another, must_be_at_most, unknown};
use super::forfeit::{must_be_forfeitable, must_stand};
use super::lodged::Lodged;
use super::refund::must_be_dated;
use super::timers::Awaited;
use super::unclaimed;
use super::{
    DepositBook, DepositState, ForfeiturePhase, ForfeitureSource, ForfeitureState, GuaranteePhase, GuaranteeState,
    end_of,
};
use crate::act::{Acts, Author, Moment, Place};
use crate::field::{DocumentRef, Fault, ItemId};
use crate::law::Law;
use crate::problem::{self, Refusal};

/// # Errors
/// Who may not sign it; what is no guarantee of this scheme; the same person twice; too late.
pub(super) fn decide(
    book: &DepositBook,
    deposit: &DepositState,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    match act {
        Act::GuaranteeLodged(lodging) => decide_lodging(book, deposit, lodging, act, by, at),
        Act::GuaranteeVerified(verification) => {
            book.must_be_payee(by)?;
            let guarantee = guarantee(deposit, &verification.guarantee)?;
            if guarantee.phase != GuaranteePhase::Lodged {
                return Err(Refusal::state_forbids(act.kind(), guarantee.phase.name()));
            }
            if verification.outcome == GuaranteeCheck::Genuine {
                must_be_evident(verification.evidence.as_ref(), at)?;
                must_be_in_force(guarantee, at)?;
            }
            must_be_another(book, at, &guarantee.lodged_by)
        }
        Act::GuaranteeReleased(release) => {
            book.must_be_payee(by)?;
            let guarantee = guarantee(deposit, &release.guarantee)?;
            match guarantee.phase {
                GuaranteePhase::Valid if deposit.claimed_of(&release.guarantee) > 0 => {
                    Err(Refusal::state_forbids(act.kind(), "claimed"))
                }
                GuaranteePhase::Lodged | GuaranteePhase::Valid => Ok(()),
                phase => Err(Refusal::state_forbids(act.kind(), phase.name())),
            }
        }
        Act::GuaranteeClaimed(claim) => decide_claim(book, deposit, claim, act, by, at),
        Act::GuaranteePaid(payment) => {
            book.must_be_payee(by)?;
            let of = must_stand(deposit, &payment.forfeiture, act, ForfeiturePhase::Claimed)?;
            must_be_another(book, at, &of.decided_by)?;
            book.must_be_new(payment.reference.as_str(), at)?;
            must_be_dated(payment.value_date, Some(of.since), at)
        }
        Act::Swapped(swap) => decide_swap(book, deposit, swap, act, by, at),
        act => unclaimed::decide(book, deposit, act, by, at),
    }
}

fn guarantee<'a>(deposit: &'a DepositState, id: &ItemId) -> Result<&'a GuaranteeState, Refusal> {
    deposit.guarantees.get(id).ok_or_else(|| unknown("/guarantee", id.to_string()))
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
    let rule = &at.law.edition().deposits.guards.cover;
    let (issuer, number) = (lodging.issuer.name.as_str(), lodging.number.as_str());
    let counts = if rule.is_silent() { Lodged::knows } else { Lodged::holds };
    if counts(&book.guarantees, issuer, number) {
        return Err(Refusal::of_field("/number", Fault::Duplicate { id: lodging.number.to_string() }));
    }
    must_be_issued(lodging, at)?;
    let claimed_from = if rule.is_silent() { lodging.valid_from } else { lodging.valid_to };
    for (pointer, day, earlier) in [
        ("/valid_to", lodging.valid_to, lodging.valid_from.max(at.today())),
        ("/claim_by", lodging.claim_by, claimed_from),
    ] {
        if day < earlier {
            return Err(Refusal::of_field(pointer, Fault::DatesOutOfOrder { earlier: earlier.to_string() }));
        }
    }
    Ok(())
}

/// # Errors
/// The edition asks who issued it, under which licence, and that whoever did may issue such a form.
fn must_be_issued(lodging: &GuaranteeLodging, at: &Moment<'_>) -> Result<(), Refusal> {
    let terms = &at.law.edition().deposits.guarantees;
    if terms.rule.is_silent() {
        return Ok(());
    }
    let refused =
        |pointer: &str, fault: Fault| Err(Refusal::of_field(pointer, fault).citing(&terms.rule.id, &terms.rule.law));
    let Some(kind) = lodging.issuer_kind else { return refused("/issuer_kind", Fault::MissingField) };
    if lodging.licence.is_none() {
        return refused("/licence", Fault::MissingField);
    }
    if terms.takes(lodging.form, kind) {
        return Ok(());
    }
    let (form, kind) = (lodging.form.words(), kind.words());
    let words = (format!("{}不由{}开立", form.zh, kind.zh), format!("a {} does not issue a {}", kind.en, form.en));
    refused("/issuer_kind", Fault::inconsistent(words))
}

/// # Errors
/// It covers nothing yet.
fn must_be_in_force(guarantee: &GuaranteeState, at: &Moment<'_>) -> Result<(), Refusal> {
    let (rule, from) = (&at.law.edition().deposits.guards.cover, guarantee.valid_from);
    if rule.is_silent() || from <= at.today() {
        return Ok(());
    }
    let told = Refusal::new(
        &problem::STATE_FORBIDS,
        format!("保函自 {from} 起生效，此前不算担保"),
        format!("the guarantee is in force from {from} on, and covers nothing before"),
    );
    Err(told.citing(&rule.id, &rule.law))
}

/// # Errors
/// The edition asks for what shows that it is genuine.
fn must_be_evident(evidence: Option<&DocumentRef>, at: &Moment<'_>) -> Result<(), Refusal> {
    let rule = &at.law.edition().deposits.guarantees.rule;
    if evidence.is_some() || rule.is_silent() {
        return Ok(());
    }
    Err(Refusal::of_field("/evidence", Fault::MissingField).citing(&rule.id, &rule.law))
}

fn decide_claim(
    book: &DepositBook,
    deposit: &DepositState,
    claim: &GuaranteeClaim,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_be_amount(claim.amount, deposit.currency)?;
    if deposit.forfeitures.contains_key(&claim.id) {
        return Err(duplicate("/id", &claim.id));
    }
    let of = guarantee(deposit, &claim.guarantee)?;
    if !matches!(of.phase, GuaranteePhase::Valid | GuaranteePhase::Expired) {
        return Err(Refusal::state_forbids(act.kind(), of.phase.name()));
    }
    if of.claim_by < at.today() {
        return Err(Refusal::new(&problem::WINDOW_CLOSED, "索赔期已过", "the time for a claim is over"));
    }
    must_be_at_most(claim.amount, of.amount_minor - deposit.claimed_of(&claim.guarantee))?;
    must_be_forfeitable(book, deposit, &claim.ground, at)
}

fn decide_swap(
    book: &DepositBook,
    deposit: &DepositState,
    swap: &CoverSwap,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    if deposit.clock.is_some() {
        return Err(Refusal::state_forbids(act.kind(), "refund due"));
    }
    let of = guarantee(deposit, &swap.guarantee)?;
    let wanted = match swap.direction {
        SwapDirection::ToGuarantee => GuaranteePhase::Lodged,
        SwapDirection::ToMoney => GuaranteePhase::Valid,
    };
    if of.phase != wanted || deposit.claimed_of(&swap.guarantee) > 0 {
        return Err(Refusal::state_forbids(act.kind(), of.phase.name()));
    }
    if swap.direction == SwapDirection::ToGuarantee {
        must_be_evident(swap.evidence.as_ref(), at)?;
        must_be_in_force(of, at)?;
    }
    // Nothing would change places.
    if swap.direction == SwapDirection::ToGuarantee && book.freed_minor(deposit, of) == 0 {
        return Err(Refusal::state_forbids(act.kind(), "short"));
    }
    must_be_another(book, at, &of.lodged_by)
}

impl DepositState {
    /// What of a guarantee was claimed and is not paid yet.
    fn claimed_of(&self, guarantee: &ItemId) -> i64 {
        let source = ForfeitureSource::Guarantee(guarantee.clone());
        let claims = self.forfeitures.values().filter(|of| of.phase == ForfeiturePhase::Claimed && of.source == source);
        claims.map(|of| of.amount_minor).sum()
    }

    pub(super) fn cover_lines(&self, id: &ItemId, amount_minor: i64, begins: bool) -> Vec<JournalLine> {
        let cover = Heading::GuaranteeCover.of(id, self.currency);
        let against = Heading::GuaranteeControl.alone(self.currency);
        if begins {
            JournalLine::transfer(cover, against, amount_minor)
        } else {
            JournalLine::transfer(against, cover, amount_minor)
        }
    }
}

impl DepositBook {
    /// Money that nothing needs to be held for once a guarantee covers.
    fn freed_minor(&self, deposit: &DepositState, with: &GuaranteeState) -> i64 {
        let required = self.book.standing(&deposit.account(Heading::Required));
        let cover = deposit.cash_minor(&self.book) + deposit.guaranteed_minor() + with.amount_minor;
        self.book.standing(&deposit.account(Heading::Available)).min(cover - required).max(0)
    }

    /// What a guarantee moves.
    pub(super) fn cover_postings(&self, deposit: &DepositState, act: &Act) -> Vec<JournalLine> {
        let ends = |id: &ItemId| match deposit.guarantees.get(id) {
            Some(of) if of.phase == GuaranteePhase::Valid => deposit.cover_lines(id, of.amount_minor, false),
            // It never covered anything.
            _ => Vec::new(),
        };
        match act {
            Act::GuaranteeVerified(act) if act.outcome == GuaranteeCheck::Genuine => {
                let of = deposit.guarantees.get(&act.guarantee);
                of.map(|of| deposit.cover_lines(&act.guarantee, of.amount_minor, true)).unwrap_or_default()
            }
            Act::GuaranteeReleased(act) => ends(&act.guarantee),
            Act::GuaranteeExpired(act) => ends(&act.guarantee),
            Act::GuaranteePaid(act) => self.payment_lines(deposit, act),
            Act::Swapped(swap) => self.swap_lines(deposit, swap),
            act => self.unclaimed_lines(deposit, act),
        }
    }

    /// Cover becomes money in dispute.
    fn payment_lines(&self, deposit: &DepositState, act: &GuaranteePayment) -> Vec<JournalLine> {
        let Some(of) = deposit.forfeitures.get(&act.forfeiture) else { return Vec::new() };
        let ForfeitureSource::Guarantee(id) = &of.source else { return Vec::new() };
        let is_valid = deposit.guarantees.get(id).is_some_and(|of| of.phase == GuaranteePhase::Valid);
        let bank = Heading::CustodyBank.of(&deposit.bank, deposit.currency);
        [
            deposit.cover_lines(id, if is_valid { of.amount_minor } else { 0 }, false),
            JournalLine::transfer(bank, deposit.account(Heading::ForfeitedPending), of.amount_minor),
        ]
        .concat()
    }

    fn swap_lines(&self, deposit: &DepositState, swap: &CoverSwap) -> Vec<JournalLine> {
        let Some(of) = deposit.guarantees.get(&swap.guarantee) else { return Vec::new() };
        let (available, excess) = (deposit.account(Heading::Available), deposit.account(Heading::Excess));
        let (begins, moved) = match swap.direction {
            SwapDirection::ToGuarantee => {
                (true, JournalLine::transfer(available, excess, self.freed_minor(deposit, of)))
            }
            SwapDirection::ToMoney => {
                let required = self.book.standing(&deposit.account(Heading::Required));
                let left = deposit.cash_minor(&self.book) + deposit.guaranteed_minor() - of.amount_minor;
                (false, JournalLine::transfer(excess, available, (required - left).max(0)))
            }
        };
        [deposit.cover_lines(&swap.guarantee, of.amount_minor, begins), moved].concat()
    }

    pub(super) fn fold_cover(&mut self, id: &ItemId, act: &Act, place: &Place, law: Law<'_>) {
        match act {
            Act::GuaranteeLodged(lodging) => self.lodge(id, lodging, place),
            Act::GuaranteeVerified(act) => {
                let phase = match act.outcome {
                    GuaranteeCheck::Genuine => GuaranteePhase::Valid,
                    GuaranteeCheck::Refuted => GuaranteePhase::Refuted,
                };
                self.move_guarantee(id, &act.guarantee, phase);
                if phase == GuaranteePhase::Valid {
                    self.warn_before(id, &act.guarantee, place, law);
                }
            }
            Act::GuaranteeReleased(act) => {
                self.move_guarantee(id, &act.guarantee, GuaranteePhase::Released);
                let of = self.deposits.get(id).and_then(|deposit| deposit.guarantees.get(&act.guarantee));
                if let Some(of) = of {
                    self.guarantees.release(&of.issuer, &of.number);
                }
            }
            Act::GuaranteeExpired(act) => self.move_guarantee(id, &act.guarantee, GuaranteePhase::Expired),
            Act::GuaranteeClaimed(claim) => {
                let source = ForfeitureSource::Guarantee(claim.guarantee.clone());
                let decided = self.decided(id, source, (claim.amount, &claim.ground), place, law);
                let state = ForfeitureState { phase: ForfeiturePhase::Claimed, ..decided };
                self.with(id, |deposit| {
                    deposit.forfeitures.insert(claim.id.clone(), state);
                });
            }
            Act::GuaranteePaid(payment) => {
                self.references.insert(payment.reference.as_str());
                self.take_payment(id, &payment.forfeiture);
                self.open_appeal(id, &payment.forfeiture, place, law);
            }
            Act::Swapped(swap) => {
                let phase = match swap.direction {
                    SwapDirection::ToGuarantee => GuaranteePhase::Valid,
                    SwapDirection::ToMoney => GuaranteePhase::Released,
                };
                self.move_guarantee(id, &swap.guarantee, phase);
                if phase == GuaranteePhase::Valid {
                    self.warn_before(id, &swap.guarantee, place, law);
                }
            }
            act => self.fold_upkeep(id, act, place, law),
        }
    }

    fn lodge(&mut self, id: &ItemId, lodging: &GuaranteeLodging, place: &Place) {
        let issuer: Box<str> = lodging.issuer.name.as_str().into();
        self.covers.insert(lodging.id.clone());
        self.guarantees.lodge(&issuer, lodging.number.as_str());
        self.timers.at(end_of(lodging.valid_to), expiry(id, &lodging.id));
        let state = GuaranteeState {
            form: lodging.form,
            issuer,
            number: lodging.number.as_str().into(),
            amount_minor: lodging.amount.amount_minor,
            valid_from: lodging.valid_from,
            valid_to: lodging.valid_to,
            claim_by: lodging.claim_by,
            lodged_by: place.kid,
            phase: GuaranteePhase::Lodged,
            warning: None,
            warned: None,
            before_spent: None,
        };
        self.with(id, |deposit| {
            deposit.guarantees.insert(lodging.id.clone(), state);
        });
    }

    /// What was paid does not cover any more.
    fn take_payment(&mut self, id: &ItemId, forfeiture: &ItemId) {
        let of = self.deposits.get(id).and_then(|deposit| deposit.forfeitures.get(forfeiture));
        let Some((ForfeitureSource::Guarantee(guarantee), paid)) = of.map(|of| (of.source.clone(), of.amount_minor))
        else {
            return;
        };
        let mut left = 0;
        self.with(id, |deposit| {
            if let Some(of) = deposit.forfeitures.get_mut(forfeiture) {
                of.is_paid = true;
            }
            if let Some(of) = deposit.guarantees.get_mut(&guarantee) {
                of.amount_minor -= paid;
                left = of.amount_minor;
                of.before_spent = (left == 0).then_some((of.phase, of.warning));
            }
        });
        if left == 0 {
            self.move_guarantee(id, &guarantee, GuaranteePhase::Claimed);
        }
    }

    pub(super) fn move_guarantee(&mut self, id: &ItemId, guarantee: &ItemId, phase: GuaranteePhase) {
        let Some(state) = self.deposits.get_mut(id).and_then(|deposit| deposit.guarantees.get_mut(guarantee)) else {
            return;
        };
        state.phase = phase;
        let valid_to = state.valid_to;
        if phase != GuaranteePhase::Valid {
            self.timers.not_at(end_of(valid_to), expiry(id, guarantee));
            self.stop_warning(id, guarantee);
        }
    }
}

pub(super) fn expiry(deposit: &ItemId, guarantee: &ItemId) -> Awaited {
    Awaited::GuaranteeExpiry { deposit: deposit.clone(), guarantee: guarantee.clone() }
}
