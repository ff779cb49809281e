//! What is counted, and how: the words of each statistic.

use crate::act::statuses;

statuses! {
    /// What is counted.
    pub enum Statistic {
        /// 公示的项目
        Tenders,
        /// 异议是否成立
        ObjectionsUpheld,
        /// 异议是否按期答复
        ObjectionsAnswered,
        /// 质疑是否按期答复
        ChallengesAnswered,
        /// 是否按时开标
        BidsOpened,
        /// 是否只有一家投标
        SingleBids,
        /// 保证金是否按期退还
        DepositsReturned,
    }

    /// As what a case counts.
    pub enum CountedAs {
        /// It is what the statistic asks.
        Met,
        /// It is not.
        Unmet,
        /// The log does not say, or not yet.
        Unknown,
    }
}

/// A sentence in Chinese and in English.
pub(super) type Words = [&'static str; 2];

/// What a statistic is called, and what its numbers mean.
pub struct StatisticWords {
    pub title: Words,
    pub met: Words,
    pub unmet: Words,
    /// What is missing.
    pub unknown: Words,
    /// What is counted, of which records, and to which day a case belongs.
    pub method: Words,
}

impl Statistic {
    pub const EVERY: [Self; 7] = [
        Self::Tenders,
        Self::ObjectionsUpheld,
        Self::ObjectionsAnswered,
        Self::ChallengesAnswered,
        Self::BidsOpened,
        Self::SingleBids,
        Self::DepositsReturned,
    ];

    /// Rules of the law as data under whose periods its cases stand; the texts of tenders say the others.
    pub fn rules(self) -> &'static [&'static str] {
        match self {
            Self::DepositsReturned => &["DP-CLOCK", "DP-01", "DP-03", "DP-06", "DP-06-G", "DP-07", "DP-08", "DP-14"],
            _ => &[],
        }
    }

    pub fn words(self) -> &'static StatisticWords {
        match self {
            Self::Tenders => &TENDERS,
            Self::ObjectionsUpheld => &OBJECTIONS_UPHELD,
            Self::ObjectionsAnswered => &OBJECTIONS_ANSWERED,
            Self::ChallengesAnswered => &CHALLENGES_ANSWERED,
            Self::BidsOpened => &BIDS_OPENED,
            Self::SingleBids => &SINGLE_BIDS,
            Self::DepositsReturned => &DEPOSITS_RETURNED,
        }
    }
}

static TENDERS: StatisticWords = StatisticWords {
    title: ["公示的项目", "Tenders disclosed"],
    met: ["项目", "Tenders"],
    unmet: ["—", "—"],
    unknown: ["—", "—"],
    method: [
        "招标前公示（tender.preannounced）或由监督部门接管（tender.adopted）的每个项目，归入首次公示之日。",
        "Every tender that was disclosed before its call (tender.preannounced) or that a supervisor took over \
         (tender.adopted), on the day when it was first published.",
    ],
};

static OBJECTIONS_UPHELD: StatisticWords = StatisticWords {
    title: ["异议成立", "Objections upheld"],
    met: ["成立", "Upheld"],
    unmet: ["不成立", "Rejected"],
    unknown: ["尚无结论或已撤回", "Undecided or withdrawn"],
    method: [
        "对公示条款的每项异议（tender.objected），归入提出之日。答复采纳或部分采纳（tender.objection_answered）、裁定成立\
         （tender.objection_ruled）为成立；答复不予采纳、裁定驳回为不成立。裁定高于答复；投诉处理中的，裁定之前不计结论。",
        "Every objection to disclosed terms (tender.objected), on the day when it was filed. Upheld is what an answer accepted, \
         wholly or in part (tender.objection_answered), or a ruling upheld (tender.objection_ruled); a ruling stands above the \
         answer, and what was escalated has no result before it.",
    ],
};

static OBJECTIONS_ANSWERED: StatisticWords = StatisticWords {
    title: ["异议按期答复", "Objections answered in time"],
    met: ["按期", "In time"],
    unmet: ["逾期", "Late"],
    unknown: ["仍在期内，或答复前已撤回", "Within the period, or withdrawn before"],
    method: [
        "每项异议（tender.objected），归入提出之日。期限是该项目公示文本写明的答复期限，项目暂停期间不计。期满仍未答复，公示服务\
         即记载逾期（tender.deadline_passed）；此后才答复、或未经答复即投诉的，仍计逾期。监督部门重新起算期限的，从头再计。",
        "Every objection (tender.objected), on the day when it was filed. The period is the one that the disclosed text gives for \
         answers; it does not run while the tender is suspended. Who has not answered at its end is late, as the service says in \
         the log (tender.deadline_passed), and stays so when an answer comes later. Where a supervisor lets the period run again, \
         that one counts.",
    ],
};

static CHALLENGES_ANSWERED: StatisticWords = StatisticWords {
    title: ["质疑按期答复", "Challenges answered in time"],
    met: ["按期", "In time"],
    unmet: ["逾期", "Late"],
    unknown: ["仍在期内", "Within the period"],
    method: [
        "对中标候选人的每项质疑（award.challenged），归入项目首次公示之日；期限与逾期的算法同异议。跨项目的质疑名单没有，各项目的\
         见 /v1/tenders/{code}/challenges。",
        "Every challenge to published candidates (award.challenged), on the day when the tender was first published; periods as \
         those of objections. There is no list of challenges over several tenders: each tender's is at \
         /v1/tenders/{code}/challenges.",
    ],
};

static BIDS_OPENED: StatisticWords = StatisticWords {
    title: ["按时开标", "Bids opened on the day"],
    met: ["按时", "On the day"],
    unmet: ["逾期", "Late"],
    unknown: ["没有在本日志开标", "Not opened in this log"],
    method: [
        "公告写明的开标日已到的每个标段，归入项目首次公示之日。当日开标（tender.bids_opened）为按时；当日终了仍未开标，公示服务即\
         记载逾期（tender.deadline_passed）。开标日依法变更的，以变更后的为准；接管的项目在本日志之外开标，不知是否按时。",
        "Every lot whose day of opening, as announced or moved since, has come, on the day when the tender was first published. On \
         the day is what was opened by its end (tender.bids_opened); of what was not, the service says so (tender.deadline_passed). \
         Tenders that were taken over were opened outside of this log, and nobody here knows when.",
    ],
};

static SINGLE_BIDS: StatisticWords = StatisticWords {
    title: ["只有一家投标", "Single bids"],
    met: ["一家", "One bid"],
    unmet: ["两家及以上", "Two or more"],
    unknown: ["投标家数未知", "Number not known"],
    method: [
        "每个已开标的标段，归入项目首次公示之日，按开标记录（tender.bids_opened）所列投标人计家数，联合体算一家；没有人投标的不计。\
         依法采用单一来源等方式的也在其内：只有一家投标不等于违法。接管的项目在本日志之外开标，家数未知。",
        "Every lot whose bids were opened, on the day when the tender was first published, by the bidders of the opening record \
         (tender.bids_opened), a consortium being one; lots without any bid are not counted. Lawful single sources are among them: \
         one bid is no breach. Tenders that were taken over were opened outside of this log, so their number is not known.",
    ],
};

static DEPOSITS_RETURNED: StatisticWords = StatisticWords {
    title: ["保证金按期退还", "Deposits returned in time"],
    met: ["按期", "In time"],
    unmet: ["逾期", "Late"],
    unknown: ["仍在期内或未起算", "Within the period, or not due"],
    method: [
        "每笔保证金，归入退还期限起算之日（deposit.refund_due）、收取人，以及所担保项目的地区。全部在期内到账为按期（按银行到账日）；\
         任何一部分迟于期限、或现在逾期未退为逾期。期限按保证金种类所依据的法条，见规则页。没有现金应退的（已罚没、只有保函、无人领取）不计。",
        "Every deposit, on the day when the clock of its refund began (deposit.refund_due), by its payee and the region of the tender \
         that it stands for. In time is what arrived whole by its last day, by the bank's day; late is what had a part that arrived \
         after it, or is overdue now. The periods are those of the law for each kind of deposit, see the page of rules. Where no money \
         was to go back (forfeited, a guarantee only, unclaimed) nothing is counted.",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Editions;
    use std::collections::BTreeSet;

    #[test]
    fn methods_name_kinds_of_records_and_rules_that_there_are() {
        let kinds: BTreeSet<&str> = crate::world::Act::kinds().collect();
        let edition = Editions::newest();
        let rules: BTreeSet<&str> = edition.rules().map(|(rule, _)| rule.id.as_str()).collect();
        for statistic in Statistic::EVERY {
            for method in statistic.words().method {
                let is_of_a_kind = |letter: char| letter.is_ascii_lowercase() || matches!(letter, '.' | '_');
                let words = method.split(|letter| !is_of_a_kind(letter)).map(|word| word.trim_matches('.'));
                for kind in words.filter(|word| word.contains('.')) {
                    assert!(kinds.contains(kind), "{kind}");
                }
            }
            assert!(statistic.rules().iter().all(|rule| rules.contains(rule)), "{statistic:?}");
        }
    }

    #[test]
    fn each_stands_where_its_number_is_and_says_everything_twice() {
        for (at, statistic) in Statistic::EVERY.into_iter().enumerate() {
            assert_eq!(statistic as usize, at);
            let words = statistic.words();
            for [zh, en] in [words.title, words.met, words.unmet, words.unknown, words.method] {
                assert!(!zh.is_empty() && !en.is_empty() && (zh == "—" || zh != en), "{zh} {en}");
            }
        }
    }
}
