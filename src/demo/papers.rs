//! What stands beside the log: uploaded documents, and the disclosures of sealed values.

use super::DemoError;
use super::cast::Who;
use super::phrase::literal;
use crate::field::{Citations, DocumentId, DocumentRef};
use crate::ledger::{Ledger, UncitedQuota};
use crate::log::Hash;
use crate::record::Disclosure;
use bytes::Bytes;

/// A document of the demo; its text is all there is to it.
pub struct Paper {
    pub owner: Who,
    title: &'static str,
    media_type: &'static str,
    text: &'static str,
}

macro_rules! papers {
    ($($name:ident $owner:ident $media_type:literal $title:literal $text:literal)*) => {
        $(pub static $name: Paper =
            Paper { owner: Who::$owner, title: $title, media_type: $media_type, text: $text };)*

        pub static PAPERS: &[&Paper] = &[$(&$name),*];
    };
}

papers! {
    DRAFT CityCentre "text/plain" "招标文件（公示稿）"
        "实验楼建设工程招标文件\n第一章 投标人须知\n第二章 评标办法（综合评估法）\n第三章 合同条款及格式\n第四章 技术标准和要求\n公示期内公开征求意见，可逐条提出异议。\n"
    QUANTITIES CityCentre "text/csv" "工程量清单"
        "序号,项目名称,单位,工程量\n1,C30混凝土基础,m3,412.6\n2,HRB400钢筋,t,86.4\n3,外墙保温,m2,2150\n4,实验台柜安装,套,96\n"
    TAX_SURVEY Jinshui "text/plain" "关于设置本市纳税证明门槛的情况说明"
        "经查近两年同类项目公告12份，除本项目外均未要求本市纳税证明。该要求与履约能力无关，排斥外地企业。\n"
    RULING_LETTER Province "text/plain" "投诉处理决定书"
        "投诉事项成立。招标文件不得以行政区域纳税证明限制潜在投标人（招标投标法实施条例第三十二条）。责令修改后重新公示。\n"
    ARCHIVE_LETTER Health "text/plain" "关于所询合同的复函"
        "经查我委档案，无编号为 LYWJ-HT-118 的合同，所称“县域医共体影像中心设备采购项目”由其他单位承接，验收单印章非我委印章。\n"
    CHANGE_NOTICE City "text/plain" "登记通知书（变更）"
        "准予变更登记：名称由“开封龙亭物业管理有限公司（示例）”变更为“开封龙亭城市服务有限公司（示例）”，法定代表人一并变更。\n"
    DIVISION_NOTICE City "text/plain" "登记通知书（分立注销）"
        "准予注销登记：开封龙亭城市服务有限公司（示例）解散分立，物业业务并入开封汴河物业服务有限公司（示例），智慧停车业务并入郑州金水河智能科技有限公司（示例），由两公司承继。\n"
    ACCEPTANCE_SHEET Education "text/csv" "履约验收清单"
        "序号,名称,数量,到货,安装,测试\n1,智慧黑板,240,240,240,合格\n2,录播主机,24,24,24,合格\n3,班班通平台,1,1,1,合格\n"
    TAX_NOTICE City "text/plain" "重大税收违法失信主体公布信息"
        "许昌颍水建材有限公司（示例）虚开发票，税务机关已依法处理，列为重大税收违法失信主体。\n"
    REPAIR_PAPER City "text/plain" "信用修复申请书（纸质扫描件）"
        "本公司已补缴税款、滞纳金并缴清罚款，申请信用修复。（加盖公章）\n"
    TRUST_PLEDGE City "text/plain" "信用承诺书"
        "本公司承诺依法纳税、如实申报，违者自愿接受公开。\n"
    BAN_DECISION City "text/plain" "行政处罚决定书（政府采购）"
        "许昌春秋家具有限公司（示例）提供虚假材料谋取成交，禁止参加政府采购活动。\n"
    REVIEW_DECISION Province "text/plain" "行政复议决定书"
        "原决定认定的检测报告与送检样品不能对应，事实不清，予以撤销。\n"
    DEFAULT_DECISION City "text/plain" "行政处罚决定书（不履行合同）"
        "周口黄泛工程咨询有限公司（示例）不按合同履行义务，情节严重，取消投标资格。\n"
    PENALTY Province "text/plain" "行政处罚决定书（弄虚作假）"
        "洛阳河洛医疗设备有限公司（示例）以虚假业绩投标，取消参加依法必须进行招标的项目的投标资格。\n"
    OBJECTION_PAPER City "text/plain" "异议书（纸质扫描件）"
        "合同系代理人伪造，本公司不知情，请求减轻。（加盖公章）\n"
}

impl Paper {
    fn id(&self) -> DocumentId {
        DocumentId::from(Hash::of(self.text))
    }

    /// As a record cites it.
    pub fn cited(&self) -> DocumentRef {
        DocumentRef {
            sha256: self.id(),
            size: self.text.len() as u64,
            media_type: literal(self.media_type),
            title: literal(self.title),
        }
    }
}

/// Papers, as one field of a record cites them.
pub fn cite(papers: &[&Paper]) -> Citations {
    let cited: Vec<_> = papers.iter().map(|paper| paper.cited()).collect();
    Citations::try_from(cited).expect("a few, and none twice")
}

/// Stores every paper, and the disclosures that scripts have sealed.
///
/// # Errors
/// The store or the document store fails.
pub async fn file(ledger: &Ledger, disclosures: &[(Who, Disclosure)]) -> Result<(), DemoError> {
    for paper in PAPERS {
        let bytes = Bytes::from_static(paper.text.as_bytes());
        let (owner, chunks, size) = (paper.owner.author().id, futures::stream::iter([Ok(bytes)]), paper.text.len());
        ledger.keep_document(paper.id(), chunks, size as u64, &owner, UncitedQuota::NONE).await?;
    }
    for (owner, disclosure) in disclosures {
        ledger.keep_disclosure(disclosure, &owner.author().id, UncitedQuota::NONE).await?;
    }
    Ok(())
}
