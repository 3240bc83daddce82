//! What every model router has to hold to. A router's own tests call [`run`] with tasks of its kind.

use go_bus_api::{HostId, Model, Task};

use crate::{Hand, ModelRouter, Orchestrator, Purpose};

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

#[cfg(test)]
mod tests {
    use go_bus_api::Text;

    use super::*;
    use crate::{SeedRouter, samples};

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
}
