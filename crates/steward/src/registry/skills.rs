//! `SKILL_REGISTRY.yaml`: `skills`, each with its id, file, description and roles, and `skills_on_load`.

use super::once;
use crate::activation::SkillRun;
use crate::audience::Audience;
use crate::diagnostic::{Diagnostic, Findings};
use crate::text_file::TextFile;
use crate::yaml::{Fields, Node, Word, did_you_mean, load};

/// One skill of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SkillEntry {
    pub(crate) id: Word,
    pub(crate) file: Word,
    pub(crate) description: Option<String>,
    /// Whom it is offered to.
    pub(crate) audience: Audience,
}

/// The registry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SkillRegistry {
    pub(crate) skills: Vec<SkillEntry>,
    /// The ids of the skills that are loaded at activation.
    pub(crate) on_load: Vec<String>,
}

impl SkillRegistry {
    /// Reads the registry, or says all that is wrong with it.
    pub(crate) fn parse(file: &TextFile) -> Result<Self, Vec<Diagnostic>> {
        let mut findings = Findings::of(&file.path);
        let root = load(&file.text, 1, &mut findings);
        let keys = ["version", "skills", "skills_on_load"];
        let fields = root.as_ref().and_then(|root| Fields::open(root, "a skill registry", &keys, &mut findings));
        let Some(fields) = fields else { return findings.or(Self::default()) };
        let mut skills: Vec<SkillEntry> = Vec::new();
        for item in fields.list("skills", &mut findings) {
            skills.extend(entry(item, &skills, &mut findings));
        }
        let on_load = fields.words("skills_on_load", &mut findings).unwrap_or_default();
        for word in &on_load {
            let ids = || skills.iter().map(|skill| skill.id.text.as_str());
            if !ids().any(|id| id == word.text) {
                let hint = did_you_mean(&word.text, ids());
                findings.add(word.place, format!("there is no skill `{}` here{hint}", word.text));
            }
        }
        let on_load = on_load.into_iter().map(|word| word.text).collect();
        findings.or(Self { skills, on_load })
    }
}

fn entry(node: &Node, before: &[SkillEntry], findings: &mut Findings<'_>) -> Option<SkillEntry> {
    let fields = Fields::open(node, "a skill", &["id", "file", "description", "roles"], findings)?;
    let (id, file) = (fields.required("id", findings), fields.required("file", findings));
    let description = fields.word("description", findings).map(|word| word.text);
    let roles = fields.words("roles", findings);
    let audience = roles.map_or_else(Audience::everybody, |words| Audience::read(&words, findings));
    let id = id?;
    if SkillRun::task_of(&id.text, "").is_none() {
        findings.add(id.place, format!("`{}` is no id: letters, digits, `-`, `_` and `.`, and not too many", id.text));
    }
    once(&id, &before.iter().map(|entry| &entry.id).collect::<Vec<_>>(), findings);
    Some(SkillEntry { id, file: file?, description, audience })
}

#[cfg(test)]
mod tests {
    use go_bus_api::Role;

    use super::*;
    use crate::version::Version;

    fn parse(text: &str) -> Result<SkillRegistry, Vec<String>> {
        let file = TextFile { path: "S.yaml".into(), text: text.to_owned(), version: Version::of(text.as_bytes()) };
        SkillRegistry::parse(&file).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn skills_are_read_and_which_are_loaded() {
        let text = "skills:\n  - id: bootstrap\n    file: bootstrap/SKILL.md\n    roles: [ho]\n  - {id: b, file: b.md}\nskills_on_load: [b]\n";
        let registry = parse(text).unwrap();
        assert_eq!(
            (registry.skills[0].audience.roles(), registry.on_load.as_slice()),
            (&[Role::Ho][..], &["b".to_owned()][..])
        );
        assert!(registry.skills[1].audience.has(Role::Reviewer));
    }

    #[test]
    fn all_mistakes_come_in_one_run() {
        let text = "skills:\n  - {id: boot, fil: a}\n  - {id: lint, file: a}\n  - {id: lint, file: b, roles: wroker}\nskills_on_load: [lnit]\n";
        assert_eq!(
            parse(text).unwrap_err(),
            [
                "S.yaml:2:16: a skill has no key `fil`, did you mean `file`?",
                "S.yaml:2:5: a skill needs `file`",
                "S.yaml:4:32: `wroker` is none of go, ho, po, io, specialist, worker or reviewer, did you mean `worker`?",
                "S.yaml:4:10: `lint` stands here twice, first in line 3",
                "S.yaml:5:18: there is no skill `lnit` here, did you mean `lint`?",
            ]
        );
    }
}
