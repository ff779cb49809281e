//! Who buys is judged by those who sell to it; and who says nothing leaves the other's word standing.

use super::evaluating::WON;
use super::stage::Stage;
use super::support::Engine;
use gongshi::evaluation::{Rating, RatingVerification};
use gongshi::field::Citations;
use gongshi::organisation::Role;
use gongshi::template::Side;
use serde_json::Value;

async fn a_unit_is_graded_down_by_its_suppliers(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (app, centre, supervisor) = (&stage.app, &stage.cast.centre, &stage.cast.supervisor);
    let third = app.admit("91410100MA9F00007Y", Role::Enterprise, supervisor).await;
    let raters = [stage.cast.enterprise.clone(), stage.cast.rival.clone(), third];
    let credit = async || app.get(&format!("/v1/organisations/{}/credit", centre.id)).await.body;
    let proof: Citations =
        serde_json::from_value(serde_json::json!([app.notice(supervisor, "逾期付款的凭证").await])).unwrap();
    let mut ratings = Vec::new();
    for (at, rater) in raters.iter().enumerate() {
        let id = stage.year_over(&format!("c-{at}"), rater).await;
        let mut rating = stage.rating(&id, Side::Enterprise, 40).await;
        for line in &mut rating.scores {
            (line.reasons, line.documents) = (Some("验收后长期不付款".parse().unwrap()), proof.clone());
        }
        stage.seals(rater, &id, Side::Enterprise, &rating).await;
        ratings.push((id, rating));
    }
    app.days_pass(20).await;
    for (rater, (id, rating)) in raters.iter().zip(&ratings) {
        stage.evaluate(rater, id, "ratings", Rating::clone(rating)).await.accepted();
    }
    app.days_pass(1).await;
    app.ledger.grade_due().await.unwrap();
    assert_eq!(credit().await["grade"], "B", "what nobody has looked into counts for nothing");
    for (id, _) in &ratings {
        let (rater, reasons, documents) = (Side::Enterprise, "凭证属实".parse().unwrap(), Citations::default());
        let verification = RatingVerification { rater, reasons, documents, numbers_confirmed: None };
        stage.evaluate(supervisor, id, "verifications", verification).await.accepted();
    }
    app.days_pass(1).await;
    app.ledger.grade_due().await.unwrap();
    let down = credit().await;
    assert_eq!(down["grade"], "C", "{down}");
    let sum = down["sums"].as_array().unwrap().iter().find(|sum| sum["conduct"] == "evaluated_poorly").unwrap();
    assert_eq!(
        (&sum["count"], &sum["full"], &sum["rule"]["id"]),
        (&3.into(), &"-9.00".into(), &"CR-RATED-POORLY".into())
    );
    stage.holds().await;
}

/// One side speaks, the other never does: it is recorded as silent, and can't spoil what was said.
async fn one_side_is_silent(engine: Engine) {
    let stage = Stage::awarded(engine).await;
    let (centre, enterprise) = (stage.cast.centre.clone(), stage.cast.enterprise.clone());
    stage.app.ledger.propose_due().await.unwrap();
    let said = stage.rating(WON, Side::Enterprise, 70).await;
    stage.seals(&enterprise, WON, Side::Enterprise, &said).await;
    stage.app.days_pass(20).await;
    // Too late for the other side, and in time for this one.
    let late = stage.rating(WON, Side::Unit, 10).await;
    let seal = gongshi::evaluation::RatingSeal {
        seal: gongshi::evaluation::sealed(&super::evaluating::stream(WON), Side::Unit, &late),
    };
    assert_eq!(stage.evaluate(&centre, WON, "seals", seal).await.status, 409);
    stage.evaluate(&enterprise, WON, "ratings", said).await.accepted();
    let view = stage.evaluation(WON).await;
    let of = |side: &str| (view[side]["status"].clone(), view[side]["points"].clone());
    assert_eq!(of("by_unit"), ("silent".into(), Value::Null), "{view}");
    assert_eq!(of("by_enterprise").1, 7000, "{view}");
    stage.holds().await;
}

on_both! {
    a_unit_is_graded_down_by_its_suppliers: a_unit_is_graded_down_on_sqlite a_unit_is_graded_down_on_postgres;
    one_side_is_silent: one_side_is_silent_on_sqlite one_side_is_silent_on_postgres;
}
