//! Whatever happens, in whatever order it is told.

use super::*;
use proptest::prelude::*;

/// A scene drawn at random: some rate, some are silent, some object.
fn drawn() -> impl Strategy<Value = Scene> {
    let step = (0u8..5, 0usize..3, 0usize..3, 0u8..5, any::<bool>());
    prop::collection::vec(step, 0..60).prop_map(|steps| {
        let mut scene = Scene::default();
        for (n, (what, unit, enterprise, level, by_unit)) in steps.into_iter().enumerate() {
            let (unit, enterprise) = (format!("u{unit}"), format!("e{enterprise}"));
            let (evaluation, score) = (format!("c-{}:year_end", n / 2), [30, 55, 71, 92, 96][usize::from(level)]);
            let (side, by, of) = match by_unit {
                true => (Side::Unit, &unit, &enterprise),
                false => (Side::Enterprise, &enterprise, &unit),
            };
            let is_known = scene.ratings.iter().any(|rating| {
                rating.evaluation.to_string() == evaluation && (rating.side == side || rating.rater != id(of))
            });
            match what {
                0 => scene.disputes("tender.objected", by, of),
                _ if is_known => {}
                1 => drop(scene.settles(&evaluation, side, by, of, RatingOutcome::Silent).lost),
                _ => drop(scene.rates(&evaluation, side, by, of, score).given),
            }
        }
        scene
    })
}

/// Without the places in the log, which depend on the order of what commutes.
fn placeless(mut found: Vec<Indicator>) -> Vec<Indicator> {
    let blank = |stamp: &mut Stamp| stamp.entry = 0;
    for indicator in &mut found {
        for rating in indicator.ratings.iter_mut().chain(&mut indicator.compared) {
            blank(&mut rating.settled);
            if let RatingOutcome::Revealed(said) = &mut rating.outcome {
                blank(&mut said.sealed);
            }
        }
        indicator.disputes.iter_mut().for_each(|act| blank(&mut act.at));
        for ratings in [&mut indicator.ratings, &mut indicator.compared] {
            ratings.sort_by_key(|rating| (rating.evaluation.clone(), rating.side.name()));
        }
        indicator.disputes.sort();
    }
    found
}

/// Puts two neighbouring entries of one moment in the other order, unless one may answer the other.
fn swapped(scene: &Scene, at: u64) -> Option<Scene> {
    let mut scene = scene.clone();
    let time = stamp(at).time;
    let seals = |entry| move |rating: &&SettledRating| rating.revealed().is_some_and(|said| said.sealed.entry == entry);
    for (first, second) in [(at, at + 1), (at + 1, at)] {
        if let Some(sealed) = scene.ratings.iter().find(seals(first)) {
            let is_dispute =
                |act: &Dispute| act.at.entry == second && act.by == sealed.rated && act.against == sealed.rater;
            let is_rating = |rating: &SettledRating| {
                rating.settled.entry == second
                    && ((rating.rater == sealed.rated && rating.rated == sealed.rater)
                        || rating.evaluation == sealed.evaluation)
            };
            if scene.disputes.iter().any(is_dispute) || scene.ratings.iter().any(is_rating) {
                return None;
            }
        }
    }
    let swap = |stamp: &mut Stamp| {
        if stamp.entry == at || stamp.entry == at + 1 {
            *stamp = Stamp { entry: 2 * at + 1 - stamp.entry, time };
        }
    };
    for rating in &mut scene.ratings {
        swap(&mut rating.settled);
        if let RatingOutcome::Revealed(said) = &mut rating.outcome {
            swap(&mut said.sealed);
        }
    }
    scene.disputes.iter_mut().for_each(|act| swap(&mut act.at));
    Some(scene)
}

proptest! {
    /// An auditor may gather the records in any order, and records that commute may stand in any.
    #[test]
    fn order_does_not_matter(scene in drawn(), turn in 0usize..60, at in 1u64..120) {
        let mut shuffled = scene.clone();
        shuffled.ratings.reverse();
        let ratings = shuffled.ratings.len().max(1);
        shuffled.ratings.rotate_left(turn % ratings);
        shuffled.disputes.reverse();
        // Both at one moment, in either order.
        let same = swapped(&scene, at).and_then(|once| swapped(&once, at));
        for name in ["u0", "u1", "u2", "e0", "e1", "e2"] {
            prop_assert_eq!(shuffled.of(name), scene.of(name));
            if let (Some(there), Some(back)) = (swapped(&scene, at), &same) {
                prop_assert_eq!(placeless(there.of(name)), placeless(back.of(name)));
            }
        }
    }

    /// However the scores fall: nothing is pointed out about whom so few ratings are by or of.
    #[test]
    fn two_evaluations_show_nothing(scores in prop::collection::vec(2u8..99, 4), objects: bool) {
        let mut scene = Scene::default();
        if objects {
            scene.disputes("tender.objected", "e", "u");
        }
        scene.both("c-0:year_end", scores[0], scores[1]);
        scene.both("c-1:year_end", scores[2], scores[3]);
        scene.days(40);
        prop_assert_eq!(scene.kinds("u"), []);
        prop_assert_eq!(scene.kinds("e"), []);
    }
}
