//! Every kind of listing of artefacts.

use cellier_model::keys::{NamePattern, Scope};
use cellier_model::ports::{ArtefactQuery, ArtefactSort, Artefacts as _, Sight, Visible};
use cellier_model::{AccountKind, AccountRef, FormatId, Tag};
use cellier_store::Store;

use super::super::artefacts::everything;

/// Asks for the first page and a later one of every kind of listing, in both orders.
pub(crate) async fn list(store: &Store) {
    for visible in sights() {
        for filtered in filters() {
            for sort in [ArtefactSort::Updated, ArtefactSort::Name] {
                let first = ArtefactQuery {
                    visible: visible.clone(),
                    sort,
                    limit: 20,
                    ..filtered.clone()
                };
                let page = store.list_artefacts(&first).await.unwrap();
                let Some(middle) = page.artefacts.get(page.artefacts.len() / 2) else {
                    assert_ne!(visible, Visible::Everything, "{first:?} finds something");
                    continue;
                };
                let next = ArtefactQuery {
                    after: Some(middle.clone()),
                    ..first
                };
                store.list_artefacts(&next).await.unwrap();
            }
        }
    }
}

fn sights() -> Vec<Visible> {
    let account = |kind, name: &str| AccountRef {
        kind,
        id: name.to_owned(),
    };
    let named = |pattern: &str| Scope {
        name: Some(NamePattern::parse(pattern).unwrap()),
        ..Scope::default()
    };
    let person = Sight {
        accounts: vec![
            account(AccountKind::User, "x"),
            account(AccountKind::Organization, "team1"),
        ],
        scopes: vec![named("x*"), named("n4000")],
        within: Scope::default(),
    };
    let key = Sight {
        accounts: Vec::new(),
        scopes: vec![named("x*")],
        within: Scope::default(),
    };
    let crowd = Sight {
        scopes: vec![named("n*"), named("x*")],
        ..key.clone()
    };
    vec![
        Visible::Everything,
        Visible::Public,
        Visible::PublicOr(person),
        Visible::PublicOr(key),
        Visible::PublicOr(crowd),
        Visible::Nothing,
    ]
}

/// Each filter finds something for whoever sees everything.
fn filters() -> Vec<ArtefactQuery> {
    let words = |words: &[&str]| ArtefactQuery {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        ..everything()
    };
    let category = |category: &str| ArtefactQuery {
        category: Some(category.to_owned()),
        ..everything()
    };
    let tag = |tag: &str| ArtefactQuery {
        tag: Some(Tag::parse(tag).unwrap()),
        ..everything()
    };
    vec![
        everything(),
        ArtefactQuery {
            format: Some(FormatId::new("npm")),
            ..everything()
        },
        category("catalog"),
        category("other"),
        tag("latest"),
        tag("stable"),
        tag("beta"),
        tag("gold"),
        words(&["map"]),
        words(&["rare"]),
        words(&["n1776"]),
        words(&["map", "rare"]),
        words(&["map", "relief"]),
    ]
}
