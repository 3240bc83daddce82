//! Tests wait on conditions; none sleeps. A clock's own `.sleep()` is fine: that is a port, and tests turn its hands.

use super::{Finding, SourceFile};

/// Lines of tests that call a function named `sleep`.
pub(crate) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let mut testing = is_test_file(&file.path);
        for (index, line) in file.text.lines().enumerate() {
            // Unit tests stand at the end of their file, so all that follows the first mark is test.
            testing = testing || line.trim_start().starts_with("#[cfg(test)]");
            if testing && calls_sleep(line) {
                let problem = "a sleep in a test; wait on a condition with a deadline";
                findings.push(Finding::new(format!("{}:{}", file.path, index + 1), problem));
            }
        }
    }
    findings
}

fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

fn calls_sleep(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or(line);
    code.match_indices("sleep(").any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || "_\".".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nap() -> String {
        format!("    thread::{}(SECOND);\n", "sleep")
    }

    #[test]
    fn a_sleep_is_found_in_test_files_and_test_modules() {
        let module = format!("//! A.\n#[cfg(test)]\nmod tests {{\n{}}}\n", nap());
        assert_eq!(check(&[SourceFile::new("src/a.rs", module)])[0].place, "src/a.rs:4");
        assert_eq!(check(&[SourceFile::new("crates/a/tests/b.rs", nap())]).len(), 1);
        assert_eq!(check(&[SourceFile::new("crates/a/src/b/tests.rs", nap())]).len(), 1);
    }

    #[test]
    fn other_code_and_other_names_are_left_alone() {
        assert_eq!(check(&[SourceFile::new("src/a.rs", nap())]), []);
        assert_eq!(
            check(&[SourceFile::new(
                "tests/a.rs",
                "no_sleep();\nclock.sleep(SECOND).await;\n// sleep(1) would be wrong\n"
            )]),
            []
        );
    }
}
