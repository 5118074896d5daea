//! Memory while large files are uploaded.

use crate::cellier::Cellier;
use crate::report::{Finding, Judged, Limit};
use crate::{Bench, command, process};

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let file = bench.folder.join("large-upload");
    let cellier = Cellier::start(bench, "memory-cellier")?;
    let mut idle = Vec::new();
    let mut peaks = Vec::new();
    // A small upload first, so that the pools that live for ever are there when "above idle" is measured.
    for (name, mebibytes) in [("warm-up", 16), ("one", 1024), ("four", 4096)] {
        command::make_file(&file, mebibytes, 77)?;
        let before = process::memory_mib(cellier.pid(), "VmRSS")?;
        process::reset_peak(cellier.pid())?;
        command::upload(&cellier.upload_url(name), &cellier.key, &file)?;
        idle.push(before);
        peaks.push(process::memory_mib(cellier.pid(), "VmHWM")?);
    }
    let above = |index: usize| peaks[index] - idle[index];
    Ok(Finding {
        title: "Memory during large uploads",
        method: "Resident memory of the server (`VmRSS` before, `VmHWM` during, the peak reset before each upload) \
                 while `curl -F` uploads 1 GiB and 4 GiB.",
        judged: vec![
            Judged { what: "MiB above idle during 4 GiB".to_owned(), figure: above(2), limit: Limit::AtMost(64.0) },
            Judged {
                what: "peak during 4 GiB less peak during 1 GiB, MiB".to_owned(),
                figure: peaks[2] - peaks[1],
                limit: Limit::AtMost(4.0),
            },
        ],
        told: vec![
            format!("idle {:.1} MiB before 1 GiB and {:.1} MiB before 4 GiB", idle[1], idle[2]),
            format!("peak {:.1} MiB during 1 GiB and {:.1} MiB during 4 GiB", peaks[1], peaks[2]),
            "the allocator gives pages back late: 4 MiB is the grain below which two peaks count as the same".to_owned(),
        ],
    })
}
