//! What is asked of lists, and lists that are long.

use super::support::{App, Cast, postgres};
use gongshi::store::{Database, Pools};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

/// What is asked of nobody in particular.
static FIXED: &[&str] = &[
    "/v1/log",
    "/v1/law",
    "/log/checkpoint",
    "/log/law/editions",
    "/log/tile/0/000.p/1",
    "/log/tile/entries/000.p/1",
    "/v1/tenders/BIG",
    "/v1/tenders/BIG/disclosures",
    "/v1/tenders/BIG/lots",
    "/v1/tenders/BIG/challenges",
    "/v1/tenders/BIG/notices",
    "/v1/tenders?follows=BIG",
    "/v1/tenders?limit=500",
    "/v1/tenders?q=zzz&limit=500",
    "/v1/tenders?region=99",
    "/v1/tenders?counts=true",
    "/v1/tenders?counts=true&q=zzz&status=closed&nature=goods&published_from=2026-08-01",
    "/v1/lots?counts=true&limit=500",
    "/v1/objections?counts=true&tender=BIG",
    "/v1/organisations?counts=true&q=zzz&role=auditor",
    "/v1/commitments?counts=true&status=lapsed",
    "/v1/evaluations?counts=true",
    "/v1/evaluations?after=1~x",
    "/v1/evaluations?status=sealing&milestone=award",
    "/v1/evaluations?commitment=x&limit=500",
    "/v1/evaluations?tender=BIG",
    "/v1/deposits?counts=true&refund=late",
    "/v1/documents?counts=true&source=tender&q=zzz",
    "/v1/tenders?nature=goods",
    "/v1/tenders?published_from=2026-08-01&published_to=2026-08-02&estimate_min=5&estimate_max=9&unit=91410100MA0000015B",
    "/v1/commitments?year=2026&template=construction",
    "/v1/deposits",
    "/v1/deposit-schemes?limit=500",
    "/v1/deposits?status=overdue&limit=500",
    "/v1/deposits?tender=BIG&status=closed",
    "/v1/access/bars",
    "/v1/access/bars?kind=court-list&limit=500",
    "/v1/access/changes?limit=500",
    "/v1/access/bars?overdue=true",
    "/v1/credit?overdue=true",
    "/v1/access/changes?after=1~2~ended",
    "/v1/tenders?status=closed",
    "/v1/tenders?order=closing&limit=500",
    "/v1/tenders?order=closing&q=zzz&status=preannounced&published_from=2026-08-01",
    "/v1/tenders?order=closing&counts=true&after=1~x&region=99",
    "/v1/tenders?status=preannounced&q=zzz",
    "/v1/tenders?after=1~x&region=99",
    "/v1/objections",
    "/v1/objections?tender=BIG&limit=500",
    "/v1/objections?tender=BIG&status=ruled&after=1~BIG/o",
    "/v1/objections?status=ruled",
    "/v1/objections?result=upheld",
    "/v1/objections?answered=late&region=41",
    "/v1/lots?bidding=single",
    "/v1/lots?opening=late&bidding=unknown",
    "/v1/deposits?refund=late&limit=500",
    "/v1/deposits/refunds?limit=500",
    "/v1/statistics?by=unit&limit=100",
    "/v1/statistics?by=region&region=41&from=2026-01-01&to=2026-12-31",
    "/v1/statistics.csv?by=unit",
    "/v1/totals",
    "/v1/lots",
    "/v1/lots?tender=BIG",
    "/v1/lots?status=awarded",
    "/v1/organisations",
    "/v1/organisations?q=zzz",
    "/v1/organisations?role=auditor",
    "/v1/organisations?after=1~x",
    "/v1/organisations?status=confirmed",
    "/v1/organisations?status=suspended",
    "/v1/organisations?status=pending",
    "/v1/commitments",
    "/v1/commitments?after=1~x&limit=500",
    "/v1/commitments?status=lapsed",
    "/v1/commitments?tender=BIG",
    "/v1/documents?limit=500",
    "/v1/documents?tender=BIG&limit=500",
    "/v1/documents?media_type=text/csv&source=commitment",
    "/v1/documents?source=tender&q=zzz&order=oldest",
    "/v1/documents?kind=tender.cleared&cited_from=2026-08-01&cited_to=2026-08-02",
    "/v1/documents?q=zzz&after=9~9/x",
    "/v1/documents?sha256=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "/v1/commitments/none",
    "/v1/commitments/none/breaches",
    "/v1/templates",
    "/v1/templates?scope=construction",
    "/v1/templates/none",
    "/v1/templates/none/versions/1",
    "/v1/search",
    "/v1/search?q=zzz",
    "/v1/search?q=文文&limit=50",
    "/v1/search?q=文文 字字&kind=objection&status=filed&year=2026&region=41&limit=50",
    "/v1/search?q=文文&after=text~90&limit=50",
    "/v1/search.csv?q=文文&began_from=2026-01-01&began_to=2026-12-31",
    "/v1/search.atom?q=文文",
    "/v1/search.ics?q=文文",
    "/v1/records?limit=500",
    "/v1/records?before=10000&limit=500",
    "/v1/records?contested=true&limit=500",
    "/v1/records?kind=tender.cleared&limit=500",
    "/v1/records?kind=tender.objected&limit=500",
    "/v1/records?stream=tender/BIG&limit=500",
    "/v1/records?stream=tender/BIG&after=20&limit=500",
    "/v1/records?stream=tender/BIG&kind=tender.cleared&before=50",
    "/v1/records?kind=tender.cleared&contested=true",
];

/// Of credit.
const CREDIT: [&str; 12] = [
    "/v1/organisations/CENTRE/credit",
    "/v1/organisations/CENTRE/credit?at=9",
    "/v1/organisations/CENTRE/credit/contributions?limit=500",
    "/v1/organisations/CENTRE/credit/grades?limit=500",
    "/v1/credit?limit=500",
    "/v1/credit?grade=D",
    "/v1/credit?grade=B&after=x",
    "/v1/organisations/CENTRE/credit/history.csv",
    "/v1/credit/changes?limit=500",
    "/v1/credit/changes?organisation=CENTRE&after=7",
    "/v1/access/changes?organisation=CENTRE",
    "/v1/access/changes?organisation=CENTRE&after=1~2~ended",
];

/// What a stranger may ask: each GET that reads the store, with each filter.
pub fn requests(cast: &Cast, size: u64) -> Vec<String> {
    let centre = &cast.centre.id;
    let mut paths = vec![
        format!("/v1/organisations/{centre}"),
        "/v1/organisations/1241010041580000XR".to_owned(),
        format!("/v1/records/{}/proof", size / 2),
        format!("/v1/records/{}/entry", size / 2),
        format!("/v1/records/{}", size / 2),
        format!("/v1/log/consistency?from={}", size / 2),
        format!("/v1/tenders?centre={centre}&limit=500"),
        format!("/v1/records?author={centre}&limit=500"),
        format!("/v1/records?author={centre}&kind=tender.cleared&limit=500"),
        format!("/v1/records?author={centre}&kind=tender.cleared&contested=true&stream=tender/BIG"),
        format!("/v1/records?before={size}&author={centre}&kind=tender.cleared&limit=500"),
        format!("/v1/commitments?unit={centre}"),
        format!("/v1/evaluations?unit={centre}"),
        format!("/v1/evaluations?enterprise={centre}&status=concluded"),
        format!("/v1/commitments?enterprise={centre}&status=lapsed"),
        format!("/v1/objections?objector={centre}"),
        format!("/v1/objections?centre={centre}&filed_from=2026-01-01&region=41"),
        format!("/v1/organisations/{centre}/access"),
        format!("/v1/deposits?payee={centre}&status=overdue"),
        format!("/v1/deposits?payer={centre}&payee={centre}&after=9"),
        format!("/v1/deposits/{centre}"),
        format!("/v1/deposit-schemes?payee={centre}&limit=500"),
        format!("/v1/deposits/{centre}/deposits/d-1"),
        format!("/v1/access/bars?organisation={centre}&q=zzz"),
        format!("/v1/objections?unit={centre}&result=open"),
        format!("/v1/deposits?payee={centre}&refund=not_due"),
        format!("/v1/lots?winner={centre}"),
        format!("/v1/lots?winner={centre}&bidder={centre}&order=oldest"),
        format!("/v1/lots?bidder={centre}&status=awarded&q=zzz"),
        format!("/v1/lots?centre={centre}&nature=works&awarded_min=5"),
        format!("/v1/lots?unit={centre}&published_to=2026-08-02"),
        format!("/v1/lots?bidder={centre}&after=1~x/1"),
        format!("/v1/tenders?winner={centre}"),
        format!("/v1/tenders?winner={centre}&bidder={centre}&order=oldest"),
        format!("/v1/tenders?bidder={centre}&published_from=2026-08-01&awarded_max=5"),
        format!("/v1/tenders?bidder={centre}&after=1~x"),
        format!("/v1/tenders?counts=true&winner={centre}&bidder={centre}&order=oldest"),
        format!("/v1/lots?counts=true&bidder={centre}&status=awarded"),
        format!("/v1/tenders?order=closing&centre={centre}&winner={centre}&bidder={centre}"),
        format!("/v1/tenders?unit={centre}"),
        format!("/v1/documents?author={centre}&media_type=application/pdf&after=9~9/x"),
    ];
    paths.extend(CREDIT.map(|path| path.replace("CENTRE", centre.as_str())));
    paths.extend(FIXED.iter().copied().map(str::to_owned));
    paths
}

/// More rows than a request looks at, in every table that is listed.
const MANY: [&str; 18] = [
    "INSERT INTO organisations (id, name, status, roles, admitted, since, version) SELECT 'x' || n, 'x', 'confirmed', ',centre,', 1, n, 1 \
     FROM many",
    "INSERT INTO tenders (code, title, status, nature, region, centre, unit, unit_name, estimate_minor, first_time, last_time, \
     version) SELECT 'x' || n, 'x', 'cleared', 'works', '41', (SELECT id FROM organisations WHERE name LIKE \
     '%91410100MA0000015B'), 'x', 'x', 1, n, n, 1 FROM many",
    "INSERT INTO tenders (code, title, status, nature, region, centre, unit, unit_name, estimate_minor, first_time, last_time, \
     version, window_until) SELECT 'w' || n, 'x', 'preannounced', 'works', '41', (SELECT id FROM organisations WHERE name LIKE \
     '%91410100MA0000015B'), 'x', 'x', 1, n, n, 1, n FROM many",
    "INSERT INTO objections (tender, id, objector, status) SELECT 'x', n, 'x', 'filed' FROM many",
    "INSERT INTO lots (tender, id, title, status, awards, candidates, open_challenges) SELECT 'x', n, 'x', 'opened', '[]', 1, 1 \
     FROM many",
    "INSERT INTO bids SELECT 'x' || n, '1', (SELECT id FROM organisations WHERE roles LIKE '%,centre,%' AND name <> 'x'), n, 1 \
     FROM many",
    "INSERT INTO awards SELECT 'x' || n, '1', (SELECT id FROM organisations WHERE roles LIKE '%,centre,%' AND name <> 'x'), n, \
     1, 1 FROM many",
    "INSERT INTO templates SELECT 'x' || n, 'x', 'construction', 1, 'x' FROM many",
    "INSERT INTO commitments SELECT 'x' || n, 'x', 1, 'x', 'x', NULL, NULL, 1, 'unit', 'offered', 0, n, n, 1 FROM many",
    "INSERT INTO evaluations SELECT 'x' || n, 'x', 'award', NULL, NULL, 0, 'x', 'x', 'sealing', 'awaited', 'awaited', NULL, n, n, 1 FROM many",
    "INSERT INTO bars SELECT 'x' || n, n + 100000, 'x', 'court-list', 'x', 'x', 'x', 'x', '', '', '', '2026-01-01', \
     '2027-01-01', 1, 1, 'x', 'ndrc', 'x', 1, 'standing', NULL, 0, 'x' FROM many",
    "INSERT INTO ratings SELECT 'c' || n || ':year_end', 'unit', (SELECT id FROM organisations WHERE roles LIKE '%,centre,%' AND \
     name <> 'x'), 'XX-MANY-' || (n % 30), 0, 8000, n, 'revealed', 'truth=80', 8000, n, n, n, 1785000000000 + n, NULL, NULL FROM many",
    "INSERT INTO deposits (book, id, entry, scheme, kind, payer, currency, status, pay_by, due_provisional, last_entry, required, \
     shortfall, guaranteed, available, held, excess, refund_payable, disputed, refunded, interest_paid) SELECT id, 'd' || n, \
     n + 100000, 'x', 'x', id, 'CNY', 'overdue', '2026-08-01', 0, n, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 FROM many, organisations \
     WHERE name LIKE '%91410100MA0000015B'",
    "INSERT INTO deposit_schemes SELECT id, 's' || n, n + 100000, 'x', 'x', 'x', 'CNY', 1, 'transfer', NULL, 'x' FROM many, \
     organisations WHERE name LIKE '%91410100MA0000015B'",
    "INSERT INTO attachments SELECT n + 100000, printf('%064d', n), n, 'tender.objected', 'tender', 'tender/x', 'x', (SELECT id FROM \
     organisations WHERE name LIKE '%91410100MA0000015B'), 'x', 'x', 'text/plain', 1 FROM many",
    "INSERT INTO credits SELECT 'x' || n, 'B', 8000, '2026-08-03', 1, '2026-09-01', 0, 1 FROM many",
    "INSERT INTO grade_changes SELECT 'x' || n, n, n, '2026-08-03', NULL, 'B', 8000 FROM many",
    "INSERT INTO bar_changes SELECT 'x' || n, n, n, 'entered', 'x', n, NULL, 'in_force', 0, 1 FROM many",
];

pub async fn fill_lists(app: &App) {
    let Pools::Sqlite { writer, .. } = &app.ledger.database.pools else { panic!("SQLite") };
    for statement in MANY {
        let many = "WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 2500)";
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{many} {statement}"))).execute(writer).await.unwrap();
    }
}

/// The same statements on PostgreSQL, which reads a short table as a whole and sorts a few rows wherever it may: if it may not,
/// it needs neither, for an index has the rows in their order.
pub async fn lists_have_an_index_on_postgres(asked: &[String]) {
    let url = postgres::fresh_database();
    Database::open(&url).await.unwrap().close().await;
    let mut session = PgConnection::connect(&url).await.unwrap();
    let settings = [
        "enable_seqscan = off",
        "enable_sort = off",
        "enable_bitmapscan = off",
        "plan_cache_mode = force_generic_plan",
    ];
    for setting in settings {
        sqlx::raw_sql(AssertSqlSafe(format!("SET {setting}"))).execute(&mut session).await.unwrap();
    }
    let tables = [
        "tenders",
        "lots",
        "objections",
        "bids",
        "awards",
        "ratings",
        "attachments",
        "organisations",
        "commitments",
        "evaluations",
        "deposits",
    ];
    let is_list = |statement: &&String| tables.iter().any(|table| statement.contains(&format!(" FROM {table} ")));
    let is_list = |statement: &&String| is_list(statement) && statement.contains(" ORDER BY ");
    let mut looked_at = 0;
    for (n, statement) in asked.iter().filter(is_list).enumerate() {
        let parameters = (1..).take_while(|n| statement.contains(&format!("${n}"))).map(|_| "NULL").collect::<Vec<_>>();
        let execute = match parameters.len() {
            0 => format!("EXPLAIN EXECUTE p{n}"),
            _ => format!("EXPLAIN EXECUTE p{n}({})", parameters.join(", ")),
        };
        sqlx::raw_sql(AssertSqlSafe(format!("PREPARE p{n} AS {statement}"))).execute(&mut session).await.unwrap();
        let rows = sqlx::raw_sql(AssertSqlSafe(execute)).fetch_all(&mut session).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let is_dear = |step: &String| step.contains("Seq Scan") || step.contains("Sort");
        assert!(!plan.iter().any(is_dear), "{statement}\n{plan:#?}");
        looked_at += 1;
    }
    assert!(looked_at > 20, "{looked_at}");
}
