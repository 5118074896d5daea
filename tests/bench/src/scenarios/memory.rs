//! Memory while large files are uploaded.

use crate::cellier::Cellier;
use crate::report::{Finding, Judged, Limit};
use crate::{Bench, command, process};

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let file = bench.folder.join("large-upload");
    let cellier = Cellier::start(bench, "memory-cellier")?;
    let peak_during = |name: &str, mebibytes| {
        command::make_file(&file, mebibytes, 77)?;
        process::reset_peak(cellier.pid())?;
        command::upload(&cellier.upload_url(name), &cellier.key, &file)?;
        process::memory_mib(cellier.pid(), "VmHWM")
    };
    // A small upload first: the pools that live for ever are there before "idle" is read, once, for both sizes.
    peak_during("warm-up", 16)?;
    let idle = process::memory_mib(cellier.pid(), "VmRSS")?;
    let one = peak_during("one", 1024)?;
    let four = peak_during("four", 4096)?;
    Ok(Finding {
        title: "Memory during large uploads",
        method: "Resident memory of the server (`VmRSS` before both, after an upload of 16 MiB; `VmHWM` during \
                 each, reset before it) while `curl -F` uploads 1 GiB and 4 GiB.",
        judged: vec![
            Judged { what: "MiB above idle during 4 GiB".to_owned(), figure: four - idle, limit: Limit::AtMost(64.0) },
            Judged {
                what: "peak during 4 GiB less peak during 1 GiB, MiB".to_owned(),
                figure: four - one,
                limit: Limit::AtMost(4.0),
            },
        ],
        told: vec![
            format!("idle {idle:.1} MiB; peak {one:.1} MiB during 1 GiB and {four:.1} MiB during 4 GiB"),
            "the allocator gives pages back late: 4 MiB is the grain below which two peaks count as the same".to_owned(),
        ],
    })
}
