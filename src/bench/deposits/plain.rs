//! A plain double-entry ledger in SQL: one transaction a posting, which locks the account's row, inserts its lines, updates
//! the balances, and is on the disk when it is committed, on the connections that the log itself would have.

use super::super::Scale;
use super::DEPOSITS;
use super::rate::{Client, rate};
use crate::store::{Database, Pools};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const TABLES: &str = "CREATE TABLE plain_accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL); \
    CREATE TABLE plain_lines (posting BIGINT NOT NULL, line BIGINT NOT NULL, account BIGINT NOT NULL, amount BIGINT NOT NULL, \
    PRIMARY KEY (posting, line)); CREATE INDEX plain_lines_of_account ON plain_lines (account, posting)";
const ACCOUNT: &str = "INSERT INTO plain_accounts VALUES ($1, 0)";
const BALANCE: &str = "SELECT balance FROM plain_accounts WHERE id = $1";
const LOCKED_BALANCE: &str = "SELECT balance FROM plain_accounts WHERE id = $1 FOR UPDATE";
const LINES: &str = "INSERT INTO plain_lines VALUES ($1, 0, $2, CAST($4 AS BIGINT)), ($1, 1, $3, -CAST($4 AS BIGINT))";
const BALANCES: &str = "UPDATE plain_accounts \
    SET balance = balance + CASE id WHEN $1 THEN CAST($3 AS BIGINT) ELSE -CAST($3 AS BIGINT) END WHERE id IN ($1, $2)";

/// Custody accounts are 0, 1, …; the deposits of each follow at its own thousand.
const ACCOUNTS_OF_ONE: i64 = 1_000;
const AMOUNT: i64 = 100;

pub(super) struct PlainLedger {
    database: Database,
    custodies: i64,
    next: Arc<AtomicI64>,
}

impl PlainLedger {
    /// So many custody accounts, each with its deposits.
    pub async fn open(url: &str, custodies: usize) -> anyhow::Result<Self> {
        let (database, custodies) = (Database::open(url).await?, custodies as i64);
        let deposits = DEPOSITS as i64;
        let of = |custody: i64| std::iter::once(custody).chain((1..=deposits).map(move |n| account(custody, n)));
        match &database.pools {
            Pools::Sqlite { writer, .. } => {
                sqlx::raw_sql(TABLES).execute(writer).await?;
                for id in (0..custodies).flat_map(of) {
                    sqlx::query(ACCOUNT).bind(id).execute(writer).await?;
                }
            }
            Pools::Postgres(pool) => {
                sqlx::raw_sql(TABLES).execute(pool).await?;
                for id in (0..custodies).flat_map(of) {
                    sqlx::query(ACCOUNT).bind(id).execute(pool).await?;
                }
            }
        }
        Ok(Self { database, custodies, next: Arc::default() })
    }

    /// Postings a second of so many clients.
    pub async fn rate(&self, clients: usize, scale: Scale) -> anyhow::Result<f64> {
        let client =
            || Posting { database: self.database.clone(), custodies: self.custodies, next: Arc::clone(&self.next) };
        rate((0..clients).map(|_| client()).collect(), scale).await
    }

    pub async fn close(self) {
        self.database.close().await;
    }
}

fn account(custody: i64, deposit: i64) -> i64 {
    (custody + 1) * ACCOUNTS_OF_ONE + deposit
}

struct Posting {
    database: Database,
    custodies: i64,
    next: Arc<AtomicI64>,
}

impl Client for Posting {
    async fn post(&mut self) -> anyhow::Result<()> {
        let posting = self.next.fetch_add(1, Ordering::Relaxed);
        let custody = posting % self.custodies;
        let deposit = account(custody, 1 + posting / self.custodies % DEPOSITS as i64);
        match &self.database.pools {
            Pools::Sqlite { writer, .. } => {
                let mut all = writer.begin_with("BEGIN IMMEDIATE").await?;
                sqlx::query(BALANCE).bind(custody).fetch_one(&mut *all).await?;
                let lines = sqlx::query(LINES).bind(posting).bind(custody).bind(deposit).bind(AMOUNT);
                lines.execute(&mut *all).await?;
                sqlx::query(BALANCES).bind(custody).bind(deposit).bind(AMOUNT).execute(&mut *all).await?;
                all.commit().await?;
            }
            Pools::Postgres(pool) => {
                let mut all = pool.begin().await?;
                sqlx::query(LOCKED_BALANCE).bind(custody).fetch_one(&mut *all).await?;
                let lines = sqlx::query(LINES).bind(posting).bind(custody).bind(deposit).bind(AMOUNT);
                lines.execute(&mut *all).await?;
                sqlx::query(BALANCES).bind(custody).bind(deposit).bind(AMOUNT).execute(&mut *all).await?;
                all.commit().await?;
            }
        }
        Ok(())
    }
}
