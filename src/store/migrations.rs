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

    /// The first bytes of each step's checksum on SQLite and PostgreSQL. A database keeps those of the steps that it has gone, and
    /// refuses a program that has others: what was once on main is not changed, not even in a comment.
    const GONE: &[(&str, &str, &str)] = &[
        ("0001", "406479e0922b6832", "8863d09d6bee7220"),
        ("0002", "ed91dc7376195b8f", "494d7eb55303bfaf"),
        ("0003", "407022493e3e0ad7", "187dfce44b941d0f"),
        ("0004", "1936e6fb0949c4fc", "fe5d40f7f1da2d15"),
        ("0005", "6d9fcb32eba9ba05", "e8efa9e8315d374a"),
        ("0006", "fd14c025c4d91a88", "f920d1b7879773d6"),
        ("0007", "a9d947ee02bc6c96", "0ccf1be117372e6a"),
        ("0008", "e84b5e7c8d97437e", "2094e44fc3ba52ba"),
        ("0009", "296f579ad180fe8a", "ddbd8dd852f64973"),
        ("0010", "3ce65895117e8b39", "fbfb66f4f1e5aedc"),
        ("0011", "44c7dcea4aa51e4e", "b70059ba2a01549f"),
        ("0012", "8b155c58dbf5dcbc", "d4f881dc69c6c7f2"),
        ("0013", "5b645bd92bfb9200", "6f51abe948415d95"),
        ("0014", "05783f82426380da", "05783f82426380da"),
        ("0015", "cb02ac5ff6878b28", "3aa1af17af4f1535"),
        ("0016", "e36b7d2fd619d0fa", "3d30f98022f14fed"),
        ("0017", "5a764a9913672070", "ec7f86e3faea4d98"),
        ("0018", "1fd447b7d8e4f74e", "a6a757cda92b9420"),
        ("0019", "b6edef5116ac070c", "a0f7b9ca56920df8"),
        ("0020", "bf0ba88818fbec0c", "2220582e6811796f"),
        ("0021", "ea9d4304d4da5bec", "32ea1d161293d721"),
        ("0022", "e48b2e912c7e0716", "bc9ab4889c7955bf"),
        ("0023", "d513c4843d60e709", "327bf74b0e2f7517"),
        ("0024", "3e312eed6ebe26c7", "caa2eda5b561ce30"),
        ("0025", "16c415c9a1c01943", "42716278e0eda357"),
        ("0026", "bc69f57d047f5940", "884bc22dcafddc04"),
        ("0027", "742296f65f39d754", "0c725cb35900deef"),
        ("0028", "06f030752545becb", "15634ce339a37962"),
        ("0029", "7a04debfa315b29e", "4309da45136f9279"),
        ("0030", "25d19ebfc8695c35", "aeacaa7ae808efe2"),
        ("0031", "cf094a158c3d4d75", "cf094a158c3d4d75"),
        ("0032", "2eb99bf44f36ec00", "ad237d55ec1f07b1"),
        ("0033", "590f014e84647f5e", "06bc816ed4504e60"),
        ("0034", "d17315984279743e", "b1d0970cdbd6bf55"),
        ("0035", "dc926dbbd891c005", "207657d50a38cab6"),
        ("0036", "7021f604d4893d00", "51bbc39ef32d1673"),
        ("0037", "8cc0f07ef7c2fb65", "8cc0f07ef7c2fb65"),
        ("0038", "7f92bc18c5865d37", "7f92bc18c5865d37"),
        ("0039", "26bdaec3ae9c88bf", "df2bcbaa4bfd686d"),
    ];

    #[test]
    fn steps_are_never_changed() {
        let short = |step: &Migration| format!("{:04} {}", step.version, hex(&step.checksum[..8]));
        let (sqlite, postgres) = (of_sqlite(), of_postgres());
        for (at, (version, on_sqlite, on_postgres)) in GONE.iter().enumerate() {
            assert_eq!(short(&sqlite.migrations[at]), format!("{version} {on_sqlite}"));
            assert_eq!(short(&postgres.migrations[at]), format!("{version} {on_postgres}"));
        }
        assert_eq!(sqlite.migrations.len(), GONE.len(), "the new step is named here, too");
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

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
