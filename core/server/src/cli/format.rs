//! `cellier format`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cellier_model::FormatId;
use cellier_model::ports::{FormatInfo, Formats as _, InspectError};
use cellier_sdk::{Finding, Rejection, Settings, Severity, Upload};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{CliError, output};
use crate::config::Config;
use crate::formats::FormatSet;
use crate::local_file::LocalFile;

/// Show the formats of this server, or let one look at a file.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cellier format list\n  cellier format show tileset\n  \
                        cellier format check tileset terrain.mbtiles"
)]
pub(super) struct FormatArgs {
    #[command(subcommand)]
    command: FormatCommand,
}

#[derive(Debug, Subcommand)]
enum FormatCommand {
    /// List the formats.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one format with its settings.
    Show {
        /// Its id.
        id: String,
    },
    /// Let a format look at a file as it would at an upload, and print what it finds; exit code 1 if it refuses.
    Check {
        /// The format's id.
        id: String,
        /// The file.
        file: PathBuf,
        /// The name that it would be published under.
        #[arg(long)]
        name: Option<String>,
        /// The category that would be claimed.
        #[arg(long)]
        category: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, args: FormatArgs) -> Result<(), CliError> {
    let formats =
        FormatSet::new(config).map_err(|error| CliError::failed("set up the formats", error))?;
    match args.command {
        FormatCommand::List { json } => list(&formats, json),
        FormatCommand::Show { id } => output::json(&describe(find(&formats, &id)?)),
        FormatCommand::Check {
            id,
            file,
            name,
            category,
            json,
        } => {
            let format = find(&formats, &id)?;
            let mut upload = Upload::new(name.unwrap_or_else(|| "checked".to_owned()))
                .settings(format.settings.clone());
            upload.category = category;
            upload.file_name = file
                .file_name()
                .and_then(|name| name.to_str())
                .map(str::to_owned);
            check(&formats, &format.id, upload, &file, json).await
        }
    }
}

fn find<'a>(formats: &'a FormatSet, id: &str) -> Result<&'a FormatInfo, CliError> {
    formats.get(id).ok_or_else(|| {
        let known: Vec<_> = formats
            .all()
            .iter()
            .map(|format| format.id.as_str())
            .collect();
        CliError::Usage(format!(
            "there is no format {id}; there are {}",
            known.join(", ")
        ))
    })
}

fn list(formats: &FormatSet, as_json: bool) -> Result<(), CliError> {
    if as_json {
        return output::json(&formats.all().iter().map(describe).collect::<Vec<_>>());
    }
    let rows: Vec<_> = formats
        .all()
        .iter()
        .map(|format| {
            [
                format.id.to_string(),
                if format.enabled {
                    "enabled"
                } else {
                    "disabled"
                }
                .to_owned(),
                format.origin.as_str().to_owned(),
                format.descriptor.format_version().to_owned(),
                format.categories.join(", "),
            ]
        })
        .collect();
    output::table(
        ["FORMAT", "STATE", "ORIGIN", "VERSION", "CATEGORIES"],
        &rows,
    )
}

fn describe(format: &FormatInfo) -> serde_json::Value {
    json!({
        "id": format.id,
        "titles": format.descriptor.titles(),
        "enabled": format.enabled,
        "origin": format.origin.as_str(),
        "version": format.descriptor.format_version(),
        "versioning": format.descriptor.versions(),
        "categories": format.categories,
        "largestUpload": format.largest_upload,
        "mount": format.descriptor.mount_segment(),
        "settings": format.settings,
        "settingsSchema": Settings::json_schema(format.descriptor.settings()),
    })
}

async fn check(
    formats: &FormatSet,
    id: &FormatId,
    upload: Upload,
    path: &Path,
    as_json: bool,
) -> Result<(), CliError> {
    let opened = LocalFile::open(path);
    let content =
        opened.map_err(|error| CliError::failed(format!("open {}", path.display()), error))?;
    let (taken, findings, metadata) = match formats.inspect(id, upload, Arc::new(content)).await {
        Ok(inspection) => (true, inspection.findings, inspection.metadata),
        Err(InspectError::Rejected(Rejection::Unreadable(error))) => {
            return Err(CliError::failed(format!("read {}", path.display()), error));
        }
        Err(InspectError::Rejected(rejection)) => {
            (false, rejection.into_findings(), serde_json::Map::new())
        }
        Err(error) => return Err(CliError::failed("look at the file", error)),
    };
    if as_json {
        output::json(&json!({ "taken": taken, "findings": findings, "metadata": metadata }))?;
    } else {
        for finding in &findings {
            output::line(&sentence(finding))?;
        }
    }
    if taken {
        return if as_json {
            Ok(())
        } else {
            output::line(&format!("{} is a good {id}", path.display()))
        };
    }
    Err(CliError::Refused(format!(
        "the format {id} refuses {}",
        path.display()
    )))
}

fn sentence(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let fix = finding
        .fix
        .as_ref()
        .map(|fix| format!("\n    fix: {fix}"))
        .unwrap_or_default();
    format!("{severity} {}: {}{fix}", finding.code, finding.message)
}
