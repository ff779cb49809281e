//! An entry has one spelling: what is read is written with the same bytes.
#![no_main]
use gongshi::log::{Entry, EntryView};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(view) = EntryView::parse(bytes) else { return };
    let record = view.record();
    let entry = Entry { index: view.index, time: view.time, previous: view.previous, record: &record };
    assert_eq!(entry.encode(), bytes);
});
