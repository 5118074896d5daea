//! A registry in memory with people in it.

use std::sync::Arc;
use std::time::Duration;

use cellier_model::access::{Acting, Actor, Through};
use cellier_model::accounts::{
    AccountName, Granted, NewUser, Role, add_member, create_organization, create_user, grant_access,
};
use cellier_model::audit::{AuditEvent, AuditQuery, Origin};
use cellier_model::change::{EditArtefact, edit_artefact};
use cellier_model::keys::{Authenticate, NamePattern, Scope};
use cellier_model::publish::{Claims, Door, PublishError, PublishRequest, Published, publish};
use cellier_model::read::ArtefactAddress;
use cellier_model::sessions::{OpenedSession, SignIn, SignInError, Visitor, open_session};
use cellier_model::testing::{
    FakeClock, FakeFormats, MemoryBlobs, PlainPasswords, context, fake_format,
};
use cellier_model::{AccountRef, Context, FormatId};
use cellier_sdk::{Claim, Descriptor, Inspection, Versioning};

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A registry in memory with people in it.
pub(crate) struct World {
    pub(crate) context: Context,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) passwords: Arc<PlainPasswords>,
    pub(crate) sign_in: SignIn,
    pub(crate) authenticate: Authenticate,
}

impl World {
    pub(crate) fn new() -> Self {
        let file = Descriptor::new("file", "1")
            .versioning(Versioning::Opaque)
            .category("other")
            .category("map")
            .claim(Claim::anything());
        let formats = FakeFormats::default().with(fake_format(file), |_, _| Ok(Inspection::new()));
        let clock = Arc::new(FakeClock::at("2026-01-01T00:00:00Z"));
        let passwords = Arc::new(PlainPasswords::default());
        let context = Context {
            clock: Arc::<FakeClock>::clone(&clock),
            passwords: Arc::<PlainPasswords>::clone(&passwords),
            ..context(formats)
        };
        Self {
            context,
            clock,
            passwords,
            sign_in: SignIn::default(),
            authenticate: Authenticate::default(),
        }
    }

    /// With users; the first is a superadmin called root.
    pub(crate) async fn with(names: &[&str]) -> Self {
        let world = Self::new();
        world.user("root", true).await;
        for name in names {
            world.user(name, false).await;
        }
        world
    }

    pub(crate) async fn user(&self, name: &str, superadmin: bool) {
        let wanted = NewUser {
            name: name.to_owned(),
            password: Some(PASSWORD.to_owned()),
            superadmin,
        };
        create_user(&self.context, &terminal(), wanted)
            .await
            .unwrap();
    }

    pub(crate) async fn organization(&self, organization: &str, members: &[(&str, Role)]) {
        create_organization(&self.context, &terminal(), organization, None)
            .await
            .unwrap();
        for (user, role) in members {
            add_member(
                &self.context,
                &terminal(),
                &name(organization),
                &name(user),
                *role,
            )
            .await
            .unwrap();
        }
    }

    /// Grants everything for downloading, and one pattern for publishing.
    pub(crate) async fn grant(&self, account: &AccountRef, publish: Option<&str>) {
        let granted = Granted {
            download: vec![Scope::default()],
            publish: publish.map(pattern).into_iter().collect(),
        };
        grant_access(&self.context, &terminal(), account, granted)
            .await
            .unwrap();
    }

    pub(crate) async fn enter(&self, name: &str, password: &str) -> Result<Acting, SignInError> {
        self.sign_in
            .sign_in(&self.context, &visitor(1), name, password)
            .await
    }

    pub(crate) async fn open_session(&self, name: &str) -> OpenedSession {
        let person = self.enter(name, PASSWORD).await.unwrap();
        open_session(&self.context, &person, &visitor(1), None)
            .await
            .unwrap()
            .unwrap()
    }

    /// Somebody with a session, as a request would bring it.
    pub(crate) async fn session_of(&self, name: &str) -> Origin {
        let opened = self.open_session(name).await;
        self.by_token(opened.token.reveal()).await.unwrap()
    }

    /// What a request with this cookie comes to; `None` if the session does not hold.
    pub(crate) async fn by_token(&self, token: &str) -> Option<Origin> {
        let actor = self
            .authenticate
            .authenticate_session(&self.context, token)
            .await
            .ok()?;
        Some(origin(actor))
    }

    /// What a request with this key comes to; `None` if the key does not work.
    pub(crate) async fn by_key(&self, key: &str) -> Option<Origin> {
        let actor = self
            .authenticate
            .authenticate(&self.context, key)
            .await
            .ok()?;
        Some(origin(actor))
    }

    pub(crate) async fn publish(
        &self,
        origin: &Origin,
        artefact: &str,
        version: &str,
    ) -> Result<Published, PublishError> {
        self.publish_as(origin, artefact, version, "other").await
    }

    pub(crate) async fn publish_as(
        &self,
        origin: &Origin,
        artefact: &str,
        version: &str,
        category: &str,
    ) -> Result<Published, PublishError> {
        let claims = Claims {
            version: Some(version.to_owned()),
            category: Some(category.to_owned()),
            ..Claims::default()
        };
        let request = PublishRequest {
            origin: origin.clone(),
            door: Door::Format(FormatId::new("file")),
            name: artefact.to_owned(),
            claims,
            staged: MemoryBlobs::staged(format!("{artefact} {version}").as_bytes()),
        };
        publish(&self.context, &request).await
    }

    /// Makes an artefact visible.
    pub(crate) async fn show(&self, artefact: &str, to: Vec<AccountRef>) {
        let edit = EditArtefact {
            private_access: Some(to),
            ..EditArtefact::default()
        };
        edit_artefact(&self.context, &terminal(), &address(artefact), edit)
            .await
            .unwrap();
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// What the audit trail says, newest first.
    pub(crate) async fn audit(&self, action: &str) -> Vec<AuditEvent> {
        let query = AuditQuery {
            action: Some(action.to_owned()),
            limit: 100,
            ..AuditQuery::default()
        };
        self.context.catalog.audit_events(&query).await.unwrap()
    }
}

/// Somebody at the terminal of the server.
pub(crate) fn terminal() -> Origin {
    origin(Actor::CommandLine)
}

pub(crate) fn origin(actor: Actor) -> Origin {
    Origin {
        actor,
        address: None,
    }
}

pub(crate) fn visitor(last: u8) -> Visitor {
    Visitor {
        address: Some([192, 0, 2, last].into()),
        user_agent: Some("Browser\n1.0".to_owned()),
    }
}

pub(crate) fn name(text: &str) -> AccountName {
    AccountName::parse(text).unwrap()
}

pub(crate) fn user(text: &str) -> AccountRef {
    AccountRef::user(&name(text))
}

pub(crate) fn organization(text: &str) -> AccountRef {
    AccountRef::organization(&name(text))
}

pub(crate) fn pattern(text: &str) -> Scope {
    Scope {
        name: Some(NamePattern::parse(text).unwrap()),
        ..Scope::default()
    }
}

pub(crate) fn address(artefact: &str) -> ArtefactAddress {
    ArtefactAddress::Exact {
        format: FormatId::new("file"),
        name: artefact.to_owned(),
    }
}

/// How a session is called in what it was opened through.
pub(crate) fn session_id(origin: &Origin) -> cellier_model::Id<cellier_model::sessions::Session> {
    match &origin.actor {
        Actor::Account(acting) => match acting.through {
            Through::Session(id) => id,
            _ => panic!("{acting:?} has no session"),
        },
        other => panic!("{other:?} has no session"),
    }
}
