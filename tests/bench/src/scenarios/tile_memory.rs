//! Memory while tiles of a large tileset are served.

use crate::cellier::Cellier;
use crate::report::{Finding, Judged, Limit};
use crate::tileset::Tileset;
use crate::{Bench, command, process};

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let tileset = Tileset::gigabyte(&bench.folder)?;
    let size = std::fs::metadata(&tileset.path)
        .map_err(|error| error.to_string())?
        .len();
    let cellier = Cellier::start(bench, "tile-memory-cellier")?;
    cellier.publish_tileset("map", &tileset.path)?;
    let script = bench.folder.join("tile-memory.lua");
    tileset.script(&script, "/tiles/map@1", ".png")?;
    std::fs::remove_file(&tileset.path).map_err(|error| error.to_string())?;
    let before = process::memory_mib(cellier.pid(), "VmRSS")?;
    process::reset_peak(cellier.pid())?;
    let headers = [("x-api-key", cellier.key.as_str())];
    let load = command::wrk_with(&cellier.url, &headers, 64, 20, Some(&script))?;
    let peak = process::memory_mib(cellier.pid(), "VmHWM")?;
    Ok(Finding {
        title: "Memory while tiles of a gigabyte are served",
        method: "4,000 images of an MBTiles of 1 GB in a shuffled order, over and over: `wrk -t1 -c64 -d20s`; the peak of \
                 the resident memory of the server (`VmHWM`) meanwhile.",
        judged: vec![Judged {
            what: "peak, MiB".to_owned(),
            figure: peak,
            limit: Limit::AtMost(150.0),
        }],
        told: vec![
            format!(
                "{before:.1} MiB after publishing {size} bytes, {peak:.1} MiB at most while serving"
            ),
            format!("{:.0} images a second", load.per_second),
        ],
    })
}
