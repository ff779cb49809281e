//! A service in a process of its own, with its own limits and its own umask, as its operator uses it.

use super::support::process::{self, Service};
use super::support::{Actor, Answer, NAMES, ORIGIN};
use super::within;
use gongshi::clock::Clock;
use gongshi::identity::{self, CheckpointKeyAddition};
use gongshi::log::NoteSigner;
use gongshi::record::{Bearer, Disclosure, Header, PrivateKey, Record, load_key};
use gongshi::world::{Act, Stream};
use reqwest::Method;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub struct Remote {
    pub service: Service,
    /// Its data folder is `data` in it.
    pub folder: TempDir,
    client: reqwest::Client,
    operator: Actor,
}

impl Remote {
    /// From a shell that has run `prelude` before.
    pub fn start(prelude: &str, more: &[&str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut arguments = [&NAMES[..], &["--rate-address", "0", "--data", data.to_str().unwrap()]].concat();
        arguments.extend(more);
        let service = process::spawn_after(prelude, "serve", &arguments);
        let key = load_key(&data.join("keys/operator.jwk")).unwrap();
        let operator = Actor { id: "1241010041580000XR".parse().unwrap(), key };
        Self { service, folder, client: reqwest::Client::new(), operator }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let token = Bearer::issue(&self.operator.key, ORIGIN, Clock::System.now());
        self.client.request(method, format!("{}{path}", self.service.base)).bearer_auth(token)
    }

    async fn send(request: reqwest::RequestBuilder) -> Answer {
        let response = within(request.send()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = within(response.text()).await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, body, headers }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Self::send(self.request(Method::GET, path)).await
    }

    /// One record more: another checkpoint key.
    pub async fn post(&self, seed: u8) -> Answer {
        let signer = NoteSigner::new(ORIGIN, PrivateKey::from_seed([seed; 32])).unwrap();
        let log_key = signer.verifier().to_string().parse().unwrap();
        let act: Act = identity::Act::from(CheckpointKeyAddition { log_key }).into();
        let key = &self.operator.key;
        let iat = Clock::System.now().seconds();
        let header = Header::new(key.key_id(), ORIGIN, act.kind(), Stream::LOG.as_str(), iat);
        let record = Record::sign(key, &header, &serde_json::to_vec(&act.to_value()).unwrap());
        let payload = serde_json::to_vec(&act.to_value()).unwrap();
        let request = self.request(Method::POST, "/v1/log/checkpoint-keys");
        let request = request.header("content-type", "application/json").header("x-jws-signature", record.detached());
        Self::send(request.body(payload)).await
    }

    pub async fn upload(&self, bytes: &[u8]) -> Answer {
        let path = format!("/v1/documents/{}", super::documents::name(bytes));
        let request = self.request(Method::PUT, &path).header("content-type", "text/plain");
        Self::send(request.body(bytes.to_vec())).await
    }

    pub async fn disclose(&self, value: &str) -> Answer {
        let text = Disclosure::new("person", &Value::from(value)).text().to_owned();
        let request = self.request(Method::POST, "/v1/disclosures").header("content-type", "text/plain; charset=utf-8");
        Self::send(request.body(text)).await
    }
}

/// Every file and folder below a folder, and the folder.
pub fn below(path: &Path) -> Vec<PathBuf> {
    let mut found = vec![path.to_owned()];
    if path.is_dir() {
        found.extend(path.read_dir().unwrap().flat_map(|entry| below(&entry.unwrap().path())));
    }
    found
}
