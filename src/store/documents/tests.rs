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
    DocumentId::from(Hash::of(bytes))
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
    let found = documents.objects.store.list(Some(&documents.objects.prefix)).map_ok(|meta| meta.location.to_string());
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
    let endpoint = std::env::var("GONGSHI_TEST_S3").expect("run scripts/test: it starts an S3 server");
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
