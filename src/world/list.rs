//! The one list of capabilities, and what follows from it alone.

use crate::act::{Acts, Bearing, Capability, KeyChange, Look, Moment, Place, Stream, StreamId};
use crate::field::{DocumentId, DocumentRef, Fault, Faults, FieldFault, Instant, OrganisationId, ParseFailure};
use crate::identity;
use crate::law::{Edition, Law};
use crate::problem::{self, Refusal};
use crate::record::{Jwk, Sealed};
use std::any::{Any, TypeId};
use std::str::FromStr;

/// Hands the list of capabilities to a macro: the name of its variant, and the state that its records fold into. Nothing
/// else in the program enumerates them.
macro_rules! capabilities {
    ($then:ident) => {
        $then! {
            Organisation: $crate::organisation::Organisation,
            Tender: $crate::tender::Tender,
            Template: $crate::template::Template,
            Commitment: $crate::commitment::Commitment,
            Evaluation: $crate::evaluation::Evaluation,
            Credit: $crate::credit::Credit,
            Access: $crate::access::Access,
            Deposit: $crate::deposit::DepositBook,
            Log: $crate::identity::LogState,
        }
    };
}
#[cfg(feature = "shell")]
pub(crate) use capabilities;

macro_rules! define {
    ($($name:ident: $state:ty,)*) => {
        /// What a record says, of whatever capability.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Act {
            $($name(<$state as Capability>::Act),)*
        }

        /// The state of a stream, of whatever capability. Boxed: a map of a million states grows by moving them.
        #[derive(Debug)]
        pub enum State {
            $($name(Box<$state>),)*
        }

        $(impl From<<$state as Capability>::Act> for Act {
            fn from(act: <$state as Capability>::Act) -> Self {
                Self::$name(act)
            }
        })*

        $(impl From<$state> for State {
            fn from(state: $state) -> Self {
                Self::$name(Box::new(state))
            }
        })*

        /// The kinds of each capability.
        const KINDS: &[&[&str]] = &[$(<<$state as Capability>::Act as Acts>::KINDS),*];

        /// The prefix of each capability's streams.
        pub const PREFIXES: &[&str] = &[$(<<$state as Capability>::Id as StreamId>::PREFIX),*];

        impl Act {
            fn parse_any(kind: &str, payload: &[u8]) -> Option<Result<Self, ParseFailure>> {
                $(if let Some(parsed) = <$state as Capability>::Act::parse(kind, payload) {
                    return Some(parsed.map(Self::$name));
                })*
                None
            }

            fn every_fault(kind: &str, payload: &[u8], first: FieldFault) -> Vec<FieldFault> {
                $(if <<$state as Capability>::Act as Acts>::KINDS.contains(&kind) {
                    return <$state as Capability>::Act::every_fault(kind, payload, first);
                })*
                vec![first]
            }

            pub fn kind(&self) -> &'static str {
                match self { $(Self::$name(act) => act.kind(),)* }
            }

            fn check(&self, faults: &mut Faults) {
                match self { $(Self::$name(act) => act.check(faults),)* }
            }

            fn check_numbers(&self, payload: &[u8], faults: &mut Faults) {
                match self { $(Self::$name(act) => act.check_numbers(payload, faults),)* }
            }

            pub fn documents(&self) -> Vec<&DocumentRef> {
                match self { $(Self::$name(act) => act.documents(),)* }
            }

            pub fn sealed(&self) -> Vec<Sealed> {
                match self { $(Self::$name(act) => act.sealed(),)* }
            }

            /// The organisations that it names by their codes, but for one that it registers.
            pub fn codes(&self) -> Vec<&OrganisationId> {
                match self { $(Self::$name(act) => act.codes(),)* }
            }

            pub fn to_value(&self) -> serde_json::Value {
                match self { $(Self::$name(act) => act.to_value(),)* }
            }

            /// The JSON Schema of each kind's payload.
            #[cfg(test)]
            pub fn schemas() -> impl Iterator<Item = (&'static str, schemars::Schema)> {
                [$(<$state as Capability>::Act::schemas()),*].into_iter().flatten()
            }

            /// What it does with keys.
            pub fn key_changes(&self) -> Vec<KeyChange<'_>> {
                match self { $(Self::$name(act) => <$state as Capability>::key_changes(act),)* }
            }

            /// The prefix of the streams that it may act on.
            pub(super) fn prefix(&self) -> &'static str {
                match self { $(Self::$name(_) => <<$state as Capability>::Id as StreamId>::PREFIX,)* }
            }

            pub(super) fn ties(&self, state: Option<&State>) -> Vec<Stream> {
                match self { $(Self::$name(act) => <$state>::ties(of(state), act),)* }
            }

            pub(super) fn looks_at_supervisors(&self, state: Option<&State>) -> bool {
                match self { $(Self::$name(act) => <$state>::looks_at_supervisors(of(state), act),)* }
            }

            /// The stream that the act's own one follows by beginning.
            pub(crate) fn follows(&self) -> Option<Stream> {
                match self { $(Self::$name(act) => <$state as Capability>::follows(act),)* }
            }

            pub(super) fn bears_on(&self, state: Option<&State>) -> Vec<Bearing> {
                match self { $(Self::$name(act) => <$state>::bears_on(of(state), act),)* }
            }

            pub(super) fn disputes(&self, state: Option<&State>) -> Vec<OrganisationId> {
                match self { $(Self::$name(act) => <$state>::disputes(of(state), act),)* }
            }

            pub(super) fn looks_at_bearings(&self, state: Option<&State>) -> Option<(Stream, Option<u64>)> {
                match self { $(Self::$name(act) => <$state>::looks_at_bearings(of(state), act),)* }
            }

            pub(super) fn decide(&self, state: Option<&State>, at: &Moment<'_>) -> Result<(), Refusal> {
                match self { $(Self::$name(act) => <$state>::decide(of(state), act, at),)* }
            }

            pub(super) fn begin(&self, place: &Place, law: Law<'_>) -> Option<State> {
                match self { $(Self::$name(act) => <$state>::begin(act, place, law).map(State::from),)* }
            }
        }

        impl State {
            pub(super) fn as_any(&self) -> &dyn Any {
                match self { $(Self::$name(state) => &**state,)* }
            }

            pub(super) fn face(&self, wanted: TypeId) -> Option<Box<dyn Any>> {
                match self { $(Self::$name(state) => state.face(wanted),)* }
            }

            pub(super) fn version(&self) -> u64 {
                match self { $(Self::$name(state) => state.version(),)* }
            }

            pub(super) fn apply(&mut self, act: &Act, place: &Place, law: Law<'_>) {
                match (self, act) {
                    $((Self::$name(state), Act::$name(act)) => state.apply(act, place, law),)*
                    // `decide` refuses an act on a stream of another capability.
                    _ => {}
                }
            }

            /// The earliest instant at which [`Self::due`] may have something.
            pub fn next_due(&self, law: Law<'_>) -> Option<Instant> {
                match self { $(Self::$name(state) => state.next_due(law),)* }
            }

            /// Whether time ever makes anything due on such a stream.
            pub fn falls_due(&self) -> bool {
                match self { $(Self::$name(_) => <$state as Capability>::FALLS_DUE,)* }
            }

            pub(super) fn due(&self, now: Instant, law: Law<'_>) -> Option<Act> {
                match self { $(Self::$name(state) => state.due(now, law).map(Act::from),)* }
            }

            pub(super) fn entails(&self, stream: &Stream, place: &Place) -> Vec<Stream> {
                match self {
                    $(Self::$name(state) if <$state as Capability>::ENTAILS => {
                        stream.id().map(|id| state.entails(&id, place)).unwrap_or_default()
                    })*
                    _ => Vec::new(),
                }
            }
        }

        /// The act by which the service begins a stream that another one has entailed.
        pub(super) fn owed(stream: &Stream, look: &mut Look<'_>, law: Law<'_>) -> Option<Act> {
            $(if let Some(id) = stream.id::<<$state as Capability>::Id>() {
                return <$state>::owed(&id, look, law).map(Act::from);
            })*
            None
        }

        /// Whether the edition has rules of streams of this kind.
        pub(super) fn is_in_law(prefix: &str, edition: &Edition) -> bool {
            $((prefix != <<$state as Capability>::Id as StreamId>::PREFIX || <$state as Capability>::is_in_law(edition)) &&)* true
        }

        /// Whether streams of this kind may be dropped and folded again.
        pub(crate) fn is_dropped(stream: &Stream) -> bool {
            $((<$state as Capability>::IS_DROPPED && stream.is_of::<<$state as Capability>::Id>()) ||)* false
        }

        impl FromStr for Stream {
            type Err = Refusal;

            fn from_str(sub: &str) -> Result<Self, Refusal> {
                let bad = |fault: Fault| Refusal::of_field("/sub", fault);
                $(if let Some(parsed) = parse_as::<<$state as Capability>::Id>(sub) {
                    return parsed.map_err(bad);
                })*
                let forms = PREFIXES.iter().filter(|prefix| **prefix != "log").map(|prefix| format!("、{prefix}/<id>"));
                let zh = format!("记录的对象应为 log{} 之一", forms.collect::<String>());
                let forms = PREFIXES.iter().filter(|prefix| **prefix != "log").map(|prefix| format!(", {prefix}/<id>"));
                Err(bad(Fault::malformed_code((zh, format!("a stream is one of log{}", forms.collect::<String>())))))
            }
        }
    };
}

capabilities!(define);

/// The state as that of one capability.
fn of<C: Capability>(state: Option<&State>) -> Option<&C> {
    state?.as_any().downcast_ref()
}

/// `None` when the text is not of this kind of stream; then another one may be.
fn parse_as<I: StreamId>(sub: &str) -> Option<Result<Stream, Fault>> {
    if I::of_stream(sub).is_some() {
        return Some(Ok(Stream::checked(sub)));
    }
    let id = sub.strip_prefix(I::PREFIX)?.strip_prefix('/')?;
    id.parse::<I>().err().map(|error| Err(error.into()))
}

impl Act {
    /// Every record kind there is.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        KINDS.iter().copied().flatten().copied()
    }

    /// The key that it brings and is signed by, and whose that is.
    pub fn signs_in(&self) -> Option<(&Jwk, &OrganisationId)> {
        self.key_changes().into_iter().find_map(|change| match change {
            KeyChange::SignsIn { key, owner } => Some((key, owner)),
            KeyChange::Brings { .. } | KeyChange::Revokes { .. } => None,
        })
    }

    /// The stream that begins with it beside its own: the operator's organisation with the log.
    pub fn founds(&self) -> Option<Stream> {
        self.signs_in().map(|(_, owner)| Stream::of(owner))
    }

    /// The edition of the law that applies from the next entry on.
    pub fn adopted_law(&self) -> Option<DocumentId> {
        match self {
            Self::Log(identity::Act::Opened(opening)) => Some(opening.law.sha256),
            Self::Log(identity::Act::LawAdopted(adoption)) => Some(adoption.edition.sha256),
            _ => None,
        }
    }

    /// Parses and checks a payload of the given kind.
    ///
    /// # Errors
    /// The kind is unknown, the bytes are not JSON, or a field is refused.
    pub fn parse(kind: &str, payload: &[u8]) -> Result<Self, Refusal> {
        let parsed = Self::parse_any(kind, payload).ok_or_else(|| {
            let (zh, en) = (format!("没有记录类型 {kind}"), format!("there is no record kind {kind}"));
            Refusal::new(&problem::KIND_MISMATCH, zh, en)
        })?;
        let act = parsed.map_err(|failure| match failure {
            ParseFailure::NotJson { reason } => Refusal::new(
                &problem::MALFORMED_JSON,
                format!("不是有效的 JSON：{}", reason.zh),
                format!("not valid JSON: {}", reason.en),
            ),
            ParseFailure::TooLong { max } => Refusal::new(
                &problem::ENTRY_TOO_LARGE,
                format!("{kind} 的载荷至多 {max} 字节"),
                format!("a payload of {kind} has at most {max} bytes"),
            ),
            ParseFailure::Field(first) => Refusal::fields(Self::every_fault(kind, payload, first)),
        })?;
        let mut faults = Faults::default();
        act.check(&mut faults);
        act.check_numbers(payload, &mut faults);
        faults.into_result().map_err(Refusal::fields)?;
        Ok(act)
    }
}
