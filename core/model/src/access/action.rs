//! What somebody may want to do.

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// List what may be seen. Nothing is seen by that alone: [`visible_to`](crate::access::visible_to) narrows the list.
    List,
    /// See that an artefact exists, and its metadata.
    See,
    /// See of an artefact what is nobody else's business: who may see it and who owns it.
    SeeInternals,
    /// Get its bytes.
    Download,
    /// Publish a version.
    Publish,
    /// Let a tag name a version, or remove a tag.
    Tag,
    /// Yank, restore or deprecate a version.
    Yank,
    /// Say who owns an artefact.
    SetOwners,
    /// Change title, description, category or who may see it.
    Edit,
    /// Delete a version or the whole artefact.
    Delete,
    /// Make, list and revoke keys of anybody.
    ManageKeys,
    /// Make a read key for an account.
    MakeReadKey,
    /// List and revoke the keys of an account.
    UseKeysOf,
    /// Get a token that carries one's own rights.
    IssueToken,
    /// See an account and, of an organization, its members.
    SeeAccount,
    /// Add and remove members of an organization.
    ManageMembers,
    /// Make, change and delete users, organizations and grants.
    ManageAccounts,
    /// See and end one's own sessions, change one's own password.
    ManageSelf,
    /// Read the audit trail.
    ReadAudit,
    /// See how the registry is doing: the space that it takes.
    Operate,
}

impl Action {
    /// Whether it changes nothing about an artefact: who may not do that may still be told to present a credential.
    pub(crate) fn is_reading(self) -> bool {
        matches!(
            self,
            Self::List | Self::See | Self::SeeInternals | Self::Download
        )
    }
}
