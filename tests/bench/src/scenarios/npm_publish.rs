//! Publishing npm packages, beside Verdaccio.

use crate::Bench;
use crate::cellier::Cellier;
use crate::latency::Asker;
use crate::npm::{Package, Registry, Verdaccio};
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;

/// How many new packages are published.
const PACKAGES: u32 = 200;

/// How many versions the growing package gets, and how many of the first and the last are looked at.
const VERSIONS: u32 = 1000;
const LOOKED_AT: u32 = 100;

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let cellier = Cellier::start(bench, "npm-publish-cellier")?;
    let verdaccio = Verdaccio::start(bench, "npm-publish-verdaccio")?;
    let registries = [
        Registry::of_cellier(&cellier),
        Registry::of_verdaccio(&verdaccio),
    ];
    let asker = Asker::new()?;
    let [mut fresh, mut early, mut late] = [(); 3].map(|()| [(); 2].map(|()| Samples::default()));
    for number in 0..PACKAGES {
        let package = Package::new(&format!("package-{number}"), "1.0.0", 50_000);
        for (registry, samples) in registries.iter().zip(&mut fresh) {
            samples.push(registry.publish(&asker, &package)?);
        }
    }
    for number in 0..VERSIONS {
        let package = Package::new("growing", &format!("1.0.{number}"), 50_000);
        for (index, registry) in registries.iter().enumerate() {
            let millis = registry.publish(&asker, &package)?;
            if number < LOOKED_AT {
                early[index].push(millis);
            } else if number >= VERSIONS - LOOKED_AT {
                late[index].push(millis);
            }
        }
    }
    let ratio = |samples: &[Samples; 2]| samples[0].median() / samples[1].median();
    let judge = |what: &str, figure, limit| Judged {
        what: what.to_owned(),
        figure,
        limit,
    };
    let told = |what: &str, samples: &[Samples; 2]| {
        let [ours, theirs] = [&samples[0], &samples[1]].map(|one| {
            format!(
                "p50 {:.2} ms, p99 {:.2} ms",
                one.median(),
                one.quantile(0.99)
            )
        });
        format!("{what}: Cellier {ours}; Verdaccio {theirs}")
    };
    Ok(Finding {
        title: "Publishing npm packages",
        method: "The request of `npm publish` with a tarball of 50 KB, one after the other on one connection, to both in \
                 turns: 200 new packages, then 1,000 versions of one. Ours syncs to disk before it answers, Verdaccio does \
                 not.",
        judged: vec![
            judge(
                "p50 of a new package, Cellier : Verdaccio",
                ratio(&fresh),
                Limit::AtMost(0.5),
            ),
            judge(
                "p50 of versions 1 to 100, Cellier : Verdaccio",
                ratio(&early),
                Limit::AtMost(0.5),
            ),
            judge(
                "p50 on Cellier, versions 901 to 1,000 : 1 to 100",
                late[0].median() / early[0].median(),
                Limit::AtMost(1.2),
            ),
        ],
        told: vec![
            format!("beside {}", Verdaccio::version()?),
            told("a new package", &fresh),
            told("versions 1 to 100", &early),
            told("versions 901 to 1,000", &late),
        ],
    })
}
