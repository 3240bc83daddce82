//! The policy of the seed: features, configuration changes and blueprint updates are significant.

use go_bus_api::{Category, Deliverable, ExitReport, Task, TaskKind};

use crate::evidence::evidence;
use crate::{Brief, Delivery, ReviewPolicy};

/// What the seed says (R24). The reviewer runs the ticket's `review`, else its `verify` commands again.
///
/// ```
/// use go_review::{Delivery, ReviewPolicy, SeedPolicy};
/// # let json = r#"{"id":"T-1","project":"site","title":"Index","kind":"ticket","category":"feature","priority":"p2",
/// #  "state":"in_progress","attempt":1,"max_attempts":3,"failures":0,"losses":0,"review":"make lint",
/// #  "created_at":"2026-03-21T08:15:30.000Z","revision":1}"#;
/// # let task: go_bus_api::Task = serde_json::from_str(json).unwrap();
/// assert!(SeedPolicy.is_significant(&task));
/// assert_eq!(SeedPolicy.brief(&Delivery::of(&task)).checks, ["make lint"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeedPolicy;

impl ReviewPolicy for SeedPolicy {
    fn is_significant(&self, task: &Task) -> bool {
        let builds = matches!(task.kind, TaskKind::Ticket | TaskKind::Improvement);
        builds && task.category.as_ref().is_some_and(Category::is_significant)
    }

    fn deliverable(&self, task: &Task, _exit: &ExitReport) -> Option<Deliverable> {
        let kind = task.category.clone()?;
        let significant = self.is_significant(task);
        // The Bus has every deliverable of a significant kind reviewed: one that must not be is left out.
        let may_be_named = significant || !kind.is_significant();
        may_be_named.then(|| Deliverable { kind, artifacts: Vec::new(), significant })
    }

    fn brief(&self, delivery: &Delivery<'_>) -> Brief {
        let delivered = delivery.task;
        let checks: Vec<String> = match &delivered.review {
            Some(review) if !review.is_blank() => vec![review.as_str().to_owned()],
            _ => delivered.verify.iter().map(|command| command.as_str().to_owned()).collect(),
        };
        Brief { mission: mission(delivery), checks }
    }
}

fn mission(delivery: &Delivery<'_>) -> String {
    let id = &delivery.task.id;
    let order = format!(
        "Review what was delivered for the ticket {id} below. You built no part of it: look with fresh eyes at what is there, not \
         at what is said about it. Read what has changed, and run the checks. Approve only when they pass and the work does what \
         the ticket asks; else request changes, with notes that its next builder can act on. Your verdict goes by the tool \
         bus_review_task where you have it, else by POST /tasks/{id}/review. Change nothing yourself."
    );
    match evidence(delivery).as_str() {
        "" => order,
        known => format!("{order}\n\n{known}"),
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::Text;

    use super::*;
    use crate::samples::ticket;

    #[test]
    fn features_configuration_and_blueprint_are_significant_and_nothing_else() {
        for (category, significant) in [
            ("feature", true),
            ("config_change", true),
            ("bp_update", true),
            ("chore", false),
            ("extraction", false),
            ("poem", false),
        ] {
            let task = ticket(category);
            assert_eq!(SeedPolicy.is_significant(&task), significant, "{category}");
            let deliverable = SeedPolicy.deliverable(&task, &ExitReport::default());
            assert_eq!(deliverable.map(|d| (d.significant, d.needs_review())), Some((significant, significant)));
        }
        let unnamed = Task { category: None, ..ticket("chore") };
        assert_eq!(SeedPolicy.deliverable(&unnamed, &ExitReport::default()), None);
    }

    #[test]
    fn improvements_are_reviewed_like_tickets_and_reviews_and_pushes_never() {
        for (kind, significant) in [
            (TaskKind::Improvement, true),
            (TaskKind::Review, false),
            (TaskKind::Push, false),
            (TaskKind::Delegation, false),
            (TaskKind::IntegrationTest, false),
            (TaskKind::Rotation, false),
        ] {
            let task = Task { kind, ..ticket("feature") };
            assert_eq!(SeedPolicy.is_significant(&task), significant, "{kind:?}");
            let deliverable = SeedPolicy.deliverable(&task, &ExitReport::default());
            assert_eq!(deliverable.is_some_and(|d| d.needs_review()), significant, "{kind:?}");
        }
    }

    #[test]
    fn the_reviewer_runs_review_else_verify_again() {
        let verify = vec![Text::clipped("test -s out"), Text::clipped("make test")];
        let both = Task { verify, review: Some(Text::clipped("make lint")), ..ticket("feature") };
        assert_eq!(SeedPolicy.brief(&Delivery::of(&both)).checks, ["make lint"]);
        for review in [None, Some(Text::clipped(" \n"))] {
            let task = Task { review, ..both.clone() };
            assert_eq!(SeedPolicy.brief(&Delivery::of(&task)).checks, ["test -s out", "make test"]);
        }
    }

    #[test]
    fn the_reviewer_is_told_where_its_verdict_goes() {
        let task = ticket("feature");
        let mission = SeedPolicy.brief(&Delivery::of(&task)).mission;
        assert!(mission.contains("POST /tasks/T-1/review"), "{mission}");
        let known = Delivery { repo: Some("/srv/site"), ..Delivery::of(&task) };
        assert!(SeedPolicy.brief(&known).mission.contains("`git -C '/srv/site' diff HEAD`"));
    }
}
