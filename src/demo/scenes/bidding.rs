//! Between the call and the candidates: too few bids, bids that nobody opened, bids in evaluation.

use crate::demo::cast::Who;
use crate::demo::cast::Who::{Bianhe, Health, Luoshui, Songyue, Taihang, Yunhe};
use crate::demo::days::Days;
use crate::demo::notice::{Notice, Owner, SERVICES, WORKS};
use crate::demo::phrase::yuan;
use crate::demo::script::Script;
use crate::tender::ClauseKind;

/// 只有两家投标，流标；平台随即结案。
pub fn failed(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "LYJY-015",
            title: "洛阳市第二人民医院（示例）污水处理站改造",
            centre: Who::Agency,
            owner: Owner::Registered(Health),
            region: "410304",
            lots: &[("1", "土建与设备", 6_750_000)],
            clauses: &[("q-3", ClauseKind::Qualification, "具有环保工程专业承包三级及以上资质")],
            ..WORKS
        },
    );
    s.on(days.back(45)).preannounced().past_window().announced().on_deadline();
    s.opened("1", &[(&[Songyue], yuan(6_420_000)), (&[Taihang], yuan(6_588_000))]);
    s.failed("1", "至投标截止时间投标人不足三家（招标投标法第二十八条），依法重新招标。");
    s
}

/// 到了开标日没有开标记录，平台记录逾期。
pub fn not_opened(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-016",
            title: "郑州市中原区校园外墙节能改造工程",
            region: "410102",
            lots: &[("1", "六所小学", 8_300_000)],
            clauses: &[("t-1", ClauseKind::Technical, "外墙保温材料燃烧性能为A级")],
            ..WORKS
        },
    );
    s.on(days.back(32)).preannounced().past_window().announced_until(days.back(2));
    s
}

/// 昨日开标，四家投标，评标中。
pub fn in_evaluation(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "HNZB-017",
            title: "河南省档案馆（示例）库房环境与安保服务",
            centre: Who::ProvinceCentre,
            owner: Owner::Named("河南省档案馆（示例）"),
            region: "410100",
            lots: &[("1", "恒温恒湿运行与安保", 2_960_000)],
            clauses: &[("q-3", ClauseKind::Qualification, "安保人员持保安员证，每班不少于6人")],
            ..SERVICES
        },
    );
    s.on(days.back(32)).preannounced().past_window().announced_until(days.back(1)).on_deadline();
    let bids: [(&[Who], _); 4] = [
        (&[Bianhe], yuan(2_718_000)),
        (&[Taihang], yuan(2_805_500)),
        (&[Luoshui], yuan(2_890_000)),
        (&[Yunhe], yuan(2_931_600)),
    ];
    s.opened("1", &bids);
    s
}
