//! A bar, and that it is taken back by whoever decided it.

use crate::act::{Payload, confirms_numbers};
use crate::field::{
    BarKindId, Citations, Day, DocumentRef, Faults, ItemId, Line, NumberConfirmation, OrganisationId, Party, Prose,
    RegionCode,
};
use crate::law::{BarField, BarMeasure, RepairRegime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a bar reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BarScope {
    /// Within those of its kind; all of them where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = FIELDS_MAX))]
    pub fields: Vec<BarField>,
    /// Only in these (GB/T 2260); everywhere where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = REGIONS_MAX))]
    pub regions: Vec<RegionCode>,
    /// What the decision stops; what its kind usually does where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MEASURES_MAX))]
    pub measures: Vec<BarMeasure>,
}

/// `access.barred`: somebody who may decide so has barred the organisation. A supervisor enters it, its own decision or another's:
/// a court's list, that of a tax office, the list of serious violations in government procurement. Authority, number, article,
/// scope, both days and the document are all needed (CR-18), and so is a kind that the law knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Barring {
    /// Chosen by the supervisor, unique for the organisation.
    pub id: ItemId,
    /// A kind of the edition in force: `procurement-ban`, `court-list`…
    pub kind: BarKindId,
    /// Whom: the stream's.
    pub organisation: OrganisationId,
    /// What it is called in the decision: it need not be registered here.
    pub name: Line<200>,
    /// Who decided (作出决定的机关).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Party>,
    /// 决定书文号, or the number of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Line<200>>,
    /// The article on which it rests, one of its kind: `《政府采购法》第七十七条第一款第（一）项`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<Line<300>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<BarScope>,
    /// First day (Asia/Shanghai).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// Last day: it is over at midnight after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// The decision itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentRef>,
    /// Who repairs it, by the body that issued it; the usual one of its kind where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regime: Option<RepairRegime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `access.revoked`: the decision was revoked or annulled (撤销): the bar ends now, everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BarRevocation {
    pub bar: ItemId,
    pub reason: Prose<2000>,
    /// By which it was revoked.
    pub document: DocumentRef,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

/// There are two.
const FIELDS_MAX: usize = 2;
/// There are six.
const MEASURES_MAX: usize = 6;
/// A province has some twenty cities; more regions are a province, or two.
const REGIONS_MAX: usize = 50;

impl Payload for Barring {
    const KIND: &'static str = "access.barred";

    confirms_numbers!();

    fn codes(&self) -> Vec<&OrganisationId> {
        let authority = self.authority.as_ref().and_then(|authority| authority.id.as_ref());
        std::iter::once(&self.organisation).chain(authority).collect()
    }

    fn check(&self, faults: &mut Faults) {
        let Some(scope) = &self.scope else { return };
        let BarScope { fields, regions, measures } = scope;
        if !fields.is_empty() {
            faults.list("/scope/fields", fields, FIELDS_MAX, |field| field.name());
        }
        if !regions.is_empty() {
            faults.list("/scope/regions", regions, REGIONS_MAX, RegionCode::as_str);
        }
        if !measures.is_empty() {
            faults.list("/scope/measures", measures, MEASURES_MAX, |measure| measure.name());
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.document.iter().collect()
    }
}

impl Payload for BarRevocation {
    const KIND: &'static str = "access.revoked";

    fn documents(&self) -> Vec<&DocumentRef> {
        std::iter::once(&self.document).chain(self.documents.iter()).collect()
    }
}
