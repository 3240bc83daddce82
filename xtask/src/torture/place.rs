//! The folder of a torture run: plan, settings, the tickets' script, their trace.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::TortureError;
use super::plan::{self, Ticket};
use crate::ports::lasting_address;

const SCRIPT: &str = include_str!("ticket.sh");

/// A temporary folder with everything for one run.
pub(super) struct Place {
    folder: TempDir,
    /// Where the Bus listens, before and after each kill.
    pub(super) listen: SocketAddr,
}

impl Place {
    /// A fresh folder with a plan of these tickets.
    pub(super) fn new(tickets: &[Ticket]) -> Result<Self, TortureError> {
        let failed = |error| TortureError::Io("the folder of the run", error);
        let folder = tempfile::Builder::new().prefix("go-torture-").tempdir().map_err(failed)?;
        let place = Self { folder, listen: lasting_address() };
        let slots = (1..=plan::SLOTS).map(|slot| slot.to_string()).collect::<Vec<_>>().join(" ");
        let url = format!("http://{}", place.listen);
        let settings = format!(
            "bus: {{url: \"{url}\", listen: \"{}\"}}\nagents: {{max: {}}}\nimprovement: {{enabled: false}}\n",
            place.listen,
            plan::CAP
        );
        fs::create_dir(place.path().join("witness")).map_err(failed)?;
        for (name, text) in [
            ("plan.yaml", plan::yaml(tickets)),
            ("go.yaml", settings),
            ("ticket.sh", SCRIPT.replace("@SLOTS@", &slots)),
            ("trace", String::new()),
        ] {
            fs::write(place.path().join(name), text).map_err(failed)?;
        }
        Ok(place)
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The trace so far.
    pub(super) fn trace(&self) -> String {
        fs::read_to_string(self.path().join("trace")).unwrap_or_default()
    }

    /// Each ticket's status in the plan.
    pub(super) fn statuses(&self) -> Vec<(String, String)> {
        plan::statuses(&fs::read_to_string(self.path().join("plan.yaml")).unwrap_or_default())
    }

    /// Keeps the folder for whoever looks into what went wrong.
    pub(super) fn keep(self) -> PathBuf {
        self.folder.keep()
    }
}
