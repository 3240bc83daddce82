//! Where a line comes from: the commit that brought it, and whose work that was.

use std::path::{Path, PathBuf};

use go_bus_api::{AgentId, Attempt, TaskId};
use serde::Serialize;

use crate::commands::Commands;
use crate::land::{AGENT, ATTEMPT, TASK};
use crate::repo::Repo;
use crate::{ObjectId, RepoError};

/// A line of a file, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// The file.
    pub file: PathBuf,
    /// The line.
    pub line: u32,
}

impl SourceLine {
    /// Reads `FILE:LINE`.
    ///
    /// # Errors
    /// [`RepoError::NoLine`] where that is none.
    pub fn parse(text: &str) -> Result<Self, RepoError> {
        let place = || {
            let (file, line) = text.rsplit_once(':').filter(|(file, _)| !file.is_empty())?;
            let line = line.parse::<u32>().ok().filter(|line| *line > 0)?;
            Some(Self { file: PathBuf::from(file), line })
        };
        place().ok_or_else(|| RepoError::NoLine(text.to_owned()))
    }
}

/// The commit that brought a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The commit.
    pub commit: ObjectId,
    /// Its first line.
    pub subject: String,
    /// Who wrote it.
    pub author: String,
    /// When, as RFC 3339 has it.
    pub at: String,
    /// The ticket that it landed, where GO landed it.
    pub task: Option<TaskId>,
    /// Its attempt.
    pub attempt: Option<Attempt>,
    /// Who built it.
    pub agent: Option<AgentId>,
}

/// Looks up where the line at `place` comes from, as the file lies there; `None` where it is not committed yet. `commands` run in the file's
/// own folder, so it is of whatever repo it lies in.
///
/// # Errors
/// [`RepoError::NoFile`] and [`RepoError::BeyondEnd`] where there is no such line, [`RepoError::CutOff`] where the clone does not reach back to it;
/// git's words where it is in no repo.
pub fn origin(commands: &dyn Commands, place: &SourceLine) -> Result<Option<Origin>, RepoError> {
    let line = &place.line;
    // A link has lines where it leads to.
    let file = &match place.file.is_symlink() {
        true => place.file.canonicalize().map_err(|_| RepoError::NoFile(place.file.clone()))?,
        false => place.file.clone(),
    };
    let text = std::fs::read(file).map_err(|_| RepoError::NoFile(file.clone()))?;
    let lines = lines(&text);
    if usize::try_from(*line).is_ok_and(|line| line > lines) {
        return Err(RepoError::BeyondEnd { file: file.clone(), line: *line, lines });
    }
    let name = file.file_name().ok_or_else(|| RepoError::NoFile(file.clone()))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let repo = Repo::open(commands, folder, &|_| {})?;
    let tracked = repo.git().call(&["ls-files", "--error-unmatch", "--"]).arg(literal(name)).run()?;
    // A file may be known to the index and to no commit.
    let has_commit = repo.commit("HEAD")?.is_some();
    if tracked.code != 0 || !has_commit {
        return Ok(None);
    }
    let call = repo.git().call(&["blame", "--porcelain", "-L"]).arg(format!("{line},{line}"));
    let blamed = call.arg("--").arg(name).output()?;
    let first = String::from_utf8_lossy(&blamed).split_whitespace().next().and_then(ObjectId::parse);
    let commit = first.ok_or_else(|| RepoError::Garbled("blame".to_owned()))?;
    match commit {
        commit if commit.is_null() => Ok(None),
        commit if is_cut_off(&repo, &commit)? => Err(RepoError::CutOff(commit.to_string())),
        commit => of_commit(&repo, commit).map(Some),
    }
}

/// Whether the history of a shallow clone begins with `commit`: what is older looks as if that had brought it.
fn is_cut_off(repo: &Repo<'_>, commit: &ObjectId) -> Result<bool, RepoError> {
    let list = repo.common().join("shallow");
    match std::fs::read_to_string(&list) {
        Ok(text) => Ok(text.lines().any(|line| line == commit.as_str())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(RepoError::file("read", &list)(error)),
    }
}

/// How many lines git counts.
fn lines(text: &[u8]) -> usize {
    let ends = text.iter().filter(|byte| **byte == b'\n').count();
    ends.saturating_add(usize::from(text.last().is_some_and(|last| *last != b'\n')))
}

/// The name as a pathspec that means itself and nothing else.
fn literal(name: &std::ffi::OsStr) -> std::ffi::OsString {
    let mut spec = std::ffi::OsString::from(":(literal)");
    spec.push(name);
    spec
}

fn of_commit(repo: &Repo<'_>, commit: ObjectId) -> Result<Origin, RepoError> {
    let value = |key| format!("%(trailers:key={key},valueonly,separator=%x20)");
    let format =
        format!("--format=%s%x00%an <%ae>%x00%aI%x00{}%x00{}%x00{}", value(TASK), value(ATTEMPT), value(AGENT));
    let text = repo.git().call(&["log", "-1"]).arg(format).arg(&commit).line()?;
    let mut fields = text.split('\0');
    let mut field = || fields.next().unwrap_or_default();
    let (subject, author, at) = (field().to_owned(), field().to_owned(), field().to_owned());
    Ok(Origin {
        commit,
        subject,
        author,
        at,
        task: TaskId::new(field()).ok(),
        attempt: field().parse().ok().map(Attempt),
        agent: AgentId::new(field()).ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_file_and_a_line() {
        let place = |text| SourceLine::parse(text).map(|place| (place.file.display().to_string(), place.line)).ok();
        assert_eq!(place("src/x.rs:12"), Some(("src/x.rs".to_owned(), 12)));
        assert_eq!(place("odd:name:3"), Some(("odd:name".to_owned(), 3)));
        for no in ["x", "x:", "x:0", ":1", "x:y", "x:-1", ""] {
            assert!(matches!(SourceLine::parse(no), Err(RepoError::NoLine(_))), "{no}");
        }
    }

    #[test]
    fn lines_are_counted_as_git_does() {
        assert_eq!([&b""[..], b"a", b"a\n", b"a\nb", b"\n\n"].map(lines), [0, 1, 1, 2, 2]);
    }
}
