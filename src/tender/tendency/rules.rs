//! What more of something means for a bidder, by the words around it.

use super::Tendency;
use super::reading::{Piece, Quantity, Unit};
use super::words::{
    AGAINST, AT_LEAST_BEFORE, AT_LEAST_BEHIND, AT_MOST_BEFORE, AT_MOST_BEHIND, LOOKING_BACK, NOT_ASKED, RANGE, UNSURE,
};
use crate::tender::ClauseKind;

/// What more of something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    Stricter,
    Looser,
    /// Neither: a ceiling price leaves bidders less, and binds all of them alike.
    Neither,
}

impl More {
    fn told(self, is_more: bool) -> Tendency {
        match (self, is_more) {
            (Self::Stricter, true) | (Self::Looser, false) => Tendency::Stricter,
            (Self::Stricter, false) | (Self::Looser, true) => Tendency::Looser,
            (Self::Neither, true) => Tendency::Raised,
            (Self::Neither, false) => Tendency::Lowered,
        }
    }
}

/// Which side of a quantity is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    AtLeast,
    AtMost,
    /// It stands by itself.
    Plain,
}

/// What a subject's bound may be for the rule to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Any,
    /// At least, or as it stands: 具有2个业绩.
    NotAtMost,
    /// At most, or as it stands: 工期240日历天.
    NotAtLeast,
    AtLeast,
    AtMost,
}

/// A subject of clauses, what its quantities are of, and what more of them means.
struct Subject {
    words: &'static [&'static str],
    is_of: fn(&Unit) -> bool,
    asked: Asked,
    more: More,
}

fn is_money_or_share(unit: &Unit) -> bool {
    matches!(unit, Unit::Yuan | Unit::Percent)
}

fn is_time(unit: &Unit) -> bool {
    matches!(unit, Unit::Days | Unit::WorkingDays | Unit::Minutes | Unit::Months)
}

fn is_count(unit: &Unit) -> bool {
    matches!(unit, Unit::Count(_))
}

const SUBJECTS: &[Subject] = &[
    Subject {
        words: &["限价", "控制价", "预算", "最高报价"],
        is_of: is_money_or_share,
        asked: Asked::Any,
        more: More::Neither,
    },
    Subject {
        words: &["投标保证金", "履约保证金", "履约担保", "投标担保", "质量保证金", "质保金", "工资保证金"],
        is_of: is_money_or_share,
        asked: Asked::Any,
        more: More::Stricter,
    },
    Subject { words: &["预付款"], is_of: is_money_or_share, asked: Asked::Any, more: More::Looser },
    Subject { words: &["投标有效期", "响应有效期"], is_of: is_time, asked: Asked::Any, more: More::Stricter },
    Subject {
        words: &["投标截止", "递交截止", "提交截止", "响应截止", "报名截止"],
        is_of: |unit| *unit == Unit::Date,
        asked: Asked::Any,
        more: More::Looser,
    },
    Subject {
        words: &["公告期", "公示期", "异议期", "发售期", "获取期", "获取时间", "下载期", "编制投标文件", "投标准备"],
        is_of: is_time,
        asked: Asked::Any,
        more: More::Looser,
    },
    Subject {
        words: &["工期", "交货期", "交付期", "供货期", "交货时间", "交付时间"],
        is_of: is_time,
        asked: Asked::NotAtLeast,
        more: More::Looser,
    },
    Subject {
        words: &["响应", "到场", "到达", "修复", "排除故障"],
        is_of: |unit| *unit == Unit::Minutes,
        asked: Asked::NotAtLeast,
        more: More::Looser,
    },
    Subject {
        words: &["质保期", "保修期", "质量保证期", "缺陷责任期", "维保期", "免费维护"],
        is_of: is_time,
        asked: Asked::NotAtMost,
        more: More::Stricter,
    },
    Subject { words: &["业绩"], is_of: is_count, asked: Asked::NotAtMost, more: More::Stricter },
    Subject { words: &["业绩"], is_of: |unit| *unit == Unit::Yuan, asked: Asked::AtLeast, more: More::Stricter },
    Subject {
        words: &["经验", "从业", "工作年限", "执业", "成立"],
        is_of: |unit| *unit == Unit::Months,
        asked: Asked::AtLeast,
        more: More::Stricter,
    },
    Subject {
        words: &["注册资本", "注册资金", "净资产", "营业收入", "营业额", "资产总额"],
        is_of: |unit| *unit == Unit::Yuan,
        asked: Asked::AtLeast,
        more: More::Stricter,
    },
    Subject {
        words: &["工程师", "技术人员", "项目经理", "建造师", "从业人员", "管理人员"],
        is_of: is_count,
        asked: Asked::NotAtMost,
        more: More::Stricter,
    },
    Subject { words: &["联合体成员"], is_of: is_count, asked: Asked::AtMost, more: More::Looser },
    // 一级 is above 二级 of a 资质, and below it of 等级保护.
    Subject {
        words: &["资质"],
        is_of: |unit| matches!(unit, Unit::Grade | Unit::Letter),
        asked: Asked::AtLeast,
        more: More::Looser,
    },
    Subject {
        words: &["等级保护", "等保"],
        is_of: |unit| *unit == Unit::Grade,
        asked: Asked::AtLeast,
        more: More::Stricter,
    },
    Subject {
        words: &["强度等级"],
        is_of: |unit| *unit == Unit::Concrete,
        asked: Asked::AtLeast,
        more: More::Stricter,
    },
];

/// The words around a quantity.
struct Around {
    before: String,
    behind: String,
    /// All of the sentence, a `#` for each quantity.
    sentence: String,
    /// The part of it between commas.
    part: String,
}

impl Around {
    fn of(pieces: &[Piece], at: usize) -> Self {
        let words = |pieces: &[Piece]| -> String {
            let word = |piece: &Piece| match piece {
                Piece::Words(words) => words.clone(),
                Piece::Quantity(_) => "#".to_owned(),
            };
            pieces.iter().map(word).collect()
        };
        let (before, behind) = (words(&pieces[..at]), words(&pieces[at + 1..]));
        let within = |ends: &[char]| {
            let before = before.rsplit(ends).next().unwrap_or_default();
            let behind = behind.split(ends).next().unwrap_or_default();
            format!("{before}#{behind}")
        };
        let (sentence, part) = (within(&['。', ';', '\n']), within(&['。', ';', '\n', ',']));
        Self { sentence, part, before, behind }
    }

    fn bound(&self) -> Option<Bound> {
        let before = self.before.trim_end_matches(['±', '人', '民', '币', '￥', '¥']);
        let [least_before, most_before] =
            [AT_LEAST_BEFORE, AT_MOST_BEFORE].map(|words| words.iter().any(|word| before.ends_with(word)));
        let [least_behind, most_behind] =
            [AT_LEAST_BEHIND, AT_MOST_BEHIND].map(|words| words.iter().any(|word| self.behind.starts_with(word)));
        match (least_before || least_behind, most_before || most_behind) {
            (true, true) => None,
            (true, false) => Some(Bound::AtLeast),
            (false, true) => Some(Bound::AtMost),
            (false, false) => Some(Bound::Plain),
        }
    }

    fn is_range(&self) -> bool {
        self.behind.starts_with(RANGE) || self.before.ends_with(RANGE)
    }

    fn is_unsure(&self) -> bool {
        let sentence = self.sentence.replace("或以上", "以上").replace("或以下", "以下");
        UNSURE.iter().any(|word| sentence.contains(word))
    }

    /// Of a time that looks back: more of it is easier to have something in, and harder to have nothing in.
    fn looking_back(&self) -> Option<More> {
        let (has_not, has) = (
            ["无", "未", "没有", "不得有", "不存在"].iter().any(|word| self.sentence.contains(word)),
            ["业绩", "具有", "具备", "完成", "承担"].iter().any(|word| self.sentence.contains(word)),
        );
        match (has_not, has) {
            (true, false) => Some(More::Stricter),
            (false, true) => Some(More::Looser),
            _ => None,
        }
    }
}

/// Which way it goes that the quantity at a place became more, or less.
pub(super) fn told(kind: ClauseKind, pieces: &[Piece], at: usize, is_more: bool) -> Option<Tendency> {
    let Piece::Quantity(Quantity { unit, .. }) = &pieces[at] else { return None };
    let around = Around::of(pieces, at);
    let is_rule = matches!(kind, ClauseKind::Evaluation | ClauseKind::Contact);
    if is_rule || *unit == Unit::Bare || around.is_range() || around.is_unsure() {
        return None;
    }
    more(kind, unit, &around).map(|more| more.told(is_more))
}

fn more(kind: ClauseKind, unit: &Unit, around: &Around) -> Option<More> {
    if *unit == Unit::Months && LOOKING_BACK.iter().any(|word| around.before.ends_with(word)) {
        return around.looking_back();
    }
    // 缺陷责任期 is a time that is asked for, 排除故障 a thing.
    let sentence =
        ["缺陷责任期", "排除故障"].iter().fold(around.sentence.clone(), |sentence, word| sentence.replace(word, ""));
    if AGAINST.iter().any(|word| sentence.contains(word)) {
        return None;
    }
    let bound = around.bound()?;
    let fits = |asked: Asked| match asked {
        Asked::Any => true,
        Asked::NotAtMost => bound != Bound::AtMost,
        Asked::NotAtLeast => bound != Bound::AtLeast,
        Asked::AtLeast => bound == Bound::AtLeast,
        Asked::AtMost => bound == Bound::AtMost,
    };
    let about = |text: &str| {
        let known = SUBJECTS.iter().filter(|subject| (subject.is_of)(unit));
        known.filter(|subject| subject.words.iter().any(|word| text.contains(word))).collect::<Vec<_>>()
    };
    let near = about(&around.part);
    let subjects = if near.is_empty() { about(&around.sentence) } else { near };
    if let Some((first, others)) = subjects.split_first() {
        let agree = others.iter().all(|other| other.more == first.more);
        return (agree && subjects.iter().all(|subject| fits(subject.asked))).then_some(first.more);
    }
    // A measure of what bidders deliver says by itself what is asked for. A count, a share or a sum may be of anything.
    let is_asked = kind == ClauseKind::Technical && !NOT_ASKED.iter().any(|word| around.sentence.contains(word));
    match bound {
        _ if !is_asked || !matches!(unit, Unit::Measure(_)) => None,
        Bound::AtLeast => Some(More::Stricter),
        Bound::AtMost => Some(More::Looser),
        Bound::Plain => None,
    }
}
