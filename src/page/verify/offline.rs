//! The verifier as one file that works from a disk: it loads nothing and asks nobody.

use super::MODULES;
use base64_simd::STANDARD;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("offline.html");
const STYLE: &str = include_str!("offline.css");
const BEGIN: &str = include_str!("offline.mjs");

/// The page. Everybody gets the same bytes: no key is in it, so that who compares its SHA-256 has compared all of it.
pub fn offline_page() -> String {
    let modules = MODULES.iter().map(|(_, text)| *text).chain([BEGIN]);
    let script: String = modules.flat_map(str::lines).filter_map(unbound).flat_map(|line| [line, "\n"]).collect();
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
        source(&script),
        source(STYLE)
    );
    PAGE.replace("{policy}", &policy).replace("{style}", STYLE).replace("{script}", &script)
}

/// The line of a module where all modules stand in one: nothing is imported, and nothing exported.
fn unbound(line: &str) -> Option<&str> {
    if line.starts_with("import ") { None } else { Some(line.strip_prefix("export ").unwrap_or(line)) }
}

/// A source of a content security policy.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode_to_string(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::super::LIVE;
    use super::*;

    #[test]
    fn every_module_stands_behind_those_that_it_imports() {
        let mut before: Vec<&str> = Vec::new();
        for (name, text) in MODULES.into_iter().chain([("offline.mjs", BEGIN)]) {
            let imports = text.lines().filter(|line| line.starts_with("import "));
            for import in imports {
                let from = import.split_once(" from './").and_then(|(_, rest)| rest.strip_suffix("';"));
                let from = from.unwrap_or_else(|| panic!("{name}: {import} is not on one line"));
                assert!(before.contains(&from), "{name} imports {from}");
            }
            assert!(!text.contains("</script") && !text.contains("{script}"), "{name}");
            before.push(name);
        }
        let beside = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/page/verify")).unwrap();
        let modules = beside.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "mjs"));
        assert_eq!(modules.count(), before.len() + LIVE.len(), "a module is nowhere");
    }

    #[test]
    fn the_page_loads_nothing() {
        let page = offline_page();
        for word in ["import ", "\nexport ", "http:", "https:", " src=", " href=", "fetch(", "{policy}", "{style}"] {
            assert!(!page.contains(word), "{word}");
        }
    }
}
