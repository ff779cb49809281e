//! How one organisation rates, and how it answers.

use super::indicator::{
    DAY_MILLIS, Figure, FigureKind, HUNDREDTHS, Indicator, IndicatorKind, Share, mean, points, revealed,
};
use super::material::Looked;
use crate::evaluation::{RatingOutcome, RatingStatus, RevealedRating, SettledRating};
use crate::field::{Bilingual, Instant, OrganisationId};
use crate::law::{CountLimits, EndsLimits, OutlierLimits, ReplyLimits, ShareLimits};
use std::collections::BTreeMap;

/// Ratings of or by one organisation, by whether they are like that.
struct Split<'a> {
    like: Vec<&'a SettledRating>,
    rest: Vec<&'a SettledRating>,
}

impl<'a> Split<'a> {
    fn of(ratings: impl Iterator<Item = &'a SettledRating>, is: impl Fn(&SettledRating) -> bool) -> Self {
        let (like, rest) = ratings.partition(|rating| is(rating));
        Self { like, rest }
    }

    fn share(&self, at_least: u16, per_cent: u16) -> Share {
        Share { counted: self.like.len(), of: self.like.len() + self.rest.len(), at_least, per_cent }
    }

    fn indicator(self, kind: IndicatorKind, figures: Vec<Figure>, (zh, en): (String, String)) -> Indicator {
        Indicator {
            kind,
            counterpart: None,
            words: Bilingual::new(zh, en),
            figures,
            ratings: cloned(&self.like),
            compared: cloned(&self.rest),
            disputes: Vec::new(),
        }
    }
}

fn cloned(ratings: &[&SettledRating]) -> Vec<SettledRating> {
    ratings.iter().map(|rating| (*rating).clone()).collect()
}

pub(super) fn silence(looked: &Looked<'_>, limits: &ShareLimits) -> Vec<Indicator> {
    let all = looked.given.iter().copied();
    let split = Split::of(all, |rating| rating.outcome == RatingOutcome::Silent);
    let share = split.share(limits.evaluations_at_least, limits.share);
    let words = (
        format!("应评价 {} 次，其中 {} 次未在期限内密封", share.of, share.counted),
        format!("asked to rate {} times, it sealed nothing in time in {}", share.of, share.counted),
    );
    let found = share.is_reached().then(|| split.indicator(IndicatorKind::Silence, share.figures(), words));
    found.into_iter().collect()
}

pub(super) fn withholding(looked: &Looked<'_>, limits: &ShareLimits) -> Vec<Indicator> {
    let sealed = looked.given.iter().copied().filter(|rating| rating.outcome != RatingOutcome::Silent);
    let split = Split::of(sealed, |rating| rating.outcome == RatingOutcome::Withheld);
    let share = split.share(limits.evaluations_at_least, limits.share);
    let words = (
        format!("密封 {} 次，其中 {} 次未在期限内公开", share.of, share.counted),
        format!("of {} ratings that it sealed, {} were not revealed in time", share.of, share.counted),
    );
    let found = share.is_reached().then(|| split.indicator(IndicatorKind::Withholding, share.figures(), words));
    found.into_iter().collect()
}

pub(super) fn no_reply(looked: &Looked<'_>, limits: &ReplyLimits, as_of: Instant) -> Vec<Indicator> {
    let before = as_of.plus_millis(-i64::from(limits.days) * DAY_MILLIS);
    let below = i64::from(limits.points_below) * HUNDREDTHS;
    let low = revealed(&looked.received)
        .filter(|(rating, said)| rating.settled.time <= before && i64::from(said.given) < below)
        .map(|(rating, _)| rating);
    let split = Split::of(low, |rating| rating.revealed().is_some_and(|said| said.reply.is_none()));
    let share = split.share(limits.evaluations_at_least, limits.share);
    let words = (
        format!(
            "收到 {} 次低于 {} 分、公开已满 {} 日的评价，其中 {} 次未作答复",
            share.of, limits.points_below, limits.days, share.counted
        ),
        format!(
            "of {} ratings below {} points that are {} days old or more, {} have no reply",
            share.of, limits.points_below, limits.days, share.counted
        ),
    );
    let mut figures = share.figures();
    let days = |rating: &&SettledRating| (as_of.millis() - rating.settled.time.millis()) / DAY_MILLIS;
    let least = split.like.iter().map(days).min().unwrap_or_default();
    figures.push(Figure::of(FigureKind::DaysAfter, least).at_least(limits.days));
    let found = share.is_reached().then(|| split.indicator(IndicatorKind::NoReply, figures, words));
    found.into_iter().collect()
}

pub(super) fn ends(looked: &Looked<'_>, limits: &EndsLimits) -> Vec<Indicator> {
    let is_end = |score: u8| score <= limits.score_low || score >= limits.score_high;
    let scores = || revealed(&looked.given).flat_map(|(_, said)| said.scores.iter().map(|(_, score)| *score));
    let (of, counted) = (scores().count(), scores().filter(|score| is_end(*score)).count());
    let evaluations = revealed(&looked.given).count();
    // The rule counts evaluations, and shares of scores.
    let share = Share { counted, of, at_least: 0, per_cent: limits.share };
    if evaluations < usize::from(limits.evaluations_at_least) || !share.is_reached() {
        return Vec::new();
    }
    let has_end = |rating: &SettledRating| {
        rating.revealed().is_some_and(|said| said.scores.iter().any(|(_, score)| is_end(*score)))
    };
    let split = Split::of(revealed(&looked.given).map(|(rating, _)| rating), has_end);
    let words = (
        format!(
            "{evaluations} 次评价共 {of} 项分值，其中 {counted} 项不高于 {} 分或不低于 {} 分",
            limits.score_low, limits.score_high
        ),
        format!(
            "of {of} scores in {evaluations} ratings, {counted} are {} or less, or {} or more",
            limits.score_low, limits.score_high
        ),
    );
    let figures = vec![
        Figure::of(FigureKind::Evaluations, evaluations).at_least(limits.evaluations_at_least),
        Figure::of(FigureKind::Share, counted * 100 / of.max(1)).at_least(limits.share),
    ];
    vec![split.indicator(IndicatorKind::Ends, figures, words)]
}

pub(super) fn one_score(looked: &Looked<'_>, limits: &CountLimits) -> Vec<Indicator> {
    let scores = || revealed(&looked.given).flat_map(|(_, said)| said.scores.iter().map(|(_, score)| *score));
    let evaluations = revealed(&looked.given).count();
    let Some(first) = scores().next().filter(|first| scores().all(|score| score == *first)) else { return Vec::new() };
    if evaluations < usize::from(limits.evaluations_at_least) {
        return Vec::new();
    }
    let words = (
        format!("{evaluations} 次评价的各项分值均为 {first} 分"),
        format!("every score in {evaluations} ratings is {first}"),
    );
    let split = Split::of(revealed(&looked.given).map(|(rating, _)| rating), |_| true);
    let figures = vec![Figure::of(FigureKind::Evaluations, evaluations).at_least(limits.evaluations_at_least)];
    vec![split.indicator(IndicatorKind::OneScore, figures, words)]
}

pub(super) fn corrected(looked: &Looked<'_>, limits: &ShareLimits) -> Vec<Indicator> {
    let is_decided = |said: &RevealedRating| {
        matches!(said.status, RatingStatus::Verified | RatingStatus::Corrected | RatingStatus::Final)
    };
    let decided = revealed(&looked.given).filter(|(_, said)| is_decided(said)).map(|(rating, _)| rating);
    let is_changed = |said: &RevealedRating| said.counted.is_some_and(|counted| counted != said.given);
    let split = Split::of(decided, |rating| rating.revealed().is_some_and(is_changed));
    let share = split.share(limits.evaluations_at_least, limits.share);
    let words = (
        format!("经监督部门核实、更正或裁定 {} 次，其中 {} 次得分被改动", share.of, share.counted),
        format!("of {} ratings that supervisors decided on, {} count otherwise than given", share.of, share.counted),
    );
    let found = share.is_reached().then(|| split.indicator(IndicatorKind::Corrected, share.figures(), words));
    found.into_iter().collect()
}

/// Ratings of one organisation, by whether it was by losing bidders, or of one.
type ByGroup<'a> = BTreeMap<(&'a OrganisationId, bool), Vec<(&'a SettledRating, &'a RevealedRating)>>;

fn grouped<'a>(ratings: impl Iterator<Item = (&'a SettledRating, &'a RevealedRating)>) -> ByGroup<'a> {
    let mut groups = ByGroup::new();
    for (rating, said) in ratings {
        groups.entry((&rating.rated, rating.lost)).or_default().push((rating, said));
    }
    groups
}

pub(super) fn outlier(looked: &Looked<'_>, limits: &OutlierLimits) -> Vec<Indicator> {
    let given = |group: &[(&SettledRating, &RevealedRating)]| mean(group.iter().map(|(_, said)| i64::from(said.given)));
    let peers = grouped(looked.peers.values().flat_map(|ratings| revealed(ratings)));
    let found = grouped(revealed(&looked.given)).into_iter().filter_map(|((rated, lost), own)| {
        let others = peers.get(&(rated, lost))?;
        let mut by_rater: BTreeMap<&OrganisationId, Vec<_>> = BTreeMap::new();
        for (rating, said) in others {
            by_rater.entry(&rating.rater).or_default().push((*rating, *said));
        }
        // As a score is: of the ratings of each rater first, then of the raters.
        let (mine, theirs) = (given(&own)?, mean(by_rater.values().filter_map(|group| given(group)))?);
        let apart = (mine - theirs).abs();
        let is_outlier = own.len() >= usize::from(limits.ratings_at_least)
            && by_rater.len() >= usize::from(limits.raters_at_least)
            && apart >= i64::from(limits.points_apart) * HUNDREDTHS;
        if !is_outlier {
            return None;
        }
        let (n, raters, [mine_text, theirs_text]) = (own.len(), by_rater.len(), [mine, theirs].map(points));
        let zh = format!("对 {rated} 评价 {n} 次，均分 {mine_text}；另外 {raters} 个评价者的均分为 {theirs_text}");
        let en = format!(
            "its {n} ratings of {rated} have a mean of {mine_text}; that of {raters} other raters is {theirs_text}"
        );
        Some(Indicator {
            kind: IndicatorKind::Outlier,
            counterpart: Some(rated.clone()),
            words: Bilingual::new(zh, en),
            figures: vec![
                Figure::of(FigureKind::Evaluations, n).at_least(limits.ratings_at_least),
                Figure::of(FigureKind::OtherRaters, raters).at_least(limits.raters_at_least),
                Figure::of(FigureKind::OwnMean, mine),
                Figure::of(FigureKind::ComparedMean, theirs),
                Figure::of(FigureKind::MeanDifference, apart).at_least(i64::from(limits.points_apart) * HUNDREDTHS),
            ],
            ratings: own.iter().map(|(rating, _)| (*rating).clone()).collect(),
            compared: others.iter().map(|(rating, _)| (*rating).clone()).collect(),
            disputes: Vec::new(),
        })
    });
    found.collect()
}
