//! What an organisation may do at a time: a pure function of its bars, of what credit says, and of that time.

use super::{Bar, Lifting, Mark};
use crate::act::statuses;
use crate::field::{Bilingual, Day, Instant};
use crate::law::{CreditEffects, Grade};

statuses! {
    /// What an organisation may do.
    pub enum AccessState {
        /// 准入
        Full,
        /// 附条件准入: more is checked; it bids and wins as everybody.
        Conditional,
        /// 限制: none of the incentives that nobody has a right to; it bids and wins as everybody.
        Restricted,
        /// 禁入: a bar is in force; what it stops, and where, stands in it.
        Barred,
    }

    /// What credit makes of access: never an exclusion.
    pub enum CreditEffect {
        /// More is checked.
        ExtraChecks,
        /// No voluntary incentives.
        NoIncentives,
    }

    /// Where a bar stands.
    pub enum BarStatus {
        /// 尚未开始
        ToCome,
        /// 生效中
        InForce,
        /// 已届满
        Over,
        /// 决定已撤销
        Revoked,
        /// 异议成立
        Annulled,
        /// 已修复
        Repaired,
    }
}

impl CreditEffect {
    pub fn of(grade: Grade, effects: &CreditEffects) -> Option<Self> {
        match grade {
            grade if effects.no_incentives.contains(&grade) => Some(Self::NoIncentives),
            grade if effects.extra_checks.contains(&grade) => Some(Self::ExtraChecks),
            _ => None,
        }
    }
}

impl AccessState {
    /// What people call it.
    pub fn words(self) -> Bilingual {
        let (zh, en) = match self {
            Self::Full => ("准入", "full access"),
            Self::Conditional => {
                ("附条件准入（加强核验，不限制参与）", "conditional: more is checked, nothing is closed")
            }
            Self::Restricted => {
                ("限制（不享受自愿激励，不限制参与）", "restricted: no voluntary incentives, nothing is closed")
            }
            Self::Barred => ("禁入（范围与期限见各项决定）", "barred, as far and as long as each decision says"),
        };
        Bilingual::new(zh, en)
    }
}

/// The time that is asked about, and what was known then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    pub time: Instant,
    /// Entries behind this one were not there yet.
    pub entry: Option<u64>,
}

impl AsOf {
    /// With every entry that stands in the log by that time.
    pub fn time(time: Instant) -> Self {
        Self { time, entry: None }
    }

    /// With the entries up to one, at its time.
    pub fn entry(entry: u64, time: Instant) -> Self {
        Self { time, entry: Some(entry) }
    }

    pub fn knows(self, mark: &Mark) -> bool {
        self.has(mark.entry, mark.time)
    }

    /// Whether an entry of a time was there.
    pub fn has(self, entry: u64, time: Instant) -> bool {
        match self.entry {
            Some(last) => entry <= last,
            None => time <= self.time,
        }
    }

    fn day(self) -> Day {
        self.time.shanghai_day().into()
    }
}

impl Bar {
    /// Where it stood then; nothing before it was entered.
    pub fn status(&self, at: AsOf) -> Option<BarStatus> {
        if !at.knows(&self.entered) {
            return None;
        }
        if let Some((why, mark)) = &self.lifted
            && at.knows(mark)
        {
            return Some(match why {
                Lifting::Revoked => BarStatus::Revoked,
                Lifting::Annulled => BarStatus::Annulled,
                Lifting::Repaired => BarStatus::Repaired,
            });
        }
        let today = at.day();
        Some(match () {
            () if today < self.from => BarStatus::ToCome,
            () if today <= self.to => BarStatus::InForce,
            () => BarStatus::Over,
        })
    }

    /// Whether it keeps its organisation away from anything then.
    pub fn is_in_force(&self, at: AsOf) -> bool {
        self.status(at) == Some(BarStatus::InForce)
    }

    /// 异议中: somebody objects, and nobody has ruled.
    pub fn is_disputed(&self, at: AsOf) -> bool {
        let is_ruled = |ruled: &Option<(_, Mark)>| ruled.as_ref().is_some_and(|(_, mark)| at.knows(mark));
        self.objections.iter().any(|objection| at.knows(&objection.filed) && !is_ruled(&objection.ruled))
    }
}

/// What an organisation may do. Only a bar that is in force bars; credit never does.
pub fn standing<'b>(bars: impl IntoIterator<Item = &'b Bar>, credit: Option<CreditEffect>, at: AsOf) -> AccessState {
    if bars.into_iter().any(|bar| bar.is_in_force(at)) {
        return AccessState::Barred;
    }
    match credit {
        Some(CreditEffect::NoIncentives) => AccessState::Restricted,
        Some(CreditEffect::ExtraChecks) => AccessState::Conditional,
        None => AccessState::Full,
    }
}
