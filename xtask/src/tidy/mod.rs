//! `cargo xtask tidy`: how the house is kept. Each check is a pure function over data; this file gathers the data.

mod arrows;
mod dependencies;
mod functions;
mod io_free;
mod links;
mod litter;
mod module_docs;
mod mutants;
mod names;
mod sizes;
mod sleeps;
mod sources;
mod workspace;

use std::fmt;
use std::path::Path;

pub(crate) use sources::SourceFile;

/// Something to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Where: a file, with a line where there is one, or a package.
    pub(crate) place: String,
    /// What is wrong.
    pub(crate) problem: String,
}

impl Finding {
    /// A finding at this place.
    pub(crate) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// Why the checks could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TidyError {
    /// A file or folder can't be read.
    #[error("can't read {0}: {1}")]
    Read(String, std::io::Error),
    /// `cargo metadata` fails.
    #[error("cargo metadata: {0}")]
    Metadata(#[from] cargo_metadata::Error),
}

/// Checks the repository at `root`, prints what is found and the figures; whether nothing was found.
pub(crate) fn run(root: &Path) -> Result<bool, TidyError> {
    let files = sources::read(root)?;
    let rust: Vec<_> = files.iter().filter(|file| file.is_rust()).cloned().collect();
    let lengths = functions::measure(&rust);
    let members = workspace::members(root)?;
    let trees = workspace::trees(root, &members);
    let manifest = sources::text(root, "Cargo.toml")?;
    let page = sources::text(root, "docs/dependencies.md")?;
    let checks = [
        ("layers", arrows::check(&members)),
        ("rules that can be broken", mutants::check(&members)),
        ("no IO beneath decisions", io_free::check(&trees)),
        ("outside crates", dependencies::check(&manifest, &members, &page)),
        ("file sizes", sizes::check(&rust)),
        ("function sizes", functions::check(&lengths)),
        ("module docs", module_docs::check(&rust)),
        ("top level", litter::check(&sources::top_level(root)?)),
        ("links", links::check(&files, root)),
        ("page sizes", sizes::check_pages(&files)),
        ("names", names::check(&rust)),
        ("sleeps in tests", sleeps::check(&rust)),
    ];
    let mut found = 0;
    for (name, findings) in &checks {
        println!("{} {name}", if findings.is_empty() { "ok  " } else { "FAIL" });
        for finding in findings {
            println!("     {finding}");
        }
        found += findings.len();
    }
    println!("files: {}", sizes::summary(&rust));
    println!("functions: {}", functions::summary(&lengths));
    println!("tidy: {found} findings");
    Ok(found == 0)
}
