//! What is signed about a tender: one type a record kind, grouped by stage.

mod announcement;
mod award;
mod candidates;
mod disclosure;
mod leader;
mod objection;
mod price;
mod reopening;
mod round;

pub use announcement::{
    Adoption, Amendment, Announcement, Bid, Change, Clarification, Closure, Deadline, DeadlineKind, Difference,
    DocumentSale, Failure, Opening, Resumption, SuspensionOrder, Termination,
};
pub use award::{Award, Contract, ContractAcceptance, ContractAmendment};
pub use candidates::{
    Candidate, CandidatePublication, Challenge, ChallengeAnswer, Claim, ClaimKind, ClaimRefutation, ClaimVerification,
    CommitteeMember, KeyPerson, RejectedBid, are_well_ranked,
};
pub use disclosure::{
    Clause, ClauseKind, Clearance, Contact, Lot, Method, PlannedDates, Preannouncement, Revision, ScoreRow, Window,
    WindowClosure, WindowUnit, Windows, score_table_id,
};
pub use leader::{Certificate, LeaderName, ProjectLeader, PublishedName};
pub use objection::{
    AnswerOutcome, Ground, Objection, ObjectionAnswer, ObjectionEscalation, ObjectionRuling, ObjectionWithdrawal,
    RulingOutcome,
};
pub use price::{AmountConfirmation, PriceDifference};
pub use reopening::{PeriodReopening, TenderPeriod};
pub use round::EarlierRound;

use crate::act::acts;
use crate::field::{CommitmentId, LotId, TemplateId};

acts! {
    /// Every act about a tender.
    pub enum Act {
        Preannounced(Preannouncement),
        Revised(Revision),
        Objected(Objection),
        ObjectionAnswered(ObjectionAnswer),
        ObjectionEscalated(ObjectionEscalation),
        ObjectionRuled(ObjectionRuling),
        ObjectionWithdrawn(ObjectionWithdrawal),
        WindowClosed(WindowClosure),
        Cleared(Clearance),
        Adopted(Adoption),
        Announced(Announcement),
        Clarified(Clarification),
        Amended(Amendment),
        BidsOpened(Opening),
        Suspended(SuspensionOrder),
        Resumed(Resumption),
        Terminated(Termination),
        Failed(Failure),
        DeadlinePassed(Deadline),
        PeriodReopened(PeriodReopening),
        CandidatesPublished(CandidatePublication),
        Challenged(Challenge),
        ChallengeAnswered(ChallengeAnswer),
        ClaimVerified(ClaimVerification),
        ClaimRefuted(ClaimRefutation),
        Awarded(Award),
        ContractPublished(Contract),
        ContractAmended(ContractAmendment),
        ContractAccepted(ContractAcceptance),
        Closed(Closure),
    }
}

impl Act {
    /// The template on which it makes commitments a condition.
    pub fn template(&self) -> Option<&TemplateId> {
        self.disclosed()?.0.commitment_template.as_ref()
    }

    /// The text that it discloses, and where that stands in it.
    pub fn disclosed(&self) -> Option<(&Preannouncement, &'static str)> {
        match self {
            Self::Preannounced(disclosed) => Some((disclosed, "")),
            Self::Revised(revision) => Some((&revision.preannouncement, "/preannouncement")),
            _ => None,
        }
    }

    /// The round before, which it follows.
    pub fn earlier_round(&self) -> Option<&EarlierRound> {
        self.disclosed()?.0.follows.as_ref()
    }

    /// The lot that it is about, for acts after the opening.
    pub fn lot(&self) -> Option<&LotId> {
        Some(match self {
            Self::Failed(failure) => &failure.lot,
            Self::CandidatesPublished(publication) => &publication.lot,
            Self::Challenged(challenge) => &challenge.lot,
            Self::ChallengeAnswered(answer) => &answer.lot,
            Self::ClaimVerified(found) => &found.lot,
            Self::ClaimRefuted(found) => &found.lot,
            Self::Awarded(award) => &award.lot,
            Self::ContractPublished(contract) => &contract.lot,
            Self::ContractAmended(amendment) => &amendment.lot,
            Self::ContractAccepted(acceptance) => &acceptance.lot,
            _ => return None,
        })
    }

    /// The commitments that it cites.
    pub fn commitments(&self) -> Vec<&CommitmentId> {
        match self {
            Self::BidsOpened(opening) => opening.bids.iter().filter_map(|bid| bid.commitment.as_ref()).collect(),
            Self::Awarded(award) => award.commitment.iter().collect(),
            _ => Vec::new(),
        }
    }
}
