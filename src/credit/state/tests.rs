//! The arithmetic by hand, and what holds whatever comes, in whatever order.

use super::super::{Addition, Graded, GradingOccasion, Retraction};
use super::{Credit, CreditId, Credits, FACTS_CONSIDERED_MAX, Supposed};
use crate::act::{Around, Author, Borne, Capability, Fact, Moment, Place, Role, Roles, Severity, Stream, View, fold};
use crate::field::{Day, Instant, OrganisationId};
use crate::law::{Conduct, CreditTerms, Grade, InForce, Law, Running};
use crate::log::Hash;
use crate::record::PrivateKey;
use chrono::Days;
use proptest::prelude::*;

const WHO: &str = "91410105MA9ABCDE2Y";
const SUPERVISOR: &str = "11410100005260004Y";

pub(super) fn id(text: &str) -> OrganisationId {
    text.parse().unwrap()
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn after(day: Day, days: u64) -> Day {
    day.date().checked_add_days(Days::new(days)).unwrap().into()
}

fn borne(entry: u64, day: Day, fact: Fact) -> Borne {
    Borne { entry, day, by: id(SUPERVISOR), fact, undoes: None }
}

/// A credit and the law that it is graded by.
pub(super) struct Book {
    pub(super) state: Option<Credit>,
    adopted: InForce,
    index: u64,
}

impl Book {
    pub(super) fn new() -> Self {
        Self { state: None, adopted: InForce::newest(), index: 1_000_000 }
    }

    pub(super) fn terms(&self) -> CreditTerms {
        self.adopted.edition.credit.clone()
    }

    fn rest(&self, borne: &[Borne]) -> Vec<Borne> {
        let up_to = self.state.as_ref().and_then(|state| state.last.up_to);
        let rest = borne.iter().filter(|borne| up_to.is_none_or(|up_to| borne.entry > up_to));
        rest.take(FACTS_CONSIDERED_MAX + 1).cloned().collect()
    }

    /// Every record of the grade of a night.
    pub(super) fn grade(&mut self, borne: &[Borne], on: Day) -> Vec<Graded> {
        self.grade_beside(borne, &|_| None, on)
    }

    /// The same, with the credit of others at hand.
    pub(super) fn grade_beside(&mut self, borne: &[Borne], others: Credits<'_>, on: Day) -> Vec<Graded> {
        let mut made = Vec::new();
        while let Some(graded) =
            Credit::due_grade(self.state.as_ref(), &id(WHO), &self.rest(borne), others, on, &self.terms())
        {
            let (hash, kid) = (Hash::of(self.index.to_be_bytes()), PrivateKey::from_seed([1; 32]).key_id());
            let version = self.state.as_ref().map_or(0, |state| state.version) + 1;
            let time = Instant::start_of_shanghai_day(after(on, 1).date());
            let place = Place { index: self.index, time, hash, author: id(SUPERVISOR), kid, version };
            self.index += 1;
            fold(&mut self.state, &graded.clone().into(), &place, Law::of(&self.adopted));
            made.push(graded);
        }
        made
    }

    fn last(&self) -> &Graded {
        &self.state.as_ref().unwrap().last
    }
}

/// Nine points for contracts, two for commitments.
fn good(on: Day) -> Vec<Borne> {
    let facts = [
        Fact::ContractFulfilled,
        Fact::CommitmentEffective,
        Fact::Awarded,
        Fact::ContractFulfilled,
        Fact::CommitmentEffective,
        Fact::ContractFulfilled,
    ];
    facts.into_iter().zip(10..).map(|(fact, entry)| borne(entry, on, fact)).collect()
}

#[test]
fn by_hand() {
    let start = day("2026-03-02");
    let mut book = Book::new();
    let made = book.grade(&good(start), start);
    assert_eq!((made.len(), made[0].points, made[0].grade), (1, 9100, Grade::A));
    assert_eq!((made[0].contributions.len(), made[0].up_to), (5, Some(15)), "winning is no conduct");
    assert_eq!(book.grade(&good(start), after(start, 1)), [], "nothing is new, and the grade is the same");
    // 9.00 × (730 − 73)/730 = 8.10, 2.00 × (730 − 73)/730 = 1.80.
    let points = |days| {
        let terms = book.terms();
        Credit::what_if(book.state.as_ref(), &[], &[], after(start, days), &terms).points
    };
    assert_eq!(points(73), 8000 + 810 + 180);
    assert_eq!(points(365), 8000 + 450 + 100);
    // 9.00 × (730 − 1)/(730 × 2) = 4.4938…, 2.00 × 729/1460 = 0.9986…: the rest is cut off.
    assert_eq!(points(366), 8000 + 449 + 99);
    assert_eq!((points(1095), points(1096)), (8000 + 112 + 25, 8000));
}

#[test]
fn all_of_a_kind_count_for_so_much_and_points_stay_between_nothing_and_all() {
    let start = day("2026-03-02");
    let many = |fact: Fact, count: u64| (0..count).map(|n| borne(n, start, fact.clone())).collect::<Vec<_>>();
    let mut book = Book::new();
    book.grade(&many(Fact::ContractFulfilled, 7), start);
    let sum = &book.last().sums[0];
    assert_eq!((sum.count, sum.full, sum.aged, sum.points), (7, 2100, 2100, 1200));
    let mut book = Book::new();
    let mut worst = many(Fact::BreachFound { severity: Severity::Grave }, 9);
    worst.extend((100..103).map(|n| borne(n, start, Fact::ClaimRefuted)));
    book.grade(&worst, start);
    assert_eq!((book.last().points, book.last().grade), (0, Grade::D));
}

#[test]
fn what_is_refuted_holds_the_grade_down_until_it_is_over_or_set_right() {
    let start = day("2026-03-02");
    let mut facts = good(start);
    facts.push(borne(20, start, Fact::ClaimRefuted));
    let mut book = Book::new();
    book.grade(&facts, start);
    // 91 − 15 is a B by its points.
    assert_eq!((book.last().points, book.last().grade), (7600, Grade::C));
    assert_eq!((book.last().caps[0].entry, book.last().caps[0].until), (20, day("2027-03-02")));
    assert_eq!(book.state.as_ref().unwrap().looked_at_again(), day("2026-04-01"));
    // It drops out by itself.
    let last = book.grade(&facts, day("2027-03-03"));
    assert_eq!((last[0].occasion, last[0].caps.len(), last[0].grade), (GradingOccasion::Yearly, 0, Grade::B));
    // Or when the same claim is verified.
    let mut book = Book::new();
    book.grade(&facts, start);
    let right = Borne { undoes: Some(20), ..borne(21, after(start, 3), Fact::ClaimVerified) };
    facts.push(right);
    let made = book.grade(&facts, after(start, 3));
    let contribution = &made[0].contributions[0];
    let conduct = Some(Conduct::ClaimRefuted);
    assert_eq!(contribution.takes_back, Some(Retraction { entry: 20, conduct, points: 1500 }));
    assert!(matches!(contribution.adds, Some(Addition { conduct: Conduct::ClaimVerified, points: 100, .. })));
    assert_eq!((made[0].caps.len(), made[0].grade), (0, Grade::A));
}

#[test]
fn nothing_is_taken_back_twice() {
    let start = day("2026-03-02");
    let breach = borne(30, start, Fact::BreachFound { severity: Severity::Serious });
    let back = |entry| Borne { undoes: Some(30), ..borne(entry, start, Fact::Concerned) };
    let mut book = Book::new();
    // An appeal, and an objection that strikes what the appeal has taken back already.
    let facts = [breach, back(31), back(32), Borne { undoes: Some(7), ..borne(33, start, Fact::Concerned) }];
    let made = book.grade(&facts, start);
    let points = |at: usize| made[0].contributions[at].takes_back.as_ref().map(|back| back.points);
    assert_eq!((points(1), points(2), points(3)), (Some(1200), Some(0), Some(0)));
    assert_eq!((made[0].points, made[0].grade, made[0].sums.len()), (8000, Grade::B, 0));
}

#[test]
fn who_is_barred_has_d_on_those_days() {
    let start = day("2026-03-02");
    let fact = Fact::Barred { from: day("2026-03-10"), to: day("2026-03-20") };
    let facts = [borne(40, start, fact)];
    let mut book = Book::new();
    book.grade(&facts, start);
    assert_eq!((book.last().grade, book.last().caps.len()), (Grade::B, 0));
    assert_eq!(book.state.as_ref().unwrap().looked_at_again(), day("2026-03-11"));
    let grades = [9, 10, 20, 21].map(|on| {
        book.grade(&facts, day(&format!("2026-03-{on:02}")));
        book.last().grade
    });
    assert_eq!(grades, [Grade::B, Grade::D, Grade::D, Grade::B]);
}

#[test]
fn many_go_into_several_records_and_the_year_turns() {
    let start = day("2026-03-02");
    let facts: Vec<_> = (0..250).map(|n| borne(n, start, Fact::DeadlinePassed)).collect();
    let mut book = Book::new();
    let made = book.grade(&facts, start);
    let listed: Vec<_> = made.iter().map(|graded| (graded.contributions.len(), graded.continues)).collect();
    assert_eq!(listed, [(100, true), (100, true), (50, false)]);
    let entries: Vec<u64> = made.iter().flat_map(|graded| &graded.contributions).map(|c| c.entry).collect();
    assert_eq!(entries, (0..250).collect::<Vec<_>>());
    let (before, last) = (day("2026-12-30"), day("2026-12-31"));
    assert_eq!(book.grade(&facts, before), []);
    let yearly = book.grade(&facts, last);
    assert_eq!((yearly.len(), yearly[0].occasion), (1, GradingOccasion::Yearly));
    assert_eq!(book.grade(&facts, last), []);
}

/// What a decision sees of the organisation's history.
struct Known(Option<Vec<Borne>>);

impl Around for Known {
    fn bearings(&self, _subject: &Stream) -> Option<&[Borne]> {
        self.0.as_deref()
    }
}

fn decided(graded: &Graded, known: Option<Vec<Borne>>, by: Role, today: Day) -> bool {
    let (adopted, around) = (InForce::newest(), Known(known));
    let (on, signer) = (Stream::of(&CreditId(id(WHO))), PrivateKey::from_seed([1; 32]).key_id());
    let author = Author { id: id(SUPERVISOR), roles: Roles::NONE.with(by) };
    let now = Instant::start_of_shanghai_day(today.date());
    let around = View::new(&around, &[]);
    let at = Moment { on: &on, now, law: Law::of(&adopted), signer: &signer, author: Some(&author), around };
    Credit::decide(None, &graded.clone().into(), &at).is_ok()
}

#[test]
fn a_grade_is_accepted_when_nothing_is_left_out_and_no_other() {
    let start = day("2026-03-02");
    let (facts, tonight) = (good(start), after(start, 1));
    let graded = Book::new().grade(&facts, start).remove(0);
    let is_accepted = |graded: &Graded, known| decided(graded, known, Role::Service, tonight);
    assert!(is_accepted(&graded, Some(facts.clone())));
    assert!(!decided(&graded, Some(facts.clone()), Role::Supervisor, tonight));
    assert!(!decided(&graded, Some(facts.clone()), Role::Service, after(tonight, 1)));
    let mut more = facts.clone();
    more.insert(0, borne(9, start, Fact::BreachFound { severity: Severity::Grave }));
    assert!(!is_accepted(&graded, Some(more)), "one was left out");
    assert!(!is_accepted(&graded, Some(facts[1..].to_vec())), "one was made up");
    // Of the next day, and not due yet.
    let mut later = facts.clone();
    later.push(borne(50, tonight, Fact::ClaimRefuted));
    assert!(is_accepted(&graded, Some(later)));
    let wrong = |edit: fn(&mut Graded)| {
        let mut other = graded.clone();
        edit(&mut other);
        [Some(facts.clone()), None].map(|known| is_accepted(&other, known))
    };
    assert_eq!(wrong(|graded| graded.points += 1), [false; 2]);
    assert_eq!(wrong(|graded| graded.grade = Grade::B), [false; 2]);
    assert_eq!(wrong(|graded| graded.sums[0].aged -= 1), [false; 2]);
    assert_eq!(wrong(|graded| graded.organisation = id(SUPERVISOR)), [false; 2]);
    let raised = |graded: &mut Graded| graded.contributions[0].adds.as_mut().unwrap().points = 9900;
    assert_eq!(wrong(raised), [false; 2]);
    assert_eq!(wrong(|graded| graded.contributions.swap(0, 1)), [false; 2]);
    assert_eq!(wrong(|graded| graded.up_to = Some(12)), [false; 2]);
    // Who has only a part of the log sees whether it is what its own list comes to.
    assert!(is_accepted(&graded, None));
}

fn a_fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        Just(Fact::CommitmentEffective),
        Just(Fact::ContractFulfilled),
        Just(Fact::ClaimVerified),
        Just(Fact::ClaimRefuted),
        Just(Fact::ObjectionUpheld),
        Just(Fact::DeadlinePassed),
        Just(Fact::Awarded),
        Just(Fact::BreachFound { severity: Severity::Minor }),
        Just(Fact::BreachFound { severity: Severity::Serious }),
        Just(Fact::BreachFound { severity: Severity::Grave }),
        (0u8..=100, any::<bool>(), any::<bool>()).prop_map(|(score, lost, verified)| Fact::Evaluated {
            score,
            lost,
            verified
        }),
    ]
}

/// Facts on days of three years, in the order of the log; some take an earlier one back.
pub(super) fn a_history() -> impl Strategy<Value = Vec<Borne>> {
    proptest::collection::vec((0u64..1000, a_fact(), any::<Option<prop::sample::Index>>()), 1..60).prop_map(
        |mut facts| {
            facts.sort_by_key(|(day, ..)| *day);
            let start = day("2026-01-05");
            let borne = facts.into_iter().zip(0u64..).map(|((days, fact, back), entry)| {
                let undoes = back.filter(|_| entry > 0).map(|back| back.index(entry as usize) as u64);
                Borne { undoes, ..borne(entry, after(start, days), fact) }
            });
            borne.collect()
        },
    )
}

fn at_the_end(facts: &[Borne], nights: &[u64]) -> Graded {
    let (start, mut book) = (day("2026-01-05"), Book::new());
    let mut nights = nights.to_vec();
    nights.sort_unstable();
    for night in nights {
        book.grade(facts, after(start, night));
    }
    book.grade(facts, after(start, 1001));
    book.state.map_or_else(|| Book::new().nothing(), |state| state.last)
}

impl Book {
    fn nothing(&self) -> Graded {
        let terms = self.terms();
        let account = Credit::what_if(None, &[], &[], day("2028-10-02"), &terms);
        let (base, points, grade) = (account.base, account.points, account.grade);
        Graded {
            organisation: id(WHO),
            day: day("2028-10-02"),
            occasion: GradingOccasion::Nightly,
            up_to: None,
            contributions: Vec::new(),
            continues: false,
            base,
            sums: Vec::new(),
            caps: Vec::new(),
            points,
            grade,
        }
    }
}

proptest! {
    #[test]
    fn in_which_nights_it_was_graded_changes_nothing(
        facts in a_history(),
        nights in proptest::collection::vec(0u64..1000, 0..12),
    ) {
        let (once, often) = (at_the_end(&facts, &[]), at_the_end(&facts, &nights));
        let terms = Book::new().terms();
        // What was cut off by its horizon before is nothing afterwards, too.
        let now = |graded: &Graded| (graded.points, graded.grade, graded.sums.clone(), graded.caps.clone());
        if once.day == often.day {
            prop_assert_eq!(now(&once), now(&often));
        } else {
            prop_assert_eq!(once.grade, often.grade);
        }
        prop_assert!(once.points <= 10_000 && (once.grade <= terms.grade(once.points)));
    }

    #[test]
    fn the_order_within_a_day_changes_nothing(facts in a_history(), seed in any::<u64>()) {
        // What takes back needs what it takes back before it.
        let facts: Vec<Borne> = facts.into_iter().map(|borne| Borne { undoes: None, ..borne }).collect();
        let mut mixed = facts.clone();
        mixed.sort_by_key(|borne| (borne.day, borne.entry.wrapping_mul(seed | 1)));
        for (entry, borne) in (0u64..).zip(&mut mixed) {
            borne.entry = entry;
        }
        let (one, other) = (at_the_end(&facts, &[]), at_the_end(&mixed, &[]));
        prop_assert_eq!((one.points, one.grade, one.sums), (other.points, other.grade, other.sums));
    }

    #[test]
    fn a_breach_never_raises_and_a_promise_kept_never_lowers(
        facts in a_history(),
        days in 0u64..1000,
        conduct in prop_oneof![
            Just(Conduct::BreachMinor), Just(Conduct::BreachSerious), Just(Conduct::BreachGrave),
            Just(Conduct::ClaimRefuted), Just(Conduct::DeadlinePassed), Just(Conduct::ContractFulfilled),
            Just(Conduct::CommitmentEffective), Just(Conduct::ClaimVerified),
        ],
    ) {
        let mut book = Book::new();
        let (start, terms) = (day("2026-01-05"), book.terms());
        book.grade(&facts, after(start, 1001));
        let at = |supposed: &[Supposed]| Credit::what_if(book.state.as_ref(), supposed, &[], after(start, 1001), &terms);
        let (without, with) = (at(&[]), at(&[Supposed { conduct, day: after(start, days), until: None }]));
        if terms.conduct(conduct).unwrap().points > 0 {
            prop_assert!(with.points >= without.points && with.grade >= without.grade);
        } else {
            prop_assert!(with.points <= without.points && with.grade <= without.grade);
        }
    }
}

#[test]
fn an_objection_is_decided_within_three_working_days_or_seven() {
    let (adopted, filed) = (InForce::newest(), "2026-04-20T01:00:00.000Z".parse().unwrap());
    let terms = &adopted.edition.credit;
    let end = |period| Law::of(&adopted).end(Running::new(filed, period)).at.shanghai_text();
    assert_eq!(end(terms.objection.period()), "2026-04-24 00:00:00", "to the end of 2026-04-23");
    assert_eq!(end(terms.objection_to_findings.period()), "2026-04-30 00:00:00", "to the end of 2026-04-29");
}
