//! `go`: one binary with the Bus, the launcher, GO and the reference orchestrators. It wires; it decides nothing.

mod bus_process;
mod cli;
mod commands;
mod compiler;
mod connect;
mod exit;
mod failure;
mod fleet;
mod live;
mod lock;
mod logging;
mod lookout;
mod managed;
mod names;
mod open_files;
mod render;
mod settings;
mod signals;
mod stewards;
mod tokio_runtime;
mod waiting;

fn main() -> std::process::ExitCode {
    exit::print_panics_in_one_line();
    cli::parse(std::env::args_os()).and_then(commands::run).unwrap_or_else(|failure| failure.report().into())
}
