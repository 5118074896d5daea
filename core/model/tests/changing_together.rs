//! Stories of several things that happen together or not at all, against a registry in memory.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::sync::Arc;

use cellier_model::access::Actor;
use cellier_model::audit::{AuditQuery, Origin};
use cellier_model::change::{Change, ChangeError, Verb};
use cellier_model::publish::{
    Claims, Conflict, Done, Door, Expected, PublishError, PublishRequest, Published, Step, perform,
};
use cellier_model::testing::{FakeFormats, MemoryBlobs, context, fake_format};
use cellier_model::{Artefact, Context, FileName, FormatId, Notice, Release, Tag, Variant};
use cellier_sdk::{Descriptor, Inspection, OrderKey, ReadAtExt as _, Versioning};

/// Books have versions of any name and take further files; notes are counted and sealed.
fn formats() -> FakeFormats {
    let book = Descriptor::new("book", "1")
        .versioning(Versioning::Opaque)
        .category("book")
        .open();
    let note = Descriptor::new("note", "1").category("note");
    FakeFormats::default()
        .with(fake_format(book), |upload, content| {
            // What a page says of its version is its first word, if it says anything.
            let text = String::from_utf8(content.read_head(100)?).unwrap_or_default();
            let in_content = text.strip_prefix("version ").map(str::to_owned);
            let version = in_content
                .or_else(|| upload.version.clone())
                .unwrap_or_default();
            let order = OrderKey::new(version.as_str()).map_err(std::io::Error::other)?;
            Ok(Inspection::new()
                .version(version)
                .order(order)
                .metadata("by", "the content"))
        })
        .with(fake_format(note), |_, _| Ok(Inspection::new()))
}

struct Registry {
    context: Context,
    blobs: Arc<MemoryBlobs>,
    origin: Origin,
}

impl Registry {
    fn new() -> Self {
        let blobs = Arc::new(MemoryBlobs::default());
        let context = Context {
            blobs: Arc::<MemoryBlobs>::clone(&blobs),
            ..context(formats())
        };
        let origin = Origin {
            actor: Actor::CommandLine,
            address: None,
        };
        Self {
            context,
            blobs,
            origin,
        }
    }

    fn file(&self, format: &str, name: &str, bytes: &str, claims: Claims) -> PublishRequest {
        PublishRequest {
            origin: self.origin.clone(),
            door: Door::Format(FormatId::new(format)),
            name: name.to_owned(),
            claims,
            staged: MemoryBlobs::staged(bytes.as_bytes()),
        }
    }

    fn page(&self, version: &str, file: &str, bytes: &str) -> PublishRequest {
        let claims = Claims {
            version: Some(version.to_owned()),
            file_name: Some(FileName::parse(file).unwrap()),
            ..Claims::default()
        };
        self.file("book", "emma", bytes, claims)
    }

    async fn perform(&self, steps: Vec<Step>) -> Result<Vec<Done>, PublishError> {
        perform(&self.context, &self.origin, &steps).await
    }

    async fn artefact(&self, format: &str, name: &str) -> Option<Artefact> {
        let format = FormatId::new(format);
        self.context.catalog.artefact(&format, name).await.unwrap()
    }

    async fn release(&self, version: &str) -> Option<Release> {
        let artefact = self.artefact("book", "emma").await?;
        self.context
            .catalog
            .release(artefact.id, version)
            .await
            .unwrap()
    }

    async fn audited(&self) -> Vec<String> {
        let query = AuditQuery {
            limit: 100,
            ..AuditQuery::default()
        };
        let events = self.context.catalog.audit_events(&query).await.unwrap();
        events.into_iter().rev().map(|event| event.action).collect()
    }
}

fn emma(verb: Verb) -> Step {
    Step::Change(Change {
        format: FormatId::new("book"),
        name: "emma".to_owned(),
        verb,
    })
}

fn tag(tag: &str, version: &str) -> Step {
    emma(Verb::SetTag {
        tag: Tag::parse(tag).unwrap(),
        version: version.to_owned(),
    })
}

fn published(done: &Done) -> &Published {
    match done {
        Done::Published(published) => published,
        Done::Changed => panic!("nothing was published"),
    }
}

#[tokio::test]
async fn a_later_step_sees_what_an_earlier_one_has_made() {
    let registry = Registry::new();
    let steps = vec![
        Step::Publish(vec![registry.page("draft", "1.txt", "one")]),
        tag("best", "draft"),
        emma(Verb::Deprecate {
            versions: vec!["draft".to_owned()],
            notice: Some(Notice::parse("wait for the print").unwrap()),
        }),
    ];
    assert_eq!(registry.perform(steps).await.unwrap().len(), 3);
    let emma = registry.artefact("book", "emma").await.unwrap();
    let tags = registry.context.catalog.tags(emma.id).await.unwrap();
    assert_eq!(tags[0].0.as_str(), "best");
    let release = registry.release("draft").await.unwrap();
    assert_eq!(
        release.version.deprecated.as_deref(),
        Some("wait for the print")
    );
    assert_eq!(
        registry.audited().await,
        ["version.publish", "tag.set", "version.deprecate"]
    );
}

#[tokio::test]
async fn where_the_last_step_is_refused_nothing_has_happened() {
    let registry = Registry::new();
    let steps = vec![
        Step::Publish(vec![registry.page("draft", "1.txt", "one")]),
        tag("best", "print"),
    ];
    let refused = registry.perform(steps).await.unwrap_err();
    assert!(
        matches!(
            refused,
            PublishError::Change(ChangeError::NoSuchVersion { .. })
        ),
        "{refused}"
    );
    assert!(registry.artefact("book", "emma").await.is_none());
    assert_eq!(registry.blobs.count(), 0, "the bytes are gone as well");
    assert_eq!(registry.audited().await, [""; 0]);
}

#[tokio::test]
async fn several_files_go_into_one_version_and_more_may_follow() {
    let registry = Registry::new();
    let files = vec![
        registry.page("print", "1.txt", "one"),
        registry.page("print", "2.txt", "two"),
    ];
    let done = registry.perform(vec![Step::Publish(files)]).await.unwrap();
    let first = published(&done[0]);
    assert_eq!((first.release.files.len(), first.already_there), (2, false));

    let more = vec![
        registry.page("print", "2.txt", "two"),
        registry.page("print", "3.txt", "three"),
    ];
    let done = registry.perform(vec![Step::Publish(more)]).await.unwrap();
    assert!(!published(&done[0]).already_there, "one of them is new");
    assert_eq!(registry.release("print").await.unwrap().files.len(), 3);
    assert_eq!(registry.blobs.count(), 3);

    let again = vec![registry.page("print", "1.txt", "one")];
    let done = registry.perform(vec![Step::Publish(again)]).await.unwrap();
    assert!(published(&done[0]).already_there);
}

#[tokio::test]
async fn of_several_files_none_is_published_if_one_is_in_the_way() {
    let registry = Registry::new();
    let one = vec![registry.page("print", "1.txt", "one")];
    registry.perform(vec![Step::Publish(one)]).await.unwrap();
    let files = vec![
        registry.page("print", "2.txt", "two"),
        registry.page("print", "1.txt", "another one"),
    ];
    let refused = registry
        .perform(vec![Step::Publish(files)])
        .await
        .unwrap_err();
    assert!(
        matches!(refused, PublishError::Conflict(Conflict::OtherBytes { .. })),
        "{refused}"
    );
    assert_eq!(registry.release("print").await.unwrap().files.len(), 1);
    assert_eq!(registry.blobs.count(), 1);
}

#[tokio::test]
async fn files_that_say_different_versions_of_themselves_do_not_become_one() {
    let registry = Registry::new();
    let say = |bytes| registry.file("book", "emma", bytes, Claims::default());
    let files = vec![say("version one"), say("version two")];
    let refused = registry
        .perform(vec![Step::Publish(files)])
        .await
        .unwrap_err();
    assert!(
        matches!(refused, PublishError::VersionMismatch { .. }),
        "{refused}"
    );
    assert!(registry.artefact("book", "emma").await.is_none());
}

#[tokio::test]
async fn files_of_a_counted_format_share_the_next_revision() {
    let registry = Registry::new();
    let note = |architecture: &str, bytes: &str| {
        let claims = Claims {
            variant: Some(Variant::parse(architecture).unwrap()),
            ..Claims::default()
        };
        registry.file("note", "todo", bytes, claims)
    };
    for revision in ["1", "2"] {
        let files = vec![
            note("paper", &format!("paper {revision}")),
            note("screen", &format!("screen {revision}")),
        ];
        let done = registry.perform(vec![Step::Publish(files)]).await.unwrap();
        let release = &published(&done[0]).release;
        assert_eq!(release.version.version.as_str(), revision);
        assert_eq!(release.files.len(), 2);
    }
}

#[tokio::test]
async fn what_a_client_says_beside_a_file_is_kept_where_the_file_says_nothing() {
    let registry = Registry::new();
    let mut page = registry.page("print", "1.txt", "one");
    page.claims
        .metadata
        .insert("by".to_owned(), "the client".into());
    page.claims.metadata.insert("pages".to_owned(), 474.into());
    registry
        .perform(vec![Step::Publish(vec![page])])
        .await
        .unwrap();
    let release = registry.release("print").await.unwrap();
    let metadata = &release.files[0].details.metadata;
    assert_eq!(
        (&metadata["by"], &metadata["pages"]),
        (&"the content".into(), &474.into())
    );
}

#[tokio::test]
async fn more_metadata_than_is_kept_is_refused() {
    let registry = Registry::new();
    let mut page = registry.page("print", "1.txt", "one");
    let long = "x".repeat(Inspection::METADATA_LIMIT);
    page.claims.metadata.insert("long".to_owned(), long.into());
    let refused = registry
        .perform(vec![Step::Publish(vec![page])])
        .await
        .unwrap_err();
    assert!(
        matches!(refused, PublishError::TooMuchMetadata { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn lists_that_race_for_one_version_are_whole_or_nothing() {
    let registry = Arc::new(Registry::new());
    let racers: Vec<_> = (0..8)
        .map(|racer| {
            let registry = Arc::clone(&registry);
            tokio::spawn(async move {
                let page = registry.page("print", "1.txt", &format!("by {racer}"));
                let best = tag(&format!("by-{racer}"), "print");
                registry
                    .perform(vec![Step::Publish(vec![page]), best])
                    .await
            })
        })
        .collect();
    let mut winners = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(_) => winners += 1,
            Err(error) => assert!(matches!(error, PublishError::Conflict(_)), "{error}"),
        }
    }
    assert_eq!(winners, 1);
    let emma = registry.artefact("book", "emma").await.unwrap();
    assert_eq!(
        registry.context.catalog.tags(emma.id).await.unwrap().len(),
        1
    );
    assert_eq!(registry.blobs.count(), 1);
}

#[tokio::test]
async fn who_may_not_make_one_of_the_changes_makes_none() {
    let registry = Registry::new();
    let page = vec![registry.page("print", "1.txt", "one")];
    registry.perform(vec![Step::Publish(page)]).await.unwrap();
    let nobody = Origin {
        actor: Actor::Anonymous,
        address: None,
    };
    let steps = [emma(Verb::Delete)];
    let refused = perform(&registry.context, &nobody, &steps)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, PublishError::Change(ChangeError::Find(_))),
        "{refused}"
    );
    let steps = vec![
        emma(Verb::Yank {
            version: "print".to_owned(),
        }),
        emma(Verb::Delete),
        tag("best", "print"),
    ];
    let refused = registry.perform(steps).await.unwrap_err();
    assert!(
        matches!(refused, PublishError::Change(ChangeError::Find(_))),
        "{refused}"
    );
    let release = registry.release("print").await.unwrap();
    assert_eq!(release.version.yanked_at, None);
}

fn expect(name: &str, revision: u64) -> Step {
    Step::Expect(Expected {
        format: FormatId::new("book"),
        name: name.to_owned(),
        revision,
    })
}

#[tokio::test]
async fn what_was_expected_goes_on_and_what_has_changed_since_is_refused() {
    let registry = Registry::new();
    let first = Step::Publish(vec![registry.page("draft", "1.txt", "one")]);
    let done = registry.perform(vec![expect("emma", 0), first]).await;
    assert_eq!(done.unwrap().len(), 2);
    let revision = registry.artefact("book", "emma").await.unwrap().revision;

    // Wherever the expectation stands, it is about how things were before.
    registry
        .perform(vec![tag("best", "draft"), expect("Emma", revision)])
        .await
        .unwrap();
    let late = registry
        .perform(vec![tag("good", "draft"), expect("emma", revision)])
        .await;
    let Err(PublishError::Outdated { seen, now, .. }) = late else {
        panic!("{late:?}");
    };
    assert_eq!((seen, now), (revision, revision + 1));
    let emma = registry.artefact("book", "emma").await.unwrap();
    let tags = registry.context.catalog.tags(emma.id).await.unwrap();
    assert_eq!(tags.len(), 1, "nothing of the late request has happened");
    assert_eq!(
        registry.audited().await,
        ["version.publish", "tag.set"],
        "and an expectation is no event"
    );
}

#[tokio::test]
async fn what_is_expected_not_to_be_there_is_none_that_is_deleted_or_unknown() {
    let registry = Registry::new();
    registry.perform(vec![expect("emma", 0)]).await.unwrap();
    let there = registry.perform(vec![expect("emma", 1)]).await;
    assert!(matches!(there, Err(PublishError::Outdated { now: 0, .. })));
    let page = Step::Publish(vec![registry.page("draft", "1.txt", "one")]);
    registry
        .perform(vec![page, emma(Verb::Delete)])
        .await
        .unwrap();
    registry.perform(vec![expect("emma", 0)]).await.unwrap();
}

#[tokio::test]
async fn many_versions_are_deprecated_as_one_change_with_an_event_for_each() {
    let registry = Registry::new();
    for version in ["a", "b", "c"] {
        let page = registry.page(version, "1.txt", version);
        registry
            .perform(vec![Step::Publish(vec![page])])
            .await
            .unwrap();
    }
    let deprecate = |versions: &[&str], notice: Option<&str>| {
        emma(Verb::Deprecate {
            versions: versions.iter().map(|text| (*text).to_owned()).collect(),
            notice: notice.map(|notice| Notice::parse(notice).unwrap()),
        })
    };
    let before = registry.artefact("book", "emma").await.unwrap().revision;
    let both = deprecate(&["a", "b", "a"], Some("read c"));
    registry.perform(vec![both]).await.unwrap();
    let after = registry.artefact("book", "emma").await.unwrap().revision;
    assert_eq!(after, before + 1);
    let audited = async |wanted: &str| {
        let events = registry.audited().await;
        events.iter().filter(|action| *action == wanted).count()
    };
    assert_eq!(audited("version.deprecate").await, 2);

    let one_is_missing = deprecate(&["c", "d"], Some("read e"));
    registry.perform(vec![one_is_missing]).await.unwrap_err();
    let c = registry.release("c").await.unwrap();
    assert_eq!(c.version.deprecated, None);
    registry
        .perform(vec![deprecate(&["a", "c"], None)])
        .await
        .unwrap();
    assert_eq!(audited("version.undeprecate").await, 1);
}
