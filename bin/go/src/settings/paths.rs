//! `paths`: the files and folders GO works with (R13, R14).

use std::path::PathBuf;

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
    /// The Execution Log, in the blueprint's folder where nothing else is said.
    pub(crate) execution_log: PathBuf,
}

impl PathSettings {
    /// Reads the section.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let plan = reader.get("paths.plan", "plan.yaml".to_owned()).into();
        reader.get("paths.skills", format!("{WORKSPACE}/skills/SKILL_REGISTRY.yaml"));
        reader.get("paths.templates", format!("{WORKSPACE}/templates/TEMPLATE_REGISTRY.yaml"));
        reader.get("paths.rules", format!("{WORKSPACE}/rules"));
        let blueprint = reader.get("paths.blueprint", BLUEPRINT.to_owned());
        let execution_log = reader.get("paths.execution_log", format!("{blueprint}/11_EXECUTION_LOG.md")).into();
        reader.get("paths.memory", "~/.claude/projects/*/memory".to_owned());
        reader.get("paths.bootstrap_skill", "bootstrap".to_owned());
        Self { plan, execution_log }
    }
}
