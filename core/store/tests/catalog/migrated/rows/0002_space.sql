-- What the second schema added.
UPDATE blobs SET unused_since = 300 WHERE size = 7;
UPDATE blobs SET unused_since = 301 WHERE size = 9;

UPDATE artefacts SET retention = '{"newest":3,"patchesPerMinor":2}' WHERE format = 'npm';

INSERT INTO leases (name, holder, expires_at) VALUES ('gc', 'host/1/00000001', {lease});
