//! What changes something. None of it is committed.

use cellier_model::accounts::{Granted, Member, Role};
use cellier_model::ports::{Catalog as _, PasswordHash, Transaction};
use cellier_model::sessions::{Session, TokenHash};
use cellier_model::web_login::{MostWebLogins, PendingWebLogin};
use cellier_model::{ArtefactName, FormatId, Tag};
use cellier_store::Store;

use super::super::accounts::{grant, name, user};
use super::super::audit::event;
use super::super::keys::key;
use super::super::support::{artefact, at, file, version};
use super::super::{signing_keys, support};
use super::rows::{blob, digest, id};

pub(crate) async fn change(store: &Store) {
    let mut transaction = store.begin().await.unwrap();
    publish(transaction.as_mut()).await;
    manage(transaction.as_mut()).await;
    sweep_and_repair(transaction.as_mut()).await;
    delete(transaction.as_mut()).await;
    sign_in(transaction.as_mut()).await;
    people(transaction.as_mut()).await;
    drop(transaction);
}

fn hash(number: u64) -> TokenHash {
    TokenHash::from_hex(&digest(number)).unwrap()
}

async fn publish(transaction: &mut dyn Transaction) {
    let new = artefact("npm", "new", 30_000);
    let made = transaction.insert_or_lock_artefact(&new).await.unwrap();
    let file_door = FormatId::new("file");
    let name = ArtefactName::stored("new");
    transaction
        .claim_door_name(&name, &file_door)
        .await
        .unwrap();
    transaction.key_is_active(id(9), at(1)).await.unwrap();
    transaction.session_is_there(id(9)).await.unwrap();
    transaction.person_to_rely_on("x").await.unwrap();
    let version = version(&made, "1.0.0", 30_000);
    transaction.insert_version(&version).await.unwrap();
    let file = file(&version, "data.bin", 30_000);
    support::take_into_use(transaction, &file, 30_000).await;
    transaction.insert_file(&file).await.unwrap();
    let words = ["map".to_owned(), "new".to_owned()];
    transaction.index_artefact(made.id, &words).await.unwrap();
    transaction
        .index_artefact(made.id, &words[..1])
        .await
        .unwrap();
    transaction.latest_release(id(1)).await.unwrap();
    transaction.newest_release(id(1)).await.unwrap();
    transaction.last_release(id(1)).await.unwrap();
    transaction.release(id(1), "1.0.7").await.unwrap();
    let mut owned = made.clone();
    owned.owners = vec![user("x").reference()];
    transaction.update_artefact(&owned).await.unwrap();
    transaction.update_artefact(&made).await.unwrap();
    let published = event(30_000, "version.publish", "npm/new@1.0.0", Some("k"));
    transaction.append_audit(&published).await.unwrap();
}

async fn manage(transaction: &mut dyn Transaction) {
    let npm = FormatId::new("npm");
    let found = transaction.lock_artefact(&npm, "n15000").await.unwrap();
    let mut yanked = version(&found.unwrap(), "1.0.0", 1);
    yanked.id = id(15_000);
    yanked.yanked_at = Some(at(2));
    transaction.update_version(&yanked).await.unwrap();
    let tag = Tag::parse("next").unwrap();
    transaction
        .set_tag(id(15_000), &tag, id(15_000), at(3))
        .await
        .unwrap();
    assert!(transaction.remove_tag(id(15_000), &tag).await.unwrap());
    let (key, _) = key(30_000);
    transaction.insert_key(&key).await.unwrap();
    assert!(transaction.revoke_key(key.id, at(4)).await.unwrap());
    let signing = signing_keys::key("one", 1);
    transaction.lock_signing_key().await.unwrap();
    transaction.insert_signing_key(&signing).await.unwrap();
    transaction
        .retire_signing_key(&signing.id, at(2))
        .await
        .unwrap();
}

async fn sweep_and_repair(transaction: &mut dyn Transaction) {
    let unused = blob(20_500);
    assert!(transaction.condemn_blob(&unused, at(9000)).await.unwrap());
    transaction.forget_blobs(&[unused]).await.unwrap();
    transaction.note_orphans(&[unused], at(1)).await.unwrap();
    transaction.forget_orphans(at(2)).await.unwrap();
    let retained = transaction.retained_versions(id(2)).await.unwrap();
    assert_eq!(retained.len(), 1);
    transaction
        .repoint_files(&blob(9001), &blob(9002), at(1))
        .await
        .unwrap();
    transaction.correct_size(&blob(9003), 12).await.unwrap();
    transaction.correct_mark(&blob(9004), at(1)).await.unwrap();
    transaction.index_of_artefact(id(9005)).await.unwrap();
}

async fn delete(transaction: &mut dyn Transaction) {
    assert_eq!(transaction.remove_tags_of(id(5005)).await.unwrap().len(), 2);
    transaction.delete_files(id(5005), at(1)).await.unwrap();
    transaction
        .delete_all_versions(id(6006), at(1))
        .await
        .unwrap();
}

async fn sign_in(transaction: &mut dyn Transaction) {
    let session = Session {
        id: id(90_000),
        hash: hash(90_000),
        user: name("x"),
        created_at: at(1),
        last_used_at: at(1),
        expires_at: at(100),
        address: None,
        user_agent: None,
    };
    transaction.insert_session(&session, 3).await.unwrap();
    assert!(transaction.end_session(session.id).await.unwrap());
    transaction.end_session_of_token(&hash(7)).await.unwrap();
    transaction
        .end_sessions_of(&name("x"), Some(id(2)))
        .await
        .unwrap();
    transaction.put_setup_link(&hash(1), at(100)).await.unwrap();
    assert!(transaction.take_setup_link(&hash(1), at(2)).await.unwrap());
    transaction.withdraw_setup_link().await.unwrap();
    let pending = PendingWebLogin {
        id: hash(90_000),
        page: hash(90_001),
        label: "npm".to_owned(),
        begun_at: at(1),
        expires_at: at(100),
        address: Some("2001:db8::1".parse().unwrap()),
        user: None,
    };
    let most = MostWebLogins {
        of_network: 20,
        in_all: 10_000,
    };
    assert!(transaction.insert_web_login(&pending, most).await.unwrap());
    transaction
        .complete_web_login(&pending.page, &name("x"), at(2))
        .await
        .unwrap();
    transaction.take_web_login(&pending.id).await.unwrap();
    transaction.forget_web_logins_of(&name("x")).await.unwrap();
    transaction.forget_web_logins(at(610)).await.unwrap();
}

async fn people(transaction: &mut dyn Transaction) {
    let anna = user("anna");
    assert!(transaction.insert_account(&anna, None).await.unwrap());
    transaction.lock_superadmins().await.unwrap();
    transaction.lock_account("anna").await.unwrap();
    transaction.update_account(&anna).await.unwrap();
    transaction.set_password(&anna.name, None).await.unwrap();
    let member = Member {
        organization: name("team7"),
        user: anna.name.clone(),
        role: Role::Member,
        added_at: at(1),
    };
    transaction.put_member(&member).await.unwrap();
    transaction.memberships_of(&anna.name).await.unwrap();
    transaction
        .remove_member(&member.organization, &anna.name)
        .await
        .unwrap();
    transaction.remove_memberships(&anna.name).await.unwrap();
    let granted = grant(&anna, 30_000);
    transaction.insert_grant(&granted).await.unwrap();
    let nothing = Granted {
        download: Vec::new(),
        publish: Vec::new(),
    };
    assert!(
        transaction
            .update_grant(granted.id, &nothing)
            .await
            .unwrap()
    );
    assert!(transaction.delete_grant_of("anna").await.unwrap());
    let hash = PasswordHash::stored("x");
    assert!(!transaction.lock_password(&anna.name, &hash).await.unwrap());
    let replaced = transaction.replace_hash(&anna.name, &hash, &hash);
    assert!(!replaced.await.unwrap());
    transaction
        .revoke_tokens_of(&anna.name, at(1))
        .await
        .unwrap();
    transaction
        .revoke_keys_of(&anna.reference(), at(1))
        .await
        .unwrap();
}
