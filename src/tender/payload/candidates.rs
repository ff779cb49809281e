//! 中标候选人公示: who may win, everything they claim for it, and the challenges to it.

use super::announcement::check_bidders;
use super::objection::AnswerOutcome;
use super::{AmountConfirmation, PriceDifference, ProjectLeader};
use crate::act::{Payload, confirms_numbers};
use crate::field::{
    Bidder, Citations, Day, DocumentRef, Fault, Faults, ItemId, Line, LotId, NumberConfirmation, OrganisationId, Party,
    Price, Prose,
};
use crate::log::Hash;
use crate::record::Sealed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a bidder claims of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// 业绩
    Achievement,
    /// 资质
    Qualification,
    /// 奖项
    Prize,
    /// 人员证书
    Person,
}

/// A claimed fact with the fields that let anyone check it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub id: ItemId,
    pub kind: ClaimKind,
    /// Project, certificate or prize.
    pub title: Prose<1000>,
    /// The consortium member that claims it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Line<200>>,
    /// The buyer of the claimed project, or who issued the certificate or prize; it may verify or refute the claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Party>,
    /// Contract number, certificate number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Line<200>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Price>,
    /// Day of contract or issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<Day>,
    /// Day of acceptance (验收).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Day>,
    /// The project leader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Sealed>,
    /// Where it can be looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Line<500>>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

impl Claim {
    /// Hash of everything but the id, so that a claim is known again under another one.
    pub fn content(&self) -> Hash {
        let Self { id: _, kind, title, holder, issuer, number, amount, dated, accepted, person: _, source, documents } =
            self;
        let content = (kind, title, holder, issuer, number, amount, dated, accepted, source, documents);
        Hash::of(serde_json::to_vec(&content).unwrap_or_default())
    }
}

/// A key person (技术负责人, 安全员…); the name stands sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyPerson {
    pub role: Line<100>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sealed>,
    /// Types and public numbers of certificates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Line<300>>,
}

/// A candidate (中标候选人).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    pub id: ItemId,
    /// From 1 without a gap, each once; absent from all where candidates are not ranked (不排序).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub rank: Option<u16>,
    /// 并列: others have the same rank.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tied: bool,
    /// One that was opened, as it was read out.
    pub bidder: Bidder,
    pub price: Price,
    /// Why it is not the price that was read out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_difference: Option<PriceDifference>,
    /// The price is meant, although it is far from the lot's ceiling or estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<AmountConfirmation>,
    /// Hundredths of a point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Prose<2000>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Prose<2000>>,
    /// 项目负责人: whose name and certificates may be published, as a law has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader: Option<ProjectLeader>,
    /// Everybody else who is promised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = PERSONS_MAX))]
    pub persons: Vec<KeyPerson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = CLAIMS_MAX))]
    pub claims: Vec<Claim>,
}

/// A bid that was rejected (否决投标).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectedBid {
    pub bidder: Bidder,
    pub reason: Prose<2000>,
}

/// A member of the evaluation committee (评标委员会).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitteeMember {
    pub role: Line<100>,
    pub name: Sealed,
}

/// `tender.candidates_published`: 中标候选人公示 of one lot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CandidatePublication {
    pub lot: LotId,
    #[schemars(length(min = 1, max = CANDIDATES_MAX))]
    pub candidates: Vec<Candidate>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<RejectedBid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub committee: Vec<CommitteeMember>,
    /// 提出异议的渠道和方式.
    pub channel: Prose<2000>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Line<500>>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `award.challenged`: against one claim, one candidate, or the whole result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// Chosen by the challenger, unique in the tender.
    pub id: ItemId,
    pub lot: LotId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<ItemId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ItemId>,
    pub reasons: Prose<8000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub evidence: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `award.challenge_answered`: by the centre or the procuring unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeAnswer {
    pub lot: LotId,
    pub challenge: ItemId,
    pub outcome: AnswerOutcome,
    pub reasons: Prose<8000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `award.claim_verified`: the claimed fact is true, says a supervisor or the organisation that issued it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimVerification {
    pub lot: LotId,
    pub candidate: ItemId,
    pub claim: ItemId,
    pub reasons: Prose<8000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `award.claim_refuted`: the claimed fact is false. The candidate can't win with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimRefutation {
    pub lot: LotId,
    pub candidate: ItemId,
    pub claim: ItemId,
    pub reasons: Prose<8000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

const CANDIDATES_MAX: usize = 50;
const CLAIMS_MAX: usize = 100;
pub(super) const PERSONS_MAX: usize = 50;

impl Payload for CandidatePublication {
    const KIND: &'static str = "tender.candidates_published";

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        faults.list("/candidates", &self.candidates, CANDIDATES_MAX, |candidate| &candidate.id);
        for (at, candidate) in self.candidates.iter().enumerate() {
            let pointer = format!("/candidates/{at}");
            if !candidate.claims.is_empty() {
                faults.list(format_args!("{pointer}/claims"), &candidate.claims, CLAIMS_MAX, |claim| &claim.id);
            }
            if let Some(leader) = &candidate.leader {
                leader.check(&format!("{pointer}/leader"), faults);
            }
            faults.at_most(format_args!("{pointer}/persons"), candidate.persons.len(), PERSONS_MAX);
            for (n, claim) in candidate.claims.iter().enumerate() {
                if claim.accepted < claim.dated && claim.accepted.is_some() {
                    let fault = Fault::DatesOutOfOrder { earlier: "dated".into() };
                    faults.add(format!("{pointer}/claims/{n}/accepted"), fault);
                }
            }
        }
        check_ranks(&self.candidates, faults);
        let candidates =
            self.candidates.iter().enumerate().map(|(at, c)| (format!("/candidates/{at}/bidder"), &c.bidder));
        let rejected = self.rejected.iter().enumerate().map(|(at, r)| (format!("/rejected/{at}/bidder"), &r.bidder));
        check_bidders(candidates.chain(rejected), faults);
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        let claimed = self.candidates.iter().flat_map(|candidate| &candidate.claims).flat_map(|claim| &claim.documents);
        self.documents.iter().chain(claimed).collect()
    }

    fn sealed(&self) -> Vec<Sealed> {
        let persons = self.candidates.iter().flat_map(|c| &c.persons).filter_map(|person| person.name.clone());
        let promised = self.candidates.iter().filter_map(|candidate| candidate.leader.as_ref()?.sealed().cloned());
        let leaders = self.candidates.iter().flat_map(|c| &c.claims).filter_map(|claim| claim.person.clone());
        let committee = self.committee.iter().map(|member| member.name.clone());
        persons.chain(promised).chain(leaders).chain(committee).collect()
    }

    fn codes(&self) -> Vec<&OrganisationId> {
        let bidders = self.candidates.iter().map(|candidate| &candidate.bidder);
        let bidders = bidders.chain(self.rejected.iter().map(|rejected| &rejected.bidder));
        let claims = self.candidates.iter().flat_map(|candidate| &candidate.claims);
        let issuers = claims.filter_map(|claim| claim.issuer.as_ref()?.id.as_ref());
        bidders.flat_map(Bidder::codes).chain(issuers).collect()
    }
}

/// Whether they are ranked as a publication has it, or not at all.
pub fn are_well_ranked(candidates: &[Candidate]) -> bool {
    let mut faults = Faults::default();
    check_ranks(candidates, &mut faults);
    faults.into_result().is_ok()
}

/// Ranks are 1 to n. Those who are declared to be tied share one; the next is the one that follows, counted either way: 1, 1, 2
/// and 1, 1, 3 are both in use.
fn check_ranks(candidates: &[Candidate], faults: &mut Faults) {
    let mut wrong = |row: usize, zh: &str, en: &str| {
        faults.add(format!("/candidates/{row}/rank"), Fault::inconsistent((zh, en)));
    };
    if candidates.iter().all(|candidate| candidate.rank.is_none()) {
        let tied = candidates.iter().position(|candidate| candidate.tied);
        return tied.into_iter().for_each(|row| wrong(row, "未排序的候选人不得并列", "who has no rank shares none"));
    }
    let mut order: Vec<(u16, usize)> = Vec::new();
    for (row, candidate) in candidates.iter().enumerate() {
        match candidate.rank {
            Some(rank) => order.push((rank, row)),
            None => wrong(row, "候选人须全部排序或全部不排序", "either all candidates have a rank or none"),
        }
    }
    order.sort_unstable();
    let (mut dense, mut counted) = (1, 1);
    for alike in order.chunk_by(|one, other| one.0 == other.0) {
        for (rank, row) in alike {
            if *rank != dense && *rank != counted {
                wrong(*row, "名次应为 1、2、3…，不得跳号", "ranks are 1, 2, 3… without a gap");
            }
            match (alike.len(), candidates[*row].tied) {
                (1, true) => wrong(*row, "没有其他候选人与其名次相同", "nobody else has this rank"),
                (2.., false) => {
                    wrong(*row, "名次重复而未声明并列", "another one has this rank, and no tie is declared")
                }
                _ => {}
            }
        }
        // A gap is told once, at its end.
        let last = alike.first().map_or(0, |(rank, _)| *rank);
        dense = last.saturating_add(1);
        counted = last.saturating_add(alike.len() as u16);
    }
}

impl Payload for Challenge {
    const KIND: &'static str = "award.challenged";

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        if self.claim.is_some() && self.candidate.is_none() {
            faults.add("/candidate", Fault::MissingField);
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.evidence.iter().collect()
    }
}

impl Payload for ChallengeAnswer {
    const KIND: &'static str = "award.challenge_answered";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for ClaimVerification {
    const KIND: &'static str = "award.claim_verified";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for ClaimRefutation {
    const KIND: &'static str = "award.claim_refuted";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}
