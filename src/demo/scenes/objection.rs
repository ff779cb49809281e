//! How objections end: escalated, upheld, unanswered, accepted, partly accepted, withdrawn, dismissed.

use crate::demo::cast::Who;
use crate::demo::days::Days;
use crate::demo::notice::{GOODS, Notice, Owner, SERVICES, WORKS};
use crate::demo::papers::{RULING_LETTER, TAX_SURVEY};
use crate::demo::phrase::clause;
use crate::demo::script::{Script, reword, strike};
use crate::tender::{AnswerOutcome, ClauseKind, Ground, RulingOutcome};

/// 答复不予采纳，当晚向监督部门投诉；公示期满，项目等待处理决定。
pub fn escalated(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "HNZB-004",
            title: "河南省县级疾控实验室生物安全柜集中采购",
            centre: Who::ProvinceCentre,
            owner: Owner::Named("河南省疾病预防控制中心（示例）"),
            region: "410000",
            lots: &[("1", "A2型生物安全柜118台", 7_080_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "近三年在河南省内有累计供货不少于50台的同类业绩"),
                ("t-1", ClauseKind::Technical, "符合YY 0569，提供医疗器械注册证"),
            ],
            ..GOODS
        },
    );
    s.on(days.back(14)).preannounced().tonight().objected(
        Who::Heluo,
        "o-1",
        &["q-3"],
        Ground::Discriminatory,
        ("以特定行政区域的业绩作为资格条件，省外供应商不能参加。", "业绩不限地域，或改为评分项。"),
    );
    s.then(1).answered("o-1", AnswerOutcome::Rejected, "省内业绩有利于售后服务，不予采纳。");
    s.tonight().escalated(
        Who::Heluo,
        "o-1",
        "政府采购法实施条例第二十条第四项：以特定行政区域业绩作为资格条件属于差别待遇，请求责令修改。",
    );
    s
}

/// “须具有本市纳税证明”：异议被拒，投诉成立，删除该条，重新公示。
pub fn upheld_and_struck(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "LYJY-005",
            title: "洛阳市涧西区老旧小区雨污分流改造工程",
            centre: Who::Agency,
            owner: Owner::Named("洛阳市涧西区住房和城乡建设局（示例）"),
            region: "410305",
            lots: &[("1", "长安路以东", 11_200_000), ("2", "长安路以西", 9_640_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "须具有本市近两年纳税证明，年均纳税额不低于50万元"),
                ("q-4", ClauseKind::Qualification, "具有市政公用工程施工总承包三级及以上资质"),
                ("e-1", ClauseKind::Evaluation, "具有本市同类业绩的，每项加3分，最多9分"),
                ("t-1", ClauseKind::Technical, "管道采用HDPE双壁波纹管，环刚度不小于8kN/㎡"),
            ],
            ..WORKS
        },
    );
    s.on(days.back(16)).preannounced();
    s.then(1).objected_with(
        Who::Jinshui,
        "o-1",
        &["q-3", "e-1"],
        Ground::Discriminatory,
        (
            "要求本市纳税证明，直接排斥洛阳市以外的企业，与施工能力无关。附同类公告调查。",
            "删除q-3；e-1不得以行政区域加分。",
        ),
        &[&TAX_SURVEY],
    );
    s.then(2).answered("o-1", AnswerOutcome::Rejected, "纳税证明反映企业在本地的诚信，属于招标人自主权，不予采纳。");
    s.then(1).escalated(Who::Jinshui, "o-1", "答复没有法律依据。请求监督部门认定q-3违法并责令修改。");
    s.then(5).ruled(
        Who::Province,
        "o-1",
        RulingOutcome::Upheld,
        "q-3以特定行政区域的纳税作为资格条件，违反招标投标法实施条例第三十二条第二款；e-1同理。投诉成立，责令修改后重新公示。",
        &[&RULING_LETTER],
    );
    s.on(days.back(1)).revised("执行投诉处理决定：删除q-3，e-1取消地域限制", |text| {
        strike(text, "q-3");
        reword(text, "e-1", "近三年每有一项同类业绩得3分，最多9分，不限地域");
    });
    s
}

/// 采购中心逾期未答复；平台记录逾期，项目停在等待。
pub fn unanswered(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-006",
            title: "郑州市公办幼儿园视频监控联网服务",
            region: "410103",
            lots: &[("1", "联网平台租用三年", 2_880_000)],
            clauses: &[
                ("t-1", ClauseKind::Technical, "平台须已在郑州市公安视频专网部署"),
                ("e-1", ClauseKind::Evaluation, "综合评分法"),
            ],
            ..SERVICES
        },
    );
    s.on(days.back(13)).preannounced();
    s.then(1).tonight().objected(
        Who::Baihe,
        "o-1",
        &["t-1"],
        Ground::Targeted,
        ("已在公安专网部署的平台只有一家，等于指定。", "改为具备接入公安视频专网的能力，中标后完成接入测试。"),
    );
    s
}

/// 异议被采纳，但尚未修改文本：公示期满也不得发布公告。
pub fn accepted_but_not_revised(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "LYJY-007",
            title: "洛阳市社区卫生服务中心彩超采购",
            centre: Who::Agency,
            owner: Owner::Registered(Who::Health),
            region: "410300",
            lots: &[("1", "全数字彩超42台", 12_600_000)],
            clauses: &[
                ("t-1", ClauseKind::Technical, "★整机原产地须为欧美，主机物理通道数不少于4096"),
                ("q-3", ClauseKind::Qualification, "具有第三类医疗器械经营许可证"),
            ],
            ..GOODS
        },
    );
    s.on(days.back(11)).preannounced();
    s.then(1).objected(
        Who::Heluo,
        "o-1",
        &["t-1"],
        Ground::Discriminatory,
        ("限定原产地，排斥国产设备。", "删除原产地要求。"),
    );
    s.then(2).answered("o-1", AnswerOutcome::Accepted, "异议成立，将删除原产地要求并重新公示。");
    s
}

/// 部分采纳：只改时间安排，不影响谁能中标，公示期不重开；现已通过，可发布公告。
pub fn partly_accepted(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "HNZB-008",
            title: "河南省高标准农田建设项目监理服务",
            centre: Who::ProvinceCentre,
            owner: Owner::Named("河南省农田建设中心（示例）"),
            region: "411600",
            category: "C1902",
            lots: &[("1", "周口片区监理", 3_120_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "具有水利工程施工监理丙级及以上资质"),
                ("s-2", ClauseKind::Schedule, "收到中标通知书后3日内全员进场"),
            ],
            ..SERVICES
        },
    );
    s.on(days.back(14)).preannounced();
    s.then(1).objected(
        Who::Huangfan,
        "o-1",
        &["s-2"],
        Ground::UnlawfulPeriod,
        ("3日内全员进场短于合同签订的法定期限，只有已在当地的企业能做到。", "改为合同签订后15日内。"),
    );
    s.then(1).answered("o-1", AnswerOutcome::Partly, "进场时间调整为合同签订后10日内，其余要求不变。");
    s.then(1).revised("部分采纳异议o-1", |text| reword(text, "s-2", "合同签订后10日内全员进场"));
    s
}

/// 异议人了解情况后撤回；公示期满，已发布公告。
pub fn withdrawn(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-009",
            title: "郑州市图书馆（示例）少儿馆幕墙维修工程",
            owner: Owner::Named("郑州市图书馆（示例）"),
            region: "410102",
            lots: &[("1", "幕墙检测与更换", 2_340_000)],
            clauses: &[("q-3", ClauseKind::Qualification, "具有建筑幕墙工程专业承包二级及以上资质")],
            ..WORKS
        },
    );
    s.on(days.back(18)).preannounced();
    s.then(1).objected(
        Who::Taihang,
        "o-1",
        &["q-3"],
        Ground::Other,
        ("维修工程是否可以由装修装饰资质承担，条款不明确。", "予以说明。"),
    );
    s.then(1).withdrawn(Who::Taihang, "o-1", "已电话了解：涉及高空玻璃更换，须幕墙资质，无异议。");
    s.past_window().announced_beyond(20);
    s
}

/// 投诉被驳回；公告如实列明一处联系方式的差异，其后澄清一次、修改一次并延长投标期。
pub fn dismissed(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "HNZB-010",
            title: "河南省黄河流域生态监测站网土建工程",
            centre: Who::ProvinceCentre,
            owner: Owner::Named("河南省生态环境监测中心（示例）"),
            region: "410000",
            lots: &[("1", "郑州至三门峡段12站", 15_400_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "具有水利水电工程施工总承包三级及以上资质"),
                ("t-1", ClauseKind::Technical, "站房抗震设防烈度8度，防洪标准50年一遇"),
            ],
            ..WORKS
        },
    );
    s.on(days.back(26)).preannounced();
    s.then(1).objected(
        Who::Yunhe,
        "o-1",
        &["q-3"],
        Ground::Biased,
        ("站房为小型房建，要求水利资质没有必要。", "增加建筑工程施工总承包资质。"),
    );
    s.then(1).answered("o-1", AnswerOutcome::Rejected, "站房位于河道管理范围内，涉及护岸和基础防渗，须水利资质。");
    s.then(1).escalated(Who::Yunhe, "o-1", "护岸工程量不足10%，请求复核。");
    s.then(4).ruled(
        Who::Province,
        "o-1",
        RulingOutcome::Dismissed,
        "经核，护岸与防渗工程量占31%，资质要求与项目规模和内容相适应，驳回投诉。",
        &[],
    );
    let deadline = days.ahead(20).max(s.next_deadline());
    s.past_window().announced_with(
        deadline,
        "k-1",
        "异议与咨询：招标采购二科，0371-00000001，工作日9:00至17:30",
        "经办科室调整",
    );
    s.then(1).clarified("7号站址坐标以本澄清附图为准。", &[]);
    let new = clause("t-1", ClauseKind::Technical, "站房抗震设防烈度8度，防洪标准100年一遇");
    let later = days.ahead(32).max(s.next_deadline());
    s.then(2).amended("防洪标准按最新批复调整，投标截止时间相应顺延", vec![new], later);
    s
}
