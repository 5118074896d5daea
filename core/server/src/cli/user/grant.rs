//! `cellier user grant`

use cellier_model::accounts::{
    EditGrant, Granted, account_named, edit_grant, grant_access, withdraw_grant,
};
use cellier_model::audit::Origin;
use cellier_model::keys::{NamePattern, Scope};
use cellier_model::{Context, FormatId};
use clap::Args;

use crate::cli::CliError;
use crate::cli::user::{refused, tell};

#[derive(Debug, Args)]
pub(super) struct GrantArgs {
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

pub(super) async fn run(
    context: &Context,
    origin: &Origin,
    args: GrantArgs,
) -> Result<(), CliError> {
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
