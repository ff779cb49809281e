//! 核定与补足: what is asked as things change, and the clocks of what is missing or too much then.

use super::super::book::{Heading, JournalLine};
use super::super::{Act, DepositAssessment};
use super::asked::{self, Asked};
use super::decide::must_have_rule;
use super::timers::Awaited;
use super::{DepositBook, DepositState, ForfeiturePhase, day_begins, day_of, require};
use crate::act::{Author, Moment, Place, Role, Stream};
use crate::credit::{Credit, CreditId};
use crate::field::{Fault, Instant, ItemId, Money, OrganisationId};
use crate::law::{DepositKind, Grade, Law, Running, part};
use crate::problem::{self, Refusal};

/// Something is missing of a deposit that was whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopUpState {
    /// The service is to demand it.
    Missing { since: Instant },
    /// It was demanded, and its time runs.
    Demanded { running: Running, entry: u64 },
    /// Its time is over.
    Overdue { entry: u64 },
}

/// There is more than is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurplusState {
    pub running: Running,
    /// The entry that says that its time is over.
    pub overdue: Option<u64>,
}

/// What a deposit is assessed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssessmentInputs {
    pub base: Money,
    pub score: Option<u8>,
    pub grade: Option<Grade>,
}

impl DepositState {
    /// What has to come in again: what was forfeited is not asked for a second time.
    pub fn missing_minor(&self, book: &DepositBook) -> i64 {
        let is_gone =
            |phase| !matches!(phase, ForfeiturePhase::Decided | ForfeiturePhase::Claimed | ForfeiturePhase::Overturned);
        let gone: i64 = self.forfeitures.values().filter(|of| is_gone(of.phase)).map(|of| of.amount_minor).sum();
        (self.shortfall_minor(&book.book) - gone).max(0)
    }

    /// The time of a demand, while it runs.
    pub fn topup_running(&self) -> Option<Running> {
        match self.topup {
            Some(TopUpState::Demanded { running, .. }) => Some(running),
            _ => None,
        }
    }

    /// The entry that says that what was demanded did not come.
    pub fn topup_overdue(&self) -> Option<u64> {
        match self.topup {
            Some(TopUpState::Overdue { entry }) => Some(entry),
            _ => None,
        }
    }

    fn topup(&self) -> (Awaited, Awaited) {
        (Awaited::TopUp { deposit: self.id.clone() }, Awaited::TopUpOverdue { deposit: self.id.clone() })
    }

    pub(super) fn awaited_surplus(&self) -> Awaited {
        Awaited::SurplusOverdue { deposit: self.id.clone() }
    }
}

impl DepositBook {
    /// The most that may be asked of somebody.
    fn most_minor(&self, deposit: &DepositState, kind: &DepositKind, by: &AssessmentInputs, law: Law<'_>) -> i64 {
        let ratio = self.schemes.get(&deposit.scheme).map_or(0, |scheme| scheme.publication.ratio_ppm);
        let terms = &law.edition().deposits;
        let result = by.score.map_or(crate::law::WHOLE_PPM, |score| terms.reduction.ratio_ppm(score));
        part(part(kind.cap(by.base, ratio), result), terms.assessment.ratio_ppm(by.grade))
    }

    /// What the service assesses now: each year, and when the payer's grade makes another sum of it. None where nothing is due.
    pub fn due_assessment(
        &self,
        deposit: &DepositState,
        grade: Option<Grade>,
        now: Instant,
        law: Law<'_>,
    ) -> Option<DepositAssessment> {
        let terms = &law.edition().deposits.assessment;
        if terms.rule.is_silent() || deposit.clock.is_some() || deposit.is_divided() {
            return None;
        }
        let base = Money { currency: deposit.currency, amount_minor: deposit.base_minor };
        let inputs = AssessmentInputs { base, score: deposit.score, grade };
        let most = self.most_minor(deposit, self.kind_of(&deposit.id, law)?, &inputs, law);
        let required = deposit.asked_minor.min(most);
        let running = Running::new(day_begins(deposit.assessed.shanghai_day().into()), terms.period());
        let is_due = law.is_over(running, now) || required != deposit.required_minor;
        is_due.then(|| DepositAssessment {
            deposit: deposit.id.clone(),
            base,
            score: deposit.score,
            grade,
            required: Money { amount_minor: required, ..base },
            rule: terms.rule.id.parse().expect("an id of a rule is a short line"),
        })
    }

    /// The requirement moves; then what is missing is covered by what was too much, or what is free becomes too much.
    pub(super) fn assessment_lines(&self, deposit: &DepositState, act: &DepositAssessment) -> Vec<JournalLine> {
        let account = |heading: Heading| deposit.account(heading);
        let standing = |heading: Heading| self.book.standing(&account(heading));
        let (before, after) = (standing(Heading::Required), act.required.amount_minor);
        let control = Heading::RequirementControl.alone(deposit.currency);
        let cover = deposit.cash_minor(&self.book) + deposit.guaranteed_minor();
        let (available, excess) = (account(Heading::Available), account(Heading::Excess));
        let moved = if after < cover {
            JournalLine::transfer(available, excess, (cover - after).min(standing(Heading::Available)))
        } else {
            JournalLine::transfer(excess, available, (after - cover).min(standing(Heading::Excess)))
        };
        let required = if after > before {
            JournalLine::transfer(account(Heading::Required), control, after - before)
        } else {
            JournalLine::transfer(control, account(Heading::Required), before - after)
        };
        [required, moved].concat()
    }

    pub(super) fn fold_upkeep(&mut self, id: &ItemId, act: &Act, place: &Place, law: Law<'_>) {
        match act {
            Act::Assessed(assessment) => self.assess(id, assessment, place),
            Act::TopUpDemanded(_) => self.demand(id, place, law),
            Act::TopUpOverdue(_) => self.topup_is_overdue(id, place),
            Act::SurplusOverdue(_) => self.surplus_is_overdue(id, place),
            Act::GuaranteeExpiring(act) => {
                self.stop_warning(id, &act.guarantee);
                self.with(id, |deposit| {
                    if let Some(of) = deposit.guarantees.get_mut(&act.guarantee) {
                        of.warned = Some(place.index);
                    }
                });
            }
            act => self.fold_unclaimed(id, act, place, law),
        }
    }

    fn assess(&mut self, id: &ItemId, act: &DepositAssessment, place: &Place) {
        let is_payee = place.author == self.payee;
        self.with(id, |deposit| {
            deposit.base_minor = act.base.amount_minor;
            deposit.score = act.score;
            deposit.required_minor = act.required.amount_minor;
            deposit.assessed = place.time;
            if is_payee {
                deposit.asked_minor = act.required.amount_minor;
            }
        });
    }

    /// Clocks of what is missing and what is too much follow the balances; once the refund is due there are none.
    pub(super) fn watch_cover(&mut self, id: &ItemId, place: &Place, law: Law<'_>) {
        let terms = &law.edition().deposits;
        let Some(deposit) = self.deposits.get(id) else { return };
        let (is_over, missing) = (deposit.clock.is_some(), deposit.missing_minor(self));
        let surplus = self.book.standing(&deposit.account(Heading::Excess));
        let ((wanted, overdue), too_much) = (deposit.topup(), deposit.awaited_surplus());
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        deposit.was_whole |= missing == 0;
        match deposit.topup {
            None if !is_over && missing > 0 && deposit.was_whole && !terms.topup.rule.is_silent() => {
                deposit.topup = Some(TopUpState::Missing { since: place.time });
                self.timers.at(place.time, wanted);
            }
            Some(state) if is_over || missing == 0 => {
                deposit.topup = None;
                match state {
                    TopUpState::Missing { since } => self.timers.not_at(since, wanted),
                    TopUpState::Demanded { running, .. } => self.timers.stop(running, &overdue),
                    TopUpState::Overdue { .. } => {}
                }
            }
            _ => {}
        }
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        match deposit.surplus {
            None if !is_over && surplus > 0 && !terms.surplus.rule.is_silent() => {
                let running = Running::new(day_begins(day_of(place)), terms.surplus.period());
                deposit.surplus = Some(SurplusState { running, overdue: None });
                self.timers.run(running, too_much);
            }
            Some(state) if is_over || surplus == 0 => {
                deposit.surplus = None;
                self.timers.stop(state.running, &too_much);
            }
            _ => {}
        }
        if is_over {
            self.stop_warnings(id);
        }
    }

    fn demand(&mut self, id: &ItemId, place: &Place, law: Law<'_>) {
        let running = Running::new(day_begins(day_of(place)), law.edition().deposits.topup.period());
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let (wanted, overdue) = deposit.topup();
        if let Some(TopUpState::Missing { since }) = deposit.topup {
            self.timers.not_at(since, wanted);
        }
        deposit.topup = Some(TopUpState::Demanded { running, entry: place.index });
        self.timers.run(running, overdue);
    }

    /// What was missing before is missing again, for as long as then: `watch_cover` looks whether it is.
    pub(super) fn demand_again(&mut self, id: &ItemId, before: Option<TopUpState>) {
        let Some(deposit) = self.deposits.get_mut(id).filter(|deposit| deposit.topup.is_none()) else { return };
        let (wanted, overdue) = deposit.topup();
        deposit.topup = before;
        match before {
            Some(TopUpState::Missing { since }) => self.timers.at(since, wanted),
            Some(TopUpState::Demanded { running, .. }) => self.timers.run(running, overdue),
            Some(TopUpState::Overdue { .. }) | None => {}
        }
    }

    fn topup_is_overdue(&mut self, id: &ItemId, place: &Place) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        if let Some(TopUpState::Demanded { running, .. }) = deposit.topup {
            self.timers.stop(running, &deposit.topup().1);
        }
        deposit.topup = Some(TopUpState::Overdue { entry: place.index });
    }

    fn surplus_is_overdue(&mut self, id: &ItemId, place: &Place) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let awaited = deposit.awaited_surplus();
        if let Some(state) = &mut deposit.surplus {
            state.overdue = Some(place.index);
            self.timers.stop(state.running, &awaited);
        }
    }

    /// A guarantee that covers is warned of in time: at once where little of that is left.
    pub(super) fn warn_before(&mut self, id: &ItemId, guarantee: &ItemId, place: &Place, law: Law<'_>) {
        let terms = &law.edition().deposits.guarantees;
        let Some(of) = self.deposits.get_mut(id).and_then(|deposit| deposit.guarantees.get_mut(guarantee)) else {
            return;
        };
        if terms.rule.is_silent() {
            return;
        }
        let early = of.valid_to.date().checked_sub_days(chrono::Days::new(terms.warning_days.into()));
        let when = early.map_or(place.time, Instant::start_of_shanghai_day).max(place.time);
        of.warning = Some(when);
        self.timers.at(when, warning(id, guarantee));
    }

    /// Nobody is warned of it any more.
    pub(super) fn stop_warning(&mut self, id: &ItemId, guarantee: &ItemId) {
        let of = self.deposits.get_mut(id).and_then(|deposit| deposit.guarantees.get_mut(guarantee));
        if let Some(when) = of.and_then(|of| of.warning.take()) {
            self.timers.not_at(when, warning(id, guarantee));
        }
    }

    fn stop_warnings(&mut self, id: &ItemId) {
        let Some(deposit) = self.deposits.get(id) else { return };
        let waiting = deposit.guarantees.iter().filter(|(_, of)| of.warning.is_some());
        let waiting: Vec<ItemId> = waiting.map(|(guarantee, _)| guarantee.clone()).collect();
        for guarantee in waiting {
            self.stop_warning(id, &guarantee);
        }
    }
}

pub(super) fn warning(deposit: &ItemId, guarantee: &ItemId) -> Awaited {
    Awaited::GuaranteeExpiring { deposit: deposit.clone(), guarantee: guarantee.clone() }
}

/// Where a payer's grade is looked up.
pub(super) fn credit_of(payer: Option<&OrganisationId>) -> Option<Stream> {
    payer.map(|payer| Stream::of(&CreditId(payer.clone())))
}

/// # Errors
/// The edition is silent; another grade or rule than there is; more than the rule allows; by the service, what is not due.
pub(super) fn decide_assessment(
    book: &DepositBook,
    deposit: &DepositState,
    act: &DepositAssessment,
    kind: &'static str,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let terms = &at.law.edition().deposits;
    let rule = &terms.assessment.rule;
    must_have_rule(rule, at)?;
    if deposit.clock.is_some() {
        return Err(Refusal::state_forbids(kind, "refund due"));
    }
    let payer = deposit.payer.as_ref().map(|payer| CreditId(payer.clone()));
    let grade = payer.and_then(|payer| at.around.get::<Credit>(&payer)).map(|credit| credit.last.grade);
    if by.roles.has(Role::Service) {
        let due = book.due_assessment(deposit, grade, at.now, at.law);
        return if due.as_ref() == Some(act) { Ok(()) } else { Err(Refusal::state_forbids(kind, "not due")) };
    }
    book.must_be_payee(by)?;
    if act.base.currency != deposit.currency {
        let words = ("币种须与保证金一致", "of another currency than the deposit");
        return Err(Refusal::of_field("/base/currency", Fault::inconsistent(words)));
    }
    if act.rule.as_str() != rule.id {
        let words = (format!("现行规则为 {}", rule.id), format!("the rule in force is {}", rule.id));
        return Err(Refusal::of_field("/rule", Fault::inconsistent(words)));
    }
    if act.grade != grade {
        let now = grade.map_or("—", Grade::name);
        let words = (format!("交纳人当前信用等级为 {now}"), format!("the payer's grade is {now}"));
        return Err(Refusal::of_field("/grade", Fault::inconsistent(words)));
    }
    let Some(of_kind) = book.kind(deposit, at) else { return Err(Refusal::state_forbids(kind, "no kind")) };
    require::must_fit_lot(book, of_kind, deposit.secures.as_ref(), act.base, at)?;
    let inputs = AssessmentInputs { base: act.base, score: act.score, grade };
    let most = book.most_minor(deposit, of_kind, &inputs, at.law);
    // The cap is that of the whole: parts are never asked for more than they took along.
    let most = if deposit.is_divided() { most.min(deposit.required_minor) } else { most };
    let by_bidder = at.law.edition().deposits.guards.asked.by_bidder;
    let asked = Asked {
        deposit: Some(&deposit.id),
        kind: of_kind,
        payer: (if by_bidder { &deposit.bidder } else { &deposit.payer }).as_ref(),
        secures: deposit.secures.as_ref(),
        base: act.base,
        required_minor: act.required.amount_minor,
        most_minor: most,
    };
    asked::must_be_allowed(book, &asked, at)?;
    if act.required.amount_minor <= most {
        return Ok(());
    }
    let words =
        (format!("至多 {most}（最小货币单位）：{}", rule.zh), format!("at most {most} minor units: {}", rule.en));
    let told = Refusal::of_field("/required/amount_minor", Fault::inconsistent(words));
    Err(Refusal { problem: &problem::DEPOSIT_ABOVE_CAP, ..told }.citing(&rule.id, &rule.law))
}
