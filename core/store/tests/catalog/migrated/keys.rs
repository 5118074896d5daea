//! API keys, keys that sign, and the audit trail.

use cellier_model::audit::{AuditEvent, AuditQuery};
use cellier_model::keys::{ApiKey, KeyHash, KeyType, NamePattern, Scope};
use cellier_model::ports::{AuditLog as _, Keys as _, SigningKeys as _};
use cellier_model::signing::{PrivateKey, SigningKeyRecord};
use cellier_model::{AccountKind, AccountRef, FormatId, Uploader};
use cellier_store::Store;

use super::{Migrated, at, id};

pub(super) async fn read(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let (upload, revoked, reading) = (
        upload_key(),
        revoked_key(),
        migrated.since(3, reading_key()),
    );
    for expected in [&upload, &revoked].into_iter().chain(&reading) {
        let found = store.key_by_short_id(&expected.short_id).await;
        assert_same(&found.unwrap().unwrap(), expected);
        let found = store.key(expected.id).await.unwrap().unwrap();
        assert_same(&found, expected);
    }
    let listed = store.keys(None, 10).await.unwrap();
    let working = reading.iter().chain([&upload]).map(|key| key.id);
    assert!(listed.iter().map(|key| key.id).eq(working), "{listed:?}");
    let of_acme = store.keys_of(&[acme()], None, 10).await.unwrap();
    assert!(
        of_acme
            .iter()
            .map(|key| key.id)
            .eq(reading.iter().map(|key| key.id)),
        "{of_acme:?}"
    );
    audit(store).await;
    signing_keys(migrated).await;
}

/// Everything that is told of a key, and its hash, which is not.
fn assert_same(found: &ApiKey, expected: &ApiKey) {
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    assert!(found.hash.matches(&expected.hash), "{found:?}");
}

fn acme() -> AccountRef {
    AccountRef {
        kind: AccountKind::Organization,
        id: "acme".to_owned(),
    }
}

fn by(kind: &str) -> Uploader {
    Uploader {
        kind: kind.to_owned(),
        ..Uploader::default()
    }
}

fn upload_key() -> ApiKey {
    ApiKey {
        id: id(0xc1),
        short_id: "upload01".to_owned(),
        name: "ci — l'atelier".to_owned(),
        kind: KeyType::Upload,
        owner: None,
        read_only: false,
        scope: Scope {
            name: Some(NamePattern::parse("@acme/*").unwrap()),
            category: Some("other".to_owned()),
            format: Some(FormatId::new("npm")),
        },
        hash: KeyHash::from_bytes([0x1a; 64]),
        created_by: by("command-line"),
        created_at: at(141),
        expires_at: Some(at(1000)),
        last_used_at: Some(at(142)),
        revoked_at: None,
    }
}

fn revoked_key() -> ApiKey {
    ApiKey {
        id: id(0xc2),
        short_id: "revoked2".to_owned(),
        name: "lost".to_owned(),
        kind: KeyType::Admin,
        scope: Scope::default(),
        hash: KeyHash::from_bytes([0x2b; 64]),
        created_at: at(143),
        expires_at: None,
        last_used_at: None,
        revoked_at: Some(at(144)),
        ..upload_key()
    }
}

fn reading_key() -> ApiKey {
    ApiKey {
        id: id(0xc3),
        short_id: "reading3".to_owned(),
        name: "acme reads".to_owned(),
        kind: KeyType::Read,
        owner: Some(acme()),
        read_only: true,
        hash: KeyHash::from_bytes([0x3c; 64]),
        created_by: Uploader {
            account: Some("anna".to_owned()),
            ..by("account")
        },
        created_at: at(450),
        revoked_at: None,
        ..revoked_key()
    }
}

async fn audit(store: &Store) {
    let published = AuditEvent {
        id: id(0xd1),
        at: at(160),
        actor: Uploader {
            key_id: Some("k1".to_owned()),
            ..by("key")
        },
        address: Some("2001:db8::1".parse().unwrap()),
        action: "version.publish".to_owned(),
        object: "npm/@acme/Widget@1.0.0".to_owned(),
        outcome: "done".to_owned(),
        details: [("sha256".to_owned(), "aaaaaaaa".into())]
            .into_iter()
            .collect(),
    };
    let revoked = AuditEvent {
        id: id(0xd2),
        at: at(161),
        actor: by("command-line"),
        address: None,
        action: "key.revoke".to_owned(),
        object: "k2".to_owned(),
        outcome: "done".to_owned(),
        details: serde_json::Map::new(),
    };
    let all = AuditQuery {
        limit: 10,
        ..AuditQuery::default()
    };
    let found = store.audit_events(&all).await.unwrap();
    assert_eq!(found, [revoked.clone(), published.clone()]);
    for (query, expected) in [
        (
            AuditQuery {
                action: Some("key".to_owned()),
                ..all.clone()
            },
            revoked,
        ),
        (
            AuditQuery {
                key_id: Some("k1".to_owned()),
                ..all
            },
            published,
        ),
    ] {
        assert_eq!(store.audit_events(&query).await.unwrap(), [expected]);
    }
}

async fn signing_keys(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let second = SigningKeyRecord {
        id: "SHA256:second".to_owned(),
        public_key: "c2Vjb25k".to_owned(),
        private_key: Some(PrivateKey::new("cHJpdmF0ZQ==".to_owned())),
        created_at: at(511),
        retired_at: None,
    };
    let first = SigningKeyRecord {
        id: "SHA256:first".to_owned(),
        public_key: "Zmlyc3Q=".to_owned(),
        private_key: None,
        created_at: at(510),
        retired_at: Some(at(511)),
    };
    let signs = migrated.since(4, second.clone());
    assert_eq!(store.signing_key().await.unwrap(), signs);
    let without_secret = SigningKeyRecord {
        private_key: None,
        ..second
    };
    let listed = migrated.since(4, vec![without_secret, first]);
    let expected = listed.unwrap_or_default();
    assert_eq!(store.signing_keys().await.unwrap(), expected);
}
