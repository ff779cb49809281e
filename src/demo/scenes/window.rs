//! In and around the objection window: open, objected to, answered, reopened, given up, suspended, resumed.

use crate::demo::cast::Who;
use crate::demo::days::Days;
use crate::demo::notice::{GOODS, Notice, Owner, SERVICES, WORKS};
use crate::demo::papers::{DRAFT, QUANTITIES, cite};
use crate::demo::script::Script;
use crate::tender::{AnswerOutcome, ClauseKind, Ground};

/// 公示期内，尚无异议。
pub fn open(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-001",
            title: "郑州市第九中学（示例）实验楼建设工程",
            region: "410105",
            lots: &[("1", "施工总承包", 18_600_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "具有建筑工程施工总承包三级及以上资质，且安全生产许可证有效"),
                ("t-1", ClauseKind::Technical, "主体结构混凝土强度等级不低于C30，实验室地面为环氧磨石"),
                ("e-1", ClauseKind::Evaluation, "综合评估法；低于成本的报价由评标委员会要求说明"),
            ],
            ..WORKS
        },
    );
    s.text.documents = cite(&[&DRAFT, &QUANTITIES]);
    s.text.contact.person = Some(s.seal(Who::CityCentre, "name", "经办人甲（演示）"));
    s.on(days.back(1)).preannounced();
    s
}

/// 上午一条、深夜一条异议，都还在答复期内。
pub fn two_objections_on_one_day(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-002",
            title: "郑东新区中小学智慧教室设备采购",
            region: "410105",
            lots: &[("1", "智慧黑板与录播系统", 9_800_000), ("2", "班班通平台与运维", 2_150_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "投标人须为设备制造商或其唯一授权经销商，提供原厂授权函"),
                (
                    "t-1",
                    ClauseKind::Technical,
                    "★显示屏为86英寸、边框不大于12.4毫米、书写延迟不大于17.5毫秒、具备A品牌同等的笔槽结构",
                ),
                ("t-2", ClauseKind::Technical, "录播主机支持4K编码，课堂音频信噪比不小于60分贝"),
            ],
            ..GOODS
        },
    );
    let opened = days.back(2);
    s.text.windows.objection = days.open_today(opened, 5);
    s.on(opened).preannounced().then(1);
    s.objected(
        Who::Jinshui,
        "o-1",
        &["t-1"],
        Ground::Targeted,
        (
            "边框12.4毫米、延迟17.5毫秒与笔槽结构的组合仅A品牌一个型号满足，三家主流厂商均被排除。",
            "删除精确到小数的尺寸和笔槽结构，改为功能性要求。",
        ),
    );
    s.tonight().objected(
        Who::Baihe,
        "o-2",
        &["q-3"],
        Ground::Biased,
        ("“唯一授权”由厂商单方决定，等于由厂商选定投标人。", "取消唯一授权，中标后提供原厂供货证明即可。"),
    );
    s
}

/// 异议已答复、不予采纳；公示期未满，异议人仍可投诉。
pub fn an_answer_in_time(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "HNZB-003",
            title: "省直机关第二办公区物业管理服务",
            centre: Who::ProvinceCentre,
            owner: Owner::Named("河南省机关事务服务中心（示例）"),
            region: "410000",
            lots: &[("1", "保洁、秩序维护与设备运行", 6_400_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "项目经理须持物业管理岗位培训合格证，并在投标时承诺常驻"),
                ("t-1", ClauseKind::Technical, "高压配电值班人员须持高压电工特种作业操作证，每班不少于2人"),
            ],
            ..SERVICES
        },
    );
    let opened = days.back(3);
    s.text.windows.objection = days.open_today(opened, 5);
    s.on(opened).preannounced();
    s.then(1).objected(
        Who::Bianhe,
        "o-1",
        &["t-1"],
        Ground::Biased,
        ("每班2名高压电工高于一般要求，增加成本，有利于现服务企业。", "改为每班1名。"),
    );
    s.then(1).answered(
        "o-1",
        AnswerOutcome::Rejected,
        "配电室为双电源10千伏，国家标准《电力安全工作规程》要求倒闸操作由两人进行，不予采纳。",
    );
    s
}

/// 公告时改了一条评审条款并如实列明，因属实质性差异，重新公示。
pub fn reopened_by_the_call(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "LYJY-011",
            title: "洛阳市区域医学影像平台建设项目",
            centre: Who::Agency,
            owner: Owner::Registered(Who::Health),
            region: "410300",
            lots: &[("1", "影像平台软硬件及五年运维", 13_700_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "具有医疗器械经营许可（影像处理软件）"),
                ("e-1", ClauseKind::Evaluation, "演示环节占10分，由评标委员会现场评分"),
            ],
            ..GOODS
        },
    );
    s.on(days.back(9)).preannounced().past_window().on(days.back(1));
    let deadline = s.next_deadline();
    s.announced_with(
        deadline,
        "e-1",
        "演示环节占5分，评分细则见附表，逐项给分并公开评分理由",
        "专家论证认为现场评分自由裁量过大",
    );
    s
}

/// 预算调整，公示期内终止。
pub fn given_up(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-012",
            title: "郑州市职业教育实训基地家具采购",
            region: "410100",
            lots: &[("1", "实训工位与储物柜", 3_260_000)],
            clauses: &[("t-1", ClauseKind::Technical, "板材甲醛释放量达到E0级，提供检测报告")],
            ..GOODS
        },
    );
    s.on(days.back(30))
        .preannounced()
        .then(2)
        .terminated(Who::Education, "年度预算调减，实训基地二期缓建，本项目不再实施；已通知登记的潜在供应商。");
    s
}

/// 收到实名举报，监督部门代为提出异议并责令暂停。
pub fn suspended_on_a_tip(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "HNZB-013",
            title: "河南省水文遥测终端更新项目",
            centre: Who::ProvinceCentre,
            owner: Owner::Named("河南省水文水资源测报中心（示例）"),
            region: "410000",
            lots: &[("1", "遥测终端600套", 21_300_000)],
            clauses: &[
                ("t-1", ClauseKind::Technical, "通信协议须与既有平台完全一致，由既有平台厂商出具兼容证明"),
                ("q-3", ClauseKind::Qualification, "具有水文监测设备生产能力"),
            ],
            ..GOODS
        },
    );
    s.on(days.back(6)).preannounced();
    s.then(2).tipped(
        Who::Province,
        "o-1",
        &["t-1"],
        Ground::Targeted,
        (
            "实名举报：兼容证明只能由既有厂商出具，而该厂商本身参加投标。举报人身份封存。",
            "公开通信协议，由第三方检测机构出具兼容性检测报告。",
        ),
    );
    s.then(1).suspended(Who::Province, "举报线索初步查实，暂停招标活动，待协议文本公开后恢复。");
    s
}

/// 暂停三个工作日后恢复，公示期顺延；现已公告并澄清，等待投标。
pub fn resumed(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-014",
            title: "郑州市特殊教育学校（示例）无障碍改造工程",
            region: "410102",
            lots: &[("1", "坡道、电梯与盲道改造", 4_900_000)],
            clauses: &[("q-3", ClauseKind::Qualification, "具有建筑装修装饰工程专业承包二级及以上资质")],
            ..WORKS
        },
    );
    s.on(days.back(18)).preannounced();
    s.then(2).suspended(Who::City, "平台收到反映图纸缺页，暂停核实。");
    s.then(3).resumed(Who::City, "图纸已补齐并重新上传，公示期按暂停时间顺延。");
    s.past_window().announced_beyond(20);
    s.then(1).clarified("电梯载重以图纸第7页800千克为准，与清单不一致处按图纸执行。", &[&QUANTITIES]);
    s
}
