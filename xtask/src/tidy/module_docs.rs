//! Every module begins by saying what it is.

use super::{Finding, SourceFile};

/// Files whose first line is no `//!`.
pub(crate) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let without = files.iter().filter(|file| !file.text.trim_start().starts_with("//!"));
    without.map(|file| Finding::new(&file.path, "does not begin with a //! that says what it is")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_without_its_doc_is_found() {
        assert_eq!(check(&[SourceFile::new("a.rs", "//! What it is.\n")]), []);
        assert_eq!(check(&[SourceFile::new("a.rs", "use std::fmt;\n//! Late.\n")]).len(), 1);
        assert_eq!(check(&[SourceFile::new("a.rs", "// Not a doc.\n")]).len(), 1);
    }
}
