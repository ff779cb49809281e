//! What came after what: a rating that is low in itself and beside what others got, soon after the one that is rated had
//! disputed what the rater did, or had rated it low.

use super::indicator::{DAY_MILLIS, Figure, FigureKind, HUNDREDTHS, Indicator, IndicatorKind, mean, points, revealed};
use super::material::{Dispute, Looked};
use crate::evaluation::{RevealedRating, SettledRating, Stamp};
use crate::field::{Bilingual, OrganisationId};
use crate::law::LowAfterLimits;
use std::collections::{BTreeMap, BTreeSet};

/// A low rating, and how long after what it came.
struct Low<'a, B> {
    rating: &'a SettledRating,
    said: &'a RevealedRating,
    before: B,
    days: i64,
    /// What the rater gave everybody else.
    baseline: i64,
}

/// Low ratings of each, after the latest thing of some kind that `latest` finds before a seal.
fn low_ratings<'a, B>(
    looked: &Looked<'a>,
    limits: &LowAfterLimits,
    latest: impl Fn(&SettledRating, Stamp) -> Option<(Stamp, B)>,
) -> BTreeMap<&'a OrganisationId, Vec<Low<'a, B>>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (rating, said) in revealed(&looked.given) {
        let given = i64::from(said.given);
        let others = || revealed(&looked.given).filter(|(other, _)| other.rated != rating.rated);
        let Some(baseline) = mean(others().map(|(_, said)| i64::from(said.given))) else { continue };
        let is_low = given < i64::from(limits.points_below) * HUNDREDTHS
            && baseline - given >= i64::from(limits.points_apart) * HUNDREDTHS
            && others().count() >= usize::from(limits.others_at_least);
        // The rater was bound by what it had sealed: what came afterwards can't have moved it.
        let Some((at, before)) = latest(rating, said.sealed).filter(|_| is_low) else { continue };
        let passed = said.sealed.time.millis() - at.time.millis();
        if passed <= i64::from(limits.days) * DAY_MILLIS {
            let days = passed / DAY_MILLIS;
            found.entry(&rating.rated).or_default().push(Low { rating, said, before, days, baseline });
        }
    }
    found
}

fn indicator<B>(
    looked: &Looked<'_>,
    limits: &LowAfterLimits,
    kind: IndicatorKind,
    (rated, low): (&OrganisationId, &[Low<'_, B>]),
    (zh_after, en_after): (&str, &str),
) -> Option<Indicator> {
    let lowest = low.iter().map(|low| i64::from(low.said.given)).min()?;
    let baseline = low.first()?.baseline;
    let days = low.iter().map(|low| low.days).max().unwrap_or_default();
    let compared: Vec<SettledRating> =
        revealed(&looked.given).filter(|(other, _)| other.rated != *rated).map(|(other, _)| other.clone()).collect();
    let (n, lowest_text, baseline_text) = (low.len(), points(lowest), points(baseline));
    let zh = format!(
        "{rated} {zh_after}之后 {days} 日内密封的评价有 {n} 次得分较低（最低 {lowest_text}），给其他方的均分为 {baseline_text}"
    );
    let en = format!(
        "{n} low ratings (the lowest {lowest_text}) were sealed within {days} days after {rated} {en_after}; others got a mean \
         of {baseline_text}"
    );
    Some(Indicator {
        kind,
        counterpart: Some(rated.clone()),
        words: Bilingual::new(zh, en),
        figures: vec![
            Figure::of(FigureKind::Counted, n),
            Figure::of(FigureKind::LowestPoints, lowest).below(i64::from(limits.points_below) * HUNDREDTHS),
            Figure::of(FigureKind::DaysAfter, days).at_most(limits.days),
            Figure::of(FigureKind::Compared, compared.len()).at_least(limits.others_at_least),
            Figure::of(FigureKind::ComparedMean, baseline),
            Figure::of(FigureKind::MeanDifference, baseline - lowest)
                .at_least(i64::from(limits.points_apart) * HUNDREDTHS),
        ],
        ratings: low.iter().map(|low| low.rating.clone()).collect(),
        compared,
        disputes: Vec::new(),
    })
}

pub(super) fn dispute(looked: &Looked<'_>, limits: &LowAfterLimits) -> Vec<Indicator> {
    let counts = |act: &&Dispute| limits.after.contains(&act.kind) && act.against == *looked.organisation;
    let latest = |rating: &SettledRating, sealed: Stamp| {
        let theirs = looked.disputes.iter().copied().filter(counts).filter(|act| act.by == rating.rated);
        theirs.filter(|act| act.at.entry < sealed.entry).max_by_key(|act| act.at).map(|act| (act.at, act.clone()))
    };
    let found = low_ratings(looked, limits, latest).into_iter().filter_map(|(rated, low)| {
        let words = ("提出异议、质疑、举报或申诉", "had objected, challenged, reported or appealed");
        let indicator = indicator(looked, limits, IndicatorKind::LowAfterDispute, (rated, &low), words)?;
        let disputes: BTreeSet<Dispute> = low.into_iter().map(|low| low.before).collect();
        Some(Indicator { disputes: disputes.into_iter().collect(), ..indicator })
    });
    found.collect()
}

/// What counts as a low rating by the one is what counts as one by the other.
pub(super) fn low(looked: &Looked<'_>, limits: &LowAfterLimits) -> Vec<Indicator> {
    let below = i64::from(limits.points_below) * HUNDREDTHS;
    let latest = |rating: &SettledRating, sealed: Stamp| {
        let theirs = revealed(&looked.received)
            .filter(|(theirs, said)| theirs.rater == rating.rated && i64::from(said.given) < below);
        let before = theirs.map(|(theirs, _)| theirs).filter(|theirs| theirs.settled.entry < sealed.entry);
        before.max_by_key(|theirs| theirs.settled).map(|theirs| (theirs.settled, theirs.clone()))
    };
    let found = low_ratings(looked, limits, latest).into_iter().filter_map(|(rated, low)| {
        let words = ("评低分", "had rated low");
        let mut indicator = indicator(looked, limits, IndicatorKind::LowAfterLow, (rated, &low), words)?;
        for low in low {
            if !indicator.ratings.contains(&low.before) {
                indicator.ratings.push(low.before);
            }
        }
        indicator.ratings.sort_by_key(|rating| rating.settled);
        Some(indicator)
    });
    found.collect()
}
