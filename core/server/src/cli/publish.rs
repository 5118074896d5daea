//! `cellier publish`

use std::path::PathBuf;
use std::sync::Arc;

use cellier_sdk::{LanguageTag, LocalizedText};
use clap::Args;
use serde_json::json;

use crate::cli::remote::RemoteArgs;
use crate::cli::{CliError, output};
use crate::client::publish::{Claims, Published, Wanted, publish};
use crate::client::words::printable;
use crate::client::{ClientError, Patience, Progress, Word};
use crate::system::SystemRandom;

/// Publish a file to a registry.
///
/// The bytes are streamed from disk and hashed on the way; the registry must answer with the same digest. Publishing the
/// same bytes again does no harm: the answer is what is there already.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cellier publish widget-1.2.3.tgz\n  \
                  cellier publish terrain.mbtiles --name terrain --category tileset --title fr=Relief --title en=Terrain\n  \
                  CELLIER_KEY=… CELLIER_URL=https://registry.example.com cellier publish notes.pdf --name notes --json")]
pub(super) struct PublishArgs {
    /// The file.
    file: PathBuf,
    /// Its name in the registry; may be left out for an npm tarball (.tgz), which says it itself.
    #[arg(long)]
    name: Option<Word>,
    /// Its format; without it the registry finds out.
    #[arg(long, value_name = "ID")]
    format: Option<Word>,
    /// What it is for, such as tileset or application.
    #[arg(long)]
    category: Option<String>,
    /// Its title in a language; may be said once for each.
    #[arg(long, value_name = "LANG=TEXT", value_parser = translation)]
    title: Vec<(LanguageTag, String)>,
    /// Its description in a language; may be said once for each.
    #[arg(long, value_name = "LANG=TEXT", value_parser = translation)]
    description: Vec<(LanguageTag, String)>,
    /// Its version, where the content carries none and the format wants one.
    #[arg(long = "version")]
    artefact_version: Option<String>,
    /// What tells it from other files of the same version, such as linux-arm64.
    #[arg(long)]
    architecture: Option<String>,
    /// A tag that is to name the version, such as beta.
    #[arg(long)]
    tag: Option<String>,
    #[command(flatten)]
    remote: RemoteArgs,
    /// No progress.
    #[arg(long, short)]
    quiet: bool,
    /// The outcome as JSON, also that of a refusal.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: PublishArgs) -> Result<(), CliError> {
    let claims = Claims {
        format: args.format,
        category: args.category,
        title: localized("--title", args.title)?,
        description: localized("--description", args.description)?,
        version: args.artefact_version,
        architecture: args.architecture,
        tag: args.tag,
    };
    if args.name.is_none() && !claims.is_package(&args.file) {
        return Err(CliError::Usage(format!(
            "{} does not say what it is called: add --name",
            args.file.display()
        )));
    }
    let wanted = Wanted {
        file: args.file,
        name: args.name,
        claims,
    };
    let connection = args.remote.connect()?;
    let patience = Patience::new(args.remote.retries, Arc::new(SystemRandom));
    let progress = Progress::new(args.quiet);
    match publish(&connection, wanted, patience, &progress).await {
        Ok(published) if args.json => output::json(&as_json(&published)),
        Ok(published) => tell(&published),
        Err(error) => {
            if let (true, ClientError::Refused(refusal)) = (args.json, &error) {
                output::json(&json!({ "outcome": "refused", "problem": refusal.body }))?;
            }
            Err(error.into())
        }
    }
}

/// `fr=Relief`
fn translation(text: &str) -> Result<(LanguageTag, String), String> {
    let (language, text) = text
        .split_once('=')
        .ok_or("write a language and a text, such as fr=Relief")?;
    let language = language.parse().map_err(|error| format!("{error}"))?;
    Ok((language, text.to_owned()))
}

fn localized(
    option: &str,
    translations: Vec<(LanguageTag, String)>,
) -> Result<LocalizedText, CliError> {
    let mut localized = LocalizedText::default();
    for (language, text) in translations {
        if localized.get(language.as_str()).is_some() {
            let problem = format!("{option} is said twice for the language {language}");
            return Err(CliError::Usage(problem));
        }
        localized
            .set(language, text)
            .map_err(|error| CliError::Usage(format!("{option}: {error}")))?;
    }
    Ok(localized)
}

fn outcome(published: &Published) -> &'static str {
    if published.already_there {
        "already there"
    } else {
        "published"
    }
}

fn tell(published: &Published) -> Result<(), CliError> {
    let line = format!(
        "{}: {}/{}@{}\nsha256: {}",
        outcome(published),
        published.format,
        published.name,
        published.version,
        published.sha256
    );
    output::line(&printable(&line))?;
    for finding in &published.findings {
        output::line(&finding.to_string())?;
    }
    Ok(())
}

fn as_json(published: &Published) -> serde_json::Value {
    json!({
        "outcome": outcome(published).replace(' ', "-"),
        "artefact": published.body["artefact"],
        "version": published.body["version"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_translation_is_a_language_and_a_text() {
        let (language, text) = translation("pt-BR=Relevo = alto").unwrap();
        assert_eq!(
            (language.as_str(), text.as_str()),
            ("pt-BR", "Relevo = alto")
        );
        assert!(translation("Relief").is_err());
        assert!(translation("not a language=x").is_err());
    }

    #[test]
    fn a_language_is_said_once() {
        let twice = vec![
            translation("fr=Relief").unwrap(),
            translation("fr=Terrain").unwrap(),
        ];
        let error = localized("--title", twice).unwrap_err().to_string();
        assert_eq!(error, "--title is said twice for the language fr");
        let long = vec![translation(&format!("fr={}", "x".repeat(2001))).unwrap()];
        assert!(localized("--title", long).is_err());
    }
}
