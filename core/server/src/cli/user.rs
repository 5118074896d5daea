//! `cellier user`

use std::io::Write as _;

use cellier_model::access::Actor;
use cellier_model::accounts::{
    Account, AccountError, AccountName, EditAccount, EditGrant, Granted, NewPassword, NewUser,
    account_named, create_user, edit_account, edit_grant, grant_access, list_accounts,
    set_password, withdraw_grant,
};
use cellier_model::audit::Origin;
use cellier_model::keys::{NamePattern, Scope};
use cellier_model::sessions::SignIn;
use cellier_model::{Context, FormatId};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::typed_password::new_password;
use crate::cli::{CliError, output};
use crate::compose::compose;
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
    Grant(GrantArgs),
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

#[derive(Debug, Args)]
struct GrantArgs {
    /// The user or organization.
    name: String,
    /// May download artefacts of this name, or of names that start so if it ends in *, as far as it may see them.
    #[arg(long, value_name = "PATTERN")]
    download: Vec<String>,
    /// May publish artefacts of this name, or of names that start so if it ends in *.
    #[arg(long, value_name = "PATTERN")]
    publish: Vec<String>,
    /// Only of this format.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Only of this category.
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    /// Take the grant away.
    #[arg(long, conflicts_with_all = ["download", "publish", "format", "category"])]
    withdraw: bool,
}

pub(super) async fn run(config: &Config, args: UserArgs) -> Result<(), CliError> {
    let context = compose(config).await?.context;
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
        UserCommand::List { json } => list(&context, &origin, json).await,
        UserCommand::SetPassword {
            name,
            password_stdin,
        } => change_password(&context, &origin, &name, password_stdin).await,
        UserCommand::Grant(args) => grant(&context, &origin, args).await,
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

async fn list(context: &Context, origin: &Origin, as_json: bool) -> Result<(), CliError> {
    let mut accounts: Vec<Account> = Vec::new();
    loop {
        let after = accounts.last().map(|last| last.name.to_string());
        let page = list_accounts(context, origin, None, after, 100)
            .await
            .map_err(|error| refused("list the accounts", error))?;
        let is_last = page.len() < 100;
        accounts.extend(page);
        if is_last {
            break;
        }
    }
    if as_json {
        return output::json(&accounts.iter().map(describe).collect::<Vec<_>>());
    }
    let rows: Vec<_> = accounts
        .iter()
        .map(|account| {
            let rights = if account.superadmin {
                "superadmin"
            } else {
                "-"
            };
            let state = if account.is_active() {
                "active"
            } else {
                "disabled"
            };
            [
                account.name.to_string(),
                account.kind.as_str().to_owned(),
                rights.to_owned(),
                state.to_owned(),
                account.created_at.to_string(),
            ]
        })
        .collect();
    output::table(["NAME", "TYPE", "RIGHTS", "STATE", "CREATED"], &rows)
}

fn describe(account: &Account) -> serde_json::Value {
    json!({
        "name": account.name,
        "type": account.kind,
        "superadmin": account.superadmin,
        "disabled": account.disabled_at.is_some(),
        "createdAt": account.created_at,
    })
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
        "set the password of {name}; all sessions have ended"
    ));
    Ok(())
}

async fn grant(context: &Context, origin: &Origin, args: GrantArgs) -> Result<(), CliError> {
    let failed = |error| refused("grant it", error);
    let account = account_named(context, origin, &args.name)
        .await
        .map_err(failed)?;
    let current = context.catalog.grant_of(&args.name).await;
    let current = current.map_err(|error| CliError::failed("read the grant", error))?;
    if args.withdraw {
        let Some(current) = current else {
            return Err(CliError::Refused(format!("{} has no grant", args.name)));
        };
        withdraw_grant(context, origin, current.id)
            .await
            .map_err(failed)?;
        tell(&format!("took the grant of {} away", args.name));
        return Ok(());
    }
    if args.download.is_empty() && args.publish.is_empty() {
        let told =
            "say what is granted with --download PATTERN or --publish PATTERN, or --withdraw";
        return Err(CliError::Usage(told.to_owned()));
    }
    let (download, publish) = (
        scopes(&args, &args.download)?,
        scopes(&args, &args.publish)?,
    );
    match current {
        None => {
            let granted = Granted { download, publish };
            grant_access(context, origin, &account.reference(), granted).await
        }
        Some(current) => {
            let edit = EditGrant {
                download: Some(download),
                publish: Some(publish),
            };
            edit_grant(context, origin, current.id, edit).await
        }
    }
    .map_err(failed)?;
    tell(&format!(
        "granted it to the {} {}",
        account.kind.as_str(),
        args.name
    ));
    Ok(())
}

fn scopes(args: &GrantArgs, patterns: &[String]) -> Result<Vec<Scope>, CliError> {
    let scope = |pattern: &String| {
        let name = NamePattern::parse(pattern);
        Ok(Scope {
            name: Some(name.map_err(|error| CliError::Usage(error.to_string()))?),
            format: args.format.clone().map(FormatId::new),
            category: args.category.clone(),
        })
    };
    patterns.iter().map(scope).collect()
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
