//! Which acts about access are allowed now, and by whom.

use super::super::{Act, BarObjection, BarObjectionRuling, Barring, RepairApplication, RepairDecision, RepairPath};
use super::{Access, AccessId, AsOf, Bar, BarStatus};
use crate::act::{Acts, Author, Moment, Role, Stream, Succession, must_have, must_rule};
use crate::field::{Day, DocumentRef, Fault, FieldFault, Instant, ItemId, Line, OrganisationId, Party};
use crate::law::{AccessTerms, BarField, BarKind, BarMeasure, RepairCondition, RepairRegime, RepairRule};
use crate::problem::{self, Refusal};
use chrono::Months;

/// Bars of one organisation in all time: each is a decision of an authority, and a handful is much.
const BARS_MAX: usize = 100;
/// Objections to one bar, one after the other.
const OBJECTIONS_MAX: usize = 10;
/// Applications for the repair of one bar, one after the other.
const APPLICATIONS_MAX: usize = 10;

/// Whether the act may enter the log now.
///
/// # Errors
/// Who may not sign it, what it lacks, and the state that forbids it.
pub(super) fn decide(state: Option<&Access>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    let by = at.author()?;
    match act {
        Act::Barred(barring) => decide_bar(state, barring, by, at),
        Act::Revoked(revocation) => {
            let concerned = state.map(|access| concerned(&access.organisation, at)).unwrap_or_default();
            must_rule(by, &concerned)?;
            must_stand(bar(state, &revocation.bar)?.1, act, at)
        }
        Act::Objected(objection) => decide_objection(state, act, objection, by, at),
        Act::ObjectionRuled(ruling) => decide_ruling(state, act, ruling, by, at),
        Act::RepairApplied(application) => decide_application(state, act, application, by, at),
        Act::RepairDecided(decision) => decide_repair(state, act, decision, by, at),
    }
}

fn unknown(pointer: &str, id: &ItemId) -> Refusal {
    Refusal::of_field(pointer, Fault::UnknownReference { id: id.to_string() })
}

fn bar<'a>(state: Option<&'a Access>, id: &ItemId) -> Result<(&'a Access, &'a Bar), Refusal> {
    state.and_then(|access| Some((access, access.bar(id)?))).ok_or_else(|| unknown("/bar", id))
}

/// # Errors
/// It has ended, by time or by a record.
fn must_stand(bar: &Bar, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    // Whatever the log holds is known to a decision, also what has the very same time.
    match bar.status(AsOf::entry(u64::MAX, at.now)) {
        Some(BarStatus::ToCome | BarStatus::InForce) => Ok(()),
        status => Err(Refusal::state_forbids(act.kind(), status.map_or("none", BarStatus::name))),
    }
}

fn decide_bar(state: Option<&Access>, barring: &Barring, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    if Stream::of(&AccessId(barring.organisation.clone())) != *at.on {
        let (zh, en) = ("记录的对象（sub）与内容中的主体代码不符", "the record's sub is of another organisation");
        return Err(Refusal::stream_mismatch("/organisation", zh, en));
    }
    must_rule(by, [&barring.organisation])?;
    let basis = basis(barring, &at.law.edition().access)?;
    if basis.to < at.today() {
        return Err(Refusal::of_field("/to", Fault::DatesOutOfOrder { earlier: "today".into() }));
    }
    let bars = state.map(|access| &*access.bars).unwrap_or_default();
    if bars.iter().any(|known| known.id == barring.id) {
        return Err(Refusal::of_field("/id", Fault::Duplicate { id: barring.id.to_string() }));
    }
    must_leave_room(bars.len(), BARS_MAX)
}

fn must_leave_room(count: usize, max: usize) -> Result<(), Refusal> {
    if count < max { Ok(()) } else { Err(Refusal::of_field("/id", Fault::TooMany { max })) }
}

/// What makes a bar lawful: all that it needs is there.
pub(super) struct Basis<'a> {
    pub authority: &'a Party,
    pub decision: &'a Line<200>,
    pub article: &'a Line<300>,
    pub from: Day,
    pub to: Day,
    pub document: &'a DocumentRef,
    pub fields: Vec<BarField>,
    pub measures: Vec<BarMeasure>,
    pub regime: RepairRegime,
}

/// # Errors
/// `barred-requires-legal-basis`, with all that is missing or goes too far; `dates-out-of-order`.
pub(super) fn basis<'a>(barring: &'a Barring, terms: &AccessTerms) -> Result<Basis<'a>, Refusal> {
    let mut faults = Vec::new();
    let mut lacks = |pointer: &str| faults.push(FieldFault::new(pointer, Fault::MissingField));
    let Barring { authority, decision, article, from, to, document, .. } = barring;
    for (pointer, is_there) in [
        ("/authority", authority.is_some()),
        ("/decision", decision.is_some()),
        ("/article", article.is_some()),
        ("/scope", barring.scope.is_some()),
        ("/from", from.is_some()),
        ("/to", to.is_some()),
        ("/document", document.is_some()),
    ] {
        if !is_there {
            lacks(pointer);
        }
    }
    let kind = terms.kind(&barring.kind);
    match kind {
        Some(kind) => faults.extend(exceeds(barring, kind)),
        None => faults.push(FieldFault::new("/kind", no_ground(barring, terms))),
    }
    let all = (kind, authority, decision, article, from, to, document);
    let (Some(kind), Some(authority), Some(decision), Some(article), Some(from), Some(to), Some(document), true) =
        (all.0, all.1, all.2, all.3, all.4, all.5, all.6, faults.is_empty())
    else {
        let told = Refusal::fields(faults);
        let rule = &terms.basis;
        return Err(Refusal { problem: &problem::BARRED_REQUIRES_LEGAL_BASIS, ..told }.citing(&rule.id, &rule.law));
    };
    if to < from {
        return Err(Refusal::of_field("/to", Fault::DatesOutOfOrder { earlier: from.to_string() }));
    }
    let scope = barring.scope.clone().unwrap_or_default();
    let or = |said: Vec<_>, usual: &[_]| if said.is_empty() { usual.to_vec() } else { said };
    let measures = if scope.measures.is_empty() { kind.measures.clone() } else { scope.measures };
    let regime = barring.regime.or(kind.regimes.first().copied()).unwrap_or(RepairRegime::Ndrc);
    let fields = or(scope.fields, &kind.fields);
    Ok(Basis { authority, decision, article, from: *from, to: *to, document, fields, measures, regime })
}

/// Why no such kind bars anybody.
fn no_ground(barring: &Barring, terms: &AccessTerms) -> Fault {
    if let Some(ground) = terms.unlawful(&barring.kind) {
        let (law, zh, en) = (&ground.law, &ground.zh, &ground.en);
        return Fault::inconsistent((format!("{zh}不得作为禁入的依据（{law}）"), format!("{en} bars nobody ({law})")));
    }
    let known = terms.kinds.iter().map(|kind| kind.id.as_str()).collect::<Vec<_>>();
    Fault::inconsistent((
        format!("现行法规版本中没有这种禁入，应为 {} 之一", known.join("、")),
        format!("the edition in force knows no such kind: one of {}", known.join(", ")),
    ))
}

/// What of it the law does not allow for this kind.
fn exceeds(barring: &Barring, kind: &BarKind) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut beyond = |pointer: String, zh: String, en: String| {
        faults.push(FieldFault::new(pointer, Fault::inconsistent((zh, en))));
    };
    if barring.article.as_ref().is_some_and(|article| !kind.rests_on(article.as_str())) {
        let articles = kind.articles.join("、");
        beyond(
            "/article".into(),
            format!("{}应依据 {articles} 之一", kind.zh),
            format!("this kind rests on one of {articles}"),
        );
    }
    let scope = barring.scope.iter();
    for (at, field) in scope.clone().flat_map(|scope| &scope.fields).enumerate() {
        if !kind.fields.contains(field) {
            let words = field.words();
            let (zh, en) = (format!("{}不及于{}", kind.zh, words.zh), format!("this kind does not reach {}", words.en));
            beyond(format!("/scope/fields/{at}"), zh, en);
        }
    }
    for (at, measure) in scope.flat_map(|scope| &scope.measures).enumerate() {
        if !kind.may_stop(*measure) {
            let words = measure.words();
            let (zh, en) =
                (format!("{}不得限制{}", kind.zh, words.zh), format!("this kind does not stop {}", words.en));
            beyond(format!("/scope/measures/{at}"), zh, en);
        }
    }
    if barring.regime.is_some_and(|regime| !kind.regimes.contains(&regime)) {
        let usual = kind.regimes.iter().map(|regime| regime.name()).collect::<Vec<_>>().join(" / ");
        beyond("/regime".into(), format!("{}应为 {usual}", kind.zh), format!("this kind has {usual}"));
    }
    if let (Some(years), Some(from), Some(to)) = (kind.years_max, barring.from, barring.to)
        && from.date().checked_add_months(Months::new(u32::from(years) * 12)).is_some_and(|last| last < to.date())
    {
        let law = &kind.rule.law;
        beyond("/to".into(), format!("至多 {years} 年（{law}）"), format!("at most {years} years ({law})"));
    }
    faults
}

/// Who have a stake in the organisation's bars: itself, and its successors if it has ended.
fn concerned(organisation: &OrganisationId, at: &Moment<'_>) -> Vec<OrganisationId> {
    let succession = at.around.face::<Succession>(organisation);
    let successors = succession.into_iter().flat_map(|succession| succession.successors);
    std::iter::once(organisation.clone()).chain(successors).collect()
}

/// Who is kept from registering has no key here, so a supervisor enters what it hands in. For one that was merged or divided its
/// successors speak.
///
/// # Errors
/// Neither the organisation itself nor a supervisor with its paper.
fn must_file(
    by: &Author,
    organisation: &OrganisationId,
    paper: Option<&DocumentRef>,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    match (concerned(organisation, at).iter().any(|party| by.is(party)), paper) {
        (true, None) => Ok(()),
        (true, Some(_)) => {
            let (zh, en) = ("本主体自己签名，不附纸质申请", "who signs itself needs no paper");
            Err(Refusal::of_field("/paper", Fault::inconsistent((zh, en))))
        }
        (false, paper) => {
            must_have(by, &[Role::Supervisor])?;
            paper.map(drop).ok_or_else(|| Refusal::of_field("/paper", Fault::MissingField))
        }
    }
}

fn decide_objection(
    state: Option<&Access>,
    act: &Act,
    objection: &BarObjection,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let (access, bar) = bar(state, &objection.bar)?;
    must_file(by, &access.organisation, objection.paper.as_ref(), at)?;
    must_stand(bar, act, at)?;
    if access.objection(&objection.id).is_some() {
        return Err(Refusal::of_field("/id", Fault::Duplicate { id: objection.id.to_string() }));
    }
    if bar.open_objection().is_some() {
        return Err(Refusal::state_forbids(act.kind(), "objected"));
    }
    must_leave_room(bar.objections.len(), OBJECTIONS_MAX)
}

fn decide_ruling(
    state: Option<&Access>,
    act: &Act,
    ruling: &BarObjectionRuling,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let found = state.and_then(|access| Some((access, access.objection(&ruling.objection)?)));
    let (access, (bar, filed)) = found.ok_or_else(|| unknown("/objection", &ruling.objection))?;
    // Whoever enters a paper says nothing of his own: it makes nobody a party, or of two supervisors neither could rule.
    must_rule(by, concerned(&access.organisation, at).iter().chain([&bar.entered.by]))?;
    // Whose time is over may still have been wrong.
    match (&filed.ruled, &bar.lifted) {
        (None, None) => Ok(()),
        (Some((outcome, _)), _) => Err(Refusal::state_forbids(act.kind(), outcome.name())),
        (None, Some((why, _))) => Err(Refusal::state_forbids(act.kind(), why.name())),
    }
}

fn decide_application(
    state: Option<&Access>,
    act: &Act,
    application: &RepairApplication,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let (access, bar) = bar(state, &application.bar)?;
    must_file(by, &access.organisation, application.paper.as_ref(), at)?;
    must_stand(bar, act, at)?;
    if access.application(&application.id).is_some() {
        return Err(Refusal::of_field("/id", Fault::Duplicate { id: application.id.to_string() }));
    }
    if bar.open_application().is_some() {
        return Err(Refusal::state_forbids(act.kind(), "applied"));
    }
    must_leave_room(bar.applications.len(), APPLICATIONS_MAX)?;
    let terms = &at.law.edition().access;
    if application.regime != bar.regime {
        let right = bar.regime.words();
        let (zh, en) = (
            format!("该禁入属{}修复，regime 应为 {}", right.zh, bar.regime.name()),
            format!("this bar is repaired by {}: regime is {}", right.en, bar.regime.name()),
        );
        let refusal = Refusal::new(&problem::REPAIR_REGIME, &*zh, &*en).at("/regime", Fault::inconsistent((zh, en)));
        // Nobody knows a rule for it on this day.
        let rule = terms.repair(bar.regime, at.today()).map(|rule| &rule.rule);
        return Err(rule.map_or(refusal.clone(), |rule| refusal.citing(&rule.id, &rule.law)));
    }
    let rule = terms.repair(bar.regime, at.today()).ok_or_else(|| Refusal::state_forbids(act.kind(), "no rule"))?;
    must_meet(application, bar, rule, at).map_err(|refusal| refusal.citing(&rule.rule.id, &rule.rule.law))
}

/// # Errors
/// What the regime asks for and the application lacks; the bar was not shown for long enough.
fn must_meet(application: &RepairApplication, bar: &Bar, rule: &RepairRule, at: &Moment<'_>) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    let mut lacks = |pointer: &str| faults.push(FieldFault::new(pointer, Fault::MissingField));
    match application.path {
        RepairPath::Reorganisation if !rule.reorganisation => {
            let (zh, en) = ("该修复规则没有重整途径", "this rule has no way for reorganised enterprises");
            return Err(Refusal::of_field("/path", Fault::inconsistent((zh, en))));
        }
        RepairPath::Reorganisation if application.court_decision.is_none() => lacks("/court_decision"),
        RepairPath::Reorganisation => {}
        RepairPath::Ordinary => {
            for condition in &rule.conditions {
                let is_there = match condition {
                    RepairCondition::Corrected => application.corrected.is_some(),
                    RepairCondition::Obligations => application.obligations.is_some(),
                    RepairCondition::Commitment => application.commitment.is_some(),
                };
                if !is_there {
                    lacks(&format!("/{}", condition.name()));
                }
            }
        }
    }
    if !faults.is_empty() {
        return Err(Refusal::fields(faults));
    }
    match bar.repairable(rule).filter(|first| application.path == RepairPath::Ordinary && at.today() < *first) {
        Some(first) => Err(Refusal::window_open(Instant::start_of_shanghai_day(first.date()))),
        None => Ok(()),
    }
}

impl Bar {
    /// The first day on which its repair may be applied for in the ordinary way.
    pub fn repairable(&self, rule: &RepairRule) -> Option<Day> {
        let months = Months::new(rule.display_months_min?.into());
        self.from.date().checked_add_months(months).map(Day::from)
    }
}

fn decide_repair(
    state: Option<&Access>,
    act: &Act,
    decision: &RepairDecision,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let found = state.and_then(|access| Some((access, access.application(&decision.application)?)));
    let (access, (bar, filed)) = found.ok_or_else(|| unknown("/application", &decision.application))?;
    must_rule(by, concerned(&access.organisation, at).iter().chain([&filed.filed.by]))?;
    if let Some((outcome, _)) = &filed.decided {
        return Err(Refusal::state_forbids(act.kind(), outcome.name()));
    }
    must_stand(bar, act, at)
}
