-- Retention and the sweep. Servers that know only the schema before go on working: what they write has its defaults.

-- Since when nothing uses a blob; what never was unused has none. A hint for the sweep, which looks again.
ALTER TABLE blobs ADD COLUMN unused_since INTEGER;
UPDATE blobs SET unused_since = created_at WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.blob_key = blobs.blob_key);
CREATE INDEX blobs_unused ON blobs (unused_since) WHERE unused_since IS NOT NULL;
CREATE INDEX blobs_dying ON blobs (blob_key) WHERE dying;

-- What is kept of an artefact's versions, if not what its format keeps.
ALTER TABLE artefacts ADD COLUMN retention TEXT;
CREATE INDEX artefacts_by_format ON artefacts (format, id);

-- Work that one server does at a time. A lease that nobody renews is taken over when it has expired.
CREATE TABLE leases (
    name       TEXT    NOT NULL PRIMARY KEY,
    holder     TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
);
