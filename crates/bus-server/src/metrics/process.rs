//! What the system knows of this process.

/// The memory that is resident, in bytes; `None` where the system does not say.
pub(super) fn resident_bytes() -> Option<u64> {
    parse(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// The line `VmRSS:     8192 kB` of proc(5).
fn parse(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_reads_in_bytes_and_anything_else_as_nothing() {
        assert_eq!(parse("Name:\tgo\nVmRSS:\t    8192 kB\nThreads:\t4\n"), Some(8_388_608));
        for nonsense in ["", "VmRSS:\t x kB", "VmRSS: 8192 MB", "VmRSS: 18446744073709551615 kB"] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
    }
}
