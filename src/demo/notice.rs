//! A tender as a row of a table, and the full text that follows from it.

use super::cast::Who;
use super::phrase::{clause, literal, money};
use crate::field::{Citations, Day, Nature, Party};
use crate::tender::{
    ClauseKind, Contact, Lot, Method, PlannedDates, Preannouncement, ScoreRow, Window, WindowUnit, Windows,
};

/// Who buys: one that is registered here, or one that is only named.
#[derive(Debug, Clone, Copy)]
pub enum Owner {
    Registered(Who),
    Named(&'static str),
}

/// What is particular to a tender; the rest is common to its nature.
pub struct Notice {
    pub code: &'static str,
    pub title: &'static str,
    pub centre: Who,
    pub owner: Owner,
    pub nature: Nature,
    pub method: Method,
    /// Why not by open tender.
    pub why: Option<&'static str>,
    pub region: &'static str,
    pub category: &'static str,
    pub funding: &'static str,
    /// Id, title, estimate in yuan.
    pub lots: &'static [(&'static str, &'static str, i64)],
    pub clauses: &'static [(&'static str, ClauseKind, &'static str)],
    /// Item, hundredths of a point, criteria.
    pub scores: &'static [(&'static str, u32, &'static str)],
}

/// What most notices of a nature have in common: `Notice { code, title, …, ..WORKS }`.
pub const WORKS: Notice = Notice {
    code: "",
    title: "",
    centre: Who::CityCentre,
    owner: Owner::Registered(Who::Education),
    nature: Nature::Works,
    method: Method::Open,
    why: None,
    region: "410100",
    category: "B01",
    funding: "财政资金，已落实",
    lots: &[],
    clauses: &[],
    scores: &[
        ("投标报价", 6000, "以有效投标报价的平均值下浮3%为评标基准价，每高1%扣0.5分，每低1%扣0.3分"),
        ("施工组织设计", 2500, "方案完整、针对性强得20至25分，基本可行得10至19分"),
        ("类似业绩", 1500, "近三年每有一项类似业绩得5分，以公示的合同与验收材料为准"),
    ],
};

pub const GOODS: Notice = Notice {
    nature: Nature::Goods,
    category: "A0202",
    scores: &[
        ("价格", 3500, "满足招标文件要求且价格最低的为评标基准价"),
        ("技术响应", 4000, "逐条响应，非★条款每负偏离一项扣2分"),
        ("售后服务", 1500, "备件、响应时间与培训方案"),
        ("类似业绩", 1000, "近三年每有一项得5分"),
    ],
    ..WORKS
};

pub const SERVICES: Notice = Notice {
    nature: Nature::Services,
    category: "C2104",
    scores: &[
        ("价格", 2000, "满足要求且价格最低的为基准价"),
        ("服务方案", 5000, "人员配置、进度安排、应急预案"),
        ("履约评价", 3000, "近三年采购人出具的履约评价，每份优得10分"),
    ],
    ..WORKS
};

fn common_clauses(nature: Nature) -> [(&'static str, ClauseKind, &'static str); 5] {
    let (contract, schedule) = match nature {
        Nature::Works => {
            ("按月计量支付进度款的80%，竣工结算后付至97%，余款为质量保证金", "计划工期240日历天，以开工令为准")
        }
        Nature::Goods => ("货到验收合格后三十日内支付95%，质保期满支付5%", "合同签订后30日内供货并完成安装调试"),
        Nature::Services => ("按季度考核后支付，考核低于80分扣减当季服务费的5%", "服务期一年，考核合格可续签一次"),
    };
    [
        (
            "q-1",
            ClauseKind::Qualification,
            "具有独立承担民事责任的能力，具有良好的商业信誉和健全的财务会计制度（政府采购法第二十二条）",
        ),
        (
            "q-2",
            ClauseKind::Qualification,
            "未被列入失信被执行人、重大税收违法失信主体、政府采购严重违法失信行为记录名单",
        ),
        ("c-1", ClauseKind::Contract, contract),
        ("s-1", ClauseKind::Schedule, schedule),
        ("k-1", ClauseKind::Contact, "异议与咨询：招标采购一科，0371-00000000，工作日9:00至17:30"),
    ]
}

/// The windows of most tenders here.
pub const WINDOWS: Windows = Windows {
    objection: Window { count: 5, unit: WindowUnit::Day },
    answer: Window { count: 3, unit: WindowUnit::Day },
    escalation: Window { count: 10, unit: WindowUnit::Day },
    candidates: Window { count: 3, unit: WindowUnit::Day },
};

impl Owner {
    pub fn party(self) -> Party {
        match self {
            Self::Registered(who) => who.party(),
            Self::Named(name) => Party { name: literal(name), id: None },
        }
    }
}

impl Notice {
    pub fn lots(&self) -> Vec<Lot> {
        let lot = |(id, title, estimate): &(&str, &str, i64)| Lot {
            id: literal(id),
            title: literal(title),
            description: None,
            estimate: Some(money(*estimate)),
            ceiling: None,
            winners: None,
        };
        self.lots.iter().map(lot).collect()
    }

    /// The whole text. The planned dates are set on the day on which it is published.
    pub fn text(&self) -> Preannouncement {
        let clauses = common_clauses(self.nature);
        let some_day = Day::from(chrono::NaiveDate::default());
        let estimate = self.lots.iter().map(|(_, _, estimate)| estimate).sum();
        Preannouncement {
            numbers_confirmed: None,
            title: literal(self.title),
            follows: None,
            procuring_unit: self.owner.party(),
            centre: self.centre.id(),
            nature: self.nature,
            method: self.method,
            method_reason: self.why.map(literal),
            region: literal(self.region),
            category: Some(literal(self.category)),
            lots: self.lots(),
            estimate: Some(money(estimate)),
            funding: Some(literal(self.funding)),
            clauses: self.clauses.iter().chain(&clauses).map(|(id, kind, text)| clause(id, *kind, text)).collect(),
            score_table: self
                .scores
                .iter()
                .map(|(item, max_points, criteria)| ScoreRow {
                    item: literal(item),
                    max_points: *max_points,
                    criteria: literal(criteria),
                    clause: None,
                })
                .collect(),
            commitment_template: None,
            planned: PlannedDates { announce: some_day, bid_deadline: some_day.into(), open: some_day.into() },
            windows: WINDOWS,
            contact: Contact {
                office: literal("招标采购一科"),
                person: None,
                phone: Some(literal("0371-00000000")),
                address: Some(literal("河南省郑州市示例路1号公共资源交易大厦6楼")),
            },
            source: None,
            documents: Citations::default(),
        }
    }
}
