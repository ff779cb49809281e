//! Whether books of deposits hold after every record: I1 to I22, as far as a book shows them by itself.

use super::finding::{Reason, Report};
use crate::act::{Place, Stream};
use crate::deposit::{DepositBook, DepositBookId};
use crate::world::World;
use std::collections::BTreeMap;

/// A book is asked when so large a part of it may have changed, 1 in this many: a look at it takes as long as it is large, and so a
/// record costs no more, however large it grows. One of fewer deposits is asked after every record.
const PART: u64 = 16;

/// Up to which entry a book was found to hold, and what came since.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    held_at: u64,
    last: u64,
    records: u64,
}

/// The books of a log.
#[derive(Default)]
pub(super) struct Books(BTreeMap<Stream, Asked>);

impl Books {
    /// A record was applied.
    pub fn applied(&mut self, world: &World, stream: &Stream, place: &Place, report: &mut Report) {
        let Some(book) = book_of(world, stream) else { return };
        let asked = self.0.entry(stream.clone()).or_default();
        (asked.last, asked.records) = (place.index, asked.records + 1);
        if asked.records > book.deposits.len() as u64 / PART {
            asked.ask(book, stream, report);
        }
    }

    /// Asks those that were not asked after their last record.
    pub fn report(&mut self, world: &World, report: &mut Report) {
        for (stream, asked) in self.0.iter_mut().filter(|(_, asked)| asked.records > 0) {
            if let Some(book) = book_of(world, stream) {
                asked.ask(book, stream, report);
            }
        }
    }
}

fn book_of<'a>(world: &'a World, stream: &Stream) -> Option<&'a DepositBook> {
    let id: DepositBookId = stream.as_str().strip_prefix("deposit/")?.parse().ok()?;
    world.get(&id)
}

impl Asked {
    /// What does not hold is said once: it is as wrong after every record that follows.
    fn ask(&mut self, book: &DepositBook, stream: &Stream, report: &mut Report) {
        let is_new = self.held_at != u64::MAX;
        let broken = book.check();
        if let Some(first) = broken.first().filter(|_| is_new) {
            let since =
                if self.records == 1 { String::new() } else { format!(", since entry {} at most", self.held_at + 1) };
            report.add(Some(self.last), Reason::BookWrong, format!("{stream}: {first}{since}"));
        }
        self.held_at = if broken.is_empty() && is_new { self.last } else { u64::MAX };
        self.records = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_record_after_which_a_book_is_wrong_is_named_once() {
        let stream: Stream = "deposit/12100000400000456B".parse().unwrap();
        let (right, wrong) = (DepositBook::sample(false), DepositBook::sample(true));
        let (mut asked, mut report) = (Asked::default(), Report::default());
        for (entry, book) in [(3, &right), (9, &wrong), (12, &wrong)] {
            (asked.last, asked.records) = (entry, 1);
            asked.ask(book, &stream, &mut report);
        }
        let found: Vec<_> = report.findings.iter().map(|found| (found.index, found.reason)).collect();
        assert_eq!(found, [(Some(9), Reason::BookWrong)]);
        assert!(report.findings[0].detail.contains("I11"), "{:?}", report.findings);
    }
}
