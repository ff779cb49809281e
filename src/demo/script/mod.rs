//! The story of one tender, rehearsed as it is written: each act is judged by the pure core on the state that the acts
//! before it have left, and time does there what it will do on the stage. So a script knows when its windows end, and a
//! story that the law forbids is found before anything enters a log.

mod award;
mod call;
mod disclosure;

pub use award::{achievement, certificate, leader, ranked};
pub use disclosure::{reword, strike};

use super::DemoError;
use super::cast::Who;
use super::days::{Days, morning};
use super::notice::Notice;
use super::phrase::literal;
use crate::act::{Acts, Author, Capability, Place, Role, Roles, Stream, decide_alone, fold};
use crate::field::{Instant, OrganisationId, TenderCode};
use crate::law::Running;
use crate::log::Hash;
use crate::record::{Disclosure, KeyId, Sealed};
use crate::tender::{Act, LotPhase, Method, Phase, Preannouncement, Tender};
use chrono::{Days as Count, NaiveDate};

/// What happens at an instant.
#[derive(Debug)]
pub struct Beat {
    pub at: Instant,
    /// Nobody, when it is the service's turn.
    pub by: Option<Who>,
    pub act: Act,
}

/// The story of one tender.
pub struct Script<'a> {
    pub days: &'a Days,
    pub code: TenderCode,
    pub centre: Who,
    /// The text as it stands; changed before it is published or revised.
    pub text: Preannouncement,
    /// When the next act happens.
    now: Instant,
    /// What the acts so far have made of it.
    pub tender: Option<Tender>,
    pub lines: Vec<Beat>,
    /// What opens the sealed values, and whose they are.
    pub disclosures: Vec<(Who, Disclosure)>,
    /// The first act that was refused, or came too late; nothing follows it.
    flaw: Option<DemoError>,
}

/// Between two acts of one morning.
const NEXT_ACT_MILLIS: i64 = 17 * 60_000 + 41_000;
const EVENING_MINUTES: i64 = 13 * 60 + 12;

impl<'a> Script<'a> {
    pub fn of(days: &'a Days, notice: &Notice) -> Self {
        Self {
            days,
            code: literal(notice.code),
            centre: notice.centre,
            text: notice.text(),
            now: Instant::from_millis(0),
            tender: None,
            lines: Vec::new(),
            disclosures: Vec::new(),
            flaw: None,
        }
    }

    /// On the morning of a day, at some minute.
    pub fn on(&mut self, day: NaiveDate) -> &mut Self {
        let mixed = self.code.as_str().bytes().map(usize::from).sum::<usize>() * 7 + self.lines.len() * 23;
        self.advance(morning(day, (mixed % 90) as i64));
        self
    }

    /// On the morning of the n-th working day from here.
    pub fn then(&mut self, n: usize) -> &mut Self {
        let day = self.days.after(self.today(), n);
        self.on(day)
    }

    /// Late on the same day: bidders write at night.
    pub fn tonight(&mut self) -> &mut Self {
        self.advance(morning(self.today(), EVENING_MINUTES));
        self
    }

    /// On the first working morning after the objection window.
    pub fn past_window(&mut self) -> &mut Self {
        let window = match &self.tender {
            Some(Tender { phase: Phase::Preannounced { .. }, window, .. }) => *window,
            _ => None,
        };
        self.past(window)
    }

    /// On the first working morning after the publicity of a lot's candidates.
    pub fn past_candidates(&mut self, lot: &str) -> &mut Self {
        let window = match self.tender.as_ref().and_then(|tender| tender.lot(&literal(lot))).map(|lot| &lot.phase) {
            Some(LotPhase::Candidates { window }) => Some(*window),
            _ => None,
        };
        self.past(window)
    }

    fn past(&mut self, window: Option<Running>) -> &mut Self {
        let until = window.map_or(self.now, |window| self.days.law().end(window).at);
        let day = self.days.working_day_from(until.shanghai_day());
        self.on(day)
    }

    pub fn today(&self) -> NaiveDate {
        self.now.shanghai_day()
    }

    pub fn now(&self) -> Instant {
        self.now
    }

    /// The day that the text of the present notice sets for the bids.
    pub fn bid_deadline(&self) -> NaiveDate {
        let stated = self.tender.as_ref().and_then(|tender| tender.bid_deadline);
        stated.map_or(self.today(), |deadline| deadline.day().date())
    }

    /// A deadline for bids that leaves them the time that the law asks for.
    pub fn next_deadline(&self) -> NaiveDate {
        self.deadline_after(self.today())
    }

    fn deadline_after(&self, announced: NaiveDate) -> NaiveDate {
        let days = match self.text.method {
            Method::Open | Method::Invited => 20,
            Method::CompetitiveConsultation | Method::Framework => 10,
            Method::CompetitiveNegotiation | Method::Inquiry | Method::SingleSource => 5,
        };
        self.days.working_day_from(announced + Count::new(days))
    }

    /// Seals a value, and keeps what discloses it for its owner and the supervisors.
    pub fn seal(&mut self, owner: Who, name: &str, value: &str) -> Sealed {
        let disclosure = Disclosure::new(name, &value.into());
        let sealed = disclosure.sealed();
        self.disclosures.push((owner, disclosure));
        sealed
    }

    /// An act, now.
    pub fn post(&mut self, who: Who, act: impl Into<Act>) -> &mut Self {
        // What is due at this very instant comes first on the stage, too.
        self.advance(self.now);
        self.perform(self.now, Some(who), act.into());
        self.now = self.now.plus_millis(NEXT_ACT_MILLIS);
        self
    }

    /// Lets time pass; what falls due is done on the way.
    fn advance(&mut self, to: Instant) {
        while let Some((at, act)) = self.due_until(to) {
            self.perform(at, None, act);
        }
        self.now = self.now.max(to);
    }

    fn due_until(&self, to: Instant) -> Option<(Instant, Act)> {
        let tender = self.tender.as_ref().filter(|_| self.flaw.is_none())?;
        // An act may make another one due that should have come before it; it comes at once.
        let at = tender.next_due(self.days.law()).filter(|due| *due <= to)?.max(tender.last_time);
        tender.due(at, self.days.law()).map(|act| (at, act))
    }

    fn perform(&mut self, at: Instant, by: Option<Who>, act: Act) {
        if self.flaw.is_some() {
            return;
        }
        if at >= self.days.present {
            self.flaw = Some(DemoError::Late { code: self.code.clone(), kind: act.kind(), at });
            return;
        }
        let author = by.map_or_else(service, Who::author);
        let (stream, law) = (Stream::of(&self.code), self.days.law());
        if let Err(refusal) = decide_alone(&stream, self.tender.as_ref(), &act, &author, at, law) {
            let (code, kind) = (self.code.clone(), act.kind());
            self.flaw = Some(DemoError::Refused { code, kind, at, refusal: Box::new(refusal) });
            return;
        }
        let version = self.tender.as_ref().map_or(0, Tender::version) + 1;
        // Of the place only time, author and version matter to a tender.
        let place = Place {
            index: version,
            time: at,
            hash: Hash::from_bytes([0; 32]),
            author: author.id,
            kid: KeyId::from_bytes([0; 32]),
            version,
        };
        fold(&mut self.tender, &act, &place, self.days.law());
        self.lines.push(Beat { at, by, act });
    }

    /// The whole story: time passes until the present.
    ///
    /// # Errors
    /// The first act that was refused or came too late.
    pub fn rehearsed(mut self) -> Result<Self, DemoError> {
        let just_before = self.days.present.plus_millis(-1);
        self.advance(just_before);
        match self.flaw.take() {
            Some(flaw) => Err(flaw),
            None => Ok(self),
        }
    }
}

/// The service, whose organisation no rule of a tender asks for.
fn service() -> Author {
    let id: OrganisationId = literal("XX-DEMO-service");
    Author { id, roles: Roles::NONE.with(Role::Service) }
}
