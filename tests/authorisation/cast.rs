//! Who signs: one organisation of each kind, by what it is to the tender and the commitment that are acted on.

use gongshi::field::OrganisationId;
use gongshi::organisation::Role;
use gongshi::record::PrivateKey;
use strum::{IntoStaticStr, VariantArray};

/// An author, in the order of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Who {
    Operator,
    /// Rules on what comes up.
    Supervisor,
    /// Has ruled on nothing.
    Colleague,
    /// A supervisor with a stake: it brought the tip, the challenge and the report of the breach.
    Partial,
    Centre,
    Unit,
    OtherCentre,
    OtherUnit,
    /// Objects, bids and wins.
    Bidder,
    /// Bids as well.
    Rival,
    /// Whom the bidder's claim names as who issued it.
    Issuer,
    Auditor,
    Service,
    /// Registered, confirmed by nobody.
    Pending,
    /// Suspended until further notice.
    Suspended,
    /// A key that the log does not know.
    Stranger,
}

/// All of them.
pub const AUTHORS: [Who; Who::VARIANTS.len()] = *Who::VARIANTS.first_chunk().unwrap();

impl Who {
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn id(self) -> OrganisationId {
        match self {
            // It signs in the operator's name.
            Self::Service => Self::Operator.id(),
            who => format!("GB-COH-{}", who.name()).parse().unwrap(),
        }
    }

    pub fn key(self) -> PrivateKey {
        PrivateKey::from_seed([1 + self as u8; 32])
    }

    /// A key that it has not brought yet.
    pub fn another_key(self) -> PrivateKey {
        PrivateKey::from_seed([101 + self as u8; 32])
    }

    pub fn role(self) -> Role {
        match self {
            Self::Operator | Self::Service => Role::Operator,
            Self::Supervisor | Self::Colleague | Self::Partial => Role::Supervisor,
            Self::Centre | Self::OtherCentre => Role::Centre,
            Self::Unit | Self::OtherUnit | Self::Issuer => Role::ProcuringUnit,
            Self::Auditor => Role::Auditor,
            Self::Bidder | Self::Rival | Self::Pending | Self::Suspended | Self::Stranger => Role::Enterprise,
        }
    }

    /// Who confirms it when the log is set up; nobody does some.
    pub fn admitted_by(self) -> Option<Self> {
        match self {
            Self::Supervisor | Self::Colleague | Self::Partial => Some(Self::Operator),
            Self::Operator | Self::Service | Self::Pending | Self::Stranger => None,
            _ => Some(Self::Supervisor),
        }
    }
}
