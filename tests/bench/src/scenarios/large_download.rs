//! A download of 1 GiB beside nginx.

use crate::cellier::Cellier;
use crate::nginx::Nginx;
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::{Bench, command, process};

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let root = bench.folder.join("large");
    std::fs::create_dir_all(&root).map_err(|error| error.to_string())?;
    let file = root.join("gibibyte");
    command::make_file(&file, 1024, 1)?;
    let cellier = Cellier::start(bench, "large-cellier")?;
    let ours = cellier.publish("gibibyte", &file)?;
    let nginx = Nginx::start(&bench.folder, &root)?;
    let theirs = format!("{}/gibibyte", nginx.url);
    let (mut cellier_seconds, mut nginx_seconds) = (Samples::default(), Samples::default());
    let (mut cellier_cpu, mut nginx_cpu) = (Samples::default(), Samples::default());
    for round in 0..8 {
        let before = (process::cpu_seconds(cellier.pid())?, nginx.cpu_seconds()?);
        let (a, b) = (
            command::download(&ours, &cellier.key)?,
            command::download(&theirs, "none")?,
        );
        let after = (process::cpu_seconds(cellier.pid())?, nginx.cpu_seconds()?);
        // The first round fills the page cache for both.
        if round > 0 {
            cellier_seconds.push(a);
            nginx_seconds.push(b);
            cellier_cpu.push(after.0 - before.0);
            nginx_cpu.push(after.1 - before.1);
        }
    }
    Ok(Finding {
        title: "Download of 1 GiB",
        method: "`curl -o /dev/null` of the same bytes from Cellier (a key, the access decision, local disk) and from \
                 nginx (`sendfile`), in turns, page cache warm; median of seven.",
        judged: vec![Judged {
            what: "throughput, Cellier : nginx".to_owned(),
            figure: nginx_seconds.median() / cellier_seconds.median(),
            limit: Limit::AtLeast(0.8),
        }],
        told: vec![
            format!("Cellier, seconds: {}", cellier_seconds.raw()),
            format!("nginx, seconds: {}", nginx_seconds.raw()),
            format!("Cellier, CPU seconds: {}", cellier_cpu.raw()),
            format!("nginx, CPU seconds: {}", nginx_cpu.raw()),
        ],
    })
}
