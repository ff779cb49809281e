//! How the last year's promises were kept: what both had on paper is signed in the log, the year is over, and they rate each
//! other, sealed first; one rating is corrected, appealed and ruled on. One unit never answers, and an indicator says so.

use crate::commitment::{self, Acceptance, Binding, Offer, YearBinding};
use crate::demo::cast::{Cast, Who};
use crate::demo::days::{Days, morning};
use crate::demo::phrase::literal;
use crate::demo::stage::{Cue, Posting, Reply};
use crate::evaluation::{
    Act, Rating, RatingAppeal, RatingCorrection, RatingReply, RatingRuling, RatingSeal, RatingVerification, Salt,
    Score, Scored, sealed,
};
use crate::field::{Citations, CommitmentId, Dimension, EvaluationId, Instant, Prose, TemplateId};
use crate::log::Hash;
use crate::template::{Side, TemplateRef, models};
use crate::world::{self, Stream};
use chrono::Datelike;

/// Both rate each other.
const RATED: &str = "LAST-YEAR-ZZEDU-TAIHANG";
/// The enterprise says nothing.
const SILENT: &str = "LAST-YEAR-LYWJ-HELUO";
/// The unit says nothing, whoever asks.
const NEVER_ANSWERED: [Parties; 3] = [
    ("LAST-YEAR-ZZCG-BIANHE", Who::CityCentre, Who::Bianhe),
    ("LAST-YEAR-ZZCG-BAIHE", Who::CityCentre, Who::Baihe),
    ("LAST-YEAR-ZZCG-HUANGFAN", Who::CityCentre, Who::Huangfan),
];

/// The records of the commitments and of their evaluations.
pub fn cues(days: &Days, cast: &Cast) -> Vec<(Instant, Cue)> {
    let [both, one] = [(RATED, Who::Education, Who::Taihang), (SILENT, Who::Health, Who::Heluo)];
    let mut cues = both_speak(LastYear { days, cast, id: both.0, now: days.present, cues: Vec::new() }, both);
    cues.extend(one_is_silent(LastYear { days, cast, id: one.0, now: days.present, cues: Vec::new() }, one));
    for (parties, level) in NEVER_ANSWERED.into_iter().zip([88, 79, 83]) {
        let year = LastYear { days, cast, id: parties.0, now: days.present, cues: Vec::new() };
        cues.extend(unit_is_silent(year, parties, level));
    }
    cues
}

/// A commitment: its id, the unit, the enterprise.
type Parties = (&'static str, Who, Who);

fn one_is_silent(mut year: LastYear<'_>, parties: Parties) -> Vec<(Instant, Cue)> {
    year.on(29);
    year.signs(parties);
    year.on(28);
    year.cues.push((year.now, Cue::Due));
    year.on(27);
    year.seals(Who::Health, Side::Unit, &by_unit());
    // The time for sealing is over, holidays or not.
    year.on(11);
    year.cues.push((year.now, Cue::Due));
    year.on(10);
    year.posts(Who::Health, by_unit());
    year.cues
}

fn unit_is_silent(mut year: LastYear<'_>, parties: Parties, level: u8) -> Vec<(Instant, Cue)> {
    year.on(29);
    year.signs(parties);
    year.on(28);
    year.cues.push((year.now, Cue::Due));
    let scores = [
        (Dimension::FairDocuments, level, None),
        (Dimension::Openness, level + 4, None),
        (Dimension::NoSolicitation, level + 6, None),
        (Dimension::ObjectionsHandled, level - 9, Some("两次询问均逾期答复")),
        (Dimension::EvaluationQuality, level - 2, None),
        (Dimension::PerformanceAndPayment, level + 1, None),
    ];
    let rating = rating(Side::Enterprise, &scores, "流程清楚，沟通不够及时。");
    year.on(25);
    year.seals(parties.2, Side::Enterprise, &rating);
    year.on(11);
    year.cues.push((year.now, Cue::Due));
    year.on(9);
    year.posts(parties.2, rating);
    year.cues
}

fn both_speak(mut year: LastYear<'_>, parties: Parties) -> Vec<(Instant, Cue)> {
    year.on(29);
    year.signs(parties);
    year.on(28);
    year.cues.push((year.now, Cue::Due));
    let (by_unit, by_enterprise) = (by_unit(), by_enterprise());
    year.on(26);
    year.seals(Who::Taihang, Side::Enterprise, &by_enterprise);
    year.on(24);
    year.seals(Who::Education, Side::Unit, &by_unit);
    year.on(23);
    year.posts(Who::Education, by_unit);
    year.posts(Who::Taihang, by_enterprise);
    year.on(21);
    year.posts(
        Who::Education,
        RatingReply {
            rater: Side::Enterprise,
            statement: literal("两次付款迟延系财政支付系统切换所致，已补付并致歉"),
            documents: Citations::default(),
            numbers_confirmed: None,
        },
    );
    year.on(20);
    year.posts(
        Who::City,
        RatingVerification {
            rater: Side::Enterprise,
            reasons: literal("调取国库支付凭证，两次迟付的天数与所述一致"),
            documents: Citations::default(),
            numbers_confirmed: None,
        },
    );
    year.on(19);
    year.posts(
        Who::City,
        RatingCorrection {
            rater: Side::Unit,
            scores: vec![Scored { dimension: Dimension::Wages, score: 88 }],
            reasons: literal("工资专户流水显示全年按月足额发放，所扣分值没有依据"),
            documents: Citations::default(),
            numbers_confirmed: None,
        },
    );
    year.on(17);
    year.posts(
        Who::Education,
        RatingAppeal {
            rater: Side::Unit,
            grounds: literal("三月份工资迟发四日，有班组签字的说明"),
            documents: Citations::default(),
            numbers_confirmed: None,
        },
    );
    year.on(12);
    year.posts(
        Who::Province,
        RatingRuling {
            rater: Side::Unit,
            scores: vec![Scored { dimension: Dimension::Wages, score: 82 }],
            reasons: literal("迟发四日属实，但当月已补足，酌定八十二分"),
            documents: Citations::default(),
            numbers_confirmed: None,
        },
    );
    year.cues
}

fn by_unit() -> Rating {
    rating(
        Side::Unit,
        &[
            (Dimension::Truth, 90, None),
            (Dimension::LawfulBidding, 92, None),
            (Dimension::ContractPerformance, 85, Some("两栋教学楼均按期移交，一处渗漏已返修")),
            (Dimension::StaffOnTheJob, 78, Some("项目经理到岗率不足九成")),
            (Dimension::Wages, 66, Some("听班组反映三月工资迟发")),
            (Dimension::IntegrityControl, 84, None),
            (Dimension::Cooperation, 90, None),
        ],
        "总体守约，人员到岗有待改进。",
    )
}

fn by_enterprise() -> Rating {
    rating(
        Side::Enterprise,
        &[
            (Dimension::FairDocuments, 88, None),
            (Dimension::Openness, 91, None),
            (Dimension::NoSolicitation, 95, Some("全年无任何索取或打招呼")),
            (Dimension::ObjectionsHandled, 82, None),
            (Dimension::EvaluationQuality, 80, None),
            (Dimension::PerformanceAndPayment, 65, Some("两次进度款分别迟付十二日和九日")),
        ],
        "招标过程规范，付款不够及时。",
    )
}

fn rating(rater: Side, scores: &[(Dimension, u8, Option<&str>)], statement: &str) -> Rating {
    let score = |(dimension, score, reasons): &(Dimension, u8, Option<&str>)| Score {
        dimension: *dimension,
        score: *score,
        reasons: reasons.map(literal::<Prose<1000>>),
        documents: Citations::default(),
    };
    // Nobody has anything to hide here, and the demo is the same every time.
    let drawn = Hash::of(rater.name()).to_string();
    let salt: Salt = literal(&format!("{}A", &drawn[..42]));
    let scores = scores.iter().map(score).collect();
    Rating { salt, scores, statement: Some(literal(statement)), numbers_confirmed: None }
}

/// One record after the other.
struct LastYear<'a> {
    days: &'a Days,
    cast: &'a Cast,
    /// The commitment.
    id: &'static str,
    now: Instant,
    cues: Vec<(Instant, Cue)>,
}

const NEXT_MILLIS: i64 = 7 * 60_000 + 13_000;

impl LastYear<'_> {
    /// So many working days before the present.
    fn on(&mut self, back: usize) {
        self.now = morning(self.days.back(back), 96);
    }

    fn push(&mut self, cue: Cue) {
        self.cues.push((self.now, cue));
        self.now = self.now.plus_millis(NEXT_MILLIS);
    }

    fn commitment(&self) -> Stream {
        Stream::of(&literal::<CommitmentId>(self.id))
    }

    fn evaluation(&self) -> Stream {
        Stream::of(&EvaluationId::of_year(literal(self.id)))
    }

    fn signs(&mut self, (_, by_unit, by_enterprise): Parties) {
        let [construction, ..] = models();
        let template = Stream::of(&literal::<TemplateId>(construction.name));
        let year = self.now.shanghai_day().year() as u16 - 1;
        let offer = move |entry| -> world::Act {
            let template = TemplateRef { id: literal(construction.name), version: 1, entry };
            let (unit, enterprise) = (by_unit.id(), by_enterprise.id());
            let binding = Binding::Year(YearBinding { year });
            commitment::Act::from(Offer { numbers_confirmed: None, template, unit, enterprise, binding }).into()
        };
        let accept = |offer| -> world::Act { commitment::Act::from(Acceptance { offer }).into() };
        for (by, to, make) in [
            (by_unit, template, Box::new(offer) as Box<dyn FnOnce(Hash) -> world::Act + Send>),
            (by_enterprise, self.commitment(), Box::new(accept)),
        ] {
            let (key, stream) = (self.cast.key(by).clone(), self.commitment());
            self.push(Cue::Reply(Box::new(Reply { key, stream, to, make })));
        }
    }

    fn seals(&mut self, by: Who, rater: Side, rating: &Rating) {
        let seal = sealed(&self.evaluation(), rater, rating);
        self.posts(by, RatingSeal { seal });
    }

    fn posts(&mut self, by: Who, act: impl Into<Act>) {
        let (key, stream) = (self.cast.key(by).clone(), self.evaluation());
        self.push(Cue::Post(Box::new(Posting { key, stream, act: act.into().into() })));
    }
}
