//! What the registry (登记机关) enters about an organisation that exists: another name, another legal representative, its end.
//! A supervisor who has seen the registry's document writes it down; records keep the name of their time.

use crate::act::{Payload, cites_document, statuses};
use crate::field::{Day, DocumentRef, Fault, Faults, Line, OrganisationId};
use crate::record::Sealed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `organisation.renamed`: the registry has entered another name (名称变更登记; 市场主体登记管理条例 art. 24).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Renaming {
    /// The new name.
    pub name: Line<200>,
    /// The registry's document (登记通知书).
    pub document: DocumentRef,
    /// Day from which the registry has the new name: today at the latest, and not before its last change.
    pub effective: Day,
}

/// `organisation.representative_changed`: another legal representative (法定代表人变更登记; same art. 24).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepresentativeChange {
    /// Who it is now: a person, so sealed.
    pub representative: Sealed,
    pub document: DocumentRef,
    /// As in `organisation.renamed`.
    pub effective: Day,
}

/// `organisation.ended`: it exists no more, or may do business no more. It signs nothing from now on, neither bids nor wins;
/// what it has signed stays. `organisation.reinstated` takes it back (恢复登记).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    pub ground: EndingGround,
    /// Who has its rights and duties from now on (民法典 art. 67): confirmed here, one at least after a merger or a division,
    /// and none otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = SUCCESSORS_MAX))]
    pub successors: Vec<OrganisationId>,
    pub document: DocumentRef,
    /// As in `organisation.renamed`.
    pub effective: Day,
}

statuses! {
    /// Why an organisation ended.
    pub enum EndingGround {
        /// 合并
        Merged,
        /// 分立
        Divided,
        /// 注销登记
        Deregistered,
        /// 吊销营业执照
        LicenceRevoked,
    }
}

/// Into how many organisations one may be divided: three is rare.
const SUCCESSORS_MAX: usize = 16;

impl EndingGround {
    fn has_successors(self) -> bool {
        matches!(self, Self::Merged | Self::Divided)
    }
}

impl Payload for Renaming {
    const KIND: &'static str = "organisation.renamed";

    cites_document!();
}

impl Payload for RepresentativeChange {
    const KIND: &'static str = "organisation.representative_changed";

    cites_document!();

    fn sealed(&self) -> Vec<Sealed> {
        vec![self.representative.clone()]
    }
}

impl Payload for Ending {
    const KIND: &'static str = "organisation.ended";

    fn check(&self, faults: &mut Faults) {
        let (needed, given) = (self.ground.has_successors(), !self.successors.is_empty());
        if needed && given {
            faults.list("/successors", &self.successors, SUCCESSORS_MAX, OrganisationId::as_str);
        } else if needed {
            faults.add("/successors", Fault::TooFew);
        } else if given {
            let (zh, en) = ("注销、吊销没有承继人", "nobody succeeds who is deregistered or loses its licence");
            faults.add("/successors", Fault::inconsistent((zh, en)));
        }
    }

    cites_document!();

    fn codes(&self) -> Vec<&OrganisationId> {
        self.successors.iter().collect()
    }
}
