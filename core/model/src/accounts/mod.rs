//! People and organizations: who they are, who belongs to whom, what they were granted.

mod account;
mod account_ref;
mod create;
mod delete;
mod edit;
mod error;
mod find;
mod grant;
mod grants;
mod members;
mod name;
mod password;
mod set_password;
mod setup;

pub use self::account::{Account, Member, Person, Role, Standing, UnknownRole};
pub use self::account_ref::UnknownAccountKind;
pub use self::create::{NewUser, create_organization, create_user};
pub use self::delete::delete_account;
pub use self::edit::{EditAccount, edit_account};
pub use self::error::AccountError;
pub use self::find::{account_named, find_account, list_accounts};
pub use self::grant::{AccessGrant, Granted, MOST_SCOPES};
pub use self::grants::{
    EditGrant, edit_grant, find_grant, grant_access, grants_of_caller, list_grants, withdraw_grant,
};
pub use self::members::{add_member, list_members, remove_member};
pub use self::name::AccountName;
pub use self::password::{Password, WeakPassword};
pub use self::set_password::{NewPassword, set_password};
pub use self::setup::{SetupToken, complete_setup, offer_setup, setup_is_offered};
