//! A Bus of its own for a measurement: `go bus serve` in a temporary folder.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::http::Target;
use crate::bench::BenchError;
use crate::bench::fleet::{free_address, without_settings};
use crate::command::command;
use crate::stopwatch::until;

/// How long a Bus may take to listen.
const LIMIT: Duration = Duration::from_secs(10);

/// The kernel's ticks a second in `/proc`.
const TICKS: f64 = 100.0;

/// A Bus that serves; killed when dropped.
pub(super) struct Server {
    child: Child,
    target: Target,
    _folder: TempDir,
}

impl Server {
    /// Starts `binary`'s Bus on an empty database, with the project `bench`.
    pub(super) fn start(binary: &Path) -> Result<Self, BenchError> {
        let folder = tempfile::Builder::new().prefix("go-bench-").tempdir();
        let folder = folder.map_err(|e| BenchError::Io("a temporary folder", e))?;
        let address = free_address()?;
        let data = folder.path().join("data");
        let mut serve = command(binary);
        serve.args(["bus", "serve", "--listen", &address.to_string(), "--data"]).arg(&data).current_dir(folder.path());
        without_settings(&mut serve);
        let child = serve.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let child = child.map_err(|e| BenchError::Io("go bus serve", e))?;
        let token = until(LIMIT, || token_once_open(address, &data));
        let target = Target { address, token: token.unwrap_or_default() };
        let server = Self { child, target, _folder: folder };
        server.target.call("POST", "/projects", r#"{"id":"bench","name":"Bench"}"#)?;
        Ok(server)
    }

    /// Where it is.
    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// Its resident memory, in KiB.
    pub(super) fn resident_kib(&self) -> f64 {
        resident_kib(self.child.id())
    }

    /// The CPU time it has used, in seconds.
    pub(super) fn cpu_seconds(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name is in parentheses and may hold anything; user and system time are the 12th and 13th word after it.
        let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        words.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended by itself needs no killing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The operator's token in the folder `data`, once somebody listens at `address`.
pub(in crate::bench) fn token_once_open(address: SocketAddr, data: &Path) -> Option<String> {
    TcpStream::connect(address).ok()?;
    Some(fs::read_to_string(data.join("operator.token")).ok()?.trim().to_owned())
}

/// The resident memory of a process, in KiB; no number where there is none.
pub(super) fn resident_kib(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_of_what_lives() {
        assert!(resident_kib(std::process::id()) > 100.0);
        assert!(resident_kib(u32::MAX).is_nan());
    }
}
