//! Folders of stewards' files for the tests of this crate.

use std::fs;
use std::path::{Path, PathBuf};

use crate::library::Sources;

/// A folder with the stewards' files, gone at its end.
#[derive(Debug)]
pub(crate) struct House {
    root: tempfile::TempDir,
}

impl House {
    /// One with nothing in it.
    pub(crate) fn empty() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    /// One with two rules, a template for workers and two skills, of which one is loaded.
    pub(crate) fn furnished() -> Self {
        let house = Self::empty();
        house.write("rules/RULE_context_rotation.md", "# Context rotation\nWrite your handoff.\n");
        house.write("rules/RULE_style.md", "---\nroles: [worker]\n---\n# Style\nBe brief.\n");
        house.write("rules/README.md", "no rule");
        house.write(
            "templates/TEMPLATE_REGISTRY.yaml",
            "templates:\n  - {id: terse, roles: [worker], file: worker.md}\n",
        );
        house.write("templates/worker.md", TERSE);
        house.write(
            "skills/SKILL_REGISTRY.yaml",
            "skills:\n  - {id: bootstrap, file: bootstrap/SKILL.md, roles: [ho]}\n  - {id: lint, file: lint/SKILL.md}\nskills_on_load: [lint]\n",
        );
        house.write(
            "skills/bootstrap/SKILL.md",
            "---\nname: bootstrap\ndescription: Gets the host ready\nrun: ./up.sh\n---\n",
        );
        house.write("skills/lint/SKILL.md", "---\nname: lint\ndescription: Finds what is ugly\n---\n# Lint\nRun it.\n");
        house
    }

    /// The path of a file here.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Removes a file.
    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// The settings that name its files.
    pub(crate) fn sources(&self) -> Sources {
        Sources {
            rules: self.path("rules"),
            templates: self.path("templates/TEMPLATE_REGISTRY.yaml"),
            skills: self.path("skills/SKILL_REGISTRY.yaml"),
            bootstrap: "bootstrap".to_owned(),
            blueprint: self.path("blueprint"),
            execution_log: self.path("blueprint/11_EXECUTION_LOG.md"),
            memory: self.path("projects/*/memory"),
        }
    }

    /// Where it lies.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }
}

/// A template of a worker's prompt.
pub(crate) const TERSE: &str = "{{ mission }}\n{{ ticket }}\n{{ rules }}\n## Verification\n{{ verification }}\n";
