//! A registry of 20,000 artefacts, made by the database itself.
//!
//! What a statement looks for is rare in it, and stands at the far end of every order: a statement that has no index for
//! it reads thousands of rows before it finds any.

use cellier_model::{BlobKey, Id};
use cellier_store::testing::Explainer;

/// How many artefacts there are. Number 1 has [`OF_ONE`] versions more, each of the others has one.
pub(crate) const ARTEFACTS: u64 = 20_000;
const OF_ONE: u64 = 6_000;

/// The number of seconds 0 of [`super::super::support::at`], in microseconds.
const START: &str = "1767225600000000";

/// The identifier of a record by its number.
pub(crate) fn id<Kind>(number: u64) -> Id<Kind> {
    let text = format!("019b0000-0000-7000-8000-{}", 100_000_000_000 + number);
    text.parse().unwrap()
}

/// Sixty-four hexadecimal digits: a digest by its number.
pub(crate) fn digest(number: u64) -> String {
    format!("{}{}", "a".repeat(52), 100_000_000_000 + number)
}

/// The key of a blob by its number: up to [`ARTEFACTS`] they are used, then 3,000 are unused and 50 are dying.
pub(crate) fn blob(number: u64) -> BlobKey {
    format!("{}.0000000000000001", digest(number))
        .parse()
        .unwrap()
}

/// Fills a store.
///
/// * Artefact `i` is called `n<i>`, every 666th one `x<i>`; a third each are npm, tileset and file, and 19 of category
///   `catalog`. 30 are public, 40 name `user:x`, and every tenth is deleted.
/// * All have the word `map`; every thousandth has `rare`, the others `relief`; each has its name.
/// * All have the tag `stable`, every second has `beta`, every thousandth `gold`.
/// * Of 20,000 keys all but 50 are revoked. User `x` has five organizations, three sessions and five keys.
/// * Nearly all of 20,000 events are publishes; the oldest 50 are others.
pub(crate) async fn fill(explainer: &mut Explainer) {
    let hex = match explainer {
        Explainer::Sqlite(_) => "printf('%012x', 1767225600000 + i * 1000)",
        Explainer::Postgres(_) => "lpad(to_hex(1767225600000 + i * 1000), 12, '0')",
    };
    let script = SCRIPT
        .replace("{all}", &ARTEFACTS.to_string())
        .replace("{of_one}", &OF_ONE.to_string())
        .replace("{id}", "'019b0000-0000-7000-8000-' || ")
        .replace("{digest}", &format!("'{}' || ", "a".repeat(52)))
        .replace("{start}", START)
        .replace("{by}", r#"'{"type":"key"}'"#)
        .replace(
            "{text}",
            &format!(r#"{{"en":"{}"}}"#, "what it is for ".repeat(30)),
        )
        .replace("{hex}", hex);
    explainer.run(&script).await;
    if let Explainer::Postgres(_) = explainer {
        // Its own server does that every now and then.
        explainer.run("ANALYZE").await;
    }
}

const SCRIPT: &str = "
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {all})
    SELECT i, 100000000000 + i AS k, {start} + i * CAST(1000000 AS BIGINT) AS t FROM n;

INSERT INTO artefacts (id, format, name, name_fold, category, title, description, public, private_access, owners,
    latest, size, revision, created_at, updated_at, data_updated_at, deleted_at)
SELECT {id}k, CASE i % 3 WHEN 0 THEN 'npm' WHEN 1 THEN 'tileset' ELSE 'file' END,
    CASE WHEN i % 666 = 1 THEN 'x' || i ELSE 'n' || i END, CASE WHEN i % 666 = 1 THEN 'x' || i ELSE 'n' || i END,
    CASE WHEN i % 1000 = 5 AND i > 1000 THEN 'catalog' ELSE 'other' END, '{}', '{text}', i % 666 = 0, '[]', '[]',
    '1.0.0', 12, 1, t, t, t, CASE WHEN i % 10 = 7 THEN t END FROM n;
INSERT INTO door_names (name_fold, format) SELECT 'n' || i, 'file' FROM n;
INSERT INTO artefact_words (word, artefact_id) SELECT w.word, {id}n.k FROM n JOIN (SELECT 0 AS j, 'map' AS word
    UNION ALL SELECT 1, 'relief' UNION ALL SELECT 2, 'rare') w ON j = 0 OR j = 1 AND i % 1000 <> 5 OR j = 2 AND i % 1000 = 5
    ORDER BY n.i;
INSERT INTO artefact_words (word, artefact_id) SELECT 'n' || i, {id}k FROM n;
INSERT INTO artefact_access (account, artefact_id)
    SELECT CASE WHEN i % 500 = 2 THEN 'user:x' ELSE 'user:z' || (i % 2000) END, {id}k FROM n;

INSERT INTO versions (id, artefact_id, version, sort_key, stable, published_at)
    SELECT {id}k, {id}k, '1.0.0', '100000', TRUE, t FROM n;
INSERT INTO versions (id, artefact_id, version, sort_key, stable, published_at)
    SELECT {id}(k + 500000), {id}100000000001, '1.0.' || i, CAST(100000 + i AS TEXT), TRUE, t FROM n WHERE i <= {of_one};
INSERT INTO blobs (blob_key, sha256, size, dying, created_at, unused_since)
    SELECT {digest}k || '.0000000000000001', {digest}k, 12, FALSE, t, NULL FROM n;
INSERT INTO blobs (blob_key, sha256, size, dying, created_at, unused_since)
    SELECT {digest}(k + {all}) || '.0000000000000001', {digest}(k + {all}), 12, i > 3000, t, t FROM n WHERE i <= 3050;
INSERT INTO files (id, version_id, name, variant, media_type, size, blob_key, digests, published_at, uploaded_by, details)
    SELECT v.id, v.id, 'data.bin', '', 'application/octet-stream', 12, {digest}n.k || '.0000000000000001', '{}', n.t, {by}, '{}'
    FROM n JOIN versions v ON v.id = {id}k;
INSERT INTO files (id, version_id, name, variant, media_type, size, blob_key, digests, published_at, uploaded_by, details)
    SELECT v.id, v.id, 'data.bin', '', 'application/octet-stream', 12, {digest}n.k || '.0000000000000001', '{}', n.t, {by}, '{}'
    FROM n JOIN versions v ON v.id = {id}(k + 500000);
INSERT INTO tags (artefact_id, tag, version_id, moved_at) SELECT {id}n.k, w.tag, {id}n.k, n.t FROM n JOIN (SELECT 0 AS j,
    'stable' AS tag UNION ALL SELECT 1, 'beta' UNION ALL SELECT 2, 'gold') w
    ON j = 0 OR j = 1 AND i % 2 = 0 OR j = 2 AND i % 1000 = 5 ORDER BY n.i;

INSERT INTO accounts (name, kind, superadmin, created_by, created_at)
    SELECT 'user' || i, 'user', FALSE, {by}, t FROM n WHERE i <= 5000;
INSERT INTO accounts (name, kind, superadmin, created_by, created_at)
    SELECT 'team' || i, 'organization', FALSE, {by}, t FROM n WHERE i <= 1000;
INSERT INTO accounts (name, kind, superadmin, created_by, created_at)
    SELECT 'x', 'user', TRUE, {by}, t FROM n WHERE i = 1;
INSERT INTO members (organization, user_name, role, added_at)
    SELECT 'team' || (1 + i % 1000), 'user' || i, 'member', t FROM n WHERE i <= 5000;
INSERT INTO members (organization, user_name, role, added_at) SELECT 'team' || i, 'x', 'member', t FROM n WHERE i <= 5;
INSERT INTO access_grants (id, account, kind, download, publish, granted_by, granted_at)
    SELECT {id}k, 'user' || i, 'user', '[]', '[]', {by}, t FROM n WHERE i <= 5000;
INSERT INTO sessions (id, token_hash, user_name, created_at, last_used_at, expires_at)
    SELECT {id}k, {digest}k, CASE WHEN i <= 3 THEN 'x' ELSE 'user' || i END, t, t, t + 20000000000 FROM n WHERE i <= 5000;
INSERT INTO web_logins (id_hash, page_hash, label, begun_at, expires_at, network)
    SELECT {digest}k, {digest}k, 'npm', t, t + 600000000, 'net' || (i % 500) FROM n WHERE i <= 5000;
INSERT INTO api_keys (id, short_id, name, kind, hash, created_by, created_at, owner_kind, owner_name, revoked_at)
    SELECT {id}k, 'short' || i, 'ci', 'user', {digest}k || {digest}k, {by}, t, 'user',
    CASE WHEN i <= 5 THEN 'x' ELSE 'user' || (i % 5000) END, CASE WHEN i > 50 THEN t END FROM n;

INSERT INTO audit_events (id, at, actor, key_id, noun, action, object, outcome, details)
    SELECT substr({hex}, 1, 8) || '-' || substr({hex}, 9, 4) || '-7000-8000-000000000000', t, {by}, 'key' || (i % 50),
    CASE WHEN i <= 25 THEN 'grant' ELSE 'version' END,
    CASE WHEN i <= 25 THEN 'grant.set' WHEN i <= 50 THEN 'version.delete' ELSE 'version.publish' END,
    'npm/n' || i, 'done', '{}' FROM n;
DROP TABLE n;
";
