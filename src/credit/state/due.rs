//! The grade that is due for a day: by what bears on the organisation since the last one, exactly this and no other.

use super::super::payload::CONTRIBUTIONS_MAX;
use super::super::{Addition, Contribution, Graded, GradingOccasion, Predecessor, Retraction};
use super::account::{Account, Days, account, name, take_away};
use super::{Counted, Credit, Credits};
use crate::act::{Borne, Fact, Severity};
use crate::field::{Day, OrganisationId};
use crate::law::{Conduct, CreditTerms};
use chrono::{Datelike, Days as Later};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// No log has so many entries: from here on they are only supposed.
pub const SUPPOSED_FROM: u64 = 1 << 52;

/// Conduct that is only supposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Supposed {
    pub conduct: Conduct,
    /// On which day.
    pub day: Day,
    /// The last day on which it holds the grade down, where the record of such conduct says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// What one record looks at: more than it lists, for not everything that is said counts.
pub const FACTS_CONSIDERED_MAX: usize = 1000;

/// The kind of conduct that a fact is, if it counts.
fn conduct(fact: &Fact, terms: &CreditTerms) -> Option<Conduct> {
    Some(match fact {
        // Who wins or is reported has done nothing yet.
        Fact::Concerned | Fact::Awarded | Fact::Succeeds { .. } => return None,
        Fact::CommitmentEffective => Conduct::CommitmentEffective,
        Fact::BreachFound { severity: Severity::Minor } => Conduct::BreachMinor,
        Fact::BreachFound { severity: Severity::Serious } => Conduct::BreachSerious,
        Fact::BreachFound { severity: Severity::Grave } => Conduct::BreachGrave,
        Fact::ClaimVerified => Conduct::ClaimVerified,
        Fact::ClaimRefuted => Conduct::ClaimRefuted,
        Fact::ObjectionUpheld => Conduct::ObjectionUpheld,
        Fact::DeadlinePassed => Conduct::DeadlinePassed,
        Fact::ContractFulfilled => Conduct::ContractFulfilled,
        Fact::Evaluated { score, verified: true, .. } if *score < terms.ratings.poorly_below => {
            Conduct::EvaluatedPoorly
        }
        // Whoever lost is heard, and its praise does not count.
        Fact::Evaluated { score, lost: false, .. } if *score >= terms.ratings.well_from => Conduct::EvaluatedWell,
        Fact::Evaluated { .. } => return None,
        Fact::Barred { .. } => Conduct::Barred,
    })
}

/// A grade that is being made, beside a state that stays as it is.
pub(super) struct Draft<'a> {
    state: Option<&'a Credit>,
    pub(super) terms: &'a CreditTerms,
    pub(super) contributions: Vec<Contribution>,
    fresh: BTreeMap<u64, Counted>,
    gone: BTreeSet<u64>,
    days: Days,
}

impl<'a> Draft<'a> {
    fn new(state: Option<&'a Credit>, terms: &'a CreditTerms) -> Self {
        let days = state.map(|state| state.days.clone()).unwrap_or_default();
        Self { state, terms, contributions: Vec::new(), fresh: BTreeMap::new(), gone: BTreeSet::new(), days }
    }

    fn take(&mut self, borne: &Borne) {
        let said = match borne.fact {
            Fact::Barred { from, to } => Some((from, to)),
            _ => None,
        };
        let adds = conduct(&borne.fact, self.terms).and_then(|conduct| self.addition(conduct, borne.day, said));
        let succeeds = match &borne.fact {
            Fact::Succeeds { predecessor, manner } => {
                Some(Predecessor { organisation: predecessor.clone(), manner: *manner })
            }
            _ => None,
        };
        let undoes = borne.undoes;
        if adds.is_none() && undoes.is_none() && succeeds.is_none() {
            return;
        }
        let takes_back = undoes.map(|entry| self.retraction(entry));
        let (entry, day, by) = (borne.entry, borne.day, borne.by.clone());
        self.list(Contribution { entry, day, by, adds, takes_back, succeeds, from: None });
    }

    /// What conduct adds; `said` is for how long it holds the grade down by its own record.
    fn addition(&self, conduct: Conduct, day: Day, said: Option<(Day, Day)>) -> Option<Addition> {
        let rule = self.terms.conduct(conduct)?;
        let lasts = rule.at_most.and(rule.at_most_days).map(|days| (day, later(day, days)));
        let holds = rule.at_most.and(said).or(lasts);
        let (from, until) = (holds.map(|(from, _)| from), holds.map(|(_, until)| until));
        Some(Addition { conduct, rule: name(rule), points: i32::from(rule.points) * 100, from, until })
    }

    pub(super) fn list(&mut self, contribution: Contribution) {
        if let Some(back) = &contribution.takes_back {
            self.take_back(back.entry);
        }
        if let Some(adds) = &contribution.adds {
            let (day, conduct, by) = (contribution.day, adds.conduct, Some(contribution.by.clone()));
            let (holds, from) = (adds.from.zip(adds.until), contribution.from.clone());
            self.add(contribution.entry, Counted { conduct, day, by, holds, from });
        }
        self.contributions.push(contribution);
    }

    fn add(&mut self, entry: u64, counted: Counted) {
        *self.days.entry((counted.day, counted.conduct)).or_default() += 1;
        self.fresh.insert(entry, counted);
    }

    fn take_back(&mut self, entry: u64) {
        let Some(Counted { day, conduct, .. }) = self.counted(entry) else { return };
        let (day, conduct) = (*day, *conduct);
        take_away(&mut self.days, day, conduct);
        self.fresh.remove(&entry);
        self.gone.insert(entry);
    }

    /// Whether this record has taken it back.
    pub(super) fn has_dropped(&self, entry: u64) -> bool {
        self.gone.contains(&entry)
    }

    pub(super) fn counted(&self, entry: u64) -> Option<&Counted> {
        let known = || self.state?.counted.get(&entry).filter(|_| !self.gone.contains(&entry));
        self.fresh.get(&entry).or_else(known)
    }

    /// Whatever was taken back before, in whatever way, is not taken back twice.
    pub(super) fn retraction(&self, entry: u64) -> Retraction {
        let conduct = self.counted(entry).map(|counted| counted.conduct);
        let points = conduct.and_then(|conduct| self.terms.conduct(conduct)).map_or(0, |rule| rule.points);
        Retraction { entry, conduct, points: -i32::from(points) * 100 }
    }

    fn account(&self, on: Day) -> Account {
        let known = self.state.into_iter().flat_map(Credit::holding).filter(|(entry, _)| !self.gone.contains(entry));
        let fresh = self.fresh.iter().map(|(entry, counted)| (*entry, counted));
        account(&self.days, known.chain(fresh), on, self.terms)
    }

    fn graded(
        self,
        organisation: &OrganisationId,
        day: Day,
        occasion: GradingOccasion,
        up_to: Option<u64>,
        continues: bool,
    ) -> Graded {
        let Account { base, sums, caps, points, grade } = self.account(day);
        let organisation = organisation.clone();
        let contributions = self.contributions;
        Graded { organisation, day, occasion, up_to, contributions, continues, base, sums, caps, points, grade }
    }
}

fn later(day: Day, days: u16) -> Day {
    day.date().checked_add_days(Later::new(days.into())).unwrap_or(day.date()).into()
}

/// The year of the night after a day: what counts to the end of 31 December is graded in the new year.
fn year_of_the_night(day: Day) -> i32 {
    later(day, 1).date().year()
}

impl Credit {
    /// The grade that is due for a day, if any. `borne` is what bears on the organisation since the last one, in the order of
    /// the log, or the first [`FACTS_CONSIDERED_MAX`] of it and one more; `others` are those that it may succeed.
    pub fn due_grade(
        state: Option<&Self>,
        organisation: &OrganisationId,
        borne: &[Borne],
        others: Credits<'_>,
        day: Day,
        terms: &CreditTerms,
    ) -> Option<Graded> {
        if terms.is_silent() || state.is_some_and(|state| day < state.last.day) {
            return None;
        }
        let mut draft = Draft::new(state, terms);
        let of_the_day = &borne[..borne.partition_point(|borne| borne.day <= day)];
        let mut considered = 0;
        for borne in of_the_day.iter().take(FACTS_CONSIDERED_MAX) {
            if draft.contributions.len() == CONTRIBUTIONS_MAX {
                break;
            }
            draft.take(borne);
            considered += 1;
        }
        let before = state.and_then(|state| state.last.up_to);
        let up_to = of_the_day[..considered].last().map(|borne| borne.entry).or(before);
        let mut continues = considered < of_the_day.len();
        if let Some(state) = state.filter(|_| !continues) {
            continues = !draft.inherit(state, others, day);
        }
        // Whom this very record names, the next one looks at.
        continues |= draft.contributions.iter().any(|listed| listed.succeeds.is_some());
        let goes_on = state.is_some_and(|state| state.last.continues);
        let is_new = !draft.contributions.is_empty() || considered == FACTS_CONSIDERED_MAX || goes_on;
        let is_yearly = state.is_some_and(|state| year_of_the_night(state.last.day) < year_of_the_night(day));
        let occasion = if is_yearly { GradingOccasion::Yearly } else { GradingOccasion::Nightly };
        let graded = draft.graded(organisation, day, occasion, up_to, continues);
        let changes = |state: &Self| state.last.caps != graded.caps || state.last.grade != graded.grade;
        (is_new || is_yearly || state.is_some_and(changes)).then_some(graded)
    }

    /// The grade that a record comes to by what it lists itself, where nobody can know what else bears on the organisation.
    pub(super) fn grade_of_what_is_listed(state: Option<&Self>, graded: &Graded, terms: &CreditTerms) -> Graded {
        let mut draft = Draft::new(state, terms);
        for listed in &graded.contributions {
            let adds = listed.adds.as_ref().and_then(|adds| {
                let rule = terms.conduct(adds.conduct)?;
                Some(Addition { rule: name(rule), points: i32::from(rule.points) * 100, ..adds.clone() })
            });
            let takes_back = listed.takes_back.as_ref().map(|back| draft.retraction(back.entry));
            draft.list(Contribution { adds, takes_back, ..listed.clone() });
        }
        draft.graded(&graded.organisation, graded.day, graded.occasion, graded.up_to, graded.continues)
    }

    /// What some conduct would come to at the end of a day, and what would be left if some entries were struck.
    pub fn what_if(
        state: Option<&Self>,
        supposed: &[Supposed],
        struck: &[u64],
        day: Day,
        terms: &CreditTerms,
    ) -> Account {
        let mut draft = Draft::new(state, terms);
        for entry in struck {
            draft.take_back(*entry);
        }
        for (entry, supposed) in (SUPPOSED_FROM..).zip(supposed) {
            let said = supposed.until.map(|until| (supposed.day, until));
            if let Some(adds) = draft.addition(supposed.conduct, supposed.day, said) {
                let holds = adds.from.zip(adds.until);
                draft.add(entry, Counted { conduct: supposed.conduct, day: supposed.day, by: None, holds, from: None });
            }
        }
        draft.account(day)
    }

    /// The night at which its grade may change without anything new: the first of a month, of a year, or when what holds it
    /// down begins or ends.
    pub fn looked_at_again(&self) -> Day {
        let day = self.last.day.date();
        let month = day.with_day(1).and_then(|first| first.checked_add_months(chrono::Months::new(1)));
        let month = month.filter(|month| *month > later(self.last.day, 1).date());
        let month = month.or_else(|| later(self.last.day, 32).date().with_day(1)).unwrap_or(day);
        let holds = self.holding().filter_map(|(_, counted)| counted.holds);
        let turns = holds.flat_map(|(from, until)| [later(from, 1), later(until, 2)]);
        turns.filter(|turn| *turn > later(self.last.day, 1)).chain([month.into()]).min().unwrap_or(month.into())
    }
}
