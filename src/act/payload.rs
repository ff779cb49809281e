//! The payload of a record, typed by its kind.
//!
//! Each capability lists its record kinds once with [`acts!`]; everything that must treat all kinds alike (parsing,
//! counting, printing) follows from that list.

use crate::field::{DocumentRef, Faults, FieldFault, NumberConfirmation, OrganisationId, ParseFailure};
use crate::record::Sealed;
use schemars::JsonSchema;

/// The typed body of one record kind.
pub trait Payload: serde::Serialize + serde::de::DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// The `typ` of the record, e.g. `tender.preannounced`.
    const KIND: &'static str;

    /// The longest payload; without one, what an entry holds.
    const BYTES_MAX: usize = usize::MAX;

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

    /// Every organisation that the payload names by its code, but for one that it registers.
    fn codes(&self) -> Vec<&OrganisationId> {
        Vec::new()
    }

    /// Where records of this kind may confirm that a number in their texts may be public; see [`confirms_numbers!`].
    const NUMBERS_CONFIRMED: Option<&'static str> = None;

    fn numbers_confirmed(&self) -> Option<&NumberConfirmation> {
        None
    }
}

/// Within an `impl Payload`: its member `numbers_confirmed` is what the name says.
macro_rules! confirms_numbers {
    () => {
        const NUMBERS_CONFIRMED: Option<&'static str> = Some("/numbers_confirmed");

        fn numbers_confirmed(&self) -> Option<&$crate::field::NumberConfirmation> {
            self.numbers_confirmed.as_ref()
        }
    };
}
pub(crate) use confirms_numbers;

/// Within an `impl Payload`: its member `document` is the one document that it cites.
macro_rules! cites_document {
    () => {
        fn documents(&self) -> Vec<&$crate::field::DocumentRef> {
            vec![&self.document]
        }
    };
}
pub(crate) use cites_document;

/// The record kinds of one capability, as [`acts!`] lists them.
pub trait Acts: Sized + Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static {
    /// Every `typ` of this capability.
    const KINDS: &'static [&'static str];

    /// The `typ` of this act.
    fn kind(&self) -> &'static str;

    /// Parses the payload of a record of this kind; `None` when the kind is not of this capability.
    fn parse(kind: &str, payload: &[u8]) -> Option<Result<Self, ParseFailure>>;

    /// Every fault of the fields of a payload that [`Self::parse`] refuses for the first one.
    fn every_fault(kind: &str, payload: &[u8], first: FieldFault) -> Vec<FieldFault>;

    /// Adds what only shows when several fields are looked at together.
    fn check(&self, faults: &mut Faults);

    /// Adds what stands in the texts, as they are in the payload, and is a person's.
    fn check_numbers(&self, payload: &[u8], faults: &mut Faults);

    fn documents(&self) -> Vec<&DocumentRef>;

    fn sealed(&self) -> Vec<Sealed>;

    fn codes(&self) -> Vec<&OrganisationId>;

    /// The payload as a JSON value, for views that show every kind alike.
    fn to_value(&self) -> serde_json::Value;

    /// The JSON Schema of each kind's payload.
    #[cfg(test)]
    fn schemas() -> Vec<(&'static str, schemars::Schema)>;
}

/// Declares an enum of record kinds; the `typ` of each is its payload's [`Payload::KIND`].
macro_rules! acts {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$kind_doc:meta])* $variant:ident($payload:ty),)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            $($(#[$kind_doc])* $variant(Box<$payload>),)*
        }

        impl $crate::act::Acts for $name {
            const KINDS: &'static [&'static str] = &[$(<$payload as $crate::act::Payload>::KIND),*];

            fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => <$payload as $crate::act::Payload>::KIND,)*
                }
            }

            fn parse(kind: &str, payload: &[u8]) -> Option<Result<Self, $crate::field::ParseFailure>> {
                match kind {
                    $(<$payload as $crate::act::Payload>::KIND => {
                        let max = <$payload as $crate::act::Payload>::BYTES_MAX;
                        if payload.len() > max {
                            return Some(Err($crate::field::ParseFailure::TooLong { max }));
                        }
                        Some($crate::field::parse(payload).map(|p| Self::$variant(Box::new(p))))
                    })*
                    _ => None,
                }
            }

            fn every_fault(
                kind: &str,
                payload: &[u8],
                first: $crate::field::FieldFault,
            ) -> Vec<$crate::field::FieldFault> {
                match kind {
                    $(<$payload as $crate::act::Payload>::KIND => $crate::field::every_fault::<$payload>(payload, first),)*
                    _ => vec![first],
                }
            }

            fn check(&self, faults: &mut $crate::field::Faults) {
                match self {
                    $(Self::$variant(p) => $crate::act::Payload::check(&**p, faults),)*
                }
            }

            fn check_numbers(&self, payload: &[u8], faults: &mut $crate::field::Faults) {
                let (at, confirmed) = match self {
                    $(Self::$variant(p) => (
                        <$payload as $crate::act::Payload>::NUMBERS_CONFIRMED,
                        $crate::act::Payload::numbers_confirmed(&**p),
                    ),)*
                };
                $crate::field::check_numbers(payload, at, confirmed, faults);
            }

            fn documents(&self) -> Vec<&$crate::field::DocumentRef> {
                match self {
                    $(Self::$variant(p) => $crate::act::Payload::documents(&**p),)*
                }
            }

            fn sealed(&self) -> Vec<$crate::record::Sealed> {
                match self {
                    $(Self::$variant(p) => $crate::act::Payload::sealed(&**p),)*
                }
            }

            fn codes(&self) -> Vec<&$crate::field::OrganisationId> {
                match self {
                    $(Self::$variant(p) => $crate::act::Payload::codes(&**p),)*
                }
            }

            fn to_value(&self) -> serde_json::Value {
                match self {
                    $(Self::$variant(p) => serde_json::to_value(&**p).unwrap_or_default(),)*
                }
            }

            #[cfg(test)]
            fn schemas() -> Vec<(&'static str, schemars::Schema)> {
                vec![$((<$payload as $crate::act::Payload>::KIND, schemars::schema_for!($payload))),*]
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
