//! Which model an agent runs on (R22).

use go_bus_api::{Category, Model, Task};

use crate::{Hand, Models, Orchestrator};

/// What a model is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'a> {
    /// An HO, PO or IO.
    Orchestrate(&'a Orchestrator),
    /// A builder of a task.
    Build {
        /// Which kind of builder.
        hand: Hand,
        /// What it builds.
        task: &'a Task,
    },
    /// A reviewer of a delivered task.
    Review {
        /// What was delivered.
        delivered: &'a Task,
    },
}

/// Chooses the model of every agent before it is spawned.
///
/// *Flow*: asked once a spawn, by GO for orchestrators and by an HO or PO for hands; the answer goes into `POST /agents`.
/// *Guarantees to keep*: Opus only for a ticket that names it; the same model for the same purpose, so that a spawn repeated
/// after a crash is the same spawn; no IO and no blocking.
/// *Assumptions*: the answer is an id that the agent's driver knows. *Errors*: none; a router that can't tell says its default.
/// *Crash semantics*: none; a router has no state.
pub trait ModelRouter: std::fmt::Debug + Send + Sync {
    /// The model for this purpose.
    fn route(&self, purpose: Purpose<'_>) -> Model;
}

/// The routing of the seed: Sonnet by default, Opus where the ticket says so, Haiku for workers and for chores, extraction,
/// classification and routing; a reviewer is never weaker than the builder was.
///
/// ```
/// use go_spawn::{ModelRouter, Models, Orchestrator, Purpose, SeedRouter};
/// let router = SeedRouter::new(Models::default());
/// let ho = Orchestrator::Ho("h1".parse().unwrap());
/// assert_eq!(router.route(Purpose::Orchestrate(&ho)).0.as_str(), "claude-sonnet-4-6");
/// ```
#[derive(Debug, Clone, Default)]
pub struct SeedRouter {
    models: Models,
}

impl SeedRouter {
    /// Routes among these models.
    pub fn new(models: Models) -> Self {
        Self { models }
    }

    fn build(&self, hand: Hand, task: &Task) -> Model {
        match &task.model {
            Some(named) => self.models.resolve(named),
            None if hand == Hand::Worker || is_light_work(task) => self.models.haiku.clone(),
            None => self.models.default.clone(),
        }
    }

    fn review(&self, delivered: &Task) -> Model {
        let builder = self.build(Hand::for_task(delivered), delivered);
        self.models.stronger(self.models.default.clone(), builder)
    }
}

impl ModelRouter for SeedRouter {
    fn route(&self, purpose: Purpose<'_>) -> Model {
        match purpose {
            Purpose::Orchestrate(_) => self.models.default.clone(),
            Purpose::Build { hand, task } => self.build(hand, task),
            Purpose::Review { delivered } => self.review(delivered),
        }
    }
}

fn is_light_work(task: &Task) -> bool {
    use Category::{Chore, Classification, Extraction, Routing};
    matches!(task.category, Some(Chore | Extraction | Classification | Routing))
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Role, Text};
    use proptest::option;
    use proptest::prelude::{Strategy, prop_assert};
    use proptest::sample::select;
    use proptest::test_runner::TestRunner;

    use super::*;
    use crate::samples;

    fn ticket(category: &str, model: Option<&str>) -> Task {
        let model = model.map(|id| Model(Text::clipped(id)));
        Task { category: Some(category.to_owned().into()), model, ..samples::task("T-1") }
    }

    fn built_on(task: &Task) -> String {
        let hand = Hand::for_task(task);
        SeedRouter::default().route(Purpose::Build { hand, task }).0.into()
    }

    fn reviewed_on(task: &Task) -> String {
        SeedRouter::default().route(Purpose::Review { delivered: task }).0.into()
    }

    #[test]
    fn sonnet_by_default_and_haiku_for_workers() {
        assert_eq!(built_on(&ticket("feature", None)), "claude-sonnet-4-6");
        for category in ["chore", "extraction", "classification", "routing", "poem"] {
            assert_eq!(built_on(&ticket(category, None)), "claude-haiku-4-5", "{category}");
        }
    }

    #[test]
    fn opus_only_where_the_ticket_says_so() {
        assert_eq!(built_on(&ticket("feature", Some("opus"))), "claude-opus-4-6");
        assert_eq!(built_on(&ticket("chore", Some("opus"))), "claude-opus-4-6");
        for role in [Orchestrator::Po(samples::id("site")), Orchestrator::Io(samples::id("operator"))] {
            assert_eq!(SeedRouter::default().route(Purpose::Orchestrate(&role)).0.as_str(), "claude-sonnet-4-6");
        }
    }

    #[test]
    fn a_reviewer_is_never_weaker_than_the_builder() {
        let models = Models::default();
        for category in ["feature", "chore"] {
            for named in [None, Some("opus"), Some("haiku"), Some("sonnet"), Some("gpt-5")] {
                let task = ticket(category, named);
                let strength = |id: String| models.strength(&Model(Text::clipped(&id)));
                assert!(strength(reviewed_on(&task)) >= strength(built_on(&task)), "{category} on {named:?}");
            }
        }
        assert_eq!(reviewed_on(&ticket("feature", Some("opus"))), "claude-opus-4-6");
        assert_eq!(reviewed_on(&ticket("feature", None)), "claude-sonnet-4-6");
    }

    /// Any ticket under any settings: categories, roles and models that meet, and ids that stand for several things.
    fn tickets() -> impl Strategy<Value = (Models, Task)> {
        let ids = || select(vec!["claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5", "gpt-5", "house"]);
        let named =
            select(vec!["opus", "sonnet", "haiku", "default", "claude-opus-9", "claude-haiku-2", "gpt-5", "house"]);
        let category = option::of(select(vec!["feature", "config_change", "bp_update", "chore", "extraction", "poem"]));
        let role = option::of(select(vec![Role::Specialist, Role::Worker, Role::Reviewer]));
        (ids(), ids(), ids(), category, option::of(named), role).prop_map(
            |(default, opus, haiku, category, named, role)| {
                let model = |id: &str| Model(Text::clipped(id));
                let models = Models { default: model(default), opus: model(opus), haiku: model(haiku) };
                let category = category.map(|word| word.to_owned().into());
                (models, Task { category, model: named.map(model), role, ..samples::task("T-1") })
            },
        )
    }

    /// Whether a router that `make` makes never gives a reviewer a weaker model than it gave the builder.
    fn never_weaker<R: ModelRouter>(make: fn(Models) -> R) -> bool {
        let tried = TestRunner::deterministic().run(&tickets(), |(models, task)| {
            let (router, hand) = (make(models.clone()), Hand::for_task(&task));
            let built = router.route(Purpose::Build { hand, task: &task });
            let reviewed = router.route(Purpose::Review { delivered: &task });
            prop_assert!(models.strength(&reviewed) >= models.strength(&built), "{built:?}, then {reviewed:?}");
            Ok(())
        });
        tried.is_ok()
    }

    #[derive(Debug)]
    struct Thrifty(SeedRouter);

    impl ModelRouter for Thrifty {
        fn route(&self, purpose: Purpose<'_>) -> Model {
            match purpose {
                Purpose::Review { .. } => self.0.models.default.clone(),
                other => self.0.route(other),
            }
        }
    }

    #[test]
    fn whatever_the_ticket_and_the_settings_a_reviewer_is_never_weaker_and_a_router_that_saves_on_it_is_caught() {
        assert!(never_weaker(SeedRouter::new));
        assert!(!never_weaker(|models| Thrifty(SeedRouter::new(models))));
    }
}
