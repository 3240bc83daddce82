//! `paths`: the files and folders GO works with (R13, R14).

use std::path::{Path, PathBuf};

use go_steward::Sources;

use super::reader::Reader;

/// Where the operators of the seed keep what GO reads.
const WORKSPACE: &str = "~/STRUXIO_Workspace/struxio-logic";
/// The blueprint's folder.
const BLUEPRINT: &str = "struxio-design/02_xiopro_architecture/blueprint_xiopro_v5";

/// Files and folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathSettings {
    /// The plan.
    pub(crate) plan: PathBuf,
    /// SKILL_REGISTRY.yaml.
    skills: PathBuf,
    /// TEMPLATE_REGISTRY.yaml.
    templates: PathBuf,
    /// The folder of RULE_*.md.
    rules: PathBuf,
    /// The blueprint's folder.
    blueprint: PathBuf,
    /// The Execution Log, in the blueprint's folder where nothing else is said.
    pub(crate) execution_log: PathBuf,
    /// The memory folders; `*` stands for any run of characters.
    memory: PathBuf,
    /// The id of the skill that is run first at activation (R32).
    bootstrap_skill: String,
}

impl PathSettings {
    /// Reads the section.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let plan = reader.get("paths.plan", "plan.yaml".to_owned()).into();
        let skills = reader.get("paths.skills", format!("{WORKSPACE}/skills/SKILL_REGISTRY.yaml")).into();
        let templates = reader.get("paths.templates", format!("{WORKSPACE}/templates/TEMPLATE_REGISTRY.yaml")).into();
        let rules = reader.get("paths.rules", format!("{WORKSPACE}/rules")).into();
        let blueprint = reader.get("paths.blueprint", BLUEPRINT.to_owned());
        let execution_log = reader.get("paths.execution_log", format!("{blueprint}/11_EXECUTION_LOG.md")).into();
        let memory = reader.get("paths.memory", "~/.claude/projects/*/memory".to_owned()).into();
        let bootstrap_skill = reader.get("paths.bootstrap_skill", "bootstrap".to_owned());
        let blueprint = blueprint.into();
        Self { plan, skills, templates, rules, blueprint, execution_log, memory, bootstrap_skill }
    }

    /// Where the stewards' files lie: whole paths, so that they mean the same in every folder.
    pub(crate) fn stewards(&self) -> Sources {
        let home = std::env::home_dir();
        let whole = |path: &Path| {
            let path = with_home(path, home.as_deref());
            std::path::absolute(&path).unwrap_or(path)
        };
        Sources {
            rules: whole(&self.rules),
            templates: whole(&self.templates),
            skills: whole(&self.skills),
            bootstrap: self.bootstrap_skill.clone(),
            blueprint: whole(&self.blueprint),
            execution_log: whole(&self.execution_log),
            memory: whole(&self.memory),
        }
    }
}

/// `path` with a leading `~` as the home folder, where there is one.
pub(super) fn with_home(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_the_home_folder() {
        let home = Some(Path::new("/home/me"));
        assert_eq!(with_home(Path::new("~/rules"), home), Path::new("/home/me/rules"));
        assert_eq!(with_home(Path::new("a~/rules"), home), Path::new("a~/rules"));
        assert_eq!(with_home(Path::new("~/rules"), None), Path::new("~/rules"));
    }
}
