//! Evidence as the service gives it: entries, receipts, bundles, keys, in a folder for scripts to read.

use super::promised::promised;
use super::support::fixture::{self, act, stream};
use super::support::{App, ORIGIN};
use gongshi::log::{Cosigner, NoteSigner, SignedNote};
use gongshi::record::PrivateKey;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A running log and what was taken from it.
pub struct Evidence {
    pub app: App,
    folder: TempDir,
    /// The record that somebody asks about.
    pub subject: u64,
}

/// When the witness cosigned.
const SEEN: u64 = 1_785_718_800;

impl Evidence {
    /// An objection among tenders, so that its proof has hashes on both sides; the receipts are cosigned by one witness.
    pub async fn gather() -> Self {
        let app = App::start().await;
        let cast = app.cast().await;
        let disclosed = act(fixture::preannouncement(&cast.centre));
        let disclose = async |code: &str| {
            app.post(&cast.centre, "/v1/tenders", &stream(code), &disclosed).await.accepted();
        };
        disclose("T-1").await;
        let objected = act(fixture::objection("o-1"));
        let objections = "/v1/tenders/T-1/objections";
        let receipt = app.post(&cast.enterprise, objections, &stream("T-1"), &objected).await.accepted();
        for code in ["T-2", "T-3", "T-4", "T-5"] {
            disclose(code).await;
        }
        promised(&app, &cast, "c-1").await;
        let evidence = Self { subject: receipt["index"].as_u64().unwrap(), app, folder: tempfile::tempdir().unwrap() };
        evidence.write(&receipt).await;
        evidence
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn write(&self, receipt: &Value) {
        let witness = Cosigner::new("witness.example/一", PrivateKey::from_seed([3; 32])).unwrap();
        for index in 0..self.app.size() {
            let entry = self.app.bytes(&format!("/v1/records/{index}/entry")).await;
            let proof = String::from_utf8(self.app.bytes(&format!("/v1/records/{index}/proof")).await).unwrap();
            let (_, note) = proof.split_once("\n\n").unwrap();
            let line = witness.cosign(SignedNote::parse(note).unwrap().text(), SEEN);
            std::fs::write(self.path().join(format!("{index}.json")), entry).unwrap();
            std::fs::write(self.path().join(format!("{index}.tlog-proof")), format!("{proof}{line}")).unwrap();
        }
        self.export(&["--tender", "T-1"], "tender.zip");
        self.export(&["--all"], "all.zip");
        std::fs::write(self.path().join("handed-out.zip"), self.app.bytes("/v1/tenders/T-1/bundle").await).unwrap();
        let commitment = self.app.bytes("/v1/commitments/c-1/bundle").await;
        std::fs::write(self.path().join("commitment.zip"), commitment).unwrap();
        let stranger = NoteSigner::new(ORIGIN, PrivateKey::from_seed([4; 32])).unwrap();
        let facts = json!({
            "service": self.app.base,
            "subject": self.subject,
            "size": self.app.size(),
            "log_key": self.app.log_key().to_string(),
            "witness_key": witness.verifier().to_string(),
            "other_key": stranger.verifier().to_string(),
            "receipt": receipt,
        });
        std::fs::write(self.path().join("facts.json"), facts.to_string()).unwrap();
    }

    fn export(&self, about: &[&str], name: &str) -> PathBuf {
        let out = self.path().join(name);
        let mut gongshi = Command::new(env!("CARGO_BIN_EXE_gongshi"));
        gongshi.args(["export", "bundle", "--data"]).arg(self.app.folder.path()).arg("--out").arg(&out).args(about);
        let output = gongshi.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        out
    }
}
