//! Pages of other sites, which read the ledger in somebody's browser.

use super::header;
use super::support::{Answer, App};
use reqwest::Method;

const PAGE: &str = "https://page.example";

async fn ask(app: &App, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = app.client.request(method, format!("{}{path}", app.base)).header("origin", PAGE);
    app.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_reads_what_is_public_and_nothing_else() {
    let app = App::start().await;
    for path in [
        "/v1/tenders",
        "/v1/log",
        "/log/checkpoint",
        "/v1/records/0/proof",
        "/openapi.yaml",
        "/v1/tenders/none",
        "/v1/tenders?x=1",
    ] {
        let answer = ask(&app, Method::GET, path, &[]).await;
        assert_eq!(header(&answer, "access-control-allow-origin"), "*", "{path}");
        assert!(header(&answer, "access-control-expose-headers").contains("etag"), "{path}");
        assert!(!answer.headers.contains_key("access-control-allow-credentials"), "{path}");
    }
    for path in ["/metrics", "/readyz", "/api"] {
        let answer = ask(&app, Method::GET, path, &[]).await;
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_asks_first_and_is_told_what_a_path_takes() {
    let app = App::start().await;
    for (path, method, methods) in [
        ("/v1/tenders", "POST", "GET, HEAD, POST"),
        ("/v1/records", "POST", "GET, HEAD, POST"),
        ("/v1/documents/0", "PUT", "DELETE, GET, HEAD, PUT"),
        ("/log/tile/0/000", "GET", "GET, HEAD"),
    ] {
        let answer = ask(&app, Method::OPTIONS, path, &[("access-control-request-method", method)]).await;
        assert_eq!((answer.status, header(&answer, "access-control-allow-methods")), (204, methods), "{path}");
        assert!(header(&answer, "access-control-allow-headers").contains("authorization"), "{path}");
    }
    // That is no preflight, and this path is no page's.
    assert_eq!(ask(&app, Method::OPTIONS, "/v1/tenders", &[]).await.status, 405);
    let asks = [("access-control-request-method", "GET")];
    assert_eq!(ask(&app, Method::OPTIONS, "/metrics", &asks).await.status, 405);
}
