//! What the values of our enums are called. The compiler asks for each.

use super::text::words;
use crate::access::AccessState;
use crate::act::Role;
use crate::commitment::{BreachFinding, BreachStatus, CommitmentStatus};
use crate::deposit::{DepositStatus, RefundTiming};
use crate::evaluation::{EvaluationStatus, RatingStatus};
use crate::field::{MediaType, Milestone, Nature, RateBasis};
use crate::http::DocumentSource;
use crate::organisation::{EndingGround, KeyStatus, OrganisationStatus};
use crate::search::SearchKind;
use crate::statistics::{GroupedBy, Total};
use crate::subscription::SubscriptionState;
use crate::template::Side;
use crate::tender::{
    AnswerOutcome, AnswerTiming, AwardStatus, Change, ClaimKind, ClauseKind, Ground, LotBidding, LotStatus, Method,
    ObjectionResult, ObjectionStatus, OpeningTiming, RulingOutcome, Tendency, TenderStatus,
};

words! {
    TenderStatus {
        Preannounced "招标前公示" "Disclosed before the call"
        Waiting "等待处理异议" "Waits for objections"
        Cleared "可发布公告" "Cleared for the call"
        Announced "已发布公告" "Called"
        Suspended "暂停" "Suspended"
        Terminated "终止" "Terminated"
        Closed "结案" "Closed"
    }

    LotStatus {
        Waiting "待开标" "Not opened yet"
        Opened "已开标" "Bids opened"
        Candidates "中标候选人公示" "Candidates published"
        Awarded "已定标" "Awarded"
        Contracted "已签合同" "Contracted"
        Accepted "已验收" "Accepted"
        Failed "流标" "Failed"
    }

    AwardStatus {
        Awarded "已定标" "Awarded"
        Contracted "已签合同" "Contracted"
        Accepted "已验收" "Accepted"
    }

    ObjectionStatus {
        Filed "待答复" "To be answered"
        Overdue "逾期未答复" "Answer is late"
        Answered "已答复" "Answered"
        Escalated "已投诉" "Escalated"
        Ruled "已裁定" "Ruled"
        Withdrawn "已撤回" "Withdrawn"
    }

    ObjectionResult {
        Upheld "成立" "Upheld"
        Rejected "不成立" "Rejected"
        Open "尚无结论或已撤回" "Undecided or withdrawn"
    }

    AnswerTiming {
        InTime "按期" "In time"
        Late "逾期" "Late"
        Open "仍在期内，或答复前已撤回" "Within the period, or withdrawn before"
    }

    OpeningTiming {
        InTime "按时" "On the day"
        Late "逾期" "Late"
        Unknown "没有在本日志开标" "Not opened in this log"
    }

    LotBidding {
        Single "一家" "One bid"
        Several "两家及以上" "Two or more"
        Nobody "没有人投标" "No bid"
        Unknown "投标家数未知" "Number not known"
    }

    DepositStatus {
        Announced "待交纳" "To be paid"
        Short "未足额" "Short"
        Secured "已足额" "Secured"
        RefundDue "待退还" "To be returned"
        Overdue "逾期未退" "Overdue"
        Unclaimed "无法退还" "Unclaimed"
        Closed "已了结" "Closed"
        Reversed "拆分已冲销" "Division reversed"
    }

    RefundTiming {
        InTime "按期退还" "In time"
        Late "逾期" "Late"
        Running "仍在期内" "Within the period"
        NotDue "未起算" "Not due"
        Nothing "没有现金应退" "No money to return"
    }

    GroupedBy {
        Year "年份" "Year"
        Region "地区" "Region"
        Unit "采购人（保证金为收取人）" "Unit (of deposits, the payee)"
    }

    Total {
        Tenders "项目" "Tenders"
        OpenToObjections "正在公示，可提出异议" "Open to objections"
        Called "已发布公告" "Called"
        Objections "异议" "Objections"
        ObjectionsUpheld "成立的异议" "Objections upheld"
        Organisations "已确认的主体" "Confirmed organisations"
        Records "记录" "Records"
    }

    OrganisationStatus {
        Pending "待确认" "Not confirmed"
        Confirmed "已确认" "Confirmed"
        Suspended "已暂停" "Suspended"
        Ended "已终止" "Ended"
    }

    CommitmentStatus {
        Offered "一方已签" "Signed by one side"
        Effective "双方已签，生效" "Signed by both: in force"
        Declined "已谢绝" "Declined"
        Lapsed "逾期失效" "Lapsed"
    }

    Nature {
        Works "工程" "Works"
        Goods "货物" "Goods"
        Services "服务" "Services"
    }

    Method {
        Open "公开招标" "Open tender"
        Invited "邀请招标" "Invited tender"
        CompetitiveNegotiation "竞争性谈判" "Competitive negotiation"
        CompetitiveConsultation "竞争性磋商" "Competitive consultation"
        Inquiry "询价" "Inquiry"
        SingleSource "单一来源" "Single source"
        Framework "框架协议" "Framework agreement"
    }

    ClauseKind {
        Qualification "资格条件" "Qualification"
        Technical "技术要求" "Technical"
        Commercial "商务要求" "Commercial"
        Evaluation "评标办法" "Evaluation"
        Contract "合同条款" "Contract"
        Schedule "时间安排" "Schedule"
        Contact "联系方式" "Contact"
    }

    Change {
        Added "新增" "Added"
        Removed "删除" "Removed"
        Changed "修改" "Changed"
    }

    Tendency {
        Stricter "对投标人更严" "Stricter for bidders"
        Looser "对投标人放宽" "Looser for bidders"
        Raised "提高" "Raised"
        Lowered "降低" "Lowered"
        Wording "仅写法不同" "Written otherwise"
    }

    Ground {
        Targeted "针对性" "Written for one bidder"
        Biased "倾向性" "Leans to some"
        Discriminatory "歧视性" "Shuts some out"
        UnlawfulPeriod "期限违法" "Unlawful period"
        Other "其他" "Other"
    }

    AnswerOutcome {
        Accepted "采纳" "Accepted"
        Partly "部分采纳" "Accepted in part"
        Rejected "不予采纳" "Rejected"
    }

    RulingOutcome {
        Upheld "成立" "Upheld"
        Dismissed "驳回" "Dismissed"
    }

    ClaimKind {
        Achievement "业绩" "Achievement"
        Qualification "资质" "Qualification"
        Prize "奖项" "Prize"
        Person "人员证书" "Person's certificate"
    }

    Role {
        Operator "平台运行机构" "Operator"
        Supervisor "监督部门" "Supervisor"
        Centre "采购中心 / 代理机构" "Centre"
        ProcuringUnit "采购人" "Procuring unit"
        Enterprise "供应商" "Enterprise"
        Auditor "审计机构" "Auditor"
        Service "公示服务" "The service"
    }

    RateBasis {
        Discount "下浮率" "off the ceiling or budget"
        Markup "上浮率" "on top of the base"
        Fee "费率" "of the fee standard"
    }

    AccessState {
        Full "准入" "Full access"
        Conditional "附条件准入" "Access under conditions"
        Restricted "限制激励" "No incentives"
        Barred "限制准入" "Barred"
    }

    KeyStatus {
        Confirmed "已确认" "Confirmed"
        Pending "待确认" "Not confirmed"
    }

    EndingGround {
        Merged "合并" "Merged"
        Divided "分立" "Divided"
        Deregistered "注销登记" "Deregistered"
        LicenceRevoked "吊销营业执照" "Licence revoked"
    }

    Side {
        Unit "采购人一方" "The procuring side"
        Enterprise "供应商一方" "The enterprise"
    }

    BreachStatus {
        Reported "待说明" "To be answered"
        Overdue "逾期未说明" "Answer is late"
        Answered "已说明" "Answered"
        Ruled "已认定" "Ruled"
        Appealed "已申诉" "Appealed"
        Final "终局" "Final"
    }

    BreachFinding {
        Dismissed "不成立" "Dismissed"
        Minor "轻微违诺" "Minor breach"
        Serious "较重违诺" "Serious breach"
        Grave "严重违诺" "Grave breach"
    }

    EvaluationStatus {
        Sealing "待密封" "Being sealed"
        Revealing "待公开" "To be revealed"
        Concluded "办结" "Concluded"
    }

    RatingStatus {
        Awaited "待提交" "Awaited"
        Silent "逾期未评" "Silent"
        Sealed "已密封" "Sealed"
        Withheld "逾期未公开" "Withheld"
        Revealed "已公开" "Revealed"
        Verified "已核实" "Verified"
        Corrected "已更正" "Corrected"
        Appealed "申诉中" "Appealed"
        Final "申诉终局" "Final"
    }

    Milestone {
        Award "中标结果" "Award"
        Contract "合同签订" "Contract"
        Acceptance "履约验收" "Acceptance"
        YearEnd "年度期满" "End of the year"
    }

    DocumentSource {
        Tender "项目" "Tender"
        Commitment "承诺" "Commitment"
    }

    MediaType {
        Pdf "PDF" "PDF"
        Zip "ZIP 压缩包" "ZIP archive"
        Doc "Word 97–2003" "Word 97–2003"
        Docx "Word" "Word"
        Xls "Excel 97–2003" "Excel 97–2003"
        Xlsx "Excel" "Excel"
        Ofd "OFD 版式文件" "OFD"
        Json "JSON" "JSON"
        Xml "XML" "XML"
        Text "纯文本" "Plain text"
        Csv "CSV 表格" "CSV"
        Png "PNG 图片" "PNG image"
        Jpeg "JPEG 图片" "JPEG image"
        Tiff "TIFF 图片" "TIFF image"
    }

    SearchKind {
        Tender "项目" "Tender"
        Objection "异议" "Objection"
        Organisation "主体" "Organisation"
        Commitment "承诺" "Commitment"
    }

    SubscriptionState {
        Waiting "尚未确认" "Not confirmed yet"
        Active "已生效" "Active"
        Failed "多次无法送达，已停止" "Could not be reached, and was given up"
    }
}
