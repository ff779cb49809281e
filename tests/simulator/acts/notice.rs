//! What a buyer asks: schemes, and notices of deposits.

use super::Scene;
use super::deposit::yuan;
use gongshi::deposit::DepositBook;
use gongshi::field::{ItemId, OrganisationId};
use gongshi::organisation::Role;
use serde_json::{Value, json};

/// Deposits of one payee: so few that acts on them meet.
pub const DEPOSITS: usize = 4;

/// The kind whose holds name their ground.
pub const WAGES: &str = "wages-construction";

pub fn scheme(scene: &mut Scene<'_>) -> Option<Value> {
    let kind = scene.dice.pick(&["bid-tendering", "bid-procurement", "bid-procurement", WAGES, "integrity-deposit"]);
    let id = format!("s-{}", scene.dice.below(4));
    let mut scheme = scheme_of(scene, &id, kind)?;
    scheme["ratio_ppm"] = scene.dice.pick(&[20_000, 10_000, 20_001]).into();
    Some(scheme)
}

pub fn scheme_of(scene: &mut Scene<'_>, id: &str, kind: &str) -> Option<Value> {
    let article = match kind {
        "bid-procurement" => "政府采购法实施条例第三十三条",
        WAGES => "保障农民工工资支付条例第三十二条",
        _ => "招标投标法实施条例第二十六条",
    };
    let mut scheme = json!({
        "id": id, "kind": kind, "name": "投标保证金", "article": article,
        "currency": "CNY", "ratio_ppm": 20_000,
        "forms": ["transfer", "bank_guarantee", "surety_guarantee", "insurance", "electronic_guarantee"],
        "day_count": scene.dice.pick(&["actual_360", "actual_365"]),
        "rates": [{"from": "2020-01-01", "rate_ppm": 15_000}, {"from": "2026-06-15", "rate_ppm": 500}],
        "document": scene.document()?,
    });
    // The law leaves it to the contract.
    if kind == WAGES {
        scheme["refund_days"] = 30.into();
    }
    Some(scheme)
}

pub fn notice(scene: &mut Scene<'_>, book: Option<&DepositBook>) -> Option<Value> {
    let schemes: Vec<&ItemId> = book.map(|book| book.schemes.keys().collect()).unwrap_or_default();
    let scheme = scene.dice.one_of(&schemes).map_or("s-0".to_owned(), |id| id.to_string());
    let payer = scene.cast.with_role(Role::Enterprise, &mut scene.dice);
    let payer = scene.cast.player(payer).id.clone();
    let id = format!("d-{}", scene.dice.below(DEPOSITS));
    let mut notice = new_notice(scene, &id, &scheme, &payer)?;
    notice["required"] = yuan(scene.dice.pick(&[5_000_000, 4_000_000, 10_000_000]));
    notice["pay_by"] = serde_json::to_value(scene.day(5)).ok()?;
    if scene.dice.percent(30) {
        notice["score"] = scene.dice.pick(&[60, 85, 95]).into();
    }
    // Some forget it, and some are ahead of the opening.
    if scene.dice.percent(90) {
        let in_days = scene.dice.between(-4, 2);
        let opened = scene.day(in_days);
        notice["procurement"] = json!({"code": "ZB-1", "opened": opened, "notice": scene.document()?});
    } else if let Some(notice) = notice.as_object_mut() {
        notice.remove("procurement");
    }
    Some(notice)
}

/// Of a procurement of its own.
pub fn new_notice(scene: &mut Scene<'_>, id: &str, scheme: &str, payer: &OrganisationId) -> Option<Value> {
    Some(json!({
        "id": id, "scheme": scheme, "payer": payer, "base": yuan(500_000_000), "required": yuan(4_000_000), "bank": "b-1",
        "pay_by": scene.day(60),
        "procurement": {"code": format!("ZB-{id}"), "opened": scene.day(0), "notice": scene.document()?},
    }))
}
