use super::*;

fn read(text: &str) -> Price {
    parse(text).unwrap().price
}

fn money(amount_minor: i64) -> Price {
    Price::Money(Money { currency: Currency::CNY, amount_minor })
}

fn plain_rate(basis: RateBasis, rate_ppm: i64) -> Price {
    Price::Rate(Rate { basis, rate_ppm, of: None })
}

fn of(basis: RateBasis, rate_ppm: i64, of: &str) -> Price {
    Price::Rate(Rate { basis, rate_ppm, of: Some(Prose::new(of).unwrap()) })
}

fn items(expected: &[(&str, Price)]) -> Price {
    let items = expected.iter().map(|(item, price)| {
        let price = match price.clone() {
            Price::Money(money) => SimplePrice::Money(money),
            Price::Rate(rate) => SimplePrice::Rate(rate),
            other => panic!("{other:?}"),
        };
        PriceItem { item: Line::new(*item).unwrap(), price }
    });
    Price::Items(PriceItems { items: items.collect() })
}

#[test]
fn amounts_are_exact() {
    for (text, minor) in [
        ("1234567.89", 123_456_789),
        ("1234567.8", 123_456_780),
        ("1234567", 123_456_700),
        ("1,234,567.80 元", 123_456_780),
        ("35 元", 3500),
        ("12.345678万元", 12_345_678),
        ("￥600元", 60_000),
        ("人民币600元", 60_000),
        ("投标报价：5000000.00元。", 500_000_000),
    ] {
        assert_eq!(read(text), money(minor), "{text}");
    }
    assert_eq!(wan("100.5").unwrap().amount_minor, 100_500_000);
    assert_eq!(yuan("1.50").unwrap().amount_minor, 150);
    assert_eq!((yuan("1.505"), wan("1.0000001"), yuan("-1"), yuan("1,2")), (None, None, None, None));
    assert!(yuan("99999999999999999999").is_none() && yuan("").is_none());
}

#[test]
fn rates_have_a_basis() {
    use RateBasis::{Discount, Fee, Markup};
    for (text, basis, ppm) in [
        ("上浮率：5%", Markup, 50_000),
        ("报价加价率3.5%", Markup, 35_000),
        ("费率：57%", Fee, 570_000),
        ("报价费率98.00％", Fee, 980_000),
        ("费率 94.3512 %", Fee, 943_512),
        ("优惠率：10%", Discount, 100_000),
        ("报价优惠率：12.5%", Discount, 125_000),
        ("降价率8%", Discount, 80_000),
        ("让利5%", Discount, 50_000),
        ("下浮率20.50%", Discount, 205_000),
        ("下浮率为20%。", Discount, 200_000),
        ("下浮3%", Discount, 30_000),
    ] {
        assert_eq!(read(text), plain_rate(basis, ppm), "{text}");
    }
    assert_eq!(read("管理费率：5%"), of(Fee, 50_000, "管理费率"));
    assert_eq!(read("降低造价5%"), of(Discount, 50_000, "降低造价"));
    let words = "按某标准下浮20%计取";
    assert_eq!(read(words), of(Discount, 200_000, words));
    let words = "按《某收费规定》(某价[2001]1号)收费标准的 48％计取，计费额以评审后的费用为准。";
    assert_eq!(read(words), of(Fee, 480_000, words));
}

#[test]
fn several_parts_are_items_when_they_are_plain() {
    use RateBasis::{Discount, Fee};
    let two = items(&[("设计费", money(200)), ("建安费", money(300_000))]);
    for text in [
        "设计费：2元；建安费：3000元",
        "设计费:2元、建安费3000元。",
        "3002元（其中设计费：2元，建安费：3000元）",
        "投标总价：3002元（设计费2元,建安费3000元）",
        "投标报价3002元，设计费2元，建安费3000元。",
    ] {
        assert_eq!(read(text), two, "{text}");
    }
    let rates = items(&[("设计费", plain_rate(Discount, 340_000)), ("建安工程费", plain_rate(Fee, 950_000))]);
    assert_eq!(read("设计费：下浮率34%，建安工程费：费率95%"), rates);
    let both = items(&[("管理费率", plain_rate(Fee, 50_000)), ("优惠率", plain_rate(Discount, 100_000))]);
    assert_eq!(read("管理费率：5%；优惠率：10%"), both);
    let signs = items(&[("设计费", plain_rate(Discount, 50_000)), ("材料费", plain_rate(RateBasis::Markup, 30_000))]);
    assert_eq!(read("设计费：下浮率5%；材料费：上浮率3%"), signs);
    let named = items(&[("施工报价下浮率", plain_rate(Discount, 20_000)), ("设计费报价", money(300))]);
    assert_eq!(read("施工报价下浮率2%，设计费报价3元"), named);
    let terms =
        items(&[("设计", of(Fee, 570_000, "按甲标准的57%计取")), ("监理", of(Fee, 600_000, "按乙标准的60%计取"))]);
    assert_eq!(read("设计：按甲标准的57%计取；监理：按乙标准的60%计取。"), terms);
}

#[test]
fn what_is_not_certain_stays_in_words() {
    for text in [
        "1.78",
        "58.90",
        "31元/吨",
        "预计 20 万元/年",
        "下浮%5",
        "1200.005",
        "设计费报价30元/平方米；建安工程费报价（下浮率）14%",
        "按甲标准的57%计取，最终结算不超过80万元",
        "按甲标准×57%（不超过60%）",
        "设计费：5元（含税6%）",
        "下浮比例部分：建筑工程：5%；市政工程：6%",
        "甲费为某价的2%、乙费为某价的95%。",
        "报价折扣率：50%（测量）、60%（设计）",
        "监理：按甲标准的57%计取；管理费已包含在监理费中，不再另计",
        "投标报价(元/%)",
        "2000%",
        "设计费：2元；设计费：3元",
        // Which way a percentage goes is not said, or said twice.
        "57%",
        "94.3512 %",
        "上浮5%",
        "上浮率不超过5%",
        "下浮率或上浮率5%",
        "浮动率：3.5%",
        "折扣率75%",
        "97%（折扣报价）",
        "价格系数：96%",
        "按某标准的80%计取，另优惠",
        "按某标准优惠后下浮5%计取",
        "设计费：下浮率18%；施工采购费：5%",
        // A sign is no mark.
        "-5%",
        "下浮率：-5%",
        "浮动率：-3.5%",
        "下浮率：—5%",
        "设计费下浮率：-5%；施工费下浮率：-3%",
        "按某标准的-48%计取",
        "-1000000元",
        "投标报价：-1000000元",
        // A bound is no number.
        "下浮率不低于5%",
        "下浮率5%～8%",
        "约5000元",
        "费率：5%以内",
        "按某标准的57%以内计取",
    ] {
        let stated = Price::Stated(StatedPrice { text: Prose::new(text).unwrap() });
        assert_eq!(
            parse(text).unwrap(),
            ReadPrice { price: stated, unread: Some(Uncertainty::PriceUnclear) },
            "{text}"
        );
    }
    for text in ["3003元（其中设计费：2元，建安费：3000元）", "投标报价3003元，设计费2元，建安费3000元。"]
    {
        assert_eq!(parse(text).unwrap().unread, Some(Uncertainty::TotalDiffers), "{text}");
    }
    assert_eq!(parse(" "), Err(Fault::TextEmpty));
}
