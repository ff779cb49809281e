//! Tenders: which act comes next, and who would sign it.

use super::words::read;
use super::{By, Draft, Scene, disclosure, result};
use crate::plan::Intent;
use crate::seam;
use gongshi::act::Acts;
use gongshi::field::OrganisationId;
use gongshi::organisation::Role;
use gongshi::tender::{Act, LotPhase, LotState, ObjectionPhase, Phase, Tender};

/// One tender's code and what there is of it.
pub struct Subject<'a> {
    /// The tender's number, on which its nature depends.
    pub at: usize,
    pub state: Option<&'a Tender>,
}

pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Option<Draft> {
    let code = read(&format!("T-{}", intent.which));
    let subject = Subject { at: intent.which, state: seam::tender(scene.world, &code) };
    let kind =
        if intent.sensible { sensible(scene, subject.state) } else { Act::KINDS[scene.dice.below(Act::KINDS.len())] };
    let (act, by) = disclosure::build(scene, &subject, kind).or_else(|| result::build(scene, &subject, kind))?;
    Some(Draft { stream: seam::tender_stream(&code), act: act.into(), by })
}

fn sensible(scene: &mut Scene<'_>, state: Option<&Tender>) -> &'static str {
    let Some(tender) = state else {
        return if scene.dice.percent(12) { "tender.adopted" } else { "tender.preannounced" };
    };
    if tender.is_suspended() {
        return scene.dice.pick(&[
            "tender.resumed",
            "tender.resumed",
            "tender.resumed",
            "tender.objection_answered",
            "tender.objection_ruled",
            "tender.objection_escalated",
            "award.challenge_answered",
            "award.claim_refuted",
        ]);
    }
    if scene.dice.percent(4) {
        return scene.dice.pick(&["tender.suspended", "tender.suspended", "tender.suspended", "tender.terminated"]);
    }
    if scene.dice.percent(3) {
        return "tender.period_reopened";
    }
    match &tender.phase {
        Phase::Preannounced { waiting } => {
            let over = tender.window.is_none_or(|window| seam::law(scene.world).is_over(window, scene.now));
            window(scene, tender, *waiting || over)
        }
        Phase::Cleared => scene.dice.pick(&[
            "tender.announced",
            "tender.announced",
            "tender.announced",
            "tender.announced",
            "tender.objected",
            "tender.objection_escalated",
            "tender.preannouncement_revised",
        ]),
        Phase::Announced => match scene.dice.one_of(&tender.lots) {
            Some(lot) => of_lot(scene, tender, lot),
            None => "tender.clarified",
        },
        Phase::Terminated | Phase::Closed => scene.after_the_end(Act::KINDS),
    }
}

/// While objections are heard.
fn window(scene: &mut Scene<'_>, tender: &Tender, over: bool) -> &'static str {
    let open = tender.objections.iter().any(|objection| !objection.phase.is_dealt_with());
    let answered = |phase: &ObjectionPhase| matches!(phase, ObjectionPhase::Answered { .. });
    if open {
        return scene.dice.pick(&[
            "tender.objection_answered",
            "tender.objection_answered",
            "tender.objection_ruled",
            "tender.objection_withdrawn",
            "tender.objection_escalated",
            "tender.objected",
        ]);
    }
    if tender.objections.iter().any(|objection| answered(&objection.phase)) && scene.dice.percent(20) {
        return "tender.objection_escalated";
    }
    match (over, tender.revision_required) {
        (_, true) => "tender.preannouncement_revised",
        (false, false) => scene.dice.pick(&[
            "tender.objected",
            "tender.objected",
            "tender.objected",
            "tender.preannouncement_revised",
            "tender.announced",
        ]),
        (true, false) => scene.dice.pick(&["tender.announced", "tender.objected", "tender.cleared"]),
    }
}

fn of_lot(scene: &mut Scene<'_>, tender: &Tender, lot: &LotState) -> &'static str {
    if scene.dice.percent(3) {
        return "tender.failed";
    }
    let today = scene.now.shanghai_day();
    match &lot.phase {
        LotPhase::Waiting { .. } if tender.bid_deadline.is_none_or(|deadline| deadline.day().date() <= today) => {
            "tender.bids_opened"
        }
        LotPhase::Waiting { .. } => {
            scene.dice.pick(&["tender.clarified", "tender.amended", "tender.amended", "tender.bids_opened"])
        }
        LotPhase::Opened => "tender.candidates_published",
        LotPhase::Candidates { window } => {
            let open = lot.challenges.iter().any(|challenge| challenge.answer.is_none());
            match (open, seam::law(scene.world).is_over(*window, scene.now)) {
                (true, _) if scene.dice.percent(60) => "award.challenge_answered",
                (false, true) if scene.dice.percent(80) => "tender.awarded",
                _ => scene.dice.pick(&[
                    "award.challenged",
                    "award.challenged",
                    "award.claim_verified",
                    "award.claim_refuted",
                    "tender.candidates_published",
                ]),
            }
        }
        LotPhase::Awarded if lot.awards.len() < tender.winners_max(lot) && scene.dice.percent(50) => "tender.awarded",
        LotPhase::Awarded => scene.dice.pick(&["contract.published", "contract.published", "contract.amended"]),
        LotPhase::Contracted => scene.dice.pick(&["contract.amended", "contract.accepted", "contract.accepted"]),
        LotPhase::Accepted | LotPhase::Failed => scene.after_the_end(Act::KINDS),
    }
}

impl Subject<'_> {
    /// The centre that runs it, and will run it once it is there.
    pub fn centre(&self, scene: &Scene<'_>) -> usize {
        self.state.and_then(|tender| scene.cast.position(&tender.centre)).unwrap_or(4 + self.at % 2)
    }

    /// Half of the units have a code.
    pub fn unit(&self, scene: &Scene<'_>) -> Option<OrganisationId> {
        (!self.at.is_multiple_of(3)).then(|| scene.cast.player(6 + self.at % 2).id.clone())
    }

    /// Its centre or its procuring unit.
    pub fn runner(&self, scene: &mut Scene<'_>) -> By {
        let unit = self.state.and_then(|tender| tender.procuring_unit.id.as_ref());
        let unit = unit.and_then(|id| scene.known(id)).filter(|_| scene.dice.percent(25));
        unit.unwrap_or_else(|| By::Player(self.centre(scene)))
    }

    /// A lot that there is, mostly.
    pub fn lot(&self, scene: &mut Scene<'_>, wanted: impl Fn(&LotPhase) -> bool) -> gongshi::field::LotId {
        let lots: Vec<&LotState> = self.state.iter().flat_map(|tender| &tender.lots).collect();
        let fitting: Vec<&LotState> = lots.iter().copied().filter(|lot| wanted(&lot.phase)).collect();
        let from = if scene.dice.percent(90) && !fitting.is_empty() { &fitting } else { &lots };
        match scene.dice.one_of(from) {
            Some(lot) if scene.dice.percent(98) => lot.id.clone(),
            _ => read("9"),
        }
    }
}

/// An enterprise, or a supervisor on behalf of a tip.
pub fn complainant(scene: &mut Scene<'_>) -> By {
    let role = scene.dice.pick(&[Role::Enterprise, Role::Enterprise, Role::Enterprise, Role::Supervisor]);
    scene.player(role)
}
