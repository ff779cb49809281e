//! The arithmetic, in whole numbers.
//!
//! An entry of age `a = q·h + r` days, `h` being its half-life and `r < h`, has the weight `(2h − r) / (2h · 2^q)`: one on its
//! own day, half after `h` days, a quarter after `2h`, and a straight line in between. All entries of one kind are added up
//! over one denominator, divided once, and what is below a hundredth of a point is cut off.

use super::super::payload::RuleName;
use super::super::{ConductSum, GradeCap, Graded};
use super::{Counted, Credit};
use crate::field::Day;
use crate::law::{Conduct, ConductRule, CreditTerms, Grade, POINTS_MAX};
use std::collections::BTreeMap;

/// Days from one day to another.
pub(super) fn age(day: Day, on: Day) -> i64 {
    (on.date() - day.date()).num_days()
}

/// The weight of an entry, in parts of [`whole`]; nothing beyond the horizon.
fn weight(rule: &ConductRule, age: i64) -> i128 {
    if age < 0 || age > i64::from(rule.horizon_days) {
        return 0;
    }
    let (half_life, age) = (i128::from(rule.half_life_days), i128::from(age));
    let (halvings, rest) = (age / half_life, age % half_life);
    (2 * half_life - rest) << (half_lives(rule) as i128 - halvings)
}

/// The weight of an entry on its own day.
fn whole(rule: &ConductRule) -> i128 {
    (2 * i128::from(rule.half_life_days)) << half_lives(rule)
}

/// Whole half-lives within the horizon.
fn half_lives(rule: &ConductRule) -> u32 {
    u32::from(rule.horizon_days / rule.half_life_days)
}

/// A rule's name as a record has it.
pub(super) fn name(rule: &ConductRule) -> RuleName {
    rule.rule.id.parse().unwrap_or_else(|_| "-".parse().expect("a line"))
}

/// How many entries of each kind there are on a day.
pub(super) type Days = BTreeMap<(Day, Conduct), u32>;

/// One entry less.
pub(super) fn take_away(days: &mut Days, day: Day, conduct: Conduct) {
    if let Some(count) = days.get_mut(&(day, conduct)) {
        *count -= 1;
        if *count == 0 {
            days.remove(&(day, conduct));
        }
    }
}

/// What an account comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Hundredths of a point with which everybody begins.
    pub base: u32,
    pub sums: Vec<ConductSum>,
    pub caps: Vec<GradeCap>,
    /// Hundredths of a point.
    pub points: u32,
    pub grade: Grade,
}

impl Graded {
    /// What the record says that it comes to.
    pub fn account(&self) -> Account {
        let (base, points, grade) = (self.base, self.points, self.grade);
        Account { base, sums: self.sums.clone(), caps: self.caps.clone(), points, grade }
    }
}

/// What entries that count come to on a day, by how many there are of each kind on each day, and by those that hold the grade
/// down.
pub(super) fn account<'a>(
    days: &Days,
    holding: impl Iterator<Item = (u64, &'a Counted)>,
    on: Day,
    terms: &CreditTerms,
) -> Account {
    let sums = sums(days, on, terms);
    let caps = caps(holding, on, terms);
    let base = u32::from(terms.base.points) * 100;
    let total = i64::from(base) + sums.iter().map(|sum| i64::from(sum.points)).sum::<i64>();
    let points = total.clamp(0, i64::from(POINTS_MAX) * 100) as u32;
    let grade = caps.iter().map(|cap| cap.at_most).fold(terms.grade(points), Grade::min);
    Account { base, sums, caps, points, grade }
}

fn sums(days: &Days, on: Day, terms: &CreditTerms) -> Vec<ConductSum> {
    let mut weights: BTreeMap<Conduct, (u32, i128)> = BTreeMap::new();
    for ((day, conduct), count) in days {
        let Some(rule) = terms.conduct(*conduct) else { continue };
        let weight = weight(rule, age(*day, on));
        if weight > 0 {
            let (counted, sum) = weights.entry(*conduct).or_default();
            *counted += count;
            *sum += weight * i128::from(*count);
        }
    }
    let sum = |(conduct, (count, weights)): (Conduct, (u32, i128))| {
        let rule = terms.conduct(conduct)?;
        let hundredths = i128::from(rule.points) * 100;
        // Towards zero, in one division.
        let aged = (hundredths * weights / whole(rule)) as i64;
        let most = i64::from(rule.points_max) * 100;
        let (full, points) = (i64::from(count) * hundredths as i64, aged.clamp(-most, most) as i32);
        Some(ConductSum { conduct, rule: name(rule), count, full, aged, points })
    };
    weights.into_iter().filter_map(sum).collect()
}

/// Of each kind that holds the grade down on the day, the one that does so longest.
fn caps<'a>(holding: impl Iterator<Item = (u64, &'a Counted)>, on: Day, terms: &CreditTerms) -> Vec<GradeCap> {
    let mut caps: BTreeMap<Conduct, GradeCap> = BTreeMap::new();
    for (entry, counted) in holding {
        let Some((_, until)) = counted.holds.filter(|(from, until)| *from <= on && on <= *until) else { continue };
        let Some(rule) = terms.conduct(counted.conduct) else { continue };
        let Some(at_most) = rule.at_most else { continue };
        let cap = GradeCap { entry, conduct: counted.conduct, rule: name(rule), at_most, until };
        match caps.get(&counted.conduct) {
            Some(known) if known.until >= until => {}
            _ => drop(caps.insert(counted.conduct, cap)),
        }
    }
    caps.into_values().collect()
}

impl Credit {
    /// Entries that may hold the grade down.
    pub(super) fn holding(&self) -> impl Iterator<Item = (u64, &Counted)> {
        self.holding.iter().filter_map(|entry| Some((*entry, self.counted.get(entry)?)))
    }

    /// Hundredths of a point that an entry of an age still has by itself, before all of its kind are cut at their most.
    pub fn aged(rule: &ConductRule, day: Day, on: Day) -> i64 {
        (i128::from(rule.points) * 100 * weight(rule, age(day, on)) / whole(rule)) as i64
    }
}
