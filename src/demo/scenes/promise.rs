//! The promises of a year: texts are published, both sides sign or don't, and two of them are said to be broken.

use crate::commitment::{
    Acceptance, Act, Appeal, AppealRuling, Binding, Breach, BreachAnswer, BreachFinding, BreachRuling, Decline, Offer,
    YearBinding,
};
use crate::demo::cast::{Cast, Who};
use crate::demo::days::{Days, morning};
use crate::demo::phrase::literal;
use crate::demo::stage::{Cue, Posting, Reply};
use crate::field::{Citations, CommitmentId, Instant, TemplateId};
use crate::template::{self, Model, Side, TemplateRef, models};
use crate::world::Stream;
use chrono::Datelike;

/// Signed by both sides; broken, answered, ruled, appealed.
const SIGNED: &str = "YR-ZZEDU-YUNHE";
/// Signed by both sides; said to be broken, and nobody answers.
const SILENT: &str = "YR-ZZCG-JINSHUI";
const DECLINED: &str = "YR-LYWJ-HELUO";
const LAPSED: &str = "YR-ZZCG-BAIHE";

/// The records about templates and commitments.
pub fn cues(days: &Days, cast: &Cast) -> Vec<(Instant, Cue)> {
    let [construction, procurement, _] = models();
    let mut year = Year { days, cast, now: morning(days.back(60), 0), cues: Vec::new() };
    for model in models() {
        year.publishes(Who::Province, model);
    }

    year.on(58);
    year.offers(Who::Education, SIGNED, construction, (Who::Education, Who::Yunhe));
    year.accepts(Who::Yunhe, SIGNED);
    // Either side may begin.
    year.offers(Who::Jinshui, SILENT, procurement, (Who::CityCentre, Who::Jinshui));
    year.accepts(Who::CityCentre, SILENT);
    year.offers(Who::Health, DECLINED, procurement, (Who::Health, Who::Heluo));
    year.offers(Who::CityCentre, LAPSED, procurement, (Who::CityCentre, Who::Baihe));

    year.on(56);
    let reasons = literal("本年度不参加贵单位采购");
    year.replies(Who::Heluo, DECLINED, move |offer| Decline { offer, reasons }.into());

    year.on(52);
    let facts = "实验楼防水工程验收合格已逾四十日，约定三十日内付清的尾款至今未付";
    year.posts(Who::Yunhe, SIGNED, report(Side::Unit, "u-10", facts));
    let facts = "投标文件所附合同金额与合同相对方说明不一致";
    year.posts(Who::CityCentre, SILENT, report(Side::Enterprise, "e-1", facts));

    year.on(48);
    let statement = literal("尾款已列入当月用款计划，因账户信息变更退回一次");
    year.posts(Who::Education, SIGNED, BreachAnswer { breach: breach(), statement, documents: Citations::default() });
    year.on(44);
    let reasons = literal("退回后未及时重付，逾期事实成立，情节较重");
    let ruling =
        BreachRuling { breach: breach(), finding: BreachFinding::Serious, reasons, documents: Citations::default() };
    year.posts(Who::City, SIGNED, ruling);
    year.on(42);
    let grounds = literal("退回系收款方未告知账户变更所致，请求减轻认定");
    year.posts(Who::Education, SIGNED, Appeal { breach: breach(), grounds, documents: Citations::default() });
    year.on(38);
    let reasons = literal("账户变更未告知属实，但重付仍迟于合理期限，改认轻微");
    let ruling =
        AppealRuling { breach: breach(), finding: BreachFinding::Minor, reasons, documents: Citations::default() };
    year.posts(Who::Province, SIGNED, ruling);

    year.on(30);
    year.cues.push((year.now, Cue::Due));
    year.cues
}

fn breach() -> crate::field::ItemId {
    literal("b-1")
}

fn report(against: Side, clause: &str, facts: &str) -> Breach {
    Breach {
        numbers_confirmed: None,
        id: breach(),
        against,
        clauses: vec![literal(clause)],
        facts: literal(facts),
        documents: Citations::default(),
    }
}

/// One record after the other.
struct Year<'a> {
    days: &'a Days,
    cast: &'a Cast,
    now: Instant,
    cues: Vec<(Instant, Cue)>,
}

const NEXT_MILLIS: i64 = 6 * 60_000 + 29_000;

impl Year<'_> {
    /// So many working days before the present.
    fn on(&mut self, back: usize) {
        self.now = morning(self.days.back(back), 12);
    }

    fn push(&mut self, cue: Cue) {
        self.cues.push((self.now, cue));
        self.now = self.now.plus_millis(NEXT_MILLIS);
    }

    fn publishes(&mut self, by: Who, model: Model) {
        let (key, stream) = (self.cast.key(by).clone(), template_stream(model));
        let act = template::Act::from(model.publication()).into();
        self.push(Cue::Post(Box::new(Posting { key, stream, act })));
    }

    fn offers(&mut self, by: Who, id: &str, model: Model, (unit, enterprise): (Who, Who)) {
        let binding = Binding::Year(YearBinding { year: self.now.shanghai_day().year() as u16 });
        let (key, stream) = (self.cast.key(by).clone(), commitment_stream(id));
        let make = Box::new(move |entry| {
            let template = TemplateRef { id: literal(model.name), version: 1, entry };
            Act::from(Offer {
                numbers_confirmed: None,
                template,
                unit: unit.id(),
                enterprise: enterprise.id(),
                binding,
            })
            .into()
        });
        self.push(Cue::Reply(Box::new(Reply { key, stream, to: template_stream(model), make })));
    }

    fn accepts(&mut self, by: Who, id: &str) {
        self.replies(by, id, |offer| Acceptance { offer }.into());
    }

    fn replies(&mut self, by: Who, id: &str, make: impl FnOnce(crate::log::Hash) -> Act + Send + 'static) {
        let (key, stream) = (self.cast.key(by).clone(), commitment_stream(id));
        let make = Box::new(move |offer| make(offer).into());
        self.push(Cue::Reply(Box::new(Reply { key, to: stream.clone(), stream, make })));
    }

    fn posts(&mut self, by: Who, id: &str, act: impl Into<Act>) {
        let (key, stream) = (self.cast.key(by).clone(), commitment_stream(id));
        self.push(Cue::Post(Box::new(Posting { key, stream, act: act.into().into() })));
    }
}

fn template_stream(model: Model) -> Stream {
    Stream::of(&literal::<TemplateId>(model.name))
}

fn commitment_stream(id: &str) -> Stream {
    Stream::of(&literal::<CommitmentId>(id))
}
