//! What this computer, or the share of it that we were given, has.

use std::fs;
use std::path::Path;

/// Threads that we may use: the batch system's word, else the number of processors that the process may run on.
pub fn available_threads() -> usize {
    let given =
        std::env::var("SLURM_CPUS_PER_TASK").ok().and_then(|text| text.parse().ok()).filter(|&n| n > 0);
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
}

/// Memory that we may use, bytes: the smaller of the control group's limit and the computer's memory.
/// `None` where neither can be read.
pub fn available_memory() -> Option<u64> {
    [cgroup_limit(), total_memory()].into_iter().flatten().min()
}

fn cgroup_limit() -> Option<u64> {
    let files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    files.iter().find_map(|file| fs::read_to_string(Path::new(file)).ok()?.trim().parse().ok())
}

fn total_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}
