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

acts! {
    /// Every act about a tender.
    pub enum Act {
        Preannounced(Preannouncement) = "tender.preannounced",
        Revised(Revision) = "tender.preannouncement_revised",
        Objected(Objection) = "tender.objected",
        ObjectionAnswered(ObjectionAnswer) = "tender.objection_answered",
        ObjectionEscalated(ObjectionEscalation) = "tender.objection_escalated",
        ObjectionRuled(ObjectionRuling) = "tender.objection_ruled",
        ObjectionWithdrawn(ObjectionWithdrawal) = "tender.objection_withdrawn",
        WindowClosed(WindowClosure) = "tender.window_closed",
        Cleared(Clearance) = "tender.cleared",
        Adopted(Adoption) = "tender.adopted",
        Announced(Announcement) = "tender.announced",
        Clarified(Clarification) = "tender.clarified",
        Amended(Amendment) = "tender.amended",
        BidsOpened(Opening) = "tender.bids_opened",
        Suspended(SuspensionOrder) = "tender.suspended",
        Resumed(Resumption) = "tender.resumed",
        Terminated(Termination) = "tender.terminated",
        Failed(Failure) = "tender.failed",
        DeadlinePassed(Deadline) = "tender.deadline_passed",
        CandidatesPublished(CandidatePublication) = "tender.candidates_published",
        Challenged(Challenge) = "award.challenged",
        ChallengeAnswered(ChallengeAnswer) = "award.challenge_answered",
        ClaimVerified(ClaimVerification) = "award.claim_verified",
        ClaimRefuted(ClaimRefutation) = "award.claim_refuted",
        Awarded(Award) = "tender.awarded",
        ContractPublished(Contract) = "contract.published",
        ContractAmended(ContractAmendment) = "contract.amended",
        ContractAccepted(ContractAcceptance) = "contract.accepted",
        Closed(Closure) = "tender.closed",
    }
}

/// Documents in one citation list.
const DOCUMENTS_MAX: usize = 100;
