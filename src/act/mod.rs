//! What all acts have in common, whatever capability they are of: payload, author, key, stream, and the rules by which a
//! capability decides and folds them. Nothing here knows any capability.

mod bearing;
mod capability;
mod impartiality;
mod key;
mod look;
mod moment;
mod payload;
mod role;
mod status;
mod stream;
mod succession;

pub use bearing::{Bearing, Borne, Fact, Severity};
pub use capability::{Capability, KeyChange, fold};
pub use impartiality::{must_be_impartial, must_have, must_rule};
pub use key::{Key, RevocationReason, has_possession, possession_header, public_key};
pub use look::Look;
pub use moment::{Around, Author, Moment, Place, View, decide_alone, must_be_past};
pub use payload::{Acts, Payload};
pub(crate) use payload::{acts, cites_document, confirms_numbers};
pub use role::{Role, Roles};
pub(crate) use status::statuses;
pub use stream::{Stream, StreamId};
pub use succession::Succession;
