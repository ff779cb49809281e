//! Why the clock is not believed, in words.

use crate::field::Instant;
use crate::problem::{self, Bilingual, Refusal};

/// What the wall clock disagrees with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The time that has passed since it was last right.
    Jumped,
    /// The log's last entry: it is later.
    BehindLog,
    /// What most witnesses have signed.
    Witnesses,
}

impl Cause {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jumped => "jumped",
            Self::BehindLog => "behind-log",
            Self::Witnesses => "witnesses",
        }
    }
}

/// A clock that is not believed: what it shows, and what it should show about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock can't be trusted ({}): it shows {wall}, and should show about {expected}", cause.as_str())]
pub struct Doubt {
    pub cause: Cause,
    pub wall: Instant,
    pub expected: Instant,
}

impl Doubt {
    /// The two times and what they come from.
    pub fn reason(&self) -> Bilingual {
        let [wall, expected] = [self.wall, self.expected].map(Instant::shanghai_text);
        let (zh, en) = match self.cause {
            Cause::Jumped => (
                format!("服务器时钟发生跳变：现显示 {wall}，按实际经过的时间应约为 {expected}（北京时间）"),
                format!(
                    "the server's clock jumped: it shows {wall}, by the time that has passed it should be about \
                     {expected} (Asia/Shanghai)"
                ),
            ),
            Cause::BehindLog => (
                format!("服务器时钟落后于日志：现显示 {wall}，而最后一条记录的时间为 {expected}（北京时间）"),
                format!(
                    "the server's clock is behind the log: it shows {wall}, the last entry is of {expected} \
                     (Asia/Shanghai)"
                ),
            ),
            Cause::Witnesses => (
                format!("服务器时钟与多数见证不符：现显示 {wall}，按见证签署的时间应约为 {expected}（北京时间）"),
                format!(
                    "most witnesses contradict the server's clock: it shows {wall}, by what they signed it should be \
                     about {expected} (Asia/Shanghai)"
                ),
            ),
        };
        Bilingual { zh, en }
    }

    /// What whoever runs the service does about it.
    pub fn cure(&self) -> Bilingual {
        let (mut zh, mut en) = (
            "请校准服务器时钟，时钟恢复一致后服务自动恢复；若时钟确实正确，请运维人员向服务进程发送 SIGUSR1 信号予以确认\
             （kill -USR1 进程号）"
                .to_owned(),
            "set the server's clock right, and the service goes on by itself; if it is right as it is, whoever runs the \
             service confirms it by sending the process SIGUSR1 (kill -USR1 PID)"
                .to_owned(),
        );
        if self.cause == Cause::BehindLog {
            zh.push_str("；确认后，在时钟赶上之前，新记录的时间均为最后一条记录的时间");
            en.push_str("; from then on records get the time of the last entry until the clock has reached it");
        }
        Bilingual { zh, en }
    }

    /// For whoever wanted to write.
    pub fn refusal(&self) -> Refusal {
        let Bilingual { zh, en } = self.reason();
        Refusal::new(
            &problem::CLOCK_UNTRUSTED,
            format!("{zh}；在此期间不接受记录，也不因时间届满作出任何行为。运行机构校准时钟后，请以同一 jti 重试"),
            format!(
                "{en}; until that is settled no record is accepted and no period ends. Retry with the same jti when \
                 whoever runs the service has set the clock right"
            ),
        )
    }
}
