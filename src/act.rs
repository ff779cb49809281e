//! What a record says: its payload, typed by its kind.
//!
//! Each capability lists its record kinds once with [`acts!`]; everything that must treat all kinds alike (parsing,
//! counting, printing) follows from that list.

use crate::field::{DocumentRef, Faults, Instant, OrganisationId};
use crate::log::Hash;
use crate::organisation::{Role, Roles};
use crate::record::{KeyId, Sealed};

/// The typed body of one record kind.
pub trait Payload: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static {
    /// The `typ` of the record, e.g. `tender.preannounced`.
    const KIND: &'static str;

    /// Adds what only shows when several fields are looked at together.
    fn check(&self, _faults: &mut Faults) {}

    /// Every document the payload cites: each must be there before the record is accepted.
    fn documents(&self) -> Vec<&DocumentRef> {
        Vec::new()
    }

    /// Every sealed value the payload holds.
    fn sealed(&self) -> Vec<Sealed> {
        Vec::new()
    }
}

/// Who acts: the organisation that the key belonged to, with the roles it had at that point of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub id: OrganisationId,
    pub roles: Roles,
}

impl Author {
    /// Whether it is this organisation that acts. The service signs in the operator's name, and is no party to anything.
    pub fn is(&self, organisation: &OrganisationId) -> bool {
        self.id == *organisation && !self.roles.has(Role::Service)
    }
}

/// Where a record came to stand.
#[derive(Debug, Clone)]
pub struct Place {
    pub index: u64,
    pub time: Instant,
    /// The entry's hash: later records cite it.
    pub hash: Hash,
    pub author: OrganisationId,
    pub kid: KeyId,
    /// The stream's version after this record: 1 for its first.
    pub version: u64,
}

/// Declares an enum of record kinds; the `typ` of each is its payload's [`Payload::KIND`].
macro_rules! acts {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$kind_doc:meta])* $variant:ident($payload:ty),)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            $($(#[$kind_doc])* $variant(Box<$payload>),)*
        }

        impl $name {
            /// Every `typ` of this capability.
            pub const KINDS: &'static [&'static str] = &[$(<$payload as $crate::act::Payload>::KIND),*];

            /// The `typ` of this act.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => <$payload as $crate::act::Payload>::KIND,)*
                }
            }

            /// Parses the payload of a record of this kind; `None` when the kind is not of this capability.
            pub fn parse(kind: &str, payload: &[u8]) -> Option<Result<Self, $crate::field::ParseFailure>> {
                match kind {
                    $(<$payload as $crate::act::Payload>::KIND => {
                        Some($crate::field::parse(payload).map(|p| Self::$variant(Box::new(p))))
                    })*
                    _ => None,
                }
            }

            pub fn check(&self, faults: &mut $crate::field::Faults) {
                match self {
                    $(Self::$variant(p) => $crate::act::Payload::check(&**p, faults),)*
                }
            }

            pub fn documents(&self) -> Vec<&$crate::field::DocumentRef> {
                match self {
                    $(Self::$variant(p) => $crate::act::Payload::documents(&**p),)*
                }
            }

            pub fn sealed(&self) -> Vec<$crate::record::Sealed> {
                match self {
                    $(Self::$variant(p) => $crate::act::Payload::sealed(&**p),)*
                }
            }

            /// The payload as a JSON value, for views that show every kind alike.
            pub fn to_value(&self) -> serde_json::Value {
                match self {
                    $(Self::$variant(p) => serde_json::to_value(&**p).unwrap_or_default(),)*
                }
            }
        }

        $(impl From<$payload> for $name {
            fn from(payload: $payload) -> Self {
                Self::$variant(Box::new(payload))
            }
        })*
    };
}

pub(crate) use acts;
