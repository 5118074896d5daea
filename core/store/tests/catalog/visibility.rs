//! What a listing shows to whom, compared with the decision itself on random artefacts and random people.

use std::sync::Arc;

use cellier_model::access::{
    AccessPolicy, Acting, Action, Actor, Decision, Target, Through, decide, visible_to,
};
use cellier_model::accounts::{Granted, Person, Standing};
use cellier_model::keys::{ApiKey, KeyHash, KeyType, NamePattern, Scope};
use cellier_model::ports::{ArtefactQuery, ArtefactSort, Artefacts as _, Catalog as _};
use cellier_model::testing::SeededRandom;
use cellier_model::{
    AccountKind, AccountRef, Artefact, FormatId, Id, Random as _, Timestamp, Uploader,
};
use cellier_store::Store;

use super::accounts::name;
use super::artefacts::everything;
use super::support::{artefact, at, put};

const ACCOUNTS: [&str; 5] = ["anna", "bert", "acme", "umbrella", "zeta"];
const FORMATS: [&str; 3] = ["npm", "tileset", "file"];
const CATEGORIES: [&str; 3] = ["other", "tileset", "catalog"];
const STARTS: [&str; 4] = ["@acme/", "@acme-evil/", "terrain", "Terrain-"];

/// Draws from a seed, so that a failure can be looked at again.
struct Dice(SeededRandom);

impl Dice {
    fn below(&self, sides: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % sides as u64).unwrap()
    }

    fn one_in(&self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    fn of<'a>(&self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn accounts(&self) -> Vec<AccountRef> {
        let chosen = ACCOUNTS.iter().filter(|_| self.one_in(8));
        chosen.map(|name| account(name)).collect()
    }

    fn scope(&self) -> Scope {
        let pattern = match self.below(5) {
            0 => None,
            1 => Some("*".to_owned()),
            2 => Some(format!("{}*", self.of(&STARTS))),
            3 => Some(format!("{}{}*", self.of(&STARTS), self.below(10))),
            _ => Some(format!("{}{}", self.of(&STARTS), self.below(40))),
        };
        Scope {
            name: pattern.map(|pattern| NamePattern::parse(&pattern).unwrap()),
            format: self.one_in(3).then(|| FormatId::new(self.of(&FORMATS))),
            category: self.one_in(3).then(|| self.of(&CATEGORIES).to_owned()),
        }
    }

    fn scopes(&self) -> Vec<Scope> {
        (0..self.below(3)).map(|_| self.scope()).collect()
    }

    fn artefact(&self, number: i64) -> Artefact {
        let name = format!("{}{number}", self.of(&STARTS));
        Artefact {
            category: self.of(&CATEGORIES).to_owned(),
            public: self.one_in(4),
            private_access: self.accounts(),
            owners: self.accounts(),
            deleted_at: self.one_in(10).then(|| at(0)),
            // Several of one time, so that the identifier has to decide.
            ..artefact(self.of(&FORMATS), &name, number / 3)
        }
    }

    fn actor(&self) -> Actor {
        let limit = if self.one_in(3) {
            self.scope()
        } else {
            Scope::default()
        };
        match self.below(10) {
            0 => Actor::Anonymous,
            1 => Actor::Key(Arc::new(key(KeyType::Upload, limit))),
            2 => {
                let standing = self.standing("acme");
                let key = ApiKey {
                    owner: Some(account("acme")),
                    ..key(KeyType::Read, limit)
                };
                Actor::Account(Box::new(Acting::read_key(standing, Arc::new(key))))
            }
            _ => Actor::Account(Box::new(self.person(limit))),
        }
    }

    fn person(&self, limit: Scope) -> Acting {
        let mut standings = vec![self.standing("anna")];
        let others = ["acme", "umbrella", "zeta"];
        let joined = others.iter().filter(|_| self.one_in(2));
        standings.extend(joined.map(|name| self.standing(name)));
        let person = Person {
            name: name("anna"),
            superadmin: self.one_in(10),
            standings,
        };
        let through = if limit == Scope::default() {
            Through::Session(Id::nil())
        } else {
            Through::Key(Arc::new(ApiKey {
                owner: Some(account("anna")),
                ..key(KeyType::User, limit)
            }))
        };
        Acting::person(person, through)
    }

    fn standing(&self, name: &str) -> Standing {
        Standing {
            account: account(name),
            role: None,
            grant: self.one_in(2).then(|| Granted {
                download: self.scopes(),
                publish: self.scopes(),
            }),
        }
    }
}

fn account(name: &str) -> AccountRef {
    let kind = match name {
        "anna" | "bert" => AccountKind::User,
        _ => AccountKind::Organization,
    };
    AccountRef {
        kind,
        id: name.to_owned(),
    }
}

fn key(kind: KeyType, scope: Scope) -> ApiKey {
    ApiKey {
        id: Id::nil(),
        short_id: "00000000".to_owned(),
        name: "k".to_owned(),
        kind,
        owner: None,
        read_only: false,
        scope,
        hash: KeyHash::from_bytes([0; 64]),
        created_by: Uploader::default(),
        created_at: Timestamp::from_micros(0),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }
}

/// Every page of a listing, and what each of them counted.
async fn all_pages(store: &Store, query: ArtefactQuery) -> (Vec<String>, u32) {
    let mut query = query;
    let mut names = Vec::new();
    loop {
        let page = store.list_artefacts(&query).await.unwrap();
        let shown = page.artefacts.iter().map(|one| one.name.to_string());
        names.extend(shown);
        query.after = page.artefacts.last().cloned();
        if !page.more {
            return (names, page.count);
        }
    }
}

pub(crate) async fn a_listing_shows_exactly_what_the_decision_lets_be_seen(store: &Store) {
    let dice = Dice(SeededRandom::new(4711));
    let world: Vec<_> = (0..120).map(|number| dice.artefact(number)).collect();
    for artefact in &world {
        put(store, artefact, &[]).await;
    }
    let there = || world.iter().filter(|one| one.deleted_at.is_none());
    let mut shown_in_all = 0;
    for _ in 0..60 {
        let actor = dice.actor();
        let sees = |artefact: &&Artefact| {
            let target = Target::artefact(artefact);
            decide(AccessPolicy::default(), &actor, Action::See, target) == Decision::Allowed
        };
        let mut expected: Vec<_> = there().filter(sees).collect();
        let query = |sort| ArtefactQuery {
            visible: visible_to(&actor),
            sort,
            limit: 7,
            ..everything()
        };
        let names = |artefacts: &[&Artefact]| -> Vec<String> {
            artefacts.iter().map(|one| one.name.to_string()).collect()
        };
        expected.sort_by_key(|one| (one.name.folded(), one.format.clone()));
        let (by_name, count) = all_pages(store, query(ArtefactSort::Name)).await;
        assert_eq!(by_name, names(&expected), "{actor:?}");
        assert_eq!(count as usize, expected.len(), "{actor:?}");

        expected.sort_by_key(|one| std::cmp::Reverse((one.data_updated_at, one.id.to_string())));
        let (by_change, _) = all_pages(store, query(ArtefactSort::Updated)).await;
        assert_eq!(by_change, names(&expected), "{actor:?}");

        let narrowed = ArtefactQuery {
            format: Some(FormatId::new("npm")),
            category: Some("other".to_owned()),
            ..query(ArtefactSort::Updated)
        };
        expected.retain(|one| one.format.as_str() == "npm" && one.category == "other");
        let (narrowed, count) = all_pages(store, narrowed).await;
        assert_eq!(narrowed, names(&expected), "{actor:?}");
        assert_eq!(count as usize, expected.len(), "{actor:?}");
        shown_in_all += by_name.len();
    }
    assert!(
        (1000..6000).contains(&shown_in_all),
        "{shown_in_all}: neither nothing nor everything was to be seen"
    );
}

pub(crate) async fn what_an_artefact_names_is_found_and_forgotten_with_every_change(store: &Store) {
    let mut one = artefact("npm", "one", 0);
    put(store, &one, &[]).await;
    let anna = Actor::Account(Box::new(Acting::person(
        Person {
            name: name("anna"),
            superadmin: false,
            standings: vec![Standing {
                account: account("anna"),
                role: None,
                grant: None,
            }],
        },
        Through::Session(Id::nil()),
    )));
    let listed = async || {
        let query = ArtefactQuery {
            visible: visible_to(&anna),
            ..everything()
        };
        all_pages(store, query).await.0.len()
    };
    assert_eq!(listed().await, 0);
    for (private_access, owners, expected) in [
        (&["anna"][..], &[][..], 1),
        (&["anna", "acme"], &["anna"], 1),
        (&["acme"], &["anna"], 1),
        (&["acme"], &["bert"], 0),
        (&[], &[], 0),
    ] {
        one.private_access = private_access.iter().map(|name| account(name)).collect();
        one.owners = owners.iter().map(|name| account(name)).collect();
        let mut transaction = store.begin().await.unwrap();
        transaction.update_artefact(&one).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(listed().await, expected, "{private_access:?} {owners:?}");
    }
}
