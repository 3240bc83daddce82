//! Rules can be broken on purpose in the simulator's build, and in no other.

use super::Finding;
use super::workspace::Member;

/// The feature that lets rules be broken.
const FEATURE: &str = "mutants";

/// The packages that may have it: the one that names the rules, and the one that breaks them.
const MAY_HAVE_IT: [&str; 2] = ["go-rules", "go-sim"];

/// Where the feature is turned on by something else than being asked for by its name in the simulator's own build.
pub(crate) fn check(members: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members {
        let mut found = |problem: String| findings.push(Finding::new(&member.package, problem));
        for (feature, enabled) in &member.features {
            if feature == FEATURE && !MAY_HAVE_IT.contains(&member.package.as_str()) {
                found(format!("has the feature {FEATURE}, which is the simulator's alone"));
            }
            let turned_on = enabled.iter().any(|what| what == FEATURE || what.ends_with(&format!("/{FEATURE}")));
            if feature != FEATURE && turned_on {
                found(format!("its feature {feature} turns {FEATURE} on, which has to be asked for by name"));
            }
        }
        for dependency in member.turned_on.iter().filter(|dependency| dependency.ends_with(&format!("/{FEATURE}"))) {
            found(format!("turns {dependency} on for every build"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(package: &str, features: &[(&str, &[&str])], turned_on: &[&str]) -> Member {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let features = features.iter().map(|(feature, enabled)| ((*feature).to_owned(), words(enabled))).collect();
        Member { package: package.to_owned(), features, turned_on: words(turned_on), ..Member::default() }
    }

    #[test]
    fn the_rules_and_the_simulator_may_have_it() {
        let house = [
            member("go-rules", &[("mutants", &[])], &[]),
            member("go-sim", &[("mutants", &["go-rules/mutants"])], &[]),
        ];
        assert_eq!(check(&house), []);
    }

    #[test]
    fn nobody_else_may_and_it_is_never_on_by_itself() {
        let rest = [
            member("go", &[("mutants", &["go-rules/mutants"])], &[]),
            member("go-sim", &[("default", &["mutants"])], &[]),
            member("go-lease", &[("reqwest", &["go-rules/mutants"])], &[]),
            member("go-sprint", &[], &["go-rules/mutants"]),
        ];
        let findings = check(&rest);
        let places: Vec<_> = findings.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["go", "go-sim", "go-lease", "go-sprint"]);
    }
}
