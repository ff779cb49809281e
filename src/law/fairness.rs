//! 评价公平性指标: from which counts, and beyond which thresholds, ratings are pointed out to a supervisor.

use super::{DayRule, Rule};
use serde::{Deserialize, Serialize};

/// What is looked for in the ratings of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FairnessTerms {
    /// How far back they are looked at.
    pub window: DayRule,
    pub mutual_praise: IndicatorRule<PraiseLimits>,
    pub sides_alike: IndicatorRule<AlikeLimits>,
    pub raters_alike: IndicatorRule<AlikeLimits>,
    pub outlier: IndicatorRule<OutlierLimits>,
    pub low_after_dispute: IndicatorRule<LowAfterLimits>,
    pub low_after_low: IndicatorRule<LowAfterLimits>,
    pub silence: IndicatorRule<ShareLimits>,
    pub withholding: IndicatorRule<ShareLimits>,
    pub no_reply: IndicatorRule<ReplyLimits>,
    pub ends: IndicatorRule<EndsLimits>,
    pub one_score: IndicatorRule<CountLimits>,
    pub corrected: IndicatorRule<ShareLimits>,
}

/// From when on something is pointed out, and what may be behind it that is nobody's fault.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorRule<L> {
    pub limits: L,
    pub innocent_zh: String,
    pub innocent_en: String,
    pub rule: Rule,
}

/// Both sides' points from here on. Shares are per cent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PraiseLimits {
    pub evaluations_at_least: u16,
    pub points_from: u16,
    pub share: u16,
}

/// Points, or scores, that differ by no more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlikeLimits {
    pub evaluations_at_least: u16,
    pub points_within: u16,
    pub share: u16,
}

/// A mean that lies so far from that of so many others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlierLimits {
    pub ratings_at_least: u16,
    pub raters_at_least: u16,
    pub points_apart: u16,
}

/// Low in itself and beside what others got, and soon after an act of these kinds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LowAfterLimits {
    pub days: u16,
    pub after: Vec<String>,
    pub points_below: u16,
    pub points_apart: u16,
    pub others_at_least: u16,
}

/// Such a share of so many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareLimits {
    pub evaluations_at_least: u16,
    pub share: u16,
}

/// Low ratings that have stood so long without a reply.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyLimits {
    pub evaluations_at_least: u16,
    pub points_below: u16,
    pub days: u16,
    pub share: u16,
}

/// Where the ends of the scale begin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndsLimits {
    pub evaluations_at_least: u16,
    pub score_low: u8,
    pub score_high: u8,
    pub share: u16,
}

/// So many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountLimits {
    pub evaluations_at_least: u16,
}

/// Two evaluations show nothing: an edition that made anything of them would point at chance.
const EVALUATIONS_MIN: u16 = 3;
const PER_CENT_MAX: u16 = 100;
const SCORE_MAX: u16 = 100;

impl FairnessTerms {
    /// Whether the edition has none.
    pub fn is_silent(&self) -> bool {
        self.window.rule.is_silent()
    }

    /// Why they can't be kept, if they can't.
    pub(super) fn fault(&self) -> Option<String> {
        if self.is_silent() {
            return None;
        }
        let counts = [
            self.mutual_praise.limits.evaluations_at_least,
            self.sides_alike.limits.evaluations_at_least,
            self.raters_alike.limits.evaluations_at_least,
            self.outlier.limits.raters_at_least,
            self.low_after_dispute.limits.others_at_least,
            self.low_after_low.limits.others_at_least,
            self.silence.limits.evaluations_at_least,
            self.withholding.limits.evaluations_at_least,
            self.no_reply.limits.evaluations_at_least,
            self.ends.limits.evaluations_at_least,
            self.one_score.limits.evaluations_at_least,
            self.corrected.limits.evaluations_at_least,
        ];
        if counts.into_iter().any(|count| count < EVALUATIONS_MIN) || self.outlier.limits.ratings_at_least == 0 {
            return Some(format!("an indicator rests on {EVALUATIONS_MIN} evaluations at least"));
        }
        let shares = [
            self.mutual_praise.limits.share,
            self.sides_alike.limits.share,
            self.raters_alike.limits.share,
            self.silence.limits.share,
            self.withholding.limits.share,
            self.no_reply.limits.share,
            self.ends.limits.share,
            self.corrected.limits.share,
        ];
        if shares.into_iter().any(|share| share == 0 || share > PER_CENT_MAX) {
            return Some("a share is 1 to 100 per cent".to_owned());
        }
        let points = [
            self.mutual_praise.limits.points_from,
            self.sides_alike.limits.points_within,
            self.raters_alike.limits.points_within,
            self.outlier.limits.points_apart,
            self.low_after_dispute.limits.points_below,
            self.low_after_dispute.limits.points_apart,
            self.low_after_low.limits.points_below,
            self.low_after_low.limits.points_apart,
            self.no_reply.limits.points_below,
            self.ends.limits.score_high.into(),
        ];
        let EndsLimits { score_low, score_high, .. } = self.ends.limits;
        (points.into_iter().any(|points| points > SCORE_MAX) || score_low >= score_high)
            .then(|| "points are 0 to 100, and a scale has two ends".to_owned())
    }

    /// Every rule, with its days where it counts some.
    pub fn rules(&self) -> [(&Rule, Option<u16>); 13] {
        let (after_dispute, after_low) = (&self.low_after_dispute, &self.low_after_low);
        [
            (&self.window.rule, Some(self.window.days)),
            (&self.mutual_praise.rule, None),
            (&self.sides_alike.rule, None),
            (&self.raters_alike.rule, None),
            (&self.outlier.rule, None),
            (&after_dispute.rule, Some(after_dispute.limits.days)),
            (&after_low.rule, Some(after_low.limits.days)),
            (&self.silence.rule, None),
            (&self.withholding.rule, None),
            (&self.no_reply.rule, Some(self.no_reply.limits.days)),
            (&self.ends.rule, None),
            (&self.one_score.rule, None),
            (&self.corrected.rule, None),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::law::Editions;

    #[test]
    fn no_edition_points_at_two_evaluations() {
        let shipped = &Editions::newest().fairness;
        assert_eq!(shipped.fault(), None);
        let mut few = shipped.clone();
        few.silence.limits.evaluations_at_least = 2;
        assert!(few.fault().unwrap().contains('3'));
        let mut all = shipped.clone();
        all.silence.limits.share = 101;
        assert!(all.fault().is_some());
        let mut flat = shipped.clone();
        flat.ends.limits.score_low = flat.ends.limits.score_high;
        assert!(flat.fault().is_some());
        let first = Editions::shipped()[0].fairness.clone();
        assert!(first.is_silent() && first.fault().is_none());
    }
}
