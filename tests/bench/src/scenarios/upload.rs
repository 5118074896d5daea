//! Uploads beside bare handlers that do the same work without a registry around it.

use std::fs;
use std::path::Path;

use crate::bare::Bare;
use crate::cellier::Cellier;
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::{Bench, command};

pub(crate) fn measure_one_digest(bench: &Bench) -> Result<Finding, String> {
    let (ours, bares) = race(bench, Kind::File, 6)?;
    Ok(Finding {
        title: "Upload of 1 GiB as `file`",
        method: "`curl -F file=@…` to Cellier and to a bare axum handler that streams the same form to disk with \
                 SHA-256 on a thread and `fsync`. In turns, each first as often as the other, median of six.",
        judged: vec![judge(&ours, &bares, 0.8)],
        told: told(&ours, &bares),
    })
}

pub(crate) fn measure_three_digests(bench: &Bench) -> Result<Finding, String> {
    let (ours, bares) = race(bench, Kind::Package, 10)?;
    Ok(Finding {
        title: "Upload of 64 MiB with SHA-256, SHA-512 and SHA-1",
        method: "`curl -F file=@…` of an npm tarball of 64 MiB that does not compress, and of the same bytes to a bare \
                 axum handler that computes the same digests on threads, writes and syncs, and does not look into the tarball. In turns, each first as often as \
                 the other, median of ten.",
        judged: vec![judge(&ours, &bares, 0.9)],
        told: told(&ours, &bares),
    })
}

/// What is uploaded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// 1 GiB of noise.
    File,
    /// A real npm tarball of 64 MiB of noise: anything else would be refused.
    Package,
}

/// Uploads in turns; every upload has bytes of its own, or the second would be a re-publish.
fn race(bench: &Bench, kind: Kind, rounds: u64) -> Result<(Samples, Samples), String> {
    let name = if kind == Kind::File {
        "one-digest"
    } else {
        "three-digests"
    };
    let folder = bench.folder.join(name);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let cellier = Cellier::start(bench, &format!("{name}-cellier"))?;
    let bare = Bare::start(&folder)?;
    let file = folder.join("upload");
    let (mut ours, mut bares) = (Samples::default(), Samples::default());
    for round in 0..=rounds {
        let url = match kind {
            Kind::File => {
                command::make_file(&file, 1024, 1000 + round)?;
                cellier.upload_url(&format!("gibibyte-{round}"))
            }
            Kind::Package => {
                pack(&file, round)?;
                format!("{}/api/v1/artefacts/large-{round}/versions", cellier.url)
            }
        };
        let bare_url = format!("{}/{name}", bare.url);
        let of_bare = || command::upload(&bare_url, "none", &file);
        let of_cellier = || command::upload(&url, &cellier.key, &file);
        // Each is first as often as the other.
        let (a, b) = if round % 2 == 0 {
            let b = of_bare()?;
            (of_cellier()?, b)
        } else {
            (of_cellier()?, of_bare()?)
        };
        Bare::clear(&folder);
        // The first round is for warming up.
        if round > 0 {
            ours.push(a);
            bares.push(b);
        }
    }
    Ok((ours, bares))
}

fn pack(tarball: &Path, round: u64) -> Result<(), String> {
    let folder = tarball.with_file_name("package");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let manifest = format!("{{\"name\":\"large-{round}\",\"version\":\"1.0.0\"}}");
    fs::write(folder.join("package.json"), manifest).map_err(|error| error.to_string())?;
    command::make_file(&folder.join("data.bin"), 64, 2000 + round)?;
    let parent = tarball.parent().unwrap_or(tarball).display().to_string();
    let script = format!(
        "tar -C {parent} --format=ustar -cf - package/package.json package/data.bin | gzip -1 > {}",
        tarball.display()
    );
    command::run("sh", &["-c", &script]).map(drop)
}

fn judge(ours: &Samples, bares: &Samples, limit: f64) -> Judged {
    Judged {
        what: "throughput, Cellier : bare handler".to_owned(),
        figure: bares.median() / ours.median(),
        limit: Limit::AtLeast(limit),
    }
}

fn told(ours: &Samples, bares: &Samples) -> Vec<String> {
    vec![
        format!("Cellier, seconds: {}", ours.raw()),
        format!("bare handler, seconds: {}", bares.raw()),
    ]
}
