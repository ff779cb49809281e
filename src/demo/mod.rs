//! The example data set: a service that has been running for four months, with a tender in every state.
//!
//! `cast` is who they are, `notice` what a tender says, `scenes` what happens to each. A `script` is rehearsed on the
//! pure core, so that it knows when its windows end; the `stage` then walks the clock through all of them together and
//! posts every record as an HTTP handler would.
//!
//! All of it is invented. Days are counted back from the present in working days, so the demo is fresh on any day.

mod cast;
mod days;
mod notice;
mod papers;
mod phrase;
mod scenes;
mod script;
mod stage;
#[cfg(test)]
pub(crate) mod tests;

use crate::clock::Clock;
use crate::field::{Instant, TenderCode};
use crate::ledger::{Ledger, LedgerError};
use crate::problem::Refusal;
use crate::record::KeyFileError;
use crate::sequencer::Rejected;
use cast::Cast;
use days::Days;
use stage::Programme;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How long before the present the demo's log begins.
pub const DAYS_BACK: i64 = 120;

/// What to look at: in Chinese, in English, path.
pub const GUIDE: &[(&str, &str, &str)] = &[
    ("接口文档", "The API, to try out", "/api"),
    ("公示期内的招标项目", "Tenders whose objection window is open", "/v1/tenders?status=preannounced"),
    (
        "“须具有本市纳税证明”：异议、投诉、成立、删除该条、重新公示（看 disclosures 中的条款对照）",
        "A local-tax clause: objected to, escalated, upheld, struck; disclosures shows both wordings",
        "/v1/tenders/LYJY-005",
    ),
    ("已投诉、等待监督部门处理的异议", "Objections that wait for a supervisor", "/v1/objections?status=escalated"),
    (
        "虚假业绩：合同所称采购人证伪，候选人被取消，第二名中标",
        "A fake achievement: refuted by its alleged buyer, the candidate removed, the next one awarded",
        "/v1/tenders/LYJY-020",
    ),
    ("一个项目五个标段，各有结局", "One tender of five lots, each with its own outcome", "/v1/lots?tender=HNZB-022"),
    ("廉洁承诺书范本", "Model texts of commitments", "/v1/templates"),
    (
        "双方签署的年度廉洁承诺：逾期付款被举报、认定、申诉改判",
        "A commitment that both sides signed: late payment, reported, ruled, appealed",
        "/v1/commitments/YR-ZZEDU-YUNHE",
    ),
    (
        "双方互评：先密封后公开，更正、申诉、改定（看 by_unit 中的算式）",
        "Both sides rate each other, sealed first: corrected, appealed, ruled on",
        "/v1/evaluations/LAST-YEAR-ZZEDU-TAIHANG:year_end",
    ),
    (
        "信用评价：逐条列分、分值计算、异议与维持",
        "Credit: each contribution, its arithmetic, an objection and what became of it",
        "/v1/organisations/1141010000990011XF/credit",
    ),
    ("因弄虚作假被暂停的供应商", "The supplier that was suspended for it", "/v1/organisations?status=suspended"),
    ("禁入名单：生效中的各项决定，异议中的已标明", "Bars in force, with what is disputed", "/v1/access/bars"),
    (
        "该供应商的准入状态：谁的决定、依据、期限、异议与修复途径",
        "What that supplier may do: whose decision, on which article, until when, what is said against it",
        "/v1/organisations/91410300MA9DEM1674/access",
    ),
    ("逾期未退的投标保证金", "Bid bonds that should have gone back", "/v1/deposits?status=overdue"),
    ("第一条招标前公示记录", "The record of the first pre-announcement", "/v1/records/48"),
    (
        "它的收录证明（C2SP tlog-proof，可离线核验）",
        "Its proof of inclusion, verifiable offline",
        "/v1/records/48/proof",
    ),
    ("日志检查点", "The checkpoint of the log", "/log/checkpoint"),
];

/// Why the demo could not be filled.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Key(#[from] KeyFileError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A story breaks the law.
    #[error("{code}: {kind} at {at}: {refusal}")]
    Refused { code: TenderCode, kind: &'static str, at: Instant, refusal: Box<Refusal> },
    /// A story does not fit before the present.
    #[error("{code}: {kind} would come at {at}, after the present")]
    Late { code: TenderCode, kind: &'static str, at: Instant },
    /// The log refuses what was rehearsed, or is unavailable.
    #[error("{stream}: {kind} at {at}: {reason}")]
    Rejected { stream: String, kind: &'static str, at: Instant, reason: Rejected },
}

/// Fills a new log. Its clock stands [`DAYS_BACK`] days before `present`, and at `present` in the end. The keys of the
/// organisations are left in `keys_folder`, so that their stories can be gone on with.
///
/// # Errors
/// See [`DemoError`].
pub async fn fill(ledger: &Arc<Ledger>, clock: &Clock, present: Instant, keys_folder: &Path) -> Result<(), DemoError> {
    let days = Days::new(present);
    let cast = Cast::in_folder(keys_folder)?;
    let plan = Programme::of(&days, clock.now(), &cast, ledger)?;
    plan.play(ledger, clock).await?;
    clock.set(present);
    ledger.propose_due().await?;
    ledger.grade_due().await?;
    ledger.assess_due().await?;
    Ok(())
}
