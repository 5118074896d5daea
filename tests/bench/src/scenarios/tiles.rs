//! Tiles of a real tileset in no order, beside tileserver-gl-light and martin.

use std::path::PathBuf;

use crate::cellier::Cellier;
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::tile_servers::{martin, martin_version, tileserver, tileserver_version};
use crate::tileset::Tileset;
use crate::{Bench, command};

/// How martin is installed, which takes longer than the whole benchmark.
const INSTALL_MARTIN: &str =
    "cargo install martin@1.14.0 --locked --no-default-features --features mbtiles,pmtiles";

/// A server and what wrk asks it.
struct Asked {
    url: String,
    script: PathBuf,
    rates: Samples,
}

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let tileset = Tileset::countries();
    let cellier = Cellier::start(bench, "tiles-cellier")?;
    cellier.publish_tileset("map", &tileset.path)?;
    let asked = |url: &str, name: &str, prefix: &str, suffix: &str| {
        let script = bench.folder.join(format!("tiles-{name}.lua"));
        tileset.script(&script, prefix, suffix)?;
        let (url, rates) = (url.to_owned(), Samples::default());
        Ok::<_, String>(Asked { url, script, rates })
    };
    let tileserver = tileserver(bench, &tileset)?;
    let martin_version = martin_version();
    let martin = martin_version
        .is_some()
        .then(|| martin(bench, &tileset))
        .transpose()?;
    let mut servers = vec![
        asked(&cellier.url, "cellier", "/tiles/map@1", ".pbf")?,
        asked(&tileserver.url, "tileserver", "/data/map", ".pbf")?,
    ];
    if let Some(martin) = &martin {
        servers.push(asked(&martin.url, "martin", "/map", "")?);
    }
    let headers = [
        ("x-api-key", cellier.key.as_str()),
        ("accept-encoding", "gzip"),
    ];
    for round in 0..4 {
        for server in &mut servers {
            let load = command::wrk_with(&server.url, &headers, 64, 4, Some(&server.script))?;
            // The first round warms all of them up.
            if round > 0 {
                server.rates.push(load.per_second);
            }
        }
    }
    finding(&servers, martin_version)
}

fn finding(servers: &[Asked], martin: Option<String>) -> Result<Finding, String> {
    let ratio = |index: usize| servers[0].rates.median() / servers[index].rates.median();
    let mut judged = vec![Judged {
        what: "requests a second, Cellier : tileserver-gl-light".to_owned(),
        figure: ratio(1),
        limit: Limit::AtLeast(10.0),
    }];
    let mut told = vec![
        format!("beside {}", tileserver_version()?),
        format!("Cellier, requests a second: {}", servers[0].rates.raw()),
        format!(
            "tileserver-gl-light, requests a second: {}",
            servers[1].rates.raw()
        ),
    ];
    if let Some(version) = martin {
        judged.push(Judged {
            what: "requests a second, Cellier : martin".to_owned(),
            figure: ratio(2),
            limit: Limit::AtLeast(1.0),
        });
        told.push(format!(
            "{version}, requests a second: {}",
            servers[2].rates.raw()
        ));
    } else {
        told.push(format!(
            "martin was not measured, because it is not installed: `{INSTALL_MARTIN}`"
        ));
    }
    Ok(Finding {
        title: "Tiles of a map",
        method: "1,005 vector tiles of the world's countries, zooms 0 to 5, in one shuffled order from the same MBTiles: \
                 `wrk -t1 -c64 -d4s` with `Accept-Encoding: gzip`, in turns, median of three. Ours decides about access, \
                 with a key, at each request; martin has its cache on.",
        judged,
        told,
    })
}
