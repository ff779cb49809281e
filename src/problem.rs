//! Every reason for which gongshi says no, with its stable name.
//!
//! A [`ProblemType`] is the catalogue entry: the `type` of an RFC 9457 problem (`/problems/<code>`), its status and its
//! titles. A [`Refusal`] is one concrete no: a problem type with what is needed to explain it. The pure core returns
//! refusals; `http` only prints them.

pub use crate::field::Bilingual;
use crate::field::{DocumentId, Fault, FieldFault, Instant};
use serde::Serialize;

/// One line of the catalogue of problems.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ProblemType {
    /// Last segment of the `type` URI; never changes once published.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    pub title_zh: &'static str,
    pub title_en: &'static str,
}

macro_rules! problems {
    ($($name:ident $status:literal $code:literal $zh:literal $en:literal)*) => {
        $(pub static $name: ProblemType =
            ProblemType { code: $code, status: $status, title_zh: $zh, title_en: $en };)*

        /// The whole catalogue, in the order of this file.
        pub static CATALOGUE: &[&ProblemType] = &[$(&$name),*];
    };
}

problems! {
    // The request as HTTP.
    NOT_FOUND 404 "not-found" "没有这个资源" "No such resource"
    METHOD_NOT_ALLOWED 405 "method-not-allowed" "不支持该方法" "Method not allowed"
    NOT_ACCEPTABLE 406 "not-acceptable" "无法提供所要求的格式" "Not acceptable"
    MEDIA_TYPE 415 "media-type" "媒体类型不受支持" "Unsupported media type"
    REQUEST_TOO_LARGE 413 "request-too-large" "请求过大" "Request too large"
    BAD_PARAMETER 400 "bad-parameter" "参数无效" "Invalid parameter"
    HOST_INVALID 400 "host-invalid" "Host 头缺失、重复或无效" "Host is missing, doubled or invalid"
    RATE_LIMITED 429 "rate-limited" "请求过于频繁" "Too many requests"
    RANGE_UNSATISFIABLE 416 "range-unsatisfiable" "所请求的范围超出文件" "The range lies outside the document"
    QUOTA_EXHAUSTED 429 "quota-exhausted" "未被引用的存放已满额" "Too much is here that no record cites"
    BUNDLE_TOO_LARGE 422 "bundle-too-large" "证据包过大，本服务不现场制作" "A bundle of that size is not made for whoever asks"
    BUNDLE_UNDERWAY 503 "bundle-underway" "证据包正在制作，请稍后再取" "The bundle is being made; come again soon"
    NOT_SENT 422 "not-sent" "本服务不发送此类消息" "This service sends no such messages"
    TIMEOUT 503 "timeout" "处理超时，请以同一 jti 重试" "Timed out; retry with the same jti"
    UNAVAILABLE 503 "unavailable" "服务暂不可用，请以同一 jti 重试" "Unavailable; retry with the same jti"
    OVERLOADED 503 "overloaded" "服务繁忙，请稍后以同一 jti 重试" "Too busy; try again soon with the same jti"
    CLOCK_UNTRUSTED 503 "clock-untrusted" "服务器时钟不可信，暂停写入" "The server's clock can't be trusted; nothing is written"
    STORE_CONTRADICTS 503 "store-contradicts" "数据库与日志不符，暂停写入" "The database contradicts the log; nothing is written"
    LOG_REWOUND 503 "log-rewound" "日志倒退或分叉，暂停写入" "The log has gone back or forked; nothing is written"
    INTERNAL 500 "internal" "内部错误" "Internal error"
    // The signature.
    SIGNATURE_MISSING 401 "signature-missing" "缺少签名" "Signature missing"
    JWS_MALFORMED 400 "jws-malformed" "签名格式错误" "Malformed JWS"
    HEADER_INVALID 400 "header-invalid" "受保护头无效" "Invalid protected header"
    ALGORITHM 400 "algorithm" "不接受该签名算法" "Signature algorithm not accepted"
    AUDIENCE 422 "audience" "签名是给另一个日志的" "Signed for another log"
    KIND_MISMATCH 422 "kind-mismatch" "记录类型与端点不符" "Record kind does not belong here"
    STREAM_MISMATCH 422 "stream-mismatch" "记录的对象与地址不符" "The record acts on another stream"
    IAT_OUT_OF_RANGE 422 "iat-out-of-range" "签名时间超出允许范围" "Signing time out of range"
    KEY_UNKNOWN 401 "key-unknown" "未登记的密钥" "Unknown key"
    KEY_REVOKED 403 "key-revoked" "密钥已吊销" "Revoked key"
    SIGNATURE_MISMATCH 401 "signature-mismatch" "签名与内容不符" "Signature does not match the bytes"
    TOKEN_INVALID 401 "token-invalid" "访问令牌无效" "Invalid bearer token"
    // The payload.
    MALFORMED_JSON 400 "malformed-json" "不是有效的 JSON" "Not valid JSON"
    UNKNOWN_FIELD 422 "unknown-field" "未知字段" "Unknown field"
    MISSING_FIELD 422 "missing-field" "缺少字段" "Missing field"
    WRONG_TYPE 422 "wrong-type" "字段类型或取值错误" "Wrong type or value"
    TEXT_TOO_LONG 422 "text-too-long" "文字过长" "Text too long"
    TEXT_EMPTY 422 "text-empty" "文字为空" "Text empty"
    FORBIDDEN_CHARACTER 422 "forbidden-character" "含有不允许的字符" "Forbidden character"
    MALFORMED_CODE 422 "malformed-code" "编码格式错误" "Malformed code"
    CHECK_CHARACTER 422 "check-character" "统一社会信用代码校验位错误" "Wrong check character"
    UNKNOWN_REGION 422 "unknown-region" "未知行政区划" "Unknown region"
    UNKNOWN_CATEGORY 422 "unknown-category" "未知采购品目" "Unknown procurement category"
    UNKNOWN_CURRENCY 422 "unknown-currency" "未知币种" "Unknown currency"
    AMOUNT_OUT_OF_RANGE 422 "amount-out-of-range" "金额超出范围" "Amount out of range"
    INVALID_DATE 422 "invalid-date" "日期或时刻无效" "Invalid date or time"
    DATES_OUT_OF_ORDER 422 "dates-out-of-order" "日期次序错误" "Dates out of order"
    WINDOW_TOO_SHORT 422 "window-too-short" "期限短于规定" "Window shorter than the rule allows"
    TOO_MANY 422 "too-many" "列表过长" "Too many elements"
    TOO_FEW 422 "too-few" "列表缺少元素" "Too few elements"
    DUPLICATE 422 "duplicate" "编号重复" "Duplicate id"
    UNKNOWN_REFERENCE 422 "unknown-reference" "引用不存在" "Reference to nothing"
    PERSONAL_NUMBER 422 "personal-number" "含有形同个人证件或手机的号码，须删去或确认" "A number that may be a person's, to be left out or confirmed"
    INCONSISTENT 422 "inconsistent" "字段相互矛盾" "Fields contradict each other"
    LAW_UNKNOWN 422 "law-unknown" "无法解释该法规版本" "This edition of the law can't be interpreted"
    LAW_SILENT 409 "law-silent" "现行法规版本没有这方面的规则" "The edition of the law in force has no rules of this"
    DOCUMENT_MISSING 422 "document-missing" "引用的文件尚未上传" "A cited document is not there"
    DOCUMENT_MISMATCH 422 "document-mismatch" "文件与所述不符" "The document is not what was said"
    DOCUMENT_TYPE 415 "document-type" "不接受该文件类型" "Document type not accepted"
    ENTRY_TOO_LARGE 413 "entry-too-large" "记录超过条目上限" "The record exceeds an entry's limit"
    // The log and its order.
    VERSION_STALE 409 "version-stale" "对象已有更新版本" "The stream has moved on"
    JTI_REUSED 409 "jti-reused" "jti 已用于另一条记录" "jti already used for other bytes"
    // Who may do it, and when.
    ROLE_NOT_ENTITLED 403 "role-not-entitled" "主体无权作出该行为" "Role not entitled to this act"
    OWN_MATTER 403 "own-matter" "不得就自己的事项作出该行为" "Not in a matter of one's own"
    ROLES_EXCLUSIVE 409 "roles-exclusive" "角色不得兼任" "Roles that exclude each other"
    LAST_SUPERVISOR 409 "last-supervisor" "没有其他可以履职的监督部门" "No other supervisor could act"
    NOT_A_PARTY 403 "not-a-party" "不是该事项的当事人" "Not a party to this matter"
    ORGANISATION_UNKNOWN 404 "organisation-unknown" "主体未登记" "Unknown organisation"
    ORGANISATION_PENDING 403 "organisation-pending" "主体登记尚未确认" "Organisation not confirmed yet"
    ORGANISATION_SUSPENDED 403 "organisation-suspended" "主体已被暂停" "Organisation suspended"
    ORGANISATION_ENDED 403 "organisation-ended" "主体已终止" "Organisation ended"
    ORGANISATION_BARRED 403 "organisation-barred" "主体在禁入期内" "Organisation barred"
    BARRED_REQUIRES_LEGAL_BASIS 422 "barred-requires-legal-basis" "禁入缺少法定依据" "A bar without a legal basis"
    REPAIR_REGIME 422 "repair-regime" "信用修复的受理规则不符" "Repaired under another regime"
    DEPOSIT_KIND_WITHOUT_LEGAL_BASIS 422 "deposit-kind-without-legal-basis" "保证金缺少法定依据" "A deposit without a legal basis"
    DEPOSIT_ABOVE_CAP 422 "deposit-above-cap" "保证金超过法定上限" "A deposit above its cap"
    FORFEITURE_WITHOUT_GROUND 422 "forfeiture-without-ground" "冻结或不予退还缺少法定事由" "A hold or forfeiture without a ground of the law"
    BALANCE_INSUFFICIENT 409 "balance-insufficient" "账户余额不足" "The account has not enough"
    DEPOSIT_DIVIDED 409 "deposit-divided" "到账款项已拆分" "What was received is divided"
    PART_IN_USE 409 "part-in-use" "拆分出的部分已在使用" "The part is in use"
    ENTRY_IN_USE 409 "entry-in-use" "其后另有登记以此为据" "Something later rests on the entry"
    ENTRY_STANDS 409 "entry-stands" "该登记不再冲销" "The entry stands for good"
    STATEMENT_REFUSED 422 "statement-refused" "对账单不能采用" "A statement that can't be used"
    SAME_SIGNER 403 "same-signer" "须由另一人复核" "To be signed by another person"
    DEPOSIT_UNKNOWN 404 "deposit-unknown" "没有该保证金" "Unknown deposit"
    STATE_FORBIDS 409 "state-forbids" "当前状态不允许该行为" "Not allowed in this state"
    DISCLOSURE_ERASED 410 "disclosure-erased" "披露已删除" "The disclosure was erased"
    KEY_IN_USE 409 "key-in-use" "密钥已登记" "Key already registered"
    LAST_KEY 409 "last-key" "不能吊销最后一个有效密钥" "The last valid key cannot be revoked"
    POSSESSION_UNPROVEN 422 "possession-unproven" "未证明持有私钥" "Possession of the key not proven"
    TENDER_UNKNOWN 404 "tender-unknown" "没有该项目" "Unknown tender"
    COMMITMENT_UNKNOWN 404 "commitment-unknown" "没有该承诺" "Unknown commitment"
    COMMITMENT_INCOMPLETE 409 "commitment-incomplete" "承诺未由双方签署" "No commitment that both sides signed"
    EVALUATION_UNKNOWN 404 "evaluation-unknown" "没有该评价" "Unknown evaluation"
    SEAL_MISMATCH 422 "seal-mismatch" "公开内容与密封不符" "Not what was sealed"
    TEMPLATE_SUPERSEDED 409 "template-superseded" "范本已有新版" "A newer version of the template is published"
    NOT_IMPARTIAL 403 "not-impartial" "须由无利害关系者裁定" "To be decided by somebody impartial"
    TEMPLATE_UNKNOWN 404 "template-unknown" "没有该承诺书范本" "Unknown template"
    WINDOW_OPEN 409 "window-open" "公示期未满" "The window is still open"
    WINDOW_CLOSED 409 "window-closed" "公示期已过" "The window is over"
    OBJECTION_OPEN 409 "objection-open" "仍有异议未处理" "An objection is open"
    REVISION_REQUIRED 409 "revision-required" "异议成立，须修改或终止" "An upheld objection demands a revision or termination"
    NOT_CLEARED 409 "not-cleared" "公示未通过，不得发布公告" "Not cleared for announcement"
    DIFFERENCE_UNDECLARED 422 "difference-undeclared" "与公示文本的差异未列明" "A difference from the disclosed text is not declared"
    CHALLENGE_OPEN 409 "challenge-open" "仍有质疑未处理" "A challenge is open"
    CLAIM_REFUTED 409 "claim-refuted" "业绩或资质已被证伪" "A claim of this candidate was refuted"
    NOT_A_BIDDER 422 "not-a-bidder" "不是开标记录中的投标人" "Not a bidder that was opened"
    PRICE_DIFFERS 422 "price-differs" "价格与此前公示不一致" "Another price than was published before"
    AMOUNT_UNCONFIRMED 422 "amount-unconfirmed" "金额相差悬殊，须确认" "An amount that must be confirmed"
    NOT_A_CANDIDATE 422 "not-a-candidate" "不是中标候选人" "Not a candidate"
}

/// The rule that a refusal rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Id in the rulebook, e.g. `AW-01`.
    pub rule: String,
    /// Law and article, e.g. `招标投标法实施条例 第五十四条`.
    pub law: String,
}

/// One concrete no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub problem: &'static ProblemType,
    pub detail: Bilingual,
    pub fields: Vec<FieldFault>,
    pub citation: Option<Citation>,
}

impl Refusal {
    pub fn new(problem: &'static ProblemType, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { problem, detail: Bilingual { zh: zh.into(), en: en.into() }, fields: Vec::new(), citation: None }
    }

    #[must_use]
    pub fn citing(mut self, rule: &str, law: &str) -> Self {
        self.citation = Some(Citation { rule: rule.to_owned(), law: law.to_owned() });
        self
    }

    /// A refusal that is about one field.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, fault: Fault) -> Self {
        self.fields.push(FieldFault { pointer: pointer.into(), fault });
        self
    }

    /// One field's fault.
    pub fn of_field(pointer: impl Into<String>, fault: Fault) -> Self {
        Self::fields(vec![FieldFault { pointer: pointer.into(), fault }])
    }

    /// Faults of fields; the first one gives the problem its type.
    pub fn fields(fields: Vec<FieldFault>) -> Self {
        let Some(first) = fields.first() else {
            return Self::new(&INTERNAL, "没有字段错误", "no field is at fault");
        };
        let (problem, more) = (of_fault(&first.fault), fields.len().saturating_sub(FAULTS_IN_WORDS));
        let (zh, en): (Vec<_>, Vec<_>) =
            fields.iter().take(FAULTS_IN_WORDS).map(FieldFault::words).map(|Bilingual { zh, en }| (zh, en)).unzip();
        let (mut zh, mut en) = (zh.join("；"), en.join("; "));
        if more > 0 {
            zh += &format!("；另有 {more} 处");
            en += &format!("; and {more} more");
        }
        Self { problem, detail: Bilingual { zh, en }, fields, citation: None }
    }

    /// The window is still open; `until` is when it ends.
    pub fn window_open(until: Instant) -> Self {
        let text = until.shanghai_text();
        Self::new(&WINDOW_OPEN, format!("公示期至 {text}（北京时间）"), format!("open until {text} (Asia/Shanghai)"))
    }

    /// The edition of this name has no rules of what is acted on.
    pub fn law_silent(edition: &str) -> Self {
        let zh = format!("本日志采用的法规版本 {edition} 没有这方面的规则，监督部门采用新版本后方可办理");
        let en = format!(
            "edition {edition}, which this log has adopted, has no rules of this: a supervisor adopts a newer one first"
        );
        Self::new(&LAW_SILENT, zh, en)
    }

    /// An edition of the law that is not here, or has rules that this program doesn't know: it can't be kept.
    pub fn law_unknown(edition: &DocumentId) -> Self {
        let (zh, en) = (format!("无法解释法规版本 {edition}"), format!("edition {edition} can't be interpreted here"));
        Self::new(&LAW_UNKNOWN, zh, en)
    }

    /// The record's `sub` does not fit what the pointer names.
    pub fn stream_mismatch(pointer: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let (zh, en) = (zh.into(), en.into());
        let fault = Fault::inconsistent((zh.clone(), en.clone()));
        Self::new(&STREAM_MISMATCH, zh, en).at(pointer, fault)
    }

    pub fn state_forbids(act: &str, state: &str) -> Self {
        Self::new(
            &STATE_FORBIDS,
            format!("状态为 {state}，不允许 {act}"),
            format!("{act} is not allowed in state {state}"),
        )
    }
}

/// Faults that the sentence about a payload tells; the list of its fields has them all.
const FAULTS_IN_WORDS: usize = 8;

/// The problem type of a field's fault: each kind of bad input has its own.
pub fn of_fault(fault: &Fault) -> &'static ProblemType {
    match fault {
        Fault::UnknownField { .. } | Fault::PrivateKey => &UNKNOWN_FIELD,
        Fault::MissingField | Fault::KindMissing { .. } => &MISSING_FIELD,
        Fault::WrongType { .. } => &WRONG_TYPE,
        Fault::TextTooLong { .. } => &TEXT_TOO_LONG,
        Fault::TextEmpty => &TEXT_EMPTY,
        Fault::ForbiddenCharacter { .. } => &FORBIDDEN_CHARACTER,
        Fault::MalformedCode { .. } => &MALFORMED_CODE,
        Fault::CheckCharacter { .. } => &CHECK_CHARACTER,
        Fault::UnknownRegion => &UNKNOWN_REGION,
        Fault::UnknownCategory => &UNKNOWN_CATEGORY,
        Fault::UnknownCurrency { .. } => &UNKNOWN_CURRENCY,
        Fault::AmountOutOfRange | Fault::AmountZero | Fault::AmountAbove { .. } => &AMOUNT_OUT_OF_RANGE,
        Fault::InvalidDate | Fault::NoSuchDay | Fault::InvalidInstant => &INVALID_DATE,
        Fault::DatesOutOfOrder { .. } => &DATES_OUT_OF_ORDER,
        Fault::WindowTooShort { .. } => &WINDOW_TOO_SHORT,
        Fault::TooMany { .. } => &TOO_MANY,
        Fault::TooFew => &TOO_FEW,
        Fault::Duplicate { .. } => &DUPLICATE,
        Fault::UnknownReference { .. } => &UNKNOWN_REFERENCE,
        Fault::PersonalNumber { .. } => &PERSONAL_NUMBER,
        Fault::Inconsistent { .. } => &INCONSISTENT,
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}): {}", self.problem.code, self.problem.status, self.detail.en)
    }
}

impl std::error::Error for Refusal {}
