//! What a run may find.

use std::cell::RefCell;
use std::fmt;

/// Something that may never be.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Which check found it: a plan is cut down as long as the same one finds something.
    pub class: &'static str,
    pub what: String,
}

pub fn fault(class: &'static str, what: impl fmt::Display) -> Fault {
    Fault { class, what: what.to_string() }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.what)
    }
}

thread_local! {
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Remembers a panic of this thread's tasks instead of printing it: while a plan is cut down there are many.
pub fn remember_panics() {
    std::panic::set_hook(Box::new(|panic| PANICKED.set(Some(panic.to_string()))));
}

/// A panic since the last call, even one that a task caught.
pub fn panicked() -> Option<Fault> {
    PANICKED.take().map(|what| fault("panic", what))
}
