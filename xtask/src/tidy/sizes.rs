//! How long files are.

use super::{Finding, SourceFile};

/// No Rust file is longer, in lines.
const MAX_LINES: usize = 600;
/// A Rust file over this is named in the report.
const LONG: usize = 300;
/// No page at the top of the docs is longer: it is read in one go.
const MAX_ARCHITECTURE: usize = 300;

/// Rust files that are too long.
pub(crate) fn check(files: &[SourceFile]) -> Vec<Finding> {
    too_long(files.iter(), MAX_LINES)
}

/// The architecture page, where it is too long.
pub(crate) fn check_pages(files: &[SourceFile]) -> Vec<Finding> {
    too_long(files.iter().filter(|file| file.path == "docs/architecture.md"), MAX_ARCHITECTURE)
}

fn too_long<'a>(files: impl Iterator<Item = &'a SourceFile>, max: usize) -> Vec<Finding> {
    files
        .filter(|file| file.text.lines().count() > max)
        .map(|file| Finding::new(&file.path, format!("{} lines, at most {max}", file.text.lines().count())))
        .collect()
}

/// The figures for people: how many, the median, and the long ones.
pub(crate) fn summary(files: &[SourceFile]) -> String {
    let mut lines: Vec<_> = files.iter().map(|file| file.text.lines().count()).collect();
    lines.sort_unstable();
    let median = lines.get(lines.len() / 2).copied().unwrap_or(0);
    let mut long: Vec<_> = files.iter().map(|f| (f.text.lines().count(), &f.path)).filter(|(n, _)| *n > LONG).collect();
    long.sort_by(|a, b| b.cmp(a));
    let named: Vec<_> = long.iter().map(|(lines, path)| format!("{path} {lines}")).collect();
    let over = if named.is_empty() { "none".to_owned() } else { named.join(", ") };
    format!("{}, median {median} lines, over {LONG}: {over}", files.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, lines: usize) -> SourceFile {
        SourceFile::new(path, "x\n".repeat(lines))
    }

    #[test]
    fn a_file_of_600_lines_passes_and_one_of_601_does_not() {
        assert_eq!(check(&[file("a.rs", 600)]), []);
        assert_eq!(check(&[file("a.rs", 601)])[0].to_string(), "a.rs: 601 lines, at most 600");
    }

    #[test]
    fn the_architecture_page_stays_short_and_others_may_be_long() {
        assert_eq!(check_pages(&[file("docs/architecture.md", 300), file("docs/other.md", 900)]), []);
        assert_eq!(check_pages(&[file("docs/architecture.md", 301)]).len(), 1);
    }

    #[test]
    fn the_summary_names_long_files_longest_first() {
        let files = [file("a.rs", 301), file("b.rs", 10), file("c.rs", 400)];
        assert_eq!(summary(&files), "3, median 301 lines, over 300: c.rs 400, a.rs 301");
    }
}
