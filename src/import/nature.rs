//! 工程、货物、服务: as a title says at its end, where the head of a Chinese name stands, and nowhere else. A word within a title
//! (养老服务中心新建项目, 工程总承包监理) is what it is about, not what is bought.

use crate::field::Nature;

/// What construction is called when it is bought.
const WORKS: [&str; 13] =
    ["施工", "总承包", "EPC", "建设", "新建", "改造", "改建", "扩建", "重建", "修缮", "整治", "装修", "土地开发"];
const SERVICES: [&str; 24] = [
    "监理",
    "设计",
    "勘察",
    "咨询",
    "检测",
    "监测",
    "测绘",
    "测量",
    "服务",
    "造价",
    "评估",
    "编制",
    "代理",
    "保险",
    "物业",
    "运维",
    "审计",
    "研发",
    "规划",
    "培训",
    "可行性研究",
    "可研",
    "招标代理",
    "维护",
];
const GOODS: [&str; 4] = ["设备", "材料", "购置", "供货"];
/// Words that say only that something is bought: what, stands before them.
const BUYING: [&str; 4] = ["集中采购", "框架采购", "采购", "购买"];
/// Things that are plainly goods.
const THINGS: [&str; 33] = [
    "设备",
    "材料",
    "物资",
    "车辆",
    "用车",
    "车",
    "工作服",
    "制服",
    "饲料",
    "器材",
    "家具",
    "用品",
    "药品",
    "仪器",
    "电梯",
    "终端",
    "空调",
    "组件",
    "种苗",
    "鱼苗",
    "水泥",
    "钢材",
    "电缆",
    "管材",
    "沥青",
    "碎石",
    "服装",
    "图书",
    "机组",
    "变压器",
    "光缆",
    "配件",
    "耗材",
];
/// Before 建设 or 改造 they make it a matter of software, which may be either goods or services.
const SOFTWARE: [&str; 6] = ["系统", "平台", "软件", "信息化", "数据", "网络"];
/// What ends a title and says nothing of its nature.
const ENDINGS: [&str; 3] = ["项目", "标段", "招标"];
/// Who is on a building site, and what a builder's certificate is called.
const SITE_STAFF: [&str; 3] = ["施工员", "质量员", "安全员"];
const BUILDERS: [&str; 2] = ["施工总承包", "专业承包"];

/// What is known of the winner beside the title: roles of its team, and its certificates.
#[derive(Debug, Default)]
pub(super) struct Winner<'a> {
    pub roles: Vec<&'a str>,
    pub certificates: &'a str,
}

impl Winner<'_> {
    /// Both the team and the certificate are those of a builder.
    fn builds(&self) -> bool {
        let on_site = self.roles.iter().any(|role| SITE_STAFF.iter().any(|staff| role.contains(staff)));
        on_site && BUILDERS.iter().any(|builder| self.certificates.contains(builder))
    }
}

/// What a title says is bought; where it is silent, what the winner's team and certificate say together. Nothing where they
/// don't, or where they contradict each other.
pub(super) fn nature(title: &str, winner: &Winner<'_>) -> Option<Nature> {
    let heads = heads(title);
    let said: Vec<Said> = heads.iter().map(|head| said(head)).filter(|said| *said != Said::Nothing).collect();
    let one = said.first().filter(|first| said.iter().all(|other| other == *first));
    match one {
        Some(Said::Nature(nature)) => Some(*nature).filter(|nature| !winner.builds() || *nature == Nature::Works),
        Some(Said::Unsettled | Said::Nothing) => None,
        None => (said.is_empty() && winner.builds()).then_some(Nature::Works),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Unsettled,
    Nature(Nature),
}

/// The ends of a title: of what stands in the last brackets, and of what stands before them.
fn heads(title: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut text: String = title.chars().filter(|c| !c.is_whitespace()).collect();
    loop {
        let before = text.len();
        if let Some((bare, inner)) =
            text.strip_suffix([')', '）', '】', ']']).and_then(|text| text.rsplit_once(['(', '（', '【', '[']))
        {
            let inner = bare_head(inner);
            // （监理） is said of all of it; （含设备采购） may be of a part.
            if [WORKS.as_slice(), &SERVICES, &GOODS].iter().any(|words| words.contains(&inner)) {
                return vec![inner.to_owned()];
            }
            heads.push(inner.to_owned());
            text = bare.to_owned();
        }
        text = bare_head(&text).to_owned();
        if text.len() == before {
            break;
        }
    }
    heads.push(text);
    heads
}

/// Without what ends a title and says nothing: numbers of lots, 项目.
fn bare_head(text: &str) -> &str {
    let mut text = text;
    loop {
        let before = text;
        text = text.trim_end_matches(['-', '—', '_', '、', '：', ':', '“', '”', '.', '。']);
        text = numbered(text).unwrap_or(text);
        text = ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text);
        if text == before {
            return text;
        }
    }
}

/// Without `一标段`, `第2批`, `二期`, `包3` at the end.
fn numbered(text: &str) -> Option<&str> {
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十ⅠⅡⅢⅣ第".contains(c);
    let units = ["标段", "标", "批次", "批", "期", "包", "次"];
    let unit = units.iter().find_map(|unit| text.strip_suffix(unit));
    let bare = match unit {
        Some(bare) => bare.trim_end_matches(is_number),
        None => text.trim_end_matches(is_number).strip_suffix(['包', '标'])?,
    };
    (unit != Some(bare)).then_some(bare)
}

fn ends_with_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.ends_with(word))
}

fn said(head: &str) -> Said {
    if let Some(object) = BUYING.iter().find_map(|word| head.strip_suffix(word)) {
        // 设计单位 is bought for its 设计.
        let object = bare_head(object);
        let object = object.strip_suffix("单位").unwrap_or(object);
        let (goods, other) = (ends_with_any(object, &THINGS), said(object));
        // 施工服务采购, 安装及设备采购 and 服务及设备采购 are of two natures; 施工图 and 施工监理 are of one.
        let object = object.replace("施工图", "").replace("施工监理", "");
        let mixed = ["施工", "安装", "服务及", "服务和", "服务、"].iter().any(|part| object.contains(part));
        return match (goods, other) {
            _ if mixed => Said::Unsettled,
            (true, _) => Said::Nature(Nature::Goods),
            (false, Said::Nature(Nature::Services)) => Said::Nature(Nature::Services),
            _ => Said::Unsettled,
        };
    }
    // 改造工程 is 改造; 公路工程 says no more than 公路.
    let head =
        head.strip_suffix("工程").filter(|verb| ends_with_any(verb, &WORKS) || verb.ends_with("安装")).unwrap_or(head);
    if head.ends_with("安装") {
        return if head.contains("采购") { Said::Unsettled } else { Said::Nature(Nature::Works) };
    }
    let natures = [(Nature::Services, SERVICES.as_slice()), (Nature::Works, &WORKS), (Nature::Goods, &GOODS)];
    for (nature, words) in natures {
        let Some(object) = words.iter().find_map(|word| head.strip_suffix(word)) else { continue };
        let unsettled = match nature {
            Nature::Works => ends_with_any(object, &SOFTWARE),
            Nature::Services => ends_with_any(object, &["施工", "总承包"]) && head.ends_with("服务"),
            Nature::Goods => object.contains("安装") || ends_with_any(object, &["及", "和", "、"]),
        };
        return if unsettled { Said::Unsettled } else { Said::Nature(nature) };
    }
    // A verb that is none of these: 运营, 销售, 设备更新. 工程 alone and a place say nothing.
    if ends_with_any(head, &["运营", "销售", "租赁", "运输", "处置", "代建", "一体化", "更新"]) {
        Said::Unsettled
    } else {
        Said::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_title_says_what_is_bought() {
        let (works, goods, services) = (Some(Nature::Works), Some(Nature::Goods), Some(Nature::Services));
        for (title, expected) in [
            ("某路施工监理", services),
            ("某路施工图设计", services),
            ("某路设计施工总承包", works),
            ("某楼热水系统安装工程", works),
            ("某厂电梯设备采购", goods),
            ("某村土地开发项目", works),
            ("某养老服务中心养护楼新建项目", works),
            ("某综合能源服务站一期建设项目", works),
            ("某公司工作服采购", goods),
            ("某基地鱼苗饲料购买项目", goods),
            ("某EPC项目全过程造价咨询", services),
            ("某工程总承包监理", services),
            ("某地下管网建设工程（一标段）监理", services),
            ("某垃圾综合处理工程（2022年）（在线监测设备采购）", goods),
            ("某中心（监理）(第2次招标)", services),
            ("某物业服务采购项目", services),
            ("某厂改造项目（监理）", services),
            ("某渠道整治工程项目（2标段）", works),
            ("某设备采购及安装工程", None),
            ("某公路工程施工图设计服务采购项目", services),
            ("某改造项目设计单位采购(第2次招标)", services),
            ("某养老综合服务项目家具采购(三标段)", goods),
            ("某技术服务及设备采购项目", None),
            ("某公司电梯设备集中采购项目", goods),
            ("某信息平台建设项目", None),
            ("某路延伸段", None),
            ("某路工程", None),
            ("某管道建设工程施工服务采购项目", None),
            ("某产业园项目施工总承包+运营", None),
            ("某监理项目（设备采购）", None),
            ("某软件采购", None),
            ("", None),
        ] {
            assert_eq!(nature(title, &Winner::default()), expected, "{title}");
        }
    }

    #[test]
    fn a_builder_builds_and_contradicts_anything_else() {
        let builder = Winner {
            roles: vec!["项目负责人", "施工员"], certificates: "市政公用工程施工总承包贰级：D2"
        };
        assert_eq!(nature("某路工程（一标段）", &builder), Some(Nature::Works));
        assert_eq!(nature("某高标准农田项目", &builder), Some(Nature::Works));
        assert_eq!(nature("某物业服务", &builder), None);
        assert_eq!(nature("某平台改造", &builder), None);
        assert_eq!(nature("某设备更新项目（一期）", &builder), None);
        let half = Winner { roles: vec!["施工员"], certificates: "工程设计甲级" };
        assert_eq!(nature("某路工程", &half), None);
    }
}
