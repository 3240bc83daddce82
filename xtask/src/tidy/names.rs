//! No module is named after nothing in particular.

use super::{Finding, SourceFile};

/// Words that say nothing about what is inside.
const FORBIDDEN: &[&str] = &["common", "helper", "helpers", "misc", "util", "utils"];

/// Modules, files and folders with such a name.
pub(crate) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let path = file.path.strip_suffix(".rs").unwrap_or(&file.path);
        if let Some(word) = path.split('/').find(|part| FORBIDDEN.contains(part)) {
            findings.push(Finding::new(&file.path, format!("{word:?} says nothing; name it after what it does")));
        }
        findings.extend(file.text.lines().enumerate().filter_map(|(index, line)| {
            let word = inline_module(line).filter(|name| FORBIDDEN.contains(name))?;
            Some(Finding::new(format!("{}:{}", file.path, index + 1), format!("module {word:?} says nothing")))
        }));
    }
    findings
}

/// The module that this line opens in place.
fn inline_module(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let rest = rest.strip_prefix("pub(crate) ").or_else(|| rest.strip_prefix("pub ")).unwrap_or(rest);
    rest.strip_prefix("mod ")?.strip_suffix('{').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_or_folder_named_after_nothing_is_found() {
        assert_eq!(check(&[SourceFile::new("crates/a/src/retry.rs", "")]), []);
        assert_eq!(check(&[SourceFile::new("crates/a/src/utils.rs", "")]).len(), 1);
        assert_eq!(check(&[SourceFile::new("crates/a/tests/common/mod.rs", "")]).len(), 1);
    }

    #[test]
    fn a_module_in_place_is_found() {
        assert_eq!(check(&[SourceFile::new("a.rs", "mod tests {\n}\n")]), []);
        let planted = format!("//! A.\npub(crate) mod {} {{\n}}\n", "helpers");
        assert_eq!(check(&[SourceFile::new("a.rs", planted)])[0].place, "a.rs:2");
    }
}
