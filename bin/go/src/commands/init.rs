//! `go init`: a commented go.yaml and a sample plan.yaml.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::print;

/// The files, and what stands in each.
const FILES: [(&str, &str); 2] =
    [("go.yaml", include_str!("init/go.yaml")), ("plan.yaml", include_str!("init/plan.yaml"))];

/// Writes what is not there yet into `folder`.
pub(super) fn run(folder: &Path) -> Result<Exit, Failure> {
    fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
    for (name, text) in FILES {
        let path = folder.join(name);
        let word = if write_new(&path, text)? { "wrote" } else { "kept, as it was there:" };
        print(format_args!("{word} {}\n", path.display()))?;
    }
    let there = if folder == Path::new(".") { String::new() } else { format!("cd {} && ", folder.display()) };
    print(format_args!("now: {there}go up --exit-when-done\n"))?;
    Ok(Exit::Done)
}

/// Writes a file that is not there yet; false where it is.
fn write_new(path: &Path, text: &str) -> Result<bool, Failure> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true).map_err(Failure::file("write", path)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Failure::file("write", path)(error)),
    }
}
