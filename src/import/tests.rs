//! Synthetic notices, and the real ones where they are at hand: every step must be one that the state machine allows.

use super::*;
use crate::act::{Acts, Author, Capability, Place, Role, Roles, Stream, decide_alone, fold};
use crate::field::{Faults, Price, SimplePrice};
use crate::law::{InForce, Law};
use crate::log::Hash;
use crate::record::PrivateKey;
use crate::tender::{Act, LotPhase, Phase, Tender};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CENTRE: &str = "91410100MA0000015B";
/// Payloads are at most this long (architecture.md §2).
const PAYLOAD_BYTES_MAX: usize = 45_000;

fn centre() -> OrganisationId {
    CENTRE.parse().unwrap()
}

fn author(role: Role) -> Author {
    let id = if role == Role::Centre { centre() } else { "11410100005260004Y".parse().unwrap() };
    Author { id, roles: Roles::default().with(role) }
}

/// Runs the steps as the log would: what is due first, by the service.
fn run(steps: &[Step]) -> BTreeMap<TenderCode, Tender> {
    let adopted = InForce::newest();
    let law = Law::of(&adopted);
    let kid = PrivateKey::generate().key_id();
    let mut tenders: BTreeMap<TenderCode, Tender> = BTreeMap::new();
    let act = |tenders: &mut BTreeMap<TenderCode, Tender>, code: &TenderCode, act: &Act, by: Author, now: Instant| {
        let mut state = tenders.remove(code);
        let mut faults = Faults::default();
        act.check(&mut faults);
        assert_eq!(faults.into_result(), Ok(()), "{code} {}", act.kind());
        if let Err(refusal) = decide_alone(&Stream::of(code), state.as_ref(), act, &by, now, law) {
            panic!("{code} {} at {now}: {refusal:?}", act.kind());
        }
        let version = state.as_ref().map_or(0, Tender::version) + 1;
        let place = Place { index: 0, time: now, hash: Hash::of(""), author: by.id, kid, version };
        fold(&mut state, act, &place, law);
        tenders.insert(code.clone(), state.unwrap());
    };
    for step in steps {
        let code = &step.tender;
        while let Some(due) = tenders.get(code).and_then(|tender| tender.due(step.at, law)) {
            act(&mut tenders, code, &due, author(Role::Service), step.at);
        }
        let role = match step.who {
            Who::Centre => Role::Centre,
            Who::Supervisor => Role::Supervisor,
        };
        let bytes = step.act.to_value().to_string();
        assert!(bytes.len() <= PAYLOAD_BYTES_MAX, "{code} {}: {} bytes", step.act.kind(), bytes.len());
        // What is signed is read back strictly.
        assert_eq!(Act::parse(step.act.kind(), bytes.as_bytes()).unwrap().unwrap(), step.act);
        act(&mut tenders, code, &step.act, author(role), step.at);
    }
    tenders
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

fn has_note(report: &Report, words: &str) -> bool {
    report.notes.iter().any(|note| note.contains(words))
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
    let (steps, report) = read(dir.path(), &centre()).unwrap();
    let kinds: Vec<_> = steps.iter().map(|step| (step.act.kind(), step.who)).collect();
    let expected = [
        ("tender.adopted", Who::Supervisor),
        ("tender.candidates_published", Who::Centre),
        ("tender.awarded", Who::Centre),
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
fn broken_tables_are_mended_in_the_open() {
    let heading = "投标报价(元/%)";
    let shifted =
        listed(&[("乙公司", heading), ("丙公司", "2000元"), ("丁公司", "3000元"), ("评标工作于某日进行", "未提供")]);
    let holed = listed(&[("乙公司", heading), ("丙公司", "2000元")]);
    let dir = folder(&[
        (
            "yichang_candidates",
            vec![
                candidate_notice("c1", shifted),
                candidate_notice("c2", holed),
                candidate_notice("c3", listed(&[("乙公司", "58.90"), ("丙公司", "60%")])),
            ],
        ),
        (
            "yichang_awards",
            vec![
                award_notice("a1", "S-1", "丁公司", json!({"price_promise": "4000元"})),
                award_notice("a2", "S-1", "丙公司", json!({})),
                award_notice("a3", "S-3", "戊公司", json!({"price_promise": "58%"})),
            ],
        ),
        (
            "yichang_candidate_award_pairs",
            vec![
                pair("c1", "a1", "S-1", "丁公司"),
                pair("c2", "a2", "S-1", "丙公司"),
                pair("c3", "a3", "S-3", "戊公司"),
            ],
        ),
    ]);
    let (steps, report) = read(dir.path(), &centre()).unwrap();
    let price = |code: &str, n: usize| publication(&steps, code).candidates[n].price.clone();
    let yuan = |price: &Price| price.money().map(|money| money.amount_minor / 100);
    assert_eq!((yuan(&price("S-1", 0)), yuan(&price("S-1", 1))), (Some(2000), Some(3000)));
    assert!(matches!(price("S-1", 2), Price::Stated(_)));
    assert_eq!((yuan(&price("S-1-2", 0)), yuan(&price("S-1-2", 1))), (None, Some(2000)));
    assert_eq!(publication(&steps, "S-1").candidates.len(), 3);
    let added = publication(&steps, "S-3").candidates;
    assert_eq!((added.len(), added[2].bidder.name().as_str()), (3, "戊公司"));
    assert!(matches!(&added[0].price, Price::Stated(stated) if stated.text.as_str() == "58.90"));
    for words in ["winner is not in the list", "prices were moved up", "states no price", "suffix", "rows are missing"]
    {
        assert!(has_note(&report, words), "{words}: {:?}", report.notes);
    }
    run(&steps);
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
fn a_call_that_keeps_its_word_is_announced_once() {
    let content = json!({"purchaseContent": "采购 3 辆车", "budget": "77.066万元"});
    let kept = json!({"purchaseContent": "采购概况：采购3辆车。", "saleTime": "2026年8月7日至2026年8月11日"});
    let asking =
        json!({"qualification": "须有甲级资质", "purchaseContent": "公告未明确列示", "deadline": "2023-01-01"});
    let dir = folder(&[
        (
            "soe_notices",
            vec![soe("p1", "2026-07-28", content), soe("k1", "2026-08-07", kept), soe("k2", "2026-07-20", asking)],
        ),
        (
            "soe_preannounce_call_pairs",
            vec![
                soe_pair(("p1", "2026-07-28"), ("k1", "2026-08-07"), "中国某某甲公司2026年车辆采购项目_询比公告"),
                soe_pair(("p1", "2026-07-28"), ("k2", "2026-07-20"), "中国某某甲公司2026年车辆采购项目招标公告"),
            ],
        ),
    ]);
    let (steps, report) = read(dir.path(), &centre()).unwrap();
    let of = |code: &str| steps.iter().filter(|step| step.tender.as_str() == code).collect::<Vec<_>>();
    let (kept, asking) = (of("k1"), of("k2"));
    assert_eq!((kept.len(), asking.len(), report.pairs_preannouncement_call), (2, 3, 2));
    let Act::Preannounced(disclosed) = &kept[0].act else { panic!() };
    assert_eq!(disclosed.estimate.unwrap().amount_minor, 77_066_000);
    assert_eq!(disclosed.procuring_unit.name.as_str(), "中国某某甲公司");
    assert_eq!(disclosed.planned.bid_deadline.to_string(), "2026-08-11");
    let Act::Announced(call) = &kept[1].act else { panic!() };
    assert_eq!((call.clauses.len(), call.differences.len()), (2, 1));
    assert_eq!(call.source.as_ref().unwrap().as_str(), "https://example.org/k1 编号：NO-k1");
    assert_eq!(disclosed.source.as_ref().unwrap().as_str(), "https://example.org/p1 编号：NO-p1");
    // The calls are 采购公告; of a pre-announcement that would say something new.
    assert_eq!(report.unmapped.get("soe_notices.category"), Some(&2));
    assert_eq!(kept[1].at.to_string(), "2026-08-07T09:00:00.000Z");
    // The call of 20 July is entered after the window of 28 July, and again after its own.
    assert_eq!(asking[1].at.to_string(), "2026-07-29T16:01:00.000Z");
    assert_eq!(asking[2].at.to_string(), "2026-07-31T16:01:00.000Z");
    for words in ["solicited again", "differs materially", "entered as an inquiry", "several calls", "left out"] {
        assert!(has_note(&report, words), "{words}: {:?}", report.notes);
    }
    assert!(run(&steps).values().all(|tender| tender.phase == Phase::Announced));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let dir = folder(&[("yichang_candidate_award_pairs", vec![pair("c9", "a9", "S-1", "乙公司")])]);
    let error = read(dir.path(), &centre()).unwrap_err();
    assert_eq!(error.to_string(), "yichang_candidate_award_pairs.jsonl:1: no notice c9 in yichang_candidates.jsonl");
    std::fs::write(dir.path().join("yichang_awards.jsonl"), "{}\n").unwrap();
    assert!(matches!(read(dir.path(), &centre()), Err(ImportError::Missing { field: "infoid", .. })));
    std::fs::write(dir.path().join("yichang_awards.jsonl"), "{").unwrap();
    assert!(matches!(read(dir.path(), &centre()), Err(ImportError::NotJson { .. })));
    assert!(matches!(read(&dir.path().join("none"), &centre()), Err(ImportError::Io { .. })));
}

/// The real material, where it is at hand (it states no licence, so it is no part of the project).
#[test]
fn every_real_pair_is_imported_and_no_step_refused() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/notices");
    if !dir.exists() {
        return;
    }
    let (steps, report) = read(&dir, &centre()).unwrap();
    assert_eq!((report.pairs_candidate_award, report.pairs_preannouncement_call), (886, 49));
    assert_eq!(report.steps, steps.len());
    assert!(steps.is_sorted_by_key(|step| step.at));
    let tenders = run(&steps);
    assert_eq!(tenders.len(), 886 + 49);
    let awarded = tenders.values().filter(|tender| tender.lots[0].phase == LotPhase::Awarded).count();
    assert_eq!(awarded, 886);
    assert_eq!(tenders.values().filter(|tender| tender.disclosure > 0 && tender.phase == Phase::Announced).count(), 49);
    let mut prices: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &steps {
        let Act::Awarded(award) = &step.act else { continue };
        let kind = match &award.price {
            Price::Money(_) => "money",
            Price::Rate(_) => "rate",
            Price::Items(items) if items.items.iter().all(|i| matches!(i.price, SimplePrice::Money(_))) => "amounts",
            Price::Items(_) => "items",
            Price::Stated(_) => "stated",
        };
        *prices.entry(kind).or_default() += 1;
    }
    // Seen with --nocapture.
    println!("{}\nawards by price: {prices:?}", serde_json::to_string_pretty(&report).unwrap());
}
