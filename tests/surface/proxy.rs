//! Behind a proxy, and in a browser: who is counted, which host is meant, what a page may do.

use super::support::{App, unlimited};
use super::{header, refused, within};
use gongshi::http::Limits;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn status(app: &App, headers: &[(&str, &str)]) -> u16 {
    let request = app.client.get(format!("{}/livez", app.base));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    within(app.send(request)).await.status
}

/// One request a second; nobody who is meant to be refused waits so long.
fn one_a_second() -> Limits {
    Limits { per_address: 1, ..unlimited() }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_each_client_has_its_own_rate() {
    let app = App::start_behind(&["127.0.0.0/8", "10.0.0.0/8"], one_a_second()).await;
    for (headers, expected) in [
        (&[("x-forwarded-for", "192.0.2.1")][..], 200),
        (&[("x-forwarded-for", "192.0.2.1")], 429),
        // Whatever it makes up stands on the left.
        (&[("x-forwarded-for", "192.0.2.99, 192.0.2.1")], 429),
        (&[("x-forwarded-for", "192.0.2.98, 192.0.2.1, 10.0.0.7")], 429),
        (&[("forwarded", "for=192.0.2.97, for=192.0.2.1;proto=https")], 429),
        (&[("x-forwarded-for", "192.0.2.2")], 200),
        (&[("forwarded", "for=\"[2001:db8::1]:4711\"")], 200),
        // The same network of somebody who has 2⁶⁴ addresses.
        (&[("forwarded", "for=\"[2001:db8::ffff]\"")], 429),
        (&[("x-forwarded-for", "::ffff:192.0.2.2")], 429),
        // Nobody credible: the proxy itself, once.
        (&[("forwarded", "for=192.0.2.3"), ("x-forwarded-for", "192.0.2.4")], 200),
        (&[("forwarded", "for=192.0.2.5"), ("x-forwarded-for", "192.0.2.6")], 429),
        (&[], 429),
    ] {
        assert_eq!(status(&app, headers).await, expected, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_can_not_speak_for_others() {
    let app = App::start_behind(&["10.0.0.0/8"], one_a_second()).await;
    assert_eq!(status(&app, &[("x-forwarded-for", "192.0.2.1")]).await, 200);
    assert_eq!(status(&app, &[("x-forwarded-for", "192.0.2.2")]).await, 429);
    assert_eq!(status(&app, &[("forwarded", "for=192.0.2.3")]).await, 429);
}

/// The answer to a request of one's own making.
async fn raw(app: &App, request: &str) -> String {
    let mut socket = TcpStream::connect(app.base.strip_prefix("http://").unwrap()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut seen = String::new();
    within(socket.read_to_string(&mut seen)).await.unwrap();
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_one_host() {
    let app = App::start().await;
    for hosts in [
        "",
        "Host: a.example\r\nHost: b.example\r\n",
        "Host: a.example\r\nhost: a.example\r\n",
        "Host: a.example, b.example\r\n",
        "Host: user@a.example\r\n",
        "Host: a.example/path\r\n",
        "Host: a b\r\n",
    ] {
        let answer = raw(&app, &format!("GET /livez HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{hosts:?}: {answer}");
        assert!(answer.contains("/problems/host-invalid"), "{hosts:?}: {answer}");
    }
    for (version, hosts) in
        [("1.1", "Host: a.example:8080\r\n"), ("1.1", "Host: [::1]:8080\r\n"), ("1.1", "Host:\r\n"), ("1.0", "")]
    {
        let answer = raw(&app, &format!("GET /livez HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n")).await;
        assert!(answer.contains(" 200 "), "{hosts:?}: {answer}");
    }
}

/// The script that starts the API's page.
fn last_script(html: &str) -> Option<&str> {
    let (scripts, _) = html.rsplit_once("</script>")?;
    Some(scripts.rsplit_once("<script>")?.1)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_can_not_be_framed_and_run_only_their_own_scripts() {
    let app = App::start().await;
    for path in ["/problems", "/problems/not-found", "/api", "/api/"] {
        let page = app.get(path).await;
        assert_eq!((page.status, header(&page, "content-type").starts_with("text/html")), (200, true), "{path}");
        let policy = header(&page, "content-security-policy");
        for directive in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(directive), "{path}: {policy}");
        }
        assert!(!policy.contains("script-src 'unsafe-inline'") && !policy.contains("script-src *"), "{path}: {policy}");
        // The API's page has two scripts, the library and the one that starts it; pages of problems have none.
        let scripts = if path.starts_with("/api") { 2 } else { 0 };
        assert_eq!(policy.matches("'sha256-").count(), scripts, "{path}: {policy}");
        if let Some(script) = last_script(page.body.as_str().unwrap()) {
            let hash = base64_simd::STANDARD.encode_to_string(Sha256::digest(script));
            assert!(policy.contains(&format!("'sha256-{hash}'")), "{path}: {hash} in {policy}");
        }
        assert_eq!((header(&page, "x-frame-options"), header(&page, "referrer-policy")), ("DENY", "no-referrer"));
    }
    for path in ["/", "/livez", "/readyz", "/metrics", "/v1/log", "/log/checkpoint", "/nowhere", "/openapi.yaml"] {
        let request = app.client.get(format!("{}{path}", app.base));
        assert_eq!(header(&within(app.send(request)).await, "x-content-type-options"), "nosniff", "{path}");
    }
    let refusal = within(app.send(app.client.delete(format!("{}/problems", app.base)))).await;
    refused(&refusal, "method-not-allowed", 405);
}
