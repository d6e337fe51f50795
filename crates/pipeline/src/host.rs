//! What this computer, or the share of it that we were given, has; and who we are on it.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use neuroloom_core::files;
use serde::{Deserialize, Serialize};

/// Threads that we may use: the batch system's word, else the number of processors that the process may run on.
pub fn available_threads() -> usize {
    let given =
        std::env::var("SLURM_CPUS_PER_TASK").ok().and_then(|text| text.parse().ok()).filter(|&n| n > 0);
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
}

/// Memory that we may use, bytes: the smallest of the batch system's word, the control group's limit and the
/// computer's memory. `None` where none of them can be read.
pub fn available_memory() -> Option<u64> {
    [batch_memory(), cgroup_limit(), total_memory()].into_iter().flatten().min()
}

/// What the batch system gives this job on this node.
fn batch_memory() -> Option<u64> {
    let mebibytes: u64 = std::env::var("SLURM_MEM_PER_NODE").ok()?.parse().ok()?;
    mebibytes.checked_mul(1 << 20).filter(|&bytes| bytes > 0)
}

fn cgroup_limit() -> Option<u64> {
    let files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    files.iter().find_map(|file| files::read_text(Path::new(file)).ok()?.trim().parse().ok())
}

fn total_memory() -> Option<u64> {
    let text = files::read_text(Path::new("/proc/meminfo")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// A process, told apart from all others on all computers that share a file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Name of the computer.
    pub host: String,
    /// This start of the computer, and the space of process numbers on it.
    pub space: String,
    /// Its number.
    pub id: u32,
    /// When it started, in ticks since the computer did: numbers are used again.
    pub started: String,
}

impl Process {
    /// This process.
    pub fn this() -> Self {
        let id = std::process::id();
        Self { host: host_name(), space: space(), id, started: start_of(id).unwrap_or_default() }
    }

    /// Whether it is certain that it is no more: it ran in our space, and nothing of its number and start is there.
    pub fn is_gone(&self) -> bool {
        self.space == space() && !self.space.is_empty() && start_of(self.id).as_ref() != Some(&self.started)
    }
}

/// A name that no other call on any computer gets: time, computer, process, count.
pub fn unique_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let (count, process) = (COUNT.fetch_add(1, Ordering::Relaxed), std::process::id());
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%3f").to_string();
    let host: String = host_name().chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    format!("{time}-{host}-{process}-{count}")
}

/// Where work runs, for people: the computer, the process, and the job of the batch system if there is one.
pub fn place() -> String {
    let at = format!("{} pid {}", host_name(), std::process::id());
    match batch_job() {
        Some(job) => format!("{at} job {job}"),
        None => at,
    }
}

/// The job of the batch system that we run in: `12`, or `12_3` for an element of an array.
pub fn batch_job() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    match (variable("SLURM_ARRAY_JOB_ID"), variable("SLURM_ARRAY_TASK_ID")) {
        (Some(array), Some(element)) => Some(format!("{array}_{element}")),
        _ => variable("SLURM_JOB_ID"),
    }
}

/// Name of this computer.
pub fn host_name() -> String {
    files::read_text(Path::new("/proc/sys/kernel/hostname"))
        .map(|name| name.trim().to_owned())
        .unwrap_or_default()
}

fn space() -> String {
    let boot = files::read_text(Path::new("/proc/sys/kernel/random/boot_id")).unwrap_or_default();
    let numbers = files::pointed(Path::new("/proc/self/ns/pid")).unwrap_or_default();
    if boot.is_empty() { String::new() } else { format!("{} {numbers}", boot.trim()) }
}

/// The 22nd field of `/proc/N/stat`; the second one, a name in parentheses, may hold anything. A zombie is gone.
fn start_of(process: u32) -> Option<String> {
    let text = files::read_text(Path::new(&format!("/proc/{process}/stat"))).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") { None } else { fields.nth(18).map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_here_and_one_that_ended_is_gone() {
        assert!(!Process::this().is_gone());
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let other = Process { id: child.id(), started: start_of(child.id()).unwrap(), ..Process::this() };
        assert!(!other.is_gone());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(other.is_gone());
        let elsewhere = Process { space: "another computer".into(), ..other };
        assert!(!elsewhere.is_gone(), "that cannot be known from here");
    }

    #[test]
    fn names_are_unique() {
        assert_ne!(unique_name(), unique_name());
    }
}
