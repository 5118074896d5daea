-- What protocols need: sign-ins in a browser for programs that have none, and keys that sign. Servers of the schema before go
-- on working: they neither read nor write what is new.

-- Sign-ins that programs have begun. Both secrets are stored as their SHA-256 alone.
CREATE TABLE web_logins (
    id_hash    TEXT NOT NULL PRIMARY KEY, -- by which the program asks
    page_hash  TEXT NOT NULL UNIQUE, -- in the address of the page
    label      TEXT NOT NULL,
    begun_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address    TEXT,
    network    TEXT NOT NULL, -- what counts as one client
    user_name  TEXT -- who has signed in
);
CREATE INDEX web_logins_by_network ON web_logins (network);
CREATE INDEX web_logins_by_expiry ON web_logins (expires_at);

-- Keys that sign what formats say. The private part is forgotten when a key is retired; a key that comes from a file has
-- none here.
CREATE TABLE signing_keys (
    key_id      TEXT NOT NULL PRIMARY KEY, -- SHA256: and the digest of the public part
    algorithm   TEXT NOT NULL,
    public_key  TEXT NOT NULL, -- SubjectPublicKeyInfo in DER, in base64
    private_key TEXT, -- PKCS#8 in DER, in base64
    created_at  INTEGER NOT NULL,
    retired_at  INTEGER
);
CREATE UNIQUE INDEX signing_keys_in_use ON signing_keys (algorithm) WHERE retired_at IS NULL;
