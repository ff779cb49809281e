//! The verifier that pages run, under Node.js: honest evidence passes, and every way of tampering is told.

use super::evidence::Evidence;
use super::{beside_this, node};

#[tokio::test(flavor = "multi_thread")]
async fn the_module_verifies_what_the_service_gives_and_refuses_what_was_tampered_with() {
    let evidence = Evidence::gather().await;
    let output = node()
        .args(["--test", "--test-reporter=tap"])
        .args(["module.test.mjs", "made-log.test.mjs"].map(beside_this))
        .env("EVIDENCE", evidence.path())
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
