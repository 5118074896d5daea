//! From the changes that a format speaks of to steps that the core performs.

use cellier_model::change::{Change as ModelChange, EditArtefact, Verb};
use cellier_model::ports::FormatInfo;
use cellier_model::publish::{Claims, Door, Expected, PublishRequest, Step, may_begin};
use cellier_model::{
    AccountKind, AccountRef, FileName, InvalidText, Notice, StagedBlob, Tag, Variant,
};
use cellier_sdk::{Change, NewFile};

use super::broken;
use super::payload::{check_digests, cut_out, size_of};
use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::state::AppState;

/// Most accounts that are looked up for one change; an artefact may name fewer.
const MOST_ACCOUNTS: usize = 1000;

/// Most versions that one change deprecates.
const MOST_VERSIONS: usize = 10_000;

/// Makes steps of changes.
pub(super) struct Steps<'a> {
    state: &'a AppState,
    caller: &'a Caller,
    format: &'a FormatInfo,
    body: &'a StagedBlob,
}

impl<'a> Steps<'a> {
    pub(super) fn new(
        state: &'a AppState,
        caller: &'a Caller,
        format: &'a FormatInfo,
        body: &'a StagedBlob,
    ) -> Self {
        Self {
            state,
            caller,
            format,
            body,
        }
    }

    pub(super) async fn of(&self, changes: Vec<Change>) -> Result<Vec<Step>, Problem> {
        self.check_before_copying(&changes)?;
        let mut steps = Vec::new();
        for change in changes {
            steps.push(self.step(change).await?);
        }
        Ok(steps)
    }

    /// Who may not publish has nothing copied; and what is copied of a body is no more than the body.
    fn check_before_copying(&self, changes: &[Change]) -> Result<(), Problem> {
        let door = Door::Format(self.format.id.clone());
        let mut copied: u64 = 0;
        for change in changes {
            if let Change::Publish { name, files, .. } = change {
                may_begin(&self.state.context, self.caller.actor(), &door, name)?;
                for file in files {
                    copied = copied.saturating_add(size_of(&file.payload));
                }
            }
        }
        if copied > self.body.size() {
            let problem = format!("it takes {copied} bytes of a body of {}", self.body.size());
            return Err(broken(self.format, problem));
        }
        Ok(())
    }

    async fn step(&self, change: Change) -> Result<Step, Problem> {
        let (name, verb) = match change {
            Change::Publish {
                name,
                version,
                files,
                tags,
            } => return self.publish(name, version, files, tags).await,
            Change::Tag { name, tag, version } => {
                let tag = parse(Tag::parse(&tag))?;
                (name, Verb::SetTag { tag, version })
            }
            Change::Untag { name, tag } => {
                let tag = parse(Tag::parse(&tag))?;
                (name, Verb::RemoveTag { tag })
            }
            Change::Deprecate {
                name,
                versions,
                message,
            } => {
                if versions.len() > MOST_VERSIONS {
                    let problem = format!("it deprecates {} versions at once", versions.len());
                    return Err(broken(self.format, problem));
                }
                let notice = message.as_deref().map(Notice::parse);
                let notice = parse(notice.transpose())?;
                (name, Verb::Deprecate { versions, notice })
            }
            Change::Yank {
                name,
                version,
                yanked: true,
            } => (name, Verb::Yank { version }),
            Change::Yank { name, version, .. } => (name, Verb::Restore { version }),
            Change::Unpublish {
                name,
                version: Some(version),
            } => (name, Verb::DeleteVersion { version }),
            Change::Unpublish { name, .. } => (name, Verb::Delete),
            Change::SetMetadata {
                name,
                title,
                description,
            } => {
                let edit = EditArtefact {
                    title,
                    description,
                    ..EditArtefact::default()
                };
                (name, Verb::Edit(edit))
            }
            Change::SetAccess { name, public } => {
                let edit = EditArtefact {
                    public: Some(public),
                    ..EditArtefact::default()
                };
                (name, Verb::Edit(edit))
            }
            Change::SetOwners { name, owners } => {
                let owners = self.accounts(&owners).await?;
                (name, Verb::SetOwners { owners })
            }
            Change::Expect { name, revision } => {
                let format = self.format.id.clone();
                return Ok(Step::Expect(Expected {
                    format,
                    name,
                    revision,
                }));
            }
            _ => return Err(not_yet("this change")),
        };
        let format = self.format.id.clone();
        Ok(Step::Change(ModelChange { format, name, verb }))
    }

    /// The accounts of these names. One that is not there is left for the change itself to refuse: whether it is shows to
    /// those alone who may make the change.
    async fn accounts(&self, names: &[String]) -> Result<Vec<AccountRef>, Problem> {
        if names.len() > MOST_ACCOUNTS {
            let problem = format!("it names {} accounts", names.len());
            return Err(broken(self.format, problem));
        }
        let mut accounts = Vec::new();
        for name in names {
            let found = self.state.context.catalog.account(name).await?;
            let kind = found.map_or(AccountKind::User, |account| account.kind);
            let id = name.clone();
            accounts.push(AccountRef { kind, id });
        }
        Ok(accounts)
    }

    async fn publish(
        &self,
        name: String,
        version: Option<String>,
        files: Vec<NewFile>,
        tags: Vec<String>,
    ) -> Result<Step, Problem> {
        if files.is_empty() {
            return Err(broken(self.format, "it publishes nothing".to_owned()));
        }
        let tags = tags.iter().map(|tag| Tag::parse(tag));
        let tags: Vec<_> = parse(tags.collect())?;
        let mut requests = Vec::new();
        for file in files {
            let variant = file.variant.as_deref().map(Variant::parse);
            let claims = Claims {
                version: version.clone(),
                variant: parse(variant.transpose())?,
                tags: tags.clone(),
                file_name: Some(parse(FileName::parse(&file.name))?),
                metadata: file.metadata.clone(),
                in_protocol: file.claims.clone(),
                ..Claims::default()
            };
            let staged = cut_out(self.state, self.format, self.body, &file).await?;
            check_digests(self.state, &staged, &file).await?;
            requests.push(PublishRequest {
                origin: self.caller.0.clone(),
                door: Door::Format(self.format.id.clone()),
                name: name.clone(),
                claims,
                staged,
            });
        }
        Ok(Step::Publish(requests))
    }
}

fn parse<T>(parsed: Result<T, InvalidText>) -> Result<T, Problem> {
    parsed.map_err(|error| Problem::bad_request("bad_text", error.to_string()))
}

fn not_yet(what: &str) -> Problem {
    let status = axum::http::StatusCode::NOT_IMPLEMENTED;
    let detail = format!("this server does not have {what} yet");
    Problem::new(status, "not_implemented", detail)
}
