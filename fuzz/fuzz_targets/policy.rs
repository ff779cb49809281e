//! A policy that is taken is met by all of its witnesses, where all of them can be checked, and one more never makes it fail.
#![no_main]
use gongshi::log::Policy;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(policy) = text.parse::<Policy>() else { return };
    assert!(policy.is_met(|_| true) || !policy.unchecked.is_empty());
    assert_eq!(policy.is_met(|_| false), !policy.needs_witnesses());
    for more in 0..policy.witnesses.len() {
        let with = |names: usize| policy.is_met(|one| policy.witnesses[..names].contains(one));
        assert!(!with(more) || with(more + 1));
    }
});
