//! What is part of a backup: tables and their columns.

/// A table whose rows are part of a backup.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    name: &'static str,
    /// The columns of its primary key, in whose order its rows stand.
    key: &'static str,
    columns: &'static [Column],
    /// The number of the migration that made it.
    since: u32,
    /// Which rows are left out: those for which this does not hold.
    only: Option<&'static str>,
}

/// A column of a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    since: u32,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    OptionalText,
    Int,
    OptionalInt,
    Bool,
}

impl Table {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The names of its columns.
    pub fn column_names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }

    /// The columns that it had in an older schema.
    pub(super) fn columns_of(&self, schema: u32) -> impl Iterator<Item = &'static Column> + Clone {
        let was_there = move |column: &&Column| column.since <= schema;
        self.columns.iter().filter(was_there)
    }

    pub(super) fn key(&self) -> &'static str {
        self.key
    }

    pub(super) fn only(&self) -> Option<&'static str> {
        self.only
    }
}

/// The tables of a schema whose rows are part of a backup, each after those that it refers to.
pub fn tables(schema: u32) -> impl DoubleEndedIterator<Item = &'static Table> {
    ALL.iter().filter(move |table| table.since <= schema)
}

/// Whether a table is left out on purpose: what it holds means nothing elsewhere or later.
pub fn is_transient(table: &str) -> bool {
    TRANSIENT.contains(&table)
}

/// Left out on purpose: `sessions`, `setup_links` and `web_logins` are for people who are there now, `leases` tell what
/// processes do right now, `migrations` what was done to this one database; `registry` and `orphans` are about the one
/// storage that belongs to it, and what is restored gets another.
pub(super) const TRANSIENT: [&str; 7] = [
    "sessions",
    "setup_links",
    "web_logins",
    "leases",
    "migrations",
    "registry",
    "orphans",
];

const ALL: [Table; 14] = [
    Table {
        name: "signing_keys",
        key: "key_id",
        columns: &[
            text("key_id"),
            text("algorithm"),
            text("public_key"),
            optional_text("private_key"),
            int("created_at"),
            optional_int("retired_at"),
        ],
        since: 4,
        only: None,
    },
    Table {
        name: "artefacts",
        key: "id",
        columns: &[
            text("id"),
            text("format"),
            text("name"),
            text("name_fold"),
            text("category"),
            text("title"),
            text("description"),
            boolean("public"),
            text("private_access"),
            text("owners").since(3),
            optional_text("retention").since(2),
            optional_text("latest"),
            int("size"),
            int("revision"),
            int("created_at"),
            int("updated_at"),
            int("data_updated_at"),
            optional_int("deleted_at"),
        ],
        since: 1,
        only: None,
    },
    Table {
        name: "door_names",
        key: "name_fold",
        columns: &[text("name_fold"), text("format")],
        since: 1,
        only: None,
    },
    Table {
        name: "artefact_words",
        key: "word, artefact_id",
        columns: &[text("word"), text("artefact_id")],
        since: 1,
        only: None,
    },
    Table {
        name: "artefact_access",
        key: "account, artefact_id",
        columns: &[text("account"), text("artefact_id")],
        since: 3,
        only: None,
    },
    Table {
        name: "versions",
        key: "id",
        columns: &[
            text("id"),
            text("artefact_id"),
            text("version"),
            text("sort_key"),
            boolean("stable"),
            int("published_at"),
            optional_int("yanked_at"),
            optional_text("deprecated"),
            optional_int("deleted_at"),
        ],
        since: 1,
        only: None,
    },
    Table {
        name: "blobs",
        key: "blob_key",
        columns: &[
            text("blob_key"),
            text("sha256"),
            int("size"),
            boolean("dying"),
            int("created_at"),
            optional_int("unused_since").since(2),
        ],
        since: 1,
        // The bytes of the others are not part of a backup, and a row without bytes is a lie.
        only: Some("EXISTS (SELECT 1 FROM files f WHERE f.blob_key = blobs.blob_key)"),
    },
    Table {
        name: "files",
        key: "id",
        columns: &[
            text("id"),
            text("version_id"),
            text("name"),
            text("variant"),
            text("media_type"),
            int("size"),
            text("blob_key"),
            text("digests"),
            int("published_at"),
            text("uploaded_by"),
            text("details"),
        ],
        since: 1,
        only: None,
    },
    Table {
        name: "tags",
        key: "artefact_id, tag",
        columns: &[
            text("artefact_id"),
            text("tag"),
            text("version_id"),
            int("moved_at"),
        ],
        since: 1,
        only: None,
    },
    Table {
        name: "accounts",
        key: "name",
        columns: &[
            text("name"),
            text("kind"),
            boolean("superadmin"),
            optional_text("password"),
            text("created_by"),
            int("created_at"),
            optional_int("disabled_at"),
            optional_int("deleted_at"),
        ],
        since: 3,
        only: None,
    },
    Table {
        name: "members",
        key: "organization, user_name",
        columns: &[
            text("organization"),
            text("user_name"),
            text("role"),
            int("added_at"),
        ],
        since: 3,
        only: None,
    },
    Table {
        name: "access_grants",
        key: "id",
        columns: &[
            text("id"),
            text("account"),
            text("kind"),
            text("download"),
            text("publish"),
            text("granted_by"),
            int("granted_at"),
        ],
        since: 3,
        only: None,
    },
    Table {
        name: "api_keys",
        key: "id",
        columns: &[
            text("id"),
            text("short_id"),
            text("name"),
            text("kind"),
            optional_text("allowed_name"),
            optional_text("allowed_category"),
            optional_text("allowed_format"),
            text("hash"),
            text("created_by"),
            int("created_at"),
            optional_int("expires_at"),
            optional_int("last_used_at"),
            optional_int("revoked_at"),
            optional_text("owner_kind").since(3),
            optional_text("owner_name").since(3),
            boolean("read_only").since(3),
        ],
        since: 1,
        only: None,
    },
    Table {
        name: "audit_events",
        key: "id",
        columns: &[
            text("id"),
            int("at"),
            text("actor"),
            optional_text("key_id"),
            optional_text("address"),
            text("noun"),
            text("action"),
            text("object"),
            text("outcome"),
            text("details"),
        ],
        since: 1,
        only: None,
    },
];

const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

const fn optional_text(name: &'static str) -> Column {
    column(name, Kind::OptionalText)
}

const fn int(name: &'static str) -> Column {
    column(name, Kind::Int)
}

const fn optional_int(name: &'static str) -> Column {
    column(name, Kind::OptionalInt)
}

const fn boolean(name: &'static str) -> Column {
    column(name, Kind::Bool)
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        since: 1,
    }
}

impl Column {
    /// Made by a later migration than the first.
    const fn since(self, migration: u32) -> Self {
        Self {
            since: migration,
            ..self
        }
    }
}
