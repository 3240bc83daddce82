//! Starting a process: the one place of the workspace where that happens.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::{CommandSpec, Environment, ProcessId, RuntimeError, open_files, platform};

/// Starts `command` as the leader of a process group of its own, with nothing on its input and all its output appended to
/// `output`. Nobody waits for it here: whoever calls this reaps it, by [`crate::each_end`] or by its end's watch.
///
/// A process group and no `pre_exec`, and a program given as a path, let the standard library use `posix_spawn`, which costs
/// a tenth of a fork in a process with threads.
pub fn start(command: &CommandSpec, environment: &Environment, output: File) -> Result<ProcessId, RuntimeError> {
    let errors = output.try_clone().map_err(failed(command))?;
    let mut starting = prepare(command, environment)?;
    starting.stdin(Stdio::null()).stdout(output).stderr(errors);
    spawn(command, &mut starting).map(|(process, _)| process)
}

/// A program that is talked with.
#[derive(Debug)]
pub struct Talking {
    /// The leader of its process group.
    pub process: ProcessId,
    /// What it says.
    pub output: ChildStdout,
    /// What it is told; `None` where that was settled at its start.
    pub input: Option<ChildStdin>,
}

/// Starts `command` as [`start`] does, but with its output in a pipe, and its errors appended to `errors`. It reads `input` to its end, or what
/// is written for it where there is none.
pub fn start_talking(
    command: &CommandSpec,
    environment: &Environment,
    errors: File,
    input: Option<File>,
) -> Result<Talking, RuntimeError> {
    let mut starting = prepare(command, environment)?;
    let input = input.map_or_else(Stdio::piped, Stdio::from);
    starting.stdin(input).stdout(Stdio::piped()).stderr(errors);
    let (process, mut child) = spawn(command, &mut starting)?;
    let output = child.stdout.take().ok_or_else(|| failed(command)(io::Error::other("it has no output")))?;
    Ok(Talking { process, output, input: child.stdin.take() })
}

pub(crate) fn failed(command: &CommandSpec) -> impl Fn(io::Error) -> RuntimeError + use<> {
    let program = command.argv.first().cloned().unwrap_or_default();
    move |source| RuntimeError::Start { program: program.clone(), source }
}

fn prepare(command: &CommandSpec, environment: &Environment) -> Result<Command, RuntimeError> {
    let mut starting = set_up(&program(command, environment)?, command, environment)?;
    starting.args(command.argv.iter().skip(1)).process_group(0);
    Ok(starting)
}

/// The file of the command's program.
pub(crate) fn program(command: &CommandSpec, environment: &Environment) -> Result<PathBuf, RuntimeError> {
    let failed = failed(command);
    if !command.folder.is_dir() {
        let reason = format!("its folder {} is not there", command.folder.display());
        return Err(failed(io::Error::new(io::ErrorKind::NotFound, reason)));
    }
    let path = command.env.get("PATH").map(OsStr::new).or(environment.path().map(|p| p.as_os_str()));
    let name = command.argv.first().map(String::as_str).unwrap_or_default();
    look_up(name, path, &command.folder).map_err(failed)
}

/// `program` with the command's folder and variables.
pub(crate) fn set_up(
    program: &Path,
    command: &CommandSpec,
    environment: &Environment,
) -> Result<Command, RuntimeError> {
    let secrets = secrets(&command.env_from, |name| std::env::var_os(name)).map_err(failed(command))?;
    #[expect(clippy::disallowed_methods, reason = "this is where processes are started")]
    let mut starting = Command::new(program);
    starting
        .current_dir(&command.folder)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .envs(&command.env)
        .envs(secrets)
        .envs(open_files::told());
    Ok(starting)
}

pub(crate) fn spawn(command: &CommandSpec, starting: &mut Command) -> Result<(ProcessId, Child), RuntimeError> {
    let failed = failed(command);
    let child = starting.spawn().map_err(&failed)?;
    // It is our child and unreaped, so it is in the table even where it has ended already.
    let process = platform::identify(child.id());
    let process = process.ok_or_else(|| failed(io::Error::other("it is not in the process table")))?;
    Ok((process, child))
}

/// The variables of `wanted` with the values that `found` has for the names they come from.
pub(crate) fn secrets(
    wanted: &BTreeMap<String, String>,
    found: impl Fn(&str) -> Option<OsString>,
) -> io::Result<Vec<(&str, OsString)>> {
    let missing = |from: &str| {
        io::Error::new(io::ErrorKind::NotFound, format!("the variable {from}, which holds a secret of it, is not set"))
    };
    wanted.iter().map(|(name, from)| Ok((name.as_str(), found(from).ok_or_else(|| missing(from))?))).collect()
}

/// The file to run for `name`: a name with a slash as it is, any other on `path`, as execvp(3) does.
pub(crate) fn look_up(name: &str, path: Option<&OsStr>, folder: &Path) -> io::Result<PathBuf> {
    if name.contains('/') {
        return Ok(PathBuf::from(name));
    }
    let places = path.unwrap_or(OsStr::new("/usr/local/bin:/usr/bin:/bin")).as_bytes().split(|byte| *byte == b':');
    places
        .map(|place| folder.join(OsStr::from_bytes(place)).join(name))
        .find(|file| !name.is_empty() && is_program(file))
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such program on PATH"))
}

fn is_program(file: &Path) -> bool {
    file.is_file() && rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_from_the_variable_that_is_named_and_its_absence_is_told_by_name() {
        let wanted = BTreeMap::from([("API_KEY".to_owned(), "WORK_KEY".to_owned())]);
        let found = secrets(&wanted, |name| (name == "WORK_KEY").then(|| "s3cret".into())).unwrap();
        assert_eq!(found, [("API_KEY", OsString::from("s3cret"))]);
        let told = secrets(&wanted, |_| None).unwrap_err().to_string();
        assert_eq!(told, "the variable WORK_KEY, which holds a secret of it, is not set");
    }

    #[test]
    fn programs_are_found_on_the_path_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = format!("{}:/bin:/usr/bin", folder.path().display());
        std::fs::write(folder.path().join("sh"), "not executable").unwrap();
        let found = look_up("sh", Some(OsStr::new(&path)), Path::new("/")).unwrap();
        assert!(found.ends_with("bin/sh"), "{found:?}");
        assert_eq!(
            look_up("no-such-program", Some(OsStr::new(&path)), Path::new("/")).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        assert_eq!(look_up("./x", None, Path::new("/")).unwrap(), PathBuf::from("./x"));
        assert!(look_up("", Some(OsStr::new("/bin")), Path::new("/")).is_err());
    }
}
