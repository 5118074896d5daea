-- Whose storage it is. Servers of the schema before go on working: they neither read nor write what is new.

-- The name of this registry, which its storage carries as well: one row, made when both are first used together.
CREATE TABLE registry (
    only_row BIGINT NOT NULL PRIMARY KEY CHECK (only_row = 1),
    id       TEXT NOT NULL -- random digits
);

-- Stored bytes that no row of blobs names, since they were first noticed. They are freed when that is long ago.
CREATE TABLE orphans (
    blob_key   TEXT NOT NULL PRIMARY KEY,
    first_seen BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL -- when the store was last looked through and they were there
);
CREATE INDEX orphans_by_last_look ON orphans (last_seen);
