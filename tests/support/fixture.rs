//! Payloads for stories.

use super::Actor;
use gongshi::field::{Bidder, Citations, Currency, Day, Money, Nature, Party, Price, TenderCode};
use gongshi::tender::{
    Act, Announcement, Award, Bid, Candidate, CandidatePublication, Claim, ClaimKind, Clause, ClauseKind, Contact,
    Contract, ContractAcceptance, Ground, Lot, Method, Objection, Opening, PlannedDates, Preannouncement, Window,
    WindowUnit, Windows,
};
use gongshi::world::Stream;

pub fn stream(code: &str) -> Stream {
    Stream::of(&code.parse::<TenderCode>().unwrap())
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn money(yuan: i64) -> Money {
    Money::new(Currency::CNY, yuan * 100).unwrap()
}

pub fn clause(id: &str, kind: ClauseKind, text: &str) -> Clause {
    Clause { id: id.parse().unwrap(), kind, text: text.parse().unwrap() }
}

pub fn days(count: u16) -> Window {
    Window { count, unit: WindowUnit::Day }
}

pub fn preannouncement(centre: &Actor) -> Preannouncement {
    Preannouncement {
        numbers_confirmed: None,
        title: "郑州市第九中学实验楼建设工程".parse().unwrap(),
        follows: None,
        procuring_unit: Party { name: "郑州市第九中学".parse().unwrap(), id: None },
        centre: centre.id.clone(),
        nature: Nature::Works,
        method: Method::Open,
        method_reason: None,
        region: "410105".parse().unwrap(),
        category: Some("B01".parse().unwrap()),
        lots: vec![Lot {
            id: "1".parse().unwrap(),
            title: "施工".parse().unwrap(),
            description: None,
            estimate: Some(money(5_200_000)),
            ceiling: None,
            winners: None,
        }],
        estimate: Some(money(5_200_000)),
        funding: Some("财政资金".parse().unwrap()),
        clauses: vec![
            clause("q-1", ClauseKind::Qualification, "具有建筑工程施工总承包三级及以上资质"),
            clause("t-1", ClauseKind::Technical, "混凝土强度等级不低于C30"),
            clause("s-1", ClauseKind::Schedule, "计划工期240日历天"),
        ],
        score_table: vec![],
        commitment_template: None,
        planned: PlannedDates {
            announce: day("2026-08-20"),
            bid_deadline: day("2026-09-22").into(),
            open: day("2026-09-22").into(),
        },
        windows: Windows { objection: days(5), answer: days(3), escalation: days(10), candidates: days(3) },
        contact: Contact {
            office: "采购一科".parse().unwrap(),
            person: None,
            phone: Some("0371-60000000".parse().unwrap()),
            address: None,
        },
        source: None,
        documents: Citations::default(),
    }
}

/// The same, with dates that fit any day.
pub fn preannouncement_on(centre: &Actor, now: gongshi::field::Instant) -> Preannouncement {
    let today = Day::from(now.shanghai_day());
    Preannouncement {
        method: Method::Inquiry,
        method_reason: Some("小额采购".parse().unwrap()),
        planned: PlannedDates { announce: today, bid_deadline: today.into(), open: today.into() },
        ..preannouncement(centre)
    }
}

pub fn objection(id: &str) -> Objection {
    Objection {
        numbers_confirmed: None,
        id: id.parse().unwrap(),
        clauses: vec!["q-1".parse().unwrap()],
        ground: Ground::Targeted,
        facts: "该资质要求与项目规模不相适应".parse().unwrap(),
        remedy: "请修改资质要求".parse().unwrap(),
        evidence: Citations::default(),
        complainant: None,
    }
}

pub fn announcement(disclosed: &Preannouncement) -> Announcement {
    Announcement {
        numbers_confirmed: None,
        clauses: disclosed.clauses.clone(),
        score_table: vec![],
        differences: vec![],
        bid_deadline: disclosed.planned.bid_deadline,
        open: disclosed.planned.open,
        document_sale: None,
        source: None,
        documents: Citations::default(),
    }
}

pub fn bidder(name: &str, actor: Option<&Actor>) -> Bidder {
    Bidder { members: vec![Party { name: name.parse().unwrap(), id: actor.map(|actor| actor.id.clone()) }] }
}

pub fn bid(name: &str, actor: &Actor, yuan: i64) -> Bid {
    let (bidder, price) = (bidder(name, Some(actor)), Price::Money(money(yuan)));
    Bid { bidder, price, duration: None, confirmed: None, commitment: None }
}

pub fn opening(at: gongshi::field::Instant, bidders: &[(&str, i64)]) -> Opening {
    let bid = |(name, yuan): &(&str, i64)| Bid {
        bidder: bidder(name, None),
        price: Price::Money(money(*yuan)),
        confirmed: None,
        commitment: None,
        duration: None,
    };
    Opening { lot: "1".parse().unwrap(), opened_at: at, bids: bidders.iter().map(bid).collect() }
}

pub fn claim(id: &str, title: &str) -> Claim {
    Claim {
        id: id.parse().unwrap(),
        kind: ClaimKind::Achievement,
        title: title.parse().unwrap(),
        holder: None,
        issuer: None,
        number: None,
        amount: Some(Price::Money(money(52_000_000))),
        dated: Some(day("2024-03-01")),
        accepted: Some(day("2025-06-30")),
        person: None,
        source: None,
        documents: Citations::default(),
    }
}

pub fn candidate(id: &str, rank: u16, name: &str, actor: &Actor, yuan: i64) -> Candidate {
    Candidate {
        id: id.parse().unwrap(),
        rank: Some(rank),
        tied: false,
        bidder: bidder(name, Some(actor)),
        price: Price::Money(money(yuan)),
        price_difference: None,
        confirmed: None,
        score: Some(9_250),
        quality: None,
        duration: None,
        leader: None,
        persons: vec![],
        claims: vec![claim("y-1", "某学校教学楼工程")],
    }
}

pub fn candidates(list: Vec<Candidate>) -> CandidatePublication {
    CandidatePublication {
        numbers_confirmed: None,
        lot: "1".parse().unwrap(),
        candidates: list,
        rejected: vec![],
        committee: vec![],
        channel: "书面向采购中心提出".parse().unwrap(),
        source: None,
        documents: Citations::default(),
    }
}

pub fn award(candidate: &str, yuan: i64) -> Award {
    Award {
        lot: "1".parse().unwrap(),
        candidate: candidate.parse().unwrap(),
        commitment: None,
        price: Price::Money(money(yuan)),
        price_difference: None,
        confirmed: None,
        reasons: None,
        scope: None,
        duration: None,
        quality: None,
        persons: Vec::new(),
        certificates: Vec::new(),
        remark: None,
        source: None,
        documents: Citations::default(),
    }
}

pub fn contract(signed: Day, yuan: i64) -> Contract {
    Contract {
        numbers_confirmed: None,
        lot: "1".parse().unwrap(),
        candidate: None,
        number: "HT-2026-001".parse().unwrap(),
        price: Price::Money(money(yuan)),
        price_difference: None,
        confirmed: None,
        signed,
        terms: None,
        documents: Citations::default(),
    }
}

pub fn acceptance(inspected: Day) -> ContractAcceptance {
    ContractAcceptance {
        lot: "1".parse().unwrap(),
        candidate: None,
        passed: true,
        inspected,
        opinion: "验收合格".parse().unwrap(),
        documents: Citations::default(),
    }
}

pub fn act(payload: impl Into<Act>) -> gongshi::world::Act {
    gongshi::world::Act::Tender(payload.into())
}
