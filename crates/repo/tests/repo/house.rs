//! A repo with an upstream, a folder for working folders, and programs that can be told to die.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use go_bus_api::{AgentId, Attempt, TaskId, Work};
use go_repo::{
    Answer, Call, Commands, Deliver, Landing, Made, Note, ObjectId, Order, Outcome, Programs, Push, Repo, RepoError,
    Terms,
};
use tempfile::TempDir;

/// When the programs die: before this call is carried out, or when it was carried out and nobody heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    Never,
    Before(usize),
    After(usize),
}

/// The programs of this machine, without the person's settings.
#[derive(Debug)]
pub(crate) struct Mortal {
    programs: Programs,
    home: PathBuf,
    death: Death,
    calls: AtomicUsize,
}

impl Mortal {
    fn dead() -> RepoError {
        RepoError::NoEnd("killed".to_owned())
    }

    fn alone(&self, call: &Call) -> Call {
        let settings = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")];
        let home = self.home.display().to_string();
        match call.clone() {
            Call::Git { arguments, folder, mut variables, input } => {
                variables.extend(settings.map(|(name, value)| (name.into(), value.into())));
                variables.push(("HOME".into(), home.into()));
                Call::Git { arguments, folder, variables, input }
            }
            Call::Shell { command, folder, variables } => {
                let names = settings.map(|(name, value)| format!("{name}={value}")).join(" ");
                Call::Shell { command: format!("export HOME='{home}' {names}\n{command}"), folder, variables }
            }
        }
    }
}

impl Commands for Mortal {
    fn run(&self, call: &Call) -> Result<Answer, RepoError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        match self.death {
            Death::Before(last) if number >= last => Err(Self::dead()),
            Death::After(last) if number > last => Err(Self::dead()),
            Death::After(last) if number == last => self.programs.run(&self.alone(call)).and(Err(Self::dead())),
            _ => self.programs.run(&self.alone(call)),
        }
    }
}

/// Everything that a test needs.
pub(crate) struct House {
    root: TempDir,
    pub(crate) notes: Mutex<Vec<Note>>,
}

impl House {
    /// A repo without an upstream, on `main`, with one commit of `a.txt` and `b.txt`.
    pub(crate) fn alone() -> Self {
        let house = Self { root: tempfile::tempdir().unwrap(), notes: Mutex::default() };
        let repo = house.repo();
        std::fs::create_dir_all(&repo).unwrap();
        house.sh(
            &repo,
            "git init -q -b main && git config user.name Person && git config user.email person@example.org
            seq 1 9 > a.txt; seq 1 9 > b.txt; printf '*.log\\n.env*\\n' > .gitignore
            git add -A && git commit -q -m first",
        );
        house
    }

    /// The same with a bare upstream.
    pub(crate) fn with_upstream() -> Self {
        let house = Self::alone();
        house.sh(&house.repo(), "git init -q --bare -b main ../upstream.git && git remote add origin ../upstream.git");
        house.sh(&house.repo(), "git push -q -u origin main");
        house
    }

    /// Another host's clone of this one's upstream.
    pub(crate) fn elsewhere(&self) -> Self {
        let other = Self::alone();
        let there = format!("git remote add origin '{}'; git fetch -q", self.upstream().display());
        other.sh(&other.repo(), &format!("{there}; git reset -q --hard origin/main; git branch -q -u origin/main"));
        other
    }

    /// A copy of everything as it is now.
    pub(crate) fn keep(&self) -> TempDir {
        let kept = tempfile::tempdir().unwrap();
        self.sh(self.root.path(), &format!("cp -a . '{}'", kept.path().display()));
        kept
    }

    /// Everything as it was then, in the same place.
    pub(crate) fn restore(&self, kept: &TempDir) {
        let from = kept.path().display();
        self.sh(self.root.path(), &format!("chmod -R u+w . && find . -mindepth 1 -delete && cp -a '{from}/.' ."));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn repo(&self) -> PathBuf {
        // Spaces and line ends are in the way of everything.
        self.path("the repo\nof a person")
    }

    pub(crate) fn upstream(&self) -> PathBuf {
        self.path("upstream.git")
    }

    pub(crate) fn folder(&self, task: &str) -> PathBuf {
        self.path(&format!("work/{task}"))
    }

    fn mortal(&self, death: Death) -> Mortal {
        let home = self.root.path().to_path_buf();
        Mortal { programs: Programs::here(), home, death, calls: AtomicUsize::new(0) }
    }

    /// The programs, which live.
    pub(crate) fn programs(&self) -> Mortal {
        self.mortal(Death::Never)
    }

    /// Runs a script, which has to succeed; answers its output.
    pub(crate) fn sh(&self, folder: &Path, script: &str) -> String {
        let call =
            Call::Shell { command: format!("set -e\n{script}"), folder: folder.to_path_buf(), variables: Vec::new() };
        let answer = self.mortal(Death::Never).run(&call).unwrap();
        let text = String::from_utf8(answer.output).unwrap();
        assert_eq!(answer.code, Some(0), "{script}\n{text}");
        text.trim_end().to_owned()
    }

    /// Opens the repo of `folder`, does `what`, and answers how many programs were called.
    pub(crate) fn within<T>(
        &self,
        folder: &Path,
        death: Death,
        what: impl FnOnce(&Repo<'_>) -> Result<T, RepoError>,
    ) -> (Result<T, RepoError>, usize) {
        let mortal = self.mortal(death);
        let tell = |note: &Note| self.notes.lock().unwrap().push(note.clone());
        let done = Repo::open(&mortal, folder, &tell).and_then(|repo| what(&repo));
        (done, mortal.calls.load(Ordering::SeqCst))
    }

    pub(crate) fn make_or(&self, task: &str, death: Death) -> (Result<Made, RepoError>, usize) {
        let (folder, id) = (self.folder(task), id(task));
        let order = Order { folder: &folder, task: &id, onto: None, at: None, copy: &[".env*".to_owned()] };
        self.within(&self.repo(), death, |repo| go_repo::make(repo, &order))
    }

    pub(crate) fn make(&self, task: &str) -> Made {
        self.make_or(task, Death::Never).0.unwrap()
    }

    pub(crate) fn save_or(&self, task: &str, death: Death) -> (Result<Work, RepoError>, usize) {
        let folder = self.folder(task);
        self.within(&folder, death, |repo| go_repo::save(repo, &folder, &id(task), Push::Yes))
    }

    pub(crate) fn save(&self, task: &str) -> Work {
        self.save_or(task, Death::Never).0.unwrap()
    }

    pub(crate) fn land_or(&self, task: &str, order: &Wish<'_>, death: Death) -> (Result<Outcome, RepoError>, usize) {
        let (folder, id, agent) = (self.path(&format!("land {task}")), id(task), AgentId::new("a-7").unwrap());
        let verify: Vec<String> = order.verify.iter().map(|command| (*command).to_owned()).collect();
        let landing = Landing {
            folder: &folder,
            task: &id,
            attempt: Attempt(order.attempt),
            commit: order.commit,
            title: "The title",
            agent: &agent,
            onto: None,
            deliver: order.deliver,
            verify: &verify,
            terms: order.terms,
        };
        self.within(&self.repo(), death, |repo| go_repo::land(repo, &landing))
    }

    pub(crate) fn land(&self, task: &str, order: &Wish<'_>) -> Outcome {
        self.land_or(task, order, Death::Never).0.unwrap()
    }

    /// Makes a folder, runs the script in it, saves it; answers the commit.
    pub(crate) fn work(&self, task: &str, script: &str) -> String {
        self.make(task);
        self.sh(&self.folder(task), script);
        self.save(task).commit.to_string()
    }

    /// The commits of a branch with the tasks that they land, oldest first.
    pub(crate) fn landed(&self, repo: &Path, branch: &str) -> Vec<String> {
        let format = "%(trailers:key=XIO-Task,valueonly,separator=%x20)";
        let text = self.sh(repo, &format!("git log --first-parent --reverse --format='{format}' {branch}"));
        text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    pub(crate) fn read(&self, path: &Path) -> String {
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// What a test wants landed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'w> {
    pub(crate) commit: &'w str,
    pub(crate) attempt: u32,
    pub(crate) deliver: Deliver,
    pub(crate) verify: &'w [&'w str],
    pub(crate) terms: Terms<'w>,
}

impl<'w> Wish<'w> {
    pub(crate) fn merge(commit: &'w str) -> Self {
        Self { commit, attempt: 1, deliver: Deliver::Merge, verify: &[], terms: Terms::default() }
    }
}

pub(crate) fn id(task: &str) -> TaskId {
    TaskId::new(task).unwrap()
}

pub(crate) fn landed_commit(outcome: &Outcome) -> ObjectId {
    match outcome {
        Outcome::Landed { commit, .. } => commit.clone(),
        other => panic!("it did not land: {other:?}"),
    }
}
