//! Which line is which posting.

use super::BookMovement;
use crate::field::{Bilingual, Day};
use crate::statement::StatementLine;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

/// Days between a line and a posting of the same payer and amount that may still be one thing. The platform's own rule: no law says.
pub const PAYER_DAYS_MAX: u64 = 5;

/// And between a posting and a line that names its deposit: a day that was mistyped by a month is still that day. The platform's own rule.
pub const NOTICE_DAYS_MAX: u64 = 31;

/// Days after a bank was told to pay within which its line may be that payment: a cheque is presented late, and the longest holidays lie
/// between. What is later is another payment, unless the bank's reference says so. The platform's own rule.
pub const PAYMENT_DAYS_MAX: u64 = 20;

/// Why lines and postings are the same.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MatchReason {
    /// The book took one back itself (红字冲销): neither was ever at the bank.
    BookReversal,
    /// An open item of before, and the postings that were named for it.
    NamedPosting,
    /// The payee named a payment, and the line by which it came back: the book has neither.
    NamedReturn,
    /// The bank's reference and the amount.
    BankReference,
    /// One line is a batch whose payments name these postings and come to its amount.
    BatchReferences,
    /// The line names the deposit, and has its amount, within [`NOTICE_DAYS_MAX`] days; of several the nearest.
    NoticeReference,
    /// The payer's name and the amount, within [`PAYER_DAYS_MAX`] days; of several the nearest.
    PayerAndAmount,
    /// The bank took one back itself (冲正、退汇): the book has neither.
    BankReversal,
}

impl MatchReason {
    pub fn words(self) -> Bilingual {
        match self {
            Self::BookReversal => Bilingual::new("账簿红字冲销，互抵", "taken back in the book"),
            Self::NamedPosting => Bilingual::new("未达账项已指明凭证", "the open item's posting was named"),
            Self::NamedReturn => Bilingual::new("收取人指明为退汇，互抵", "named as a payment that came back"),
            Self::BankReference => Bilingual::new("银行流水号与金额一致", "same bank reference and amount"),
            Self::BatchReferences => {
                Bilingual::new("批量付款，各笔参考号与合计一致", "a batch whose references and sum agree")
            }
            Self::NoticeReference => Bilingual::new(
                "附言载明缴款编号，金额一致，日期最近",
                "names the deposit, has its amount, and is the nearest in time",
            ),
            Self::PayerAndAmount => Bilingual::new(
                "付款人与金额一致，日期相近且最近",
                "same payer and amount, within a few days, and the nearest of them",
            ),
            Self::BankReversal => Bilingual::new("银行冲正或退汇，互抵", "taken back at the bank"),
        }
    }
}

/// Lines and postings that are the same, by their places in what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankMatch {
    pub lines: Vec<usize>,
    pub movements: Vec<usize>,
    pub reason: MatchReason,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Matching {
    pub matches: Vec<BankMatch>,
    /// The postings that a line might be; of no line that is matched.
    pub candidates: HashMap<usize, BTreeSet<usize>>,
    /// Lines and postings of one reference with different amounts.
    pub differing: Vec<(usize, usize)>,
}

/// The day on which a line moved the balance.
pub(super) fn day_of(line: &StatementLine) -> Option<Day> {
    line.booked_on.or(line.valued_on)
}

/// Finds them, the surest reason first: what was named before, then what is found. Of so many lines that were carried forward, what
/// they differ by from a posting is theirs to be named.
pub(super) fn of(
    lines: &[&StatementLine],
    movements: &[BookMovement],
    named: Vec<(Vec<usize>, Vec<usize>)>,
    returned: Vec<[usize; 2]>,
    carried: usize,
) -> Matching {
    let mut search = Search {
        lines,
        movements,
        open_lines: (0..lines.len()).collect(),
        open_movements: (0..movements.len()).collect(),
        found: Matching::default(),
    };
    for (lines, movements) in named {
        search.take(lines, movements, MatchReason::NamedPosting);
    }
    for pair in returned {
        search.take(pair.to_vec(), Vec::new(), MatchReason::NamedReturn);
    }
    search.book_reversals();
    search.by(MatchReason::BankReference, references, |movement| movement.reference.clone(), |_, _| true);
    search.batches();
    search.differing(carried);
    search.by(
        MatchReason::NoticeReference,
        words_of,
        |movement| movement.notice.clone(),
        |line, of| may_be(line, of, NOTICE_DAYS_MAX),
    );
    search.by(
        MatchReason::PayerAndAmount,
        payer_of,
        |movement| movement.payer.clone(),
        |line, of| may_be(line, of, PAYER_DAYS_MAX),
    );
    search.bank_reversals();
    let open = &search.open_lines;
    search.found.candidates.retain(|line, _| open.contains(line));
    for candidates in search.found.candidates.values_mut() {
        candidates.retain(|movement| search.open_movements.contains(movement));
    }
    search.found
}

fn references(line: &StatementLine) -> Vec<String> {
    [&line.reference, &line.client_reference].into_iter().flatten().cloned().collect()
}

/// Whatever stands in its words by itself: identifiers are of these characters.
fn words_of(line: &StatementLine) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let words = line.text.split(move |c| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_owned);
    words.chain(line.client_reference.clone()).collect()
}

fn payer_of(line: &StatementLine) -> Vec<String> {
    line.counterparty.name.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

fn days_between(earlier: Day, later: Day) -> i64 {
    (later.date() - earlier.date()).num_days()
}

/// Days between what the bank says and what the book says of when it was at the bank.
fn apart(line: &StatementLine, movement: &BookMovement) -> u64 {
    day_of(line).map_or(u64::MAX, |day| days_between(movement.value_date, day).unsigned_abs())
}

/// Near enough; and a payment is never there before the bank was told to make it, nor long after.
fn may_be(line: &StatementLine, movement: &BookMovement, days_max: u64) -> bool {
    let since = |told: Day| day_of(line).map_or(-1, |day| days_between(told, day));
    let is_that_payment = |told: Day| (0..=PAYMENT_DAYS_MAX as i64).contains(&since(told));
    apart(line, movement) <= days_max && movement.instructed.is_none_or(is_that_payment)
}

/// The nearest of some; none where two are equally near.
fn nearest(of: &BTreeSet<usize>, apart: impl Fn(usize) -> u64) -> Option<usize> {
    let mut by_days: Vec<(u64, usize)> = of.iter().map(|at| (apart(*at), *at)).collect();
    by_days.sort_unstable();
    match by_days[..] {
        [] => None,
        [(first, _), (second, _), ..] if first == second => None,
        [(_, at), ..] => Some(at),
    }
}

struct Search<'a> {
    lines: &'a [&'a StatementLine],
    movements: &'a [BookMovement],
    open_lines: BTreeSet<usize>,
    open_movements: BTreeSet<usize>,
    found: Matching,
}

impl Search<'_> {
    fn take(&mut self, lines: Vec<usize>, movements: Vec<usize>, reason: MatchReason) {
        for line in &lines {
            self.open_lines.remove(line);
        }
        for movement in &movements {
            self.open_movements.remove(movement);
        }
        self.found.matches.push(BankMatch { lines, movements, reason });
    }

    /// The open postings by something that they have.
    fn index<K: Hash + Eq>(&self, key: impl Fn(&BookMovement) -> Option<K>) -> HashMap<K, Vec<usize>> {
        let mut index: HashMap<K, Vec<usize>> = HashMap::new();
        for at in &self.open_movements {
            if let Some(key) = key(&self.movements[*at]) {
                index.entry(key).or_default().push(*at);
            }
        }
        index
    }

    fn book_reversals(&mut self) {
        let entries: HashMap<u64, usize> =
            self.movements.iter().enumerate().map(|(at, movement)| (movement.entry, at)).collect();
        for (at, movement) in self.movements.iter().enumerate() {
            let taken = movement.takes_back.and_then(|entry| entries.get(&entry)).copied();
            let is_open = |of: &usize| self.open_movements.contains(of);
            let Some(taken) = taken.filter(|taken| is_open(taken) && is_open(&at)) else { continue };
            if i128::from(self.movements[taken].amount_minor) + i128::from(movement.amount_minor) == 0 {
                self.take(Vec::new(), vec![taken, at], MatchReason::BookReversal);
            }
        }
    }

    /// Pairs of the same name and amount: each is the only one for the other, or by its day the nearest.
    fn by(
        &mut self,
        reason: MatchReason,
        names: impl Fn(&StatementLine) -> Vec<String>,
        name: impl Fn(&BookMovement) -> Option<String>,
        fits: impl Fn(&StatementLine, &BookMovement) -> bool,
    ) {
        let index = self.index(|movement| Some((name(movement)?, movement.amount_minor)));
        let mut of_line: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut of_movement: HashMap<usize, BTreeSet<usize>> = HashMap::new();
        for at in &self.open_lines {
            let line = self.lines[*at];
            let known = names(line).into_iter().filter_map(|name| index.get(&(name, line.amount_minor)));
            let fitting: BTreeSet<usize> =
                known.flatten().copied().filter(|movement| fits(line, &self.movements[*movement])).collect();
            for movement in &fitting {
                of_movement.entry(*movement).or_default().insert(*at);
            }
            if !fitting.is_empty() {
                of_line.insert(*at, fitting);
            }
        }
        let (lines, movements) = (self.lines, self.movements);
        for (line, fitting) in of_line {
            let near = nearest(&fitting, |movement| apart(lines[line], &movements[movement]));
            let back = |of: &usize| {
                nearest(&of_movement[of], |other| apart(lines[other], &movements[*of])).is_some_and(|it| it == line)
            };
            match near.filter(back) {
                Some(movement) => self.take(vec![line], vec![movement], reason),
                None => self.found.candidates.entry(line).or_default().extend(fitting),
            }
        }
    }

    /// A line whose every payment names another posting, all of them together its amount.
    fn batches(&mut self) {
        let index = self.index(|movement| movement.reference.clone());
        for at in self.open_lines.clone() {
            let line = self.lines[at];
            if line.parts.len() < 2 {
                continue;
            }
            let named = line.parts.iter().map(|part| {
                let of = index.get(part.client_reference.as_ref()?)?;
                (of.len() == 1 && self.open_movements.contains(&of[0])).then(|| of[0])
            });
            let Some(named) = named.collect::<Option<Vec<usize>>>() else { continue };
            let sum: i128 = named.iter().map(|movement| i128::from(self.movements[*movement].amount_minor)).sum();
            let are_distinct = named.iter().collect::<BTreeSet<_>>().len() == named.len();
            if are_distinct && sum == i128::from(line.amount_minor) {
                self.take(vec![at], named, MatchReason::BatchReferences);
            }
        }
    }

    /// One line and one posting of one reference, and not of one amount: no other reason makes them or either of them fit elsewhere.
    fn differing(&mut self, carried: usize) {
        let index = self.index(|movement| movement.reference.clone());
        let mut named: HashMap<usize, Vec<usize>> = HashMap::new();
        for at in self.open_lines.range(carried..) {
            let of: BTreeSet<usize> =
                references(self.lines[*at]).iter().filter_map(|name| index.get(name)).flatten().copied().collect();
            if let Some(movement) = of.first().filter(|_| of.len() == 1) {
                named.entry(*movement).or_default().push(*at);
            }
        }
        let mut pairs: Vec<_> = named.into_iter().filter(|(_, lines)| lines.len() == 1).collect();
        pairs.sort_unstable();
        for (movement, lines) in pairs {
            if self.lines[lines[0]].amount_minor != self.movements[movement].amount_minor {
                self.open_lines.remove(&lines[0]);
                self.open_movements.remove(&movement);
                self.found.differing.push((lines[0], movement));
            }
        }
    }

    /// What the bank marks as coming back, and the one earlier line with the same other side and the opposite amount.
    fn bank_reversals(&mut self) {
        let side = |line: &StatementLine| line.client_reference.clone().or_else(|| line.counterparty.account.clone());
        let mut index: HashMap<(String, i64), Vec<usize>> = HashMap::new();
        for at in &self.open_lines {
            let line = self.lines[*at];
            if let Some(side) = side(line).filter(|_| line.reversal.is_none()) {
                index.entry((side, line.amount_minor)).or_default().push(*at);
            }
        }
        let backs = self.open_lines.iter().copied().filter(|at| self.lines[*at].reversal.is_some());
        let mut of_first: HashMap<usize, Vec<usize>> = HashMap::new();
        for at in backs {
            let line = self.lines[at];
            let firsts = side(line).and_then(|side| index.get(&(side, line.amount_minor.checked_neg()?)));
            let mut earlier = firsts.into_iter().flatten().copied().filter(|first| *first < at);
            if let (Some(first), None) = (earlier.next(), earlier.next()) {
                of_first.entry(first).or_default().push(at);
            }
        }
        let mut pairs: Vec<_> = of_first.into_iter().filter(|(_, backs)| backs.len() == 1).collect();
        pairs.sort_unstable();
        for (first, backs) in pairs {
            self.take(vec![first, backs[0]], Vec::new(), MatchReason::BankReversal);
        }
    }
}
