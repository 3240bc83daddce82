//! The builder: its type says what is still missing, and `build` exists only once nothing is.

use go_bus_api::{Collision, Prompt, Question, Role, Task, Text};

use crate::prompt::layout;
use crate::prompt::quote::{clip, quoted};
use crate::prompt::sections::{Identity, Rotation, Verification, answers, collisions, ticket};
use crate::prompt::source::{PromptSource, Sections};
use crate::prompt::texts;
use crate::{Hand, Orchestrator};

/// A section that must still be given.
#[derive(Debug, Clone, Copy)]
pub struct Needed;

/// A section that this prompt does without.
#[derive(Debug, Clone, Copy)]
pub struct NotNeeded;

/// Context rotation is given, or the role needs none. Sealed: [`Rotation`] and [`NotNeeded`] are all there is.
pub trait RotationSettled: sealed::Sealed {
    #[doc(hidden)]
    fn section(&self) -> Option<String>;
}

impl RotationSettled for Rotation {
    fn section(&self) -> Option<String> {
        Some(self.render())
    }
}

impl RotationSettled for NotNeeded {
    fn section(&self) -> Option<String> {
        None
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Rotation {}
    impl Sealed for super::NotNeeded {}
}

/// Bytes each free part may take; with the fixed texts they stay under a prompt's bound, so nothing is cut off at its end.
const MISSION_BYTES: usize = 16 * 1024;
const RULES_BYTES: usize = 48 * 1024;
const ROTATION_RULE_BYTES: usize = 16 * 1024;
const SKILLS_BYTES: usize = 16 * 1024;
const STATE_FILES_BYTES: usize = 8 * 1024;
const HANDOFF_BYTES: usize = 32 * 1024;

/// A prompt in the making.
///
/// ```
/// use go_spawn::{BuiltIn, Hand, Identity, PromptBuilder, Verification};
/// let builder = PromptBuilder::for_hand(Hand::Worker, Identity::new("a worker", "of project site"));
/// let prompt = builder.mission("Tidy up.").verification(Verification::commands(["make test"])).build(&BuiltIn);
/// assert!(prompt.as_str().contains("## Verification"));
/// ```
/// ```compile_fail
/// # use go_spawn::{BuiltIn, Hand, Identity, PromptBuilder};
/// // No verification, no prompt.
/// PromptBuilder::for_hand(Hand::Worker, Identity::new("a worker", "of project site")).build(&BuiltIn);
/// ```
/// ```compile_fail
/// # use go_spawn::{BuiltIn, Orchestrator, PromptBuilder, Verification};
/// // An orchestrator's prompt needs context rotation too.
/// let po = Orchestrator::Po("site".parse().unwrap());
/// PromptBuilder::for_orchestrator(&po).verification(Verification::of_an_orchestrator()).build(&BuiltIn);
/// ```
#[derive(Debug, Clone)]
pub struct PromptBuilder<V, R> {
    role: Role,
    identity: Identity,
    mission: String,
    ticket: Option<String>,
    handoff: String,
    verification: V,
    rotation: R,
}

impl PromptBuilder<Needed, Needed> {
    /// The prompt of an HO, PO or IO.
    pub fn for_orchestrator(orchestrator: &Orchestrator) -> Self {
        let identity = texts::orchestrator_identity(orchestrator);
        Self::begin(orchestrator.role(), identity, Needed).mission(&texts::orchestrator_mission(orchestrator))
    }
}

impl PromptBuilder<Needed, NotNeeded> {
    /// The prompt of a specialist, a worker or a reviewer.
    pub fn for_hand(hand: Hand, identity: Identity) -> Self {
        Self::begin(hand.role(), identity, NotNeeded)
    }
}

impl<R> PromptBuilder<Needed, R> {
    fn begin(role: Role, identity: Identity, rotation: R) -> Self {
        let (mission, handoff) = (String::new(), String::new());
        Self { role, identity, mission, ticket: None, handoff, verification: Needed, rotation }
    }

    /// How the work is verified.
    #[must_use]
    pub fn verification(self, verification: Verification) -> PromptBuilder<Verification, R> {
        let Self { role, identity, mission, ticket, handoff, rotation, .. } = self;
        PromptBuilder { role, identity, mission, ticket, handoff, verification, rotation }
    }
}

impl<V> PromptBuilder<V, Needed> {
    /// When and how it hands over to its successor.
    #[must_use]
    pub fn context_rotation(self, rotation: Rotation) -> PromptBuilder<V, Rotation> {
        let Self { role, identity, mission, ticket, handoff, verification, .. } = self;
        PromptBuilder { role, identity, mission, ticket, handoff, verification, rotation }
    }
}

impl<V, R> PromptBuilder<V, R> {
    /// What the agent is there to do.
    #[must_use]
    pub fn mission(mut self, mission: &str) -> Self {
        self.mission = clip(mission, MISSION_BYTES);
        self
    }

    /// The task in hand. Its text is quoted, so that no heading in it passes for one of the prompt's.
    #[must_use]
    pub fn ticket(mut self, task: &Task) -> Self {
        self.ticket = Some(ticket(task));
        self
    }

    /// What humans were asked about the task in hand, with their answers; questions that are open are left out. Quoted like a ticket.
    #[must_use]
    pub fn answers<'a>(mut self, questions: impl DoubleEndedIterator<Item = &'a Question>) -> Self {
        let answers = answers(questions);
        if !answers.is_empty() {
            self.ticket.get_or_insert_default().push_str(&answers);
        }
        self
    }

    /// Who else is at work on the same lines.
    #[must_use]
    pub fn collisions(mut self, with: &[Collision]) -> Self {
        let collisions = collisions(with);
        if !collisions.is_empty() {
            self.ticket.get_or_insert_default().push_str(&collisions);
        }
        self
    }

    /// What its predecessor has left for it (R26), quoted like a ticket.
    #[must_use]
    pub fn handoff(mut self, handoff: &str) -> Self {
        self.handoff = clip(&quoted(handoff), HANDOFF_BYTES);
        self
    }
}

impl<R: RotationSettled> PromptBuilder<Verification, R> {
    /// The prompt, with what `source` has for its role, and as `source` sets it. It has every section that the Bus asks for,
    /// whatever texts went into it and whatever `source` makes of them.
    pub fn build(self, source: &dyn PromptSource) -> Prompt {
        let sections = self.sections(source);
        let theirs = source.lay_out(&sections).and_then(|text| layout::taken(text, &sections));
        theirs.unwrap_or_else(|| Text::clipped(&layout::built_in(&sections)))
    }

    fn sections(self, source: &dyn PromptSource) -> Sections {
        let briefing = source.briefing(self.role);
        let bounded = |text: &str, bytes| clip(&quoted(text), bytes);
        let mut context_rotation = self.rotation.section().unwrap_or_default();
        if !context_rotation.is_empty() && !briefing.context_rotation.trim().is_empty() {
            context_rotation.push('\n');
            context_rotation.push_str(&bounded(&briefing.context_rotation, ROTATION_RULE_BYTES));
        }
        Sections {
            role: self.role,
            identity: self.identity.line(),
            mission: quoted(&self.mission),
            ticket: self.ticket.unwrap_or_default(),
            handoff: self.handoff,
            verification: self.verification.render(),
            context_rotation,
            rules: bounded(&briefing.rules, RULES_BYTES),
            skills: bounded(&briefing.skills, SKILLS_BYTES),
            state_files: bounded(&briefing.state_files, STATE_FILES_BYTES),
            bus_access: texts::BUS_ACCESS.to_owned(),
        }
    }
}
