//! Documents by content: an object store whose keys are hashes.
//!
//! Bytes arrive under `incoming/<uuid>` and are renamed to `sha256/ab/cd/<hex>` once all of them are there and their
//! hash is right; so what stands under a hash is always whole. A crash can leave something under `incoming`, which is
//! never served: it may be deleted once it is older than the longest upload. For S3, a lifecycle rule on the bucket
//! should abort incomplete multipart uploads.

use super::Objects;
use super::objects::INCOMING;
use crate::field::DocumentId;
use crate::log::Hash;
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use object_store::path::Path as ObjectPath;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::pin::pin;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// A folder or a bucket of documents. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Documents {
    objects: Objects,
}

/// Why a document was not stored or read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are those of another document.
    #[error("the bytes have SHA-256 {actual}")]
    HashMismatch { actual: Hash },
    /// `limit` is in bytes.
    #[error("longer than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("no such document")]
    Missing,
    /// The sender's fault or its network's, not the store's.
    #[error("the upload broke off: {0}")]
    Stream(#[source] std::io::Error),
    #[error("object store: {0}")]
    Store(#[from] object_store::Error),
}

/// One upload that is not complete. Dropped, it is taken back: a caller that goes away cancels the future that holds
/// it, and an S3 store would keep (and charge for) the parts for ever.
struct Incoming(Option<WriteMultipart>);

/// Bytes; S3 takes no smaller parts, save the last one.
const PART_BYTES: usize = 5 * 1024 * 1024;
const PARTS_IN_FLIGHT: usize = 4;
impl Documents {
    /// The documents of a folder or a bucket.
    pub fn new(objects: Objects) -> Self {
        Self { objects }
    }

    fn name(id: DocumentId) -> String {
        let hex = id.to_string();
        format!("sha256/{}/{}/{hex}", &hex[..2], &hex[2..4])
    }

    fn path(&self, id: DocumentId) -> ObjectPath {
        self.objects.path(&Self::name(id))
    }

    /// Stores the bytes under the name that they must have and returns how many they are. Nothing stands under that
    /// name until all of them are there and their hash is right. A document that is there already is checked and
    /// written again, which repairs a damaged one.
    ///
    /// Holds at most 25 MiB and one chunk in memory. Once the last chunk is checked, dropping the future no longer
    /// stops the document from being stored. S3 copies at most 5 GiB in one request, which bounds a document there.
    ///
    /// # Errors
    /// [`DocumentError::HashMismatch`], [`DocumentError::TooLarge`] above `limit_bytes`, [`DocumentError::Stream`] when
    /// the chunks break off, [`DocumentError::Store`]. The first three leave nothing under the name, and none leaves
    /// anything under `incoming` unless the store fails at that too.
    pub async fn put(
        &self,
        expected: DocumentId,
        chunks: impl Stream<Item = Result<Bytes, std::io::Error>> + Send,
        limit_bytes: u64,
    ) -> Result<u64, DocumentError> {
        let mut size = 0;
        match self.take(expected, chunks, limit_bytes, &mut size).await {
            Err(DocumentError::Store(error)) => Ok(self.objects.judged(Err(error), size)?),
            Ok(()) => Ok(self.objects.judged(Ok(size as u64), size)?),
            // The sender's fault says nothing about the store.
            Err(refused) => Err(refused),
        }
    }

    async fn take(
        &self,
        expected: DocumentId,
        chunks: impl Stream<Item = Result<Bytes, std::io::Error>> + Send,
        limit_bytes: u64,
        size: &mut usize,
    ) -> Result<(), DocumentError> {
        let place = self.objects.path(&format!("{INCOMING}/{}", uuid::Uuid::new_v4()));
        self.objects.make_folder_of(&place).await?;
        let mut incoming = Incoming::new(self.objects.store.put_multipart(&place).await?);
        match receive(&mut incoming, expected, chunks, limit_bytes, size).await {
            Ok(()) => incoming.publish(self.objects.clone(), place, self.path(expected)).await,
            Err(error) => {
                if let Some(aborting) = incoming.abort() {
                    // The error that is told is the first one.
                    let _ = aborting.await;
                }
                Err(error)
            }
        }
    }

    /// The bytes, or a part of them, as they are read.
    ///
    /// # Errors
    /// [`DocumentError::Missing`] or [`DocumentError::Store`]; in the stream the latter only.
    pub async fn get(
        &self,
        id: DocumentId,
        part: Option<Range<u64>>,
    ) -> Result<impl Stream<Item = Result<Bytes, DocumentError>> + Send + use<>, DocumentError> {
        let options = GetOptions::new().with_range(part);
        match self.objects.store.get_opts(&self.path(id), options).await {
            Ok(found) => Ok(found.into_stream().map_err(DocumentError::from)),
            Err(object_store::Error::NotFound { .. }) => Err(DocumentError::Missing),
            Err(error) => Err(error.into()),
        }
    }

    /// All bytes of a document that has at most so many; `None` when it has more.
    ///
    /// # Errors
    /// [`DocumentError::Missing`] or [`DocumentError::Store`].
    pub async fn read(&self, id: DocumentId, bytes_max: usize) -> Result<Option<Vec<u8>>, DocumentError> {
        let mut chunks = pin!(self.get(id, None).await?);
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.next().await {
            bytes.extend_from_slice(&chunk?);
            if bytes.len() > bytes_max {
                return Ok(None);
            }
        }
        Ok(Some(bytes))
    }

    /// Removes the bytes, if they are there.
    ///
    /// # Errors
    /// [`DocumentError::Store`].
    pub async fn remove(&self, id: DocumentId) -> Result<(), DocumentError> {
        Ok(self.objects.remove(&Self::name(id)).await?)
    }

    /// Size in bytes; `None` when there is no such document.
    ///
    /// # Errors
    /// [`DocumentError::Store`].
    pub async fn size(&self, id: DocumentId) -> Result<Option<u64>, DocumentError> {
        match self.objects.store.head(&self.path(id)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Passes the chunks on while they are within the limit, counts their bytes, and checks their hash at the end.
async fn receive(
    incoming: &mut Incoming,
    expected: DocumentId,
    chunks: impl Stream<Item = Result<Bytes, std::io::Error>> + Send,
    limit: u64,
    size: &mut usize,
) -> Result<(), DocumentError> {
    let mut hasher = Sha256::new();
    let mut chunks = pin!(chunks);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(DocumentError::Stream)?;
        *size += chunk.len();
        if *size as u64 > limit {
            return Err(DocumentError::TooLarge { limit });
        }
        hasher.update(&chunk);
        incoming.write(&chunk).await?;
    }
    let actual = Hash::from(hasher);
    if DocumentId::from(actual) == expected { Ok(()) } else { Err(DocumentError::HashMismatch { actual }) }
}

impl Incoming {
    fn new(upload: Box<dyn object_store::MultipartUpload>) -> Self {
        Self(Some(WriteMultipart::new_with_chunk_size(upload, PART_BYTES)))
    }

    async fn write(&mut self, chunk: &[u8]) -> Result<(), DocumentError> {
        let Some(upload) = &mut self.0 else { return Ok(()) };
        for piece in chunk.chunks(PART_BYTES) {
            // A slow store must not let the upload pile up in memory.
            upload.wait_for_capacity(PARTS_IN_FLIGHT).await?;
            // Copies: a chunk of a few bytes may hold a whole network buffer, and there may be millions of them.
            upload.write(piece);
        }
        Ok(())
    }

    /// Completes the upload and gives it its name. In a task of its own: cancelled half-way, it would leave the
    /// incoming object behind.
    async fn publish(mut self, objects: Objects, place: ObjectPath, name: ObjectPath) -> Result<(), DocumentError> {
        let Some(upload) = self.0.take() else { return Ok(()) };
        let publishing = tokio::spawn(async move {
            let publish = async {
                upload.finish().await?;
                objects.close(&place).await?;
                objects.make_folder_of(&name).await?;
                objects.store.rename(&place, &name).await
            };
            let published = publish.await;
            if published.is_err() {
                // It may not exist at all, and the error that is told is the first one.
                let _ = objects.store.delete(&place).await;
            }
            published
        });
        Ok(publishing.await.map_err(object_store::Error::from)??)
    }

    /// Takes the upload back, in a task of its own so that nothing stops it half-way.
    fn abort(&mut self) -> Option<JoinHandle<()>> {
        let upload = self.0.take()?;
        // Without a runtime the process is at its end; a folder's upload then deletes its file by itself.
        let runtime = Handle::try_current().ok()?;
        Some(runtime.spawn(async move {
            // Whatever stays behind is never served, and nobody is left to tell.
            let _ = upload.abort().await;
        }))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.abort();
    }
}

/// For response bodies, whose streams fail with I/O errors.
impl From<DocumentError> for std::io::Error {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Stream(error) => error,
            error => Self::other(error),
        }
    }
}

#[cfg(test)]
mod tests;
