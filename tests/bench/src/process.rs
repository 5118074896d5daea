//! What the kernel knows of a process (Linux, `/proc`).

use std::fs;
use std::path::{Path, PathBuf};

/// CPU seconds, user and system, that a process has used.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64, String> {
    let stat =
        fs::read_to_string(format!("/proc/{pid}/stat")).map_err(|error| error.to_string())?;
    // The name of the program, in parentheses, may hold spaces: count behind it.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    Ok((ticks(11) + ticks(12)) / 100.0)
}

/// CPU seconds that the processes of PostgreSQL have used which serve a database now. Each shows which one that is in its
/// command line.
pub(crate) fn cpu_seconds_of_postgres(database: &str) -> Result<f64, String> {
    let mut seconds = 0.0;
    for entry in fs::read_dir("/proc").map_err(|error| error.to_string())? {
        let name = entry.map_err(|error| error.to_string())?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        if command.starts_with("postgres: ") && command.contains(&format!(" {database} ")) {
            // One that ended in this moment is left out.
            seconds += cpu_seconds(pid).unwrap_or(0.0);
        }
    }
    Ok(seconds)
}

/// Memory of a process in MiB: what is resident now (`VmRSS`) or was at most (`VmHWM`).
pub(crate) fn memory_mib(pid: u32, what: &str) -> Result<f64, String> {
    let status =
        fs::read_to_string(format!("/proc/{pid}/status")).map_err(|error| error.to_string())?;
    let line = status
        .lines()
        .find(|line| line.starts_with(what))
        .ok_or("no such line in /proc/…/status")?;
    let kibibytes = line
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse::<f64>().ok());
    kibibytes
        .map(|kibibytes| kibibytes / 1024.0)
        .ok_or_else(|| "a malformed line in /proc/…/status".to_owned())
}

/// Forgets the greatest memory of a process so far.
pub(crate) fn reset_peak(pid: u32) -> Result<(), String> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").map_err(|error| error.to_string())
}

/// The load of the machine over the last minute.
pub(crate) fn load() -> String {
    fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .split_whitespace()
        .next()
        .unwrap_or("?")
        .to_owned()
}

/// A limit of the CPU that a process may use, for as long as it is held.
pub(crate) struct CpuShare(PathBuf);

impl CpuShare {
    /// Limits a process, with all its threads, to a share of one core. Needs control groups that may be written: those of
    /// version 2, or the `cpu` controller of version 1.
    pub(crate) fn of(pid: u32, share: f64) -> std::io::Result<Self> {
        const PERIOD: u32 = 100_000;
        let quota = format!("{:.0}", f64::from(PERIOD) * share);
        let name = format!("cellier-bench-{pid}");
        let first = Path::new("/sys/fs/cgroup/cpu");
        let folder = if first.is_dir() {
            first.join(name)
        } else {
            Path::new("/sys/fs/cgroup").join(name)
        };
        fs::create_dir_all(&folder)?;
        let limit = Self(folder);
        if first.is_dir() {
            fs::write(limit.0.join("cpu.cfs_quota_us"), quota)?;
        } else {
            fs::write(limit.0.join("cpu.max"), format!("{quota} {PERIOD}"))?;
        }
        fs::write(limit.0.join("cgroup.procs"), pid.to_string())?;
        Ok(limit)
    }
}

impl Drop for CpuShare {
    fn drop(&mut self) {
        // A group is removed when its last process has gone, or has been moved to the root.
        let root = self.0.parent().unwrap_or(&self.0).join("cgroup.procs");
        for pid in fs::read_to_string(self.0.join("cgroup.procs"))
            .unwrap_or_default()
            .lines()
        {
            let _ = fs::write(&root, pid);
        }
        let _ = fs::remove_dir(&self.0);
    }
}
