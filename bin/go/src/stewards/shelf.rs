//! The bridge from what the stewards keep to the prompts of whoever is spawned.

use std::sync::Arc;

use go_bus_api::Role;
use go_spawn::{Briefing, BuiltIn, PromptSource, Sections};
use go_steward::{RoleTexts, Steward, Variables};

/// Gives prompts what the library in effect has for them, the house rules first.
#[derive(Debug, Clone)]
pub(crate) struct Shelf(pub(crate) Arc<Steward>);

impl PromptSource for Shelf {
    fn briefing(&self, role: Role) -> Briefing {
        let RoleTexts { rules, context_rotation, skills, state_files } = self.0.library().texts(role);
        let rules = if rules.is_empty() { BuiltIn::RULES.to_owned() } else { format!("{}\n{rules}", BuiltIn::RULES) };
        Briefing { rules, context_rotation, skills, state_files }
    }

    fn lay_out(&self, sections: &Sections) -> Option<String> {
        match self.0.library().render(&variables(sections))? {
            Ok(text) => Some(text),
            Err(mistake) => {
                tracing::warn!("{mistake}; the built-in layout holds");
                None
            }
        }
    }
}

fn variables(sections: &Sections) -> Variables<'_> {
    Variables {
        role: sections.role,
        identity: &sections.identity,
        mission: &sections.mission,
        ticket: &sections.ticket,
        handoff: &sections.handoff,
        verification: &sections.verification,
        context_rotation: &sections.context_rotation,
        rules: &sections.rules,
        skills: &sections.skills,
        state_files: &sections.state_files,
        bus_access: &sections.bus_access,
    }
}

#[cfg(test)]
mod tests {
    use go_spawn::{Hand, Identity, Orchestrator, PromptBuilder, Rotation, Verification};
    use go_steward::{Sources, Template};

    use super::*;

    fn shelf(sources: Sources) -> Shelf {
        Shelf(Arc::new(Steward::open(sources).0))
    }

    /// A shelf whose registry has the built-in templates in it.
    fn shelf_of_the_built_in(folder: &std::path::Path) -> Shelf {
        let registry = "templates:\n  - {id: o, roles: [ho, po, io], file: o.md}\n  - {id: h, roles: [specialist, worker, reviewer], file: h.md}\n";
        for (name, text) in
            [("T.yaml", registry), ("o.md", Template::built_in(Role::Po)), ("h.md", Template::built_in(Role::Worker))]
        {
            std::fs::write(folder.join(name), text).unwrap();
        }
        shelf(Sources { templates: folder.join("T.yaml"), ..Sources::default() })
    }

    #[test]
    fn the_built_in_templates_look_as_the_built_in_layout_does() {
        let folder = tempfile::tempdir().unwrap();
        let theirs = shelf_of_the_built_in(folder.path());
        assert!(theirs.0.library().template(Role::Po).is_some());
        assert_eq!(go_spawn::conformance::prompts(&theirs), Vec::<String>::new());
        for left in ["", "T-1 is half done"] {
            let po = || {
                let builder = PromptBuilder::for_orchestrator(&Orchestrator::Po("site".parse().unwrap())).handoff(left);
                builder.verification(Verification::of_an_orchestrator()).context_rotation(Rotation::default())
            };
            assert_eq!(po().build(&theirs), po().build(&BuiltIn));
        }
        let hand = || {
            let builder = PromptBuilder::for_hand(Hand::Worker, Identity::new("a worker", "of project site"));
            builder.mission("Tidy up.").verification(Verification::commands(["make test"]))
        };
        assert_eq!(hand().build(&theirs), hand().build(&BuiltIn));
    }

    #[test]
    fn rule_files_come_after_the_house_rules() {
        let folder = tempfile::tempdir().unwrap();
        let before = shelf(Sources::default()).briefing(Role::Worker);
        assert_eq!(before, BuiltIn.briefing(Role::Worker));
        std::fs::write(folder.path().join("RULE_style.md"), "# Style\nBe brief.\n").unwrap();
        let rules = shelf(Sources { rules: folder.path().into(), ..Sources::default() }).briefing(Role::Worker).rules;
        assert_eq!(rules, format!("{}\n# Style\nBe brief.", BuiltIn::RULES));
    }
}
