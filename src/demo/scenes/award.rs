//! Candidates and what becomes of them: challenged, refuted, verified, awarded.

use crate::demo::cast::Who::{self, Baihe, Bianhe, Education, Health, Heluo, Huangfan, Jinshui, Luoshui};
use crate::demo::cast::Who::{Province, Songyue, Taihang, Yunhe, Zhongyuan};
use crate::demo::days::Days;
use crate::demo::notice::Owner::{Named, Registered};
use crate::demo::notice::{GOODS, Notice, SERVICES, WORKS};
use crate::demo::papers::ARCHIVE_LETTER;
use crate::demo::phrase::{discount, fee, stated, yuan};
use crate::demo::script::{Script, achievement, certificate, leader, ranked};
use crate::tender::{AnswerOutcome, Candidate, ClaimKind, ClauseKind, Method};

/// 联合体列第一；昨日有人质疑其项目经理在建，尚在答复期内。
pub fn challenged_today(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-018",
            title: "郑州市第三实验小学（示例）新建工程设计施工总承包",
            region: "410104",
            lots: &[("1", "设计施工总承包", 46_800_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "建筑行业（建筑工程）设计乙级与施工总承包二级，接受联合体"),
                ("e-1", ClauseKind::Evaluation, "项目经理无在建项目，投标截止日前已变更的须附备案证明"),
            ],
            ..WORKS
        },
    );
    let published = days.back(2);
    s.text.windows.candidates = days.open_today(published, 3);
    s.on(days.back(34)).preannounced().past_window().announced_until(days.back(3)).on_deadline();
    let bids: [(&[Who], _); 3] = [
        (&[Yunhe, Zhongyuan], yuan(44_126_000)),
        (&[Songyue], yuan(44_980_000)),
        (&[Luoshui, Taihang], yuan(45_310_000)),
    ];
    s.opened("1", &bids).on(published);
    let name = s.seal(Who::CityCentre, "name", "项目经理甲（演示）");
    let school = (Registered(Education), "ZZJY-HT-2207", 38_400_000, days.ago(1150), days.ago(420));
    s.candidates(
        "1",
        vec![
            Candidate {
                persons: vec![leader(name, "一级建造师（建筑工程）豫1410000000001")],
                claims: vec![
                    achievement("y-1", "郑州市第十二中学（示例）教学楼工程", school),
                    certificate(
                        "z-1",
                        ClaimKind::Qualification,
                        "建筑工程施工总承包二级",
                        "河南省住房和城乡建设厅（示例）",
                        "D241000001",
                    ),
                    certificate("j-1", ClaimKind::Prize, "中州杯优质工程奖", "河南省建筑业协会（示例）", "ZZB-0311"),
                    certificate(
                        "p-1",
                        ClaimKind::Person,
                        "项目经理安全生产考核合格证（B证）",
                        "河南省住房和城乡建设厅（示例）",
                        "豫建安B0000001",
                    ),
                ],
                ..ranked(1, &[Yunhe, Zhongyuan], yuan(44_126_000), 9286)
            },
            ranked(2, &[Songyue], yuan(44_980_000), 9017),
            ranked(3, &[Luoshui, Taihang], yuan(45_310_000), 8843),
        ],
    );
    s.then(1).challenged(
        Songyue,
        "z-1",
        "1",
        ("c-1", "p-1"),
        "该项目经理在另一在建项目任职，全国建筑市场监管平台可查，投标截止日前未见变更备案。",
    );
    s
}

/// 质疑逾期未答复，监督部门已查实所称奖项系伪造：公示期虽满，不得定标给第一名。
pub fn left_without_an_answer(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "HNZB-019",
            title: "河南省气象台站自动观测设备更新",
            centre: Who::ProvinceCentre,
            owner: Named("河南省气象探测数据中心（示例）"),
            region: "410000",
            lots: &[("1", "自动站设备85套", 10_200_000)],
            clauses: &[("t-1", ClauseKind::Technical, "风速测量范围0至60米每秒，误差不大于0.3米每秒")],
            ..GOODS
        },
    );
    s.on(days.back(42)).preannounced().past_window().announced_until(days.back(11)).on_deadline();
    let bids: [(&[Who], _); 3] =
        [(&[Baihe], yuan(9_612_000)), (&[Jinshui], yuan(9_744_000)), (&[Heluo], yuan(9_990_000))];
    s.opened("1", &bids).on(days.back(10));
    let prize =
        certificate("j-1", ClaimKind::Prize, "中国气象装备创新一等奖", "中国气象装备协会（示例）", "QXZB-2-017");
    s.candidates(
        "1",
        vec![
            Candidate { claims: vec![prize], ..ranked(1, &[Baihe], yuan(9_612_000), 9120) },
            ranked(2, &[Jinshui], yuan(9_744_000), 9064),
        ],
    );
    s.then(1).challenged(Jinshui, "z-1", "1", ("c-1", "j-1"), "该协会未设“一等奖”，证书编号在其网站查无记录。");
    s.then(2).claim_refuted(Province, "1", ("c-1", "j-1"), "经向协会函证，未颁发过该奖项，证书系伪造。", &[]);
    s
}

/// 虚假业绩：合同所称采购人查档证伪，候选人被取消，重新公示后第二名中标，造假者被暂停。
pub fn fake_achievement(days: &Days) -> Script<'_> {
    let mut s = Script::of(
        days,
        &Notice {
            code: "LYJY-020",
            title: "洛阳市中心血站（示例）核酸检测设备采购",
            centre: Who::Agency,
            owner: Named("洛阳市中心血站（示例）"),
            region: "410300",
            lots: &[("1", "全自动核酸检测系统2套", 8_900_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "具有第三类医疗器械经营许可证"),
                ("e-1", ClauseKind::Evaluation, "近三年每有一项同类业绩得5分，合同与验收单一并公示"),
            ],
            ..GOODS
        },
    );
    s.on(days.back(48)).preannounced().past_window().announced_until(days.back(19)).on_deadline();
    let bids: [(&[Who], _); 3] =
        [(&[Heluo], yuan(8_260_000)), (&[Jinshui], yuan(8_480_000)), (&[Baihe], yuan(8_715_000))];
    s.opened("1", &bids).then(1);
    let fake = (Registered(Health), "LYWJ-HT-118", 7_600_000, days.ago(700), days.ago(510));
    let real = (Named("平顶山市中心血站（示例）"), "PDSXZ-HT-031", 4_150_000, days.ago(820), days.ago(700));
    let others = || {
        let claims = vec![achievement("y-2", "血液核酸检测系统采购项目", real)];
        [
            Candidate { claims, ..ranked(2, &[Jinshui], yuan(8_480_000), 9095) },
            ranked(3, &[Baihe], yuan(8_715_000), 8870),
        ]
    };
    let first = Candidate {
        claims: vec![achievement("y-1", "县域医共体影像中心设备采购项目", fake)],
        ..ranked(1, &[Heluo], yuan(8_260_000), 9410)
    };
    s.candidates("1", [first].into_iter().chain(others()).collect());
    s.then(1).challenged(
        Jinshui,
        "z-1",
        "1",
        ("c-1", "y-1"),
        "该项目中标公告中的供应商并非河洛公司，合同编号格式也与卫健委历年合同不符，请向合同所称采购人核实。",
    );
    s.then(1).claim_refuted(
        Health,
        "1",
        ("c-1", "y-1"),
        "我委无LYWJ-HT-118号合同，验收单印章非我委印章，该业绩不属实。",
        &[&ARCHIVE_LETTER],
    );
    s.challenge_answered(
        "z-1",
        "1",
        AnswerOutcome::Accepted,
        "质疑成立：业绩经合同所称采购人证伪，取消其中标候选人资格。",
    );
    s.then(1).candidates_but(
        "1",
        others().into_iter().map(|other| Candidate { rank: other.rank.map(|rank| rank - 1), ..other }).collect(),
        &[(Heluo, "提供虚假业绩，投标无效（招标投标法第三十三条、第五十四条）")],
    );
    s.past_candidates("1").awarded("1", "c-2", yuan(8_480_000));
    s
}

/// 下浮率报价；业绩被质疑，经合同所称采购人（与本项目无关）核实属实，质疑不成立，照常定标。
pub fn verified_achievement(days: &Days) -> Script<'_> {
    const OF: &str = "按工程量清单最高限价下浮";
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-021",
            title: "郑州市中小学校舍零星维修定点施工",
            region: "410100",
            lots: &[("1", "全市校舍零星维修", 12_000_000)],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "具有建筑工程施工总承包三级及以上资质"),
                ("e-1", ClauseKind::Evaluation, "以下浮率报价，下浮率最高者得价格满分，低于成本的否决"),
            ],
            ..WORKS
        },
    );
    s.on(days.back(44)).preannounced().past_window().announced_until(days.back(14)).on_deadline();
    let bids: [(&[Who], _); 3] =
        [(&[Songyue], discount(83_500, OF)), (&[Yunhe], discount(81_000, OF)), (&[Taihang], discount(76_200, OF))];
    s.opened("1", &bids).then(1);
    let deed = (Registered(Health), "LYWJ-HT-094", 5_870_000, days.ago(640), days.ago(330));
    s.candidates(
        "1",
        vec![
            Candidate {
                claims: vec![achievement("y-1", "洛阳市乡镇卫生院房屋维修工程", deed)],
                ..ranked(1, &[Songyue], discount(83_500, OF), 9358)
            },
            ranked(2, &[Yunhe], discount(81_000, OF), 9204),
        ],
    );
    s.then(1).challenged(Yunhe, "z-1", "1", ("c-1", "y-1"), "该业绩在网上查不到验收公示，请核实。");
    s.then(1).claim_verified(
        Health,
        "1",
        ("c-1", "y-1"),
        "合同LYWJ-HT-094系我委签订并已验收，当时未要求网上公示，业绩属实。",
    );
    s.challenge_answered("z-1", "1", AnswerOutcome::Rejected, "业绩经合同所称采购人核实属实，质疑不成立。");
    s.past_candidates("1").awarded("1", "c-1", discount(83_500, OF));
    s
}

/// 一个项目五个标段：签约、流标、定标、公示中、评标中；监理按费率报价。
pub fn five_lots(days: &Days) -> Script<'_> {
    const OF: &str = "以施工合同结算价为计费基数";
    let mut s = Script::of(
        days,
        &Notice {
            code: "HNZB-022",
            title: "河南省农村供水工程监理服务（五个标段）",
            centre: Who::ProvinceCentre,
            owner: Named("河南省农村供水管理中心（示例）"),
            region: "410000",
            category: "C1902",
            lots: &[
                ("1", "豫北片区", 2_400_000),
                ("2", "豫西山区", 1_150_000),
                ("3", "豫东片区", 2_050_000),
                ("4", "豫南片区", 2_260_000),
                ("5", "豫中片区", 1_980_000),
            ],
            clauses: &[
                ("q-3", ClauseKind::Qualification, "具有水利工程施工监理乙级及以上资质，每家最多中两个标段"),
                ("e-1", ClauseKind::Evaluation, "以监理费率报价"),
            ],
            ..SERVICES
        },
    );
    s.on(days.back(55)).preannounced().past_window().announced_until(days.back(24)).on_deadline();
    let three: [(&[Who], _); 3] =
        [(&[Huangfan], fee(14_200, OF)), (&[Zhongyuan], fee(14_900, OF)), (&[Luoshui], fee(15_300, OF))];
    for lot in ["1", "3", "4", "5"] {
        s.opened(lot, &three);
    }
    s.opened("2", &[(&[Luoshui], fee(15_800, OF))]).failed("2", "只有一家投标，流标，另行组织。");
    let list = |first: (Who, i64), second: (Who, i64)| {
        vec![ranked(1, &[first.0], fee(first.1, OF), 9175), ranked(2, &[second.0], fee(second.1, OF), 8990)]
    };
    let [huangfan, zhongyuan, luoshui] = [(Huangfan, 14_200), (Zhongyuan, 14_900), (Luoshui, 15_300)];
    s.then(1).candidates("1", list(huangfan, zhongyuan));
    s.then(1).candidates("3", list(zhongyuan, huangfan));
    s.past_candidates("3").awarded("1", "c-1", fee(14_200, OF)).awarded("3", "c-1", fee(14_900, OF));
    s.then(2).contracted("1", "HNGS-JL-01", fee(14_200, OF), "监理费按施工合同结算价乘以费率支付，分三次。");
    s.on(days.back(1)).candidates("4", list(huangfan, luoshui));
    s
}

/// 从其他平台接入的项目；第一名放弃，说明理由后第二名中标，报价只能用文字表述。
pub fn taken_over(days: &Days) -> Script<'_> {
    const PRICE: &str = "按国家计委计价格〔2002〕10号文标准的48%计取";
    let notice = Notice {
        code: "HNZB-025",
        title: "河南省博物院（示例）藏品库房改造工程设计",
        centre: Who::ProvinceCentre,
        owner: Named("河南省博物院（示例）"),
        region: "410105",
        category: "C1901",
        lots: &[("1", "方案与施工图设计", 1_860_000)],
        ..SERVICES
    };
    let mut s = Script::of(days, &notice);
    s.on(days.back(20)).adopted(
        Who::Province,
        notice.lots(),
        "https://example.cn/ggzy/HNZB-025",
        "该项目已在原平台公告并开标，后续公示改在本日志发布；此前的公告以来源链接为准。",
    );
    s.then(1).candidates(
        "1",
        vec![
            ranked(1, &[Zhongyuan], stated("按国家计委计价格〔2002〕10号文标准的45%计取"), 9022),
            ranked(2, &[Huangfan], stated(PRICE), 8891),
        ],
    );
    s.past_candidates("1").awarded_because(
        "1",
        "c-2",
        stated(PRICE),
        "第一名书面放弃中标（设计负责人离职），依招标投标法实施条例第五十五条确定第二名。",
    );
    s
}

/// 框架协议：候选人不排序；质疑部分成立，更正得分后重新公示，现已有两家入围。
pub fn framework(days: &Days) -> Script<'_> {
    const OF: &str = "各校物业服务指导价";
    let mut s = Script::of(
        days,
        &Notice {
            code: "ZZCG-026",
            title: "郑州市公办学校物业服务框架协议采购",
            method: Method::Framework,
            why: Some("多频次、小额度采购，采购人多（政府采购框架协议采购方式管理暂行办法第三条）"),
            region: "410100",
            lots: &[("1", "保洁与秩序维护", 30_000_000)],
            clauses: &[("e-1", ClauseKind::Evaluation, "质量优先法，候选人不排序")],
            ..SERVICES
        },
    );
    s.on(days.back(40)).preannounced().past_window().announced_until(days.back(20)).on_deadline();
    let bids: [(&[Who], _); 3] =
        [(&[Bianhe], fee(962_000, OF)), (&[Taihang], fee(971_000, OF)), (&[Luoshui], fee(985_000, OF))];
    s.opened("1", &bids).then(1);
    let unranked = |score_of_second| {
        let entrants = [(Bianhe, 962_000, 9000), (Taihang, 971_000, score_of_second), (Luoshui, 985_000, 8740)];
        let ranks = 1u16..;
        ranks
            .zip(entrants)
            .map(|(n, (who, ppm, score))| Candidate { rank: None, ..ranked(n, &[who], fee(ppm, OF), score) })
    };
    s.candidates("1", unranked(9350).collect());
    s.then(1).result_challenged(
        Luoshui,
        "z-1",
        "1",
        "太行公司质量得分评标报告为85.30，公示却为93.50，请更正并重新评审。",
    );
    s.then(1).challenge_answered("z-1", "1", AnswerOutcome::Partly, "系录入错误，更正后重新公示；不影响入围结果。");
    s.then(1).candidates("1", unranked(8530).collect());
    s.past_candidates("1").awarded("1", "c-1", fee(962_000, OF)).awarded("1", "c-2", fee(971_000, OF));
    s
}
