-- What the third schema added: people of all kinds, one of them disabled and one deleted.
INSERT INTO accounts (name, kind, superadmin, password, created_by, created_at, disabled_at, deleted_at)
VALUES
    ('anna', 'user', TRUE, '$argon2id$anna''s', '{"type":"command-line"}', 400, NULL, NULL),
    ('bert', 'user', FALSE, NULL, '{"type":"account","account":"anna"}', 401, 411, NULL),
    ('acme', 'organization', FALSE, NULL, '{"type":"account","account":"anna"}', 402, NULL, NULL),
    ('gone', 'organization', FALSE, NULL, '{"type":"account","account":"anna"}', 403, NULL, 412);

INSERT INTO members (organization, user_name, role, added_at)
VALUES ('acme', 'anna', 'admin', 420), ('acme', 'bert', 'member', 421);

INSERT INTO access_grants (id, account, kind, download, publish, granted_by, granted_at)
VALUES ('0197a5c0-0000-7000-8000-0000000000e1', 'acme', 'organization', '[{}]',
    '[{"name":"@acme/*","format":"npm","category":"other"}]', '{"type":"account","account":"anna"}', 430);

INSERT INTO sessions (id, token_hash, user_name, created_at, last_used_at, expires_at, address, user_agent)
VALUES ('0197a5c0-0000-7000-8000-0000000000e2', '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    'anna', 440, 441, 2000, '192.0.2.7', 'Brow"ser''s 1.0');

INSERT INTO setup_links (slot, token_hash, expires_at)
VALUES (1, '6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b', 2000);

INSERT INTO api_keys (id, short_id, name, kind, hash, created_by, created_at, owner_kind, owner_name, read_only)
VALUES ('0197a5c0-0000-7000-8000-0000000000c3', 'reading3', 'acme reads', 'account-read',
    '3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c',
    '{"type":"account","account":"anna"}', 450, 'organization', 'acme', TRUE);

UPDATE artefacts SET owners = '[{"type":"user","id":"bert"}]' WHERE format = 'tileset';

INSERT INTO artefact_access (account, artefact_id)
VALUES
    ('organization:acme', '0197a5c0-0000-7000-8000-0000000000a2'),
    ('user:anna', '0197a5c0-0000-7000-8000-0000000000a2'),
    ('user:bert', '0197a5c0-0000-7000-8000-0000000000a2');
