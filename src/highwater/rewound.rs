//! That the log is not what it was, in words.

use crate::problem::{self, Bilingual, Refusal};
use std::fmt;

/// Who knows a checkpoint of the log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voucher {
    /// The mark that this service keeps beside its keys.
    Mark,
    /// The place where the log is published as files.
    Published,
    /// As many witnesses as the policy asks for.
    Witnesses,
    /// A mirror or another reader, by its URL.
    Mirror(String),
}

/// In which way the log does not go on from a checkpoint. Sizes are in entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divergence {
    /// It has fewer entries.
    Behind { known: u64, size: u64 },
    /// It has other entries.
    Forked { known: u64 },
}

/// A log that is behind a checkpoint of its own, or contradicts it: it must not be written on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason().en)]
pub struct Rewound {
    pub voucher: Voucher,
    pub divergence: Divergence,
}

impl Voucher {
    /// For programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::Published => "published",
            Self::Witnesses => "witnesses",
            Self::Mirror(_) => "mirror",
        }
    }

    fn named(&self) -> Bilingual {
        let (zh, en) = match self {
            Self::Mark => ("本服务的高水位文件".to_owned(), "the high-water mark of this service".to_owned()),
            Self::Published => ("静态发布处".to_owned(), "the published place".to_owned()),
            Self::Witnesses => ("见证".to_owned(), "witnesses".to_owned()),
            Self::Mirror(url) => (format!("镜像 {url} "), format!("the mirror {url}")),
        };
        Bilingual { zh, en }
    }
}

impl fmt::Display for Voucher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.named().en)
    }
}

impl Rewound {
    /// Who knows what, and what is here.
    pub fn reason(&self) -> Bilingual {
        let Bilingual { zh: by_zh, en: by_en } = self.voucher.named();
        let (zh, en) = match self.divergence {
            Divergence::Behind { known, size } => (
                format!("日志倒退：数据库中有 {size} 条，而{by_zh}所知的检查点已有 {known} 条"),
                format!("the log has gone back: the database has {size} entries, {by_en} knew {known}"),
            ),
            Divergence::Forked { known } => (
                format!("日志分叉：数据库中的前 {known} 条与{by_zh}所知的检查点不符"),
                format!("the log has forked: its first {known} entries are not those that {by_en} knew"),
            ),
        };
        Bilingual { zh, en }
    }

    /// What whoever runs the service does about it.
    pub fn cure(&self) -> Bilingual {
        let mut zh = "请停止服务，以 gongshi restore --catch-up 从备份、镜像或副本补回缺失的记录；确无从补回的，以 \
                      gongshi restore --accept-loss 将损失记入日志并更名续写"
            .to_owned();
        let mut en =
            "stop the service and bring back what is missing from a backup, a mirror or a replica (gongshi restore \
                      --catch-up); if nobody has it, record the loss and go on under another name (gongshi restore \
                      --accept-loss)"
                .to_owned();
        match self.voucher {
            Voucher::Witnesses => {
                zh.push_str("；若是见证有误，请将其移出见证策略");
                en.push_str("; if it is the witnesses that err, take them off the policy");
            }
            Voucher::Mirror(_) | Voucher::Published | Voucher::Mark => {}
        }
        Bilingual { zh, en }
    }

    /// For whoever wanted to write.
    pub fn refusal(&self) -> Refusal {
        let (reason, cure) = (self.reason(), self.cure());
        let zh = format!("{}；在此期间不接受记录。{}", reason.zh, cure.zh);
        let en = format!("{}; until that is settled no record is accepted. {}", reason.en, cure.en);
        Refusal::new(&problem::LOG_REWOUND, zh, en)
    }
}
