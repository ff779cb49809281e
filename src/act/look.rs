//! States that are looked at before it is known which are needed.

use super::{Around, Capability, Stream, StreamId};
use std::any::TypeId;

/// Looks at states, and remembers at which: whoever has not all of them at hand brings those, and looks again.
pub struct Look<'a> {
    around: &'a dyn Around,
    /// The streams that were looked at.
    pub streams: Vec<Stream>,
}

impl<'a> Look<'a> {
    pub fn new(around: &'a dyn Around) -> Self {
        Self { around, streams: Vec::new() }
    }

    /// The state of a stream, if it has one.
    pub fn get<C: Capability>(&mut self, id: &C::Id) -> Option<&'a C> {
        let stream = Stream::of(id);
        let state = self.around.state(&stream).and_then(|state| state.downcast_ref());
        self.streams.push(stream);
        state
    }

    /// What a stream's capability lets others see.
    pub fn face<F: 'static>(&mut self, id: &impl StreamId) -> Option<F> {
        let stream = Stream::of(id);
        let face = self.around.face(&stream, TypeId::of::<F>()).and_then(|face| face.downcast().ok());
        self.streams.push(stream);
        face.map(|face| *face)
    }
}
