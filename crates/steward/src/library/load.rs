//! Reading all of it, with the last good version of whatever is broken.

use std::path::Path;
use std::sync::Arc;

use super::{Absent, Library, Loaded, Sources};
use crate::diagnostic::{Diagnostic, Findings};
use crate::registry::{SkillRegistry, TemplateRegistry, beside};
use crate::rule::{Rule, files_in};
use crate::skill::Skill;
use crate::state_files::{StateFile, StateKind, there};
use crate::template::Template;
use crate::text_file::{TextFile, Unread};
use crate::yaml::Word;

/// Reads everything; what is broken stays as it is in `last`.
pub(super) fn load(sources: &Sources, last: &Library) -> Loaded {
    let mut loaded = Loaded::default();
    loaded.library.bootstrap.clone_from(&sources.bootstrap);
    rules(sources, last, &mut loaded);
    templates(sources, last, &mut loaded);
    skills(sources, last, &mut loaded);
    state(sources, &mut loaded);
    loaded.problems.sort();
    loaded.problems.dedup();
    loaded
}

fn rules(sources: &Sources, last: &Library, loaded: &mut Loaded) {
    let Some(files) = files_in(&sources.rules) else {
        loaded.absent.push(Absent::Rules);
        return;
    };
    for path in files {
        let before = || last.rules.iter().find(|rule| rule.path == path).cloned();
        let read = match TextFile::read(&path) {
            Ok(file) => Rule::parse(file),
            // Removed since the folder was listed.
            Err(Unread::Absent) => continue,
            Err(Unread::Bad(problems)) => Err(problems),
        };
        loaded.library.rules.extend(kept(read, before, &mut loaded.problems));
    }
}

fn templates(sources: &Sources, last: &Library, loaded: &mut Loaded) {
    let registry = match registry(&sources.templates, TemplateRegistry::parse) {
        Ok((registry, version)) => {
            loaded.library.registries.insert(sources.templates.clone(), version);
            registry
        }
        Err(Unread::Absent) => {
            loaded.absent.push(Absent::Templates);
            return;
        }
        Err(Unread::Bad(problems)) => {
            loaded.problems.extend(problems);
            loaded.library.templates.clone_from(&last.templates);
            loaded.library.keep_registry(&sources.templates, last);
            return;
        }
    };
    for entry in &registry.templates {
        let before = || last.templates.iter().find(|template| template.id == entry.id.text).cloned();
        let read = named(&sources.templates, &entry.file).and_then(|file| Template::parse(entry, file));
        loaded.library.templates.extend(kept(read, before, &mut loaded.problems));
    }
}

fn skills(sources: &Sources, last: &Library, loaded: &mut Loaded) {
    let registry = match registry(&sources.skills, SkillRegistry::parse) {
        Ok((registry, version)) => {
            loaded.library.registries.insert(sources.skills.clone(), version);
            registry
        }
        Err(Unread::Absent) => {
            loaded.absent.push(Absent::Skills);
            return;
        }
        Err(Unread::Bad(problems)) => {
            loaded.problems.extend(problems);
            loaded.library.skills.clone_from(&last.skills);
            loaded.library.on_load.clone_from(&last.on_load);
            loaded.library.keep_registry(&sources.skills, last);
            return;
        }
    };
    for entry in &registry.skills {
        let before = || last.skills.iter().find(|skill| skill.id == entry.id.text).cloned();
        let read = named(&sources.skills, &entry.file).and_then(|file| Skill::parse(entry, file));
        loaded.library.skills.extend(kept(read, before, &mut loaded.problems));
    }
    if !registry.skills.iter().any(|entry| entry.id.text == sources.bootstrap) {
        loaded.absent.push(Absent::Bootstrap);
    }
    loaded.library.on_load = registry.on_load;
}

fn state(sources: &Sources, loaded: &mut Loaded) {
    for (kind, path, absent) in [
        (StateKind::Blueprint, &sources.blueprint, Absent::Blueprint),
        (StateKind::ExecutionLog, &sources.execution_log, Absent::ExecutionLog),
        (StateKind::Memory, &sources.memory, Absent::Memory),
    ] {
        let found = there(path);
        if found.is_empty() {
            loaded.absent.push(absent);
        }
        loaded.library.state.extend(found.into_iter().map(|path| StateFile { kind, path }));
    }
}

impl Library {
    fn keep_registry(&mut self, path: &Path, last: &Self) {
        self.registries
            .extend(last.registries.get_key_value(path).map(|(path, version)| (path.clone(), version.clone())));
    }
}

/// A registry and its version.
fn registry<T>(
    path: &Path,
    parse: impl FnOnce(&TextFile) -> Result<T, Vec<Diagnostic>>,
) -> Result<(T, crate::version::Version), Unread> {
    let file = TextFile::read(path)?;
    let parsed = parse(&file).map_err(Unread::Bad)?;
    Ok((parsed, file.version))
}

/// The file that a registry names; one that is not there is the registry's mistake.
fn named(registry: &Path, file: &Word) -> Result<TextFile, Vec<Diagnostic>> {
    let path = beside(registry, file);
    TextFile::read(&path).map_err(|unread| match unread {
        Unread::Bad(problems) => problems,
        Unread::Absent => {
            let mut findings = Findings::of(registry);
            findings.add(file.place, format!("there is no file {}", path.display()));
            findings.all()
        }
    })
}

/// What was read, or what was before where it is broken.
fn kept<T>(
    read: Result<T, Vec<Diagnostic>>,
    before: impl FnOnce() -> Option<Arc<T>>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Arc<T>> {
    match read {
        Ok(good) => Some(Arc::new(good)),
        Err(found) => {
            problems.extend(found);
            before()
        }
    }
}
