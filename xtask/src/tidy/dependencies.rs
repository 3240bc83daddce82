//! Outside crates: each is used, explained in docs/dependencies.md, and known only to the crate whose business it is.

use std::collections::BTreeSet;

use super::Finding;
use super::workspace::Member;
use crate::layers::{KNOWN_ONLY_TO, Layer, layer_of};

/// What breaks that. `manifest` is the workspace's Cargo.toml, `page` docs/dependencies.md.
pub(crate) fn check(manifest: &str, members: &[Member], page: &str) -> Vec<Finding> {
    let used: BTreeSet<&str> =
        members.iter().flat_map(|m| m.outside.iter().chain(&m.for_tests)).map(|n| &**n).collect();
    let mut findings = Vec::new();
    for name in listed(manifest) {
        if !used.contains(name) {
            findings.push(Finding::new("Cargo.toml", format!("{name} is used by no crate")));
        } else if !page.contains(&format!("`{name}`")) {
            findings.push(Finding::new("docs/dependencies.md", format!("does not say why `{name}` is there")));
        }
    }
    findings.extend(members.iter().flat_map(strangers));
    findings
}

/// Outside crates that this package has no business with. A tool measures against them, and is nobody's dependency.
fn strangers(member: &Member) -> impl Iterator<Item = Finding> {
    let names = member.outside.iter().filter(|_| layer_of(&member.folder) != Some(Layer::Tool));
    names.filter_map(|name| {
        let (_, keeper) = KNOWN_ONLY_TO.iter().find(|(known, _)| known == name)?;
        let problem = format!("uses {name}, which only {keeper} knows of");
        (*keeper != member.package).then(|| Finding::new(&member.package, problem))
    })
}

/// The outside crates of `[workspace.dependencies]`.
fn listed(manifest: &str) -> impl Iterator<Item = &str> {
    let section = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    section.take_while(|line| !line.starts_with('[')).filter_map(|line| {
        let (name, rest) = line.split_once(" = ")?;
        (!name.starts_with('#') && !rest.contains("path = ")).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[workspace]\nmembers = []\n[workspace.dependencies]\n\
        go-plan = { path = \"crates/plan\" }\nserde = \"1\"\nwiremock = \"0.6\"\n[profile.dev]\ndebug = 1\n";
    const PAGE: &str = "| `serde` | reads | \n| `wiremock` | fakes |";

    fn member(package: &str, outside: &[&str], for_tests: &[&str]) -> Member {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Member {
            package: package.to_owned(),
            outside: owned(outside),
            for_tests: owned(for_tests),
            ..Member::default()
        }
    }

    #[test]
    fn used_and_explained_is_fine() {
        assert_eq!(check(MANIFEST, &[member("go-plan", &["serde"], &["wiremock"])], PAGE), []);
    }

    #[test]
    fn a_crate_that_nobody_uses_is_found() {
        let findings = check(MANIFEST, &[member("go-plan", &["serde"], &[])], PAGE);
        assert_eq!(findings, [Finding::new("Cargo.toml", "wiremock is used by no crate")]);
    }

    #[test]
    fn a_crate_without_its_reason_is_found() {
        let findings = check(MANIFEST, &[member("go-plan", &["serde"], &["wiremock"])], "`wiremock`");
        assert!(findings[0].problem.contains("`serde`"), "{findings:?}");
    }

    #[test]
    fn a_crate_in_the_wrong_hands_is_found() {
        let members = [member("go-plan", &["serde", "rusqlite"], &["wiremock"])];
        assert!(check(MANIFEST, &members, PAGE)[0].problem.contains("only go-bus-store"));
    }
}
