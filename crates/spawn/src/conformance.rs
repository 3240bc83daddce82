//! What every model router and every prompt source has to hold to. A router's own tests call [`run`] with tasks of its kind, a
//! source's own call [`prompts`].

use go_bus_api::{HostId, Model, Role, Task};

use crate::prompt::laid_out;
use crate::{Hand, ModelRouter, Orchestrator, PromptSource, Purpose};

/// Checks `router` with each of these tasks and with orchestrators; answers what it breaks, in words. Empty means that it
/// conforms.
pub fn run(router: &dyn ModelRouter, tasks: &[Task]) -> Vec<String> {
    let mut broken = Vec::new();
    if let Ok(host) = HostId::new("h1") {
        broken.extend(asked(router, Purpose::Orchestrate(&Orchestrator::Ho(host)), "an orchestrator", false));
    }
    for task in tasks {
        let named = task.model.as_ref().is_some_and(Model::is_opus);
        for hand in [Hand::Specialist, Hand::Worker] {
            broken.extend(asked(router, Purpose::Build { hand, task }, task.id.as_str(), named));
        }
        broken.extend(asked(router, Purpose::Review { delivered: task }, task.id.as_str(), named));
    }
    broken
}

/// Asks twice, and looks at the answer.
fn asked(router: &dyn ModelRouter, purpose: Purpose<'_>, what: &str, may_be_opus: bool) -> Vec<String> {
    let model = router.route(purpose);
    let mut broken = Vec::new();
    if router.route(purpose) != model {
        broken.push(format!("{what}: the same purpose gives another model"));
    }
    if model.is_opus() && !may_be_opus {
        broken.push(format!("{what}: Opus is only for a ticket that names it"));
    }
    if model.0.is_blank() {
        broken.push(format!("{what}: no model"));
    }
    broken
}

/// Checks `source` for each role that gets a prompt; answers what it breaks, in words. Empty means that it conforms. A layout that
/// breaks something is never used, but one that is never used is a mistake too.
pub fn prompts(source: &dyn PromptSource) -> Vec<String> {
    let roles = [Role::Ho, Role::Po, Role::Io, Role::Specialist, Role::Worker, Role::Reviewer];
    roles.into_iter().flat_map(|role| of_role(source, role)).collect()
}

fn of_role(source: &dyn PromptSource, role: Role) -> Vec<String> {
    let (name, mut broken) = (role.as_str(), Vec::new());
    if source.briefing(role) != source.briefing(role) {
        broken.push(format!("{name}: asked twice, it tells something else"));
    }
    if laid_out(source, role).is_some_and(|prompt| prompt.is_none()) {
        broken.push(format!("{name}: the layout loses a section that the role needs, or is too long"));
    }
    broken
}

#[cfg(test)]
mod tests {
    use go_bus_api::Text;

    use super::*;
    use crate::{Briefing, BuiltIn, Sections, SeedRouter, samples};

    fn tasks() -> Vec<Task> {
        let plain = samples::task("T-1");
        vec![Task { model: Some(Model(Text::clipped("opus"))), ..samples::task("T-2") }, plain]
    }

    #[test]
    fn the_seed_s_router_conforms() {
        assert_eq!(run(&SeedRouter::default(), &tasks()), Vec::<String>::new());
    }

    #[derive(Debug)]
    struct Always(&'static str);

    impl ModelRouter for Always {
        fn route(&self, _purpose: Purpose<'_>) -> Model {
            Model(Text::clipped(self.0))
        }
    }

    #[test]
    fn opus_for_everyone_and_no_model_at_all_are_caught() {
        assert_eq!(run(&Always("claude-opus-4-6"), &tasks()).len(), 4, "an orchestrator, and T-1's three");
        assert_eq!(run(&Always(" "), &tasks()).len(), 7);
        assert_eq!(run(&Always("local-model"), &tasks()), Vec::<String>::new());
    }

    #[derive(Debug)]
    struct Forgetful;

    impl PromptSource for Forgetful {
        fn briefing(&self, _role: Role) -> Briefing {
            Briefing::default()
        }

        fn lay_out(&self, sections: &Sections) -> Option<String> {
            (sections.role == Role::Po).then(|| format!("## Verification\n{}", sections.verification))
        }
    }

    #[test]
    fn a_layout_that_loses_a_section_is_caught() {
        assert_eq!(prompts(&BuiltIn), Vec::<String>::new());
        let broken = prompts(&Forgetful);
        assert_eq!(broken, ["po: the layout loses a section that the role needs, or is too long"]);
    }
}
