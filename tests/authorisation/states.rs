//! The states that are asked about, and how each comes about.

use super::acts;
use super::cast::Who;
use super::stage::{DAY, HOUR, Stage, about};
use serde_json::json;

/// What is acted on: a table of its own.
pub struct Subject {
    pub about: &'static str,
    pub kinds: &'static str,
    /// Letter, name, meaning.
    pub states: &'static [(char, &'static str, &'static str)],
    pub enter: fn(&str) -> Stage,
}

impl Subject {
    /// The rows, in the order of the table.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.split_whitespace()
    }

    pub fn stage(&self, state: &str) -> Stage {
        (self.enter)(state)
    }
}

#[rustfmt::skip]
pub static SUBJECTS: [Subject; 11] = [
    LOG, ORGANISATION, SUPERVISOR, OPERATOR, TEMPLATE, TENDER, COMMITMENT, EVALUATION, CREDIT, ACCESS, super::deposits::DEPOSIT,
];

const LOG: Subject = Subject {
    about: "the log",
    kinds: "log.opened log.checkpoint_key_added log.checkpoint_key_retired log.service_key_added
            log.service_key_revoked log.continued log.law_adopted",
    states: &[('0', "none", "no record yet"), ('o', "open", "opened; two keys of each kind")],
    enter: |state| {
        if state == "none" {
            return Stage::empty();
        }
        let mut stage = Stage::with_everybody();
        for kind in ["log.checkpoint_key_added", "log.service_key_added"] {
            acts::done(&mut stage, Who::Operator, kind);
        }
        stage
    },
};

const ORGANISATION: Subject = Subject {
    about: "an organisation: nobody yet, or an enterprise",
    kinds: "organisation.registered organisation.confirmed#enterprise organisation.confirmed#centre
            organisation.confirmed#procuring_unit organisation.confirmed#auditor organisation.confirmed#supervisor
            organisation.confirmed#centre+enterprise organisation.claims_cleared
            organisation.role_granted#centre organisation.role_granted#procuring_unit
            organisation.role_granted#auditor organisation.role_granted#supervisor organisation.suspended
            organisation.reinstated organisation.renamed organisation.representative_changed organisation.ended#merged
            organisation.ended#deregistered key.added key.revoked key.revoked#earlier key.revoked#ahead key.revoked#before",
    states: &[
        ('u', "unregistered", "unregistered: it is the stranger"),
        ('p', "pending", "registered: it is the one pending"),
        ('c', "confirmed", "an enterprise: it is the rival, with two keys"),
        ('s', "suspended", "suspended: it is the one suspended, until a day"),
        ('r', "revoked", "an enterprise: the rival, one of its keys is revoked"),
        ('e', "ended", "an enterprise that was deregistered: the rival, with two keys"),
        ('l', "lost", "all its keys are revoked, and it registered again: the rival"),
    ],
    enter: organisation,
};

fn organisation(state: &str) -> Stage {
    let mut stage = Stage::with_everybody();
    stage.subject = match state {
        "unregistered" => Who::Stranger,
        "pending" => Who::Pending,
        "suspended" => Who::Suspended,
        _ => Who::Rival,
    };
    match state {
        "suspended" => {
            acts::done(&mut stage, Who::Supervisor, "organisation.reinstated");
            let suspension = json!({"reason": "调查期间", "until": stage.day(3)});
            stage.act(Who::Supervisor, "organisation.suspended", &about(Who::Suspended), &suspension);
        }
        "ended" => {
            acts::done(&mut stage, Who::Rival, "key.added");
            acts::done(&mut stage, Who::Supervisor, "organisation.ended#deregistered");
        }
        "confirmed" => acts::done(&mut stage, Who::Rival, "key.added"),
        "revoked" => {
            acts::done(&mut stage, Who::Rival, "key.added");
            stage.later(DAY);
            acts::revoked(&mut stage, Who::Supervisor, &Who::Rival.another_key());
            stage.later(HOUR);
        }
        "lost" => {
            acts::revoked(&mut stage, Who::Supervisor, &Who::Rival.key());
            acts::registered_again(&mut stage, Who::Rival);
        }
        _ => {}
    }
    stage
}

const SUPERVISOR: Subject = Subject {
    about: "a supervisor",
    kinds: "organisation.confirmed#supervisor organisation.claims_cleared organisation.role_granted#enterprise
            organisation.role_granted#auditor organisation.suspended organisation.reinstated organisation.renamed
            organisation.ended#deregistered key.added key.revoked",
    states: &[
        ('f', "founding", "pending, on the day of the first supervisor"),
        ('p', "pending", "pending, later: it is the one pending"),
        ('c', "confirmed", "a supervisor among several: the colleague"),
        ('s', "suspended", "suspended: the colleague"),
        ('1', "last", "the only one who can act: the colleague"),
        ('n', "none", "pending, and no supervisor can act"),
    ],
    enter: |state| {
        let mut stage = Stage::with_everybody();
        stage.subject = if matches!(state, "founding" | "pending" | "none") { Who::Pending } else { Who::Colleague };
        let suspend = |stage: &mut Stage, who: Who| {
            stage.act(Who::Operator, "organisation.suspended", &about(who), &json!({"reason": "调查期间"}));
        };
        match state {
            "founding" => stage.later(-2 * DAY),
            "suspended" => suspend(&mut stage, Who::Colleague),
            "last" | "none" => [Who::Supervisor, Who::Partial].into_iter().for_each(|who| suspend(&mut stage, who)),
            _ => {}
        }
        if state == "none" {
            stage.subject = Who::Colleague;
            acts::revoked(&mut stage, Who::Operator, &Who::Colleague.key());
            stage.subject = Who::Pending;
        }
        stage
    },
};

const OPERATOR: Subject = Subject {
    about: "the operator",
    kinds: "organisation.registered organisation.confirmed#enterprise organisation.role_granted#supervisor
            organisation.role_granted#centre organisation.role_granted#procuring_unit
            organisation.role_granted#enterprise organisation.role_granted#auditor organisation.suspended
            organisation.reinstated key.added key.revoked",
    states: &[('c', "confirmed", "since the log was opened, with two keys")],
    enter: |_| {
        let mut stage = Stage::with_everybody();
        stage.subject = Who::Operator;
        acts::done(&mut stage, Who::Operator, "key.added");
        stage
    },
};

const TEMPLATE: Subject = Subject {
    about: "a template",
    kinds: "template.published",
    states: &[('0', "none", "none yet"), ('1', "published", "published")],
    enter: |state| {
        let mut stage = Stage::with_everybody();
        if state == "published" {
            acts::done(&mut stage, Who::Supervisor, "template.published");
        }
        stage
    },
};

const TENDER: Subject = Subject {
    about: "a tender of the centre for the unit; two bid; the partial supervisor brought a tip and a challenge",
    kinds:
        "tender.preannounced tender.preannounced#other tender.adopted tender.adopted#own tender.preannouncement_revised
            tender.objected tender.objection_answered tender.objection_escalated tender.objection_escalated#tip
            tender.objection_ruled tender.objection_ruled#tip tender.objection_withdrawn
            tender.objection_withdrawn#tip tender.window_closed tender.cleared tender.announced tender.clarified
            tender.amended tender.bids_opened tender.suspended tender.resumed tender.terminated tender.failed
            tender.deadline_passed tender.period_reopened tender.period_reopened#candidates
            tender.candidates_published tender.candidates_published#own award.challenged award.challenge_answered
            award.claim_verified award.claim_refuted tender.awarded contract.published contract.amended
            contract.accepted tender.closed",
    states: &[
        ('0', "none", "none yet"),
        ('d', "disclosed", "disclosed before the call"),
        ('o', "objected", "the bidder objected, and the partial supervisor"),
        ('a', "answered", "both objections are answered"),
        ('e', "escalated", "both objections are escalated"),
        ('c', "cleared", "both are ruled on, the window is over"),
        ('s', "suspended", "suspended then"),
        ('n', "announced", "announced"),
        ('m', "deadline", "the day of the opening"),
        ('b', "opened", "bids are opened"),
        ('k', "candidates", "candidates are published, the partial supervisor challenged the result"),
        ('g', "decided", "the challenge is answered, the time for others over"),
        ('w', "awarded", "awarded"),
        ('t', "contracted", "contract published"),
        ('x', "accepted", "accepted: closed when the service says so"),
        ('z', "terminated", "terminated"),
    ],
    enter: tender,
};

/// A state, and how it comes about from the one before it.
type Step<'a> = (&'a str, &'a dyn Fn(&mut Stage));

/// The way of a tender: each state is reached from the one before it.
fn tender(state: &str) -> Stage {
    use Who::{Bidder, Centre, Partial, Supervisor};
    const T: &str = acts::TENDER;
    let mut stage = Stage::with_everybody();
    let way: [Step<'_>; 14] = [
        ("none", &|_| {}),
        ("disclosed", &|stage| acts::done(stage, Centre, "tender.preannounced")),
        ("objected", &|stage| {
            acts::objected(stage, Bidder, "o-1");
            acts::objected(stage, Partial, "o-tip");
        }),
        ("answered", &|stage| ["", "#tip"].iter().for_each(|tip| acts::answered(stage, Centre, tip))),
        ("escalated", &|stage| {
            acts::done(stage, Bidder, "tender.objection_escalated");
            acts::done(stage, Partial, "tender.objection_escalated#tip");
        }),
        ("cleared", &|stage| {
            acts::done(stage, Supervisor, "tender.objection_ruled");
            acts::done(stage, Supervisor, "tender.objection_ruled#tip");
            stage.wait_for("tender.cleared", T);
        }),
        ("announced", &|stage| acts::done(stage, Centre, "tender.announced")),
        ("deadline", &|stage| stage.later(2 * DAY)),
        ("opened", &|stage| acts::done(stage, Centre, "tender.bids_opened")),
        ("candidates", &|stage| {
            acts::done(stage, Centre, "tender.candidates_published");
            acts::done(stage, Partial, "award.challenged");
        }),
        ("decided", &|stage| {
            acts::done(stage, Centre, "award.challenge_answered");
            stage.later(9 * DAY);
        }),
        ("awarded", &|stage| acts::done(stage, Centre, "tender.awarded")),
        ("contracted", &|stage| acts::done(stage, Centre, "contract.published")),
        ("accepted", &|stage| acts::done(stage, Centre, "contract.accepted")),
    ];
    let before = match state {
        "suspended" => "cleared",
        "terminated" => "announced",
        state => state,
    };
    for (name, enter) in way {
        enter(&mut stage);
        if name == before {
            break;
        }
    }
    match state {
        "suspended" => acts::done(&mut stage, Supervisor, "tender.suspended"),
        "terminated" => acts::done(&mut stage, Centre, "tender.terminated"),
        _ => {}
    }
    stage
}

const COMMITMENT: Subject = Subject {
    about: "a commitment that the unit offers to the bidder, for a lot; the partial supervisor reports a breach",
    kinds: "commitment.offered commitment.accepted commitment.declined commitment.lapsed commitment.breach_reported
            commitment.breach_answered commitment.deadline_passed commitment.breach_ruled commitment.breach_appealed
            commitment.appeal_ruled commitment.period_reopened commitment.period_reopened#appeal",
    states: &[
        ('0', "none", "none yet"),
        ('f', "offered", "offered"),
        ('v', "declined", "declined"),
        ('y', "lapsed", "lapsed"),
        ('e', "effective", "signed by both"),
        ('r', "reported", "a breach by the bidder is reported"),
        ('a', "answered", "it is answered"),
        ('d', "ruled", "it is ruled on"),
        ('q', "over", "the time for an appeal is over"),
        ('p', "appealed", "the ruling is appealed"),
        ('z', "final", "the appeal is ruled on"),
    ],
    enter: |state| {
        use Who::{Bidder, Centre, Colleague, Partial, Supervisor, Unit};
        let mut stage = Stage::with_everybody();
        acts::done(&mut stage, Supervisor, "template.published");
        acts::done(&mut stage, Centre, "tender.preannounced");
        let way = [
            ("none", None),
            ("offered", Some((Unit, "commitment.offered"))),
            ("effective", Some((Bidder, "commitment.accepted"))),
            ("reported", Some((Partial, "commitment.breach_reported"))),
            ("answered", Some((Bidder, "commitment.breach_answered"))),
            ("ruled", Some((Supervisor, "commitment.breach_ruled"))),
            ("appealed", Some((Bidder, "commitment.breach_appealed"))),
            ("final", Some((Colleague, "commitment.appeal_ruled"))),
        ];
        let before = match state {
            "declined" | "lapsed" => "offered",
            "over" => "ruled",
            state => state,
        };
        for (name, step) in way {
            if let Some((who, kind)) = step {
                acts::done(&mut stage, who, kind);
            }
            if name == before {
                break;
            }
        }
        match state {
            "declined" => acts::done(&mut stage, Bidder, "commitment.declined"),
            "lapsed" => stage.wait_for("commitment.lapsed", acts::COMMITMENT),
            "over" => stage.later(60 * DAY),
            _ => {}
        }
        stage
    },
};

const EVALUATION: Subject = Subject {
    about: "the evaluation of a commitment of the unit and the bidder for a year; what is judged is the bidder's rating",
    kinds: "commitment.year_ended evaluation.opened evaluation.sealed evaluation.revealed evaluation.deadline_passed
            evaluation.replied evaluation.verified evaluation.corrected evaluation.appealed evaluation.appeal_ruled
            evaluation.period_reopened evaluation.period_reopened#revealing evaluation.period_reopened#appeal",
    states: &[
        ('0', "promised", "the commitment is signed"),
        ('y', "ended", "its year is over"),
        ('o', "opened", "the evaluation is open"),
        ('s', "sealed", "the bidder has sealed"),
        ('w', "waited", "and the time for sealing is over"),
        ('b', "both", "both have sealed"),
        ('x', "withheld", "and the time for revealing is over"),
        ('r', "revealed", "both have revealed"),
        ('c', "corrected", "the supervisor has corrected the bidder's rating"),
        ('q', "over", "the time for an appeal is over"),
        ('p', "appealed", "the correction is appealed"),
        ('z', "final", "the appeal is ruled on"),
    ],
    enter: |state| {
        use Who::{Bidder, Colleague, Service, Supervisor, Unit};
        let mut stage = Stage::with_everybody();
        acts::done(&mut stage, Supervisor, "template.published");
        acts::done(&mut stage, Unit, "commitment.offered#year");
        acts::done(&mut stage, Bidder, "commitment.accepted");
        let way: [(&str, &[(Who, &str)]); 9] = [
            ("promised", &[]),
            ("ended", &[]),
            ("opened", &[(Service, "evaluation.opened")]),
            ("sealed", &[(Bidder, "evaluation.sealed")]),
            ("both", &[(Unit, "evaluation.sealed")]),
            ("revealed", &[(Unit, "evaluation.revealed"), (Bidder, "evaluation.revealed")]),
            ("corrected", &[(Supervisor, "evaluation.corrected")]),
            ("appealed", &[(Bidder, "evaluation.appealed")]),
            ("final", &[(Colleague, "evaluation.appeal_ruled")]),
        ];
        let before = match state {
            "waited" => "sealed",
            "withheld" => "both",
            "over" => "corrected",
            state => state,
        };
        for (name, steps) in way {
            if name == "ended" {
                stage.wait_for("commitment.year_ended", acts::COMMITMENT);
            }
            steps.iter().for_each(|(who, kind)| acts::done(&mut stage, *who, kind));
            if name == before {
                break;
            }
        }
        if matches!(state, "waited" | "withheld" | "over") {
            stage.later(40 * DAY);
        }
        stage
    },
};

const CREDIT: Subject = Subject {
    about: "the credit of the bidder, of whom the supervisor found that it broke a promise",
    kinds: "credit.graded credit.objected credit.objection_ruled",
    states: &[
        ('0', "none", "no grade yet"),
        ('g', "graded", "graded"),
        ('o', "objected", "the bidder objects to what was found"),
        ('z', "struck", "that is struck, and the next grade takes it back"),
    ],
    enter: |state| {
        use Who::{Bidder, Colleague, Service};
        let mut stage = COMMITMENT.stage("ruled");
        stage.later(DAY);
        let way = [
            ("none", None),
            ("graded", Some((Service, "credit.graded"))),
            ("objected", Some((Bidder, "credit.objected"))),
            ("struck", Some((Colleague, "credit.objection_ruled"))),
        ];
        for (name, step) in way {
            if let Some((who, kind)) = step {
                acts::done(&mut stage, who, kind);
            }
            if name == state {
                break;
            }
        }
        if state == "struck" {
            stage.later(DAY);
        }
        stage
    },
};

const ACCESS: Subject = Subject {
    about: "the access of the bidder: the supervisor enters a bar, the partial one what the bidder hands in on paper",
    kinds: "access.barred access.revoked access.objected access.objected#paper access.objection_ruled
            access.repair_applied access.repair_applied#paper access.repair_decided",
    states: &[
        ('0', "none", "none yet"),
        ('b', "barred", "barred"),
        ('o', "objected", "objected to, by the bidder"),
        ('p', "paper", "objected to, on paper"),
        ('d', "ruled", "the objection is dismissed"),
        ('a', "applied", "repair is applied for, on paper"),
        ('r', "repaired", "it is repaired"),
        ('v', "revoked", "it is revoked"),
        ('x', "over", "its time is over"),
    ],
    enter: |state| {
        use Who::{Bidder, Colleague, Partial, Supervisor};
        let mut stage = Stage::with_everybody();
        let way: &[(Who, &str)] = match state {
            "none" => &[],
            "objected" => &[(Supervisor, "access.barred"), (Bidder, "access.objected")],
            "paper" => &[(Supervisor, "access.barred"), (Partial, "access.objected#paper")],
            "ruled" => {
                &[(Supervisor, "access.barred"), (Bidder, "access.objected"), (Colleague, "access.objection_ruled")]
            }
            "applied" => &[(Supervisor, "access.barred"), (Partial, "access.repair_applied#paper")],
            "repaired" => &[
                (Supervisor, "access.barred"),
                (Bidder, "access.repair_applied"),
                (Colleague, "access.repair_decided"),
            ],
            "revoked" => &[(Supervisor, "access.barred"), (Colleague, "access.revoked")],
            _ => &[(Supervisor, "access.barred")],
        };
        way.iter().for_each(|(who, kind)| acts::done(&mut stage, *who, kind));
        if state == "over" {
            stage.later(301 * DAY);
        }
        stage
    },
};
