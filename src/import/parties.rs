//! Names: bidders and their consortia, what a title says of nature and method, regions.

use super::tally::Tally;
use crate::field::{Bidder, Fault, Nature, Party, RegionCode};
use crate::tender::Method;

/// Words at the end of an organisation's name.
const ORGANISATIONS: [&str; 14] =
    ["公司", "院", "所", "中心", "厂", "集团", "社", "队", "局", "站", "大学", "室", "部", "行"];

/// A party known by its name alone.
pub(super) fn party(name: &str, place: &str, tally: &mut Tally) -> Result<Party, Fault> {
    Ok(Party { name: tally.line(name, place)?, id: None })
}

/// A name as it is compared: without white space, brackets of one width.
pub(super) fn normalised(name: &str) -> String {
    let narrow = |c| match c {
        '（' => '(',
        '）' => ')',
        c => c,
    };
    name.chars().filter(|c| !c.is_whitespace()).map(narrow).collect()
}

/// The members of `A、B联合体`, each once, in their order; a single enterprise is its own only member.
pub(super) fn members(name: &str) -> Vec<&str> {
    let name = name.trim();
    let consortium = ["（联合体）", "(联合体)", "联合体"].iter().find_map(|suffix| name.strip_suffix(suffix));
    let joined = consortium.unwrap_or(name).trim_end_matches("组成的").trim();
    let parts: Vec<&str> = split_names(joined);
    let all_named = parts.iter().all(|part| {
        let part = part.trim_end_matches(['）', ')']);
        ORGANISATIONS.iter().any(|word| part.ends_with(word)) || part.contains(['（', '('])
    });
    if parts.len() < 2 || (consortium.is_none() && !all_named) {
        return vec![if parts.len() == 1 { joined } else { name }];
    }
    let mut members: Vec<&str> = Vec::new();
    for part in parts {
        if !members.iter().any(|member| normalised(member) == normalised(part)) {
            members.push(part);
        }
    }
    members
}

/// Splits at list marks outside brackets.
fn split_names(text: &str) -> Vec<&str> {
    let mut depth = 0i32;
    let parts = text.split(move |c: char| {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(c, '、' | '，' | ',' | '；' | ';')
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Whether two names mean the same bidder: the same members in any order.
pub(super) fn same_bidder(one: &str, other: &str) -> bool {
    let key = |name| {
        let mut members: Vec<String> = members(name).into_iter().map(normalised).collect();
        members.sort();
        members
    };
    normalised(one) == normalised(other) || key(one) == key(other)
}

/// Whether a bidder is the one of a one-string name.
pub(super) fn is_bidder(bidder: &Bidder, name: &str) -> bool {
    let mut ours: Vec<String> = bidder.members.iter().map(|member| normalised(member.name.as_str())).collect();
    let mut theirs: Vec<String> = members(name).into_iter().map(normalised).collect();
    ours.sort();
    theirs.sort();
    ours == theirs
}

/// A bidder from its one-string name.
pub(super) fn bidder(name: &str, place: &str, tally: &mut Tally) -> Result<Bidder, Fault> {
    let members = members(name);
    if members.len() > 1 && name.matches('、').count() + 1 > members.len() {
        tally.note("a member stands twice in a consortium's name; it is listed once", place);
    }
    let members = members.into_iter().map(|member| party(member, place, tally)).collect::<Result<_, _>>()?;
    Ok(Bidder { members })
}

fn says(title: &str, words: &[&str]) -> bool {
    words.iter().any(|word| title.contains(word))
}

/// What a title says is bought.
pub(super) fn nature(title: &str) -> Nature {
    // Supervision of the building and drawings for it are services.
    let title = title.replace("施工监理", "监理").replace("施工图", "图").replace("施工阶段", "");
    const WORKS: [&str; 5] = ["施工", "总承包", "EPC", "安装工程", "建设工程"];
    const SERVICES: [&str; 18] = [
        "监理",
        "设计",
        "勘察",
        "咨询",
        "检测",
        "测绘",
        "规划",
        "服务",
        "造价",
        "评估",
        "编制",
        "代理",
        "保险",
        "物业",
        "运维",
        "可行性研究",
        "审计",
        "研发",
    ];
    const GOODS: [&str; 5] = ["采购", "设备", "购置", "供货", "货物"];
    if says(&title, &WORKS) {
        Nature::Works
    } else if says(&title, &SERVICES) {
        Nature::Services
    } else if says(&title, &GOODS) {
        Nature::Goods
    } else {
        Nature::Works
    }
}

/// What a call's title says of its method, and in which words.
pub(super) fn method(title: &str) -> Option<(Method, &'static str)> {
    const WORDS: [(&str, Method); 9] = [
        ("邀请招标", Method::Invited),
        ("询比", Method::Inquiry),
        ("询价", Method::Inquiry),
        ("比选", Method::Inquiry),
        ("磋商", Method::CompetitiveConsultation),
        ("谈判", Method::CompetitiveNegotiation),
        ("单一来源", Method::SingleSource),
        ("直接采购", Method::SingleSource),
        ("招标", Method::Open),
    ];
    WORDS.into_iter().find(|(word, _)| title.contains(word)).map(|(word, method)| (method, word))
}

/// The company that the title begins with, up to its first number, else the operator.
pub(super) fn unit<'a>(title: &'a str, operator: &'a str) -> &'a str {
    let name = title.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default().trim();
    if name.starts_with(operator) && name.ends_with("公司") { name } else { operator }
}

/// 宜昌: the counties by name and by the letters that begin a section's code.
const COUNTIES: [(&str, &str, &str); 13] = [
    ("西陵", "XL", "420502"),
    ("伍家岗", "WJ", "420503"),
    ("点军", "DJ", "420504"),
    ("猇亭", "XT", "420505"),
    ("夷陵区", "YL", "420506"),
    ("远安", "YA", "420525"),
    ("兴山", "XS", "420526"),
    ("秭归", "ZG", "420527"),
    ("长阳", "CY", "420528"),
    ("五峰", "WF", "420529"),
    ("宜都", "YD", "420581"),
    ("当阳", "DY", "420582"),
    ("枝江", "ZJ", "420583"),
];
const CITY: &str = "420500";

/// The county that a text names, else the one that the section's code begins with, else the city.
pub(super) fn yichang_region(section: &str, texts: &[&str]) -> Option<RegionCode> {
    let named = COUNTIES.iter().find(|(name, _, _)| texts.iter().any(|text| text.contains(name)));
    let coded = || COUNTIES.iter().find(|(_, letters, _)| section.starts_with(letters));
    named.or_else(coded).map_or(CITY, |(_, _, code)| code).parse().ok()
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
    fn consortia_are_one_string() {
        assert_eq!(members("甲公司、乙（湖北）公司联合体"), ["甲公司", "乙（湖北）公司"]);
        assert_eq!(members("甲公司、乙院（省A、B中心）联合体"), ["甲公司", "乙院（省A、B中心）"]);
        assert_eq!(members("甲公司、乙院、甲公司联合体"), ["甲公司", "乙院"]);
        assert_eq!(members("甲公司、乙院组成的联合体"), ["甲公司", "乙院"]);
        assert_eq!(members("甲公司"), ["甲公司"]);
        assert_eq!(members("供水、排水站"), ["供水、排水站"]);
        assert!(same_bidder("甲（某）公司、乙公司联合体", "乙公司、甲(某)公司 联合体"));
        assert!(same_bidder("甲公司、乙公司联合体", "甲公司、乙公司、甲公司联合体"));
        assert!(!same_bidder("甲公司", "甲公司、乙公司联合体"));
    }

    #[test]
    fn titles_say_what_is_bought_and_how() {
        for (title, expected) in [
            ("某路施工监理", Nature::Services),
            ("某路施工图设计", Nature::Services),
            ("某路设计施工总承包", Nature::Works),
            ("某楼热水系统安装工程", Nature::Works),
            ("某厂电梯设备采购", Nature::Goods),
            ("某村土地开发项目", Nature::Works),
            ("某路延伸段", Nature::Works),
        ] {
            assert_eq!(nature(title), expected, "{title}");
        }
        assert_eq!(method("某项目_询比公告").map(|(m, _)| m), Some(Method::Inquiry));
        assert_eq!(method("某项目直接采购信息公告").map(|(m, _)| m), Some(Method::SingleSource));
        assert_eq!(method("某项目招标公告").map(|(m, _)| m), Some(Method::Open));
        assert_eq!(method("某项目公告"), None);
        assert_eq!(unit("中国某某甲省公司2026年乙项目", "中国某某"), "中国某某甲省公司");
        assert_eq!(unit("丙市地铁12号线", "中国某某"), "中国某某");
    }

    #[test]
    fn regions_are_found() {
        assert_eq!(yichang_region("YCA1", &["远安县某局"]).unwrap().as_str(), "420525");
        assert_eq!(yichang_region("ZGA1", &["某局"]).unwrap().as_str(), "420527");
        assert_eq!(yichang_region("YCA1", &["某局"]).unwrap().as_str(), "420500");
        assert_eq!(province("浙江").unwrap().as_str(), "330000");
        assert_eq!(province("某地"), None);
    }
}
