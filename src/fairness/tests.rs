//! Each indicator in a scene made for it, and not in the scene beside it; and none depends on the order of what commutes.

mod order;

use super::material::{COUNTERPARTS_MAX, DISPUTES_MAX, GIVEN_MAX, PEERS_MAX, RECEIVED_MAX};
use super::*;
use crate::evaluation::{RatingOutcome, RatingStatus, RevealedRating, SettledRating, Stamp};
use crate::field::{Dimension, Instant, OrganisationId};
use crate::law::Editions;
use crate::template::Side;
use std::sync::Arc;

const HOUR: i64 = 3_600_000;
const DAY: u64 = 24;

fn id(name: &str) -> OrganisationId {
    format!("XX-TEST-{name}").parse().unwrap()
}

fn terms() -> Arc<crate::law::Edition> {
    Editions::newest()
}

/// An entry an hour.
fn stamp(entry: u64) -> Stamp {
    let begin: Instant = "2026-01-05T00:00:00.000Z".parse().unwrap();
    Stamp { entry, time: begin.plus_millis(entry as i64 * HOUR) }
}

fn dimensions(side: Side) -> impl Iterator<Item = Dimension> {
    use strum::IntoEnumIterator;
    Dimension::iter().filter(move |dimension| dimension.side() != side)
}

/// A log of which only ratings and disputes are kept.
#[derive(Debug, Default, Clone)]
struct Scene {
    ratings: Vec<SettledRating>,
    disputes: Vec<Dispute>,
    entries: u64,
}

impl Scene {
    fn next(&mut self) -> Stamp {
        self.entries += 1;
        stamp(self.entries)
    }

    fn days(&mut self, days: u64) {
        self.entries += days * DAY;
    }

    fn settles(&mut self, what: &str, side: Side, by: &str, of: &str, outcome: RatingOutcome) -> &mut SettledRating {
        let settled = self.next();
        self.ratings.push(SettledRating {
            evaluation: what.parse().unwrap(),
            side,
            rater: id(by),
            rated: id(of),
            lost: false,
            opened: stamp(0).time,
            settled,
            outcome,
        });
        self.ratings.last_mut().unwrap()
    }

    fn rates_with(&mut self, what: &str, side: Side, (by, of): (&str, &str), scores: &[u8]) -> &mut RevealedRating {
        let sealed = self.next();
        let scores: Vec<_> = dimensions(side).zip(scores.iter().copied().cycle()).collect();
        let sum: u32 = scores.iter().map(|(_, score)| u32::from(*score)).sum();
        let given = (sum * 100 / scores.len() as u32) as u16;
        let status = RatingStatus::Revealed;
        let said = RevealedRating { scores, given, counted: Some(given), status, sealed, reply: None };
        match &mut self.settles(what, side, by, of, RatingOutcome::Revealed(said)).outcome {
            RatingOutcome::Revealed(said) => said,
            _ => unreachable!(),
        }
    }

    /// The unit `u` and the enterprise `e`, and whoever else there is, by the side of the rater.
    fn rates(&mut self, what: &str, side: Side, by: &str, of: &str, score: u8) -> &mut RevealedRating {
        // Not all the same: that would be another sign.
        self.rates_with(what, side, (by, of), &[score - 1, score + 1])
    }

    fn both(&mut self, what: &str, by_unit: u8, by_enterprise: u8) {
        self.rates(what, Side::Unit, "u", "e", by_unit);
        self.rates(what, Side::Enterprise, "e", "u", by_enterprise);
    }

    fn disputes(&mut self, kind: &str, by: &str, against: &str) {
        let at = self.next();
        self.disputes.push(Dispute { at, kind: kind.to_owned(), by: id(by), against: id(against) });
    }

    fn of(&self, name: &str) -> Vec<Indicator> {
        let material = Material::of_log(&id(name), &self.ratings, &self.disputes);
        indicators(&material, &terms().fairness, stamp(self.entries).time)
    }

    fn kinds(&self, name: &str) -> Vec<IndicatorKind> {
        self.of(name).iter().map(|indicator| indicator.kind).collect()
    }

    fn has(&self, name: &str, kind: IndicatorKind) -> bool {
        self.kinds(name).contains(&kind)
    }
}

fn value(indicator: &Indicator, of: FigureKind) -> i64 {
    indicator.figures.iter().find(|figure| figure.of == of).unwrap().value
}

#[test]
fn two_that_praise_each_other_are_pointed_out_from_three_evaluations_on() {
    let mut scene = Scene::default();
    for n in 0..2 {
        scene.both(&format!("c-{n}:year_end"), 94, 92);
        assert_eq!(scene.kinds("u"), [], "{n}");
    }
    let mut less = scene.clone();
    less.both("c-2:year_end", 94, 89);
    assert_eq!(less.kinds("u"), []);
    scene.both("c-2:year_end", 94, 92);
    for (name, other) in [("u", "e"), ("e", "u")] {
        let found = scene.of(name);
        assert_eq!((found.len(), found[0].kind), (1, IndicatorKind::MutualPraise));
        assert_eq!((&found[0].counterpart, found[0].ratings.len()), (&Some(id(other)), 6));
        assert_eq!(value(&found[0], FigureKind::LowestPoints), 9200);
        assert!(found[0].words.zh.contains("看起来一致"), "{:?}", found[0].words);
    }
}

#[test]
fn two_sides_that_always_agree_are_pointed_out() {
    let mut scene = Scene::default();
    for (n, score) in [71, 82, 64].into_iter().enumerate() {
        scene.both(&format!("c-{n}:year_end"), score, score);
    }
    assert_eq!(scene.kinds("u"), []);
    let mut other = scene.clone();
    other.both("c-3:year_end", 77, 80);
    assert_eq!(other.kinds("u"), []);
    scene.both("c-3:year_end", 77, 77);
    let found = scene.of("u");
    assert_eq!((found.len(), found[0].kind), (1, IndicatorKind::SidesAlike));
    assert!(value(&found[0], FigureKind::LargestDifference) <= 100);
}

#[test]
fn two_raters_of_the_same_are_compared_on_the_same_occasions() {
    let of = |scores: [[u8; 2]; 3]| {
        let mut scene = Scene::default();
        for (n, [one, other]) in scores.into_iter().enumerate() {
            scene.rates(&format!("a-{n}:T-{n}:1:award"), Side::Enterprise, "e", "u", one);
            scene.rates(&format!("b-{n}:T-{n}:1:award"), Side::Enterprise, "f", "u", other);
        }
        scene
    };
    let alike = of([[70, 70], [83, 83], [61, 62]]);
    let found = alike.of("e");
    assert_eq!((found.len(), found[0].kind), (1, IndicatorKind::RatersAlike));
    assert_eq!((&found[0].counterpart, found[0].ratings.len()), (&Some(id("f")), 6));
    assert_eq!(alike.kinds("f"), [IndicatorKind::RatersAlike]);
    assert_eq!(of([[70, 70], [83, 83], [61, 64]]).kinds("e"), []);
    // The same scores on other occasions are no agreement.
    let mut apart = Scene::default();
    for (n, score) in [70, 83, 61].into_iter().enumerate() {
        apart.rates(&format!("a-{n}:T-{n}:1:award"), Side::Enterprise, "e", "u", score);
        apart.rates(&format!("b-{n}:S-{n}:1:award"), Side::Enterprise, "f", "u", score);
    }
    assert_eq!(apart.kinds("e"), []);
}

#[test]
fn a_rater_far_from_all_others_is_pointed_out_and_losers_are_held_against_losers() {
    let of = |others: usize, own: &[u8], lost: bool| {
        let mut scene = Scene::default();
        for n in 0..others {
            scene.rates(&format!("o-{n}:year_end"), Side::Enterprise, &format!("o{n}"), "u", 85);
        }
        for (n, score) in own.iter().enumerate() {
            scene.rates(&format!("c-{n}:year_end"), Side::Enterprise, "e", "u", *score);
            scene.ratings.last_mut().unwrap().lost = lost;
        }
        scene
    };
    let found = of(3, &[40, 50], false).of("e");
    assert_eq!((found.len(), found[0].kind), (1, IndicatorKind::Outlier));
    assert_eq!((found[0].ratings.len(), found[0].compared.len()), (2, 3));
    assert_eq!(value(&found[0], FigureKind::MeanDifference), 4000);
    assert_eq!(of(3, &[40, 50], false).kinds("u"), [], "it is about the rater");
    for near in [of(2, &[40, 50], false), of(3, &[40], false), of(3, &[60, 65], false), of(3, &[40, 50], true)] {
        assert_eq!(near.kinds("e"), []);
    }
}

/// The unit has rated three others well; then the enterprise objects, and so many days later is rated.
fn after_a_dispute(kind: &str, days: u64, score: u8, others: usize) -> Scene {
    let mut scene = Scene::default();
    for n in 0..others {
        scene.rates(&format!("o-{n}:year_end"), Side::Unit, "u", &format!("o{n}"), 86);
    }
    scene.disputes(kind, "e", "u");
    scene.days(days);
    scene.rates("c-1:year_end", Side::Unit, "u", "e", score);
    scene
}

#[test]
fn a_low_rating_soon_after_an_objection_is_pointed_out() {
    for kind in ["tender.objected", "award.challenged", "commitment.breach_reported", "evaluation.appealed"] {
        let found = after_a_dispute(kind, 30, 55, 3).of("u");
        assert_eq!((found.len(), found[0].kind), (1, IndicatorKind::LowAfterDispute), "{kind}");
        assert_eq!((found[0].disputes.len(), &*found[0].disputes[0].kind, found[0].compared.len()), (1, kind, 3));
        assert_eq!(value(&found[0], FigureKind::DaysAfter), 30);
    }
    for near in [
        after_a_dispute("tender.objected", 91, 55, 3),
        after_a_dispute("tender.objected", 30, 75, 3),
        after_a_dispute("tender.objected", 30, 55, 2),
        after_a_dispute("tender.terminated", 30, 55, 3),
    ] {
        assert_eq!(near.kinds("u"), []);
    }
    // Who rates everybody low rates nobody lower.
    let mut low = Scene::default();
    for n in 0..3 {
        low.rates(&format!("o-{n}:year_end"), Side::Unit, "u", &format!("o{n}"), 62);
    }
    low.disputes("tender.objected", "e", "u");
    low.rates("c-1:year_end", Side::Unit, "u", "e", 55);
    assert_eq!(low.kinds("u"), []);
    // What was sealed before the objection can't be an answer to it.
    let mut before = after_a_dispute("tender.objected", 0, 55, 3);
    before.disputes[0].at = before.ratings.last().unwrap().settled;
    assert_eq!(before.kinds("u"), []);
    // Nor is the objection of another, nor one against another.
    let mut anothers = after_a_dispute("tender.objected", 30, 55, 3);
    anothers.disputes[0].by = id("o1");
    assert_eq!(anothers.kinds("u"), []);
    let mut elsewhere = after_a_dispute("tender.objected", 30, 55, 3);
    elsewhere.disputes[0].against = id("v");
    assert_eq!(elsewhere.kinds("u"), []);
}

#[test]
fn a_low_rating_soon_after_a_low_one_is_pointed_out() {
    let of = |first: u8, days: u64, then: u8| {
        let mut scene = Scene::default();
        for n in 0..3 {
            scene.rates(&format!("o-{n}:year_end"), Side::Unit, "u", &format!("o{n}"), 86);
        }
        scene.rates("c-0:year_end", Side::Enterprise, "e", "u", first);
        scene.days(days);
        scene.rates("c-1:year_end", Side::Unit, "u", "e", then);
        scene
    };
    let found = of(45, 20, 50).of("u");
    assert_eq!((found.len(), found[0].kind), (1, IndicatorKind::LowAfterLow));
    assert_eq!(found[0].ratings.iter().map(|rating| rating.rater.clone()).collect::<Vec<_>>(), [id("e"), id("u")]);
    for near in [of(72, 20, 50), of(45, 95, 50), of(45, 20, 71)] {
        assert_eq!(near.kinds("u"), []);
    }
}

#[test]
fn who_never_answers_is_pointed_out_by_three_kinds_of_silence() {
    let settled = |outcomes: &[RatingOutcome]| {
        let mut scene = Scene::default();
        for (n, outcome) in outcomes.iter().enumerate() {
            scene.settles(&format!("c-{n}:year_end"), Side::Unit, "u", "e", outcome.clone());
        }
        scene.rates("d-1:year_end", Side::Unit, "u", "e", 80);
        scene
    };
    let (silent, withheld) = (RatingOutcome::Silent, RatingOutcome::Withheld);
    let three = |outcome: &RatingOutcome| [outcome.clone(), outcome.clone(), outcome.clone()];
    let found = settled(&three(&silent)).of("u");
    assert_eq!((found.len(), found[0].kind, found[0].ratings.len()), (1, IndicatorKind::Silence, 3));
    assert_eq!(value(&found[0], FigureKind::Share), 75);
    assert_eq!(settled(&three(&withheld)).kinds("u"), [IndicatorKind::Withholding]);
    assert_eq!(settled(std::slice::from_ref(&silent)).kinds("u"), [], "two evaluations show nothing");
    assert_eq!(settled(&[silent.clone(), silent]).kinds("u"), [], "two of three are not three quarters");
    assert_eq!(settled(&[withheld]).kinds("u"), []);

    let low = |replied: bool, days: u64, score: u8| {
        let mut scene = Scene::default();
        for n in 0..3 {
            scene.rates(&format!("c-{n}:year_end"), Side::Enterprise, &format!("e{n}"), "u", score);
        }
        if replied && let RatingOutcome::Revealed(said) = &mut scene.ratings[0].outcome {
            said.reply = Some(stamp(9));
        }
        scene.days(days);
        scene
    };
    assert_eq!(low(false, 31, 66).kinds("u"), [IndicatorKind::NoReply]);
    for near in [low(true, 31, 66), low(false, 28, 66), low(false, 31, 80)] {
        assert_eq!(near.kinds("u"), []);
    }
}

#[test]
fn a_rater_that_gives_only_the_ends_or_one_score_is_pointed_out() {
    let of = |scores: [u8; 2], count: usize| {
        let mut scene = Scene::default();
        for n in 0..count {
            scene.rates_with(&format!("c-{n}:year_end"), Side::Unit, ("u", &format!("e{n}")), &scores);
        }
        scene
    };
    assert_eq!(of([100, 10], 4).kinds("u"), [IndicatorKind::Ends]);
    assert_eq!(of([90, 40], 4).kinds("u"), []);
    assert_eq!(of([100, 10], 3).kinds("u"), []);
    assert_eq!(of([80, 80], 4).kinds("u"), [IndicatorKind::OneScore]);
    assert_eq!(of([80, 80], 3).kinds("u"), []);
    assert_eq!(of([80, 81], 4).kinds("u"), []);
}

#[test]
fn ratings_that_are_often_corrected_are_pointed_out() {
    let of = |changed: usize, decided: usize| {
        let mut scene = Scene::default();
        for n in 0..decided {
            let said = scene.rates(&format!("c-{n}:year_end"), Side::Unit, "u", &format!("e{n}"), 80);
            said.status = if n < changed { RatingStatus::Corrected } else { RatingStatus::Verified };
            said.counted = Some(if n < changed { 9000 } else { said.given });
        }
        scene
    };
    assert_eq!(of(2, 3).kinds("u"), [IndicatorKind::Corrected]);
    assert_eq!(of(1, 3).kinds("u"), []);
    assert_eq!(of(2, 2).kinds("u"), []);
}

#[test]
fn what_is_older_than_the_window_is_not_looked_at() {
    let mut scene = Scene::default();
    for n in 0..3 {
        scene.both(&format!("c-{n}:year_end"), 94, 92);
    }
    scene.days(1090);
    assert!(scene.has("u", IndicatorKind::MutualPraise));
    scene.days(10);
    assert_eq!(scene.kinds("u"), []);
}

#[test]
fn no_more_is_looked_at_than_there_is_room_for_and_the_answer_says_so() {
    let mut scene = Scene::default();
    for n in 0..=GIVEN_MAX {
        scene.rates(&format!("c-{n}:year_end"), Side::Unit, "u", &format!("e{}", n % (COUNTERPARTS_MAX + 1)), 80);
        scene.rates(&format!("c-{n}:year_end"), Side::Enterprise, &format!("e{n}"), "u", 80);
    }
    for n in 0..=PEERS_MAX {
        scene.rates(&format!("d-{n}:year_end"), Side::Unit, "v", "e0", 80);
    }
    for _ in 0..=DISPUTES_MAX {
        scene.disputes("tender.objected", "e0", "u");
    }
    let material = Material::of_log(&id("u"), &scene.ratings, &scene.disputes);
    assert_eq!((material.given.len(), material.received.len()), (GIVEN_MAX, RECEIVED_MAX));
    assert_eq!((material.counterparts().len(), material.peers[&id("e0")].len()), (COUNTERPARTS_MAX, PEERS_MAX));
    assert_eq!(material.disputes.len(), DISPUTES_MAX);
    use MaterialLimit::{Counterparts, Disputes, Given, Peers, Received};
    assert_eq!(material.reached(), [Given, Received, Counterparts, Peers, Disputes]);
    // The newest are.
    assert!(material.given.iter().all(|rating| rating.evaluation.to_string() != "c-0:year_end"));
    let few = Material::of_log(&id("v"), &scene.ratings, &scene.disputes);
    assert!(few.reached().is_empty());
}

/// What accuses is said by nobody here.
#[test]
fn no_word_accuses() {
    const ACCUSING: [&str; 22] = [
        "串通", "勾结", "报复", "恶意", "舞弊", "作弊", "违法", "违规", "嫌疑", "可疑", "操纵", "虚假", "collu",
        "retaliat", "reveng", "malic", "fraud", "cheat", "suspici", "rig", "violat", "guilt",
    ];
    let scenes = [after_a_dispute("tender.objected", 30, 55, 3)];
    let mut texts: Vec<String> = scenes.iter().flat_map(|scene| scene.of("u")).map(|found| found.words.en).collect();
    texts.push(terms().files()["fairness.toml"].clone());
    texts.extend([include_str!("view.rs"), include_str!("indicator.rs"), include_str!("pairs.rs")].map(str::to_owned));
    texts.extend([include_str!("after.rs"), include_str!("rater.rs"), include_str!("material.rs")].map(str::to_owned));
    for text in texts {
        let lower = text.to_lowercase();
        for word in ACCUSING {
            let found = lower.split(|c: char| !c.is_alphanumeric()).find(|said| match word.is_ascii() {
                true => said.starts_with(word) && *said != "right" && !said.starts_with("origin"),
                false => said.contains(word),
            });
            assert_eq!(found, None, "{word}");
        }
    }
}
