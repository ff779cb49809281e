//! 证据包 for whoever asks over HTTP.
//!
//! To make one costs seconds of processor, and asking costs nothing. So one is made at a time, on a thread of its own, and then the
//! maker rests as long as that took: strangers have half of one processor at most. So few wait to be made, and fewer of one peer's;
//! who asks for one that is waiting waits with the others. What was made is kept while it says what the log says of its subject.
//!
//! What is kept has no name in any folder: each file is gone with the last one who holds it open, so a crash leaves nothing behind.

mod api;
mod limits;
mod made;
mod shelf;
mod workshop;

pub use api::BundleApi;
pub use workshop::Workshop;
