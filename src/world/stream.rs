//! What a record acts on.

use crate::field::{CommitmentId, Fault, FieldFault, OrganisationId, TemplateId, TenderCode};
use crate::problem::Refusal;
use std::fmt;
use std::str::FromStr;

/// What a record acts on: the `sub` of its header.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Stream {
    /// `log`: the log itself.
    Log,
    /// `organisation/<id>`
    Organisation(OrganisationId),
    /// `tender/<code>`
    Tender(TenderCode),
    /// `template/<id>`
    Template(TemplateId),
    /// `commitment/<id>`
    Commitment(CommitmentId),
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log => f.write_str("log"),
            Self::Organisation(id) => write!(f, "organisation/{id}"),
            Self::Tender(code) => write!(f, "tender/{code}"),
            Self::Template(id) => write!(f, "template/{id}"),
            Self::Commitment(id) => write!(f, "commitment/{id}"),
        }
    }
}

impl FromStr for Stream {
    type Err = Refusal;

    fn from_str(sub: &str) -> Result<Self, Refusal> {
        let bad = |reason: String| {
            Refusal::fields(vec![FieldFault { pointer: "/sub".into(), fault: Fault::MalformedCode { reason } }])
        };
        match sub.split_once('/') {
            None if sub == "log" => Ok(Self::Log),
            Some(("organisation", id)) => id.parse().map(Self::Organisation).map_err(|e| bad(format!("{e}"))),
            Some(("tender", code)) => code.parse().map(Self::Tender).map_err(|e| bad(format!("{e}"))),
            Some(("template", id)) => id.parse().map(Self::Template).map_err(|e| bad(format!("{e}"))),
            Some(("commitment", id)) => id.parse().map(Self::Commitment).map_err(|e| bad(format!("{e}"))),
            _ => Err(bad(FORMS.into())),
        }
    }
}

const FORMS: &str = "a stream is log, organisation/<id>, tender/<code>, template/<id> or commitment/<id>";
