//! `agents.max: auto`: how many agents this machine bears.

use std::path::Path;

/// The most that `auto` ever says.
const MOST: u32 = 32;
/// An agent waits far more than it computes: so many share a core.
const PER_CORE: u32 = 8;
/// What an agent needs of memory, in bytes: its runtime and a build now and then.
const MEMORY: u64 = 384 << 20;
/// What an agent needs of disk, in bytes: a work tree and what it builds.
const DISK: u64 = 512 << 20;

/// What a machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Readings {
    /// Cores that this process may use.
    pub(crate) cores: u32,
    /// Memory in all, in bytes; `None` where it can't be read.
    pub(crate) memory: Option<u64>,
    /// Disk free for the data folder, in bytes; `None` where it can't be read.
    pub(crate) disk: Option<u64>,
}

/// How many agents may work at once: what cores, memory and disk each bear, the least of them, from 1 to 32.
pub(crate) fn capacity(readings: &Readings) -> u32 {
    let fit = |have: Option<u64>, need: u64| have.map_or(MOST, |have| u32::try_from(have / need).unwrap_or(MOST));
    let by_cores = readings.cores.saturating_mul(PER_CORE);
    by_cores.min(fit(readings.memory, MEMORY)).min(fit(readings.disk, DISK)).clamp(1, MOST)
}

impl Readings {
    /// Reads this machine; `data` names the disk.
    pub(crate) fn take(data: &Path) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(MOST));
        let memory = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| total_memory(&text));
        let there = data.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
        let disk = rustix::fs::statvfs(there).ok().map(|fs| fs.f_bavail.saturating_mul(fs.f_frsize));
        Self { cores, memory, disk }
    }
}

/// `MemTotal` of `/proc/meminfo`, in bytes.
fn total_memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOMY: Readings = Readings { cores: 64, memory: Some(1 << 40), disk: Some(1 << 40) };

    #[test]
    fn the_scarcest_resource_decides() {
        assert_eq!(capacity(&ROOMY), 32);
        assert_eq!(capacity(&Readings { cores: 2, ..ROOMY }), 16);
        assert_eq!(capacity(&Readings { memory: Some(2 << 30), ..ROOMY }), 5);
        assert_eq!(capacity(&Readings { disk: Some(1 << 30), ..ROOMY }), 2);
    }

    #[test]
    fn there_is_always_room_for_one_and_unknown_does_not_bind() {
        assert_eq!(capacity(&Readings { cores: 0, memory: Some(0), disk: Some(0) }), 1);
        assert_eq!(capacity(&Readings { cores: 4, memory: None, disk: None }), 32);
    }

    #[test]
    fn meminfo_is_read_in_bytes() {
        assert_eq!(total_memory("MemTotal:       16384 kB\nMemFree: 1 kB\n"), Some(16384 * 1024));
        assert_eq!(total_memory("nothing"), None);
    }
}
