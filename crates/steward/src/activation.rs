//! What is run at activation (R32): the bootstrap skill, then the skills that are loaded and have a command.

use go_bus_api::TaskId;

use crate::library::Library;
use crate::skill::Skill;
use crate::version::Version;

/// A skill whose command is to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillRun {
    /// The skill.
    pub skill: String,
    /// What it is for.
    pub description: String,
    /// Its version: another one is another run.
    pub version: Version,
    /// The command, which begins in the skill's own folder.
    pub command: String,
}

impl Library {
    /// The skills that are run at activation, in their order, each once: the bootstrap skill, then skills_on_load. What has no
    /// command is text alone, and in the prompts.
    pub fn activation(&self) -> Vec<SkillRun> {
        let mut runs: Vec<SkillRun> = Vec::new();
        for skill in self.bootstrap().into_iter().chain(self.on_load()) {
            if !runs.iter().any(|run| run.skill == skill.id) {
                runs.extend(run_of(skill));
            }
        }
        runs
    }
}

impl SkillRun {
    /// The id of its task on the Bus: it follows from the skill, its version and the boot of the host that it runs on. So it is run
    /// once for each version and boot, whoever leads and however often that changes.
    pub fn task(&self, boot: &str) -> Option<TaskId> {
        Self::task_of(&self.skill, Version::of(format!("{} {boot}", self.version).as_bytes()).short())
    }

    /// The id of a task of `skill`; `None` where the skill's id can't be part of one.
    pub(crate) fn task_of(skill: &str, which: &str) -> Option<TaskId> {
        TaskId::new(format!("skill-{skill}-{which}")).ok()
    }
}

fn run_of(skill: &Skill) -> Option<SkillRun> {
    let folder = skill.path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let command = skill.run.as_ref()?;
    Some(SkillRun {
        skill: skill.id.clone(),
        description: skill.description.clone(),
        version: skill.version.clone(),
        command: format!("cd '{}' && {command}", folder.replace('\'', r"'\''")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::House;

    fn runs(house: &House) -> Vec<SkillRun> {
        Library::load(&house.sources(), None).library.activation()
    }

    #[test]
    fn the_bootstrap_skill_comes_first_and_each_once() {
        let house = House::furnished();
        house.write("skills/lint/SKILL.md", "---\nname: a\ndescription: b\nrun: make lint\n---\n");
        let registry = "skills:\n  - {id: bootstrap, file: bootstrap/SKILL.md}\n  - {id: lint, file: lint/SKILL.md}\nskills_on_load: [lint, bootstrap]\n";
        house.write("skills/SKILL_REGISTRY.yaml", registry);
        let runs = runs(&house);
        assert_eq!(runs.iter().map(|run| run.skill.as_str()).collect::<Vec<_>>(), ["bootstrap", "lint"]);
        assert_eq!(runs[0].command, format!("cd '{}' && ./up.sh", house.path("skills/bootstrap").display()));
    }

    #[test]
    fn text_alone_is_not_run() {
        assert_eq!(runs(&House::furnished()).len(), 1, "lint has no command");
        assert_eq!(runs(&House::empty()), []);
    }

    #[test]
    fn the_task_s_id_follows_from_the_skill_its_version_and_the_host_s_boot() {
        let house = House::furnished();
        let id = |house: &House, boot: &str| runs(house)[0].task(boot).unwrap().to_string();
        let first = id(&house, "a");
        assert!(first.starts_with("skill-bootstrap-") && first.len() == "skill-bootstrap-".len() + 8);
        assert_eq!(id(&house, "a"), first);
        assert_ne!(id(&house, "b"), first);
        house.write("skills/bootstrap/SKILL.md", "---\nname: a\ndescription: b\nrun: ./other.sh\n---\n");
        assert_ne!(id(&house, "a"), first);
    }

    #[test]
    fn a_skill_whose_id_no_task_can_have_is_named() {
        let house = House::furnished();
        house.write("skills/SKILL_REGISTRY.yaml", "skills: [{id: a/b, file: lint/SKILL.md}]\n");
        let problems = Library::load(&house.sources(), None).problems;
        assert!(problems[0].message.starts_with("`a/b` is no id"), "{problems:?}");
    }
}
