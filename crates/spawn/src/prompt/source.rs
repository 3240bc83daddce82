//! What the stewards give to a prompt (R5): the texts that concern a role, and how a prompt's sections are set.

use go_bus_api::Role;

use crate::prompt::texts;

/// What the stewards keep for a role, each as Markdown; empty where there is nothing to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Briefing {
    /// The rules that hold for it.
    pub rules: String,
    /// The rule on context rotation, where it concerns the role (R26).
    pub context_rotation: String,
    /// The skills it may use, and the text of those that are loaded.
    pub skills: String,
    /// The state files that concern it, by their paths (R13).
    pub state_files: String,
}

/// A prompt's sections, each ready to be set: foreign text in them is cut to its bound and has no heading of the prompt's level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sections {
    /// Whose prompt it is.
    pub role: Role,
    /// Who the agent is, on one line: "a worker of project site".
    pub identity: String,
    /// What it is there to do.
    pub mission: String,
    /// The task in hand; empty for orchestrators.
    pub ticket: String,
    /// What its predecessor has left for it; empty for hands, and where nobody left anything.
    pub handoff: String,
    /// How its work is verified (R23); never empty.
    pub verification: String,
    /// When and how it hands over (R26); empty for hands.
    pub context_rotation: String,
    /// The rules.
    pub rules: String,
    /// Its skills; may be empty.
    pub skills: String,
    /// The state files that concern it; may be empty.
    pub state_files: String,
    /// How it reaches the Bus.
    pub bus_access: String,
}

/// Gives prompts what the stewards keep.
///
/// *Flow*: asked for both once a spawn, by GO for orchestrators and by an HO or PO for hands.
/// *Guarantees to keep*: no blocking; what was asked for last holds until somebody changes it.
/// *Guarantees given*: whatever it answers, the prompt has the sections that its role needs: a layout that lost one, or is
/// longer than a prompt may be, gives way to the built-in one. *Errors*: none; a source that can't tell answers nothing.
/// *Crash semantics*: none; a prompt that was posted is on the Bus.
///
/// ```
/// use go_spawn::{Briefing, PromptSource, Sections};
/// #[derive(Debug)]
/// struct Terse;
/// impl PromptSource for Terse {
///     fn briefing(&self, _role: go_bus_api::Role) -> Briefing {
///         Briefing { rules: "- Be brief.".to_owned(), ..Briefing::default() }
///     }
///     fn lay_out(&self, sections: &Sections) -> Option<String> {
///         (!sections.ticket.is_empty()).then(|| format!("{}\n## Verification\n\n{}", sections.ticket, sections.verification))
///     }
/// }
/// ```
pub trait PromptSource: std::fmt::Debug + Send + Sync {
    /// What concerns an agent of this role.
    fn briefing(&self, role: Role) -> Briefing;

    /// The whole prompt; `None` where the built-in layout holds.
    fn lay_out(&self, sections: &Sections) -> Option<String>;
}

/// The source that stands in the program: the house rules, and the built-in layout.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltIn;

impl BuiltIn {
    /// The rules of the house, which every prompt carries.
    pub const RULES: &'static str = texts::HOUSE_RULES;
}

impl PromptSource for BuiltIn {
    fn briefing(&self, _role: Role) -> Briefing {
        Briefing { rules: Self::RULES.to_owned(), ..Briefing::default() }
    }

    fn lay_out(&self, _sections: &Sections) -> Option<String> {
        None
    }
}
