use super::super::{Fault, JsonText, Line, Money, Nature, Price, Prose};
use super::*;
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sample {
    title: Line<5>,
    #[schemars(length(min = 1, max = 9))]
    lots: Vec<Lot>,
    #[serde(default)]
    nature: Option<Nature>,
    #[serde(default)]
    notes: Vec<Prose<9>>,
    #[serde(default)]
    count: Option<u32>,
    #[serde(default)]
    price: Option<Price>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Lot {
    budget: Money,
}

fn sample(more: &str) -> String {
    format!(r#"{{"title":"路","lots":[{{"budget":{{"currency":"CNY","amount_minor":1}}}}]{more}}}"#)
}

fn fault_of(json: &str) -> (String, Fault) {
    match parse::<Sample>(json.as_bytes()) {
        Err(ParseFailure::Field(field)) => (field.pointer, field.fault),
        other => panic!("{json}: {other:?}"),
    }
}

#[test]
fn a_fault_names_its_field_and_its_reason() {
    assert_eq!(fault_of(r#"{"title":"六个字太长了","lots":[]}"#), ("/title".into(), Fault::TextTooLong { max: 5 }));
    let negative = r#"{"title":"路","lots":[{"budget":{"currency":"CNY","amount_minor":-1}}]}"#;
    assert_eq!(fault_of(negative), ("/lots/0/budget/amount_minor".into(), Fault::AmountOutOfRange));
    assert_eq!(fault_of(r#"{"title":"路","lots":[],"x":1}"#), ("/x".into(), Fault::UnknownField { nearest: None }));
    let nearest = Some("title".to_owned());
    assert_eq!(fault_of(r#"{"ttile":"路","lots":[]}"#), ("/ttile".into(), Fault::UnknownField { nearest }));
    assert_eq!(fault_of(r#"{"title":"路"}"#), ("/lots".into(), Fault::MissingField));
    assert!(matches!(fault_of(r#"{"title":5,"lots":[]}"#), (at, Fault::WrongType { .. }) if at == "/title"));
    let bidi = "{\"title\":\"a\u{202e}b\",\"lots\":[]}";
    assert_eq!(fault_of(bidi), ("/title".into(), Fault::ForbiddenCharacter { code_point: 0x202e }));
    assert_eq!(fault_of(r#"{"title":"路","lots":[],"~/":1}"#), ("/~0~1".into(), Fault::UnknownField { nearest: None }));
}

#[test]
fn what_is_not_json_is_said_to_be_not_json() {
    let nested = format!("{}1", "[".repeat(100));
    let bad = ["", "{", &sample("} x"), r#"{"title":"\ud800","lots":[]}"#, "\u{feff}{}", "{\"title\":\"\n\"", "NaN"];
    for bad in bad {
        assert!(matches!(parse::<Sample>(bad.as_bytes()), Err(ParseFailure::NotJson { .. })), "{bad}");
    }
    assert!(matches!(parse::<Value>(nested.as_bytes()), Err(ParseFailure::NotJson { .. })));
    assert!(matches!(parse::<Sample>(b"{\"title\":\"\xff\"}"), Err(ParseFailure::NotJson { .. })));
}

/// What serde_json makes of it, and where the strict reader sees a fault.
#[test]
fn one_value_is_written_in_one_shape() {
    let shapes = [
        (r#"["路",[],null,[],null,null]"#.to_owned(), ""),
        (r#"{"title":"路","lots":[[{"currency":"CNY","amount_minor":1}]]}"#.to_owned(), "/lots/0"),
        (r#"{"title":"路","lots":[{"budget":["CNY",1]}]}"#.to_owned(), "/lots/0/budget"),
        (sample(r#","nature":{"works":null}"#), "/nature"),
        (sample(r#","nature":null"#), "/nature"),
        (sample(r#","count":null"#), "/count"),
        (sample(r#","price":null"#), "/price"),
    ];
    for (json, at) in &shapes {
        assert!(serde_json::from_str::<Sample>(json).is_ok(), "{json}");
        assert!(matches!(fault_of(json), (pointer, Fault::WrongType { .. }) if pointer == *at), "{json}");
    }
    let words = |json: &str| match fault_of(json).1 {
        Fault::WrongType { expected } => expected.en,
        other => panic!("{other:?}"),
    };
    assert_eq!(words(&shapes[1].0), "an object with members such as budget is expected");
    assert_eq!(words(&shapes[3].0), "one of the words works, goods, services is expected");
    assert_eq!(words(&shapes[5].0), "what is unknown is left out, not null");
}

#[test]
fn optional_members_are_left_out_and_lists_may_be_empty() {
    let plain = parse::<Sample>(sample("").as_bytes()).unwrap();
    assert_eq!((plain.nature, plain.notes.len(), plain.count), (None, 0, None));
    assert_eq!(parse::<Sample>(sample(r#","notes":[]"#).as_bytes()).unwrap(), plain);
    assert_eq!(fault_of(&sample(r#","notes":null"#)).0, "/notes");
    assert_eq!(fault_of(&sample(r#","notes":[null]"#)).0, "/notes/0");
    let full = sample(r#" ,"nature" : "works" , "notes":["甲","\ud83d\ude00\n"] ,"count":0"#);
    let full = parse::<Sample>(full.as_bytes()).unwrap();
    assert_eq!((full.nature, full.notes[1].as_str(), full.count), (Some(Nature::Works), "😀\n", Some(0)));
}

#[test]
fn an_integer_has_one_spelling() {
    for count in ["0", "7", "4294967295"] {
        assert!(parse::<Sample>(sample(&format!(r#","count":{count}"#)).as_bytes()).is_ok(), "{count}");
    }
    for count in ["1.0", "1e2", "1E2", "-0", "true", "\"1\"", "4294967296", "99999999999999999999", "-1", "[1]"] {
        assert_eq!(fault_of(&sample(&format!(r#","count":{count}"#))).0, "/count", "{count}");
    }
    for count in ["01", "-", "+1", "0x1", "1_0", ".5", "NaN", "Infinity", "-Infinity", "1 2"] {
        let parsed = parse::<Sample>(sample(&format!(r#","count":{count}"#)).as_bytes());
        assert!(matches!(parsed, Err(ParseFailure::NotJson { .. })), "{count}: {parsed:?}");
    }
    let any = |json: &str| parse::<Value>(json.as_bytes()).is_ok();
    assert!(any("9007199254740991") && any("-9007199254740991"));
    assert!(!any("9007199254740992") && !any("-9007199254740992") && !any(&"9".repeat(5000)));
}

#[test]
fn no_member_stands_twice_however_it_is_written() {
    assert_eq!(fault_of(&sample(r#","title":"路""#)).0, "/title");
    assert_eq!(fault_of(&sample(r#","t\u0069tle":"路""#)).0, "/title");
    let object = |json: &str| parse::<Value>(json.as_bytes());
    assert!(object(r#"{"a":{"b":1,"c":1}}"#).is_ok());
    let Err(ParseFailure::Field(twice)) = object(r#"{"a":{"b":1,"\u0062":1}}"#) else { panic!("it was taken") };
    assert_eq!(twice.pointer, "/a/b");
}

#[test]
fn a_union_is_read_by_its_kind_wherever_that_stands() {
    let price = |json: &str| parse::<Sample>(sample(&format!(r#","price":{json}"#)).as_bytes());
    for good in [
        r#"{"kind":"money","currency":"CNY","amount_minor":1}"#,
        r#"{"currency":"CNY","amount_minor":1,"k\u0069nd":"money"}"#,
        r#"{"items":[{"price":{"basis":"fee","kind":"rate","rate_ppm":1},"item":"设计费"}],"kind":"items"}"#,
    ] {
        assert!(price(good).is_ok(), "{good}: {:?}", price(good));
    }
    for (bad, at) in [
        (r#"{"currency":"CNY","amount_minor":1}"#, "/price/kind"),
        (r#"{"kind":"barter"}"#, "/price/kind"),
        (r#"{"kind":{"money":null}}"#, "/price/kind"),
        (r#"{"kind":"money","currency":"CNY"}"#, "/price/amount_minor"),
        (r#"{"kind":"money","currency":"CNY","amount_minor":-1}"#, "/price/amount_minor"),
        (r#"{"kind":"money","currency":"CNY","amount_minor":1,"text":"一"}"#, "/price/text"),
        (r#"{"kind":"money","currency":"CNY","amount_minor":1,"kind":"money"}"#, "/price/kind"),
        (
            r#"{"kind":"items","items":[["设计费",{"kind":"money","currency":"CNY","amount_minor":1}]]}"#,
            "/price/items/0",
        ),
        (r#"{"kind":"items","items":[{"item":"设计费","price":["money","CNY",1]}]}"#, "/price/items/0/price"),
        (r#"{"kind":"rate","basis":{"fee":null},"rate_ppm":1}"#, "/price/basis"),
        (r#"{"kind":"rate","basis":"fee","rate_ppm":1,"of":null}"#, "/price/of"),
        (r#"{"money":{"currency":"CNY","amount_minor":1}}"#, "/price/kind"),
        (r#"["money","CNY",1]"#, "/price"),
        (r#""money""#, "/price"),
    ] {
        assert!(
            matches!(price(bad), Err(ParseFailure::Field(field)) if field.pointer == at),
            "{bad}: {:?}",
            price(bad)
        );
    }
}

#[test]
fn nesting_ends_at_32() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse::<Value>(nested(32).as_bytes()).is_ok());
    assert!(parse::<Value>(nested(33).as_bytes()).is_err());
    // Side by side is not in each other.
    assert!(parse::<Value>(format!("[{}]", [nested(31), nested(31)].join(",")).as_bytes()).is_ok());
    assert!(parse::<Value>(vec![b'['; 1 << 20].as_slice()).is_err());
    let price = format!(r#"{{"x":{},"kind":"money"}}"#, "[".repeat(1 << 20));
    assert!(parse::<Price>(price.as_bytes()).is_err());
}

#[test]
fn plain_text_is_borrowed() {
    let text = "\"公示\"";
    let mut scanner = Scanner::new(text);
    assert_eq!(&*JsonText::deserialize(&mut scanner).unwrap(), "公示");
    assert!(matches!({ Scanner::new(text) }.string(), Ok(Cow::Borrowed("公示"))));
    assert!(matches!({ Scanner::new(r#""\u516c示""#) }.string(), Ok(Cow::Owned(text)) if text == "公示"));
}

/// Texts that are nearly JSON.
fn near_json() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\"\\u0061\"",
        "\"\\ud83d\\ude00\"",
        "\\ud800",
        "\\",
        "0",
        "-",
        "12",
        "1.5",
        "e3",
        "true",
        "null",
        " ",
        "\n",
        "\u{feff}",
        "公",
        "\"kind\":\"money\"",
    ]);
    prop::collection::vec(token, 0..24).prop_map(|tokens| tokens.concat())
}

proptest! {
    /// Whatever is read is JSON, and the same JSON for serde_json.
    #[test]
    fn is_narrower_than_serde_json_and_reads_the_same(text in near_json(), bytes: Vec<u8>) {
        for json in [text.as_bytes(), &bytes] {
            if let Ok(value) = parse::<Value>(json) {
                prop_assert_eq!(serde_json::from_slice::<Value>(json).unwrap(), value);
            }
            let _ = (parse::<Sample>(json), parse::<Price>(json));
        }
    }

    #[test]
    fn reads_what_serde_json_writes(name: String, text: String, number in -9_007_199_254_740_991i64..=9_007_199_254_740_991) {
        let value = serde_json::json!({ name: [text, number, true], "x\u{1}": {} });
        prop_assert_eq!(&parse::<Value>(value.to_string().as_bytes()).unwrap(), &value);
        prop_assert_eq!(&parse::<Value>(serde_json::to_string_pretty(&value).unwrap().as_bytes()).unwrap(), &value);
    }
}

#[test]
fn white_space_is_bounded_by_what_it_stands_between() {
    let value = r#"{"a":["  ",1,true],"b":"\" \t"}"#;
    for space in [" ", "\t", "\n", "\r"] {
        for (count, taken) in [(value.len() + 1024, true), (value.len() + 1025, false)] {
            let space = space.repeat(count);
            for text in [
                format!("{space}{value}"),
                format!("{value}{space}"),
                value.replacen('[', &format!("[{space}"), 1),
                value.replacen(',', &format!("{space},"), 1),
            ] {
                assert_eq!(parse::<serde_json::Value>(text.as_bytes()).is_ok(), taken, "{count} of {space:.1?}");
            }
        }
    }
    // In a string, white space is what it says.
    assert!(parse::<String>(format!("\"{}\"", " ".repeat(40_000)).as_bytes()).is_ok());
}

fn every_fault_of(json: &str) -> Vec<(String, Fault)> {
    match parse::<Sample>(json.as_bytes()) {
        Err(ParseFailure::Field(first)) => {
            let all = every_fault::<Sample>(json.as_bytes(), first);
            all.into_iter().map(|field| (field.pointer, field.fault)).collect()
        }
        other => panic!("{json}: {other:?}"),
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let json = r#"{"titel":"路","lots":[{"budget":{"currency":"RMB","amount_minor":-1}},{}],"nature":"工程","count":"5",
        "notes":["好","","\u0000"],"price":{"kind":"items","items":[{"item":"设计费","price":{"kind":"fee"}},{"price":17}]}}"#;
    let mut found: Vec<_> = every_fault_of(json).into_iter().map(|(pointer, _)| pointer).collect();
    found.sort_unstable();
    let expected = [
        "/count",
        "/lots/0/budget/amount_minor",
        "/lots/0/budget/currency",
        "/lots/1/budget",
        "/nature",
        "/notes/1",
        "/notes/2",
        "/price/items/0/price/kind",
        "/price/items/1/item",
        "/price/items/1/price",
        "/titel",
        "/title",
    ];
    assert_eq!(found, expected);
    assert_eq!(
        every_fault_of(r#"{"title":"","lots":[]}"#),
        [("/title".into(), Fault::TextEmpty), ("/lots".into(), Fault::TooFew)]
    );
    let kinds = ["money", "rate", "unit_price", "items", "stated"].map(str::to_owned).to_vec();
    let json = sample(r#","price":{"currency":"RMB"},"count":-1"#);
    let found = every_fault_of(&json);
    assert_eq!(found[0], ("/price/kind".into(), Fault::KindMissing { words: kinds }));
    assert!(found.iter().any(|(pointer, _)| pointer == "/count"), "{found:?}");
}

#[test]
fn junk_is_answered_in_few_words_and_little_time() {
    let json = format!(r#"{{"title":"路","lots":[],"notes":[{}5]}}"#, "1,".repeat(20_000));
    assert_eq!(every_fault_of(&json).len(), 32);
    let good = format!(r#"{{"title":"路","lots":[],"notes":[{}5]}}"#, "\"a\",".repeat(10_000));
    assert!(every_fault_of(&good).len() <= 2);
}

/// Whatever stands in the place of one value, or of two: what `parse` says first is among all faults, and each that was made
/// is.
#[test]
fn each_of_two_faults_is_found_beside_the_other() {
    let good: Value = serde_json::from_str(&sample(
        r#","nature":"works","notes":["甲"],"count":1,"price":{"kind":"rate","basis":"fee","rate_ppm":1}"#,
    ))
    .unwrap();
    let places = ["/title", "/lots/0/budget", "/nature", "/notes/0", "/count", "/price/rate_ppm", "/price"];
    for (one, other) in places.iter().flat_map(|one| places.iter().map(move |other| (one, other))) {
        let mut bad = good.clone();
        for place in [one, other] {
            if let Some(value) = bad.pointer_mut(place) {
                *value = serde_json::json!([true]);
            }
        }
        let found: Vec<_> = every_fault_of(&bad.to_string()).into_iter().map(|(pointer, _)| pointer).collect();
        for place in [one, other] {
            let told = found.iter().any(|pointer| pointer == place || place.starts_with(&format!("{pointer}/")));
            assert!(told, "{bad}: {place} is not among {found:?}");
        }
    }
}

#[test]
fn what_is_no_json_is_called_what_it_is() {
    let reason = |bytes: &[u8]| match parse::<Sample>(bytes) {
        Err(ParseFailure::NotJson { reason }) => reason,
        other => panic!("{other:?}"),
    };
    for (bytes, zh, en) in [
        ("\u{feff}{}".as_bytes(), "BOM", "byte order mark"),
        (b"{\"title\":\"\xb9\xab\"}", "UTF-8", "UTF-8"),
        ("标题,金额\r\n某学校,1860".as_bytes(), "电子表格", "spreadsheet"),
        (b" \n", "正文为空", "empty"),
        ("{“title”:1}".as_bytes(), "双引号", "quotation marks"),
        (b"{'title':1}", "双引号", "quotation marks"),
        ("{\"title\":\"路\",}".as_bytes(), "多了一个逗号", "comma too many"),
        ("{\"title\":\"路\"".as_bytes(), "不完整", "cut short"),
        (b"{\n \"title\": NaN}", "第 2 行第 11 列", "line 2, column 11"),
    ] {
        let reason = reason(bytes);
        assert!(reason.zh.contains(zh) && reason.en.contains(en), "{reason:?}");
    }
}
