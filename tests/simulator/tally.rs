//! What was survived, in numbers.

use super::oracle::Seen;
use gongshi::world::Act;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Default, Clone)]
pub struct Tally {
    pub runs: u64,
    /// Of these with two writers on PostgreSQL.
    pub runs_of_two: u64,
    pub records: u64,
    pub crashes: u64,
    /// Records that were on their way when power failed; and those of them that stood in the log afterwards.
    pub in_flight: u64,
    pub kept: u64,
    pub outages: u64,
    pub restarts: u64,
    pub bundles: u64,
    /// Documents that no record cited for a month.
    pub expired: u64,
    accepted: BTreeMap<&'static str, u64>,
    /// Of these about a part of a divided deposit.
    of_parts: BTreeMap<&'static str, u64>,
    /// Of these holds for a ground that they name.
    for_grounds: u64,
    /// By kind and problem.
    refused: BTreeMap<(&'static str, &'static str), u64>,
}

impl Tally {
    /// Of one run that has just begun.
    pub fn of_run(writers: usize) -> Self {
        Self { runs: 1, runs_of_two: u64::from(writers > 1), ..Self::default() }
    }

    pub fn accepted(&mut self, entry: &Seen) {
        self.records += 1;
        *self.accepted.entry(entry.kind).or_default() += 1;
        self.for_grounds += u64::from(entry.names_ground);
        if entry.is_of_part {
            *self.of_parts.entry(entry.kind).or_default() += 1;
        }
    }

    pub fn refused(&mut self, kind: &'static str, problem: &'static str) {
        *self.refused.entry((kind, problem)).or_default() += 1;
    }

    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.runs, other.runs),
            (&mut self.runs_of_two, other.runs_of_two),
            (&mut self.records, other.records),
            (&mut self.crashes, other.crashes),
            (&mut self.kept, other.kept),
            (&mut self.in_flight, other.in_flight),
            (&mut self.outages, other.outages),
            (&mut self.restarts, other.restarts),
            (&mut self.bundles, other.bundles),
            (&mut self.expired, other.expired),
            (&mut self.for_grounds, other.for_grounds),
        ] {
            *sum += more;
        }
        more_of(&mut self.accepted, &other.accepted);
        more_of(&mut self.of_parts, &other.of_parts);
        more_of(&mut self.refused, &other.refused);
    }

    /// Kinds of records that never got into a log.
    pub fn missing(&self) -> Vec<&'static str> {
        Act::kinds().filter(|kind| !self.accepted.contains_key(kind)).collect()
    }
}

fn more_of<K: Ord + Copy>(sums: &mut BTreeMap<K, u64>, more: &BTreeMap<K, u64>) {
    more.iter().for_each(|(of, count)| *sums.entry(*of).or_default() += count);
}

/// Problems that are named of a kind.
const PROBLEMS_SHOWN: usize = 4;

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused: u64 = self.refused.values().sum();
        writeln!(
            f,
            "{} records survived in {} runs, {} of them with two writers",
            self.records, self.runs, self.runs_of_two
        )?;
        writeln!(
            f,
            "{refused} refusals, {} power cuts ({} of {} records in flight were kept), {} full disks, {} restarts, {} bundles, {} documents expired",
            self.crashes, self.kept, self.in_flight, self.outages, self.restarts, self.bundles, self.expired
        )?;
        writeln!(f, "{:32}{:>10}{:>10}  mostly for", "kind", "accepted", "refused")?;
        for kind in Act::kinds() {
            let accepted = self.accepted.get(kind).copied().unwrap_or_default();
            let problems = self.refused.iter().filter(|((of, _), _)| *of == kind);
            let mut problems: Vec<_> = problems.map(|((_, problem), count)| (count, problem)).collect();
            problems.sort_unstable_by(|a, b| b.cmp(a));
            let refused: u64 = problems.iter().map(|(count, _)| **count).sum();
            let shown = problems.iter().take(PROBLEMS_SHOWN).map(|(count, problem)| format!("{problem} {count}"));
            writeln!(f, "{kind:32}{accepted:>10}{refused:>10}  {}", shown.collect::<Vec<_>>().join(", "))?;
        }
        let of_parts = self.of_parts.iter().map(|(kind, count)| format!("{kind} {count}"));
        writeln!(f, "of these deposits held for a ground of the law: {}", self.for_grounds)?;
        writeln!(f, "of these about parts of divided deposits: {}", of_parts.collect::<Vec<_>>().join(", "))
    }
}
