//! The migrations of each engine, as `migrations/` has them: `0001_log.sql`.
//!
//! `sqlx::migrate!` would do the same, but its crate of macros compiles both drivers, SQLite included, once more.

use include_dir::{Dir, File, include_dir};
use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

static SQLITE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations/sqlite");
static POSTGRES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations/postgres");

pub fn of_sqlite() -> Migrator {
    Migrator::with_migrations(SQLITE.files().filter_map(migration).collect())
}

pub fn of_postgres() -> Migrator {
    Migrator::with_migrations(POSTGRES.files().filter_map(migration).collect())
}

/// `None` when it has another form of name; none has, a test says.
fn migration(file: &'static File<'static>) -> Option<Migration> {
    let (version, description) = file.path().file_stem()?.to_str()?.split_once('_')?;
    let (version, sql) = (version.parse().ok()?, SqlStr::from_static(file.contents_utf8()?));
    Some(Migration::new(version, description.replace('_', " ").into(), MigrationType::Simple, sql, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_have_the_same() {
        let steps = |migrator: Migrator| -> Vec<_> {
            migrator.iter().map(|step| (step.version, step.description.to_string())).collect()
        };
        let (sqlite, postgres) = (steps(of_sqlite()), steps(of_postgres()));
        assert_eq!(sqlite, postgres);
        assert_eq!((sqlite.len(), sqlite.len()), (SQLITE.files().count(), POSTGRES.files().count()));
    }
}
