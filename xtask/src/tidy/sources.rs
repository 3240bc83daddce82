//! The files that are checked: Rust and Markdown, as text in memory.

use std::fs;
use std::path::Path;

use super::TidyError;

/// A file and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// Its path below the root, with `/`.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
}

impl SourceFile {
    /// A file as the checks see it.
    #[cfg(test)]
    pub(crate) fn new(path: &str, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), text: text.into() }
    }

    /// Whether it is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it is a page of text.
    pub(crate) fn is_page(&self) -> bool {
        self.path.ends_with(".md")
    }
}

/// Every Rust and Markdown file below `root` but those in hidden, build and work folders, in order of their paths.
pub(crate) fn read(root: &Path) -> Result<Vec<SourceFile>, TidyError> {
    let mut files = Vec::new();
    walk(root, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The text of one file.
pub(crate) fn text(root: &Path, path: &str) -> Result<String, TidyError> {
    fs::read_to_string(root.join(path)).map_err(|e| TidyError::Read(path.to_owned(), e))
}

/// The names of what lies at the top level, in order.
pub(crate) fn top_level(root: &Path) -> Result<Vec<String>, TidyError> {
    let mut names = names(root)?;
    names.sort();
    Ok(names)
}

fn names(folder: &Path) -> Result<Vec<String>, TidyError> {
    let failed = |e| TidyError::Read(folder.display().to_string(), e);
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(failed)?.collect();
    Ok(entries.map_err(failed)?.iter().map(|e| e.file_name().to_string_lossy().into_owned()).collect())
}

fn walk(root: &Path, below: &str, files: &mut Vec<SourceFile>) -> Result<(), TidyError> {
    for name in names(&root.join(below))? {
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        let full = root.join(&path);
        if full.is_dir() {
            if !name.starts_with('.') && name != "target" && name != "work" {
                walk(root, &path, files)?;
            }
        } else if name.ends_with(".rs") || name.ends_with(".md") {
            files.push(SourceFile { text: text(root, &path)?, path });
        }
    }
    Ok(())
}
