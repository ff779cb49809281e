//! Who may do what, and when: every kind of act, by every kind of author, in every state, held against `matrix.txt`.
//!
//! The kinds come from the program's one list, so one that has no row here, or that nobody may ever do, fails. Decisions are
//! asked of the one judge, without a service. A change of the rules changes the table in the same commit; the test prints the
//! lines that differ, and `GONGSHI_WRITE_MATRIX=1` writes them.

mod acts;
mod cast;
mod deposit_acts;
mod deposits;
mod stage;
mod states;

use cast::AUTHORS;
use gongshi::world::Act;
use stage::Stage;
use states::{SUBJECTS, Subject};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/authorisation/matrix.txt");

/// The states in which each author may do it, as their letters.
type Row = [String; AUTHORS.len()];

fn row(stages: &[(char, Stage)], kind: &str) -> Row {
    let mut row = Row::default();
    for (letter, stage) in stages {
        for (cell, author) in row.iter_mut().zip(AUTHORS) {
            if acts::is_allowed(stage, kind, author) {
                cell.push(*letter);
            }
        }
    }
    row
}

fn written(subject: &Subject, text: &mut String) -> BTreeSet<&'static str> {
    let stages: Vec<(char, Stage)> =
        subject.states.iter().map(|(letter, name, _)| (*letter, subject.stage(name))).collect();
    writeln!(text, "\n# {}", subject.about).unwrap();
    for (letter, _, meaning) in subject.states {
        writeln!(text, "#   {letter} {meaning}").unwrap();
    }
    let width = |column: usize, rows: &[(&str, Row)]| {
        rows.iter().map(|(_, row)| row[column].len().max(1)).chain([AUTHORS[column].name().len()]).max().unwrap()
    };
    let rows: Vec<(&str, Row)> = subject.kinds().map(|kind| (kind, row(&stages, kind))).collect();
    let first = rows.iter().map(|(kind, _)| kind.len()).max().unwrap();
    let line = |kind: &str, cells: [&str; AUTHORS.len()]| {
        let cells = cells.iter().enumerate().map(|(at, cell)| format!("  {cell:<0$}", width(at, &rows)));
        format!("{kind:<first$}{}", cells.collect::<String>()).trim_end().to_owned()
    };
    writeln!(text, "{}", line("", AUTHORS.map(|author| author.name()))).unwrap();
    for (kind, row) in &rows {
        let shown: Vec<&str> = row.iter().map(|cell| if cell.is_empty() { "-" } else { cell }).collect();
        writeln!(text, "{}", line(kind, shown.try_into().unwrap())).unwrap();
    }
    let done = rows.into_iter().filter(|(_, row)| row.iter().any(|cell| !cell.is_empty()));
    done.filter_map(|(kind, _)| Act::kinds().find(|known| *known == acts::base(kind))).collect()
}

#[test]
fn nobody_may_do_more_or_less_than_the_table_says() {
    let head = "Who may do what, and when. Rows: kinds of acts, as far as needed with what they are about. Columns: who signs.\n\
                Cells: the states in which it is accepted, as letters; - is never. tests/authorisation/main.rs holds it.\n";
    let mut text = head.to_owned();
    let mut done = BTreeSet::new();
    for subject in &SUBJECTS {
        done.extend(written(subject, &mut text));
    }
    let missing: Vec<_> = Act::kinds().filter(|kind| !done.contains(kind)).collect();
    assert!(missing.is_empty(), "no row shows anybody who may do these: {missing:?}");
    if std::env::var_os("GONGSHI_WRITE_MATRIX").is_some() {
        std::fs::write(TABLE, &text).unwrap();
    }
    let expected = std::fs::read_to_string(Path::new(TABLE)).unwrap();
    let differing: Vec<String> = expected
        .lines()
        .zip(text.lines())
        .filter(|(expected, seen)| expected != seen)
        .map(|(expected, seen)| format!("\nexpected {expected}\nseen     {seen}"))
        .collect();
    assert!(differing.is_empty() && expected.lines().count() == text.lines().count(), "{}", differing.concat());
}
