//! After the award: contracts, their changes, and whether the work passes.

use crate::demo::cast::Who::{self, Baihe, Jinshui, Luoshui, Songyue, Taihang, Yunhe, Zhongyuan};
use crate::demo::days::Days;
use crate::demo::notice::{GOODS, Notice, Owner, WORKS};
use crate::demo::papers::ACCEPTANCE_SHEET;
use crate::demo::phrase::{fee, parts, yuan};
use crate::demo::script::{Script, achievement, ranked};
use crate::field::Price;
use crate::tender::{Candidate, ClauseKind, Method};

/// 设计费按费率、建安费按金额；合同变更加价一次，验收一次不合格，整改后待复验。
pub fn to_be_inspected_again(days: &Days) -> Script<'_> {
    let price = |works: i64| -> Price {
        parts(&[("设计费", fee(23_000, "建安费的2.3%")), ("建筑安装工程费", yuan(works))])
    };
    let mut s = Script::of(
        days,
        &Notice {
            code: "LYJY-023",
            title: "洛阳市妇幼保健院（示例）停车场与连廊工程总承包",
            centre: Who::Agency,
            owner: Owner::Registered(Who::Health),
            region: "410311",
            lots: &[("1", "设计施工总承包", 5_600_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "接受联合体，牵头人须具有施工总承包三级及以上资质"),
                ("s-2", ClauseKind::Schedule, "连廊部分不停诊施工，工期20日历天"),
            ],
            ..WORKS
        },
    );
    s.on(days.back(64)).preannounced().past_window().announced().on_deadline();
    let bids: [(&[Who], _); 3] =
        [(&[Songyue, Zhongyuan], price(5_012_000)), (&[Luoshui], price(5_130_000)), (&[Yunhe], price(5_245_000))];
    s.opened("1", &bids).then(1).candidates(
        "1",
        vec![
            ranked(1, &[Songyue, Zhongyuan], price(5_012_000), 9147),
            ranked(2, &[Luoshui], price(5_130_000), 8968),
            ranked(3, &[Yunhe], price(5_245_000), 8790),
        ],
    );
    s.past_candidates("1").awarded("1", "c-1", price(5_012_000));
    s.then(2).contracted("1", "LYFY-EPC-07", price(5_012_000), "牵头人对发包人承担连带责任；预付10%，按月支付80%。");
    s.then(5).contract_amended(
        "1",
        price(5_218_000),
        "地勘发现废弃人防通道，基础须加固",
        "增加旋喷桩46根，建安费增加206,000元（4.1%），工期顺延6日。",
    );
    s.then(7).inspected("1", false, "连廊雨篷排水坡度不足，2处渗漏；责令15日内整改后复验，其余分项合格。", &[]);
    s
}

/// 竞争性磋商；从公示到验收走完全程，平台结案。
pub fn accepted(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-024",
            title: "郑州市第十二中学（示例）智慧校园设备采购",
            method: Method::CompetitiveConsultation,
            why: Some("技术复杂、不能确定详细规格（政府采购竞争性磋商采购方式管理暂行办法第三条）"),
            region: "410105",
            lots: &[("1", "智慧黑板、录播与平台", 5_480_000)],
            clauses: &[
                ("t-1", ClauseKind::Technical, "提供开放接口文档，数据归学校所有，不得锁定"),
                ("s-2", ClauseKind::Schedule, "合同签订后20日内完成安装调试"),
            ],
            ..GOODS
        },
    );
    s.on(days.back(66)).preannounced().past_window().announced().on_deadline();
    let bids: [(&[Who], _); 3] =
        [(&[Jinshui], yuan(5_126_000)), (&[Baihe], yuan(5_233_000)), (&[Taihang], yuan(5_310_000))];
    s.opened("1", &bids).then(1);
    let deed = (Owner::Named("新乡市示范高级中学（示例）"), "XXSF-HT-19", 3_720_000, days.ago(900), days.ago(760));
    s.candidates(
        "1",
        vec![
            Candidate {
                claims: vec![achievement("y-1", "智慧校园一期", deed)],
                ..ranked(1, &[Jinshui], yuan(5_126_000), 9264)
            },
            ranked(2, &[Baihe], yuan(5_233_000), 9080),
        ],
    );
    s.past_candidates("1").awarded("1", "c-1", yuan(5_126_000));
    s.then(2).contracted("1", "ZZ12Z-HT-06", yuan(5_126_000), "验收合格后三十日内支付95%，质保三年。");
    s.then(12).inspected(
        "1",
        true,
        "设备数量、型号与合同一致，接口文档齐全，试运行十日无故障，验收合格。",
        &[&ACCEPTANCE_SHEET],
    );
    s
}
