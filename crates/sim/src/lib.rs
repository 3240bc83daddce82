//! The simulator: the Bus, three GOs, three launchers and scripted agents in one process, on turmoil's network and simulated clocks.
//!
//! One process is one seed, on one thread, so that the same seed is the same run to the last message: whatever is random in it comes
//! from the seed ([`seeded`]), time comes from turmoil, the store commits on its caller's thread. [`Fleet`] is what runs and what can
//! be done to it, [`Probe`] sees what happens.
//!
//! | where | what |
//! |---|---|
//! | `fleet` | everything that runs, and what can be done to it between two steps |
//! | `node`, `settings`, `probe` | who there is, by which numbers, and what can be seen |
//! | `clock`, `gate`, `net`, `store` | the ports: simulated time, pauses, network and storage |
//! | `processes` | what each node runs |
//! | `agents` | agents that follow a script |
//! | `faults` | what goes wrong when: a pure generator |
//! | `record`, `timeline` | what was seen, as facts and as lines for people |
//! | `judge` | whether every invariant held at every fact |
//! | `onlooker` | follows every event, and tries what is forbidden |
//! | `run` | one run: a scenario, its faults, the judge, the report |
//! | `mutants` | rules that can be broken, by name |

mod agents;
mod clock;
pub mod faults;
mod fleet;
mod gate;
mod ground;
pub mod judge;
mod links;
mod machine;
mod mutants;
mod net;
mod node;
mod onlooker;
mod probe;
mod processes;
mod record;
pub mod run;
mod seeded;
mod settings;
mod store;
pub mod timeline;
mod truth;

pub use fleet::Fleet;
pub use mutants::{break_rule, mutants};
pub use node::{HostNo, Machine, Node};
pub use probe::{Exchange, Probe, Seen};
pub use record::Recorder;
pub use seeded::{SimError, seeded};
pub use settings::{Settings, Tickets};
