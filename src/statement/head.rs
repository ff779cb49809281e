//! The head of a table: which row it is, and by which profile it is read.

use super::profile::WORDS;
use super::{LinePlace, Profile, StatementError, StatementFault};
use crate::field::{Spaces, narrowed};
use crate::spreadsheet::{Sheet, SheetRow};
use std::collections::BTreeSet;

/// Account lines and notes stand above the head: of the layouts that are known twenty-five at most.
const HEAD_WITHIN_ROWS: usize = 60;
/// Names of columns that an unknown layout is told with.
const NAMES_TOLD_MAX: usize = 40;

/// A name as it is compared: at its usual width and in lower case, without white space and marks.
pub(super) fn plain(name: &str) -> String {
    let narrow = narrowed(name, Spaces::Gone).to_lowercase();
    narrow.chars().filter(|c| !matches!(c, '*' | '\u{FEFF}')).collect()
}

/// A head that was found.
pub(super) struct Head {
    pub profile: &'static Profile,
    /// Index of its last row among the sheet's.
    pub row: usize,
    /// Of its first row.
    pub first_row: usize,
    /// Each column's name as it is compared.
    names: Vec<String>,
}

impl Head {
    /// The one whose profile knows the most of its columns.
    ///
    /// # Errors
    /// No profile needs only columns that are there, or one that is needed is there twice.
    pub fn find(sheet: &Sheet, profile: Option<&str>) -> Result<Self, StatementError> {
        let profiles: Vec<&'static Profile> =
            Profile::all().iter().filter(|known| profile.is_none_or(|name| known.name() == name)).collect();
        if let Some(name) = profile.filter(|_| profiles.is_empty()) {
            let known = Profile::all().iter().map(Profile::name).collect::<Vec<_>>().join(", ");
            return Err(StatementFault::UnknownProfile { name: name.to_owned(), known }.of_file());
        }
        let rows: Vec<Vec<String>> = sheet.rows.iter().take(HEAD_WITHIN_ROWS).map(|row| names_of(sheet, row)).collect();
        let single = rows.iter().enumerate().map(|(at, names)| (at, at, names.clone()));
        let double = (1..rows.len()).map(|at| (at - 1, at, of_two_rows(&rows[at - 1], &rows[at])));
        let mut best: Option<(usize, Self)> = None;
        // Two rows are one head only where that says more; and of what fits equally well, the first.
        for (first_row, row, names) in single.chain(double) {
            for profile in profiles.iter().filter(|profile| missing(profile, &names).is_empty()) {
                let head = Self { profile, row, first_row, names: names.clone() };
                let known = head.columns_known();
                if best.as_ref().is_none_or(|(most, _)| *most < known) {
                    best = Some((known, head));
                }
            }
        }
        match best {
            Some((_, head)) => head.must_be_single(sheet).map(|()| head),
            None => Err(unknown_layout(&profiles, &rows)),
        }
    }

    /// Where a column stands.
    pub fn place(&self, names: &[String]) -> Option<usize> {
        names.iter().find_map(|name| self.names.iter().position(|there| there == name))
    }

    /// Whether a row says the names of the columns again, as each page of some exports does.
    pub fn is_said_again(&self, sheet: &Sheet, row: &SheetRow) -> bool {
        names_of(sheet, row) == self.names
    }

    fn columns_known(&self) -> usize {
        let places: BTreeSet<usize> = self.profile.known().filter_map(|names| self.place(names)).collect();
        places.len()
    }

    /// A column that is used and there twice leaves open which one is meant.
    fn must_be_single(&self, sheet: &Sheet) -> Result<(), StatementError> {
        let place = LinePlace::Row(sheet.rows[self.row].number);
        let states = WORDS.iter().flat_map(|words| &words.status_columns).map(std::slice::from_ref);
        for names in self.profile.known().chain(states) {
            let Some(used) = self.place(names) else { continue };
            if self.names.iter().skip(used + 1).any(|name| *name == self.names[used]) {
                let name = self.names[used].clone();
                return Err(StatementFault::DuplicateColumn { name }.at(place, None));
            }
        }
        Ok(())
    }
}

fn names_of(sheet: &Sheet, row: &SheetRow) -> Vec<String> {
    let cells = row.cells.iter().enumerate();
    let mut names: Vec<String> = cells
        .map(|(column, cell)| {
            let kept = sheet.merged.get(&(row.number, column));
            kept.unwrap_or(cell).text().map(|text| plain(&text)).unwrap_or_default()
        })
        .collect();
    while names.pop_if(|name| name.is_empty()).is_some() {}
    names
}

/// A name above that several columns share stands before each of theirs: 发生额 over 借方 and 贷方.
fn of_two_rows(upper: &[String], lower: &[String]) -> Vec<String> {
    let mut shared = "";
    (0..upper.len().max(lower.len()))
        .map(|column| {
            let part = |names: &'_ [String]| names.get(column).cloned().unwrap_or_default();
            let (above, below) = (part(upper), part(lower));
            if let Some(above) = upper.get(column).filter(|above| !above.is_empty()) {
                shared = above;
            }
            if below.is_empty() { above } else { format!("{shared}{below}") }
        })
        .collect()
}

/// What a profile needs and a row has not.
fn missing(profile: &Profile, names: &[String]) -> Vec<String> {
    let absent = profile.required().filter(|needed| !needed.iter().any(|name| names.contains(name)));
    absent.filter_map(|needed| needed.first().cloned()).collect()
}

/// The row and the profile that come nearest to each other.
fn unknown_layout(profiles: &[&'static Profile], rows: &[Vec<String>]) -> StatementError {
    let nearest = rows.iter().enumerate().flat_map(|(at, names)| {
        profiles.iter().map(move |profile| {
            let known = profile.known().filter(|wanted| wanted.iter().any(|name| names.contains(name))).count();
            (known, names.iter().filter(|name| !name.is_empty()).count(), at, *profile)
        })
    });
    let Some((_, _, at, profile)) = nearest.max_by_key(|(known, filled, ..)| (*known, *filled)) else {
        return StatementFault::Empty.of_file();
    };
    let found = rows[at].iter().filter(|name| !name.is_empty()).take(NAMES_TOLD_MAX).cloned().collect();
    let nearest = profile.name().to_owned();
    StatementFault::UnknownLayout { found, nearest, missing: missing(profile, &rows[at]) }.of_file()
}
