//! The tables that are not projections: the log's own, and what is kept beside it.

use super::{Column, Table};

/// The log. All columns but `bytes` only find an entry: what they say is in its bytes.
pub static ENTRIES: Table = Table {
    name: "entries",
    columns: &[
        Column::integer("idx"),
        Column::integer("time"),
        Column::text("stream"),
        Column::integer("version"),
        Column::text("kind"),
        Column::text("author"),
        Column::blob("kid"),
        Column::blob("jti"),
        Column::blob("digest"),
        Column::blob("bytes"),
    ],
    key: &["idx"],
};

/// How far the log has come.
pub static HEAD: Table = Table {
    name: "log_head",
    columns: &[
        Column::integer("id"),
        Column::integer("size"),
        Column::blob("last_hash"),
        Column::integer("last_time"),
        Column::text("origin"),
        Column::text("checkpoint"),
    ],
    key: &["id"],
};

/// Hashes of the tree.
pub static TILES: Table = Table {
    name: "tiles",
    columns: &[Column::integer("level"), Column::integer("idx"), Column::blob("hashes")],
    key: &["level", "idx"],
};

/// Editions of the law that the log has adopted.
pub static LAW: Table =
    Table { name: "law", columns: &[Column::text("edition"), Column::blob("bytes")], key: &["edition"] };

/// Checkpoints with the lines of witnesses.
pub static COSIGNED: Table =
    Table { name: "cosigned", columns: &[Column::integer("size"), Column::text("note")], key: &["size"] };

/// Documents that are here, or are being removed.
pub static DOCUMENTS: Table = Table {
    name: "documents",
    columns: &[Column::text("sha256"), Column::integer("size"), Column::integer("going")],
    key: &["sha256"],
};

/// Who uploaded which document while no record cited it.
pub static UPLOADS: Table = Table {
    name: "uploads",
    columns: &[Column::text("sha256"), Column::text("owner"), Column::integer("stored_at")],
    key: &["sha256", "owner"],
};

/// What opens sealed values: a copy for each who uploaded it.
pub static DISCLOSURES: Table = Table {
    name: "disclosures",
    columns: &[
        Column::text("digest"),
        Column::text("owner"),
        Column::integer("stored_at"),
        Column::integer("cited"),
        Column::text("object"),
        Column::blob("key"),
    ],
    key: &["digest", "owner"],
};

/// Sealed values that were erased for ever.
pub static ERASURES: Table = Table {
    name: "erasures",
    columns: &[Column::text("digest"), Column::integer("erased_at"), Column::text("erased_by"), Column::text("reason")],
    key: &["digest"],
};
