//! What a search is asked by: the parameters of its addresses, and what a subscription keeps.

use crate::commitment::CommitmentStatus;
use crate::field::{Day, Fault, FieldFault, Nature, OrganisationId};
use crate::http::encoded;
use crate::organisation::OrganisationStatus;
use crate::search::projection::{Search, SearchFilters};
use crate::search::rows::REGION_LEVELS;
use crate::search::{SearchKind, SearchQuery};
use crate::tender::{Method, ObjectionStatus, TenderStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Years in which something may begin: those of the parameter.
const YEARS: std::ops::RangeInclusive<u16> = 1949..=9999;

/// What is looked for: the parameters of `/v1/search`, each by its name. Without any, everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchAsked {
    /// Words, of which each must be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SearchKind>,
    /// Status of the thing, as its list has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// 业务类型.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    /// 采购方式.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// The first two, four or all six digits of a region code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Code of the procuring unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<OrganisationId>,
    /// In which it began (Asia/Shanghai).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// It began on this day or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_from: Option<Day>,
    /// It began on this day or before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_to: Option<Day>,
}

/// Whether anything has this status.
fn is_status(status: &str) -> bool {
    status.parse::<TenderStatus>().is_ok()
        || status.parse::<ObjectionStatus>().is_ok()
        || status.parse::<OrganisationStatus>().is_ok()
        || status.parse::<CommitmentStatus>().is_ok()
}

fn is_region(region: &str) -> bool {
    REGION_LEVELS.contains(&region.len()) && region.bytes().all(|digit| digit.is_ascii_digit())
}

impl SearchAsked {
    /// As it stands in an address.
    pub fn address(&self) -> String {
        let (q, status) = (self.q.clone(), self.status.clone());
        let pairs = [
            ("q", q),
            ("kind", self.kind.map(|kind| kind.name().to_owned())),
            ("status", status),
            ("nature", self.nature.map(|nature| nature.name().to_owned())),
            ("method", self.method.map(|method| method.name().to_owned())),
            ("region", self.region.clone()),
            ("unit", self.unit.as_ref().map(ToString::to_string)),
            ("year", self.year.map(|year| year.to_string())),
            ("began_from", self.began_from.map(|day| day.to_string())),
            ("began_to", self.began_to.map(|day| day.to_string())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(&value?))));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// What is wrong with it beyond the types of its members.
    pub fn faults(&self) -> Vec<FieldFault> {
        let status = self.status.as_deref().filter(|status| !is_status(status)).map(|_| {
            let words =
                ("应为某类内容的状态", "is a status of a tender, an objection, an organisation or a commitment");
            ("/status", Fault::wrong_type(words))
        });
        let region = self.region.as_deref().filter(|region| !is_region(region)).map(|_| {
            let words =
                ("应为行政区划代码的前两位、四位或全部六位数字", "has two, four or six digits of a region code");
            ("/region", Fault::wrong_type(words))
        });
        let year = self.year.filter(|year| !YEARS.contains(year)).map(|_| {
            let words = ("应为 1949 至 9999 的年份", "is a year of 1949 to 9999");
            ("/year", Fault::wrong_type(words))
        });
        let faults = [status, region, year].into_iter().flatten();
        faults.map(|(pointer, fault)| FieldFault { pointer: pointer.to_owned(), fault }).collect()
    }

    /// The search. Of what is at fault nothing is found.
    pub fn search(self) -> Search {
        let filters = SearchFilters {
            kind: self.kind,
            status: self.status,
            nature: self.nature.map(|nature| nature.name().to_owned()),
            method: self.method.map(|method| method.name().to_owned()),
            region: self.region,
            unit: self.unit.map(|unit| unit.to_string()),
            year: self.year,
            began_from: self.began_from,
            began_to: self.began_to,
        };
        Search { query: SearchQuery::parse(self.q.as_deref().unwrap_or_default()), filters }
    }
}
