//! `go`: one binary with the Bus, the launcher, GO and the reference orchestrators. It wires; it decides nothing.

mod cli;
mod commands;
mod compiler;
mod exit;
mod failure;
mod logging;
mod render;
mod settings;

fn main() -> std::process::ExitCode {
    exit::print_panics_in_one_line();
    cli::parse(std::env::args_os()).and_then(commands::run).unwrap_or_else(|failure| failure.report()).into()
}
