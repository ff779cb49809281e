//! What every kind of view says, kept as snapshots: a change of the API shows in a review as what its users will see.
//!
//! `INSTA_UPDATE=always cargo test --lib demo::tests::views` writes them anew.

use super::*;

/// One of each kind: the path, and what its snapshot is called.
const VIEWS: &[(&str, &str)] = &[
    ("tenders", "/v1/tenders?limit=2"),
    ("tender", "/v1/tenders/LYJY-005"),
    ("lots", "/v1/lots?tender=HNZB-022&limit=2"),
    ("objections", "/v1/objections?status=escalated"),
    ("organisations", "/v1/organisations?status=suspended"),
    ("organisation", "/v1/organisations/91410300MA9DEM1674"),
    ("templates", "/v1/templates"),
    ("commitments", "/v1/commitments?limit=2"),
    ("commitment", "/v1/commitments/YR-ZZEDU-YUNHE"),
    ("evaluation", "/v1/evaluations/LAST-YEAR-ZZEDU-TAIHANG:year_end"),
    ("access", "/v1/organisations/91410300MA9DEM1674/access"),
    ("bars", "/v1/access/bars"),
    ("records", "/v1/records?limit=1&after=47"),
    ("record", "/v1/records/48"),
    ("log", "/v1/log"),
    ("law", "/v1/law"),
    ("readiness", "/readyz"),
];

/// What differs from run to run, and what it is called instead: keys are made anew, and with them every hash and signature.
const RANDOM: &[(&str, &str)] = &[
    (r#""eyJ[A-Za-z0-9_.-]+""#, r#""[jws]""#),
    (r#""[A-Za-z0-9_-]{43}""#, r#""[digest or key]""#),
    ("[0-9a-f]{64}", "[sha256]"),
    (r"[A-Za-z0-9+/]{43}=", "[hash]"),
    ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[uuid]"),
    (r"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+", "+[vkey]"),
];

#[tokio::test(flavor = "multi_thread")]
async fn views_say_what_they_said() {
    let present: Instant = "2026-11-23T03:04:05.678Z".parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(present.plus_millis(-DAYS_BACK * DAY_MILLIS));
    let ledger = open(folder.path(), &clock).await;
    fill(&ledger, &clock, present, &folder.path().join("demo-keys")).await.unwrap();
    let stranger = Stranger::of(&ledger).await;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/views"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (random, name) in RANDOM {
        settings.add_filter(random, *name);
    }
    for (name, path) in VIEWS {
        let view = stranger.json(path).await;
        let mut settings = settings.clone();
        settings.set_description(*path);
        settings.bind(|| insta::assert_json_snapshot!(*name, view));
    }
}
