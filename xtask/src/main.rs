//! `cargo xtask`: the project's own checks (`tidy`, `test`) and measurements (`bench`).

mod agents;
mod bench;
mod command;
mod layers;
mod ports;
mod requirements;
mod sim;
mod stopwatch;
mod test;
mod tidy;
mod torture;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own checks and measurements.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks how the house is kept: layers, sizes, module docs, links, names.
    Tidy,
    /// Holds docs/requirements.md to what is there: a row for each demand, code that exists, tests that run.
    Requirements,
    /// Runs everything that CI runs, in order, and says how each step went.
    Test,
    /// Kills everything of a fleet at random moments and judges what its tickets wrote.
    Torture(torture::Arguments),
    /// A whole fleet in simulated time, with faults and a judge; and with rules broken, to see that the judge notices.
    Sim(sim::Arguments),
    /// The agents' real command lines: installs the pinned versions, records what they write in each mishap.
    Agents {
        #[command(subcommand)]
        what: agents::Work,
    },
    /// Measures, prints a table, and fails where a bound is missed.
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// `go up` on 30 tickets with 10 slots: even, uneven, and killed half way.
    Jobs {
        /// How often each is measured; the median counts.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=99))]
        runs: u32,
    },
    /// The Bus under load, its subscribers, short tickets, restarts and memory.
    Bus {
        /// What to measure; everything where nothing is named.
        #[arg(value_enum)]
        parts: Vec<bench::Part>,
        /// How often each is measured; the median counts.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
        runs: u32,
        /// A `go` to measure, such as an earlier one; without it the release build of this source.
        #[arg(long)]
        binary: Option<PathBuf>,
    },
    /// Fleets of agents: mishaps, costs, stops, overhead, killed hosts, landings, usage windows.
    Agents {
        /// What to measure; everything where nothing is named.
        #[arg(value_enum)]
        parts: Vec<bench::AgentPart>,
        /// How many runs costs are compared in, and how many stops there are.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=999))]
        runs: u32,
        /// A `go` to measure, such as an earlier one; without it the release build of this source.
        #[arg(long)]
        binary: Option<PathBuf>,
    },
    /// One GO after another: crashes, handovers, restarts of the Bus, network blips.
    Failover {
        /// What to measure; everything where nothing is named.
        #[arg(value_enum)]
        kinds: Vec<bench::Kind>,
        /// How many takeovers of each kind, and restarts; three times as many blips.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=999))]
        runs: u32,
        /// A `go` to measure, such as an earlier one; without it the release build of this source.
        #[arg(long)]
        binary: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let root = repository();
    let result = match Arguments::parse().task {
        Task::Tidy => tidy::run(&root).map_err(|e| e.to_string()),
        Task::Requirements => requirements::run(&root).map(|(note, whole)| {
            println!("requirements: {note}");
            whole
        }),
        Task::Test => Ok(test::run(&root)),
        Task::Agents { what } => agents::run(&root, &what).map_err(|e| e.to_string()),
        Task::Sim(arguments) => sim::run(&root, &arguments).map_err(|e| e.to_string()),
        Task::Torture(arguments) => torture::run(&root, &arguments).map_err(|e| e.to_string()),
        Task::Bench { what: Bench::Jobs { runs } } => bench::jobs(&root, runs).map_err(|e| e.to_string()),
        Task::Bench { what: Bench::Bus { parts, runs, binary } } => {
            bench::bus(&root, &parts, runs, binary).map_err(|e| e.to_string())
        }
        Task::Bench { what: Bench::Agents { parts, runs, binary } } => {
            bench::agents(&root, &parts, runs, binary).map_err(|e| e.to_string())
        }
        Task::Bench { what: Bench::Failover { kinds, runs, binary } } => {
            bench::failover(&root, &kinds, runs, binary).map_err(|e| e.to_string())
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's root. Cargo says at run time where this package lies, and the root is the folder above.
fn repository() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    package.as_deref().and_then(|p| p.parent()).map_or_else(|| PathBuf::from("."), PathBuf::from)
}
