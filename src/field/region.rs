//! Administrative divisions of China (GB/T 2260).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Six digits. The province must exist; what is below it changes every year, so it is not judged here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode([u8; 6]);

/// Why a text is not a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegionCodeError {
    #[error("six digits are expected (GB/T 2260)")]
    Malformed,
    #[error("no province of GB/T 2260 begins like this")]
    UnknownProvince,
}

/// The 34 province-level codes.
const PROVINCES: [&[u8; 2]; 34] = [
    b"11", b"12", b"13", b"14", b"15", b"21", b"22", b"23", b"31", b"32", b"33", b"34", b"35", b"36", b"37", b"41",
    b"42", b"43", b"44", b"45", b"46", b"50", b"51", b"52", b"53", b"54", b"61", b"62", b"63", b"64", b"65", b"71",
    b"81", b"82",
];

impl RegionCode {
    pub const DIGITS: usize = 6;

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether another one is this region or lies in it: 410000 includes 410105.
    pub fn includes(self, other: Self) -> bool {
        let pairs = self.0.chunks(2).rev().skip_while(|pair| *pair == b"00").count();
        self.0[..pairs * 2] == other.0[..pairs * 2]
    }
}

impl FromStr for RegionCode {
    type Err = RegionCodeError;

    fn from_str(text: &str) -> Result<Self, RegionCodeError> {
        let code: [u8; 6] = text.as_bytes().try_into().map_err(|_| RegionCodeError::Malformed)?;
        if !code.iter().all(u8::is_ascii_digit) {
            return Err(RegionCodeError::Malformed);
        }
        if PROVINCES.iter().any(|province| code.starts_with(*province)) {
            Ok(Self(code))
        } else {
            Err(RegionCodeError::UnknownProvince)
        }
    }
}

impl From<RegionCodeError> for super::Fault {
    fn from(error: RegionCodeError) -> Self {
        match error {
            RegionCodeError::Malformed => {
                Self::malformed_code(("行政区划代码应为 6 位（六位）半角数字（GB/T 2260）", error.to_string()))
            }
            RegionCodeError::UnknownProvince => Self::UnknownRegion,
        }
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RegionCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RegionCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::JsonText::deserialize(deserializer)?;
        text.parse().map_err(|error: RegionCodeError| super::Fault::from(error).into_serde())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_province_includes_its_cities_and_a_city_not_its_province() {
        let region = |text: &str| text.parse::<RegionCode>().unwrap();
        for (outer, inner, includes) in [
            ("410000", "410105", true),
            ("410100", "410105", true),
            ("410105", "410105", true),
            ("410105", "410100", false),
            ("410100", "410000", false),
            ("410000", "420000", false),
        ] {
            assert_eq!(region(outer).includes(region(inner)), includes, "{outer} {inner}");
        }
    }

    #[test]
    fn provinces_are_known_and_the_rest_may_be_new() {
        for good in ["410000", "410105", "420581", "419900", "820000"] {
            assert_eq!(good.parse::<RegionCode>().unwrap().as_str(), good);
        }
        assert_eq!("990000".parse::<RegionCode>(), Err(RegionCodeError::UnknownProvince));
        for bad in ["41010", "4101000", "41O100", "４１０１００"] {
            assert_eq!(bad.parse::<RegionCode>(), Err(RegionCodeError::Malformed), "{bad}");
        }
    }
}
