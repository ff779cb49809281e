//! Credit: objections to what counts, and rulings on them. Grades come with what is due.

use super::words::read;
use super::{By, Draft, Scene};
use crate::plan::Intent;
use crate::seam;
use gongshi::act::Acts;
use gongshi::credit::{Act, CreditObjection, CreditObjectionPhase, CreditObjectionRuling, ObjectionFate};
use gongshi::organisation::Role;

pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Option<Draft> {
    let who = scene.cast.player(intent.which).id.clone();
    let found = seam::credit(scene.world, &who);
    let open = found.and_then(|credit| {
        credit.objections.iter().find(|objection| matches!(objection.phase, CreditObjectionPhase::Open(_)))
    });
    let kind = match (intent.sensible, open) {
        (false, _) => scene.dice.pick(Act::KINDS),
        (true, Some(_)) => "credit.objection_ruled",
        (true, None) => "credit.objected",
    };
    let documents = scene.documents();
    let (act, by): (Act, By) = match kind {
        "credit.objected" => {
            let entries: Vec<u64> = found.map(|credit| credit.counted.keys().copied().collect()).unwrap_or_default();
            let entry = scene.dice.one_of(&entries).copied().unwrap_or(7);
            let id = read(&format!("o-{}", found.map_or(0, |credit| credit.objections.len())));
            let statement = scene.prose("与事实不符");
            let objection = CreditObjection { id, entry, statement, documents, numbers_confirmed: None };
            (objection.into(), By::Player(intent.which))
        }
        "credit.objection_ruled" => {
            let objection = open.map_or_else(|| read("o-0"), |objection| objection.id.clone());
            let fate = scene.dice.pick(&[ObjectionFate::Kept, ObjectionFate::Struck]);
            let reasons = scene.prose("经核实");
            let ruling = CreditObjectionRuling { objection, fate, reasons, documents, numbers_confirmed: None };
            (ruling.into(), scene.player(Role::Supervisor))
        }
        // The last one once more: it is never due.
        _ => (found?.last.clone().into(), By::Service),
    };
    Some(Draft { stream: seam::credit_stream(&who), act: act.into(), by })
}
