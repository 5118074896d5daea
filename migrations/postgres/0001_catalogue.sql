-- Texts compare byte by byte (COLLATE "C"), as they do in SQLite.
-- Times are microseconds since 1970 UTC. JSON is text. Digests are hexadecimal. Identifiers are version 7 UUIDs.

CREATE TABLE artefacts (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    format          TEXT COLLATE "C" NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    name_fold       TEXT COLLATE "C" NOT NULL, -- lower case: names are told apart without regard to case
    category        TEXT COLLATE "C" NOT NULL,
    title           TEXT COLLATE "C" NOT NULL,
    description     TEXT COLLATE "C" NOT NULL,
    public          BOOLEAN NOT NULL,
    private_access  TEXT COLLATE "C" NOT NULL,
    latest          TEXT COLLATE "C",
    size            BIGINT NOT NULL,
    revision        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    data_updated_at BIGINT NOT NULL,
    deleted_at      BIGINT,
    UNIQUE (format, name_fold)
);
CREATE INDEX artefacts_by_name ON artefacts (name_fold, format);
CREATE INDEX artefacts_by_change ON artefacts (data_updated_at, id);

-- Through the file door a name keeps the format that it first got there.
CREATE TABLE door_names (
    name_fold TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    format    TEXT COLLATE "C" NOT NULL
);

-- The words of names, titles and descriptions, in lower case and without accents: a search is a range of them.
CREATE TABLE artefact_words (
    word        TEXT COLLATE "C" NOT NULL,
    artefact_id TEXT COLLATE "C" NOT NULL REFERENCES artefacts (id),
    PRIMARY KEY (word, artefact_id)
);
CREATE INDEX artefact_words_by_artefact ON artefact_words (artefact_id);

CREATE TABLE versions (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    artefact_id  TEXT COLLATE "C" NOT NULL REFERENCES artefacts (id),
    version      TEXT COLLATE "C" NOT NULL,
    sort_key     TEXT COLLATE "C" NOT NULL,
    stable       BOOLEAN NOT NULL,
    published_at BIGINT NOT NULL,
    yanked_at    BIGINT,
    deprecated   TEXT COLLATE "C",
    deleted_at   BIGINT, -- a tombstone: the row stays for ever
    UNIQUE (artefact_id, version)
);
CREATE INDEX versions_by_order ON versions (artefact_id, sort_key);

-- A blob's row names its location. No key is ever written twice; one that is dying is never used again.
CREATE TABLE blobs (
    blob_key   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sha256     TEXT COLLATE "C" NOT NULL,
    size       BIGINT NOT NULL,
    dying      BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX blobs_by_digest ON blobs (sha256);

CREATE TABLE files (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version_id   TEXT COLLATE "C" NOT NULL REFERENCES versions (id),
    name         TEXT COLLATE "C" NOT NULL,
    variant      TEXT COLLATE "C" NOT NULL, -- empty if there is none, so that it can be unique
    media_type   TEXT COLLATE "C" NOT NULL,
    size         BIGINT NOT NULL,
    blob_key     TEXT COLLATE "C" NOT NULL REFERENCES blobs (blob_key),
    digests      TEXT COLLATE "C" NOT NULL,
    published_at BIGINT NOT NULL,
    uploaded_by  TEXT COLLATE "C" NOT NULL,
    details      TEXT COLLATE "C" NOT NULL, -- last, because it may be large
    UNIQUE (version_id, variant, name)
);
CREATE INDEX files_by_blob ON files (blob_key);

CREATE TABLE tags (
    artefact_id TEXT COLLATE "C" NOT NULL REFERENCES artefacts (id),
    tag         TEXT COLLATE "C" NOT NULL,
    version_id  TEXT COLLATE "C" NOT NULL REFERENCES versions (id),
    moved_at    BIGINT NOT NULL,
    PRIMARY KEY (artefact_id, tag)
);
CREATE INDEX tags_by_version ON tags (version_id);
CREATE INDEX tags_by_tag ON tags (tag, artefact_id);

CREATE TABLE api_keys (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    short_id         TEXT COLLATE "C" NOT NULL UNIQUE,
    name             TEXT COLLATE "C" NOT NULL,
    kind             TEXT COLLATE "C" NOT NULL,
    allowed_name     TEXT COLLATE "C",
    allowed_category TEXT COLLATE "C",
    allowed_format   TEXT COLLATE "C",
    hash             TEXT COLLATE "C" NOT NULL, -- SHA-512 of the key's text; the text is stored nowhere
    created_by       TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT NOT NULL,
    expires_at       BIGINT,
    last_used_at     BIGINT,
    revoked_at       BIGINT
);

CREATE TABLE audit_events (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    key_id  TEXT COLLATE "C",
    address TEXT COLLATE "C",
    noun    TEXT COLLATE "C" NOT NULL, -- what stands before the dot of the action
    action  TEXT COLLATE "C" NOT NULL,
    object  TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    details TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_events_by_noun ON audit_events (noun, id);
CREATE INDEX audit_events_by_object ON audit_events (object, id);
CREATE INDEX audit_events_by_key ON audit_events (key_id, id);
