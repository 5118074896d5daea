//! The key that signs: made once, shared by all servers, rotated, or given in a file.
#![expect(clippy::unwrap_used, reason = "a case that cannot go on has failed")]

use std::sync::Arc;
use std::time::Duration;

use cellier_model::Context;
use cellier_model::access::Actor;
use cellier_model::audit::{AuditQuery, Origin};
use cellier_model::signing::{
    KeyPair, RotateError, Signer, SignerError, list_signing_keys, rotate_signing_key,
};
use cellier_model::testing::{FakeClock, FakeFormats, SeededRandom, context};

fn world() -> (Context, Arc<FakeClock>) {
    let clock = Arc::new(FakeClock::at("2026-01-01T00:00:00Z"));
    let context = Context {
        clock: Arc::<FakeClock>::clone(&clock),
        ..context(FakeFormats::default())
    };
    (context, clock)
}

fn origin(actor: Actor) -> Origin {
    Origin {
        actor,
        address: None,
    }
}

fn from_file(seed: u64) -> Signer {
    Signer::new(Some(KeyPair::generate(&SeededRandom::new(seed)).unwrap()))
}

async fn id_in_use(context: &Context, signer: &Signer) -> String {
    signer.key_in_use(context).await.unwrap().id().to_owned()
}

#[tokio::test]
async fn the_first_server_makes_the_key_and_the_others_share_it() {
    let (context, _clock) = world();
    let (one, other) = (Signer::default(), Signer::default());
    let early = one.key_in_use(&context).await;
    assert!(matches!(early, Err(SignerError::NoKey)), "{early:?}");
    one.prepare(&context).await.unwrap();
    other.prepare(&context).await.unwrap();
    let signed = one.key_in_use(&context).await.unwrap().sign("a text");
    let again = other.key_in_use(&context).await.unwrap().sign("a text");
    assert_eq!(signed, again);
    let listed = list_signing_keys(&context).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].id, signed.key_id);
    assert_eq!(
        listed[0].private_key, None,
        "nobody is shown the private part"
    );
}

#[tokio::test]
async fn a_rotated_key_stays_listed_signs_no_more_and_its_private_part_is_gone() {
    let (context, clock) = world();
    let signer = Signer::default();
    signer.prepare(&context).await.unwrap();
    let old = id_in_use(&context, &signer).await;
    clock.advance(Duration::from_hours(1));
    let refused = rotate_signing_key(&context, &origin(Actor::Anonymous)).await;
    assert!(
        matches!(refused, Err(RotateError::NotAllowed(_))),
        "{refused:?}"
    );
    let new = rotate_signing_key(&context, &origin(Actor::CommandLine))
        .await
        .unwrap();
    assert_ne!(new.id, old);
    assert_eq!(
        id_in_use(&context, &signer).await,
        new.id,
        "from the next request on"
    );
    let listed = list_signing_keys(&context).await.unwrap();
    let shown: Vec<_> = listed
        .iter()
        .map(|key| (key.id.as_str(), key.retired_at.map(|at| at.to_string())))
        .collect();
    let retired = Some("2026-01-01T01:00:00Z".to_owned());
    assert_eq!(shown, [(new.id.as_str(), None), (old.as_str(), retired)]);
    let query = AuditQuery {
        action: Some("signing-key.use".to_owned()),
        limit: 10,
        ..AuditQuery::default()
    };
    let events = context.catalog.audit_events(&query).await.unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].details["retired"], old);
}

#[tokio::test]
async fn a_key_in_a_file_takes_over_and_is_rotated_there() {
    let (context, _clock) = world();
    let without = Signer::default();
    without.prepare(&context).await.unwrap();
    let made = id_in_use(&context, &without).await;
    let (first, second) = (from_file(1), from_file(2));
    first.prepare(&context).await.unwrap();
    let of_first = id_in_use(&context, &first).await;
    assert_ne!(of_first, made);
    let elsewhere = without.key_in_use(&context).await;
    assert!(
        matches!(&elsewhere, Err(SignerError::InOtherFile { id }) if *id == of_first),
        "{elsewhere:?}"
    );
    let refused = rotate_signing_key(&context, &origin(Actor::CommandLine)).await;
    assert!(matches!(refused, Err(RotateError::InFile)), "{refused:?}");

    second.prepare(&context).await.unwrap();
    first.prepare(&context).await.unwrap();
    assert_eq!(
        id_in_use(&context, &first).await,
        of_first,
        "a file may come back"
    );
    assert_eq!(list_signing_keys(&context).await.unwrap().len(), 3);

    without.prepare(&context).await.unwrap();
    let fresh = id_in_use(&context, &without).await;
    assert!(
        ![made, of_first].contains(&fresh),
        "no file, and no old key comes back"
    );
}
