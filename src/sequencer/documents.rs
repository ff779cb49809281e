//! Whether the documents that records cite are here. Asked under the head's lock, for a document that nobody cites may be
//! taken away at any moment before.

use super::Admitted;
use crate::field::{DocumentId, DocumentRef};
use crate::problem::{self, Refusal};
use crate::store::{Reads, StoreError, Value, padded_list};
use std::collections::{BTreeSet, HashMap};

/// Documents that one statement looks for: both engines bind as many.
const AT_A_TIME: usize = 512;

/// The sizes of those documents that are here, of all that a batch cites.
#[derive(Debug, Default)]
pub(super) struct Held(HashMap<DocumentId, u64>);

impl Held {
    /// # Errors
    /// The store can't be read.
    pub async fn of(reads: &mut impl Reads, records: &[Admitted]) -> Result<Self, StoreError> {
        let cited: BTreeSet<DocumentId> =
            records.iter().flat_map(|record| cited(record).map(|cited| cited.sha256)).collect();
        let mut held = Self::default();
        let cited: Vec<Value> = cited.into_iter().map(|id| Value::from(id.to_string())).collect();
        for cited in cited.chunks(AT_A_TIME) {
            let (marks, values) = padded_list(cited.to_vec());
            let sql = format!("SELECT sha256, size FROM documents WHERE going IS NULL AND sha256 IN ({marks})");
            for row in reads.rows(&sql, &values).await? {
                let id = row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))?;
                held.0.insert(id, row.unsigned(1)?);
            }
        }
        Ok(held)
    }

    /// # Errors
    /// A document that the record cites is not here, or has another size.
    pub fn has_all_of(&self, record: &Admitted) -> Result<(), Refusal> {
        cited(record).try_for_each(|cited| match self.0.get(&cited.sha256) {
            Some(size) if *size == cited.size => Ok(()),
            Some(size) => {
                let (id, said) = (cited.sha256, cited.size);
                let zh = format!("文件 {id} 有 {size} 字节，而非所述 {said} 字节");
                let en = format!("document {id} has {size} bytes, not {said} as cited");
                Err(Refusal::new(&problem::DOCUMENT_MISMATCH, zh, en))
            }
            None => {
                let id = cited.sha256;
                let zh = format!("文件 {id} 尚未上传，或久未被引用已移除");
                let en = format!("document {id} was not uploaded, or went because no record cited it");
                Err(Refusal::new(&problem::DOCUMENT_MISSING, zh, en))
            }
        })
    }
}

fn cited(record: &Admitted) -> impl Iterator<Item = &DocumentRef> {
    record.act().documents().into_iter()
}
