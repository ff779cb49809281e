//! What a record says.

use crate::field::{Faults, ParseFailure};
use crate::problem::{self, Refusal};
use crate::{commitment, identity, organisation, template, tender};

/// What a record says, of whatever capability.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Log(identity::Act),
    Organisation(organisation::Act),
    Tender(tender::Act),
    Template(template::Act),
    Commitment(commitment::Act),
}

/// The same of an act, whatever capability it is of.
macro_rules! of_any {
    ($which:expr, $act:ident => $what:expr) => {
        match $which {
            Act::Log($act) => $what,
            Act::Organisation($act) => $what,
            Act::Tender($act) => $what,
            Act::Template($act) => $what,
            Act::Commitment($act) => $what,
        }
    };
}

impl Act {
    /// Every record kind there is.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        let all = [
            identity::Act::KINDS,
            organisation::Act::KINDS,
            tender::Act::KINDS,
            template::Act::KINDS,
            commitment::Act::KINDS,
        ];
        all.into_iter().flatten().copied()
    }

    /// Parses and checks a payload of the given kind.
    ///
    /// # Errors
    /// The kind is unknown, the bytes are not JSON, or a field is refused.
    pub fn parse(kind: &str, payload: &[u8]) -> Result<Self, Refusal> {
        let parsed = organisation::Act::parse(kind, payload)
            .map(|act| act.map(Self::Organisation))
            .or_else(|| tender::Act::parse(kind, payload).map(|act| act.map(Self::Tender)))
            .or_else(|| template::Act::parse(kind, payload).map(|act| act.map(Self::Template)))
            .or_else(|| commitment::Act::parse(kind, payload).map(|act| act.map(Self::Commitment)))
            .or_else(|| identity::Act::parse(kind, payload).map(|act| act.map(Self::Log)))
            .ok_or_else(|| {
                Refusal::new(
                    &problem::KIND_MISMATCH,
                    format!("没有记录类型 {kind}"),
                    format!("there is no record kind {kind}"),
                )
            })?;
        let act = parsed.map_err(|failure| match failure {
            ParseFailure::NotJson { reason } => Refusal::new(
                &problem::MALFORMED_JSON,
                format!("不是有效的 JSON：{reason}"),
                format!("not valid JSON: {reason}"),
            ),
            ParseFailure::Field(field) => Refusal::fields(vec![field]),
        })?;
        let mut faults = Faults::default();
        of_any!(&act, act => act.check(&mut faults));
        faults.into_result().map_err(Refusal::fields)?;
        Ok(act)
    }

    pub fn kind(&self) -> &'static str {
        of_any!(self, act => act.kind())
    }

    pub fn documents(&self) -> Vec<&crate::field::DocumentRef> {
        of_any!(self, act => act.documents())
    }

    pub fn sealed(&self) -> Vec<crate::record::Sealed> {
        of_any!(self, act => act.sealed())
    }

    pub fn to_value(&self) -> serde_json::Value {
        of_any!(self, act => act.to_value())
    }
}

macro_rules! from_acts {
    ($($variant:ident($act:ty),)*) => {
        $(impl From<$act> for Act {
            fn from(act: $act) -> Self {
                Self::$variant(act)
            }
        })*
    };
}

from_acts! {
    Log(identity::Act),
    Organisation(organisation::Act),
    Tender(tender::Act),
    Template(template::Act),
    Commitment(commitment::Act),
}
