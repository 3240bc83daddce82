//! Prompts that can't be built without verification (R23), nor an orchestrator's without context rotation (R26).

mod builder;
mod layout;
mod quote;
mod sections;
mod source;
pub(crate) mod texts;

#[cfg(test)]
mod tests;

pub(crate) use layout::laid_out;

pub use builder::{Needed, NotNeeded, PromptBuilder, RotationSettled};
pub use sections::{Identity, Rotation, Verification, beside_ticket};
pub use source::{Briefing, BuiltIn, PromptSource, Sections};
