//! Templates: one of the model texts, or another version of it.

use super::words::read;
use super::{Draft, Scene};
use crate::plan::Intent;
use crate::seam;
use gongshi::organisation::Role;
use gongshi::template::{Act, models};

pub const NAMES: [&str; 3] = ["construction", "government-procurement", "annual-framework"];

pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Draft {
    let model = if intent.sensible { intent.which } else { scene.dice.below(3) };
    let mut text = models()[model % 3].publication();
    text.title.zh = scene.text("廉洁双承诺书");
    if text.unit_clauses.len() > 1 && scene.dice.percent(40) {
        let gone = scene.dice.below(text.unit_clauses.len());
        text.unit_clauses.remove(gone);
    }
    if scene.dice.percent(5) {
        text.enterprise_clauses[0].id = text.unit_clauses[0].id.clone();
    }
    let by = scene.player(Role::Supervisor);
    let id = read(NAMES[intent.which % 3]);
    Draft { stream: seam::template_stream(&id), act: Act::from(text).into(), by }
}
