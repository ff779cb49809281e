//! The components, each shown once.

use super::component::{Tone, Turn, captioned, conversation, difference, notice, summary, table, tag, time, time_line};
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::{Common, texts};
use super::visit::Visit;
use maud::html;
use std::sync::Arc;

const SAMPLE_TIME: &str = "2026-11-23T03:04:05.000Z";

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let sample = visit.say(SampleText::Sample);
    let cell = || html! { (sample) };
    let turn = || Turn { who: cell(), when: SAMPLE_TIME, index: 0, what: html! { p { (sample) } } };
    let tones = [Tone::Plain, Tone::Running, Tone::Good, Tone::Bad];
    let body = html! {
        p.lead { (visit.say(SampleText::About)) }
        h2 { code { "tag" } }
        p { @for tone in tones { (tag(tone, sample)) " " } }
        h2 { code { "summary" } }
        (summary(&[(sample, cell()), (sample, cell())]))
        h2 { code { "table" } }
        (table(sample, &[sample, sample], &[vec![cell(), cell()], vec![cell(), cell()]]))
        h2 { code { "captioned" } }
        (captioned(sample, &[sample, sample], &[vec![cell(), cell()]]))
        h2 { code { "notice" } }
        (notice(sample, &html! { p { (sample) } }))
        h2 { code { "time_line" } }
        (time_line(&[(time(SAMPLE_TIME), cell()), (time("2026-12-01"), cell())]))
        h2 { code { "conversation" } }
        (conversation(&visit, &[turn(), turn()]))
        h2 { code { "difference" } }
        (difference(&visit, Some("≥ 3"), Some("≥ 2")))
    };
    Ok(Leaf { is_listed: false, ..Leaf::new(visit.say(Common::Components), body) })
}

texts! { SampleText {
    Sample "示例" "Sample"
    About "每个页面都由这些组件构成；深色、打印与高对比度下只换颜色，不换结构。" "Every page is made of these; in the dark, in print and with forced colours only the colours change."
} }
