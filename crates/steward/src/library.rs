//! All that the stewards keep, in one version.

mod load;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use go_bus_api::Role;

use crate::diagnostic::Diagnostic;
use crate::rule::Rule;
use crate::skill::Skill;
use crate::state_files::StateFile;
use crate::template::{Template, Variables};
use crate::version::Version;

pub use texts::RoleTexts;

/// Where the stewards' files lie (the settings `paths.*`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// The folder of `RULE_*.md`.
    pub rules: PathBuf,
    /// TEMPLATE_REGISTRY.yaml.
    pub templates: PathBuf,
    /// SKILL_REGISTRY.yaml.
    pub skills: PathBuf,
    /// The id of the skill that is run first at activation.
    pub bootstrap: String,
    /// The blueprint's folder.
    pub blueprint: PathBuf,
    /// The Execution Log.
    pub execution_log: PathBuf,
    /// The memory folders; `*` stands for any run of characters.
    pub memory: PathBuf,
}

impl Sources {
    /// Whether a file is one of these, or of a folder of theirs.
    pub fn cover(&self, file: &Path) -> bool {
        let registries = [&self.templates, &self.skills].into_iter().filter_map(|path| path.parent());
        registries.chain([self.rules.as_path()]).any(|folder| file.starts_with(folder))
    }
}

/// Something that the settings name and that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absent {
    /// The folder of rules: the house rules alone hold.
    Rules,
    /// The template registry: the built-in templates hold.
    Templates,
    /// The skill registry: no skill is offered or run.
    Skills,
    /// The bootstrap skill, though there is a skill registry: nothing is run first.
    Bootstrap,
    /// The blueprint: nobody is pointed to it.
    Blueprint,
    /// The Execution Log: its first entry makes it.
    ExecutionLog,
    /// The memory folders: nobody is pointed to them.
    Memory,
}

impl Absent {
    /// The setting that names it.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Rules => "paths.rules",
            Self::Templates => "paths.templates",
            Self::Skills => "paths.skills",
            Self::Bootstrap => "paths.bootstrap_skill",
            Self::Blueprint => "paths.blueprint",
            Self::ExecutionLog => "paths.execution_log",
            Self::Memory => "paths.memory",
        }
    }
}

/// All that the stewards keep, as it was read at one time.
#[derive(Debug, Clone, Default)]
pub struct Library {
    rules: Vec<Arc<Rule>>,
    templates: Vec<Arc<Template>>,
    skills: Vec<Arc<Skill>>,
    /// The ids of the skills that are loaded at activation.
    on_load: Vec<String>,
    bootstrap: String,
    state: Vec<StateFile>,
    /// The registries in effect.
    registries: BTreeMap<PathBuf, Version>,
}

/// A library, and what stood in its way.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What is good. What is not is as it was before, or absent where there was nothing before.
    pub library: Library,
    /// All that is wrong, by its place.
    pub problems: Vec<Diagnostic>,
    /// What is not there at all.
    pub absent: Vec<Absent>,
}

impl Library {
    /// Reads everything. What is broken stays as it is in `last`, where that has it.
    pub fn load(sources: &Sources, last: Option<&Self>) -> Loaded {
        load::load(sources, last.unwrap_or(&Self::default()))
    }

    /// The rules, by name.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|rule| &**rule)
    }

    /// The skills, as the registry orders them.
    pub fn skills(&self) -> impl Iterator<Item = &Skill> {
        self.skills.iter().map(|skill| &**skill)
    }

    /// The skill with this id.
    pub fn skill(&self, id: &str) -> Option<&Skill> {
        self.skills().find(|skill| skill.id == id)
    }

    /// The skills that are loaded at activation, in their order.
    pub fn on_load(&self) -> impl Iterator<Item = &Skill> {
        self.on_load.iter().filter_map(|id| self.skill(id))
    }

    /// The skill that is run first at activation.
    pub fn bootstrap(&self) -> Option<&Skill> {
        self.skill(&self.bootstrap)
    }

    /// The state files that are there.
    pub fn state_files(&self) -> &[StateFile] {
        &self.state
    }

    /// The template of this role's prompts; `None` where the built-in one holds.
    pub fn template(&self, role: Role) -> Option<&Template> {
        self.templates.iter().map(|template| &**template).find(|template| template.roles.contains(&role))
    }

    /// The prompt of a template of the registry; `None` where there is none for the role.
    pub fn render(&self, variables: &Variables<'_>) -> Option<Result<String, Diagnostic>> {
        Some(self.template(variables.role)?.render(variables))
    }

    /// The version of each file that is in effect.
    pub fn versions(&self) -> BTreeMap<PathBuf, Version> {
        let mut versions = self.registries.clone();
        versions.extend(self.rules().map(|rule| (rule.path.clone(), rule.version.clone())));
        versions.extend(self.templates.iter().map(|template| (template.path.clone(), template.version.clone())));
        versions.extend(self.skills().map(|skill| (skill.path.clone(), skill.version.clone())));
        versions
    }

    /// The folders whose changes may change it.
    pub(crate) fn folders(&self, sources: &Sources) -> BTreeSet<PathBuf> {
        let folder = |path: &Path| path.parent().map(Path::to_owned);
        let mut folders: BTreeSet<PathBuf> = self.versions().keys().filter_map(|path| folder(path)).collect();
        folders.extend([&sources.templates, &sources.skills].into_iter().filter_map(|path| folder(path)));
        folders.insert(sources.rules.clone());
        folders
    }
}

#[cfg(test)]
mod tests;
