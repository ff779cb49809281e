//! A zip from a stranger. Members are read by their exact names and never unpacked; each has a limit, and so have all
//! of them together.

use crate::log::Hash;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// Why a file is not a bundle at all. What is wrong with the evidence in a bundle is a finding instead.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("not a readable zip archive: {0}")]
    Zip(#[from] ZipError),
    #[error("two members of the archive have one name")]
    DuplicateName,
    #[error("members of the archive share bytes")]
    Overlap,
    #[error("the archive has {0} members, more than {MEMBERS_MAX}")]
    TooManyMembers(usize),
    #[error("{0:?} is not the name of a member of a bundle")]
    Name(String),
    /// `limit` is in bytes.
    #[error("{name} is longer than {limit} bytes")]
    TooLong { name: String, limit: u64 },
    #[error("the members together are longer than {TOTAL_BYTES_MAX} bytes")]
    TotalTooLong,
    #[error("{0} is missing")]
    Missing(String),
    #[error("{name}: {reason}")]
    Malformed { name: String, reason: String },
}

/// Two members an entry: 200,000 entries of a part, or a whole log of 50 million.
const MEMBERS_MAX: usize = 400_000;
/// Of everything that is unpacked: 64 GiB.
const TOTAL_BYTES_MAX: u64 = 64 << 30;

pub(super) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl Archive {
    /// # Errors
    /// Not a zip, or one made to do harm.
    pub fn of(file: File) -> Result<Self, BundleError> {
        let mut zip = ZipArchive::new(BufReader::new(file))?;
        if zip.has_duplicate_names() {
            return Err(BundleError::DuplicateName);
        }
        if zip.len() > MEMBERS_MAX {
            return Err(BundleError::TooManyMembers(zip.len()));
        }
        // Members that share bytes make a small file unpack without end.
        if zip.has_overlapping_entries()? {
            return Err(BundleError::Overlap);
        }
        let archive = Self { zip, left: TOTAL_BYTES_MAX };
        let strange = archive.names().find(|name| !is_member_name(name)).map(Cow::into_owned);
        strange.map_or(Ok(archive), |name| Err(BundleError::Name(name)))
    }

    /// Names as they stand in the directory; what is not UTF-8 is no name of ours and shows as such.
    pub fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.zip.file_names_raw().map(String::from_utf8_lossy)
    }

    pub fn len(&self) -> usize {
        self.zip.len()
    }

    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name_raw(name.as_bytes()).is_some()
    }

    /// The bytes of a member, at most `limit`; `None` when there is none.
    ///
    /// # Errors
    /// It is longer, or damaged.
    pub fn read(&mut self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, BundleError> {
        let mut bytes = Vec::new();
        let Some(length) = self.unpack(name, limit, &mut bytes)? else { return Ok(None) };
        if length > limit {
            return Err(BundleError::TooLong { name: name.to_owned(), limit });
        }
        Ok(Some(bytes))
    }

    /// As [`Self::read`], of a text that must be there.
    ///
    /// # Errors
    /// It is absent, longer, damaged or not UTF-8.
    pub fn text(&mut self, name: &str, limit: u64) -> Result<String, BundleError> {
        let bytes = self.read(name, limit)?.ok_or_else(|| BundleError::Missing(name.to_owned()))?;
        String::from_utf8(bytes)
            .map_err(|error| BundleError::Malformed { name: name.to_owned(), reason: error.to_string() })
    }

    /// SHA-256 and length of a member; of one that is longer than `limit`, those of its first `limit + 1` bytes.
    ///
    /// # Errors
    /// It is damaged.
    pub fn digest(&mut self, name: &str, limit: u64) -> Result<Option<(Hash, u64)>, BundleError> {
        let mut hasher = Hasher(Sha256::new());
        let length = self.unpack(name, limit, &mut hasher)?;
        Ok(length.map(|length| (hasher.0.into(), length)))
    }

    /// Unpacks at most one byte more than `limit`, and says how many it were.
    fn unpack(&mut self, name: &str, limit: u64, out: &mut impl Write) -> Result<Option<u64>, BundleError> {
        let Some(index) = self.zip.index_for_name_raw(name.as_bytes()) else { return Ok(None) };
        let member = self.zip.by_index(index)?;
        let most = limit.saturating_add(1).min(self.left.saturating_add(1));
        let length = std::io::copy(&mut member.take(most), out)
            .map_err(|error| BundleError::Malformed { name: name.to_owned(), reason: error.to_string() })?;
        self.left = self.left.checked_sub(length).ok_or(BundleError::TotalTooLong)?;
        Ok(Some(length))
    }
}

/// SHA-256 of a file, by which a report names it.
///
/// # Errors
/// It can't be read.
pub fn file_digest(path: &Path) -> std::io::Result<Hash> {
    digest_of(&File::open(path)?)
}

/// SHA-256 of what is in a file from where it stands.
///
/// # Errors
/// It can't be read.
pub fn digest_of(mut file: &File) -> std::io::Result<Hash> {
    let mut hasher = Hasher(Sha256::new());
    std::io::copy(&mut file, &mut hasher)?;
    Ok(hasher.0.into())
}

/// Hashes what is written to it.
struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Letters, digits, dots and the like between single slashes: nothing that leads out of a folder, should somebody unpack.
fn is_member_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.len() <= 200
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && part.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names() {
        for good in ["bundle.json", "entries/12.json", "tile/entries/x001/234.p/5", "documents/00ff"] {
            assert!(is_member_name(good), "{good}");
        }
        for bad in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "C:\\x", "a\\b", "a b", ".", "名", "a\0"] {
            assert!(!is_member_name(bad), "{bad:?}");
        }
    }
}
