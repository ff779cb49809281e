//! 招标公告 and what happens to the running tender until the bids are opened; and its interruptions and ends.

use super::AmountConfirmation;
use super::disclosure::{
    CLAUSES_MAX, Clause, LOTS_MAX, SCORE_ROWS_MAX, ScoreRow, Windows, check_clauses, check_windows,
};
use super::price::check_amounts;
use crate::act::{Payload, confirms_numbers};
use crate::field::{
    Bidder, Citations, ClauseId, CommitmentId, DocumentRef, DueTime, Fault, Faults, Instant, ItemId, Line, LotId,
    Nature, NumberConfirmation, OrganisationId, Party, Price, Prose, RegionCode,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a clause differs from the disclosed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added,
    Removed,
    Changed,
}

/// A declared difference from the disclosed text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    pub clause: ClauseId,
    pub change: Change,
    pub reason: Prose<2000>,
}

/// When the tender document can be had, bought or not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentSale {
    pub from: DueTime,
    /// Not after the bid deadline.
    pub until: DueTime,
}

/// `tender.announced`: 招标公告 / 采购公告. Its clauses equal the cleared ones, or it lists every difference; a material
/// difference opens a new window instead of the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    #[schemars(length(min = 1, max = CLAUSES_MAX))]
    pub clauses: Vec<Clause>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = SCORE_ROWS_MAX))]
    pub score_table: Vec<ScoreRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = DIFFERENCES_MAX))]
    pub differences: Vec<Difference>,
    /// 投标截止时间: nothing is opened before. A day alone where no hour is set.
    pub bid_deadline: DueTime,
    /// 开标时间. Where it is an hour, nothing is opened before it either.
    pub open: DueTime,
    /// 招标文件的获取时间.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_sale: Option<DocumentSale>,
    /// Where the notice was first published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Line<500>>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `tender.adopted`: a supervisor takes a tender over that was announced outside this log, so that its later notices
/// can be published here. Nothing is claimed about what came before but where it can be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    pub title: Line<300>,
    pub procuring_unit: Party,
    pub centre: OrganisationId,
    // Left out where the earlier notices don't say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    pub region: RegionCode,
    #[schemars(length(min = 1, max = LOTS_MAX))]
    pub lots: Vec<super::Lot>,
    pub windows: Windows,
    /// Where the earlier notices stand.
    pub source: Line<500>,
    pub reason: Prose<2000>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `tender.clarified`: 澄清.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clarification {
    pub text: Prose<8000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `tender.amended`: 修改 / 更正; moves the deadline where the law asks for it (招标投标法 art. 23).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    pub reason: Prose<2000>,
    /// The clauses that change, in their new wording; clauses are never added here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = CLAUSES_MAX))]
    pub clauses: Vec<Clause>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid_deadline: Option<DueTime>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// A bid as it was read out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bid {
    pub bidder: Bidder,
    pub price: Price,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Prose<1000>>,
    /// The price is meant, although it is far from the lot's ceiling or estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<AmountConfirmation>,
    /// The effective commitment between the bidder (the first member of a consortium) and the procuring side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<CommitmentId>,
}

/// `tender.bids_opened`: 开标记录 of one lot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    pub lot: LotId,
    pub opened_at: Instant,
    #[schemars(length(max = BIDS_MAX))]
    pub bids: Vec<Bid>,
}

/// `tender.suspended`: 暂停, by a supervisor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspensionOrder {
    pub reason: Prose<5000>,
}

/// `tender.resumed`: 恢复; running windows are longer by the time of the suspension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resumption {
    pub reason: Prose<5000>,
}

/// `tender.terminated`: 终止.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Termination {
    pub reason: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `tender.failed`: 流标 / 废标 of one lot, or of the award to one of its several winners.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub lot: LotId,
    /// The winner that signs no contract, where others of the lot do; without it, the lot fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<ItemId>,
    pub reason: Prose<5000>,
}

/// Which due date passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// An objection was not answered in time.
    ObjectionAnswer,
    /// A challenge was not answered in time.
    ChallengeAnswer,
    /// The bids of a lot were not opened on the day.
    BidOpening,
}

/// `tender.deadline_passed` (service): a due date went by without the act it was for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    pub kind: DeadlineKind,
    /// The objection, challenge or lot.
    pub item: ItemId,
    pub due: Instant,
}

/// `tender.closed` (service): every lot has come to its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    pub lots_accepted: u32,
    pub lots_failed: u32,
}

const BIDS_MAX: usize = 200;
pub(super) const DIFFERENCES_MAX: usize = 600;

/// Of what members a bidder consists, and that nobody bids twice: neither for itself and in a consortium, nor in two.
pub(super) fn check_bidders<'a>(bidders: impl Iterator<Item = (String, &'a Bidder)>, faults: &mut Faults) {
    let mut seen = Seen::default();
    for (at, bidder) in bidders {
        if bidder.members.is_empty() {
            faults.add(format!("{at}/members"), Fault::TooFew);
        }
        faults.at_most(format_args!("{at}/members"), bidder.members.len(), Bidder::MEMBERS_MAX);
        for (n, member) in bidder.members.iter().enumerate() {
            if !seen.takes(member) {
                let id = member.id.as_ref().map_or_else(|| member.name.to_string(), ToString::to_string);
                faults.add(format!("{at}/members/{n}"), Fault::Duplicate { id });
            }
        }
    }
}

/// Parties by what they are known by, as [`Party::is_same`] compares them.
#[derive(Default)]
struct Seen<'a> {
    codes: BTreeSet<&'a OrganisationId>,
    names: BTreeSet<&'a str>,
    names_without_code: BTreeSet<&'a str>,
}

impl<'a> Seen<'a> {
    /// Whether the party is a new one.
    fn takes(&mut self, party: &'a Party) -> bool {
        let name = party.name.as_str();
        let known = match &party.id {
            Some(code) => !self.codes.insert(code) || self.names_without_code.contains(name),
            None => self.names.contains(name) || !self.names_without_code.insert(name),
        };
        self.names.insert(name);
        !known
    }
}

impl Payload for Announcement {
    const KIND: &'static str = "tender.announced";

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        check_clauses(&self.clauses, &self.score_table, "", faults);
        if !self.differences.is_empty() {
            faults.list("/differences", &self.differences, DIFFERENCES_MAX, |difference| &difference.clause);
        }
        let mut ordered = |earlier: DueTime, name: &str, later: DueTime, pointer: &str| {
            if later.is_before(earlier) {
                faults.add(pointer, Fault::DatesOutOfOrder { earlier: name.into() });
            }
        };
        ordered(self.bid_deadline, "bid_deadline", self.open, "/open");
        if let Some(DocumentSale { from, until }) = self.document_sale {
            ordered(from, "from", until, "/document_sale/until");
            ordered(until, "document_sale/until", self.bid_deadline, "/bid_deadline");
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for Adoption {
    const KIND: &'static str = "tender.adopted";

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        faults.list("/lots", &self.lots, LOTS_MAX, |lot| &lot.id);
        check_amounts(&self.lots, None, "", faults);
        check_windows(self.windows, "", faults);
    }

    fn codes(&self) -> Vec<&OrganisationId> {
        [Some(&self.centre), self.procuring_unit.id.as_ref()].into_iter().flatten().collect()
    }
}

impl Payload for Clarification {
    const KIND: &'static str = "tender.clarified";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for Amendment {
    const KIND: &'static str = "tender.amended";

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        if self.clauses.is_empty() && self.bid_deadline.is_none() && self.documents.is_empty() {
            faults.add("/clauses", Fault::TooFew);
        }
        if !self.clauses.is_empty() {
            faults.list("/clauses", &self.clauses, CLAUSES_MAX, |clause| &clause.id);
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for Opening {
    const KIND: &'static str = "tender.bids_opened";

    fn check(&self, faults: &mut Faults) {
        faults.at_most("/bids", self.bids.len(), BIDS_MAX);
        let bidders = self.bids.iter().enumerate().map(|(at, bid)| (format!("/bids/{at}/bidder"), &bid.bidder));
        check_bidders(bidders, faults);
    }

    fn codes(&self) -> Vec<&OrganisationId> {
        self.bids.iter().flat_map(|bid| bid.bidder.codes()).collect()
    }
}

impl Payload for SuspensionOrder {
    const KIND: &'static str = "tender.suspended";
}

impl Payload for Resumption {
    const KIND: &'static str = "tender.resumed";
}

impl Payload for Termination {
    const KIND: &'static str = "tender.terminated";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for Failure {
    const KIND: &'static str = "tender.failed";
}

impl Payload for Deadline {
    const KIND: &'static str = "tender.deadline_passed";
}

impl Payload for Closure {
    const KIND: &'static str = "tender.closed";
}
