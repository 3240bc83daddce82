//! The thread that watches the Bus for an orchestrator.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use go_runtime::{AgentFolder, AgentSpec};

use crate::orchestrators::Outlook;
use crate::shim::wake::Wake;
use crate::shim::{Lookout, ShimError};

/// The last that was told.
#[derive(Debug, Clone, Default)]
pub(super) struct Latest {
    /// What there is; nothing before the Bus was reached.
    pub(super) outlook: Option<Outlook>,
    /// Why there will be nothing new.
    pub(super) broken: Option<String>,
}

/// Watches the Bus to the end of the process.
#[derive(Debug)]
pub(super) struct Watcher(Arc<Mutex<Latest>>);

impl Watcher {
    pub(super) fn start(
        spec: &AgentSpec,
        folder: &AgentFolder,
        lookout: Arc<dyn Lookout>,
        wakes: Sender<Wake>,
    ) -> Result<Self, ShimError> {
        let latest = Arc::<Mutex<Latest>>::default();
        let (shared, spec, folder) = (Arc::clone(&latest), spec.clone(), folder.clone());
        let note = move |step: &mut dyn FnMut(&mut Latest)| {
            step(&mut shared.lock().unwrap_or_else(PoisonError::into_inner));
            // A send fails only when the shim itself is over.
            let _ = wakes.send(Wake::News);
        };
        let watch = move || {
            let mut tell = |outlook: Outlook| {
                let mut outlook = Some(outlook);
                note(&mut |latest| latest.outlook = outlook.take());
            };
            let mut broken = Some(lookout.follow(&spec, &folder, &mut tell));
            note(&mut |latest| latest.broken = broken.take());
        };
        let started = std::thread::Builder::new().name("lookout".to_owned()).spawn(watch);
        started.map_err(|source| ShimError::System { doing: "start a thread", source })?;
        Ok(Self(latest))
    }

    pub(super) fn latest(&self) -> Latest {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
