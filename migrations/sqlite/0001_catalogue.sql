-- Times are microseconds since 1970 UTC. JSON is text. Digests are hexadecimal. Identifiers are version 7 UUIDs.

CREATE TABLE artefacts (
    id              TEXT    NOT NULL PRIMARY KEY,
    format          TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    name_fold       TEXT    NOT NULL, -- lower case: names are told apart without regard to case
    category        TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    public          BOOLEAN NOT NULL,
    private_access  TEXT    NOT NULL,
    latest          TEXT,
    size            INTEGER NOT NULL,
    revision        INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    data_updated_at INTEGER NOT NULL,
    deleted_at      INTEGER,
    UNIQUE (format, name_fold)
);
CREATE INDEX artefacts_by_name ON artefacts (name_fold, format);
CREATE INDEX artefacts_by_change ON artefacts (data_updated_at, id);

-- Through the file door a name keeps the format that it first got there.
CREATE TABLE door_names (
    name_fold TEXT NOT NULL PRIMARY KEY,
    format    TEXT NOT NULL
);

-- The words of names, titles and descriptions, in lower case and without accents: a search is a range of them.
CREATE TABLE artefact_words (
    word        TEXT NOT NULL,
    artefact_id TEXT NOT NULL REFERENCES artefacts (id),
    PRIMARY KEY (word, artefact_id)
) WITHOUT ROWID;
CREATE INDEX artefact_words_by_artefact ON artefact_words (artefact_id);

CREATE TABLE versions (
    id           TEXT    NOT NULL PRIMARY KEY,
    artefact_id  TEXT    NOT NULL REFERENCES artefacts (id),
    version      TEXT    NOT NULL,
    sort_key     TEXT    NOT NULL,
    stable       BOOLEAN NOT NULL,
    published_at INTEGER NOT NULL,
    yanked_at    INTEGER,
    deprecated   TEXT,
    deleted_at   INTEGER, -- a tombstone: the row stays for ever
    UNIQUE (artefact_id, version)
);
CREATE INDEX versions_by_order ON versions (artefact_id, sort_key);

-- A blob's row names its location. No key is ever written twice; one that is dying is never used again.
CREATE TABLE blobs (
    blob_key   TEXT    NOT NULL PRIMARY KEY,
    sha256     TEXT    NOT NULL,
    size       INTEGER NOT NULL,
    dying      BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX blobs_by_digest ON blobs (sha256);

CREATE TABLE files (
    id           TEXT    NOT NULL PRIMARY KEY,
    version_id   TEXT    NOT NULL REFERENCES versions (id),
    name         TEXT    NOT NULL,
    variant      TEXT    NOT NULL, -- empty if there is none, so that it can be unique
    media_type   TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    blob_key     TEXT    NOT NULL REFERENCES blobs (blob_key),
    digests      TEXT    NOT NULL,
    published_at INTEGER NOT NULL,
    uploaded_by  TEXT    NOT NULL,
    details      TEXT    NOT NULL, -- last, because it may be large
    UNIQUE (version_id, variant, name)
);
CREATE INDEX files_by_blob ON files (blob_key);

CREATE TABLE tags (
    artefact_id TEXT    NOT NULL REFERENCES artefacts (id),
    tag         TEXT    NOT NULL,
    version_id  TEXT    NOT NULL REFERENCES versions (id),
    moved_at    INTEGER NOT NULL,
    PRIMARY KEY (artefact_id, tag)
) WITHOUT ROWID;
CREATE INDEX tags_by_version ON tags (version_id);
CREATE INDEX tags_by_tag ON tags (tag, artefact_id);

CREATE TABLE api_keys (
    id               TEXT    NOT NULL PRIMARY KEY,
    short_id         TEXT    NOT NULL UNIQUE,
    name             TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    allowed_name     TEXT,
    allowed_category TEXT,
    allowed_format   TEXT,
    hash             TEXT    NOT NULL, -- SHA-512 of the key's text; the text is stored nowhere
    created_by       TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER,
    last_used_at     INTEGER,
    revoked_at       INTEGER
);

CREATE TABLE audit_events (
    id      TEXT    NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    key_id  TEXT,
    address TEXT,
    noun    TEXT    NOT NULL, -- what stands before the dot of the action
    action  TEXT    NOT NULL,
    object  TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    details TEXT    NOT NULL
);
CREATE INDEX audit_events_by_noun ON audit_events (noun, id);
CREATE INDEX audit_events_by_object ON audit_events (object, id);
CREATE INDEX audit_events_by_key ON audit_events (key_id, id);
