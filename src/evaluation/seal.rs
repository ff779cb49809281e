//! The seal of a rating: what is signed before anybody may read it.
//!
//! It is the hash of the rating in one form that every language can make again (FORMAT.md §12): bound to the evaluation and the
//! side, so that nobody can seal what another one has sealed; salted, so that scores can't be tried; and of one length.

use super::Rating;
use crate::act::Stream;
use crate::field::{Fault, JsonText, string_schema};
use crate::log::Hash;
use crate::record::Sealed;
use crate::template::Side;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What is hashed for nothing else.
const DOMAIN: &str = "gongshi-rating/1";

/// The length of what is hashed. A payload of [`super::Rating`] has at most half of it.
pub const SEALED_BYTES: usize = 65_536;

/// 32 random bytes, as base64url.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Salt(Box<str>);

string_schema!(Salt, "base64url", min = 43, max = 43, pattern = "^[-0-9A-Za-z_]{43}$");

impl Salt {
    /// A fresh one.
    pub fn drawn() -> Self {
        let bytes = rand::random::<[u8; 32]>();
        Self(base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes).into())
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt")
    }
}

impl FromStr for Salt {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        if Sealed::is_digest(text) {
            return Ok(Self(text.into()));
        }
        let reason = ("盐应为 32 字节的 base64url（43 个字符）", "a salt is 32 bytes as base64url, 43 characters");
        Err(Fault::malformed_code(reason))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        JsonText::deserialize(deserializer)?.parse().map_err(Fault::into_serde)
    }
}

/// The seal of a rating that one side of an evaluation gives.
pub fn sealed(on: &Stream, rater: Side, rating: &Rating) -> Hash {
    let mut value = serde_json::to_value(rating).unwrap_or_default();
    value.sort_all_objects();
    let mut form = format!("{DOMAIN}\n{on}\n{}\n{value}", rater.name()).into_bytes();
    debug_assert!(form.len() <= SEALED_BYTES, "a rating is short");
    form.resize(SEALED_BYTES.max(form.len()), 0);
    Hash::of(form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::parse;

    fn rating(scores: &str) -> Rating {
        let salt = "A".repeat(43);
        parse(format!(r#"{{"statement":"好\n","scores":[{scores}],"salt":"{salt}"}}"#).as_bytes()).unwrap()
    }

    /// The hash was made by `python3 -c` as FORMAT.md §12 says it.
    #[test]
    fn the_form_is_that_of_the_format() {
        let on: Stream = "evaluation/c-1:year_end".parse().unwrap();
        let rating = rating(r#"{"score":80,"documents":[],"dimension":"truth"}"#);
        let seal = sealed(&on, Side::Unit, &rating);
        assert_eq!(seal.to_string(), "f126a141c81d91f8532bbe85e2bd9b7c868891eb9dd1930c9b3bf71e726b8b80");
    }

    #[test]
    fn it_is_of_one_evaluation_one_side_and_one_rating() {
        let [one, other] =
            ["evaluation/c-1:year_end", "evaluation/c-2:year_end"].map(|on| on.parse::<Stream>().unwrap());
        let good = rating(r#"{"dimension":"truth","score":80}"#);
        let better = rating(r#"{"dimension":"truth","score":81}"#);
        let seal = sealed(&one, Side::Unit, &good);
        assert_ne!(seal, sealed(&other, Side::Unit, &good));
        assert_ne!(seal, sealed(&one, Side::Enterprise, &good));
        assert_ne!(seal, sealed(&one, Side::Unit, &better));
        assert_eq!(seal, sealed(&one, Side::Unit, &good.clone()));
    }
}
