//! What an HO, a PO or an IO may ask for: a specialist, a worker or a reviewer (R11).

use go_bus_api::{Category, Role, Task, TaskKind};

/// An agent that does a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hand {
    /// Builds significant deliverables.
    Specialist,
    /// Does everything else.
    Worker,
    /// Reviews what somebody else built (R24).
    Reviewer,
}

impl Hand {
    /// The hand for a task: a reviewer for a review, the role that the task fixes, a specialist for what is significant, and
    /// a worker for chores, extraction, classification, routing and the rest.
    pub fn for_task(task: &Task) -> Self {
        if task.kind == TaskKind::Review {
            return Self::Reviewer;
        }
        match task.role {
            Some(Role::Specialist) => Self::Specialist,
            Some(Role::Worker) => Self::Worker,
            _ if task.category.as_ref().is_some_and(Category::is_significant) => Self::Specialist,
            _ => Self::Worker,
        }
    }

    /// Its role on the Bus.
    pub fn role(self) -> Role {
        match self {
            Self::Specialist => Role::Specialist,
            Self::Worker => Role::Worker,
            Self::Reviewer => Role::Reviewer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn significant_work_is_a_specialist_s_and_the_rest_a_worker_s() {
        for (word, hand) in [
            ("feature", Hand::Specialist),
            ("config_change", Hand::Specialist),
            ("bp_update", Hand::Specialist),
            ("chore", Hand::Worker),
            ("extraction", Hand::Worker),
            ("classification", Hand::Worker),
            ("routing", Hand::Worker),
            ("poem", Hand::Worker),
        ] {
            let task = Task { category: Some(word.to_owned().into()), ..samples::task("T-1") };
            assert_eq!(Hand::for_task(&task), hand, "{word}");
        }
    }

    #[test]
    fn a_review_is_a_reviewer_s_whatever_the_task_says() {
        let task = Task { kind: TaskKind::Review, role: Some(Role::Worker), ..samples::task("R-1") };
        assert_eq!(Hand::for_task(&task), Hand::Reviewer);
    }

    #[test]
    fn a_fixed_role_wins_over_the_category_but_never_makes_an_orchestrator() {
        let chore = Task { role: Some(Role::Specialist), ..samples::task("T-1") };
        assert_eq!(Hand::for_task(&chore), Hand::Specialist);
        assert_eq!(Hand::for_task(&Task { role: Some(Role::Ho), ..chore }), Hand::Worker);
    }
}
