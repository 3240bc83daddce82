//! What goes on beside an agent while it runs: what it says is heard and judged, its work is saved, its costs are told.

use std::fs::File;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::Duration;

use go_bus_api::Ratio;
use go_clock::Boottime;
use go_runtime::{AgentFolder, CommandSpec, Environment, Input, ProcessId, start, start_talking};

use super::ShimError;
use super::book::Book;
use super::changes::last_change;
use super::saver::Saver;
use super::talk::{Talk, Teller};
use super::wake::Wake;
use super::watch::Breach;
use super::window::Window;

/// What goes on beside a command: nothing beside one whose output is for people alone and whose folder is not ours.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// What it says.
    pub(super) voice: Option<Voice>,
    /// Its working folder's saves.
    pub(super) saver: Option<Saver>,
    /// The window in which people see it.
    pub(super) window: Option<Window>,
}

/// A program that talks, and what becomes of what it says.
#[derive(Debug)]
pub(super) struct Voice {
    pub(super) talk: Talk,
    pub(super) book: Book,
    /// What it reads.
    pub(super) input: Input,
    /// Where its prompt is.
    pub(super) prompt: PathBuf,
    /// The files that it works on, where they are its own.
    pub(super) files: Option<PathBuf>,
}

impl Beside {
    /// Starts the command.
    pub(super) fn start(
        &mut self,
        command: &CommandSpec,
        environment: &Environment,
        log: File,
        wakes: &Sender<Wake>,
    ) -> Result<ProcessId, ShimError> {
        match (&mut self.voice, &mut self.window) {
            (Some(voice), Some(window)) if window.has_terminal() => {
                let (process, said) = window.start(command, environment)?;
                voice.talk.listen(said, log, wakes.clone()).map(|_| process)
            }
            (None, Some(window)) if window.has_terminal() => {
                let (process, said) = window.start(command, environment)?;
                window.keep(said, log).map(|()| process)
            }
            (Some(voice), window) => {
                let (process, teller) = voice.start(command, environment, log, wakes.clone())?;
                if let Some(window) = window {
                    window.tell(teller);
                }
                Ok(process)
            }
            (None, _) => Ok(start(command, environment, log)?),
        }
    }

    /// The command is over: waits until all that it said is kept and heard.
    pub(super) fn end(&mut self) {
        if let Some(voice) = &mut self.voice {
            voice.talk.settle();
        }
        if let Some(window) = &mut self.window {
            window.end();
        }
    }

    /// What it has to be ended for now.
    pub(super) fn breach(&self, now: Boottime) -> Option<Breach> {
        let voice = self.voice.as_ref()?;
        voice.talk.breach(now, || voice.files.as_deref().and_then(last_change))
    }

    /// Does what is due. `runs` says whether the command runs and was not told to end; `grace` is what it has from then on.
    pub(super) fn tick(&mut self, now: Boottime, runs: bool, grace: Duration) {
        if let Some(voice) = &mut self.voice {
            voice.book.tick(now);
        }
        if let Some(saver) = &mut self.saver {
            if !runs {
                saver.hurry(now + grace);
            }
            saver.tick(now, runs);
        }
    }

    /// Takes note of what was heard.
    pub(super) fn look(&mut self) {
        if let Some(voice) = &mut self.voice {
            voice.book.note(&voice.talk.look());
        }
    }

    /// When to look again though nothing happens.
    pub(super) fn next(&self, runs: bool) -> Option<Boottime> {
        let silence = self.voice.as_ref().filter(|_| runs).and_then(|voice| voice.talk.next());
        let news = self.voice.as_ref().and_then(|voice| voice.book.next());
        let save = self.saver.as_ref().and_then(|saver| saver.next(runs));
        [silence, news, save].into_iter().flatten().min()
    }

    /// How full its context is.
    pub(super) fn context(&self) -> Option<Ratio> {
        self.voice.as_ref()?.talk.context()
    }

    /// A process that is no part of the command: it is neither ended with it nor counted among what that left.
    pub(super) fn spared(&self) -> Option<ProcessId> {
        self.saver.as_ref().and_then(Saver::process)
    }

    /// Takes note of the end of a process; tells whether it was no part of the command.
    pub(super) fn ended(&mut self, pid: u32) -> bool {
        self.saver.as_mut().is_some_and(|saver| saver.ended(pid))
    }
}

impl Voice {
    fn start(
        &mut self,
        command: &CommandSpec,
        environment: &Environment,
        log: File,
        wakes: Sender<Wake>,
    ) -> Result<(ProcessId, Teller), ShimError> {
        let errors = log.try_clone().map_err(|source| ShimError::System { doing: "share the log", source })?;
        let read = |path: PathBuf| move |source| ShimError::Unreadable { path, source };
        let all_of_it = match self.input {
            Input::Nothing => Some(File::open("/dev/null").map_err(read("/dev/null".into()))?),
            Input::Prompt => Some(File::open(&self.prompt).map_err(read(self.prompt.clone()))?),
            Input::Messages => None,
        };
        let talking = start_talking(command, environment, errors, all_of_it)?;
        let teller = self.talk.listen(talking.output, log, wakes)?;
        if let Some(input) = talking.input {
            let prompt = std::fs::read_to_string(&self.prompt).map_err(read(self.prompt.clone()))?;
            self.talk.say(&prompt, input)?;
        }
        Ok((talking.process, teller))
    }

    /// How it works: on which folder's files, with which prompt.
    pub(super) fn of(folder: &AgentFolder, command: &CommandSpec) -> (PathBuf, Option<PathBuf>) {
        // In its agent's own folder everything changes all the time.
        let files = Some(command.folder.clone()).filter(|files| !files.starts_with(folder.path()));
        (folder.prompt_path(), files)
    }
}
