//! From the changes that a format speaks of to steps that the core performs.

use cellier_model::change::{Change as ModelChange, EditArtefact, Verb};
use cellier_model::ports::FormatInfo;
use cellier_model::publish::{Claims, Door, PublishRequest, Step, may_begin};
use cellier_model::{FileName, InvalidText, Notice, StagedBlob, Tag, Variant};
use cellier_sdk::{Change, NewFile};

use super::broken;
use super::payload::{check_digests, cut_out, size_of};
use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::state::AppState;

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
                version,
                message,
            } => {
                let notice = message.as_deref().map(Notice::parse);
                let notice = parse(notice.transpose())?;
                (name, Verb::Deprecate { version, notice })
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
            Change::SetOwners { .. } => return Err(not_yet("owners of an artefact")),
            Change::SignIn { .. }
            | Change::BeginWebLogin { .. }
            | Change::IssueToken { .. }
            | Change::RevokeToken { .. } => {
                return Err(not_yet("signing in and tokens"));
            }
            _ => return Err(not_yet("this change")),
        };
        let format = self.format.id.clone();
        Ok(Step::Change(ModelChange { format, name, verb }))
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
