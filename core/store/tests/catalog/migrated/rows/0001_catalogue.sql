-- Rows as servers of the first schema wrote them: artefacts of three formats, one of them deleted.
INSERT INTO artefacts (id, format, name, name_fold, category, title, description, public, private_access, latest, size,
    revision, created_at, updated_at, data_updated_at, deleted_at)
VALUES
    ('0197a5c0-0000-7000-8000-0000000000a1', 'npm', '@acme/Widget', '@acme/widget', 'other', '{"fr":"L''île \"bleue\" 🏝"}',
        '{"de":"Zeile\nzwei"}', TRUE, '[]', '1.0.0', 12, 7, 100, 200, 150, NULL),
    ('0197a5c0-0000-7000-8000-0000000000a2', 'tileset', 'Terrain', 'terrain', 'tileset', '{}', '{}', FALSE,
        '[{"type":"organization","id":"acme"},{"type":"user","id":"anna"}]', '2', 9223372036854775807, 2, 101, 201, 151,
        NULL),
    ('0197a5c0-0000-7000-8000-0000000000a3', 'file', 'gone', 'gone', 'other', '{}', '{}', TRUE, '[]', NULL, 0, 3, 102, 202, 152, 202);

INSERT INTO door_names (name_fold, format) VALUES ('terrain', 'tileset'), ('gone', 'file');

INSERT INTO artefact_words (word, artefact_id)
VALUES
    ('acme', '0197a5c0-0000-7000-8000-0000000000a1'),
    ('widget', '0197a5c0-0000-7000-8000-0000000000a1'),
    ('terrain', '0197a5c0-0000-7000-8000-0000000000a2');

-- One of each: stable, prerelease, yanked and deprecated, deleted.
INSERT INTO versions (id, artefact_id, version, sort_key, stable, published_at, yanked_at, deprecated, deleted_at)
VALUES
    ('0197a5c0-0000-7000-8000-0000000000b1', '0197a5c0-0000-7000-8000-0000000000a1', '1.0.0', '10100', TRUE, 110, NULL, NULL,
        NULL),
    ('0197a5c0-0000-7000-8000-0000000000b2', '0197a5c0-0000-7000-8000-0000000000a1', '1.1.0-rc.1', '10110', FALSE, 111, NULL,
        NULL, NULL),
    ('0197a5c0-0000-7000-8000-0000000000b3', '0197a5c0-0000-7000-8000-0000000000a1', '0.9.0', '10090', TRUE, 112, 170,
        'it''s old: use 1.0.0', NULL),
    ('0197a5c0-0000-7000-8000-0000000000b4', '0197a5c0-0000-7000-8000-0000000000a1', '0.8.0', '10080', TRUE, 113, NULL, NULL,
        180),
    ('0197a5c0-0000-7000-8000-0000000000b5', '0197a5c0-0000-7000-8000-0000000000a2', '2', '12', TRUE, 114, NULL, NULL, NULL);

-- Two that files use, one that nothing uses, and one that a sweep was deleting.
INSERT INTO blobs (blob_key, sha256, size, dying, created_at)
VALUES
    ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.0000000000000001',
        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 12, FALSE, 120),
    ('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.0000000000000002',
        'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 40, FALSE, 121),
    ('cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.0000000000000003',
        'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', 7, FALSE, 122),
    ('dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.0000000000000004',
        'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', 9, TRUE, 123);

INSERT INTO files (id, version_id, name, variant, media_type, size, blob_key, digests, published_at, uploaded_by, details)
VALUES
    ('0197a5c0-0000-7000-8000-0000000000f1', '0197a5c0-0000-7000-8000-0000000000b1', 'widget.tgz', '', 'application/gzip', 12,
        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.0000000000000001', '{"sha1":"0707070707070707070707070707070707070707"}', 130,
        '{"type":"key","keyName":"ci"}', '{"metadata":{"answer":42},"findings":[],"license":"MIT"}'),
    ('0197a5c0-0000-7000-8000-0000000000f2', '0197a5c0-0000-7000-8000-0000000000b2', 'widget.tgz', '', 'application/gzip', 12,
        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.0000000000000001', '{}', 131, '{"type":"system"}', '{}'),
    ('0197a5c0-0000-7000-8000-0000000000f3', '0197a5c0-0000-7000-8000-0000000000b3', 'widget.tgz', 'linux-x64', 'application/gzip',
        40, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.0000000000000002', '{}', 132,
        '{"type":"system"}', '{}'),
    ('0197a5c0-0000-7000-8000-0000000000f5', '0197a5c0-0000-7000-8000-0000000000b5', 'terrain.pmtiles', '',
        'application/octet-stream', 40, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.0000000000000002', '{}', 133,
        '{"type":"system"}', '{}');

INSERT INTO tags (artefact_id, tag, version_id, moved_at)
VALUES ('0197a5c0-0000-7000-8000-0000000000a1', 'beta', '0197a5c0-0000-7000-8000-0000000000b2', 140);

INSERT INTO api_keys (id, short_id, name, kind, allowed_name, allowed_category, allowed_format, hash, created_by, created_at,
    expires_at, last_used_at, revoked_at)
VALUES
    ('0197a5c0-0000-7000-8000-0000000000c1', 'upload01', 'ci — l''atelier', 'upload', '@acme/*', 'other', 'npm',
        '1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a',
        '{"type":"command-line"}', 141, 1000, 142, NULL),
    ('0197a5c0-0000-7000-8000-0000000000c2', 'revoked2', 'lost', 'admin', NULL, NULL, NULL,
        '2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b',
        '{"type":"command-line"}', 143, NULL, NULL, 144);

INSERT INTO audit_events (id, at, actor, key_id, address, noun, action, object, outcome, details)
VALUES
    ('0197a5c0-0000-7000-8000-0000000000d1', 160, '{"type":"key","keyId":"k1"}', 'k1', '2001:db8::1', 'version',
        'version.publish', 'npm/@acme/Widget@1.0.0', 'done', '{"sha256":"aaaaaaaa"}'),
    ('0197a5c0-0000-7000-8000-0000000000d2', 161, '{"type":"command-line"}', NULL, NULL, 'key', 'key.revoke', 'k2', 'done',
        '{}');
