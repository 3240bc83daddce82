//! The prompts of whoever is spawned, as they are posted.

use go_bus_api::{Prompt, Question, Task};

use crate::{Hand, Handbook, Identity, Orchestrator, PromptBuilder, PromptSource, Verification};

/// The prompt of an HO, PO or IO, with what the last one on its seat has `left` for it; nothing where that is empty.
pub fn orchestrator_prompt(orchestrator: &Orchestrator, left: &str, handbook: &Handbook) -> Prompt {
    PromptBuilder::for_orchestrator(orchestrator)
        .handoff(left)
        .verification(Verification::of_an_orchestrator())
        .context_rotation(handbook.rotation)
        .build(handbook.prompts.as_ref())
}

/// The prompt of the builder of an attempt of `task`, with what humans were asked about it so far.
pub fn builder_prompt(task: &Task, asked: &[&Question], hand: Hand, prompts: &dyn PromptSource) -> Prompt {
    let identity = Identity::new(&format!("a {}", hand.role().as_str()), &format!("of project {}", task.project));
    PromptBuilder::for_hand(hand, identity)
        .mission("Do the ticket below, all of it and nothing else. Then end: your exit code is your answer.")
        .ticket(task)
        .collisions(&task.collides_with)
        .answers(asked.iter().copied())
        .verification(Verification::commands(&task.verify))
        .build(prompts)
}

/// The prompt of the reviewer of what was `delivered`, with the mission and the checks that the review policy gives, and what humans were asked
/// about the review so far.
pub fn reviewer_prompt(
    delivered: &Task,
    asked: &[&Question],
    mission: &str,
    checks: &[String],
    prompts: &dyn PromptSource,
) -> Prompt {
    let identity = Identity::new("a reviewer", &format!("of project {}", delivered.project));
    PromptBuilder::for_hand(Hand::Reviewer, identity)
        .mission(mission)
        .ticket(delivered)
        .answers(asked.iter().copied())
        .verification(Verification::checks(checks))
        .build(prompts)
}
