//! Processes: the folders of agents, how one is started, watched and ended, and who keeps it.
//!
//! This is the only crate that starts processes. What differs between platforms (the process table, subreapers, timers that
//! count suspend, waiting for a process that is nobody's child) stands in one file for each, `linux.rs`; another platform is
//! another such file.

mod agent_folder;
mod capture;
mod children;
mod durable;
mod end_strays;
mod environment;
mod error;
mod host_folder;
mod host_lease;
mod identity;
mod memory;
mod open_files;
pub mod others;
mod port;
mod private_file;
mod process;
mod seat;
mod space;
mod spec;
mod start;
mod state_file;
mod talk;
mod tally;
mod terminal;
pub mod tmux;
mod tree;
mod wake;
mod window;
mod windows;
mod workplace;

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod platform;

pub use agent_folder::{AgentFolder, KeeperLock, Stage};
pub use capture::{Capture, Captured, capture};
pub use children::{End, each_end, has_children, kill_group, kill_tree, signal_group, signal_tree};
pub use end_strays::end_strays;
pub use environment::{ALLOWED, Environment};
pub use error::RuntimeError;
pub use host_folder::{AgentLog, HostFolder, KEPT_LOGS};
pub use host_lease::HostLeaseFile;
pub use identity::ProcessId;
pub use memory::MemoryRuntime;
pub use open_files::{raise_open_files, restore_open_files};
pub use platform::{Alarm, become_subreaper, boot_id, is_alive, myself};
pub use port::AgentRuntime;
pub use private_file::PrivateFile;
pub use process::ProcessRuntime;
pub use seat::SeatSpec;
pub use space::Space;
pub use spec::{AgentSpec, CommandSpec};
pub use start::{Talking, start, start_talking};
pub use state_file::{StateFile, StateLock};
pub use talk::{Allowance, Input, TalkSpec};
pub use tally::Tally;
pub use terminal::{ON_TERMINAL, OnTerminal, on_terminal, start_on_terminal};
pub use wake::{WAKE_SIGNAL, wake};
pub use window::{Typing, WindowSpec};
pub use windows::WindowRuntime;
pub use workplace::{WorkplaceRecord, WorkplaceSpec};

/// The variable by which an agent's processes are found in the process table.
pub const AGENT_ID_VARIABLE: &str = "XIO_AGENT_ID";
