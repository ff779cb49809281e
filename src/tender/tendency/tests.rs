//! Clauses as notices have them, and what can be told of a change of each.

use super::Tendency::{Looser, Lowered, Raised, Stricter, Wording};
use super::{ClauseKind, Tendency, tendency};
use ClauseKind::{Commercial, Contract, Evaluation, Qualification, Schedule, Technical};
use proptest::prelude::*;

/// Each is told the one way, and the other way when it is taken back.
const TOLD: &[(ClauseKind, &str, &str, Tendency)] = &[
    (Qualification, "近三年具有不少于2个类似项目业绩", "近三年具有不少于3个类似项目业绩", Stricter),
    (
        Qualification,
        "近5年内具有1项单项合同金额不低于500万元的类似业绩",
        "近5年内具有1项单项合同金额不低于800万元的类似业绩",
        Stricter,
    ),
    (Qualification, "近三年内完成过类似项目", "近五年内完成过类似项目", Looser),
    (Qualification, "近三年无行贿犯罪记录", "近五年无行贿犯罪记录", Stricter),
    (Qualification, "具有建筑工程施工总承包三级及以上资质", "具有建筑工程施工总承包二级及以上资质", Stricter),
    (Qualification, "具有工程监理房屋建筑乙级及以上资质", "具有工程监理房屋建筑甲级及以上资质", Stricter),
    (Qualification, "具备施工总承包特级以上资质", "具备施工总承包一级以上资质", Looser),
    (Qualification, "注册资本金不少于1000万元人民币", "注册资本金不少于500万元人民币", Looser),
    (Qualification, "项目负责人须具有5年以上从业经验", "项目负责人须具有8年以上从业经验", Stricter),
    (Qualification, "企业成立满3年", "企业成立满2年", Looser),
    (Qualification, "拟派专职技术人员不少于6人", "拟派专职技术人员不少于十名", Stricter),
    (Qualification, "联合体成员不超过3家", "联合体成员不超过2家", Stricter),
    (Technical, "混凝土强度等级不低于C30", "混凝土强度等级不低于C35", Stricter),
    (
        Technical,
        "投影机亮度不低于3500流明，分辨率满足要求；内存≥8GB",
        "投影机亮度不低于3500流明，分辨率满足要求；内存≥16GB",
        Stricter,
    ),
    (Technical, "整机噪声不大于55dB", "整机噪声不大于50dB", Stricter),
    (Technical, "板材厚度不小于18mm", "板材厚度不小于15mm", Looser),
    (Technical, "系统安全应达到等级保护二级及以上", "系统安全应达到等级保护三级及以上", Stricter),
    (Technical, "尺寸误差不超过±5毫米", "尺寸误差不超过±3毫米", Stricter),
    (Schedule, "计划工期240日历天", "计划工期180日历天", Stricter),
    (Schedule, "合同签订后30日内交货，交货期30日", "合同签订后30日内交货，交货期45日", Looser),
    (Schedule, "投标截止时间：2026年9月22日9时30分", "投标截止时间：2026年9月15日9时30分", Stricter),
    (Schedule, "投标截止时间为2026-09-22 09:30", "投标截止时间为2026-09-22 15:00", Looser),
    (Schedule, "招标文件发售期不少于5日", "招标文件发售期不少于3日", Stricter),
    (Commercial, "投标保证金为人民币20万元", "投标保证金为人民币10万元", Looser),
    (Commercial, "履约保证金为中标合同金额的5％", "履约保证金为中标合同金额的百分之十", Stricter),
    (Commercial, "投标有效期90日历天", "投标有效期120日历天", Stricter),
    (Commercial, "最高投标限价5,200,000元", "最高投标限价480万元", Lowered),
    (Commercial, "本项目预算金额为300万元", "本项目预算金额为350万元", Raised),
    (Contract, "预付款为合同金额的30%", "预付款为合同金额的20%", Stricter),
    (Contract, "免费质保期不少于2年", "免费质保期不少于36个月", Stricter),
    (Contract, "接到报修后2小时内响应", "接到报修后1小时内响应", Stricter),
    (Contract, "质量保证金为结算价的3%", "质量保证金为结算价的1.5%", Looser),
];

/// What only is written otherwise.
const WORDING: &[(&str, &str)] = &[
    ("注册资本不低于500万元", "注册资本不低于 5,000,000 元"),
    ("质保期两年", "质保期24个月"),
    ("具有3个类似项目业绩", "具有三个类似项目业绩"),
    ("投标有效期９０日历天", "投标有效期90天"),
    ("履约保证金为合同价的百分之五", "履约保证金为合同价的5%"),
    ("响应时间120分钟", "响应时间2小时"),
];

/// Where the words don't say which way it goes.
const UNTOLD: &[(ClauseKind, &str, &str)] = &[
    // Not the quantity alone, or no quantity.
    (Technical, "噪声不低于50dB", "噪声不高于50dB"),
    (Qualification, "不要求具有2个类似项目业绩", "要求具有2个类似项目业绩"),
    (Qualification, "不要求具有2个类似项目业绩", "不要求具有3个类似项目业绩"),
    (Qualification, "具有不少于2个类似项目业绩", "具有不少于3个教育类项目业绩"),
    (Qualification, "具有安全生产许可证", "具有有效的安全生产许可证"),
    (Qualification, "本项目不接受联合体投标", "本项目接受联合体投标"),
    // An alternative, a range, a refusal, what follows from it.
    (Qualification, "具有2个以上施工业绩或1个以上总承包业绩", "具有3个以上施工业绩或1个以上总承包业绩"),
    (Schedule, "工期30～60日历天", "工期30～90日历天"),
    (Qualification, "不接受成立不足3年的企业投标", "不接受成立不足5年的企业投标"),
    (Contract, "逾期交货10日的，采购人可解除合同", "逾期交货5日的，采购人可解除合同"),
    (Commercial, "投标保证金在合同签订后5日内退还", "投标保证金在合同签订后10日内退还"),
    (Contract, "预付款保函金额为合同价的10%", "预付款保函金额为合同价的20%"),
    // Points, an order of things, a code, another measure of the same.
    (Evaluation, "每提供一个类似业绩得2分，最多提供3个", "每提供一个类似业绩得2分，最多提供5个"),
    (Evaluation, "具有不少于2个类似项目业绩的得5分", "具有不少于3个类似项目业绩的得5分"),
    (Technical, "符合GB/T 50300-2013的要求", "符合GB/T 50300-2024的要求"),
    (Technical, "第3章技术要求适用", "第4章技术要求适用"),
    (Schedule, "答疑期5日", "答疑期5个工作日"),
    (Contract, "验收合格后30日内支付", "验收合格后60日内支付"),
    (Schedule, "服务期1年", "服务期3年"),
    // What the buyer gives, and two changes of which one is stricter and the other looser.
    (Technical, "采购人提供不少于2间办公室，面积不小于20平方米", "采购人提供不少于2间办公室，面积不小于30平方米"),
    (Qualification, "近三年内具有不少于2个类似项目业绩", "近五年内具有不少于3个类似项目业绩"),
    (Technical, "工作温度不高于-10℃", "工作温度不高于-20℃"),
    (Commercial, "报价不得低于100万元", "报价不得低于120万元"),
    (Schedule, "开标时间：2026年9月22日", "开标时间：2026年9月25日"),
    (Qualification, "具有二级以上职称", "具有一级以上职称"),
    // What counts against a bidder, or undoes what was asked.
    (Qualification, "处罚金额5万元以上的投标人不具备资格", "处罚金额10万元以上的投标人不具备资格"),
    (Qualification, "曾被处以5万元以上罚款的企业不能投标", "曾被处以10万元以上罚款的企业不能投标"),
    (Qualification, "列入失信名单3次以上的企业禁止投标", "列入失信名单5次以上的企业禁止投标"),
    (Qualification, "拖欠工资500万元以上者不参与", "拖欠工资800万元以上者不参与"),
    (Qualification, "有不少于2次违约记录的业绩不计入", "有不少于3次违约记录的业绩不计入"),
    (Qualification, "不少于2个未完成验收的业绩不计", "不少于3个未完成验收的业绩不计"),
    (Technical, "缺陷不少于3个的产品退货", "缺陷不少于5个的产品退货"),
    (Technical, "连续停机时间不少于3秒视作不合格", "连续停机时间不少于5秒视作不合格"),
    (Contract, "预付款扣回比例为每期进度款的20%", "预付款扣回比例为每期进度款的30%"),
    // What a share or a count is of, nobody says.
    (Qualification, "中小企业预留份额不低于40%", "中小企业预留份额不低于30%"),
    (Technical, "采购单位支付不少于30%的预付", "采购单位支付不少于20%的预付"),
    (Technical, "采购方提供场地不少于20平方米", "采购方提供场地不少于10平方米"),
    (Technical, "我单位提供场地不小于20平方米", "我单位提供场地不小于10平方米"),
    (Qualification, "评审委员会由不少于5人组成", "评审委员会由不少于7人组成"),
    (Qualification, "参加投标的供应商不少于3家", "参加投标的供应商不少于5家"),
    // About so many.
    (Qualification, "业绩不少于三五个", "业绩不少于三六个"),
    (Qualification, "技术人员不少于二三十人", "技术人员不少于三四十人"),
];

#[test]
fn what_the_words_say_is_told_both_ways() {
    let back = |told| match told {
        Stricter => Looser,
        Looser => Stricter,
        Raised => Lowered,
        Lowered => Raised,
        Wording => Wording,
    };
    let wrong = TOLD.iter().filter_map(|(kind, before, after, told)| {
        let found = (tendency(*kind, before, after), tendency(*kind, after, before));
        (found != (Some(*told), Some(back(*told)))).then(|| format!("{before} → {after}: {found:?}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn what_is_only_written_otherwise_is_told_as_that() {
    let wrong = WORDING.iter().filter(|(before, after)| tendency(Commercial, before, after) != Some(Wording));
    assert_eq!(wrong.collect::<Vec<_>>(), [&("", ""); 0]);
}

#[test]
fn where_the_words_do_not_say_nothing_is_told() {
    let told = UNTOLD.iter().filter_map(|(kind, before, after)| {
        let found = (tendency(*kind, before, after), tendency(*kind, after, before));
        (found != (None, None)).then(|| format!("{before} → {after}: {found:?}"))
    });
    assert_eq!(told.collect::<Vec<_>>(), [""; 0]);
}

proptest! {
    /// Whatever is written, it is read to its end, and taking a change back is told the other way round.
    #[test]
    fn taking_a_change_back_is_the_other_way(
        before in "[近不少于业绩资质级三二〇万元日年月%0-9.,C-]{0,20}",
        after in "[近不少于业绩资质级三二〇万元日年月%0-9.,C-]{0,20}",
    ) {
        let back = tendency(Qualification, &after, &before);
        let expected = tendency(Qualification, &before, &after).map(|told| match told {
            Stricter => Looser,
            Looser => Stricter,
            Raised => Lowered,
            Lowered => Raised,
            Wording => Wording,
        });
        prop_assert_eq!(back, expected);
    }
}
