-- What the fourth schema added: a sign-in that somebody has completed, a key that signs and one that has signed.
INSERT INTO web_logins (id_hash, page_hash, label, begun_at, expires_at, address, network, user_name)
VALUES ('7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c',
    '8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d', 'npm''s "login"', 500, 2000, '192.0.2.8', '192.0.2.8',
    'anna');

INSERT INTO signing_keys (key_id, algorithm, public_key, private_key, created_at, retired_at)
VALUES
    ('SHA256:first', 'ecdsa-p256-sha256', 'Zmlyc3Q=', NULL, 510, 511),
    ('SHA256:second', 'ecdsa-p256-sha256', 'c2Vjb25k', 'cHJpdmF0ZQ==', 511, NULL);
