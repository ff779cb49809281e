//! A tile has one path.
#![no_main]
use gongshi::log::Resource;

libfuzzer_sys::fuzz_target!(|path: &str| {
    let Ok(resource) = path.parse::<Resource>() else { return };
    assert_eq!(resource.to_string(), path);
    let tile = resource.tile();
    assert!((1..=256).contains(&tile.width) && tile.level < 64);
});
