//! Artefacts, and what finds them.

use std::sync::Arc;

use cellier_model::ports::{
    ArtefactIndex, ArtefactQuery, Artefacts as _, Catalog as _, Checks as _, Sight, Visible,
};
use cellier_model::retention::RetentionPolicy;
use cellier_model::{AccountKind, AccountRef, Artefact, ArtefactName, FormatId, Tag};
use cellier_sdk::Version;
use cellier_store::Store;

use super::super::artefacts::{everything, names};
use super::{Migrated, at, id};

pub(super) async fn read(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let (widget, terrain, gone) = (widget(migrated), terrain(migrated), gone());
    for one in [&widget, &terrain] {
        let found = store.artefact(&one.format, one.name.as_str()).await;
        assert_eq!(found.unwrap(), Some(Arc::new(one.clone())));
    }
    let named = store.artefacts_named("terrain").await.unwrap();
    assert_eq!(named, std::slice::from_ref(&terrain));
    assert_eq!(store.artefact(&gone.format, "gone").await.unwrap(), None);
    let all = store.all_artefacts(None, 10).await.unwrap();
    assert_eq!(all, [widget.clone(), terrain.clone(), gone]);

    let tags = store.tags(widget.id).await.unwrap();
    let beta = Tag::parse("beta").unwrap();
    assert_eq!(tags, [(beta, Version::opaque("1.1.0-rc.1").unwrap())]);
    index(migrated, &widget, &terrain).await;
    listings(migrated).await;
    names_that_are_taken(store).await;
}

fn widget(migrated: &Migrated) -> Artefact {
    Artefact {
        id: id(0xa1),
        format: FormatId::new("npm"),
        name: ArtefactName::stored("@acme/Widget"),
        category: "other".to_owned(),
        title: serde_json::from_str(r#"{"fr":"L'île \"bleue\" 🏝"}"#).unwrap(),
        description: serde_json::from_str(r#"{"de":"Zeile\nzwei"}"#).unwrap(),
        public: true,
        private_access: Vec::new(),
        owners: Vec::new(),
        retention: migrated.since(
            2,
            RetentionPolicy {
                newest: Some(3),
                patches_per_minor: Some(2),
                younger_than: None,
            },
        ),
        latest: Some(Version::opaque("1.0.0").unwrap()),
        size: 12,
        revision: 7,
        created_at: at(100),
        updated_at: at(200),
        data_updated_at: at(150),
        deleted_at: None,
    }
}

fn terrain(migrated: &Migrated) -> Artefact {
    let acme = account(AccountKind::Organization, "acme");
    let [anna, bert] = ["anna", "bert"].map(|name| account(AccountKind::User, name));
    Artefact {
        id: id(0xa2),
        format: FormatId::new("tileset"),
        name: ArtefactName::stored("Terrain"),
        category: "tileset".to_owned(),
        title: serde_json::from_str("{}").unwrap(),
        description: serde_json::from_str("{}").unwrap(),
        public: false,
        private_access: vec![acme, anna],
        owners: migrated.since(3, bert).into_iter().collect(),
        retention: None,
        latest: Some(Version::opaque("2").unwrap()),
        size: i64::MAX.unsigned_abs(),
        revision: 2,
        created_at: at(101),
        updated_at: at(201),
        data_updated_at: at(151),
        deleted_at: None,
    }
}

fn gone() -> Artefact {
    Artefact {
        id: id(0xa3),
        format: FormatId::new("file"),
        name: ArtefactName::stored("gone"),
        category: "other".to_owned(),
        title: serde_json::from_str("{}").unwrap(),
        description: serde_json::from_str("{}").unwrap(),
        public: true,
        private_access: Vec::new(),
        owners: Vec::new(),
        retention: None,
        latest: None,
        size: 0,
        revision: 3,
        created_at: at(102),
        updated_at: at(202),
        data_updated_at: at(152),
        deleted_at: Some(at(202)),
    }
}

fn account(kind: AccountKind, name: &str) -> AccountRef {
    AccountRef {
        kind,
        id: name.to_owned(),
    }
}

/// What a migration derives from the rows before it, and what was written later, are found alike.
async fn index(migrated: &Migrated, widget: &Artefact, terrain: &Artefact) {
    for (artefact, words) in [(widget, vec!["acme", "widget"]), (terrain, vec!["terrain"])] {
        let expected = ArtefactIndex {
            words: words.into_iter().map(str::to_owned).collect(),
            accounts: artefact.named_accounts().into_iter().collect(),
        };
        let found = migrated.store.index_of_artefact(artefact.id).await;
        assert_eq!(found.unwrap(), expected);
    }
}

async fn listings(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let found_by = async |words: &[&str], tag: Option<&str>| {
        let query = ArtefactQuery {
            words: words.iter().map(|&word| word.to_owned()).collect(),
            tag: tag.map(|tag| Tag::parse(tag).unwrap()),
            ..everything()
        };
        names(store, &query).await
    };
    assert_eq!(found_by(&[], None).await, ["@acme/Widget", "Terrain"]);
    assert_eq!(found_by(&["wid", "ac"], None).await, ["@acme/Widget"]);
    assert_eq!(found_by(&["terr"], None).await, ["Terrain"]);
    assert_eq!(found_by(&[], Some("beta")).await, ["@acme/Widget"]);

    let seen_by = async |kind, name: &str| {
        let sight = Sight {
            accounts: vec![account(kind, name)],
            ..Sight::default()
        };
        let query = ArtefactQuery {
            visible: Visible::PublicOr(sight),
            ..everything()
        };
        names(store, &query).await.len()
    };
    assert_eq!(seen_by(AccountKind::Organization, "acme").await, 2);
    assert_eq!(seen_by(AccountKind::User, "anna").await, 2);
    let bert = if migrated.from < 3 { 1 } else { 2 };
    assert_eq!(seen_by(AccountKind::User, "bert").await, bert);
    assert_eq!(seen_by(AccountKind::User, "acme").await, 1);
}

async fn names_that_are_taken(store: &Store) {
    let mut transaction = store.begin().await.unwrap();
    let file = FormatId::new("file");
    for (name, format) in [("Terrain", "tileset"), ("gone", "file"), ("free", "file")] {
        let name = ArtefactName::stored(name);
        let claimed = transaction.claim_door_name(&name, &file).await.unwrap();
        assert_eq!(claimed, FormatId::new(format), "{name}");
    }
    let locked = transaction.lock_artefact(&file, "gone").await.unwrap();
    assert_eq!(locked, Some(gone()));
}
