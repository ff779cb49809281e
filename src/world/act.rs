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
        match &act {
            Self::Log(act) => act.check(&mut faults),
            Self::Organisation(act) => act.check(&mut faults),
            Self::Tender(act) => act.check(&mut faults),
            Self::Template(act) => act.check(&mut faults),
            Self::Commitment(act) => act.check(&mut faults),
        }
        faults.into_result().map_err(Refusal::fields)?;
        Ok(act)
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Log(act) => act.kind(),
            Self::Organisation(act) => act.kind(),
            Self::Tender(act) => act.kind(),
            Self::Template(act) => act.kind(),
            Self::Commitment(act) => act.kind(),
        }
    }

    pub fn documents(&self) -> Vec<&crate::field::DocumentRef> {
        match self {
            Self::Log(act) => act.documents(),
            Self::Organisation(act) => act.documents(),
            Self::Tender(act) => act.documents(),
            Self::Template(act) => act.documents(),
            Self::Commitment(act) => act.documents(),
        }
    }

    pub fn sealed(&self) -> Vec<crate::record::Sealed> {
        match self {
            Self::Log(act) => act.sealed(),
            Self::Organisation(act) => act.sealed(),
            Self::Tender(act) => act.sealed(),
            Self::Template(act) => act.sealed(),
            Self::Commitment(act) => act.sealed(),
        }
    }

    pub fn to_value(&self) -> serde_json::Value {
        match self {
            Self::Log(act) => act.to_value(),
            Self::Organisation(act) => act.to_value(),
            Self::Tender(act) => act.to_value(),
            Self::Template(act) => act.to_value(),
            Self::Commitment(act) => act.to_value(),
        }
    }
}

impl From<identity::Act> for Act {
    fn from(act: identity::Act) -> Self {
        Self::Log(act)
    }
}

impl From<organisation::Act> for Act {
    fn from(act: organisation::Act) -> Self {
        Self::Organisation(act)
    }
}

impl From<tender::Act> for Act {
    fn from(act: tender::Act) -> Self {
        Self::Tender(act)
    }
}

impl From<template::Act> for Act {
    fn from(act: template::Act) -> Self {
        Self::Template(act)
    }
}

impl From<commitment::Act> for Act {
    fn from(act: commitment::Act) -> Self {
        Self::Commitment(act)
    }
}
