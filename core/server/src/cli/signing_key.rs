//! `cellier signing-key`

use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::signing::{
    RotateError, SigningKeyRecord, list_signing_keys, rotate_signing_key,
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{CliError, output};
use crate::compose::compose_as_it_is;
use crate::config::Config;

/// List the keys that sign what formats say, or put a new one into use; works beside a running server.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cellier signing-key list\n  cellier signing-key rotate")]
pub(super) struct SigningKeyArgs {
    #[command(subcommand)]
    command: SigningKeyCommand,
}

#[derive(Debug, Subcommand)]
enum SigningKeyCommand {
    /// List the keys: the one in use, and those that signed before.
    List {
        /// As JSON, with the public keys.
        #[arg(long)]
        json: bool,
    },
    /// Make a new key and put it into use; the one before stays listed, so that its signatures can be checked.
    Rotate,
}

pub(super) async fn run(config: &Config, args: &SigningKeyArgs) -> Result<(), CliError> {
    let context = compose_as_it_is(config).await?.context;
    match args.command {
        SigningKeyCommand::List { json } => {
            let keys = list_signing_keys(&context).await;
            let keys = keys.map_err(|error| CliError::failed("list the keys that sign", error))?;
            list(&keys, json)
        }
        SigningKeyCommand::Rotate => {
            if config.signing.key_file.is_some() {
                return Err(CliError::Refused(RotateError::InFile.to_string()));
            }
            let origin = Origin {
                actor: Actor::CommandLine,
                address: None,
            };
            let new = rotate_signing_key(&context, &origin).await;
            let new = new.map_err(|error| match error {
                error @ RotateError::InFile => CliError::Refused(error.to_string()),
                error => CliError::failed("put a new key into use", error),
            })?;
            output::line(&new.id)
        }
    }
}

fn list(keys: &[SigningKeyRecord], as_json: bool) -> Result<(), CliError> {
    if as_json {
        return output::json(&keys.iter().map(describe).collect::<Vec<_>>());
    }
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            let until = key.retired_at.map(|retired_at| retired_at.to_string());
            [
                key.id.clone(),
                key.created_at.to_string(),
                until.unwrap_or_else(|| "in use".to_owned()),
            ]
        })
        .collect();
    output::table(["KEY", "CREATED", "SIGNED UNTIL"], &rows)
}

fn describe(key: &SigningKeyRecord) -> serde_json::Value {
    json!({
        "keyId": key.id,
        "publicKey": key.public_key,
        "createdAt": key.created_at,
        "expires": key.retired_at,
    })
}
