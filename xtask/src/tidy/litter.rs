//! The top level holds what it is meant to hold.

use super::Finding;

/// What may lie at the top level, beside files and folders whose names begin with a dot. Git ignores `target`.
const ALLOWED: &[&str] =
    &["Cargo.toml", "Cargo.lock", "README.md", "bin", "crates", "docs", "fixtures", "target", "xtask"];

/// Names that have no place at the top level.
pub(crate) fn check(names: &[String]) -> Vec<Finding> {
    let litter = names.iter().filter(|name| !name.starts_with('.') && !ALLOWED.contains(&name.as_str()));
    litter.map(|name| Finding::new(name, "has no place at the top level")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stray_file_is_found() {
        let names = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(check(&names(&["Cargo.toml", ".ci", "crates"])), []);
        assert_eq!(check(&names(&["notes.txt", "crates"]))[0].place, "notes.txt");
    }
}
