//! How an organisation was rated by the others: a procuring unit's score shows only from some raters on.

use super::super::projection::{RATINGS_COUNTED_MAX, ratings_of};
use crate::field::OrganisationId;
use crate::http::{Problem, Typed};
use crate::ledger::Ledger;
use crate::problem;
use crate::store::{Row, StoreError};
use crate::template::Side;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How others rated an organisation, by the side on which it stood.
#[derive(Serialize, JsonSchema)]
pub struct StandingView {
    organisation: OrganisationId,
    /// As a procuring side, by enterprises that won.
    as_unit: StandingScore,
    /// By enterprises that bid and lost.
    as_unit_by_losers: StandingScore,
    /// As an enterprise that won.
    as_enterprise: StandingScore,
    /// As an enterprise that bid and lost.
    as_losing_enterprise: StandingScore,
    /// There are older ratings that are not counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_cut: bool,
}

/// The mean of what raters gave: of the ratings of each first, then of the raters.
#[derive(Serialize, JsonSchema)]
pub struct StandingScore {
    /// Different organisations.
    raters: u64,
    ratings: u64,
    /// Hundredths of a point, rounded down; absent where there is none, or there are too few raters.
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<u64>,
    /// As many different raters are needed before the score is shown, and the rule that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    raters_needed: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

/// Ratings by rater: how many, and the sum of their points.
type ByRater = BTreeMap<String, (u64, u64)>;

impl StandingScore {
    fn of(raters: Option<&ByRater>, needed: Option<(u16, &str)>) -> Self {
        let means = || raters.into_iter().flat_map(BTreeMap::values).map(|(count, sum)| sum / count);
        let count = means().count() as u64;
        let is_shown = needed.is_none_or(|(needed, _)| count >= u64::from(needed));
        Self {
            raters: count,
            ratings: raters.into_iter().flat_map(BTreeMap::values).map(|(count, _)| count).sum(),
            points: if is_shown { means().sum::<u64>().checked_div(count) } else { None },
            raters_needed: needed.map(|(needed, _)| needed),
            rule: needed.map(|(_, rule)| rule.to_owned()),
        }
    }
}

pub struct StandingApi(pub(super) Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/evaluations", tag = "super::Tag::Evaluations")]
impl StandingApi {
    /// 被评价情况: how others rated an organisation. A unit's score is shown only from several raters on, and those who lost
    /// are counted apart.
    #[oai(path = "/standings/:organisation", method = "get", operation_id = "getStanding")]
    async fn standing(&self, organisation: Path<OrganisationId>) -> Result<Typed<StandingView>, Problem> {
        let adopted = self.0.law_before(0).await?;
        let law = crate::law::Law::new(&adopted).ok_or_else(|| Problem::of(&problem::UNAVAILABLE))?;
        let rule = &law.edition().evaluation.raters;
        let rows = ratings_of(&self.0.database, &organisation.0).await?;
        let counted = rows.iter().take(RATINGS_COUNTED_MAX);
        let groups = grouped(counted)?;
        let needed = Some((rule.at_least, rule.rule.id.as_str()));
        let of = |rater: Side, lost| groups.get(&(rater.name(), lost));
        Ok(Typed(StandingView {
            organisation: organisation.0,
            as_unit: StandingScore::of(of(Side::Enterprise, false), needed),
            as_unit_by_losers: StandingScore::of(of(Side::Enterprise, true), needed),
            as_enterprise: StandingScore::of(of(Side::Unit, false), None),
            as_losing_enterprise: StandingScore::of(of(Side::Unit, true), None),
            is_cut: rows.len() > RATINGS_COUNTED_MAX,
        }))
    }
}

/// By the rater's side and whether the enterprise lost.
fn grouped<'a>(rows: impl Iterator<Item = &'a Row>) -> Result<BTreeMap<(&'a str, bool), ByRater>, StoreError> {
    let mut groups: BTreeMap<(&str, bool), ByRater> = BTreeMap::new();
    for row in rows {
        let of_rater = groups.entry((row.text(0)?, row.integer(1)? != 0)).or_default();
        let (count, sum) = of_rater.entry(row.text(2)?.to_owned()).or_default();
        *count += 1;
        *sum += row.unsigned(3)?;
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_raters_are_hidden_and_three_are_shown() {
        let mut raters = ByRater::from([("a".to_owned(), (3, 27_000)), ("b".to_owned(), (1, 6_001))]);
        let needed = Some((3, "EV-RATERS"));
        let two = StandingScore::of(Some(&raters), needed);
        assert_eq!((two.raters, two.ratings, two.points), (2, 4, None));
        raters.insert("c".to_owned(), (1, 9_000));
        let three = StandingScore::of(Some(&raters), needed);
        assert_eq!((three.raters, three.ratings, three.points), (3, 5, Some(8_000)));
        assert_eq!(StandingScore::of(None, None).points, None);
    }
}
