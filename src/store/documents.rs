//! Documents by content: an object store whose keys are hashes.
//!
//! Bytes arrive under `incoming/<uuid>` and are renamed to `sha256/ab/cd/<hex>` once all of them are there and their
//! hash is right; so what stands under a hash is always whole. A crash can leave something under `incoming`, which is
//! never served: it may be deleted once it is older than the longest upload. For S3, a lifecycle rule on the bucket
//! should abort incomplete multipart uploads.

use super::Objects;
use crate::field::DocumentId;
use crate::log::Hash;
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use object_store::path::Path as ObjectPath;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;
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

const PLACE: &str = "incoming";
/// Bytes; S3 takes no smaller parts, save the last one.
const PART_BYTES: usize = 5 * 1024 * 1024;
const PARTS_IN_FLIGHT: usize = 4;
impl Documents {
    /// The documents of a folder or a bucket.
    pub fn new(objects: Objects) -> Self {
        Self { objects }
    }

    fn path(&self, id: DocumentId) -> ObjectPath {
        let hex = id.to_string();
        self.objects.path(&format!("sha256/{}/{}/{hex}", &hex[..2], &hex[2..4]))
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
        let place = self.objects.path(&format!("{PLACE}/{}", uuid::Uuid::new_v4()));
        let mut incoming = Incoming::new(self.objects.store.put_multipart(&place).await?);
        match receive(&mut incoming, expected, chunks, limit_bytes).await {
            Ok(size) => incoming.publish(self.objects.store.clone(), place, self.path(expected)).await.map(|()| size),
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

/// Passes the chunks on while they are within the limit, and checks their hash at the end.
async fn receive(
    incoming: &mut Incoming,
    expected: DocumentId,
    chunks: impl Stream<Item = Result<Bytes, std::io::Error>> + Send,
    limit: u64,
) -> Result<u64, DocumentError> {
    let (mut hasher, mut size) = (Sha256::new(), 0u64);
    let mut chunks = pin!(chunks);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(DocumentError::Stream)?;
        size += chunk.len() as u64;
        if size > limit {
            return Err(DocumentError::TooLarge { limit });
        }
        hasher.update(&chunk);
        incoming.write(&chunk).await?;
    }
    let actual = Hash::from(hasher);
    if DocumentId::from_hash(actual) == expected { Ok(size) } else { Err(DocumentError::HashMismatch { actual }) }
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
    async fn publish(
        mut self,
        store: Arc<dyn ObjectStore>,
        place: ObjectPath,
        name: ObjectPath,
    ) -> Result<(), DocumentError> {
        let Some(upload) = self.0.take() else { return Ok(()) };
        let publishing = tokio::spawn(async move {
            let published = match upload.finish().await {
                Ok(_) => store.rename(&place, &name).await,
                Err(error) => Err(error),
            };
            if published.is_err() {
                // It may not exist at all, and the error that is told is the first one.
                let _ = store.delete(&place).await;
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
mod tests {
    use super::*;
    use crate::store::S3Settings;
    use futures::stream;
    use std::io;
    use std::path::Path;
    use std::time::Duration;

    type Chunks = Vec<Result<Bytes, io::Error>>;

    fn chunks(parts: &[&'static str]) -> Chunks {
        parts.iter().map(|part| Ok(Bytes::from_static(part.as_bytes()))).collect()
    }

    fn id(bytes: impl AsRef<[u8]>) -> DocumentId {
        DocumentId::from_hash(Hash::of(bytes))
    }

    /// Several parts and a rest, no two parts alike.
    fn large() -> Vec<u8> {
        (0..3 * PART_BYTES as u32 / 4 + 1000).flat_map(u32::to_le_bytes).collect()
    }

    fn cut(bytes: &[u8], chunk_bytes: usize) -> Chunks {
        bytes.chunks(chunk_bytes).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect()
    }

    async fn read(documents: &Documents, name: DocumentId) -> Vec<u8> {
        let bytes = documents.get(name, None).await.unwrap().try_collect::<Vec<_>>().await.unwrap().concat();
        assert_eq!(documents.size(name).await.unwrap(), Some(bytes.len() as u64));
        bytes
    }

    /// Every object of the store, complete or incoming.
    async fn objects(documents: &Documents) -> Vec<String> {
        let found =
            documents.objects.store.list(Some(&documents.objects.prefix)).map_ok(|meta| meta.location.to_string());
        found.try_collect().await.unwrap()
    }

    /// Every file, those that the object store hides included.
    fn files(dir: &Path) -> usize {
        let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }

    fn folder() -> (tempfile::TempDir, Documents) {
        let dir = tempfile::tempdir().unwrap();
        let documents = Documents::new(Objects::local(dir.path()).unwrap());
        (dir, documents)
    }

    async fn keeps_what_is_whole(documents: &Documents) {
        let name = id("招标文件");
        assert_eq!(documents.size(name).await.unwrap(), None);
        assert!(matches!(documents.get(name, None).await.err(), Some(DocumentError::Missing)));
        for _ in 0..2 {
            let parts = stream::iter(chunks(&["招标", "", "文件"]));
            assert_eq!(documents.put(name, parts, 12).await.unwrap(), 12);
            assert_eq!(documents.size(name).await.unwrap(), Some(12));
            assert_eq!(read(documents, name).await, "招标文件".as_bytes());
        }
        let hex = name.to_string();
        let key = documents.path(name).to_string();
        assert!(key.ends_with(&format!("sha256/{}/{}/{hex}", &hex[..2], &hex[2..4])));
        assert_eq!(objects(documents).await, [key]);
    }

    async fn keeps_the_empty_and_the_large(documents: &Documents) {
        assert_eq!(documents.put(id(""), stream::empty(), 0).await.unwrap(), 0);
        assert_eq!(read(documents, id("")).await, b"");
        let bytes = large();
        for chunk_bytes in [64 * 1024 - 1, PART_BYTES, bytes.len()] {
            let size = documents.put(id(&bytes), stream::iter(cut(&bytes, chunk_bytes)), u64::MAX).await.unwrap();
            assert_eq!(size, bytes.len() as u64);
            assert!(read(documents, id(&bytes)).await == bytes);
        }
    }

    async fn refuses_other_bytes(documents: &Documents) {
        let bytes = large();
        for (parts, actual) in [(chunks(&["招标"]), Hash::of("招标")), (cut(&bytes, 100_000), Hash::of(&bytes))] {
            let stored = documents.put(id("other"), stream::iter(parts), u64::MAX).await;
            assert!(matches!(stored, Err(DocumentError::HashMismatch { actual: found }) if found == actual));
        }
        assert_eq!(documents.size(id("other")).await.unwrap(), None);
    }

    async fn refuses_what_is_too_large(documents: &Documents) {
        let bytes = large();
        let limit_bytes = bytes.len() as u64 - 1;
        let small = documents.put(id("招标"), stream::iter(chunks(&["招", "标"])), 5).await;
        assert!(matches!(small, Err(DocumentError::TooLarge { limit: 5 })));
        // It stops at the limit: the rest is never asked for.
        let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[0; 65_536])));
        let stored = documents.put(id(&bytes), endless, limit_bytes).await;
        assert!(matches!(stored, Err(DocumentError::TooLarge { limit }) if limit == limit_bytes));
        assert_eq!(documents.size(id(&bytes)).await.unwrap(), None);
    }

    async fn refuses_what_breaks_off(documents: &Documents) {
        let bytes = large();
        for mut parts in [chunks(&["whole"]), cut(&bytes, 100_000)] {
            let whole = parts.iter().flatten().flatten().copied().collect::<Vec<_>>();
            parts.push(Err(io::Error::other("gone")));
            let stored = documents.put(id(&whole), stream::iter(parts), u64::MAX).await;
            assert!(matches!(stored, Err(DocumentError::Stream(error)) if error.to_string() == "gone"));
            assert_eq!(documents.size(id(&whole)).await.unwrap(), None);
        }
    }

    async fn takes_the_same_from_many(documents: &Documents) {
        let bytes = large();
        let puts = (0..4).map(|_| documents.put(id(&bytes), stream::iter(cut(&bytes, 1 << 20)), u64::MAX));
        for size in futures::future::join_all(puts).await {
            assert_eq!(size.unwrap(), bytes.len() as u64);
        }
        assert!(read(documents, id(&bytes)).await == bytes);
        assert_eq!(objects(documents).await, [documents.path(id(&bytes)).to_string()]);
    }

    #[tokio::test]
    async fn a_folder_keeps_what_is_whole() {
        let (dir, documents) = folder();
        keeps_what_is_whole(&documents).await;
        assert_eq!(files(dir.path()), 1);
        keeps_the_empty_and_the_large(&documents).await;
        assert_eq!(files(dir.path()), 3);
        // Opened again, it is all there.
        let again = Documents::new(Objects::local(dir.path()).unwrap());
        assert_eq!(read(&again, id("招标文件")).await, "招标文件".as_bytes());
    }

    #[tokio::test]
    async fn other_bytes_leave_nothing() {
        let (dir, documents) = folder();
        refuses_other_bytes(&documents).await;
        assert_eq!(files(dir.path()), 0);
    }

    #[tokio::test]
    async fn too_many_bytes_leave_nothing() {
        let (dir, documents) = folder();
        refuses_what_is_too_large(&documents).await;
        assert_eq!(files(dir.path()), 0);
    }

    #[tokio::test]
    async fn a_broken_stream_leaves_nothing() {
        let (dir, documents) = folder();
        refuses_what_breaks_off(&documents).await;
        assert_eq!(files(dir.path()), 0);
    }

    #[tokio::test]
    async fn a_refused_upload_leaves_the_stored_one_alone() {
        let (dir, documents) = folder();
        documents.put(id("a"), stream::iter(chunks(&["a"])), 1).await.unwrap();
        let stored = documents.put(id("a"), stream::iter(chunks(&["b"])), 1).await;
        assert!(matches!(stored, Err(DocumentError::HashMismatch { actual }) if actual == Hash::of("b")));
        assert_eq!((read(&documents, id("a")).await, files(dir.path())), (b"a".to_vec(), 1));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_uploads_of_one_document_make_one() {
        let (dir, documents) = folder();
        takes_the_same_from_many(&documents).await;
        assert_eq!(files(dir.path()), 1);
    }

    #[tokio::test]
    async fn an_upload_that_is_dropped_leaves_nothing() {
        let (dir, documents) = folder();
        let stalled = stream::iter(cut(&large(), 1 << 20)).chain(stream::pending());
        let put = tokio::time::timeout(Duration::from_millis(300), documents.put(id("a"), stalled, u64::MAX)).await;
        assert!(put.is_err());
        for _ in 0..100 {
            if files(dir.path()) == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the upload is still there");
    }

    /// Against a real S3 server: `GONGSHI_TEST_S3` is its URL, with a bucket `gongshi-test` and any credentials, as
    /// moto's server takes them.
    #[tokio::test(flavor = "multi_thread")]
    async fn an_s3_bucket_does_the_same() {
        let Ok(endpoint) = std::env::var("GONGSHI_TEST_S3") else { return };
        // Another test of the process may have done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let open = |prefix: &str| {
            let settings = S3Settings {
                bucket: "gongshi-test".into(),
                prefix: format!("{}/{prefix}", uuid::Uuid::new_v4()),
                endpoint: endpoint.clone(),
                region: "us-east-1".into(),
                access_key_id: "test".into(),
                secret_access_key: "test".into(),
                allow_http: true,
            };
            Documents::new(Objects::s3(&settings).unwrap())
        };
        let whole = open("whole");
        keeps_what_is_whole(&whole).await;
        keeps_the_empty_and_the_large(&whole).await;
        assert_eq!(objects(&whole).await.len(), 3);
        let refused = open("refused");
        refuses_other_bytes(&refused).await;
        refuses_what_is_too_large(&refused).await;
        refuses_what_breaks_off(&refused).await;
        assert_eq!(objects(&refused).await, [""; 0]);
        takes_the_same_from_many(&open("same")).await;
        let dropped = open("dropped");
        let stalled = stream::iter(cut(&large(), 1 << 20)).chain(stream::pending());
        let put = tokio::time::timeout(Duration::from_secs(1), dropped.put(id("a"), stalled, u64::MAX)).await;
        assert!(put.is_err());
        // What the drop began in the background; the server's list of multipart uploads is not within our reach here.
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(objects(&dropped).await, [""; 0]);
    }
}
