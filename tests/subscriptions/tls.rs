//! Mail over real TLS: a server is believed whose certificate a known authority has issued for its name, and no other one gets a letter.

use crate::support::NAMES;
use crate::support::postbox::{MailServer, Security};
use crate::support::process::{self, Service};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_rustls::TlsAcceptor;

/// An authority that issues certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap())
    }

    /// What a server shows that has a certificate for this name.
    fn issues(&self, name: &str) -> TlsAcceptor {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = parameters.signed_by(&key, &*self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder().with_no_client_auth();
        TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap()))
    }
}

/// The program, which knows one authority, and hands mail to a server at `localhost`.
fn serve(folder: &Path, known: &Authority, mail: &MailServer, tls: &str) -> Service {
    let file = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, mode).unwrap();
        path
    };
    let authorities = file("authorities.pem", known.0.pem());
    let settings = format!(
        "host = \"localhost\"\nport = {}\ntls = \"{tls}\"\nfrom = \"no-reply@gongshi.example\"\n",
        mail.address.port()
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--public-url", "http://127.0.0.1:1", "--smtp"]);
    command.arg(file("smtp.toml", settings)).args(NAMES).arg("--data").arg(folder.join("data"));
    // As the machine's own authorities are named.
    command.env("SSL_CERT_FILE", authorities).env_remove("SSL_CERT_DIR");
    process::started(command)
}

async fn asks_to_be_told(service: &Service) {
    let wish = json!({ "filter": {}, "language": "zh", "target": { "kind": "email", "address": "li.si@example.cn" } });
    let post = reqwest::Client::new().post(format!("{}/v1/subscriptions", service.base));
    let taken = post.header("content-type", "application/json").body(wish.to_string()).send().await.unwrap();
    assert_eq!(taken.status(), 202);
}

/// What one of the service's counters of mail says.
async fn counted(service: &Service, name: &str) -> u64 {
    let text = reqwest::get(format!("{}/metrics", service.base)).await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}{{to=\"email\"}} ")));
    line.map_or(0, |number| number.parse().unwrap())
}

async fn until(mut there: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !there().await {
        assert!(began.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_handed_over_in_tls_from_the_first_byte_on_or_after_starttls() {
    let authority = Authority::new();
    for tls in ["implicit", "starttls"] {
        let shown = authority.issues("localhost");
        let security = if tls == "implicit" { Security::Implicit(shown) } else { Security::Starttls(shown) };
        let (folder, mail) = (tempfile::tempdir().unwrap(), MailServer::secured(security).await);
        let service = serve(folder.path(), &authority, &mail, tls);
        asks_to_be_told(&service).await;
        until(async || !mail.mails().is_empty()).await;
        assert_eq!(mail.mails()[0].to, "li.si@example.cn", "{tls}");
        until(async || counted(&service, "gongshi_messages_delivered_total").await == 1).await;
        assert_eq!(counted(&service, "gongshi_messages_failed_total").await, 0, "{tls}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_certificate_gets_no_letter() {
    let (known, stranger) = (Authority::new(), Authority::new());
    let shown = [
        ("of another name", known.issues("mail.example.cn")),
        ("of an authority that nobody knows", stranger.issues("localhost")),
    ];
    for (which, shown) in shown {
        for tls in ["implicit", "starttls"] {
            let shown = shown.clone();
            let security = if tls == "implicit" { Security::Implicit(shown) } else { Security::Starttls(shown) };
            let (folder, mail) = (tempfile::tempdir().unwrap(), MailServer::secured(security).await);
            let service = serve(folder.path(), &known, &mail, tls);
            asks_to_be_told(&service).await;
            until(async || counted(&service, "gongshi_messages_failed_total").await == 1).await;
            assert!(mail.callers() > 0 && mail.mails().is_empty(), "{which}, {tls}");
            assert_eq!(counted(&service, "gongshi_messages_delivered_total").await, 0, "{which}, {tls}");
        }
    }
}

/// Who strips the offer of STARTTLS gets nothing in clear.
#[tokio::test(flavor = "multi_thread")]
async fn without_starttls_no_letter_goes_in_clear() {
    let (folder, mail) = (tempfile::tempdir().unwrap(), MailServer::open().await);
    let service = serve(folder.path(), &Authority::new(), &mail, "starttls");
    asks_to_be_told(&service).await;
    until(async || counted(&service, "gongshi_messages_failed_total").await == 1).await;
    assert!(mail.callers() > 0 && mail.mails().is_empty());
}
