//! How fast a server is ready, and how little it needs when idle.

use crate::cellier::Cellier;
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::{Bench, process};

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let mut cellier = Cellier::start(bench, "start-cellier")?;
    for number in 0..20 {
        cellier.publish_text(&format!("something-{number}"), "something small")?;
    }
    let (mut milliseconds, mut memory) = (Samples::default(), Samples::default());
    for _ in 0..11 {
        cellier.restart()?;
        milliseconds.push(cellier.seconds_to_ready * 1e3);
        std::thread::sleep(std::time::Duration::from_millis(300));
        memory.push(process::memory_mib(cellier.pid(), "VmRSS")?);
    }
    Ok(Finding {
        title: "Start and idle memory",
        method: "From the start of the process until `/readyz` answers 200, on a migrated database with twenty artefacts; \
                 resident memory 0.3 s later. \
                 Median of eleven starts.",
        judged: vec![
            Judged {
                what: "start to ready, ms".to_owned(),
                figure: milliseconds.median(),
                limit: Limit::AtMost(150.0),
            },
            Judged {
                what: "idle memory, MiB".to_owned(),
                figure: memory.median(),
                limit: Limit::AtMost(40.0),
            },
        ],
        told: vec![
            format!("start, ms: {}", milliseconds.raw()),
            format!("memory, MiB: {}", memory.raw()),
        ],
    })
}
