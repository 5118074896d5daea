//! `cellier user`

mod grant;
mod list;

use std::io::Write as _;

use cellier_model::Context;
use cellier_model::access::Actor;
use cellier_model::accounts::{
    AccountError, AccountName, EditAccount, NewPassword, NewUser, account_named, create_user,
    edit_account, set_password,
};
use cellier_model::audit::Origin;
use cellier_model::sessions::SignIn;
use clap::{Args, Subcommand};

use crate::cli::CliError;
use crate::cli::typed_password::new_password;
use crate::compose::{compose_as_it_is, compose_for_first_use};
use crate::config::Config;

/// Make users, set passwords, give grants; works beside a running server.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cellier user create anna --superadmin\n  \
                        cellier user grant anna --download '*' --publish '@acme/*'\n  cellier user disable anna")]
pub(super) struct UserArgs {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Make a user; the password is asked for twice.
    Create {
        /// 1 to 64 of a-z 0-9 . _ -; it never changes.
        name: String,
        /// May do everything.
        #[arg(long)]
        superadmin: bool,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List users and organizations.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Set the password of a user; all sessions of the user end.
    SetPassword {
        /// The user.
        name: String,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Grant downloads and publishing to a user or an organization; replaces what was granted before.
    Grant(grant::GrantArgs),
    /// Let a user or an organization do nothing until it is enabled again.
    Disable {
        /// Its name.
        name: String,
    },
    /// Undo `disable`.
    Enable {
        /// Its name.
        name: String,
    },
}

pub(super) async fn run(config: &Config, args: UserArgs) -> Result<(), CliError> {
    let parts = if matches!(args.command, UserCommand::Create { .. }) {
        compose_for_first_use(config).await?
    } else {
        compose_as_it_is(config).await?
    };
    let context = parts.context;
    let origin = Origin {
        actor: Actor::CommandLine,
        address: None,
    };
    match args.command {
        UserCommand::Create {
            name,
            superadmin,
            password_stdin,
        } => {
            let password = Some(new_password(password_stdin, &name)?);
            let wanted = NewUser {
                name,
                password,
                superadmin,
            };
            let user = create_user(&context, &origin, wanted).await;
            let user = user.map_err(|error| refused("make the user", error))?;
            let kind = if user.superadmin {
                "superadmin"
            } else {
                "user"
            };
            tell(&format!("made the {kind} {}", user.name));
            Ok(())
        }
        UserCommand::List { json } => list::run(&context, &origin, json).await,
        UserCommand::SetPassword {
            name,
            password_stdin,
        } => change_password(&context, &origin, &name, password_stdin).await,
        UserCommand::Grant(args) => grant::run(&context, &origin, args).await,
        UserCommand::Disable { name } => disable(&context, &origin, &name, true).await,
        UserCommand::Enable { name } => disable(&context, &origin, &name, false).await,
    }
}

fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn refused(doing: &str, error: AccountError) -> CliError {
    match error {
        AccountError::Catalog(error) => CliError::failed(doing, error),
        AccountError::Passwords(error) => CliError::failed(doing, error),
        refusal => CliError::Refused(refusal.to_string()),
    }
}

async fn change_password(
    context: &Context,
    origin: &Origin,
    name: &str,
    from_stdin: bool,
) -> Result<(), CliError> {
    let user = AccountName::parse(name).map_err(|error| CliError::Usage(error.to_string()))?;
    let wanted = NewPassword {
        new: new_password(from_stdin, name)?,
        current: None,
        user,
    };
    set_password(context, &SignIn::default(), origin, wanted)
        .await
        .map_err(|error| refused("set the password", error))?;
    tell(&format!(
        "set the password of {name}; all sessions have ended, and tokens of sign-ins with clients are revoked"
    ));
    Ok(())
}

async fn disable(
    context: &Context,
    origin: &Origin,
    name: &str,
    disabled: bool,
) -> Result<(), CliError> {
    let failed = |error| refused("change the account", error);
    let account = account_named(context, origin, name).await.map_err(failed)?;
    let edit = EditAccount {
        disabled: Some(disabled),
        superadmin: None,
    };
    edit_account(context, origin, &account.reference(), edit)
        .await
        .map_err(failed)?;
    let done = if disabled { "disabled" } else { "enabled" };
    tell(&format!("{done} the {} {name}", account.kind.as_str()));
    Ok(())
}
