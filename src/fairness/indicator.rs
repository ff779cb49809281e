//! An indicator: what is pointed out, with everything that it rests on.

use super::material::{Dispute, Looked, Material};
use super::{after, pairs, rater};
use crate::act::statuses;
use crate::evaluation::{RevealedRating, SettledRating};
use crate::field::{Bilingual, Instant, OrganisationId};
use crate::law::{FairnessTerms, Rule};

statuses! {
    /// What is pointed out.
    pub enum IndicatorKind {
        /// 互给高分，看起来一致
        MutualPraise,
        /// 双方评分接近，看起来一致
        SidesAlike,
        /// 与另一评价者的评分接近，看起来一致
        RatersAlike,
        /// 评分与其他评价者相距较大
        Outlier,
        /// 对方提出异议、举报等之后评分较低
        LowAfterDispute,
        /// 对方评低分之后评分较低
        LowAfterLow,
        /// 应评未评较多
        Silence,
        /// 密封后未公开较多
        Withholding,
        /// 收到低分未作答复
        NoReply,
        /// 评分多在量表两端
        Ends,
        /// 各次评分完全相同
        OneScore,
        /// 评分多次被更正
        Corrected,
    }

    /// What a number of an indicator is.
    pub enum FigureKind {
        /// 所看的评价次数
        Evaluations,
        /// 其中符合的次数
        Counted,
        /// 符合的比例
        Share,
        /// 最低得分
        LowestPoints,
        /// 最大分差
        LargestDifference,
        /// 本主体所评均分
        OwnMean,
        /// 用于比较的均分
        ComparedMean,
        /// 均分之差
        MeanDifference,
        /// 其他评价者数
        OtherRaters,
        /// 用于比较的评价次数
        Compared,
        /// 相隔天数
        DaysAfter,
    }

    /// In what a number is counted.
    pub enum FigureUnit {
        /// 次数、个数
        Count,
        /// 百分比
        PerCent,
        /// 日
        Days,
        /// 百分之一分
        Hundredths,
    }

    /// Which way a threshold is passed.
    pub enum Threshold {
        /// 不低于
        AtLeast,
        /// 不高于
        AtMost,
        /// 低于
        Below,
    }
}

/// A number of an indicator, and the threshold of the rule that it has passed, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub of: FigureKind,
    pub value: i64,
    pub threshold: Option<(Threshold, i64)>,
}

/// What is pointed out about an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    pub kind: IndicatorKind,
    /// The other organisation, where it is about two.
    pub counterpart: Option<OrganisationId>,
    /// In a sentence.
    pub words: Bilingual,
    pub figures: Vec<Figure>,
    /// The ratings that it points at, in the order of the log.
    pub ratings: Vec<SettledRating>,
    /// Those that they were held against.
    pub compared: Vec<SettledRating>,
    /// The acts after which they came.
    pub disputes: Vec<Dispute>,
}

impl IndicatorKind {
    /// What people call it.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::MutualPraise => ("互给高分，看起来一致", "high ratings in both directions, which look alike"),
            Self::SidesAlike => ("双方评分接近，看起来一致", "both sides' ratings of each other look alike"),
            Self::RatersAlike => ("与另一评价者的评分接近，看起来一致", "its ratings and another rater's look alike"),
            Self::Outlier => ("评分与其他评价者相距较大", "its ratings lie far from those of other raters"),
            Self::LowAfterDispute => {
                ("对方提出异议、举报等之后评分较低", "lower ratings after the other side objected or reported")
            }
            Self::LowAfterLow => ("对方评低分之后评分较低", "lower ratings after the other side rated low"),
            Self::Silence => ("应评未评较多", "often asked to rate, and silent"),
            Self::Withholding => ("密封后未公开较多", "often sealed, and not revealed"),
            Self::NoReply => ("收到低分未作答复", "low ratings received, and no reply"),
            Self::Ends => ("评分多在量表两端", "scores mostly at the ends of the scale"),
            Self::OneScore => ("各次评分完全相同", "the same score every time"),
            Self::Corrected => ("评分多次被更正", "ratings often corrected"),
        }
    }

    /// The rule, and what may be behind it that is nobody's fault.
    pub fn rule(self, terms: &FairnessTerms) -> (&Rule, Bilingual) {
        macro_rules! of {
            ($rule:ident) => {
                (&terms.$rule.rule, Bilingual::new(&*terms.$rule.innocent_zh, &*terms.$rule.innocent_en))
            };
        }
        match self {
            Self::MutualPraise => of!(mutual_praise),
            Self::SidesAlike => of!(sides_alike),
            Self::RatersAlike => of!(raters_alike),
            Self::Outlier => of!(outlier),
            Self::LowAfterDispute => of!(low_after_dispute),
            Self::LowAfterLow => of!(low_after_low),
            Self::Silence => of!(silence),
            Self::Withholding => of!(withholding),
            Self::NoReply => of!(no_reply),
            Self::Ends => of!(ends),
            Self::OneScore => of!(one_score),
            Self::Corrected => of!(corrected),
        }
    }
}

impl FigureKind {
    /// What people call it.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Evaluations => ("所看的评价次数", "evaluations looked at"),
            Self::Counted => ("其中符合的次数", "of these, so many are like that"),
            Self::Share => ("符合的比例", "their share"),
            Self::LowestPoints => ("最低得分", "lowest points"),
            Self::LargestDifference => ("最大分差", "largest difference"),
            Self::OwnMean => ("所评均分", "mean of its ratings"),
            Self::ComparedMean => ("用于比较的均分", "mean that it is held against"),
            Self::MeanDifference => ("均分之差", "difference of the means"),
            Self::OtherRaters => ("其他评价者数", "other raters"),
            Self::Compared => ("用于比较的评价次数", "ratings that it is held against"),
            Self::DaysAfter => ("相隔天数", "days in between"),
        }
    }

    /// In what it is counted.
    pub fn unit(self) -> FigureUnit {
        match self {
            Self::Evaluations | Self::Counted | Self::OtherRaters | Self::Compared => FigureUnit::Count,
            Self::Share => FigureUnit::PerCent,
            Self::DaysAfter => FigureUnit::Days,
            Self::LowestPoints
            | Self::LargestDifference
            | Self::OwnMean
            | Self::ComparedMean
            | Self::MeanDifference => FigureUnit::Hundredths,
        }
    }
}

/// Points are counted in hundredths: 8,550 are 85.50.
pub(super) const HUNDREDTHS: i64 = 100;

/// Hundredths of a point in words.
pub(super) fn points(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / HUNDREDTHS, hundredths % HUNDREDTHS)
}

impl Figure {
    pub(super) fn of(of: FigureKind, value: impl TryInto<i64>) -> Self {
        Self { of, value: value.try_into().unwrap_or(i64::MAX), threshold: None }
    }

    pub(super) fn at_least(self, threshold: impl Into<i64>) -> Self {
        Self { threshold: Some((Threshold::AtLeast, threshold.into())), ..self }
    }

    pub(super) fn at_most(self, threshold: impl Into<i64>) -> Self {
        Self { threshold: Some((Threshold::AtMost, threshold.into())), ..self }
    }

    pub(super) fn below(self, threshold: impl Into<i64>) -> Self {
        Self { threshold: Some((Threshold::Below, threshold.into())), ..self }
    }
}

/// So many of so many, against the thresholds of a rule.
#[derive(Clone, Copy)]
pub(super) struct Share {
    pub counted: usize,
    pub of: usize,
    pub at_least: u16,
    pub per_cent: u16,
}

impl Share {
    /// There are enough, and enough of them.
    pub fn is_reached(self) -> bool {
        self.of >= usize::from(self.at_least) && self.counted * 100 >= self.of * usize::from(self.per_cent)
    }

    pub fn figures(self) -> Vec<Figure> {
        let share = (self.counted * 100).checked_div(self.of).unwrap_or_default();
        vec![
            Figure::of(FigureKind::Evaluations, self.of).at_least(self.at_least),
            Figure::of(FigureKind::Counted, self.counted),
            Figure::of(FigureKind::Share, share).at_least(self.per_cent),
        ]
    }
}

/// Ratings that can be read, with what they say.
pub(super) fn revealed<'a>(
    ratings: &[&'a SettledRating],
) -> impl Iterator<Item = (&'a SettledRating, &'a RevealedRating)> {
    ratings.iter().filter_map(|rating| Some((*rating, rating.revealed()?)))
}

/// Rounded down; nothing of nothing.
pub(super) fn mean(points: impl Iterator<Item = i64>) -> Option<i64> {
    let (count, sum) = points.fold((0, 0), |(count, sum), points| (count + 1, sum + points));
    if count == 0 { None } else { Some(sum / count) }
}

/// Milliseconds of a day.
pub(super) const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Finds the indicators of one kind.
type Detector = fn(&Looked<'_>, &FairnessTerms, Instant) -> Vec<Indicator>;

/// Everything that is pointed out about an organisation, as of a time, which is that of the last entry. Nothing, where the law of
/// the log asks for nothing.
pub fn indicators(material: &Material, terms: &FairnessTerms, as_of: Instant) -> Vec<Indicator> {
    if terms.is_silent() {
        return Vec::new();
    }
    let looked = material.since(as_of.plus_millis(-i64::from(terms.window.days) * DAY_MILLIS));
    let detectors: [Detector; 12] = [
        |looked, terms, _| pairs::mutual_praise(looked, &terms.mutual_praise.limits),
        |looked, terms, _| pairs::sides_alike(looked, &terms.sides_alike.limits),
        |looked, terms, _| pairs::raters_alike(looked, &terms.raters_alike.limits),
        |looked, terms, _| rater::outlier(looked, &terms.outlier.limits),
        |looked, terms, _| after::dispute(looked, &terms.low_after_dispute.limits),
        |looked, terms, _| after::low(looked, &terms.low_after_low.limits),
        |looked, terms, _| rater::silence(looked, &terms.silence.limits),
        |looked, terms, _| rater::withholding(looked, &terms.withholding.limits),
        |looked, terms, as_of| rater::no_reply(looked, &terms.no_reply.limits, as_of),
        |looked, terms, _| rater::ends(looked, &terms.ends.limits),
        |looked, terms, _| rater::one_score(looked, &terms.one_score.limits),
        |looked, terms, _| rater::corrected(looked, &terms.corrected.limits),
    ];
    detectors.into_iter().flat_map(|detect| detect(&looked, terms, as_of)).collect()
}
