//! `README.md` of a bundle: what it is, and how to check it with this tool, with others, and by hand.

use super::manifest::{Manifest, Scope};

/// The text for a bundle.
pub(super) fn readme(manifest: &Manifest) -> String {
    let (head, part, whole) =
        (include_str!("readme.md"), include_str!("readme_part.md"), include_str!("readme_whole.md"));
    let how = if manifest.scope == Scope::All { whole } else { part };
    head.replace("{how}", how.trim_end())
        .replace("{scope}", &manifest.scope.to_string())
        .replace("{origin}", &manifest.origin)
        .replace("{size}", &manifest.size.to_string())
        .replace("{created}", &manifest.created.to_string())
        .replace("{documents}", &manifest.documents.len().to_string())
        .replace("{missing}", &manifest.documents_missing.len().to_string())
}
