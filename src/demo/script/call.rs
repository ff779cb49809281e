//! From the call to the opening of the bids.

use super::Script;
use super::disclosure::reword;
use crate::demo::cast::{Who, bidder};
use crate::demo::papers::{Paper, cite};
use crate::demo::phrase::{at_nine, literal};
use crate::field::{Citations, Price};
use crate::tender::{
    Adoption, Amendment, Announcement, Bid, Change, Clarification, Clause, Difference, Failure, Lot, Opening,
};
use chrono::NaiveDate;

impl Script<'_> {
    /// The call, with as much time for bids as the law asks for.
    pub fn announced(&mut self) -> &mut Self {
        self.announced_until(self.next_deadline())
    }

    /// The call, with bids until a day on which they are opened.
    pub fn announced_until(&mut self, deadline: NaiveDate) -> &mut Self {
        self.call(deadline, Vec::new())
    }

    /// The call, with bids until some working days from the present at least.
    pub fn announced_beyond(&mut self, working_days: usize) -> &mut Self {
        self.announced_until(self.days.ahead(working_days).max(self.next_deadline()))
    }

    /// The call with another wording than the one that was cleared, which it declares.
    pub fn announced_with(&mut self, deadline: NaiveDate, clause: &str, words: &str, reason: &str) -> &mut Self {
        reword(&mut self.text, clause, words);
        let difference = Difference { clause: literal(clause), change: Change::Changed, reason: literal(reason) };
        self.call(deadline, vec![difference])
    }

    fn call(&mut self, deadline: NaiveDate, differences: Vec<Difference>) -> &mut Self {
        let announcement = Announcement {
            numbers_confirmed: None,
            clauses: self.text.clauses.clone(),
            score_table: self.text.score_table.clone(),
            differences,
            bid_deadline: at_nine(deadline),
            open: at_nine(deadline),
            document_sale: None,
            source: None,
            documents: self.text.documents.clone(),
        };
        self.post(self.centre, announcement)
    }

    /// A supervisor takes over what was announced elsewhere.
    pub fn adopted(&mut self, who: Who, lots: Vec<Lot>, source: &str, reason: &str) -> &mut Self {
        let text = &self.text;
        let adoption = Adoption {
            numbers_confirmed: None,
            title: text.title.clone(),
            procuring_unit: text.procuring_unit.clone(),
            centre: text.centre.clone(),
            nature: Some(text.nature),
            region: text.region,
            lots,
            windows: text.windows,
            source: literal(source),
            reason: literal(reason),
        };
        self.post(who, adoption)
    }

    pub fn clarified(&mut self, text: &str, documents: &[&Paper]) -> &mut Self {
        let documents = cite(documents);
        self.post(self.centre, Clarification { numbers_confirmed: None, text: literal(text), documents })
    }

    pub fn amended(&mut self, reason: &str, clauses: Vec<Clause>, deadline: NaiveDate) -> &mut Self {
        let bid_deadline = Some(at_nine(deadline));
        self.post(
            self.centre,
            Amendment {
                numbers_confirmed: None,
                reason: literal(reason),
                clauses,
                bid_deadline,
                documents: Citations::default(),
            },
        )
    }

    /// Goes to the day of the deadline, when bids are opened.
    pub fn on_deadline(&mut self) -> &mut Self {
        let deadline = self.bid_deadline();
        self.on(deadline)
    }

    pub fn opened(&mut self, lot: &str, bids: &[(&[Who], Price)]) -> &mut Self {
        let bid = |(members, price): &(&[Who], Price)| Bid {
            bidder: bidder(members),
            price: price.clone(),
            confirmed: None,
            duration: Some(literal("响应招标文件要求")),
            commitment: None,
        };
        let bids = bids.iter().map(bid).collect();
        self.post(self.centre, Opening { lot: literal(lot), opened_at: self.now(), bids })
    }

    pub fn failed(&mut self, lot: &str, reason: &str) -> &mut Self {
        self.post(self.centre, Failure { lot: literal(lot), candidate: None, reason: literal(reason) })
    }
}
