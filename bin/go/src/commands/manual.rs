//! `go completions` and `go man`: what a package ships beside the binary.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{count, print};

/// Prints the completion script of a shell.
pub(super) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "go", &mut script);
    print(String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// Writes a page for each command into `folder`.
pub(super) fn man(folder: &Path) -> Result<Exit, Failure> {
    std::fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(Failure::file("write pages into", folder))?;
    let pages = std::fs::read_dir(folder).map_err(Failure::file("list", folder))?.count();
    print(format_args!("{} in {}\n", count(pages, "page"), folder.display()))?;
    Ok(Exit::Done)
}
