//! Layers: every dependency points strictly down, and a package is named after its folder.

use super::Finding;
use super::workspace::Member;
use crate::layers::layer_of;

/// What breaks the layers of [`crate::layers::LAYERS`].
pub(crate) fn check(members: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members {
        let named = member.folder.strip_prefix("crates/").map(|folder| format!("go-{folder}"));
        if let Some(expected) = named.filter(|expected| *expected != member.package) {
            findings.push(Finding::new(&member.folder, format!("package {} should be {expected}", member.package)));
        }
        match layer_of(&member.folder) {
            None => findings.push(Finding::new(&member.folder, "has no place in xtask/src/layers.rs")),
            Some(layer) => findings.extend(member.needs.iter().filter_map(|need| {
                let below = members.iter().find(|m| m.package == *need)?;
                let theirs = layer_of(&below.folder)?;
                let way = if theirs > layer { "up" } else { "sideways" };
                let problem = format!("depends on {need}, which points {way} ({layer:?} on {theirs:?})");
                (theirs >= layer).then(|| Finding::new(&member.package, problem))
            })),
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(folder: &str, package: &str, needs: &[&str]) -> Member {
        let needs = needs.iter().map(|need| (*need).to_owned()).collect();
        Member { folder: folder.to_owned(), package: package.to_owned(), needs, ..Member::default() }
    }

    fn house() -> Vec<Member> {
        vec![
            member("crates/bus-api", "go-bus-api", &[]),
            member("crates/rules", "go-rules", &["go-bus-api"]),
            member("crates/lease", "go-lease", &["go-rules", "go-bus-api"]),
            member("crates/plan", "go-plan", &["go-rules"]),
            member("bin/go", "go", &["go-lease", "go-plan"]),
        ]
    }

    #[test]
    fn a_house_in_order_has_no_findings() {
        assert_eq!(check(&house()), []);
    }

    #[test]
    fn an_arrow_up_is_found() {
        let mut house = house();
        house[1].needs.push("go-lease".to_owned());
        let findings = check(&house);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].to_string(), "go-rules: depends on go-lease, which points up (Shared on Concern)");
    }

    #[test]
    fn an_arrow_between_concerns_is_found() {
        let mut house = house();
        house[2].needs.push("go-plan".to_owned());
        assert!(check(&house)[0].problem.contains("sideways"));
    }

    #[test]
    fn a_package_not_named_after_its_folder_is_found() {
        assert!(check(&[member("crates/plan", "plans", &[])])[0].problem.contains("should be go-plan"));
    }

    #[test]
    fn a_crate_without_a_layer_is_found() {
        assert!(check(&[member("crates/new", "go-new", &[])])[0].problem.contains("no place"));
    }
}
