//! What is signed about a tender: one type a record kind, grouped by stage.

mod announcement;
mod award;
mod candidates;
mod disclosure;
mod objection;

pub use announcement::{
    Adoption, Amendment, Announcement, Bid, Change, Clarification, Closure, Deadline, DeadlineKind, Difference,
    Failure, Opening, Resumption, SuspensionOrder, Termination,
};
pub use award::{Award, Contract, ContractAcceptance, ContractAmendment};
pub use candidates::{
    Candidate, CandidatePublication, Challenge, ChallengeAnswer, Claim, ClaimKind, ClaimRefutation, ClaimVerification,
    CommitteeMember, KeyPerson, RejectedBid,
};
pub use disclosure::{
    Clause, ClauseKind, Clearance, Contact, Lot, Method, PlannedDates, Preannouncement, Revision, ScoreRow, Window,
    WindowClosure, WindowUnit, Windows, score_table_id,
};
pub use objection::{
    AnswerOutcome, Ground, Objection, ObjectionAnswer, ObjectionEscalation, ObjectionRuling, ObjectionWithdrawal,
    RulingOutcome,
};

use crate::act::acts;
use crate::field::{CommitmentId, TemplateId};

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
        match self {
            Self::Preannounced(disclosed) => disclosed.commitment_template.as_ref(),
            Self::Revised(revision) => revision.preannouncement.commitment_template.as_ref(),
            _ => None,
        }
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

/// Documents in one citation list.
const DOCUMENTS_MAX: usize = 100;
