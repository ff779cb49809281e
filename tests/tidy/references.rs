//! What is pointed at is there: files, folders, sections, functions and links in comments, documents and scripts. Whoever
//! reads the repository has nothing else.

use crate::tree::{File, Tree, found, none};

const READ: [&str; 7] = [".rs", ".md", ".toml", ".py", ".sql", ".yaml", ".css"];
const FOLDERS: [&str; 8] = ["src/", "tests/", "scripts/", "fuzz/", "migrations/", "openapi/", ".ci/", "benches/"];
const NAMED: [&str; 3] = [".rs", ".md", ".py"];

fn check(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_read(&file.path)) {
        for (number, line) in file.text.lines().enumerate() {
            let mut lost = files(tree, line);
            lost.extend(folders(tree, file, line));
            lost.extend(own_sections(file, line));
            lost.extend(links(tree, file, line));
            lost.sort();
            lost.dedup();
            findings.extend(lost.iter().map(|lost| format!("{}:{}: {lost} isn't there", file.path, number + 1)));
        }
    }
    findings
}

/// The samples of these tests point at nothing.
fn is_read(path: &str) -> bool {
    let script = ["scripts/", ".ci/"].iter().any(|folder| path.starts_with(folder));
    !path.starts_with("tests/tidy/") && (script || READ.iter().any(|ending| path.ends_with(ending)))
}

fn is_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_./*-".contains(c)
}

/// Files that are named by the end of their path, with the section or the function that follows: `domain.md §3`,
/// `log/entry.rs`, `tests/law/mod.rs::what_is_closed_stays_closed`.
fn files(tree: &Tree, line: &str) -> Vec<String> {
    let mut lost = Vec::new();
    for ending in NAMED {
        for (at, _) in line.match_indices(ending) {
            let (before, after) = line.split_at(at + ending.len());
            let word = before.rsplit(|c| !is_path(c)).next().unwrap_or_default();
            let partial = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            if partial || word == ending || word.starts_with("//") {
                continue;
            }
            match tree.files.iter().find(|file| ends_with(&file.path, word)) {
                None => lost.push(word.to_owned()),
                Some(file) => {
                    lost.extend(section(after).filter(|s| !has_section(file, s)).map(|s| format!("{word} {s}")));
                    lost.extend(function(after).filter(|f| !has_function(file, f)).map(|f| format!("{word}::{f}")));
                }
            }
        }
    }
    lost
}

fn ends_with(path: &str, word: &str) -> bool {
    let word = word.trim_start_matches(['.', '/']);
    let mut parts = path.rsplit('/');
    word.rsplit('/').all(|wanted| {
        parts.next().is_some_and(|part| match wanted.split_once('*') {
            Some((start, end)) => part.starts_with(start) && part.ends_with(end),
            None => part == wanted,
        })
    })
}

/// `§3` or `, "Bundle"` right after the name of a file.
fn section(after: &str) -> Option<&str> {
    let after = after.trim_start_matches(['`', ',', ' ']);
    if let Some(number) = after.strip_prefix('§') {
        let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
        return Some(after[..'§'.len_utf8() + end].trim_end_matches('.'));
    }
    let title = after.strip_prefix('"')?;
    title.split_once('"').map(|(title, _)| title).filter(|title| title.starts_with(char::is_uppercase))
}

/// `::name` right after the name of a file.
fn function(after: &str) -> Option<&str> {
    let name = after.strip_prefix("::")?;
    let end = name.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '_').unwrap_or(name.len());
    Some(&name[..end]).filter(|name| !name.is_empty())
}

fn has_function(file: &File, name: &str) -> bool {
    let mut defined = file.text.split("fn ").skip(1);
    defined.any(|rest| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(['(', '<'])))
}

fn headings(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim())
}

fn has_section(file: &File, section: &str) -> bool {
    headings(&file.text).any(|heading| match section.strip_prefix('§') {
        Some(number) => heading.starts_with(&format!("{number}.")),
        None => heading.trim_start_matches(|c: char| c.is_ascii_digit() || ". ".contains(c)) == section,
    })
}

/// Paths from the root or from the file's own folder.
fn folders(tree: &Tree, file: &File, line: &str) -> Vec<String> {
    let own = file.path.rfind('/').map_or("", |at| &file.path[..=at]);
    let mut lost = Vec::new();
    for folder in FOLDERS {
        for (at, _) in line.match_indices(folder) {
            let (before, rest) = line.split_at(at);
            if before.ends_with(|c| is_path(c) || c == '}') {
                continue;
            }
            let word = &rest[..rest.find(|c| !is_path(c)).unwrap_or(rest.len())];
            let open = rest[word.len()..].starts_with(['<', '{', '$']) || word.contains('*');
            let word = word.split('*').next().unwrap_or_default();
            let word = if open { &word[..word.rfind('/').unwrap_or(0)] } else { word };
            let word = word.trim_end_matches(['.', '/', '-']);
            if !is_there(tree, "", word) && !is_there(tree, own, word) {
                lost.push(word.to_owned());
            }
        }
    }
    lost
}

fn is_there(tree: &Tree, from: &str, path: &str) -> bool {
    let path = format!("{from}{path}");
    tree.files
        .iter()
        .any(|file| file.path.strip_prefix(&path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// FORMAT.md points at its own sections, and at those of an RFC.
fn own_sections(file: &File, line: &str) -> Vec<String> {
    if file.path != "FORMAT.md" {
        return Vec::new();
    }
    let own = line.match_indices('§').filter(|(at, _)| {
        let digits = line[..*at].trim_end().trim_end_matches(|c: char| c.is_ascii_digit());
        !digits.ends_with("RFC ")
    });
    own.filter_map(|(at, _)| section(&line[at..])).filter(|s| !has_section(file, s)).map(str::to_owned).collect()
}

/// Targets of links in documents.
fn links(tree: &Tree, file: &File, line: &str) -> Vec<String> {
    if !file.path.ends_with(".md") {
        return Vec::new();
    }
    let own = file.path.rfind('/').map_or("", |at| &file.path[..=at]);
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let lost = targets.filter(|target| !target.contains("://") && !target.contains('{')).filter(|target| {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = if path.is_empty() { file.path.clone() } else { resolve(&format!("{own}{path}")) };
        let Some(file) = tree.files.iter().find(|file| file.path == path) else { return true };
        !anchor.is_empty() && !headings(&file.text).any(|heading| slug(heading) == anchor)
    });
    lost.map(str::to_owned).collect()
}

fn resolve(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-');
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn what_is_pointed_at_is_there() {
    none(&check(&Tree::of_the_repository()));
}

#[test]
fn what_points_at_nothing_is_found() {
    let format = "# F\n\n## 1. Keys\n\nSee §1 and §4, RFC 6962 §9.\n\n## 2. Bundle\n[a](#1-keys) [b](#3-x) [c](gone) [d](docs/x.md)\n";
    let tree = Tree::sample(&[
        ("FORMAT.md", format),
        ("docs/x.md", "[up](../FORMAT.md) https://example.org/y.md"),
        ("a", "// FORMAT.md §2, `FORMAT.md` §3, FORMAT.md, \"Bundle\"; FORMAT.md, \"Proof\".\n// architecture.md §2"),
        (
            "src/b/c.rs",
            "// b/c.rs, */c.rs, c.rs, e.rs, b/a.rs, c.rs::f, c.rs::g, c.rs::fn_\nfn f() {}\nlet x = (text.rsplit('/'), \".rs\", \"{name}.rs\");",
        ),
        ("scripts/s", "src/b/ src/d src/b/<N> tests/x.rs. example/src/x migrations/*/1 'src/b'"),
    ]);
    found(
        &check(&tree),
        &[
            "FORMAT.md:5: §4 isn't there",
            "FORMAT.md:8: #3-x isn't there",
            "FORMAT.md:8: gone isn't there",
            "src/a.rs:1: FORMAT.md Proof isn't there",
            "src/a.rs:1: FORMAT.md §3 isn't there",
            "src/a.rs:2: architecture.md isn't there",
            "src/b/c.rs:1: b/a.rs isn't there",
            "src/b/c.rs:1: c.rs::fn_ isn't there",
            "src/b/c.rs:1: c.rs::g isn't there",
            "src/b/c.rs:1: e.rs isn't there",
            "scripts/s:1: migrations isn't there",
            "scripts/s:1: src/d isn't there",
            "scripts/s:1: tests/x.rs isn't there",
        ],
    );
}
