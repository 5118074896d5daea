-- People and organizations, their sessions and rights. Servers of the schema before go on working: they neither read nor
-- write what is new, and new columns have defaults.

-- A name is taken for ever: a deleted account leaves its row, so that nobody inherits rights by taking the name.
CREATE TABLE accounts (
    name        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind        TEXT COLLATE "C" NOT NULL, -- user or organization
    superadmin  BOOLEAN NOT NULL,
    password    TEXT COLLATE "C", -- a hash that says by itself how it was made
    created_by  TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT,
    deleted_at  BIGINT
);
CREATE INDEX accounts_by_kind ON accounts (kind, name);
CREATE INDEX accounts_superadmin ON accounts (name) WHERE superadmin;

CREATE TABLE members (
    organization TEXT COLLATE "C" NOT NULL REFERENCES accounts (name),
    user_name    TEXT COLLATE "C" NOT NULL REFERENCES accounts (name),
    role         TEXT COLLATE "C" NOT NULL, -- member or admin
    added_at     BIGINT NOT NULL,
    PRIMARY KEY (organization, user_name)
);
CREATE INDEX members_by_user ON members (user_name, organization);

CREATE TABLE access_grants (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account    TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES accounts (name),
    kind       TEXT COLLATE "C" NOT NULL,
    download   TEXT COLLATE "C" NOT NULL, -- scopes
    publish    TEXT COLLATE "C" NOT NULL,
    granted_by TEXT COLLATE "C" NOT NULL,
    granted_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token_hash   TEXT COLLATE "C" NOT NULL UNIQUE, -- SHA-256 of the token; the token is stored nowhere
    user_name    TEXT COLLATE "C" NOT NULL REFERENCES accounts (name),
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    address      TEXT COLLATE "C",
    user_agent   TEXT COLLATE "C"
);
CREATE INDEX sessions_by_user ON sessions (user_name, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- The link with which the first superadmin is made; at most one row.
CREATE TABLE setup_links (
    slot       BIGINT NOT NULL PRIMARY KEY CHECK (slot = 1),
    token_hash TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL
);

-- A key of an account has a kind that servers of the schema before do not know (account-read, user): to them it does not
-- work, rather than reading everything.
ALTER TABLE api_keys ADD COLUMN owner_kind TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN owner_name TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN read_only BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX api_keys_by_owner ON api_keys (owner_name, id) WHERE owner_name IS NOT NULL;

ALTER TABLE artefacts ADD COLUMN owners TEXT COLLATE "C" NOT NULL DEFAULT '[]';

-- Which artefacts name which accounts, as owners or among those who may see them: what private_access and owners say,
-- turned round for listings. Accounts are written kind:name.
CREATE TABLE artefact_access (
    account     TEXT COLLATE "C" NOT NULL,
    artefact_id TEXT COLLATE "C" NOT NULL REFERENCES artefacts (id),
    PRIMARY KEY (account, artefact_id)
);
CREATE INDEX artefact_access_by_artefact ON artefact_access (artefact_id);
INSERT INTO artefact_access (account, artefact_id)
SELECT DISTINCT (entry.value ->> 'type') || ':' || (entry.value ->> 'id'), artefacts.id
FROM artefacts, json_array_elements(artefacts.private_access::json) AS entry (value);

-- Listings of what is public, or lies within a scope, must not read what is not.
CREATE INDEX artefacts_public_by_change ON artefacts (data_updated_at, id) WHERE public AND deleted_at IS NULL;
CREATE INDEX artefacts_public_by_name ON artefacts (name_fold, format) WHERE public AND deleted_at IS NULL;
CREATE INDEX artefacts_of_format_by_change ON artefacts (format, data_updated_at, id);
CREATE INDEX artefacts_of_category_by_change ON artefacts (category, data_updated_at, id);
