//! Synthetic notices, and the real ones where they are at hand: every step must be one that the state machine allows.

use super::*;
use crate::act::Acts;
use crate::field::{Price, SimplePrice};
use crate::tender::{Act, LotPhase, Phase, Tender};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const CENTRE: &str = "91410100MA0000015B";

fn by() -> Signatories {
    Signatories { supervisor: "11410100005260004Y".parse().unwrap(), centre: CENTRE.parse().unwrap() }
}

/// Plays the steps as the log would: what is due first, by the service.
fn run(steps: &[Step]) -> BTreeMap<TenderCode, Tender> {
    let mut of: BTreeMap<TenderCode, Vec<Step>> = BTreeMap::new();
    for step in steps {
        let bytes = step.act.to_value().to_string();
        // What is signed is read back strictly.
        assert_eq!(Act::parse(step.act.kind(), bytes.as_bytes()).unwrap().unwrap(), step.act);
        of.entry(step.tender.clone()).or_default().push(step.clone());
    }
    let rehearsal = Rehearsal::new(&by().centre, &by().supervisor);
    let played = |(code, steps): (TenderCode, Vec<Step>)| {
        let tender = rehearsal.play(&steps).unwrap_or_else(|why| panic!("{code}: {why:?}"));
        (code, tender.unwrap())
    };
    of.into_iter().map(played).collect()
}

/// A folder of notices; what is not given is an empty file.
fn folder(files: &[(&str, Vec<Value>)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in [
        "yichang_candidates",
        "yichang_candidates_full",
        "yichang_awards",
        "yichang_candidate_award_pairs",
        "soe_notices",
        "soe_preannounce_call_pairs",
    ] {
        let rows = files.iter().find(|(file, _)| *file == name).map(|(_, rows)| rows.as_slice()).unwrap_or_default();
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        std::fs::write(dir.path().join(format!("{name}.jsonl")), lines).unwrap();
    }
    dir
}

fn candidate_notice(id: &str, candidates: Value) -> Value {
    json!({"infoid": id, "source_url": format!("https://example.org/c/{id}"), "title": "甲路施工中标候选人公示",
        "publish_date": "2025-06-13", "project_name": "甲路施工",
        "publicity_period": {"startDate": "2025-06-13T12:00:00+08:00", "endDate": "2025-06-16T23:59:00+08:00",
            "text": "2025年06月13日至2025年06月16日"}, "candidates": candidates})
}

fn award_notice(id: &str, section: &str, winner: &str, price: Value) -> Value {
    let mut award = json!({"infoid": id, "source_url": format!("https://example.org/a/{id}"), "title": "甲路施工中标结果公告",
        "publish_date": "2025-06-17", "notice_date": "2025-06-17", "tenderee": "远安县某局", "place": "远安县某镇",
        "agency": "某代理公司", "section_id": section, "section_name": "甲路施工", "winner": winner, "scope": "路面\u{200B}",
        "has_complaint_phone": true, "term_days": "30日", "quality": "合格", "qualification_cert": "/", "remark": "/",
        "safety_permit": "/", "staff": {"": {"person": "P-0123456789ac", "certificate_types": ["安全员证、某甲乙"]},
            "中标价(%)": {"person": "P-0123456789ad", "certificate_types": []},
            "项目经理": {"person": "P-0123456789ab", "certificate_types": ["、鄂、鄂建安B(2022)", "、某甲乙"]}}});
    award.as_object_mut().unwrap().extend(price.as_object().unwrap().clone());
    award
}

fn pair(candidate: &str, award: &str, section: &str, winner: &str) -> Value {
    json!({"key": "甲路施工", "candidate_infoid": candidate, "award_infoid": award, "section_id": section,
        "winner": winner, "winner_rank_as_listed": 1, "candidate_publish": "2025-06-13", "award_publish": "2025-06-17"})
}

fn listed(rows: &[(&str, &str)]) -> Value {
    let row = |n: usize, (name, price): &(&str, &str)| json!({"rank_as_listed": n, "name": name, "price_text": price});
    rows.iter().enumerate().map(|(n, listed)| row(n + 1, listed)).collect()
}

fn publication(steps: &[Step], code: &str) -> tender::CandidatePublication {
    let mut found = steps.iter().filter(|step| step.tender.as_str() == code).filter_map(|step| match &step.act {
        Act::CandidatesPublished(publication) => Some((**publication).clone()),
        _ => None,
    });
    found.next().unwrap()
}

fn adoption(steps: &[Step], code: &str) -> tender::Adoption {
    let mut found = steps.iter().filter(|step| step.tender.as_str() == code).filter_map(|step| match &step.act {
        Act::Adopted(adoption) => Some((**adoption).clone()),
        _ => None,
    });
    found.next().unwrap()
}

fn has_note(report: &ImportReport, words: &str) -> bool {
    report.notes.iter().any(|note| note.en.contains(words) && !note.zh.is_ascii())
}

/// How many facts of a tender stayed in words, by reason.
fn left(report: &ImportReport, at: &str) -> BTreeMap<Uncertainty, usize> {
    let mut left = BTreeMap::new();
    for words in report.words.iter().filter(|words| words.at == at) {
        *left.entry(words.reason).or_default() += 1;
    }
    left
}

#[test]
fn a_pair_becomes_three_acts() {
    let consortium = "乙公司、丙（远安）院联合体";
    let full = json!({"infoid": "c1", "title": "甲路施工中标候选人公示", "district": "远安县", "district_code": "420525",
        "published": "2025-06-13 12:00:00", "section_id": "YAA1-01(2)", "tender_notice_date": "2025年05月20日",
        "publicity": "公示期为2025年06月13日至2025年06月16日", "tenderee": "远安县某局", "agency": "某代理公司",
        "regulator": "某监督局", "objection_clause": "异议应书面提出。", "ranked": true, "rejection_note": "丁公司否决",
        "candidates": [
            {"name": "乙公司、丙(远安)院联合体", "rank": 2, "price_text": "1000.50元", "quality": "合格", "term": "30日",
                "qualification_cert": "市政乙级：A142000000", "safety_permit": "/"},
            {"name": "戊公司", "rank": 1, "price_text": "下浮率5%", "quality": "合格", "term": "30日",
                "qualification_cert": "/", "safety_permit": "/"}],
        "achievements": [
            {"company": "丙（远安）院", "project": "己桥", "contract_amount_wan": "12.345", "leader": "P-0123456789ab"},
            {"company": "庚公司", "project": "辛桥", "contract_amount_wan": "1", "leader": null}],
        "prizes": [{"company": "戊公司", "award": "某奖", "authority": "某协会", "date": "2024-01-02"}]});
    let dir = folder(&[
        (
            "yichang_candidates",
            vec![candidate_notice("c1", listed(&[(consortium, "1000.50元"), ("戊公司", "下浮率5%")]))],
        ),
        ("yichang_candidates_full", vec![full]),
        ("yichang_awards", vec![award_notice("a1", "YAA1-01(2)", consortium, json!({"price_cny": "1000.50"}))]),
        ("yichang_candidate_award_pairs", vec![pair("c1", "a1", "YAA1-01(2)", consortium)]),
    ]);
    let (steps, report) = read(dir.path(), &by()).unwrap();
    let kinds: Vec<_> = steps.iter().map(|step| (step.act.kind(), step.who)).collect();
    let expected = [
        ("tender.adopted", Signatory::Supervisor),
        ("tender.candidates_published", Signatory::Centre),
        ("tender.awarded", Signatory::Centre),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(steps[0].at.to_string(), "2025-06-13T04:00:00.000Z");
    // 3 days from a Friday end on Monday; the award of Tuesday noon stands after it.
    assert_eq!(steps[2].at.to_string(), "2025-06-17T04:00:00.000Z");
    let publication = publication(&steps, "YAA1-01(2)");
    let first = &publication.candidates[0];
    assert_eq!((first.rank, first.bidder.members.len(), first.claims.len()), (Some(2), 2, 2));
    assert_eq!(first.claims[0].number.as_ref().unwrap().as_str(), "A142000000");
    assert_eq!(first.claims[1].holder.as_ref().unwrap().as_str(), "丙（远安）院");
    assert_eq!(first.claims[1].amount.as_ref().unwrap().money().unwrap().amount_minor, 12_345_000);
    assert_eq!(first.claims[1].person, Some(disclosure("P-0123456789ab").unwrap().sealed()));
    assert_eq!(publication.candidates[1].claims[0].issuer.as_ref().unwrap().name.as_str(), "某协会");
    assert!(publication.channel.as_str().starts_with("异议应书面提出。"));
    let Act::Awarded(award) = &steps[2].act else { panic!() };
    assert!(award.reasons.is_some() && award.scope.as_ref().unwrap().as_str() == "路面");
    assert_eq!(award.duration.as_ref().unwrap().as_str(), "30日");
    assert_eq!((award.source.as_ref().unwrap().as_str(), &award.remark), ("https://example.org/a/a1", &None));
    let [unknown, leader] = award.persons.as_slice() else { panic!("{:?}", award.persons) };
    assert_eq!((leader.role.as_str(), &leader.name), ("项目经理", &first.claims[1].person));
    // What may be a name is left out, and a price is no person.
    let listed = |person: &tender::KeyPerson| person.certificates.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!((listed(leader), listed(unknown)), (vec!["、鄂、鄂建安B(2022)".into()], vec!["安全员证".into()]));
    assert_eq!(unknown.role.as_str(), "来源数据未载明职务");
    assert!(has_note(&report, "deceptive") && has_note(&report, "names no candidate"));
    for (field, count) in [
        ("yichang_awards.has_complaint_phone", 1),
        ("yichang_awards.staff.certificate_types (may be a name)", 2),
        ("yichang_awards.staff (a price read as a person)", 1),
        ("yichang_candidates_full.rejection_note", 1),
        ("yichang_candidates_full.achievements (of no candidate)", 1),
    ] {
        assert_eq!(report.unmapped.get(field), Some(&count), "{field}: {:?}", report.unmapped);
    }
    for mapped in [
        "yichang_awards.staff",
        "yichang_awards.title",
        "yichang_awards.notice_date",
        "yichang_candidates_full.tenderee",
    ] {
        assert!(!report.unmapped.contains_key(mapped), "{mapped}");
    }
    assert_eq!(run(&steps).values().next().unwrap().lots[0].phase, LotPhase::Awarded);
}

#[test]
fn prices_of_a_table_that_is_not_whole_are_nobodys() {
    let heading = "投标报价(元/%)";
    let shifted =
        listed(&[("乙公司", heading), ("丙公司", "2000元"), ("丁公司", "3000元"), ("评标工作于某日进行", "未提供")]);
    let holed = listed(&[("乙公司", "1000元"), ("某项目", "未提供"), ("丙公司", "2000元")]);
    let cases = [
        ("c1", shifted, "丁公司", json!({"price_promise": "4000元"})),
        ("c2", holed, "丙公司", json!({})),
        ("c3", listed(&[("乙公司", "2000元"), ("丙公司", "3000元")]), "戊公司", json!({"price_promise": "58%"})),
        ("c4", listed(&[("乙公司", "2000元"), ("丙公司", "3000元")]), "丙公司", json!({"price_cny": "2000"})),
    ];
    let dir = folder(&[
        ("yichang_candidates", cases.iter().map(|(id, rows, ..)| candidate_notice(id, rows.clone())).collect()),
        ("yichang_awards", cases.iter().map(|(id, _, won, price)| award_notice(id, id, won, price.clone())).collect()),
        ("yichang_candidate_award_pairs", cases.iter().map(|(id, _, won, _)| pair(id, id, id, won)).collect()),
    ]);
    let (steps, report) = read(dir.path(), &by()).unwrap();
    assert_eq!((report.pairs_candidate_award, report.not_imported.len()), (4, 0), "{:?}", report.not_imported);
    for (id, ..) in &cases {
        let candidates = publication(&steps, id).candidates;
        let in_words = |candidate: &&tender::Candidate| matches!(candidate.price, Price::Stated(_));
        assert_eq!(candidates.iter().filter(in_words).count(), candidates.len(), "{id}: {candidates:?}");
        assert!(left(&report, id)[&Uncertainty::TableShifted] >= 2, "{id}");
    }
    // What the table has stands in the report, and who isn't in the table is added from the award.
    let shifted = Quoted {
        reason: Uncertainty::TableShifted,
        at: "c1".into(),
        field: "candidates.price_text".into(),
        text: "丙公司 | 2000元".into(),
    };
    assert!(report.words.contains(&shifted));
    assert_eq!(publication(&steps, "c3").candidates[2].bidder.name().as_str(), "戊公司");
    assert_eq!(left(&report, "c3")[&Uncertainty::PriceUnclear], 1);
    // The award's price is where its notice states it.
    let awards: Vec<_> = steps
        .iter()
        .filter_map(|step| match &step.act {
            Act::Awarded(award) => award.price.money().map(|money| (step.tender.as_str(), money.amount_minor)),
            _ => None,
        })
        .collect();
    assert_eq!(awards, [("c1", 400_000), ("c4", 200_000)]);
    run(&steps);
}

#[test]
fn equal_amounts_are_facts_only_where_something_confirms_them() {
    let same = listed(&[("乙公司", "2000元"), ("丙公司", "2000元"), ("丁公司", "2000元"), ("己公司", "3000元")]);
    let rates = listed(&[("乙公司", "下浮率5%"), ("丙公司", "下浮率5%")]);
    let full = json!({"infoid": "c3", "title": "甲路施工中标候选人公示", "district": "某区", "district_code": "420599",
        "published": "2025-06-13 12:00:00", "section_id": "ZGA3", "ranked": false, "publicity": "", "achievements": [],
        "prizes": [], "candidates": [{"name": "乙公司", "price_text": "2500元"}, {"name": "丙公司", "price_text": "7元"}]});
    let dir = folder(&[
        (
            "yichang_candidates",
            vec![
                candidate_notice("c1", same),
                candidate_notice("c2", rates),
                candidate_notice("c3", listed(&[("乙公司", "2500元"), ("丙公司", "2600元")])),
            ],
        ),
        ("yichang_candidates_full", vec![full]),
        (
            "yichang_awards",
            vec![
                award_notice("a1", "S-1", "丙公司", json!({"price_cny": "2000"})),
                award_notice("a2", "S-2", "乙公司", json!({"price_promise": "下浮率5%"})),
                award_notice("a3", "ZGA3", "乙公司", json!({"price_cny": "2500"})),
            ],
        ),
        (
            "yichang_candidate_award_pairs",
            vec![
                pair("c1", "a1", "S-1", "丙公司"),
                pair("c2", "a2", "S-2", "乙公司"),
                pair("c3", "a3", "ZGA3", "乙公司"),
            ],
        ),
    ]);
    let (steps, report) = read(dir.path(), &by()).unwrap();
    let yuan = |code: &str| -> Vec<Option<i64>> {
        let candidates = publication(&steps, code).candidates;
        candidates.iter().map(|candidate| candidate.price.money().map(|money| money.amount_minor / 100)).collect()
    };
    assert_eq!(yuan("S-1"), [None, Some(2000), None, Some(3000)]);
    assert_eq!(left(&report, "S-1"), BTreeMap::from([(Uncertainty::PriceOfSeveral, 2)]));
    assert!(matches!(publication(&steps, "S-2").candidates[1].price, Price::Rate(_)));
    // Two notices that differ are no fact, and a county that is not in the table is none: the section's letters are.
    assert_eq!(yuan("ZGA3"), [Some(2500), None]);
    assert_eq!(
        left(&report, "ZGA3"),
        BTreeMap::from([(Uncertainty::SourcesDiffer, 1), (Uncertainty::RegionUnknown, 1)])
    );
    assert_eq!(adoption(&steps, "ZGA3").region.as_str(), "420527");
    run(&steps);
}

#[test]
fn what_the_source_does_not_say_is_not_signed() {
    let mut notice = candidate_notice("c1", listed(&[("乙公司", "2000元")]));
    notice["project_name"] = "西陵峡某平台".into();
    notice["publicity_period"] = json!({"startDate": "当日", "endDate": "六月十六日", "text": "三日"});
    let mut award = award_notice("a1", "YCA1", "乙公司", json!({}));
    award["staff"] = json!({});
    let dir = folder(&[
        ("yichang_candidates", vec![notice]),
        ("yichang_awards", vec![award]),
        ("yichang_candidate_award_pairs", vec![pair("c1", "a1", "YCA1", "乙公司")]),
    ]);
    let (steps, report) = read(dir.path(), &by()).unwrap();
    let adopted = adoption(&steps, "YCA1");
    assert_eq!((adopted.nature, adopted.region.as_str()), (None, "420500"));
    assert!(adopted.reason.as_str().contains("按法定最短3日计"));
    assert!(publication(&steps, "YCA1").channel.as_str().ends_with("公示期：三日"));
    assert_eq!(
        left(&report, "YCA1"),
        BTreeMap::from([
            (Uncertainty::NatureUnclear, 1),
            (Uncertainty::PeriodUnclear, 1),
            (Uncertainty::PriceUnstated, 1)
        ])
    );
    let tenders = run(&steps);
    assert_eq!(tenders.values().next().unwrap().nature, None);
}

fn soe(id: &str, date: &str, fields: Value) -> Value {
    let mut notice = json!({"id": id, "operator": "中国某某", "sourceName": "某平台", "region": "浙江", "date": date,
        "category": "采购公告", "projectNo": format!("NO-{id}"),
        "createDate": format!("{date} 17:00:00"), "url": format!("https://example.org/{id}"), "title": format!("题{id}"),
        "budget": "公告未明确列示", "qualification": "公告未明确列示", "performance": "公告资格条款中未单列业绩要求",
        "purchaseContent": "公告未明确列示", "saleTime": "公告未明确列示"});
    notice.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    notice
}

fn soe_pair(disclosed: (&str, &str), call: (&str, &str), call_title: &str) -> Value {
    json!({"kind": "pre-notice→call", "pre_id": disclosed.0, "call_id": call.0, "pre_date": disclosed.1,
        "call_date": call.1, "pre_title": "预公告", "call_title": call_title})
}

#[test]
fn a_call_is_adopted_in_the_words_of_its_notices() {
    let content = json!({"purchaseContent": "采购 3 辆车", "budget": "77.066万元"});
    let kept = json!({"purchaseContent": "采购概况：采购3辆车。", "saleTime": "2026年8月7日至2026年8月11日",
        "deadline": "2026年8月20日9时30分", "budget": "77.066万元"});
    let asking = json!({"qualification": "须有甲级资质", "budget": "80万元"});
    let dir = folder(&[
        (
            "soe_notices",
            vec![soe("p1", "2026-07-28", content), soe("k1", "2026-08-07", kept), soe("k2", "2026-07-20", asking)],
        ),
        (
            "soe_preannounce_call_pairs",
            vec![
                soe_pair(("p1", "2026-07-28"), ("k1", "2026-08-07"), "中国某某甲公司2026年车辆采购项目_询比公告"),
                soe_pair(("p1", "2026-07-28"), ("k2", "2026-07-20"), "中国某某甲公司2026年某项目招标公告"),
                soe_pair(("p1", "2026-07-28"), ("k9", "2026-07-20"), "中国某某甲公司2026年某项目招标公告"),
            ],
        ),
    ]);
    let (steps, report) = read(dir.path(), &by()).unwrap();
    assert_eq!((steps.len(), report.pairs_preannouncement_call, report.not_imported.len()), (2, 2, 1));
    let (kept, asking) = (adoption(&steps, "k1"), adoption(&steps, "k2"));
    assert_eq!(kept.lots[0].estimate.unwrap().amount_minor, 77_066_000);
    assert_eq!((kept.nature, asking.nature), (Some(crate::field::Nature::Goods), None));
    assert_eq!((kept.procuring_unit.name.as_str(), kept.region.as_str()), ("中国某某甲公司", "330000"));
    assert_eq!(kept.source.as_str(), "https://example.org/k1 编号：NO-k1");
    let words = kept.lots[0].description.as_ref().unwrap().as_str();
    for part in ["2026年8月20日9时30分", "预公告（2026-07-28）", "https://example.org/p1", "采购内容：与采购公告相同"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(left(&report, "k1"), BTreeMap::from([(Uncertainty::DeadlineUnsigned, 2)]));
    // Two budgets are none, and a time that is not signed delays nothing.
    assert_eq!(asking.lots[0].estimate, None);
    assert_eq!(left(&report, "k2"), BTreeMap::from([(Uncertainty::SourcesDiffer, 1), (Uncertainty::NatureUnclear, 1)]));
    let at: Vec<_> = steps.iter().map(|step| step.at.to_string()).collect();
    assert_eq!(at, ["2026-07-20T09:00:00.000Z", "2026-08-07T09:00:00.000Z"]);
    assert!(run(&steps).values().all(|tender| tender.phase == Phase::Announced && tender.bid_deadline.is_none()));
}

#[test]
fn what_is_wrong_with_one_notice_stops_no_other() {
    let rows = || listed(&[("乙公司", "2000元"), ("丙公司", "3000元")]);
    let mut many = award_notice("a5", "S-5", "乙公司", json!({}));
    many["remark"] = "长".repeat(2001).into();
    let dir = folder(&[
        ("yichang_candidates", vec![candidate_notice("c1", rows()), candidate_notice("c2", rows())]),
        (
            "yichang_awards",
            vec![
                award_notice("a1", "S-1", "乙公司", json!({})),
                award_notice("a1", "S-2", "丙公司", json!({})),
                award_notice("a3", "S/3", "丙公司", json!({})),
                many,
            ],
        ),
        (
            "yichang_candidate_award_pairs",
            vec![
                pair("c1", "a1", "S-1", "乙公司"),
                pair("c2", "a1", "S-2", "丙公司"),
                pair("c9", "a9", "S-1", "乙公司"),
                pair("c2", "a3", "S/3", "丙公司"),
                json!({"candidate_infoid": 5}),
            ],
        ),
    ]);
    let (steps, report) = read(dir.path(), &by()).unwrap();
    assert_eq!((steps.len(), report.tenders), (6, 2));
    let why: Vec<_> = report.not_imported.iter().map(|refused| format!("{}: {}", refused.at, refused.why.en)).collect();
    assert_eq!(why.len(), 3, "{why:?}");
    assert_eq!(why[0], "yichang_candidate_award_pairs.jsonl:3: no notice c9 in yichang_candidates.jsonl");
    assert!(why[1].contains(":4: section_id") && why[2].contains(":5: candidate_infoid is missing"), "{why:?}");
    // What belongs to a pair that was given up is not counted.
    assert!(!report.unmapped.contains_key("yichang_awards.remark (too long)"));
    assert!(matches!(read(&dir.path().join("none"), &by()), Err(ImportError::Io { .. })));
}

/// The real material, where it is at hand (it states no licence, so it is no part of the project).
#[test]
fn every_real_pair_is_imported_and_no_step_refused() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/notices");
    if !dir.exists() {
        return;
    }
    let (steps, report) = read(&dir, &by()).unwrap();
    assert_eq!((report.pairs_candidate_award, report.pairs_preannouncement_call), (886, 49));
    assert_eq!(report.steps, steps.len());
    assert!(steps.is_sorted_by_key(|step| step.at));
    let tenders = run(&steps);
    assert_eq!(tenders.len(), report.tenders);
    let awarded = tenders.values().filter(|tender| tender.lots[0].phase == LotPhase::Awarded).count();
    assert_eq!(awarded, 886);
    let mut prices: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &steps {
        let Act::Awarded(award) = &step.act else { continue };
        let kind = match &award.price {
            Price::Money(_) => "money",
            Price::Rate(_) => "rate",
            Price::UnitPrice(_) => "unit price",
            Price::Items(items) if items.items.iter().all(|i| matches!(i.price, SimplePrice::Money(_))) => "amounts",
            Price::Items(_) => "items",
            Price::Stated(_) => "stated",
        };
        *prices.entry(kind).or_default() += 1;
    }
    // Seen with --nocapture.
    println!("{}\nawards by price: {prices:?}", serde_json::to_string_pretty(&report).unwrap());
}
