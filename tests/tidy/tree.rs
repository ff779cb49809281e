//! The files of the repository, as text; or a small sample of files that breaks a rule.

use std::fs;
use std::path::Path;

pub struct File {
    /// From the root of the repository, with `/`.
    pub path: String,
    /// Empty for what is no text.
    pub text: String,
}

pub struct Tree {
    pub files: Vec<File>,
}

/// What tools make or keep, and inputs of the fuzzer: nobody's text.
const NOT_READ: [&str; 6] = ["target", ".git", "seeds", "corpus", "artifacts", "coverage"];

impl Tree {
    pub fn of_the_repository() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        collect(root, root, &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { files }
    }

    /// `name: text` for each file. A name without an ending is a Rust file in `src`.
    pub fn sample(files: &[(&str, &str)]) -> Self {
        let path = |name: &str| if name.contains(['.', '/']) { name.to_owned() } else { format!("src/{name}.rs") };
        Self { files: files.iter().map(|(name, text)| File { path: path(name), text: (*text).to_owned() }).collect() }
    }

    /// Every Rust file below `src`.
    pub fn sources(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.starts_with("src/") && file.path.ends_with(".rs"))
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            if !NOT_READ.contains(&entry.file_name().to_str().unwrap()) {
                collect(root, &path, files);
            }
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.push(File { path: name, text: fs::read_to_string(&path).unwrap_or_default() });
        }
    }
}

/// Fails with one finding a line.
#[track_caller]
pub fn none(findings: &[String]) {
    assert!(findings.is_empty(), "{} to mend:\n{}\n", findings.len(), findings.join("\n"));
}

/// The sample breaks the rule in exactly these ways: each finding begins with its text.
#[track_caller]
pub fn found(findings: &[String], wanted: &[&str]) {
    let same =
        findings.len() == wanted.len() && findings.iter().zip(wanted).all(|(found, text)| found.starts_with(text));
    assert!(same, "wanted {wanted:#?}, found {findings:#?}");
}
