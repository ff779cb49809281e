//! 高水位 · How far the log is known to have come, by what stands outside its database.
//!
//! A database that was restored from an old copy looks like any other, and the log would sign other records at old
//! indexes: two truths under one name. So it is held against every checkpoint that somebody else has ([`Voucher`]), and a log
//! that is behind one, or does not continue it, is not written on ([`Rewound`]).

mod mark;
mod rewound;

pub use mark::{HighWater, HighWaterError};
pub use rewound::{Divergence, Rewound, Voucher};
