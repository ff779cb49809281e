//! Regions: by the code that a source states, by the letters of a section's code, by a province's name. What a title mentions is
//! no region: 西陵峡 lies in another county than 西陵区.

use crate::field::RegionCode;

/// 宜昌: the districts and counties by the letters that begin a section's code, which its registration centres give out.
const COUNTIES: [(&str, &str); 13] = [
    ("XL", "420502"),
    ("WJ", "420503"),
    ("DJ", "420504"),
    ("XT", "420505"),
    ("YL", "420506"),
    ("YA", "420525"),
    ("XS", "420526"),
    ("ZG", "420527"),
    ("CY", "420528"),
    ("WF", "420529"),
    ("YD", "420581"),
    ("DY", "420582"),
    ("ZJ", "420583"),
];
/// The city, to which every section of its centres belongs; and 市本级, as its notices write it.
const CITY: &str = "420500";
const CITY_ITSELF: &str = "420501";

/// The county by whose letters the section's code begins, else the city.
pub(super) fn of_section(section: &str) -> Option<RegionCode> {
    let county = COUNTIES.iter().find(|(letters, _)| section.starts_with(letters));
    county.map_or(CITY, |(_, code)| code).parse().ok()
}

/// A code that a notice of the city states, if it is one of the city's.
pub(super) fn stated(code: &str) -> Option<RegionCode> {
    let known = COUNTIES.iter().map(|(_, known)| *known).chain([CITY, CITY_ITSELF]);
    known.into_iter().find(|known| *known == code).and_then(|known| known.parse().ok())
}

/// The province by its short name.
pub(super) fn province(name: &str) -> Option<RegionCode> {
    const PROVINCES: [(&str, &str); 34] = [
        ("北京", "110000"),
        ("天津", "120000"),
        ("河北", "130000"),
        ("山西", "140000"),
        ("内蒙古", "150000"),
        ("辽宁", "210000"),
        ("吉林", "220000"),
        ("黑龙江", "230000"),
        ("上海", "310000"),
        ("江苏", "320000"),
        ("浙江", "330000"),
        ("安徽", "340000"),
        ("福建", "350000"),
        ("江西", "360000"),
        ("山东", "370000"),
        ("河南", "410000"),
        ("湖北", "420000"),
        ("湖南", "430000"),
        ("广东", "440000"),
        ("广西", "450000"),
        ("海南", "460000"),
        ("重庆", "500000"),
        ("四川", "510000"),
        ("贵州", "520000"),
        ("云南", "530000"),
        ("西藏", "540000"),
        ("陕西", "610000"),
        ("甘肃", "620000"),
        ("青海", "630000"),
        ("宁夏", "640000"),
        ("新疆", "650000"),
        ("台湾", "710000"),
        ("香港", "810000"),
        ("澳门", "820000"),
    ];
    PROVINCES.iter().find(|(province, _)| name.starts_with(province)).and_then(|(_, code)| code.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_stated_or_wide() {
        let section = |code: &str| of_section(code).unwrap().to_string();
        assert_eq!(
            (section("ZGA1"), section("YCA1"), section("QQA1")),
            ("420527".into(), "420500".into(), "420500".into())
        );
        assert_eq!(stated("420501").unwrap().as_str(), "420501");
        assert_eq!((stated("420599"), stated("110000"), stated("")), (None, None, None));
        assert_eq!(province("浙江").unwrap().as_str(), "330000");
        assert_eq!(province("某地"), None);
    }
}
