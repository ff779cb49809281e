//! A folder or a bucket: named bytes.

use super::health::Health;
use super::{Obstacle, room};
use crate::private;
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{Attribute, Attributes, ClientOptions, Error, ObjectStore, ObjectStoreExt, PutOptions};
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A folder or a bucket. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Objects {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) prefix: ObjectPath,
    medium: Medium,
    health: Arc<Health>,
}

/// What it is.
#[derive(Clone, Debug)]
enum Medium {
    /// Nobody else reads it.
    PrivateFolder(PathBuf),
    /// A web server may read it.
    PublicFolder,
    /// An object there can say what it is and how long it keeps; a folder's files can't.
    Bucket,
}

/// How to reach an S3-compatible store.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Settings {
    pub bucket: String,
    /// What all keys begin with; may be empty.
    #[serde(default)]
    pub prefix: String,
    /// URL of the service, without the bucket: requests are path-style.
    pub endpoint: String,
    #[serde(default = "default_region")]
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    /// Plain HTTP, for a store on the same machine.
    #[serde(default)]
    pub allow_http: bool,
}

/// What a public object says to caches and browsers.
#[derive(Debug, Clone, Copy)]
pub struct Served {
    pub content_type: &'static str,
    pub cache_control: &'static str,
}

/// Where objects wait for their name; whatever stays there may be deleted.
pub(super) const INCOMING: &str = "incoming";

/// How long S3 may stay silent: above the time that the copy of a large document takes, which tells no progress.
const SILENCE: Duration = Duration::from_secs(60);

impl Objects {
    /// A folder that is its owner's alone, made when absent. Writes are durable when they return, and a name has all of
    /// its bytes or none.
    ///
    /// # Errors
    /// The folder can't be made or read.
    pub fn local(dir: &Path) -> Result<Self, Error> {
        private::folder(dir).map_err(folder_error)?;
        Self::in_folder(dir, Medium::PrivateFolder)
    }

    /// As [`Self::local`], for what everybody may read: files and folders get the modes that the umask gives them.
    ///
    /// # Errors
    /// The folder can't be made or read.
    pub fn published(dir: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(dir).map_err(folder_error)?;
        Self::in_folder(dir, |_| Medium::PublicFolder)
    }

    fn in_folder(dir: &Path, medium: impl FnOnce(PathBuf) -> Medium) -> Result<Self, Error> {
        // The log will cite these files, so they must survive a power cut as well as it does.
        let store = LocalFileSystem::new_with_prefix(dir)?.with_fsync(true);
        Ok(Self::new(Arc::new(store), ObjectPath::default(), medium(dir.to_owned())))
    }

    fn new(store: Arc<dyn ObjectStore>, prefix: ObjectPath, medium: Medium) -> Self {
        Self { store, prefix, medium, health: Arc::new(Health::new("the object store")) }
    }

    /// A bucket, which must exist; nothing is asked of it yet. A rustls crypto provider must have been installed.
    ///
    /// # Errors
    /// The settings don't make a client.
    pub fn s3(settings: &S3Settings) -> Result<Self, Error> {
        // The default limits the whole request, which would cut downloads to slow readers; silence is what counts.
        let client = ClientOptions::new()
            .with_timeout_disabled()
            .with_read_timeout(SILENCE)
            .with_allow_http(settings.allow_http);
        let store = AmazonS3Builder::new()
            .with_client_options(client)
            .with_bucket_name(&settings.bucket)
            .with_endpoint(&settings.endpoint)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(&settings.secret_access_key)
            // Objects are deleted one by one, and not every compatible store knows the bulk request.
            .with_disable_bulk_delete(true)
            .build()?;
        Ok(Self::new(Arc::new(store), ObjectPath::from(settings.prefix.as_str()), Medium::Bucket))
    }

    /// The full name of an object; `name` has its parts between slashes.
    pub(super) fn path(&self, name: &str) -> ObjectPath {
        name.split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }

    /// The bytes; `None` when there is no such object.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read(&self, name: &str) -> Result<Option<Bytes>, Error> {
        match self.store.get(&self.path(name)).await {
            Ok(found) => found.bytes().await.map(Some),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts bytes in the place of what stood there.
    ///
    /// # Errors
    /// The store fails; then the name has its old bytes or the new ones.
    pub async fn write(&self, name: &str, bytes: Bytes, served: Option<Served>) -> Result<(), Error> {
        let mut attributes = Attributes::new();
        if let Some(served) = served.filter(|_| matches!(self.medium, Medium::Bucket)) {
            attributes.insert(Attribute::ContentType, served.content_type.into());
            attributes.insert(Attribute::CacheControl, served.cache_control.into());
        }
        let (path, length) = (self.path(name), bytes.len());
        let options = PutOptions { attributes, ..PutOptions::default() };
        let put = async {
            self.make_folder_of(&path).await?;
            self.store.put_opts(&path, bytes.into(), options).await?;
            self.close(&path).await
        };
        self.judged(put.await, length)
    }

    /// Makes the folder that an object will be in, as private as the medium is: what the store makes by itself would have
    /// the mode that the umask gives it.
    pub(super) async fn make_folder_of(&self, path: &ObjectPath) -> Result<(), Error> {
        let Medium::PrivateFolder(dir) = &self.medium else { return Ok(()) };
        let (mut folder, mut parts) =
            (dir.clone(), path.parts().map(|part| part.as_ref().to_owned()).collect::<Vec<_>>());
        parts.pop();
        on_disk(move || {
            parts.iter().try_for_each(|part| {
                folder.push(part);
                private::folder(&folder)
            })
        })
        .await
    }

    /// Closes an object that was just written to everybody else.
    pub(super) async fn close(&self, path: &ObjectPath) -> Result<(), Error> {
        let Medium::PrivateFolder(dir) = &self.medium else { return Ok(()) };
        let file = dir.join(path.as_ref());
        on_disk(move || private::close(&file)).await
    }

    /// Takes note of what a write came to.
    pub(super) fn judged<T>(&self, done: Result<T, Error>, bytes: usize) -> Result<T, Error> {
        match &done {
            Ok(_) => self.health.wrote(bytes),
            Err(error) => self.health.failed(Obstacle::of_objects(error), bytes),
        }
        done
    }

    /// Why it can't be written, as far as the last writes and the last [`Self::probe`] tell.
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.health.obstacle()
    }

    /// As [`super::Database::take_hope`].
    pub fn take_hope(&self) -> bool {
        self.health.take_hope()
    }

    /// Looks whether it can be written: [`Self::obstacle`] tells then. A bucket is asked only after a write has failed.
    pub async fn probe(&self) {
        let look = async {
            match &self.medium {
                Medium::PrivateFolder(dir) => room::look(dir.clone()).await,
                Medium::PublicFolder | Medium::Bucket => Ok(()),
            }
        };
        self.health.probe(look, |bytes| self.try_write(bytes)).await;
    }

    async fn try_write(&self, bytes: usize) {
        let name = format!("{INCOMING}/{}", uuid::Uuid::new_v4());
        if self.write(&name, vec![0; bytes].into(), None).await.is_ok()
            && let Err(error) = self.remove(&name).await
        {
            tracing::warn!(%error, "what was written to see whether it can be is still there");
        }
    }

    /// Removes an object, if there is one.
    ///
    /// # Errors
    /// The store fails.
    pub async fn remove(&self, name: &str) -> Result<(), Error> {
        let removed = match self.store.delete(&self.path(name)).await {
            Err(Error::NotFound { .. }) => Ok(()),
            removed => removed,
        };
        self.judged(removed, 0)
    }

    /// The names below a folder, with the folder's own.
    ///
    /// # Errors
    /// The store fails.
    pub async fn names(&self, folder: &str) -> Result<Vec<String>, Error> {
        let prefix = self.path(folder);
        let cut = if self.prefix.as_ref().is_empty() { 0 } else { self.prefix.as_ref().len() + 1 };
        let names = self.store.list(Some(&prefix)).map_ok(|meta| meta.location.as_ref()[cut..].to_owned());
        names.try_collect().await
    }
}

async fn on_disk(work: impl FnOnce() -> std::io::Result<()> + Send + 'static) -> Result<(), Error> {
    tokio::task::spawn_blocking(work).await?.map_err(folder_error)
}

fn folder_error(source: std::io::Error) -> Error {
    Error::Generic { store: "folder", source: source.into() }
}

fn default_region() -> String {
    "us-east-1".to_owned()
}

impl fmt::Debug for S3Settings {
    /// Without the secret: settings end up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, prefix, endpoint, region, access_key_id, secret_access_key: _, allow_http } = self;
        f.debug_struct("S3Settings")
            .field("bucket", bucket)
            .field("prefix", prefix)
            .field("endpoint", endpoint)
            .field("region", region)
            .field("access_key_id", access_key_id)
            .field("allow_http", allow_http)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_defaults_and_hide_their_secret() {
        let settings = r#"{"bucket": "b", "endpoint": "http://e", "access_key_id": "k", "secret_access_key": "hush"}"#;
        let settings: S3Settings = serde_json::from_str(settings).unwrap();
        assert_eq!((settings.prefix.as_str(), settings.region.as_str()), ("", "us-east-1"));
        assert!(!settings.allow_http);
        let shown = format!("{settings:?}");
        assert!(shown.contains("http://e") && !shown.contains("hush"), "{shown}");
    }

    async fn reads_writes_lists_and_removes(objects: &Objects) {
        assert_eq!(objects.read("a/b").await.unwrap(), None);
        let served = Served { content_type: "text/plain", cache_control: "no-cache" };
        for bytes in ["one", "two"] {
            objects.write("a/b", Bytes::from_static(bytes.as_bytes()), Some(served)).await.unwrap();
            assert_eq!(objects.read("a/b").await.unwrap().as_deref(), Some(bytes.as_bytes()));
        }
        objects.write("c", Bytes::new(), None).await.unwrap();
        assert_eq!(objects.names("a").await.unwrap(), ["a/b"]);
        for _ in 0..2 {
            objects.remove("a/b").await.unwrap();
        }
        assert_eq!(objects.names("a").await.unwrap(), [""; 0]);
    }

    #[tokio::test]
    async fn a_folder_is_a_store() {
        let dir = tempfile::tempdir().unwrap();
        reads_writes_lists_and_removes(&Objects::local(dir.path()).unwrap()).await;
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(Objects::local(file.path()).is_err());
    }

    /// Against a real S3 server, as in `documents`.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_bucket_is_a_store() {
        let endpoint = std::env::var("GONGSHI_TEST_S3").expect("run scripts/test: it starts an S3 server");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let prefix = uuid::Uuid::new_v4();
        let settings = serde_json::json!({"bucket": "gongshi-test", "prefix": prefix, "endpoint": endpoint,
            "access_key_id": "test", "secret_access_key": "test", "allow_http": true});
        reads_writes_lists_and_removes(&Objects::s3(&serde_json::from_value(settings).unwrap()).unwrap()).await;
    }
}
