//! The library in effect, shared by all who spawn in one process.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use crate::diagnostic::Diagnostic;
use crate::library::{Library, Loaded, Sources};
use crate::version::Version;

/// A file whose version in effect is another than before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The file.
    pub file: PathBuf,
    /// Its version before; `None` where it is new.
    pub old: Option<Version>,
    /// Its version now; `None` where it is gone.
    pub new: Option<Version>,
}

/// What another look at the files brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reloaded {
    /// What is in effect from now on, by file.
    pub changes: Vec<Change>,
    /// What is wrong and was not at the last look; its last good version holds.
    pub problems: Vec<Diagnostic>,
}

/// Holds the library in effect. Whoever asks for it gets all of it in one version; a reload exchanges it as a whole.
#[derive(Debug)]
pub struct Steward {
    sources: Sources,
    held: RwLock<Held>,
}

#[derive(Debug, Default)]
struct Held {
    library: Arc<Library>,
    problems: Vec<Diagnostic>,
}

impl Steward {
    /// Reads the files for the first time. What is broken is left out; all that is wrong and absent is in the answer beside.
    pub fn open(sources: Sources) -> (Self, Loaded) {
        let loaded = Library::load(&sources, None);
        let held = Held { library: Arc::new(loaded.library.clone()), problems: loaded.problems.clone() };
        (Self { sources, held: RwLock::new(held) }, loaded)
    }

    /// Where the files lie.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The library in effect.
    pub fn library(&self) -> Arc<Library> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner).library)
    }

    /// Looks at the files again. Blocks on the disk.
    pub fn reload(&self) -> Reloaded {
        let before = self.library();
        let Loaded { library, problems, .. } = Library::load(&self.sources, Some(&before));
        let changes = changes(&before.versions(), &library.versions());
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = problems.iter().filter(|problem| !held.problems.contains(problem)).cloned().collect();
        *held = Held { library: Arc::new(library), problems };
        Reloaded { changes, problems: fresh }
    }
}

impl Change {
    /// What is different between the versions that were known and those in effect, by file.
    pub fn between(known: &BTreeMap<PathBuf, Version>, now: &BTreeMap<PathBuf, Version>) -> Vec<Self> {
        changes(known, now)
    }
}

fn changes(before: &BTreeMap<PathBuf, Version>, now: &BTreeMap<PathBuf, Version>) -> Vec<Change> {
    let files: std::collections::BTreeSet<&PathBuf> = before.keys().chain(now.keys()).collect();
    let change = |file: &PathBuf| {
        let (old, new) = (before.get(file).cloned(), now.get(file).cloned());
        (old != new).then(|| Change { file: file.clone(), old, new })
    };
    files.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::House;

    #[test]
    fn a_change_tells_both_versions_and_is_in_effect() {
        let house = House::furnished();
        let (steward, _) = Steward::open(house.sources());
        assert_eq!(steward.reload(), Reloaded::default());
        let (old, new) = ("---\nroles: [worker]\n---\n# Style\nBe brief.\n", "# Style\nBe kind.\n");
        house.write("rules/RULE_style.md", new);
        let version = |text: &str| Some(Version::of(text.as_bytes()));
        let change = Change { file: house.path("rules/RULE_style.md"), old: version(old), new: version(new) };
        assert_eq!(steward.reload(), Reloaded { changes: vec![change], problems: vec![] });
        assert!(steward.library().texts(go_bus_api::Role::Po).rules.contains("Be kind."));
    }

    #[test]
    fn new_and_gone_files_are_changes_too() {
        let house = House::furnished();
        let (steward, _) = Steward::open(house.sources());
        house.write("rules/RULE_new.md", "# New\n");
        house.remove("rules/RULE_style.md");
        let changes = steward.reload().changes;
        assert_eq!(changes.len(), 2);
        assert!(changes[0].old.is_none() && changes[1].new.is_none(), "{changes:?}");
    }

    #[test]
    fn a_mistake_is_told_once_and_mending_it_is_a_change() {
        let house = House::furnished();
        let (steward, _) = Steward::open(house.sources());
        house.write("templates/worker.md", "{{ tiket }}");
        let broken = steward.reload();
        assert_eq!((broken.changes.len(), broken.problems.len()), (0, 1));
        assert_eq!(steward.reload(), Reloaded::default());
        house.write("templates/worker.md", &format!("{}!", crate::samples::TERSE));
        assert_eq!(steward.reload().changes.len(), 1);
    }
}
