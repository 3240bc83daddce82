//! Installs the pinned command lines into a cache folder outside the tree, once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use go_scripted_models::{CLIS, Cli, prefix};
use rustix::fs::FlockOperation;

use crate::command::{command, run_and_keep_within};

/// The longest that an installation may take.
const LIMIT: Duration = Duration::from_secs(600);

/// The command lines, installed and of the right versions.
#[derive(Debug, Clone)]
pub(crate) struct Agents {
    folder: PathBuf,
}

impl Agents {
    /// Installs what is missing; in words why that can't be, so that tests can say why they were skipped.
    pub(crate) fn installed() -> Result<Self, String> {
        let agents = Self { folder: prefix().ok_or("neither HOME nor XDG_CACHE_HOME says where a cache may be")? };
        fs::create_dir_all(&agents.folder).map_err(|e| format!("{}: {e}", agents.folder.display()))?;
        // Whoever comes second waits for the first, and finds everything there.
        let lock = File::create(agents.folder.join("lock")).map_err(|e| format!("the lock of the cache: {e}"))?;
        rustix::fs::flock(&lock, FlockOperation::LockExclusive).map_err(|e| format!("the lock of the cache: {e}"))?;
        if agents.wrong().is_some() {
            agents.install()?;
        }
        agents.wrong().map_or(Ok(agents), Err)
    }

    /// The program of one of them.
    pub(crate) fn program(&self, cli: &Cli) -> PathBuf {
        cli.program_in(&self.folder)
    }

    fn install(&self) -> Result<(), String> {
        let wanted = CLIS.iter().map(|cli| format!("{}@{}", cli.package, cli.version));
        let mut npm = command("npm");
        // The agents' own install scripts fetch nothing from elsewhere: they link the program of the right package.
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--save-exact", "--prefix"])
            .arg(&self.folder)
            .args(wanted);
        match run_and_keep_within(LIMIT, &mut npm) {
            Err(e) => Err(format!("npm can't be started ({e}): apt-get install nodejs npm")),
            Ok(None) => Err(format!("npm did not end within {} s", LIMIT.as_secs())),
            Ok(Some((status, output))) if !status.success() => {
                Err(format!("npm ended with {status}: {}", output.lines().last().unwrap_or_default()))
            }
            Ok(Some(_)) => Ok(()),
        }
    }

    /// What is not as it should be; nothing where all is well.
    fn wrong(&self) -> Option<String> {
        CLIS.iter().find_map(|cli| {
            let said = version(&self.program(cli)).unwrap_or_default();
            (!says(&said, cli.version))
                .then(|| format!("{} {} can't be had: it says {said:?}", cli.command, cli.version))
        })
    }
}

/// What a program says of its version; it reads no settings of the person.
fn version(program: &Path) -> Option<String> {
    let home = tempfile::tempdir().ok()?;
    let mut command = command(program);
    command.arg("--version").env("HOME", home.path()).env_remove("CODEX_HOME").env_remove("CLAUDE_CONFIG_DIR");
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether `said` names this version as a word of its own.
fn says(said: &str, version: &str) -> bool {
    said.split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_word_of_its_own() {
        assert!(says("2.1.330 (Claude Code)", "2.1.330"));
        assert!(says("codex-cli 0.169.0", "0.169.0"));
        assert!(!says("2.1.3301 (Claude Code)", "2.1.330"));
        assert!(!says("", "2.1.330"));
    }
}
