//! 不予退还: what takes a ground, a second person and the time of an appeal, and may still be taken back.

use super::super::interest::BalanceStep;
use super::super::{Act, Forfeiture, ForfeitureOutcome};
use super::cover;
use super::decide::{duplicate, must_be_amount, must_be_another, must_be_at_most, unknown};
use super::refund::must_follow;
use super::timers::Awaited;
use super::{DepositBook, DepositState, ForfeiturePhase, ForfeitureSource, ForfeitureState, day_begins, day_of};
use crate::act::{Acts, Author, Moment, Place, must_rule};
use crate::field::{Day, Fault, ItemId, Money};
use crate::law::{DepositKind, ForfeitGround, ForfeitTo, Law, Running};
use crate::problem::{self, Refusal};
use crate::tender::Tender;

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
            must_be_another(book, at, &of.decided_by)?;
            let hold = match &of.source {
                ForfeitureSource::Hold(hold) => deposit.holds.get(hold),
                ForfeitureSource::Guarantee(_) => None,
            };
            if hold.is_none_or(|hold| hold.left_minor < of.amount_minor) {
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
            book.must_be_new(remittance.reference.as_str(), at)?;
            crate::act::must_be_past(remittance.value_date <= at.today(), "/value_date")?;
            let of = must_stand(deposit, &remittance.forfeiture, act, ForfeiturePhase::Final)?;
            must_follow(remittance.value_date, Some(of.since), at)
        }
        Act::ForfeitureAnnulled(annulment) => {
            must_rule(by, std::iter::once(&book.payee).chain(&deposit.payer))?;
            let of = known(deposit, &annulment.forfeiture)?;
            match of.phase {
                ForfeiturePhase::Final | ForfeiturePhase::Remitted => Ok(()),
                phase => Err(Refusal::state_forbids(act.kind(), phase.name())),
            }
        }
        Act::ForfeitureRecovered(recovery) => {
            book.must_be_payee(by)?;
            book.must_be_new(recovery.reference.as_str(), at)?;
            crate::act::must_be_past(recovery.value_date <= at.today(), "/value_date")?;
            let of = must_stand(deposit, &recovery.forfeiture, act, ForfeiturePhase::Annulled)?;
            must_follow(recovery.value_date, Some(of.since), at)
        }
        act => cover::decide(book, deposit, act, by, at),
    }
}

fn known<'a>(deposit: &'a DepositState, id: &ItemId) -> Result<&'a ForfeitureState, Refusal> {
    deposit.forfeitures.get(id).ok_or_else(|| unknown("/forfeiture", id.to_string()))
}

pub(super) fn must_stand<'a>(
    deposit: &'a DepositState,
    id: &ItemId,
    act: &Act,
    phase: ForfeiturePhase,
) -> Result<&'a ForfeitureState, Refusal> {
    let found = known(deposit, id)?;
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
    must_be_at_most(forfeiture.amount, hold.left_minor - hold.claimed_minor)?;
    must_be_forfeitable(book, deposit, &forfeiture.ground, at)
}

/// # Errors
/// `forfeiture-without-ground`: nothing of this kind is kept for good on it.
pub(super) fn must_be_forfeitable(
    book: &DepositBook,
    deposit: &DepositState,
    ground: &ItemId,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_be_listed(book, deposit, ground, ("不予退还须有法定事由", "a forfeiture rests on one of"), at)
}

/// Of a hold that names one.
///
/// # Errors
/// `forfeiture-without-ground`: nothing of this kind is held for it.
pub(super) fn must_have_ground(
    book: &DepositBook,
    deposit: &DepositState,
    ground: &ItemId,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_be_listed(
        book,
        deposit,
        ground,
        ("写明事由的冻结须依下列法定事由之一", "a hold that names a ground names one of"),
        at,
    )
}

/// # Errors
/// `forfeiture-without-ground`: one that the edition does not list for this kind.
fn must_be_listed(
    book: &DepositBook,
    deposit: &DepositState,
    ground: &ItemId,
    (zh, en): (&str, &str),
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let terms = &at.law.edition().deposits;
    let kind = book.kind(deposit, at);
    if let Some(found) = kind.and_then(|kind| kind.ground(ground)) {
        return must_have_won(deposit, found, at);
    }
    let known = kind.map(|kind| kind.grounds.iter().map(|ground| ground.id.as_str()).collect::<Vec<_>>());
    let known = known.unwrap_or_default();
    let words = (format!("{zh}：{}", known.join("、")), format!("{en}: {}", known.join(", ")));
    let rule = kind.map_or(&terms.basis, |kind| &kind.rule);
    let told = Refusal::of_field("/ground", Fault::inconsistent(words));
    Err(Refusal { problem: &problem::FORFEITURE_WITHOUT_GROUND, ..told }.citing(&rule.id, &rule.law))
}

/// # Errors
/// Only who won can have done it, and who bid here did not.
fn must_have_won(deposit: &DepositState, ground: &ForfeitGround, at: &Moment<'_>) -> Result<(), Refusal> {
    let Some(secured) = deposit.secures.as_ref().filter(|_| ground.of_winners) else { return Ok(()) };
    let Some(tender) = at.around.get::<Tender>(&secured.tender) else { return Ok(()) };
    let lot = tender.lots.iter().find(|lot| lot.id == secured.lot);
    // Who won once and refused has not won any more.
    if lot.is_none_or(|lot| deposit.bidder.as_ref().is_some_and(|bidder| lot.ever_won.contains(bidder))) {
        return Ok(());
    }
    let words = ("只适用于中标人，该交纳人未中标", "of a winner alone, and this payer did not win");
    let told = Refusal::of_field("/ground", Fault::inconsistent(words));
    Err(Refusal { problem: &problem::FORFEITURE_WITHOUT_GROUND, ..told }.citing(ground.id.as_str(), &ground.law))
}

impl DepositBook {
    pub(super) fn fold_forfeiture(&mut self, id: &ItemId, act: &Act, place: &Place, law: Law<'_>) {
        match act {
            Act::Forfeited(forfeiture) => self.take_forfeiture(id, forfeiture, place, law),
            Act::ForfeitureConfirmed(act) => self.confirm_forfeiture(id, &act.forfeiture, place, law),
            Act::ForfeitureAppealed(act) => {
                self.stop_appeal(id, &act.forfeiture);
                self.move_forfeiture(id, &act.forfeiture, ForfeiturePhase::Appealed, place);
            }
            Act::ForfeitureRuled(act) => match act.outcome {
                ForfeitureOutcome::Upheld => self.move_forfeiture(id, &act.forfeiture, ForfeiturePhase::Final, place),
                ForfeitureOutcome::Overturned => self.restore(id, &act.forfeiture, place),
            },
            Act::ForfeitureFinal(act) => {
                self.stop_appeal(id, &act.forfeiture);
                self.move_forfeiture(id, &act.forfeiture, ForfeiturePhase::Final, place);
            }
            Act::ForfeitureRemitted(act) => {
                self.references.insert(act.reference.as_str());
                self.move_forfeiture(id, &act.forfeiture, ForfeiturePhase::Remitted, place);
            }
            Act::ForfeitureAnnulled(act) => self.annul(id, &act.forfeiture, place),
            Act::ForfeitureRecovered(act) => {
                self.references.insert(act.reference.as_str());
                self.move_forfeiture(id, &act.forfeiture, ForfeiturePhase::Overturned, place);
            }
            act => self.fold_cover(id, act, place, law),
        }
    }

    /// As one person decided it, and nobody confirmed it yet.
    pub(super) fn decided(
        &self,
        id: &ItemId,
        source: ForfeitureSource,
        (amount, ground): (Money, &ItemId),
        place: &Place,
        law: Law<'_>,
    ) -> ForfeitureState {
        ForfeitureState {
            source,
            amount_minor: amount.amount_minor,
            ground: ground.clone(),
            to: self.heir_of(id, ground, law),
            decided_by: place.kid,
            phase: ForfeiturePhase::Decided,
            appeal: None,
            since: day_of(place),
            is_paid: false,
        }
    }

    fn heir_of(&self, id: &ItemId, ground: &ItemId, law: Law<'_>) -> ForfeitTo {
        let ground = self.kind_of(id, law).and_then(|kind| kind.ground(ground));
        ground.map_or(ForfeitTo::Treasury, |ground| ground.to)
    }

    fn take_forfeiture(&mut self, id: &ItemId, forfeiture: &Forfeiture, place: &Place, law: Law<'_>) {
        let source = ForfeitureSource::Hold(forfeiture.hold.clone());
        let state = self.decided(id, source, (forfeiture.amount, &forfeiture.ground), place, law);
        self.with(id, |deposit| {
            if let Some(hold) = deposit.holds.get_mut(&forfeiture.hold) {
                hold.claimed_minor += state.amount_minor;
            }
            deposit.forfeitures.insert(forfeiture.id.clone(), state);
        });
    }

    fn confirm_forfeiture(&mut self, id: &ItemId, forfeiture: &ItemId, place: &Place, law: Law<'_>) {
        self.open_appeal(id, forfeiture, place, law);
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let Some(state) = deposit.forfeitures.get(forfeiture) else { return };
        let ForfeitureSource::Hold(hold) = state.source.clone() else { return };
        let amount = state.amount_minor;
        deposit.steps.push(BalanceStep { day: day_of(place), change_minor: -amount });
        if let Some(hold) = deposit.holds.get_mut(&hold) {
            hold.claimed_minor -= amount;
        }
        self.lessen(id, &hold, amount);
    }

    /// The time of an appeal begins.
    pub(super) fn open_appeal(&mut self, id: &ItemId, forfeiture: &ItemId, place: &Place, law: Law<'_>) {
        let running = Running::new(day_begins(day_of(place)), law.edition().deposits.appeal.period());
        let Some(state) = self.deposits.get_mut(id).and_then(|deposit| deposit.forfeitures.get_mut(forfeiture)) else {
            return;
        };
        (state.phase, state.appeal) = (ForfeiturePhase::Appealable, Some(running));
        self.timers.run(running, last(id, forfeiture));
    }

    fn move_forfeiture(&mut self, id: &ItemId, forfeiture: &ItemId, phase: ForfeiturePhase, place: &Place) {
        self.with(id, |deposit| {
            if let Some(state) = deposit.forfeitures.get_mut(forfeiture) {
                (state.phase, state.since) = (phase, day_of(place));
            }
        });
    }

    fn stop_appeal(&mut self, id: &ItemId, forfeiture: &ItemId) {
        let running = self.deposits.get(id).and_then(|deposit| deposit.forfeitures.get(forfeiture)?.appeal);
        if let Some(running) = running {
            self.timers.stop(running, &last(id, forfeiture));
        }
    }

    /// It is there again as if it had never been set aside: with interest from that day on.
    fn restore(&mut self, id: &ItemId, forfeiture: &ItemId, place: &Place) {
        self.move_forfeiture(id, forfeiture, ForfeiturePhase::Overturned, place);
        let Some(state) = self.deposits.get(id).and_then(|deposit| deposit.forfeitures.get(forfeiture)) else { return };
        let Some(running) = state.appeal else { return };
        let (day, amount): (Day, i64) = (running.since.shanghai_day().into(), state.amount_minor);
        self.with(id, |deposit| deposit.steps.push(BalanceStep { day, change_minor: amount }));
        self.count_backdated(id, day, amount);
    }

    /// What was final is not; what the treasury has is waited for. A refund that was over begins again.
    fn annul(&mut self, id: &ItemId, forfeiture: &ItemId, place: &Place) {
        let of = self.deposits.get(id).and_then(|deposit| deposit.forfeitures.get(forfeiture));
        let Some((phase, to)) = of.map(|of| (of.phase, of.to)) else { return };
        if phase == ForfeiturePhase::Remitted {
            self.note_annulled_remittance(id, forfeiture);
        }
        self.restore(id, forfeiture, place);
        if (phase, to) == (ForfeiturePhase::Remitted, ForfeitTo::Treasury) {
            self.move_forfeiture(id, forfeiture, ForfeiturePhase::Annulled, place);
        }
        self.note_annulled(id, place);
        self.restart_clock(id, place);
    }
}

pub(super) fn last(deposit: &ItemId, forfeiture: &ItemId) -> Awaited {
    Awaited::ForfeitureFinal { deposit: deposit.clone(), forfeiture: forfeiture.clone() }
}
