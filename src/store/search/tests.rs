//! Whatever is asked for: pages that go on where the one before stopped find what a walk through the whole log finds.

use super::*;
use crate::store::{ENTRIES, Value};

const SIZE: u64 = 5_000;
const KEYS: u64 = 7;
/// Revoked as of this time, which is also an index here.
const REVOKED: [(u64, u64); 2] = [(3, 1_500), (5, 4_000)];

struct Line {
    kind: String,
    stream: String,
    author: String,
    is_contested: bool,
}

fn line(index: u64) -> Line {
    let key = index * index % KEYS;
    Line {
        kind: if index.is_multiple_of(997) { "rare".to_owned() } else { format!("kind-{}", index % 3) },
        stream: if index.is_multiple_of(2) { "tender/LONG".to_owned() } else { format!("tender/{}", index % 11) },
        author: format!("author-{}", index / 100 % 5),
        is_contested: REVOKED.iter().any(|(revoked, from)| *revoked == key && *from <= index),
    }
}

async fn filled(folder: &std::path::Path, bytes: usize) -> Database {
    let database = Database::open(&format!("sqlite://{}/db", folder.display())).await.unwrap();
    let mut versions = std::collections::HashMap::<String, u64>::new();
    let rows = (0..SIZE).map(|index| {
        let line = line(index);
        let version = versions.entry(line.stream.clone()).or_default();
        *version += 1;
        vec![
            Value::from(index),
            Value::from(index),
            Value::from(line.stream),
            Value::from(*version),
            Value::from(line.kind),
            Value::from(line.author),
            Value::Blob(vec![(index * index % KEYS) as u8; 32]),
            Value::Blob(index.to_be_bytes().to_vec()),
            Value::Blob(vec![0; 32]),
            Value::Blob(vec![0; bytes]),
        ]
    });
    let mut write = database.begin_write().await.unwrap();
    write.append(&ENTRIES, rows.collect()).await.unwrap();
    for key in 0..KEYS {
        let from = REVOKED.iter().find(|(revoked, _)| *revoked == key).map_or(Value::Null, |(_, from)| (*from).into());
        let sql = "INSERT INTO keys (kid, organisation, public, status, revoked_from) VALUES ($1, 'x', $1, 'x', $2)";
        write.read(sql, &[Value::Blob(vec![key as u8; 32]), from]).await.unwrap();
    }
    write.commit().await.unwrap();
    database
}

fn filters() -> Vec<EntryFilter> {
    let some = |text: &str| Some(text.to_owned());
    let mut filters = Vec::new();
    for kind in [None, some("rare"), some("kind-1"), some("none")] {
        for stream in [None, some("tender/LONG"), some("tender/3"), some("tender/none")] {
            for author in [None, some("author-2")] {
                for contested in [false, true] {
                    filters.push(EntryFilter {
                        kind: kind.clone(),
                        stream: stream.clone(),
                        author: author.clone(),
                        contested,
                    });
                }
            }
        }
    }
    filters
}

/// Everything that the pages of a range hold, and how many there are.
async fn walk(
    database: &Database,
    filter: &EntryFilter,
    range: Range<u64>,
    direction: Direction,
    limit: u32,
) -> (Vec<u64>, usize) {
    let (mut seen, mut rest, mut pages) = (Vec::new(), range, 0);
    loop {
        let found = database.search(filter, rest.clone(), direction, limit).await.unwrap();
        assert!(found.rows.len() <= limit as usize);
        seen.extend(found.rows.iter().map(|row| row.unsigned(0).unwrap()));
        pages += 1;
        if found.rest.is_empty() {
            return (seen, pages);
        }
        assert!(found.rest.clone().count() < rest.count(), "a page that gets nowhere");
        rest = found.rest;
    }
}

#[tokio::test]
async fn pages_find_what_a_walk_through_the_log_finds() {
    let folder = tempfile::tempdir().unwrap();
    let database = filled(folder.path(), 10).await;
    for filter in filters() {
        for range in [0..SIZE, 700..4_321, 0..0, 2_500..2_501] {
            let mut expected: Vec<u64> = range.clone().collect();
            expected.retain(|index| {
                let line = line(*index);
                filter.takes(&line.kind, &line.stream, &line.author) && (!filter.contested || line.is_contested)
            });
            for (direction, limit) in [(Direction::OldestFirst, 500), (Direction::NewestFirst, 73)] {
                let (seen, pages) = walk(&database, &filter, range.clone(), direction, limit).await;
                assert_eq!(seen, expected, "{filter:?} {range:?} {direction:?}");
                // Each page but the last is full, or has looked at as many rows as it may.
                let most = seen.len() / limit as usize + range.clone().count() / ROWS_SCANNED_MAX as usize + 2;
                assert!(pages <= most, "{pages} pages of {most}: {filter:?} {range:?} {direction:?}");
                expected.reverse();
            }
        }
    }
}

#[tokio::test]
async fn a_page_ends_where_it_is_long_enough() {
    let folder = tempfile::tempdir().unwrap();
    let database = filled(folder.path(), 20_000).await;
    let all = EntryFilter::default();
    let found = database.search(&all, 0..SIZE, Direction::OldestFirst, 500).await.unwrap();
    let full = PAGE_BYTES_MAX / 20_000;
    assert_eq!((found.rows.len(), found.rest), (full, full as u64..SIZE));
    let (seen, pages) = walk(&database, &all, 4_900..SIZE, Direction::NewestFirst, 500).await;
    assert_eq!((seen.len(), pages), (100, 100usize.div_ceil(full)));
}

/// Bytes that are too many for a page by themselves are one all the same.
#[tokio::test]
async fn every_page_gets_on() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&format!("sqlite://{}/db", folder.path().display())).await.unwrap();
    let mut write = database.begin_write().await.unwrap();
    let row = |index: u64| {
        let (text, blob) = (|| Value::from("x"), || Value::Blob(vec![index as u8]));
        let bytes = Value::Blob(vec![0; PAGE_BYTES_MAX + 1]);
        vec![index.into(), 0u64.into(), text(), index.into(), text(), text(), blob(), blob(), blob(), bytes]
    };
    write.append(&ENTRIES, vec![row(0), row(1)]).await.unwrap();
    write.commit().await.unwrap();
    let (seen, pages) = walk(&database, &EntryFilter::default(), 0..2, Direction::OldestFirst, 500).await;
    assert_eq!((seen, pages), (vec![0, 1], 2));
}
