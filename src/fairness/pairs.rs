//! Two that rate each other, and two that rate the same organisations.

use super::indicator::{Figure, FigureKind, HUNDREDTHS, Indicator, IndicatorKind, Share, points, revealed};
use super::material::Looked;
use crate::evaluation::{RevealedRating, SettledRating};
use crate::field::{Bilingual, Evaluated, EvaluationId, LotId, Milestone, OrganisationId, TenderCode};
use crate::law::{AlikeLimits, PraiseLimits};
use chrono::Datelike;
use std::collections::BTreeMap;

/// A rating and the one that is held against it.
type Pair<'a> = [(&'a SettledRating, &'a RevealedRating); 2];

impl Looked<'_> {
    /// Evaluations in which both sides can be read, by the other one.
    fn exchanges(&self) -> BTreeMap<&OrganisationId, Vec<Pair<'_>>> {
        let received: BTreeMap<&EvaluationId, _> =
            revealed(&self.received).map(|(rating, said)| (&rating.evaluation, (rating, said))).collect();
        let mut by: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (given, said) in revealed(&self.given) {
            if let Some(back) = received.get(&given.evaluation) {
                by.entry(&given.rated).or_default().push([(given, said), *back]);
            }
        }
        by
    }
}

/// Pairs that are like that, and those that are not.
fn split<'p, 'a>(pairs: &'p [Pair<'a>], is: impl Fn(&Pair<'a>) -> bool) -> (Vec<&'p Pair<'a>>, Vec<&'p Pair<'a>>) {
    pairs.iter().partition(|pair| is(pair))
}

fn ratings(pairs: &[&Pair<'_>]) -> Vec<SettledRating> {
    pairs.iter().flat_map(|pair| pair.iter().map(|(rating, _)| (*rating).clone())).collect()
}

fn difference([(_, one), (_, other)]: &Pair<'_>) -> i64 {
    (i64::from(one.given) - i64::from(other.given)).abs()
}

pub(super) fn mutual_praise(looked: &Looked<'_>, limits: &PraiseLimits) -> Vec<Indicator> {
    let from = i64::from(limits.points_from) * HUNDREDTHS;
    let lowest = |pair: &Pair<'_>| pair.iter().map(|(_, said)| i64::from(said.given)).min().unwrap_or_default();
    let found = looked.exchanges().into_iter().filter_map(|(counterpart, pairs)| {
        let (high, rest) = split(&pairs, |pair| lowest(pair) >= from);
        let share = Share {
            counted: high.len(),
            of: pairs.len(),
            at_least: limits.evaluations_at_least,
            per_cent: limits.share,
        };
        let least = high.iter().map(|pair| lowest(pair)).min().filter(|_| share.is_reached())?;
        let mut figures = share.figures();
        figures.push(Figure::of(FigureKind::LowestPoints, least).at_least(from));
        let (n, of) = (high.len(), pairs.len());
        let zh =
            format!("与 {counterpart} 互评 {of} 次，其中 {n} 次双方均得 {} 分以上，看起来一致", limits.points_from);
        let en = format!(
            "{n} of {of} evaluations with {counterpart} have {} points or more on both sides: they look alike",
            limits.points_from
        );
        Some(Indicator {
            kind: IndicatorKind::MutualPraise,
            counterpart: Some(counterpart.clone()),
            words: Bilingual::new(zh, en),
            figures,
            ratings: ratings(&high),
            compared: ratings(&rest),
            disputes: Vec::new(),
        })
    });
    found.collect()
}

pub(super) fn sides_alike(looked: &Looked<'_>, limits: &AlikeLimits) -> Vec<Indicator> {
    let within = i64::from(limits.points_within) * HUNDREDTHS;
    let found = looked.exchanges().into_iter().filter_map(|(counterpart, pairs)| {
        let (alike, rest) = split(&pairs, |pair| difference(pair) <= within);
        let widest = alike.iter().map(|pair| difference(pair)).max();
        let (words, figures) = alike_words(limits, (alike.len(), pairs.len()), widest, |n, of| {
            let zh =
                format!("与 {counterpart} 互评 {of} 次，其中 {n} 次双方得分相差不超过 {} 分", limits.points_within);
            let en = format!(
                "in {n} of {of} evaluations with {counterpart} both sides gave points within {}",
                limits.points_within
            );
            (zh, en)
        })?;
        Some(Indicator {
            kind: IndicatorKind::SidesAlike,
            counterpart: Some(counterpart.clone()),
            words,
            figures,
            ratings: ratings(&alike),
            compared: ratings(&rest),
            disputes: Vec::new(),
        })
    });
    found.collect()
}

/// The sentence and the numbers, when there are enough that are alike.
fn alike_words(
    limits: &AlikeLimits,
    (counted, of): (usize, usize),
    widest: Option<i64>,
    words: impl FnOnce(usize, usize) -> (String, String),
) -> Option<(Bilingual, Vec<Figure>)> {
    let share = Share { counted, of, at_least: limits.evaluations_at_least, per_cent: limits.share };
    let widest = widest.filter(|_| share.is_reached())?;
    let (zh, en) = words(counted, of);
    let mut figures = share.figures();
    let within = i64::from(limits.points_within) * HUNDREDTHS;
    figures.push(Figure::of(FigureKind::LargestDifference, widest).at_most(within));
    let (zh, en) = (
        format!("{zh}（最大 {} 分），看起来一致", points(widest)),
        format!("{en} (at most {} apart): they look alike", points(widest)),
    );
    Some((Bilingual::new(zh, en), figures))
}

/// What is rated by several: a lot's milestone, or a year.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Occasion<'a> {
    Lot(&'a TenderCode, &'a LotId, Milestone),
    /// That in which the evaluation was opened.
    Year(i32),
}

impl<'a> Occasion<'a> {
    fn of(rating: &'a SettledRating) -> Self {
        match &rating.evaluation.occasion {
            Evaluated::Lot { tender, lot, milestone } => Self::Lot(tender, lot, *milestone),
            Evaluated::YearEnd => Self::Year(rating.opened.shanghai_day().year()),
        }
    }
}

/// The first rating of each on each occasion, by the evaluations' ids: who has several commitments rates several times.
fn by_occasion<'a>(
    ratings: &[&'a SettledRating],
) -> BTreeMap<(&'a OrganisationId, &'a OrganisationId, Occasion<'a>), (&'a SettledRating, &'a RevealedRating)> {
    let mut first = BTreeMap::new();
    for (rating, said) in revealed(ratings) {
        let known = first.entry((&rating.rater, &rating.rated, Occasion::of(rating))).or_insert((rating, said));
        if rating.evaluation < known.0.evaluation {
            *known = (rating, said);
        }
    }
    first
}

pub(super) fn raters_alike(looked: &Looked<'_>, limits: &AlikeLimits) -> Vec<Indicator> {
    let own = by_occasion(&looked.given);
    let others: Vec<&SettledRating> = looked.peers.values().flatten().copied().collect();
    let mut pairs: BTreeMap<&OrganisationId, Vec<Pair<'_>>> = BTreeMap::new();
    for ((other, rated, occasion), theirs) in by_occasion(&others) {
        if let Some(ours) = own.get(&(looked.organisation, rated, occasion)) {
            pairs.entry(other).or_default().push([*ours, theirs]);
        }
    }
    let within = i64::from(limits.points_within);
    let found = pairs.into_iter().filter_map(|(other, mut pairs)| {
        pairs.sort_by_key(|[(ours, _), _]| ours.settled);
        let (alike, rest) = split(&pairs, |pair| widest_score(pair).is_some_and(|widest| widest <= within));
        let widest = alike.iter().filter_map(|pair| widest_score(pair)).max().map(|scores| scores * HUNDREDTHS);
        let (words, figures) = alike_words(limits, (alike.len(), pairs.len()), widest, |n, of| {
            let zh = format!(
                "与 {other} 在 {of} 个相同场合评价相同主体，其中 {n} 个场合各项评分相差不超过 {} 分",
                limits.points_within
            );
            let en = format!(
                "on {n} of {of} occasions on which {other} rated the same organisations, all scores are within {}",
                limits.points_within
            );
            (zh, en)
        })?;
        Some(Indicator {
            kind: IndicatorKind::RatersAlike,
            counterpart: Some(other.clone()),
            words,
            figures,
            ratings: ratings(&alike),
            compared: ratings(&rest),
            disputes: Vec::new(),
        })
    });
    found.collect()
}

/// The largest difference of two scores of one dimension; nothing where other dimensions were judged.
fn widest_score([(_, one), (_, other)]: &Pair<'_>) -> Option<i64> {
    if one.scores.len() != other.scores.len() {
        return None;
    }
    let apart = one.scores.iter().map(|(dimension, score)| {
        let (_, theirs) = other.scores.iter().find(|(judged, _)| judged == dimension)?;
        Some((i64::from(*score) - i64::from(*theirs)).abs())
    });
    apart.collect::<Option<Vec<_>>>()?.into_iter().max()
}
