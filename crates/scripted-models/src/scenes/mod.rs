//! What an agent meets in tests and recordings: each scene has its scripts and the runs of a command line through them.

mod claude;
mod codex;

pub use claude::claude_scenes;
pub use codex::codex_scenes;

use crate::{MARKER, Script};

/// A command that an agent runs to be found working: it leaves a file and stays, with a child in a session of its own.
pub const STAYS: &str = "touch started; setsid sleep 600 & sleep 600";

/// Something that happens to an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Its name.
    pub name: &'static str,
    /// What happens, for people.
    pub about: &'static str,
    /// What the model answers.
    pub scripts: Vec<Script>,
    /// The runs, one after another in one folder.
    pub runs: Vec<Run>,
}

/// A command line's run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The script that its prompt names.
    pub script: String,
    /// Arguments beyond the usual ones.
    pub args: Vec<String>,
    /// Variables beyond the usual ones; one without a value is taken away.
    pub env: Vec<(&'static str, Option<&'static str>)>,
    /// The model it asks for, where it is not the usual one.
    pub model: Option<&'static str>,
    /// Whether it goes on with the conversation of the run before.
    pub resumes: bool,
    /// What it is sent once it works: once a file `started` lies in its folder, or the model leaves it hanging.
    pub stop: Option<Stop>,
}

/// A signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGKILL.
    Kill,
}

impl Run {
    /// What it is asked to do.
    pub fn prompt(&self) -> String {
        format!("Do what the ticket says.\n{MARKER}{}\n", self.script)
    }
}

impl Scene {
    /// One run of one script with the scene's name.
    fn of(name: &'static str, about: &'static str, script: impl FnOnce(Script) -> Script) -> Self {
        let run = Run { script: name.to_owned(), ..Run::default() };
        Self { name, about, scripts: vec![script(Script::new(name))], runs: vec![run] }
    }

    /// The same with more arguments.
    fn args(mut self, args: &[&str]) -> Self {
        self.runs.iter_mut().for_each(|run| run.args.extend(args.iter().map(|arg| (*arg).to_owned())));
        self
    }

    /// The same with a variable.
    fn env(mut self, name: &'static str, value: Option<&'static str>) -> Self {
        self.runs.iter_mut().for_each(|run| run.env.push((name, value)));
        self
    }

    /// The same with a model of its own.
    fn model(mut self, model: &'static str) -> Self {
        self.runs.iter_mut().for_each(|run| run.model = Some(model));
        self
    }

    /// The same, stopped once it works.
    fn stopped(mut self, stop: Stop) -> Self {
        self.runs.iter_mut().for_each(|run| run.stop = Some(stop));
        self
    }

    /// Then a second run in the same conversation.
    fn resumed(mut self, script: Script) -> Self {
        let args = self.runs.last().map(|run| run.args.clone()).unwrap_or_default();
        self.scripts.push(script);
        self.runs.push(Run { script: "again".to_owned(), args, resumes: true, ..Run::default() });
        self
    }
}
