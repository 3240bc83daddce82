//! One call of git: built, run, and its answer read.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::commands::{Answer, Call, Commands};
use crate::{ObjectId, RepoError};

/// What holds for every call: no hook of the person's is run, nothing is left in the background, no name is quoted or coloured, submodules
/// are left alone, nobody is asked for a key to sign with, a network that stands still is given up.
const ALWAYS: &[&str] = &[
    "--no-pager",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotePath=false",
    "-c",
    "gc.auto=0",
    "-c",
    "maintenance.auto=false",
    "-c",
    "log.showSignature=false",
    "-c",
    "advice.detachedHead=false",
    "-c",
    "color.ui=false",
    "-c",
    "submodule.recurse=false",
    "-c",
    "commit.gpgSign=false",
    "-c",
    "http.lowSpeedLimit=1",
    "-c",
    "http.lowSpeedTime=60",
];

/// git in one folder.
#[derive(Debug, Clone)]
pub(crate) struct Git<'c> {
    commands: &'c dyn Commands,
    folder: PathBuf,
}

impl<'c> Git<'c> {
    /// git in `folder`.
    pub(crate) fn at(commands: &'c dyn Commands, folder: impl Into<PathBuf>) -> Self {
        Self { commands, folder: folder.into() }
    }

    /// git elsewhere.
    pub(crate) fn elsewhere(&self, folder: &Path) -> Self {
        Self::at(self.commands, folder)
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whoever runs it.
    pub(crate) fn commands(&self) -> &'c dyn Commands {
        self.commands
    }

    /// A call of git with these words.
    pub(crate) fn call(&self, words: &[&str]) -> GitCall<'c> {
        let doing = words.first().copied().unwrap_or_default().to_owned();
        let arguments = ALWAYS.iter().chain(words).map(OsString::from).collect();
        GitCall {
            commands: self.commands,
            doing,
            arguments,
            folder: self.folder.clone(),
            variables: vec![],
            input: vec![],
        }
    }
}

/// A call that is being built.
#[derive(Debug, Clone)]
pub(crate) struct GitCall<'c> {
    commands: &'c dyn Commands,
    doing: String,
    arguments: Vec<OsString>,
    folder: PathBuf,
    variables: Vec<(OsString, OsString)>,
    input: Vec<u8>,
}

impl GitCall<'_> {
    /// One more argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// More arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// A variable.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// What git reads.
    pub(crate) fn reading(mut self, input: Vec<u8>) -> Self {
        self.input = input;
        self
    }

    /// Runs it, whatever comes of it.
    pub(crate) fn run(self) -> Result<Spoken, RepoError> {
        let Self { commands, doing, arguments, folder, variables, input } = self;
        let answer = commands.run(&Call::Git { arguments, folder, variables, input })?;
        match answer.code {
            None => Err(RepoError::NoEnd(doing)),
            Some(_) if answer.clipped => Err(RepoError::Garbled(doing)),
            Some(code) => Ok(Spoken { doing, code, answer }),
        }
    }

    /// Its output; an error where it fails.
    pub(crate) fn output(self) -> Result<Vec<u8>, RepoError> {
        self.run()?.success().map(|spoken| spoken.answer.output)
    }

    /// Its output as one line of text; an error where it fails.
    pub(crate) fn line(self) -> Result<String, RepoError> {
        self.run()?.success()?.line()
    }

    /// The object that it names; an error where it fails or names none.
    pub(crate) fn object(self) -> Result<ObjectId, RepoError> {
        let spoken = self.run()?.success()?;
        ObjectId::parse(&spoken.line()?).ok_or(RepoError::Garbled(spoken.doing))
    }

    /// The object that it names; `None` where it exits 1.
    pub(crate) fn object_if_any(self) -> Result<Option<ObjectId>, RepoError> {
        let spoken = self.run()?;
        if spoken.code == 1 {
            return Ok(None);
        }
        let spoken = spoken.success()?;
        ObjectId::parse(&spoken.line()?).map(Some).ok_or(RepoError::Garbled(spoken.doing))
    }

    /// Yes where it exits 0, no where it exits 1, an error otherwise.
    pub(crate) fn yes(self) -> Result<bool, RepoError> {
        let spoken = self.run()?;
        if spoken.code == 1 { Ok(false) } else { spoken.success().map(|_| true) }
    }

    /// Does it; an error where it fails.
    pub(crate) fn done(self) -> Result<(), RepoError> {
        self.output().map(drop)
    }
}

/// What git answered.
#[derive(Debug)]
pub(crate) struct Spoken {
    doing: String,
    /// Its exit code.
    pub(crate) code: i32,
    answer: Answer,
}

impl Spoken {
    /// Itself where git exited 0.
    pub(crate) fn success(self) -> Result<Self, RepoError> {
        if self.code == 0 { Ok(self) } else { Err(self.failure()) }
    }

    /// The error that it is.
    pub(crate) fn failure(self) -> RepoError {
        let words = self.words();
        RepoError::Git { doing: self.doing, code: self.code, words }
    }

    /// What it said to people.
    pub(crate) fn words(&self) -> String {
        let said = if self.answer.errors.is_empty() { self.text() } else { self.answer.errors.clone() };
        said.trim().chars().take(4000).collect()
    }

    /// Its output.
    pub(crate) fn output(&self) -> &[u8] {
        &self.answer.output
    }

    /// Its output as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.answer.output).into_owned()
    }

    fn line(&self) -> Result<String, RepoError> {
        let text = String::from_utf8_lossy(&self.answer.output);
        let line = text.trim_end_matches('\n');
        if line.contains('\n') { Err(RepoError::Garbled(self.doing.clone())) } else { Ok(line.to_owned()) }
    }
}

/// The parts of an output that are ended or separated by zero bytes.
pub(crate) fn parts(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    output.split(|byte| *byte == 0).filter(|part| !part.is_empty())
}
