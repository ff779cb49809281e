//! How the organisations come in: everybody registers with a key of their own, and is confirmed by who may do so.

use crate::demo::cast::{Cast, PLAYERS, Player, Who};
use crate::demo::days::{Days, morning};
use crate::demo::papers::{CHANGE_NOTICE, DIVISION_NOTICE};
use crate::demo::phrase::literal;
use crate::demo::stage::{Cue, Posting};
use crate::field::Instant;
use crate::ledger::Ledger;
use crate::organisation::{
    Act, ClaimsClearing, Confirmation, Ending, EndingGround, KeyAddition, KeyRevocation, Registration, Reinstatement,
    Renaming, RepresentativeChange, RevocationReason, Role, RoleGrant, Suspension, possession_header,
};
use crate::record::{Disclosure, PrivateKey, Record};
use crate::world::Stream;
use chrono::NaiveDate;

/// Working days before the present on which the faker of `LYJY-020` is suspended: after the award.
const SUSPENDED_BACK: usize = 3;

/// The records about organisations, from the first working day after the log was opened.
pub fn cues(days: &Days, start: Instant, cast: &Cast, ledger: &Ledger) -> Vec<(Instant, Cue)> {
    let first = days.after(start.shanghai_day(), 1);
    let mut desk = Desk { now: morning(first, 0), cues: Vec::new() };
    for player in &PLAYERS {
        let key = match player.who {
            Who::Agency => &cast.agency_first,
            who => cast.key(who),
        };
        desk.registers(player, key);
        if player.who == Who::Yunhe {
            // Anybody may claim a code; the genuine key's thumbprint was shown at the counter.
            desk.registers(player, &cast.impostor);
            let (keeps, reason) = (Some(key.key_id()), literal("有人冒用该代码登记，已在柜台核对密钥指纹"));
            desk.posts(cast.key(Who::Province), player.who, ClaimsClearing { keeps, reason });
        }
        let by = player.admitted_by.map_or_else(|| ledger.operator_key(), |who| admitting_key(cast, who));
        desk.posts(by, player.who, Confirmation { kid: key.key_id(), roles: vec![player.role], code_document: None });
    }

    desk.now = morning(days.after(first, 1), 20);
    let province = cast.key(Who::Province);
    let (new, old) = (cast.key(Who::Agency), &cast.agency_first);
    let header = possession_header(new.key_id(), &ledger.origin(), &Stream::of(&Who::Agency.id()), desk.now);
    let possession = literal(&Record::sign(new, &header, b"").detached());
    desk.posts(old, Who::Agency, KeyAddition { key: new.public().to_jwk(), possession });
    let (kid, reason, effective) = (old.key_id(), RevocationReason::Superseded, desk.now);
    desk.posts(new, Who::Agency, KeyRevocation { kid, reason, effective });
    // It may also run tenders by itself (部门集中采购).
    desk.posts(province, Who::Health, RoleGrant { role: Role::Centre });
    let reason = literal("登记的经营范围与营业执照不一致，限期更正");
    desk.posts(cast.key(Who::City), Who::Bianhe, Suspension { reason, until: None });

    desk.now = morning(days.after(first, 2), 35);
    desk.posts(cast.key(Who::City), Who::Bianhe, Reinstatement { reason: literal("已更正登记信息") });

    desk.registry_changes(days, first, cast);

    desk.now = morning(days.back(SUSPENDED_BACK), 5);
    let reason = literal("LYJY-020 投标业绩弄虚作假，经合同所称采购人证伪（招标投标法第五十四条）");
    let until = Some(days.ahead(240).into());
    desk.posts(province, Who::Heluo, Suspension { reason, until });
    desk.cues
}

/// The key with which somebody confirms on the first day.
fn admitting_key(cast: &Cast, who: Who) -> &PrivateKey {
    if who == Who::Agency { &cast.agency_first } else { cast.key(who) }
}

/// A registration desk: one record after the other.
struct Desk {
    now: Instant,
    cues: Vec<(Instant, Cue)>,
}

const NEXT_MILLIS: i64 = 4 * 60_000 + 13_000;

impl Desk {
    fn registers(&mut self, player: &Player, key: &PrivateKey) {
        let registration = Registration {
            id: player.who.id(),
            name: literal(player.name),
            key: key.public().to_jwk(),
            roles: vec![player.role],
            region: Some(literal(player.region)),
            code_as_issued: false,
        };
        self.posts(key, player.who, registration);
    }

    /// A firm gets another name and another head, and is divided into two others a month later.
    fn registry_changes(&mut self, days: &Days, first: NaiveDate, cast: &Cast) {
        let (city, about, changed) = (cast.key(Who::City), Who::Longting, days.after(first, 3));
        self.now = morning(changed, 15);
        let (name, document) = (literal("开封龙亭城市服务有限公司（示例）"), CHANGE_NOTICE.cited());
        self.posts(city, about, Renaming { name, document: document.clone(), effective: changed.into() });
        let representative = Disclosure::new("legal_representative", &"张望舒（示例）".into()).sealed();
        self.posts(city, about, RepresentativeChange { representative, document, effective: changed.into() });
        let divided = days.after(first, 20);
        self.now = morning(divided, 15);
        let (ground, successors) = (EndingGround::Divided, vec![Who::Bianhe.id(), Who::Jinshui.id()]);
        let document = DIVISION_NOTICE.cited();
        self.posts(city, about, Ending { ground, successors, document, effective: divided.into() });
    }

    fn posts(&mut self, key: &PrivateKey, about: Who, act: impl Into<Act>) {
        let posting = Posting { key: key.clone(), stream: Stream::of(&about.id()), act: act.into().into() };
        self.cues.push((self.now, Cue::Post(Box::new(posting))));
        self.now = self.now.plus_millis(NEXT_MILLIS);
    }
}
