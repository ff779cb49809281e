//! What the tender is called, and who did what when, for the report that is filed.

use super::check::Verified;
use super::manifest::Scope;
use super::report::{heading, more, time};
use crate::field::Instant;
use crate::record::{Header, KeyId};
use crate::tender;
use crate::world::Act;
use maud::{Markup, html};

/// So many are kept, and fill some pages; a log of millions must not fill the memory.
const STEPS_MAX: usize = 200;

/// Somebody did something.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    index: u64,
    time: Instant,
    stream: String,
    kind: &'static str,
    kid: KeyId,
}

/// The first steps of what was verified, and how many there are in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    steps: Vec<Step>,
    all: u64,
    /// What the tenders among them are called, by stream.
    titles: Vec<(String, String)>,
}

impl Timeline {
    /// Adds one entry. How parties and the log came in is no step of a tender.
    pub(super) fn take(&mut self, index: u64, time: Instant, header: &Header, act: &Act) {
        if !matches!(act, Act::Tender(_) | Act::Commitment(_) | Act::Access(_)) {
            return;
        }
        self.all += 1;
        if self.steps.len() < STEPS_MAX {
            let (stream, kid) = (header.sub.clone(), header.kid);
            self.steps.push(Step { index, time, stream, kind: act.kind(), kid });
        }
        let title = match act {
            Act::Tender(tender::Act::Preannounced(disclosed)) => disclosed.title.to_string(),
            Act::Tender(tender::Act::Revised(revision)) => revision.preannouncement.title.to_string(),
            Act::Tender(tender::Act::Adopted(adoption)) => adoption.title.to_string(),
            _ => return,
        };
        // A revision may give it another one.
        let known = self.titles.iter().position(|(stream, _)| *stream == header.sub);
        match known {
            Some(at) => self.titles[at].1 = title,
            None if self.titles.len() < STEPS_MAX => self.titles.push((header.sub.clone(), title)),
            None => {}
        }
    }

    /// What a tender is called in the end, by its stream.
    pub fn title(&self, stream: &str) -> Option<&str> {
        self.titles.iter().find(|(known, _)| known == stream).map(|(_, title)| &**title)
    }
}

/// The part of the report: only of a part of the log, whose life can be read.
pub(super) fn timeline(verified: &Verified) -> Markup {
    let Timeline { steps, all, .. } = &verified.contents.timeline;
    let is_part = verified.bundle.as_ref().is_some_and(|bundle| bundle.scope != Scope::All);
    html! {
        @if is_part && !steps.is_empty() {
            (heading("经过", "Who did what, and when"))
            table {
                thead { tr {
                    th { "条目 " span.en { "Entry" } }
                    th { "时间 " span.en { "Time" } }
                    th { "主体 " span.en { "By" } }
                    th { "行为 " span.en { "Act" } }
                    th { "事项 " span.en { "Matter" } }
                } }
                @for step in steps {
                    tr {
                        td.number { (step.index) }
                        td { (time(step.time)) }
                        td { (by(verified, step)) }
                        td { (in_chinese(step.kind).unwrap_or_default()) br; span.en { (step.kind) } }
                        td.long {
                            @if let Some(title) = verified.contents.timeline.title(&step.stream) { (title) br; }
                            code { (step.stream) }
                        }
                    }
                }
            }
            (more(*all))
        }
    }
}

/// As it called itself when it brought its key.
fn by(verified: &Verified, step: &Step) -> Markup {
    match verified.contents.owner(&step.kid) {
        Some((name, id)) => html! { (name) br; code { (id) } },
        None => html! { code.kid { (step.kid) } },
    }
}

/// What the trade calls an act; every kind that is about a procurement or who takes part in it has such a word.
fn in_chinese(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "tender.preannounced" => "招标前公示",
        "tender.preannouncement_revised" => "修改公示",
        "tender.objected" => "提出异议",
        "tender.objection_answered" => "答复异议",
        "tender.objection_escalated" => "投诉",
        "tender.objection_ruled" => "处理投诉",
        "tender.objection_withdrawn" => "撤回异议",
        "tender.window_closed" => "公示期满",
        "tender.cleared" => "公示通过",
        "tender.adopted" => "接管项目",
        "tender.announced" => "发布公告",
        "tender.clarified" => "澄清",
        "tender.amended" => "变更",
        "tender.bids_opened" => "开标",
        "tender.suspended" => "暂停项目",
        "tender.resumed" => "恢复项目",
        "tender.terminated" => "终止项目",
        "tender.failed" => "流标",
        "tender.deadline_passed" => "逾期",
        "tender.period_reopened" => "重新开放期间",
        "tender.candidates_published" => "公示中标候选人",
        "tender.awarded" => "中标",
        "tender.closed" => "项目结束",
        "award.challenged" => "质疑候选人",
        "award.challenge_answered" => "答复质疑",
        "award.claim_verified" => "证实",
        "award.claim_refuted" => "证伪",
        "contract.published" => "公示合同",
        "contract.amended" => "变更合同",
        "contract.accepted" => "验收",
        "commitment.offered" => "发出承诺",
        "commitment.accepted" => "签署承诺",
        "commitment.declined" => "拒绝承诺",
        "commitment.lapsed" => "承诺失效",
        "commitment.breach_reported" => "举报违诺",
        "commitment.breach_answered" => "答复举报",
        "commitment.breach_ruled" => "认定违诺",
        "commitment.breach_appealed" => "申诉",
        "commitment.appeal_ruled" => "申诉决定",
        "commitment.deadline_passed" => "逾期",
        "commitment.period_reopened" => "重新开放期间",
        "commitment.year_ended" => "承诺年度届满",
        "credit.graded" => "评定信用",
        "credit.objected" => "信用异议",
        "credit.objection_ruled" => "处理信用异议",
        "evaluation.opened" => "开启双评价",
        "evaluation.sealed" => "密封评价",
        "evaluation.revealed" => "公开评价",
        "evaluation.deadline_passed" => "逾期未评",
        "evaluation.replied" => "答复评价",
        "evaluation.verified" => "核实评价",
        "evaluation.corrected" => "更正评价",
        "evaluation.appealed" => "申诉",
        "evaluation.appeal_ruled" => "申诉决定",
        "evaluation.period_reopened" => "重新开放期间",
        "access.barred" => "登记禁入",
        "access.revoked" => "撤销禁入",
        "access.objected" => "对禁入提出异议",
        "access.objection_ruled" => "处理异议",
        "access.repair_applied" => "申请信用修复",
        "access.repair_decided" => "决定信用修复",
        kind => return of_deposit(kind),
    })
}

fn of_deposit(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "deposit.scheme_published" => "公布保证金方案",
        "deposit.announced" => "通知交纳",
        "deposit.received" => "收到保证金",
        "deposit.receipt_reversed" => "红字冲销",
        "deposit.entry_reversed" => "冲销有误的登记",
        "deposit.own_funds_approved" => "自有资金转回经办",
        "deposit.bank_entered" => "专户收支",
        "deposit.statement_reconciled" => "银行对账",
        "deposit.open_item_resolved" => "未达账项处理",
        "deposit.reconciliation_withdrawn" => "撤回对账",
        "deposit.held" => "冻结",
        "deposit.released" => "解冻",
        "deposit.hold_lapsed" => "冻结到期",
        "deposit.refund_due" => "退还起算",
        "deposit.refund_overdue" => "逾期未退",
        "deposit.refund_approved" => "退还经办",
        "deposit.refund_instructed" => "退还复核付款",
        "deposit.refund_settled" => "退款结果",
        "deposit.forfeited" => "决定不予退还",
        "deposit.forfeiture_confirmed" => "复核不予退还",
        "deposit.forfeiture_appealed" => "申诉",
        "deposit.forfeiture_ruled" => "申诉决定",
        "deposit.forfeiture_final" => "不予退还生效",
        "deposit.forfeiture_remitted" => "缴库或转出",
        "deposit.guarantee_lodged" => "收到保函",
        "deposit.guarantee_verified" => "查验保函",
        "deposit.guarantee_released" => "退还保函",
        "deposit.guarantee_expired" => "保函到期",
        kind => return of_custody(kind),
    })
}

fn of_custody(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "deposit.unallocated_received" => "收到未认领款",
        "deposit.unallocated_claimed" => "认领来款",
        "deposit.unallocated_returned" => "退回来款",
        "deposit.interest_allocated" => "结息分配",
        "deposit.interest_capitalised" => "利息转本金",
        "deposit.difference_opened" => "登记长短款",
        "deposit.difference_cleared" => "查明长短款",
        "deposit.own_costs_overdue" => "自有资金逾期未补",
        "deposit.guarantee_claimed" => "决定保函索赔",
        "deposit.guarantee_paid" => "保函索赔到账",
        "deposit.swapped" => "资金与保函互换",
        "deposit.forfeiture_annulled" => "撤销已生效的不予退还",
        "deposit.forfeiture_recovered" => "国库退付到账",
        "deposit.assessed" => "核定应缴数额",
        "deposit.topup_demanded" => "通知补足",
        "deposit.topup_overdue" => "逾期未补足",
        "deposit.surplus_overdue" => "超额部分逾期未退",
        "deposit.guarantee_expiring" => "保函到期预警",
        "deposit.unclaimed_noticed" => "无法退还公告",
        "deposit.unclaimed_set_aside" => "转为无法退还",
        "deposit.unclaimed_remitted" => "无法退还缴库",
        "deposit.unclaimed_reclaimed" => "申领无法退还款",
        "deposit.unclaimed_recovered" => "申领款国库退付到账",
        "deposit.succeeded" => "交纳人承继",
        "deposit.divided" => "分立拆分保证金",
        "deposit.division_reversed" => "冲销分立拆分",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Acts;
    use crate::{access, commitment, credit, deposit, evaluation};

    #[test]
    fn every_act_of_a_procurement_has_a_word() {
        let kinds = [
            tender::Act::KINDS,
            commitment::Act::KINDS,
            evaluation::Act::KINDS,
            credit::Act::KINDS,
            access::Act::KINDS,
            deposit::Act::KINDS,
        ]
        .concat();
        let silent: Vec<_> = kinds.iter().filter(|kind| in_chinese(kind).is_none()).collect();
        assert!(silent.is_empty(), "{silent:?}");
    }
}
