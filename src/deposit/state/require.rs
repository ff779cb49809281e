//! Legality first: which schemes the law allows, and how much may be asked under them.

use super::super::{BankReceipt, DepositNotice, PayerAccountKind, ProcurementElsewhere, SchemePublication, SecuredLot};
use super::asked::{self, Asked};
use super::decide::unknown;
use super::{DepositBook, DepositBookId, DepositState, SchemeState};
use crate::act::{Author, Moment, Role, Stream, must_have};
use crate::field::{Day, Fault, FieldFault, Money};
use crate::law::{CapBase, DepositForm, DepositKind, DepositShape, DepositTerms, ProcurementTerms, WHOLE_PPM, part};
use crate::problem::{self, Refusal};
use crate::tender::{LotState, Tender};

/// # Errors
/// `deposit-kind-without-legal-basis` with the citation, and what of the scheme goes beyond its kind.
pub(super) fn decide_scheme(
    state: Option<&DepositBook>,
    scheme: &SchemePublication,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    if Stream::of(&DepositBookId(by.id.clone())) != *at.on || by.roles.has(Role::Service) {
        let (zh, en) =
            ("保证金方案只能由收取人自己公布", "a scheme is published by the payee itself, on its own stream");
        return Err(Refusal::stream_mismatch("/sub", zh, en));
    }
    let terms = &at.law.edition().deposits;
    let kind = terms.kind(&scheme.kind, at.today()).ok_or_else(|| no_basis(terms, scheme))?;
    match kind.shape {
        DepositShape::InternalBonus | DepositShape::Damages => {
            must_have(by, &[Role::Enterprise, Role::Centre, Role::ProcuringUnit])?;
        }
        DepositShape::Statutory | DepositShape::Historic => must_have(by, &[Role::Centre, Role::ProcuringUnit])?,
    }
    if let Some(known) = state.and_then(|book| book.schemes.get(&scheme.id)) {
        return must_only_add_rates(known, scheme, at.today());
    }
    let mut faults = exceeds(scheme, kind);
    faults.extend(bears_nothing(scheme, kind, at));
    if faults.is_empty() {
        return Ok(());
    }
    let told = Refusal::fields(faults);
    Err(Refusal { problem: &problem::DEPOSIT_KIND_WITHOUT_LEGAL_BASIS, ..told }.citing(&kind.rule.id, &kind.rule.law))
}

fn no_basis(terms: &DepositTerms, scheme: &SchemePublication) -> Refusal {
    let fault = match terms.unlawful(&scheme.kind) {
        Some(deposit) => Fault::inconsistent((
            format!("不得收取{}（{}）", deposit.zh, deposit.law),
            format!("{} may not be taken ({})", deposit.en, deposit.law),
        )),
        None => {
            let known = terms.kinds.iter().map(|kind| kind.id.as_str()).collect::<Vec<_>>();
            Fault::inconsistent((
                format!("现行法规版本中没有这种保证金，应为 {} 之一", known.join("、")),
                format!("the edition in force knows no such deposit: one of {}", known.join(", ")),
            ))
        }
    };
    let told = Refusal::of_field("/kind", fault);
    let rule = &terms.basis;
    Refusal { problem: &problem::DEPOSIT_KIND_WITHOUT_LEGAL_BASIS, ..told }.citing(&rule.id, &rule.law)
}

/// Under the same id it is the same scheme, with more rates behind those that there are.
fn must_only_add_rates(known: &SchemeState, scheme: &SchemePublication, today: Day) -> Result<(), Refusal> {
    let before = &known.publication;
    let same = SchemePublication { rates: before.rates.clone(), ..scheme.clone() };
    if same == *before && scheme.rates.len() > before.rates.len() && scheme.rates.starts_with(&before.rates) {
        // No rate is changed for days that are over.
        let past = scheme.rates.iter().enumerate().skip(before.rates.len()).find(|(_, rate)| rate.from < today);
        return match past {
            Some((at, _)) => {
                let fault = Fault::DatesOutOfOrder { earlier: today.to_string() };
                Err(Refusal::of_field(format!("/rates/{at}/from"), fault))
            }
            None => Ok(()),
        };
    }
    let words = (
        "同一编号的方案只能追加利率，其余内容不得更改",
        "under the same id nothing changes but rates that are added behind those there are",
    );
    Err(Refusal::of_field("/id", Fault::inconsistent(words)))
}

/// What of a scheme the law does not allow for its kind.
fn exceeds(scheme: &SchemePublication, kind: &DepositKind) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut beyond = |pointer: String, zh: String, en: String| {
        faults.push(FieldFault::new(pointer, Fault::inconsistent((zh, en))));
    };
    if !kind.rests_on(scheme.article.as_str()) {
        let articles = kind.articles.join("、");
        beyond(
            "/article".into(),
            format!("{}应依据 {articles} 之一", kind.zh),
            format!("this kind rests on one of {articles}"),
        );
    }
    if scheme.ratio_ppm > kind.cap_ppm {
        let (most, of) = (kind.cap_ppm, kind.base.words());
        beyond(
            "/ratio_ppm".into(),
            format!("不得超过{}的百万分之 {most}（{}）", of.zh, kind.rule.law),
            format!("at most {most} parts per million of {} ({})", of.en, kind.rule.law),
        );
    }
    for (at, form) in scheme.forms.iter().enumerate().filter(|(_, form)| !kind.forms.contains(form)) {
        let words = form.words();
        let (zh, en) = (format!("{}不以{}交纳", kind.zh, words.zh), format!("this kind is not given by {}", words.en));
        beyond(format!("/forms/{at}"), zh, en);
    }
    let refused: Vec<_> = kind.must_accept.iter().filter(|form| !scheme.forms.contains(form)).collect();
    if !refused.is_empty() {
        let [zh, en] = [
            refused.iter().map(|form| form.words().zh).collect::<Vec<_>>().join("、"),
            refused.iter().map(|form| form.words().en).collect::<Vec<_>>().join(", "),
        ];
        beyond(
            "/forms".into(),
            format!("不得拒绝以{zh}交纳，不得只收现金（保障中小企业款项支付条例第十三条）"),
            format!("{en} may not be refused, nor cash alone be taken"),
        );
    }
    match (kind.refund.period(), scheme.refund_days) {
        (Some(_), Some(_)) => beyond(
            "/refund_days".into(),
            format!("退还期限由法律规定（{}）", kind.rule.law),
            format!("the law sets the time of the refund ({})", kind.rule.law),
        ),
        (None, None) => {
            beyond("/refund_days".into(), "须写明退还期限".into(), "it has to say when it goes back".into());
        }
        (Some(_), None) | (None, Some(_)) => {}
    }
    if kind.interest && scheme.rates.is_empty() {
        beyond(
            "/rates".into(),
            format!("须退还银行同期存款利息（{}）", kind.rule.law),
            format!("bank interest goes back with it ({})", kind.rule.law),
        );
    }
    if let Some(region) = kind.region
        && !scheme.region.is_some_and(|said| region.includes(said))
    {
        beyond("/region".into(), format!("只在 {region} 有依据"), format!("it has a basis only in {region}"));
    }
    faults
}

/// Where interest goes back, there is some from the first day on, as the edition has it.
fn bears_nothing(scheme: &SchemePublication, kind: &DepositKind, at: &Moment<'_>) -> Option<FieldFault> {
    let rule = &at.law.edition().deposits.guards.rates;
    let first = scheme.rates.first().filter(|_| kind.interest && !rule.is_silent())?;
    let said = |pointer: &str| FieldFault::new(pointer, Fault::inconsistent((&*rule.zh, &*rule.en)));
    if first.from > at.today() {
        return Some(said("/rates/0/from"));
    }
    let zero = scheme.rates.iter().position(|rate| rate.rate_ppm == 0)?;
    Some(said(&format!("/rates/{zero}/rate_ppm")))
}

/// Whether so much may be asked of this payer.
///
/// # Errors
/// Above what the law caps, or a result allows; somebody who can't pay it; a lot that is not the payee's.
pub(super) fn must_be_required(
    book: &DepositBook,
    scheme: &SchemeState,
    notice: &DepositNotice,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let terms = &at.law.edition().deposits;
    let kind = terms.kind(scheme.kind(), at.today()).ok_or_else(|| no_basis(terms, &scheme.publication))?;
    if notice.base.currency != scheme.publication.currency {
        let words = ("币种须与方案一致", "of another currency than its scheme");
        return Err(Refusal::of_field("/base/currency", Fault::inconsistent(words)));
    }
    if (kind.shape == DepositShape::InternalBonus) != notice.person.is_some() {
        let (pointer, words) = if notice.person.is_some() {
            ("/person", ("只有企业内部递延奖金以个人为对象", "only a deferred bonus is of a person"))
        } else {
            ("/payer", ("企业内部递延奖金以个人（密封）为对象", "a deferred bonus is of a person, sealed"))
        };
        return Err(Refusal::of_field(pointer, Fault::inconsistent(words)).citing(&kind.rule.id, &kind.rule.law));
    }
    if notice.payer.as_ref() == Some(&book.payee) {
        let words = ("收取人不向自己交纳", "nobody pays itself");
        return Err(Refusal::of_field("/payer", Fault::inconsistent(words)));
    }
    let cap = kind.cap(notice.base, scheme.publication.ratio_ppm);
    let ratio = notice.score.map_or(WHOLE_PPM, |score| terms.reduction.ratio_ppm(score));
    let most = part(cap, ratio);
    if notice.required.amount_minor > most {
        let rule = if ratio < WHOLE_PPM { &terms.reduction.rule } else { &kind.rule };
        let words =
            (format!("至多 {most}（最小货币单位）：{}", rule.zh), format!("at most {most} minor units: {}", rule.en));
        let told = Refusal::of_field("/required/amount_minor", Fault::inconsistent(words));
        return Err(Refusal { problem: &problem::DEPOSIT_ABOVE_CAP, ..told }.citing(&rule.id, &rule.law));
    }
    must_name_procurement(kind, notice, at)?;
    must_fit_lot(book, kind, notice.secures.as_ref(), notice.base, at)?;
    asked::must_leave_time(notice.pay_by, at)?;
    let asked = Asked {
        deposit: None,
        kind,
        payer: notice.payer.as_ref(),
        secures: notice.secures.as_ref(),
        base: notice.base,
        required_minor: notice.required.amount_minor,
        most_minor: most,
    };
    asked::must_be_allowed(book, &asked, at)?;
    must_not_tell_who_bids(kind, notice.secures.as_ref(), at)
}

/// # Errors
/// Nobody could check of what the cap is a part; or what is elsewhere is not opened, or is here.
fn must_name_procurement(kind: &DepositKind, notice: &DepositNotice, at: &Moment<'_>) -> Result<(), Refusal> {
    let ProcurementTerms { kinds, rule } = &at.law.edition().deposits.guards.procurement;
    if rule.is_silent() || !kinds.contains(&kind.id) {
        return Ok(());
    }
    let fault = match (&notice.secures, &notice.procurement) {
        (Some(_), _) => return Ok(()),
        (None, Some(elsewhere)) if elsewhere.opened > at.today() => {
            ("/procurement/opened", Fault::inconsistent(("开标日尚未到来", "it is still to be opened")))
        }
        (None, Some(elsewhere)) if is_here(elsewhere, at) => {
            let words = ("该项目在本日志中，应写明标段（secures）", "it is in this log: name its lot (secures)");
            ("/procurement/code", Fault::inconsistent(words))
        }
        (None, Some(_)) => return Ok(()),
        (None, None) => ("/secures", Fault::MissingField),
    };
    Err(Refusal::of_field(fault.0, fault.1).citing(&rule.id, &rule.law))
}

fn is_here(elsewhere: &ProcurementElsewhere, at: &Moment<'_>) -> bool {
    elsewhere.as_tender().is_some_and(|code| at.around.get::<Tender>(&code).is_some())
}

/// # Errors
/// The bids of the lot are not opened, and nobody is to know who will bid.
fn must_not_tell_who_bids(kind: &DepositKind, secures: Option<&SecuredLot>, at: &Moment<'_>) -> Result<(), Refusal> {
    let terms = &at.law.edition().deposits.secrecy;
    let Some(secured) = secures.filter(|_| terms.kinds.contains(&kind.id)) else { return Ok(()) };
    let tender = at.around.get::<Tender>(&secured.tender);
    if !tender.is_some_and(|tender| tender.keeps_bidders_secret(&secured.lot)) {
        return Ok(());
    }
    let rule = &terms.rule;
    Err(Refusal::new(&problem::STATE_FORBIDS, rule.zh.as_str(), rule.en.as_str()).citing(&rule.id, &rule.law))
}

/// What was published of a lot that a kind's base is, where it is an estimate: what is settled or agreed is not in the tender's records.
pub(super) fn estimate_of(kind: &DepositKind, tender: &Tender, lot: &LotState) -> Option<Money> {
    match kind.base {
        CapBase::Estimate | CapBase::Budget => lot.estimate.or(tender.estimate),
        CapBase::Contract | CapBase::Settlement | CapBase::Agreement => None,
    }
}

/// The lot is the payee's, and is estimated at no less than the base.
///
/// # Errors
/// One of nobody, of another buyer, or a base above its estimate.
pub(super) fn must_fit_lot(
    book: &DepositBook,
    kind: &DepositKind,
    secures: Option<&SecuredLot>,
    base: Money,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let Some(secured) = secures else { return Ok(()) };
    if at.around.lacks::<Tender>(&secured.tender) {
        return Err(unknown("/secures/tender", secured.tender.to_string()));
    }
    // Nobody here could know of one that is not at hand.
    let Some(tender) = at.around.get::<Tender>(&secured.tender) else { return Ok(()) };
    let lot = tender.lots.iter().find(|lot| lot.id == secured.lot);
    let lot = lot.ok_or_else(|| unknown("/secures/lot", secured.lot.to_string()))?;
    if !tender.is_bought_by(&book.payee) {
        let words = ("不是该项目的采购人或采购中心", "the payee does not buy in this tender");
        return Err(Refusal::of_field("/secures/tender", Fault::inconsistent(words)));
    }
    let above = estimate_of(kind, tender, lot).and_then(|estimate| base.comparable_with(estimate));
    match above.filter(|(base, estimate)| base > estimate) {
        Some((_, estimate)) => {
            let words = (
                format!("基数不得超过公布的估算价 {estimate}"),
                format!("the base is above the estimate that was published, {estimate}"),
            );
            let told = Refusal::of_field("/base/amount_minor", Fault::inconsistent(words));
            Err(Refusal { problem: &problem::DEPOSIT_ABOVE_CAP, ..told }.citing(&kind.rule.id, &kind.rule.law))
        }
        None => Ok(()),
    }
}

/// Whether money may come in on it.
///
/// # Errors
/// The kind or the scheme takes none; a bid bond that does not come from the basic account.
pub(super) fn must_take_money(
    book: &DepositBook,
    deposit: &DepositState,
    receipt: &BankReceipt,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let scheme = book.schemes.get(&deposit.scheme);
    let takes = scheme.is_some_and(|scheme| scheme.takes(DepositForm::Transfer) || scheme.takes(DepositForm::Cheque));
    let terms = &at.law.edition().deposits;
    let kind = scheme.and_then(|scheme| terms.kinds.iter().find(|kind| kind.id == *scheme.kind()));
    let Some(kind) = kind.filter(|_| takes) else {
        let (zh, en) = ("该保证金不收取资金", "no money is taken on this deposit");
        return Err(
            Refusal::new(&problem::DEPOSIT_KIND_WITHOUT_LEGAL_BASIS, zh, en).citing(&terms.basis.id, &terms.basis.law)
        );
    };
    if kind.paid_until.is_some_and(|last| receipt.value_date > last) {
        let words = ("历史保证金只退不收", "a historic deposit is given back, and nothing is taken any more");
        let told = Refusal::of_field("/value_date", Fault::inconsistent(words));
        let problem = &problem::DEPOSIT_KIND_WITHOUT_LEGAL_BASIS;
        return Err(Refusal { problem, ..told }.citing(&kind.rule.id, &kind.rule.law));
    }
    // 招标投标法实施条例 art. 26: a bid bond of an estimate is paid from the bidder's basic account.
    if kind.base == CapBase::Estimate && receipt.account_kind != PayerAccountKind::Basic {
        let words = ("投标保证金应从基本账户转出", "a bid bond comes from the basic account");
        return Err(
            Refusal::of_field("/account_kind", Fault::inconsistent(words)).citing(&kind.rule.id, &kind.rule.law)
        );
    }
    if deposit.clock.is_some() {
        return Err(Refusal::state_forbids("deposit.received", "refund due"));
    }
    Ok(())
}
