//! The builder: its type says what is still missing, and `build` exists only once nothing is.

use go_bus_api::{Prompt, Task, Text};

use crate::Orchestrator;
use crate::prompt::quote::{clip, quoted};
use crate::prompt::sections::{Identity, Rotation, Verification, ticket};
use crate::prompt::texts;

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

/// A prompt in the making.
///
/// ```
/// use go_spawn::{Identity, PromptBuilder, Verification};
/// let identity = Identity::new("a worker", "of project site");
/// let prompt = PromptBuilder::for_hand(identity).mission("Tidy up.").verification(Verification::commands(["make test"])).build();
/// assert!(prompt.as_str().contains("## Verification"));
/// ```
/// ```compile_fail
/// # use go_spawn::{Identity, PromptBuilder};
/// // No verification, no prompt.
/// PromptBuilder::for_hand(Identity::new("a worker", "of project site")).build();
/// ```
/// ```compile_fail
/// # use go_spawn::{Identity, Orchestrator, PromptBuilder, Verification};
/// // An orchestrator's prompt needs context rotation too.
/// let po = Orchestrator::Po("site".parse().unwrap());
/// PromptBuilder::for_orchestrator(&po).verification(Verification::of_an_orchestrator()).build();
/// ```
#[derive(Debug, Clone)]
pub struct PromptBuilder<V, R> {
    identity: Identity,
    mission: String,
    ticket: Option<String>,
    rules: String,
    verification: V,
    rotation: R,
}

impl PromptBuilder<Needed, Needed> {
    /// The prompt of an HO, PO or IO.
    pub fn for_orchestrator(orchestrator: &Orchestrator) -> Self {
        let identity = texts::orchestrator_identity(orchestrator);
        Self::begin(identity, Needed).mission(texts::orchestrator_mission(orchestrator))
    }
}

impl PromptBuilder<Needed, NotNeeded> {
    /// The prompt of a specialist, a worker or a reviewer.
    pub fn for_hand(identity: Identity) -> Self {
        Self::begin(identity, NotNeeded)
    }
}

impl<R> PromptBuilder<Needed, R> {
    fn begin(identity: Identity, rotation: R) -> Self {
        Self { identity, mission: String::new(), ticket: None, rules: String::new(), verification: Needed, rotation }
    }

    /// How the work is verified.
    #[must_use]
    pub fn verification(self, verification: Verification) -> PromptBuilder<Verification, R> {
        let Self { identity, mission, ticket, rules, rotation, .. } = self;
        PromptBuilder { identity, mission, ticket, rules, verification, rotation }
    }
}

impl<V> PromptBuilder<V, Needed> {
    /// When and how it hands over to its successor.
    #[must_use]
    pub fn context_rotation(self, rotation: Rotation) -> PromptBuilder<V, Rotation> {
        let Self { identity, mission, ticket, rules, verification, .. } = self;
        PromptBuilder { identity, mission, ticket, rules, verification, rotation }
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

    /// The rules of the house, as text.
    #[must_use]
    pub fn rules(mut self, rules: &str) -> Self {
        self.rules = clip(rules, RULES_BYTES);
        self
    }
}

impl<R: RotationSettled> PromptBuilder<Verification, R> {
    /// The prompt. It has every section that the Bus asks for, whatever texts went into it.
    pub fn build(self) -> Prompt {
        let mut text = self.identity.render();
        section(&mut text, "Mission", &quoted(&self.mission));
        section(&mut text, "Ticket", &self.ticket.unwrap_or_default());
        section(&mut text, "Verification", &self.verification.render());
        section(&mut text, "Context rotation", &self.rotation.section().unwrap_or_default());
        section(&mut text, "Rules", &quoted(&self.rules));
        section(&mut text, "Bus access", texts::BUS_ACCESS);
        Text::clipped(&text)
    }
}

/// Adds a section where there is something to say.
fn section(text: &mut String, heading: &str, body: &str) {
    if !body.trim().is_empty() {
        text.push_str("\n## ");
        text.push_str(heading);
        text.push_str("\n\n");
        text.push_str(body.trim_end());
        text.push('\n');
    }
}
