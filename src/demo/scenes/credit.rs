//! Two nights of grades, and an objection to one of them.

use crate::credit::{Act, Credit, CreditId, CreditObjection, CreditObjectionRuling, ObjectionFate};
use crate::demo::cast::{Cast, Who};
use crate::demo::days::{Days, morning};
use crate::demo::phrase::literal;
use crate::demo::stage::{CreditCue, Cue};
use crate::field::{Citations, Instant};
use crate::law::Conduct;

/// The records about credit: everybody is graded in a night, the education bureau objects to what was found on its appeal,
/// and the city, which did not find it, decides.
pub fn cues(days: &Days, cast: &Cast) -> Vec<(Instant, Cue)> {
    let cue = |by: Who, make: fn(&Credit) -> Option<Act>| {
        let (key, of) = (cast.key(by).clone(), CreditId(Who::Education.id()));
        Cue::Credit(Box::new(CreditCue { key, of, make }))
    };
    let (before, last) = (days.back(2), days.back(1));
    vec![
        (Instant::start_of_shanghai_day(before).plus_millis(HALF_AN_HOUR), Cue::Night),
        (morning(before, 33), cue(Who::Education, objects)),
        (morning(last, 41), cue(Who::City, keeps)),
    ]
}

/// After midnight.
const HALF_AN_HOUR: i64 = 30 * 60_000;

fn objects(credit: &Credit) -> Option<Act> {
    let (entry, _) = credit.counted.iter().find(|(_, counted)| counted.conduct == Conduct::BreachMinor)?;
    let statement = literal("收款方未及时告知账户变更，我单位已在得知当日重付，请核减该项扣分");
    let (id, documents) = (literal("y-1"), Citations::default());
    Some(CreditObjection { id, entry: *entry, statement, documents, numbers_confirmed: None }.into())
}

fn keeps(credit: &Credit) -> Option<Act> {
    let objection = credit.objections.first()?.id.clone();
    let reasons = literal("申诉裁定已考虑该情节并改认轻微，所计分值与规则一致，予以维持");
    let (fate, documents) = (ObjectionFate::Kept, Citations::default());
    Some(CreditObjectionRuling { objection, fate, reasons, documents, numbers_confirmed: None }.into())
}
