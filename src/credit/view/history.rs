//! The history of somebody's credit as a table: for each grade what was new in it, what each kind of conduct came to, and the sum.

use super::super::{Contribution, Graded, Predecessor};
use super::{arithmetic, points, reason};
use crate::law::{Conduct, CreditTerms};

/// What the columns are called.
pub const HISTORY_HEAD: [&str; 13] = [
    "等级记录",
    "评定日",
    "事项",
    "条目",
    "条目日",
    "签署人",
    "行为",
    "规则",
    "法律依据",
    "原始分",
    "计得分",
    "算式",
    "说明",
];

type Line = [String; HISTORY_HEAD.len()];

/// A line: which grade, and what of it.
struct Row<'a> {
    graded: &'a Graded,
    index: u64,
    terms: &'a CreditTerms,
}

impl Row<'_> {
    /// Entry with its day and author; conduct; points as they were and as they count; how, and a remark.
    fn line(
        &self,
        what: &str,
        [entry, day, by]: [String; 3],
        conduct: Option<Conduct>,
        [full, counted, how, remark]: [String; 4],
    ) -> Line {
        let rule = conduct.and_then(|conduct| self.terms.conduct(conduct)).map(|rule| &rule.rule);
        let (id, law) = rule.map(|rule| (rule.id.clone(), rule.law.clone())).unwrap_or_default();
        let conduct = conduct.map(|conduct| conduct.name().to_owned()).unwrap_or_default();
        let (index, graded) = (self.index.to_string(), self.graded.day.to_string());
        [index, graded, what.to_owned(), entry, day, by, conduct, id, law, full, counted, how, remark]
    }

    fn contribution(&self, listed: &Contribution) -> impl Iterator<Item = Line> {
        let inherited = || listed.from.as_ref().map(|from| format!("承继自 {from}"));
        let remark = |parts: [Option<String>; 2]| parts.into_iter().flatten().collect::<Vec<_>>().join("；");
        let place = || [listed.entry.to_string(), listed.day.to_string(), listed.by.to_string()];
        let adds = listed.adds.as_ref().map(|adds| {
            let rule = self.terms.conduct(adds.conduct);
            let (counted, how) = rule
                .map(|rule| arithmetic(rule, listed.day, self.graded.day))
                .map(|(_, aged, how)| (points(aged), how))
                .unwrap_or_default();
            let until = adds.until.map(|until| format!("至 {until} 限制等级"));
            let remark = remark([until, inherited()]);
            self.line("计入", place(), Some(adds.conduct), [points(adds.points.into()), counted, how, remark])
        });
        let back = listed.takes_back.as_ref().map(|back| {
            let remark = remark([Some(format!("撤回第 {} 号条目", back.entry)), inherited()]);
            self.line("撤回", place(), back.conduct, [points(back.points.into()), String::new(), String::new(), remark])
        });
        let named = listed.succeeds.as_ref().map(|Predecessor { organisation, manner }| {
            let remark = format!("{organisation}，{}", manner.words().zh);
            self.line("承继", place(), None, [String::new(), String::new(), String::new(), remark])
        });
        [adds, back, named].into_iter().flatten()
    }

    fn sums(&self) -> impl Iterator<Item = Line> {
        self.graded.sums.iter().map(|sum| {
            let (aged, counted) = (points(sum.aged), points(sum.points.into()));
            let cut = if aged == counted { String::new() } else { format!("{aged} → {counted}") };
            let remark = format!("{} 项", sum.count);
            self.line("小计", Default::default(), Some(sum.conduct), [points(sum.full), counted, cut, remark])
        })
    }
}

/// The lines of one grade.
pub fn history_lines(graded: &Graded, index: u64, terms: &CreditTerms) -> Vec<Line> {
    let row = Row { graded, index, terms };
    let listed = graded.contributions.iter().flat_map(|listed| row.contribution(listed));
    let caps = graded.caps.iter().map(|cap| {
        let remark = format!("至 {} 至多为 {} 级", cap.until, cap.at_most.name());
        let place = [cap.entry.to_string(), String::new(), String::new()];
        row.line("限制", place, Some(cap.conduct), [String::new(), String::new(), String::new(), remark])
    });
    let (sum, _) = reason(&graded.account());
    let [base, total] = [graded.base, graded.points].map(|hundredths| points(hundredths.into()));
    let remark = if graded.continues { "续下一条记录".to_owned() } else { graded.grade.name().to_owned() };
    let last = row.line("等级", Default::default(), None, [base, total, sum, remark]);
    listed.chain(row.sums()).chain(caps).chain([last]).collect()
}
