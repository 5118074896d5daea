//! Memory while npm publishes a large package.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cellier::Cellier;
use crate::latency::Asker;
use crate::npm::{Package, Registry};
use crate::report::{Finding, Judged, Limit};
use crate::{Bench, command, process};

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let cellier = Cellier::start(bench, "npm-memory-cellier")?;
    let registry = Registry::of_cellier(&cellier);
    // A small package first, so that the pools that live for ever are there when "above idle" is measured.
    registry.publish(&Asker::new()?, &Package::new("small", "1.0.0", 1000))?;
    let folder = bench.folder.join("npm-memory");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    command::make_file(&folder.join("payload"), 191, 5)?;
    let manifest = r#"{"name": "large", "version": "1.0.0", "license": "MIT"}"#;
    fs::write(folder.join("package.json"), manifest).map_err(|error| error.to_string())?;
    let address = registry.url.trim_start_matches("http:");
    let npmrc = format!(
        "registry={}/\n{address}/:_authToken={}\n",
        registry.url, cellier.key
    );
    fs::write(folder.join(".npmrc"), npmrc).map_err(|error| error.to_string())?;

    let idle = process::memory_mib(cellier.pid(), "VmRSS")?;
    process::reset_peak(cellier.pid())?;
    let npm = publish(&folder)?;
    let peak = process::memory_mib(cellier.pid(), "VmHWM")?;
    Ok(Finding {
        title: "Memory while npm publishes 200 MB",
        method: "`npm publish` of a package with 200 MB that do not compress, which npm sends as one JSON document of 267 \
                 MB; resident memory of the server before (`VmRSS`) and its peak meanwhile (`VmHWM`).",
        judged: vec![Judged {
            what: "MiB above idle".to_owned(),
            figure: peak - idle,
            limit: Limit::AtMost(64.0),
        }],
        told: vec![
            format!("idle {idle:.1} MiB, peak {peak:.1} MiB"),
            format!("npm {npm}"),
        ],
    })
}

/// Publishes what lies in the folder with the npm that the stories use, and gives its version.
fn publish(folder: &Path) -> Result<String, String> {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let clients = Path::new(&target).join("npm-clients/bin");
    let clients = clients
        .canonicalize()
        .map_err(|_error| format!("{} is missing: run .ci/install", clients.display()))?;
    let npm = |arguments: &[&str]| {
        let output = Command::new(clients.join("node"))
            .arg(clients.join("npm"))
            .args(arguments)
            .current_dir(folder)
            .env("HOME", folder)
            .env("npm_config_update_notifier", "false")
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let published = npm(&["publish"])?;
    if !published.contains("large@1.0.0") {
        return Err(format!(
            "npm said something else than expected: {published}"
        ));
    }
    npm(&["--version"])
}
