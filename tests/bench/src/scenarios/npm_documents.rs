//! What clients of npm registries ask for, beside Verdaccio.

use crate::cellier::Cellier;
use crate::latency::Asker;
use crate::npm::{ABBREVIATED, Package, Registry, Verdaccio};
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::{Bench, command, process};

/// What is asked for: its name on the page, the package, the form, and by how much ours must answer more of them.
const QUESTIONS: [(&str, &str, Form, f64); 5] = [
    ("3 versions, full", "small", Form::Full, 15.0),
    ("3 versions, abbreviated", "small", Form::Abbreviated, 15.0),
    ("500 versions with gzip, full", "large", Form::Full, 100.0),
    (
        "500 versions with gzip, abbreviated",
        "large",
        Form::Abbreviated,
        100.0,
    ),
    ("tarball of 50 KB", "small", Form::Tarball, 8.0),
];

#[derive(Clone, Copy)]
enum Form {
    Full,
    Abbreviated,
    Tarball,
}

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let cellier = Cellier::start(bench, "npm-documents-cellier")?;
    let verdaccio = Verdaccio::start(bench, "npm-documents-verdaccio")?;
    let registries = [
        Registry::of_cellier(&cellier),
        Registry::of_verdaccio(&verdaccio),
    ];
    let asker = Asker::new()?;
    for registry in &registries {
        fill(registry, &asker)?;
    }
    let mut judged = Vec::new();
    let mut told = vec![format!("beside {}", Verdaccio::version()?)];
    for (what, package, form, at_least) in QUESTIONS {
        let mut rates = [Samples::default(), Samples::default()];
        for round in 0..4 {
            for (registry, rates) in registries.iter().zip(&mut rates) {
                let rate = rate(registry, &asker, package, form)?;
                // The first round warms both up.
                if round > 0 {
                    rates.push(rate);
                }
            }
        }
        judged.push(Judged {
            what: format!("requests a second, {what}, Cellier : Verdaccio"),
            figure: rates[0].median() / rates[1].median(),
            limit: Limit::AtLeast(at_least),
        });
        told.push(format!(
            "{what}, requests a second: Cellier {}; Verdaccio {}",
            rates[0].raw(),
            rates[1].raw()
        ));
    }
    let [ours, theirs] =
        [&registries[0], &registries[1]].map(|registry| process::memory_mib(registry.pid, "VmRSS"));
    let (ours, theirs) = (ours?, theirs?);
    judged.push(Judged {
        what: "memory after this load, Cellier : Verdaccio".to_owned(),
        figure: ours / theirs,
        limit: Limit::AtMost(0.2),
    });
    told.push(format!(
        "memory after this load: Cellier {ours:.1} MiB, Verdaccio {theirs:.1} MiB"
    ));
    Ok(Finding {
        title: "Documents and tarballs of npm packages",
        method: "`wrk -t1 -c16 -d3s` for the same packages published by the same requests; manifests of about \
                 two kilobytes. In turns, median of three. At ours nothing is public, and each request has a key; \
                 Verdaccio lets everybody read, and is asked without one.",
        judged,
        told,
    })
}

/// A package of three versions whose tarballs have 50 KB, and one of 500 versions.
fn fill(registry: &Registry, asker: &Asker) -> Result<(), String> {
    for version in 0..3 {
        let package = Package::new("small", &format!("1.0.{version}"), 50_000);
        registry.publish(asker, &package)?;
    }
    for version in 0..500 {
        registry.publish(
            asker,
            &Package::new("large", &format!("1.0.{version}"), 100),
        )?;
    }
    Ok(())
}

fn rate(registry: &Registry, asker: &Asker, package: &str, form: Form) -> Result<f64, String> {
    let url = match form {
        Form::Tarball => registry.tarball(asker, package, "1.0.0")?,
        Form::Full | Form::Abbreviated => format!("{}/{package}", registry.url),
    };
    let accept = match form {
        Form::Full => "application/json",
        Form::Abbreviated => ABBREVIATED,
        Form::Tarball => "*/*",
    };
    let mut headers = vec![("accept", accept), ("accept-encoding", "gzip")];
    if registry.reads_with_key {
        headers.push(("authorization", registry.authorization.as_str()));
    }
    command::wrk_with(&url, &headers, 16, 3, None).map(|load| load.per_second)
}
