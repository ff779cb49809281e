//! What a monitor says: one JSON object a line.

use crate::field::Instant;
use serde::Serialize;
use std::path::PathBuf;

/// Something that was noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Two checkpoints under the log's signature of which neither continues the other.
    SplitView {
        source: String,
        size: u64,
        other_source: String,
        other_size: u64,
        /// Both notes.
        evidence: PathBuf,
    },
    /// The log shows an older checkpoint than it showed before.
    RollBack { source: String, known: u64, size: u64, evidence: PathBuf },
    /// What the checkpoint commits to is not there.
    MissingEntries { source: String, size: u64, detail: String },
    /// What is there is not what was signed, or is not an entry at its place in the chain.
    TamperedEntry {
        source: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        index: Option<u64>,
        detail: String,
    },
    /// A checkpoint that the log did not sign.
    BadSignature { source: String, detail: String },
    /// The log shows less than others have seen of it for too long, or committed to entries long after it took them.
    LateCheckpoint {
        source: String,
        /// Entries that its checkpoint covered.
        size: u64,
        /// Whence more is known: a mirror or witness, or the entry that was late.
        known_from: String,
        seconds: i64,
    },
    /// Fewer witnesses cosigned the checkpoint than the policy asks for.
    Unwitnessed { source: String, size: u64 },
    /// Nobody answers.
    Unreachable { source: String, detail: String },
    /// An entry that the query asks for.
    Match(Match),
}

/// An entry, as far as a reader needs it to go and look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match {
    pub index: u64,
    pub entry_time: Instant,
    pub kind: String,
    pub stream: String,
    pub kid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// How bad an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Nothing is wrong.
    Fine,
    /// It may pass.
    Warning,
    /// The log, or whoever shows it, misbehaves.
    Misbehaviour,
}

/// An event with its time and its words: one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventLine {
    #[serde(flatten)]
    pub event: Event,
    pub time: Instant,
    pub message_zh: String,
    pub message_en: String,
}

impl Event {
    pub fn gravity(&self) -> Gravity {
        match self {
            Self::SplitView { .. }
            | Self::RollBack { .. }
            | Self::MissingEntries { .. }
            | Self::TamperedEntry { .. }
            | Self::BadSignature { .. } => Gravity::Misbehaviour,
            Self::LateCheckpoint { .. } | Self::Unwitnessed { .. } | Self::Unreachable { .. } => Gravity::Warning,
            Self::Match(_) => Gravity::Fine,
        }
    }

    /// What makes it another event than one that was told before.
    pub(super) fn identity(&self) -> String {
        let mut event = self.clone();
        if let Self::LateCheckpoint { seconds, .. } = &mut event {
            *seconds = 0;
        }
        serde_json::to_string(&event).unwrap_or_default()
    }

    pub fn at(self, time: Instant) -> EventLine {
        let (message_zh, message_en) = self.messages();
        EventLine { event: self, time, message_zh, message_en }
    }

    /// For people: Chinese, English.
    fn messages(&self) -> (String, String) {
        match self {
            Self::SplitView { source, size, other_source, other_size, .. } => (
                format!("日志分叉：{source}（{size} 条）与 {other_source}（{other_size} 条）不是同一份日志"),
                format!("split view: {source} ({size} entries) and {other_source} ({other_size}) are not one log"),
            ),
            Self::RollBack { source, known, size, .. } => (
                format!("日志回退：{source} 曾有 {known} 条，现只有 {size} 条"),
                format!("roll-back: {source} had {known} entries and now shows {size}"),
            ),
            Self::MissingEntries { source, detail, .. } => {
                (format!("条目缺失：{source}：{detail}"), format!("missing entries: {source}: {detail}"))
            }
            Self::TamperedEntry { source, detail, .. } => {
                (format!("条目被改：{source}：{detail}"), format!("tampered entry: {source}: {detail}"))
            }
            Self::BadSignature { source, detail } => {
                (format!("签名不成立：{source}：{detail}"), format!("bad signature: {source}: {detail}"))
            }
            Self::LateCheckpoint { source, size, known_from, seconds } => (
                format!("检查点迟滞：{source} 停在 {size} 条，{known_from} 已见更多，相差 {seconds} 秒"),
                format!(
                    "late checkpoint: {source} stood at {size} entries; more is known from {known_from}, {seconds} s"
                ),
            ),
            Self::Unwitnessed { source, size } => (
                format!("见证不足：{source} 的 {size} 条检查点未达见证策略"),
                format!("unwitnessed: the checkpoint of {size} entries of {source} does not meet the policy"),
            ),
            Self::Unreachable { source, detail } => {
                (format!("无法访问：{source}：{detail}"), format!("unreachable: {source}: {detail}"))
            }
            Self::Match(Match { index, kind, stream, title, .. }) => {
                let title = title.as_deref().unwrap_or_default();
                (format!("新记录 {index}：{kind} {stream} {title}"), format!("entry {index}: {kind} {stream} {title}"))
            }
        }
    }
}
