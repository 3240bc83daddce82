//! The port by which a shim learns what there is for an orchestrator: a shim itself has no async runtime and follows no events.

use go_runtime::{AgentFolder, AgentSpec};

use crate::Drivers;
use crate::orchestrators::Outlook;

/// Watches the Bus for an orchestrator that thinks.
///
/// *Flow*: the shim asks for the [`drivers`](Self::drivers) once, and has [`follow`](Self::follow) run on a thread of its own to the end of the
/// process. *Guarantees asked of it*: each change of the outlook is told, the last one in any case; nothing is polled. *Errors*: the words of why it
/// can't go on, after which the agent ends. A Bus that is away is waited for.
pub trait Lookout: Send + Sync {
    /// The drivers as these settings have them, of which each is `key=value`.
    ///
    /// # Errors
    /// What is wrong with the settings.
    fn drivers(&self, settings: &[String]) -> Result<Drivers, String>;

    /// Follows the Bus with the token of `folder` and gives each new outlook to `tell`, until it can't any more; answers why.
    fn follow(&self, spec: &AgentSpec, folder: &AgentFolder, tell: &mut dyn FnMut(Outlook)) -> String;
}
