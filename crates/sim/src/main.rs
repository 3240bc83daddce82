//! `go-sim --seed N`: one seed, from its start to the judge's verdict.

use std::process::ExitCode;

use clap::Parser;
use go_sim::run::{Outcome, Run, Scenario};

/// How many lines of the timeline are printed where something is wrong.
const LAST: usize = 60;

/// One run of the simulator. Its last line is a report in JSON.
#[derive(Debug, Parser)]
#[command(name = "go-sim")]
struct Arguments {
    /// The seed: everything random follows from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long faults come, in simulated seconds
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// What happens: faults, calm, blips, silence, late
    #[arg(long, default_value_t = Scenario::Faults)]
    scenario: Scenario,
    /// A rule to break
    #[arg(long)]
    mutant: Option<String>,
    /// Prints everything that happened
    #[arg(long)]
    timeline: bool,
    /// Prints to stderr what the parts themselves log, such as `info` or `go_orchestrator=debug`
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(name) = &arguments.mutant
        && let Err(reason) = go_sim::break_rule(name)
    {
        eprintln!("go-sim: {reason}");
        return ExitCode::from(2);
    }
    if let Some(filter) = &arguments.log {
        let format = tracing_subscriber::fmt().without_time().with_writer(std::io::stderr);
        format.with_env_filter(filter.as_str()).init();
    }
    let run = Run { seed: arguments.seed, seconds: arguments.seconds, scenario: arguments.scenario };
    match run.run() {
        Ok(outcome) => tell(&arguments, &outcome),
        Err(error) => {
            eprintln!("go-sim: seed {}: {error}", run.seed);
            ExitCode::from(2)
        }
    }
}

/// Prints the verdict; 1 where something is wrong.
fn tell(arguments: &Arguments, outcome: &Outcome) -> ExitCode {
    outcome.record.look(|_, timeline, violations| {
        if arguments.timeline {
            print!("{}", timeline.text());
        } else if !violations.is_empty() {
            print!("{}", timeline.last(LAST));
        }
        for violation in violations {
            print!("{}", timeline.explain(violation));
        }
    });
    if !outcome.report.violations.is_empty() {
        println!("replay: {}", replay(arguments));
    }
    match serde_json::to_string(&outcome.report) {
        Ok(report) => println!("{report}"),
        Err(error) => eprintln!("go-sim: the report can't be written: {error}"),
    }
    if outcome.report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The command that does all of it again.
fn replay(arguments: &Arguments) -> String {
    let mutant = arguments.mutant.as_ref().map(|name| format!(" --mutant {name}")).unwrap_or_default();
    let Arguments { seed, seconds, scenario, .. } = arguments;
    format!("cargo xtask sim --seed {seed} --seconds {seconds} --scenario {scenario}{mutant} --timeline")
}
