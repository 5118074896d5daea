//! `cellier key`

use std::io::Write as _;

use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::keys::{
    ApiKey, CreateKey, CreateKeyError, KeyType, NamePattern, RevokeKeyError, Scope, create_key,
    list_keys, revoke_key,
};
use cellier_model::{Context, FormatId};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{CliError, output};
use crate::compose::{compose_as_it_is, compose_for_first_use};
use crate::config::{Config, Period};

/// Make, list and revoke API keys; works beside a running server.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cellier key create --name ci-widget --type upload --allowed-name '@acme/widget' --expires 90d\n  \
                        cellier key list\n  cellier key revoke 0197a5c0-…"
)]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make a key; its text alone goes to standard output, this once and never again.
    Create(CreateArgs),
    /// List the keys that are not revoked.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key: it is dead at once.
    Revoke {
        /// Its id, as `key list` shows it.
        id: String,
    },
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// What it is called: say which pipeline it is for.
    #[arg(long)]
    name: String,
    /// upload (publishes within its scope), read, or admin (may do everything).
    #[arg(long = "type", value_name = "TYPE")]
    kind: KeyType,
    /// Only artefacts of this name, or of names that start so if it ends in *.
    #[arg(long, value_name = "PATTERN")]
    allowed_name: Option<String>,
    /// Only artefacts of this category.
    #[arg(long, value_name = "CATEGORY")]
    allowed_category: Option<String>,
    /// Only artefacts of this format.
    #[arg(long, value_name = "FORMAT")]
    allowed_format: Option<String>,
    /// How long it works, such as 90d or 12h; for ever if not said.
    #[arg(long, value_name = "PERIOD")]
    expires: Option<String>,
}

pub(super) async fn run(config: &Config, args: KeyArgs) -> Result<(), CliError> {
    let parts = if matches!(args.command, KeyCommand::Create(_)) {
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
        KeyCommand::Create(args) => create(&context, &origin, args).await,
        KeyCommand::List { json } => list(&context, &origin, json).await,
        KeyCommand::Revoke { id } => revoke(&context, &origin, &id).await,
    }
}

async fn create(context: &Context, origin: &Origin, args: CreateArgs) -> Result<(), CliError> {
    let expires = args.expires.as_deref().map(|text| {
        text.parse::<Period>().map_err(|_not_a_period| {
            CliError::Usage(format!(
                "--expires {text}: write a period such as 90d or 12h"
            ))
        })
    });
    let name = args
        .allowed_name
        .as_deref()
        .map(NamePattern::parse)
        .transpose();
    let wanted = CreateKey {
        name: args.name,
        kind: args.kind,
        owner: None,
        scope: Scope {
            name: name.map_err(|error| CliError::Usage(format!("--allowed-name: {error}")))?,
            category: args.allowed_category,
            format: args.allowed_format.map(FormatId::new),
        },
        expires_at: expires
            .transpose()?
            .map(|period| context.clock.now().plus(period.0)),
    };
    let created = create_key(context, origin, wanted)
        .await
        .map_err(|error| match error {
            CreateKeyError::Catalog(error) => CliError::failed("make the key", error),
            refusal => CliError::Refused(refusal.to_string()),
        })?;
    output::line(created.token.reveal())?;
    let key = created.key;
    let told = format!(
        "made the {} key {} (id {}); its text above is shown this once",
        key.kind, key.name, key.id
    );
    let _ = writeln!(std::io::stderr(), "{told}");
    Ok(())
}

async fn list(context: &Context, origin: &Origin, as_json: bool) -> Result<(), CliError> {
    let mut keys: Vec<ApiKey> = Vec::new();
    loop {
        let page = list_keys(context, origin, keys.last().map(|key| key.id), 100)
            .await
            .map_err(list_failed)?;
        let is_last = page.len() < 100;
        keys.extend(page);
        if is_last {
            break;
        }
    }
    if as_json {
        return output::json(&keys.iter().map(describe).collect::<Vec<_>>());
    }
    let text = |time: Option<cellier_model::Timestamp>| {
        time.map_or_else(|| "-".to_owned(), |time| time.to_string())
    };
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            let id = key.id.to_string();
            [
                id,
                key.short_id.clone(),
                key.kind.to_string(),
                key.name.clone(),
                text(key.expires_at),
                text(key.last_used_at),
            ]
        })
        .collect();
    output::table(
        ["ID", "SHORT", "TYPE", "NAME", "EXPIRES", "LAST USED"],
        &rows,
    )
}

fn describe(key: &ApiKey) -> serde_json::Value {
    json!({
        "id": key.id.to_string(),
        "shortId": key.short_id,
        "type": key.kind,
        "owner": key.owner,
        "name": key.name,
        "allowedName": key.scope.name.as_ref().map(NamePattern::as_str),
        "allowedCategory": key.scope.category,
        "allowedFormat": key.scope.format,
        "createdAt": key.created_at,
        "expiresAt": key.expires_at,
        "lastUsedAt": key.last_used_at,
    })
}

async fn revoke(context: &Context, origin: &Origin, id: &str) -> Result<(), CliError> {
    let id = id.parse().map_err(|error| {
        CliError::Usage(format!("{id}: {error}; `cellier key list` shows the ids"))
    })?;
    revoke_key(context, origin, id).await.map_err(list_failed)?;
    let _ = writeln!(std::io::stderr(), "revoked the key {id}");
    Ok(())
}

fn list_failed(error: RevokeKeyError) -> CliError {
    match error {
        RevokeKeyError::Catalog(error) => CliError::failed("reach the keys", error),
        refusal => CliError::Refused(refusal.to_string()),
    }
}
