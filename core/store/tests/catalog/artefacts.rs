//! Artefacts, listings, words, tags.

use std::sync::Arc;

use cellier_model::keys::{NamePattern, Scope};
use cellier_model::ports::{
    ArtefactQuery, ArtefactSort, Artefacts as _, Catalog as _, Sight, Visible,
};
use cellier_model::{AccountKind, AccountRef, Artefact, ArtefactName, FormatId, Tag};
use cellier_store::Store;

use super::support::{artefact, at, put, version};

pub(crate) fn everything() -> ArtefactQuery {
    ArtefactQuery {
        visible: Visible::Everything,
        words: Vec::new(),
        format: None,
        category: None,
        tag: None,
        sort: ArtefactSort::Name,
        after: None,
        limit: 100,
    }
}

pub(crate) async fn names(store: &Store, query: &ArtefactQuery) -> Vec<String> {
    let page = store.list_artefacts(query).await.unwrap();
    page.artefacts
        .iter()
        .map(|artefact| artefact.name.to_string())
        .collect()
}

pub(crate) async fn an_artefact_reads_back_as_it_was_written(store: &Store) {
    let mut one = artefact("npm", "@acme/widget", 0);
    one.public = true;
    one.private_access = vec![AccountRef {
        kind: AccountKind::Organization,
        id: "o'hara \"x\"".to_owned(),
    }];
    one.owners = vec![AccountRef {
        kind: AccountKind::User,
        id: "anna".to_owned(),
    }];
    put(store, &one, &[]).await;
    let npm = FormatId::new("npm");
    assert_eq!(
        store.artefact(&npm, "@acme/widget").await.unwrap(),
        Some(Arc::new(one.clone()))
    );
    assert_eq!(store.artefact(&npm, "@acme/nothing").await.unwrap(), None);

    one.latest = Some(cellier_sdk::Version::opaque("1.2.3").unwrap());
    one.size = 4_000_000_000;
    one.revision = 2;
    one.data_updated_at = at(9);
    let mut transaction = store.begin().await.unwrap();
    transaction.update_artefact(&one).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        store.artefact(&npm, "@acme/widget").await.unwrap(),
        Some(Arc::new(one))
    );
}

pub(crate) async fn names_are_told_apart_without_regard_to_case(store: &Store) {
    let first = artefact("file", "Terrain", 0);
    put(store, &first, &[]).await;
    put(store, &artefact("tileset", "terrain", 1), &[]).await;
    let mut transaction = store.begin().await.unwrap();
    let locked = transaction
        .insert_or_lock_artefact(&artefact("file", "TERRAIN", 2))
        .await
        .unwrap();
    assert_eq!(locked.id, first.id);
    transaction.commit().await.unwrap();
    let named = store.artefacts_named("tErRaIn").await.unwrap();
    let formats: Vec<_> = named
        .iter()
        .map(|artefact| artefact.format.as_str())
        .collect();
    assert_eq!(formats, ["file", "tileset"], "the oldest comes first");
}

pub(crate) async fn a_deleted_artefact_is_not_found_but_can_be_locked(store: &Store) {
    let mut gone = artefact("file", "gone", 0);
    put(store, &gone, &[version(&gone, "1.0.0", 0)]).await;
    gone.deleted_at = Some(at(5));
    let mut transaction = store.begin().await.unwrap();
    transaction
        .delete_all_versions(gone.id, at(5))
        .await
        .unwrap();
    transaction.update_artefact(&gone).await.unwrap();
    transaction.commit().await.unwrap();
    let file = FormatId::new("file");
    assert_eq!(store.artefact(&file, "gone").await.unwrap(), None);
    assert!(store.artefacts_named("gone").await.unwrap().is_empty());
    assert!(names(store, &everything()).await.is_empty());
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(
        transaction
            .lock_artefact(&file, "gone")
            .await
            .unwrap()
            .unwrap()
            .deleted_at,
        Some(at(5))
    );
}

pub(crate) async fn a_listing_shows_what_the_caller_may_see(store: &Store) {
    for (format, name, category, public) in [
        ("npm", "@acme/a", "catalog", false),
        ("npm", "@acme-evil/b", "catalog", false),
        ("npm", "@acme/public", "other", true),
        ("file", "@acme/file", "other", false),
    ] {
        let category = category.to_owned();
        put(
            store,
            &Artefact {
                category,
                public,
                ..artefact(format, name, 0)
            },
            &[],
        )
        .await;
    }
    let of = |visible: Visible| ArtefactQuery {
        visible,
        ..everything()
    };
    assert_eq!(names(store, &of(Visible::Everything)).await.len(), 4);
    assert_eq!(names(store, &of(Visible::Public)).await, ["@acme/public"]);
    let scope = |name: &str, format: Option<&str>, category: Option<&str>| {
        let scope = Scope {
            name: Some(NamePattern::parse(name).unwrap()),
            format: format.map(FormatId::new),
            category: category.map(str::to_owned),
        };
        of(Visible::PublicOr(Sight {
            scopes: vec![scope],
            ..Sight::default()
        }))
    };
    let seen = names(store, &scope("@ACME/*", Some("npm"), None)).await;
    assert_eq!(
        seen,
        ["@acme/a", "@acme/public"],
        "a prefix ends where it says"
    );
    assert_eq!(
        names(store, &scope("@acme-evil/B", None, None)).await,
        ["@acme-evil/b", "@acme/public"]
    );
    assert_eq!(
        names(store, &scope("*", None, Some("catalog"))).await.len(),
        3
    );
    let only = ArtefactQuery {
        format: Some(FormatId::new("file")),
        ..everything()
    };
    assert_eq!(names(store, &only).await, ["@acme/file"]);
    let only = ArtefactQuery {
        category: Some("catalog".to_owned()),
        ..everything()
    };
    assert_eq!(names(store, &only).await.len(), 2);
}

pub(crate) async fn a_listing_goes_on_where_the_last_page_ended(store: &Store) {
    for number in 0..7 {
        // Two of each time, so that the identifier has to decide.
        put(
            store,
            &artefact("file", &format!("item-{number}"), number / 2),
            &[],
        )
        .await;
    }
    for sort in [ArtefactSort::Name, ArtefactSort::Updated] {
        let mut seen = Vec::new();
        let mut query = ArtefactQuery {
            sort,
            limit: 3,
            ..everything()
        };
        loop {
            let page = store.list_artefacts(&query).await.unwrap();
            assert_eq!(page.count, 7);
            seen.extend(
                page.artefacts
                    .iter()
                    .map(|artefact| artefact.name.to_string()),
            );
            query.after = page.artefacts.last().cloned();
            if !page.more {
                break;
            }
        }
        let mut unique = seen.clone();
        unique.sort();
        unique.dedup();
        assert_eq!((seen.len(), unique.len()), (7, 7), "{sort:?} {seen:?}");
        if sort == ArtefactSort::Updated {
            assert_eq!(seen[0], "item-6", "those that changed last come first");
        }
    }
}

pub(crate) async fn words_find_by_their_start_and_nothing_in_them_is_a_pattern(store: &Store) {
    let one = artefact("file", "one", 0);
    let two = artefact("file", "two", 0);
    put(store, &one, &[]).await;
    put(store, &two, &[]).await;
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut transaction = store.begin().await.unwrap();
    transaction
        .index_artefact(one.id, &words("reunion terrain 地図"))
        .await
        .unwrap();
    transaction
        .index_artefact(two.id, &words("old words"))
        .await
        .unwrap();
    transaction
        .index_artefact(two.id, &words("terrain words"))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let find = |text: &str| ArtefactQuery {
        words: words(text),
        ..everything()
    };
    assert_eq!(names(store, &find("terr")).await, ["one", "two"]);
    assert_eq!(names(store, &find("terrain reu")).await, ["one"]);
    assert_eq!(names(store, &find("地")).await, ["one"]);
    for nothing in ["old", "errain", "%", "_", "terrain%", "'", "\\"] {
        assert!(names(store, &find(nothing)).await.is_empty(), "{nothing}");
    }
}

pub(crate) async fn a_name_of_the_file_door_stays_with_its_first_format(store: &Store) {
    let (file, tileset) = (FormatId::new("file"), FormatId::new("tileset"));
    let mut transaction = store.begin().await.unwrap();
    let name = ArtefactName::stored("Terrain");
    assert_eq!(
        transaction.claim_door_name(&name, &tileset).await.unwrap(),
        tileset
    );
    transaction.commit().await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    let name = ArtefactName::stored("TERRAIN");
    assert_eq!(
        transaction.claim_door_name(&name, &file).await.unwrap(),
        tileset
    );
}

pub(crate) async fn tags_name_versions_and_move(store: &Store) {
    let one = artefact("npm", "one", 0);
    let (old, new) = (version(&one, "1.0.0", 1), version(&one, "2.0.0", 2));
    put(store, &one, &[old.clone(), new.clone()]).await;
    let (beta, next) = (Tag::parse("beta").unwrap(), Tag::parse("next").unwrap());
    let mut transaction = store.begin().await.unwrap();
    transaction
        .set_tag(one.id, &beta, old.id, at(1))
        .await
        .unwrap();
    transaction
        .set_tag(one.id, &next, new.id, at(1))
        .await
        .unwrap();
    transaction
        .set_tag(one.id, &beta, new.id, at(2))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let both = [
        (beta.clone(), new.version.clone()),
        (next.clone(), new.version.clone()),
    ];
    assert_eq!(store.tags(one.id).await.unwrap(), both);
    let tagged = ArtefactQuery {
        tag: Some(beta.clone()),
        ..everything()
    };
    assert_eq!(names(store, &tagged).await, ["one"]);
    let latest = ArtefactQuery {
        tag: Some(Tag::parse("latest").unwrap()),
        ..everything()
    };
    assert!(
        names(store, &latest).await.is_empty(),
        "nothing stable is recorded for it yet"
    );

    let mut transaction = store.begin().await.unwrap();
    assert!(transaction.remove_tag(one.id, &next).await.unwrap());
    assert!(!transaction.remove_tag(one.id, &next).await.unwrap());
    assert_eq!(transaction.remove_tags_of(new.id).await.unwrap(), [beta]);
    transaction.commit().await.unwrap();
    assert!(store.tags(one.id).await.unwrap().is_empty());
}

pub(crate) async fn a_rare_word_is_found_among_all_that_share_the_common_ones(store: &Store) {
    let mut transaction = store.begin().await.unwrap();
    for number in 1..=1_200 {
        let one = artefact("file", &format!("terrain-{number}"), number);
        transaction.insert_or_lock_artefact(&one).await.unwrap();
        let words = [
            "terrain".to_owned(),
            "relief".to_owned(),
            format!("n{number}"),
        ];
        transaction.index_artefact(one.id, &words).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let find = async |words: &[&str]| {
        let query = ArtefactQuery {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            sort: ArtefactSort::Updated,
            limit: 2,
            ..everything()
        };
        let page = store.list_artefacts(&query).await.unwrap();
        let names: Vec<_> = page
            .artefacts
            .iter()
            .map(|one| one.name.to_string())
            .collect();
        (names.join(" "), page.more, page.count)
    };
    let newest = "terrain-1200 terrain-1199".to_owned();
    for common in [&["terrain"][..], &["relief", "terrain"]] {
        assert_eq!(find(common).await, (newest.clone(), true, 1_000));
    }
    for last_first in [["n1200", "terrain"], ["terrain", "n1200"]] {
        assert_eq!(
            find(&last_first).await,
            ("terrain-1200".to_owned(), false, 1)
        );
    }
    let started = ("terrain-1199 terrain-1198".to_owned(), true, 11);
    assert_eq!(find(&["relief", "n119", "terrain"]).await, started);
    assert_eq!(find(&["n1", "nowhere"]).await, (String::new(), false, 0));
}
