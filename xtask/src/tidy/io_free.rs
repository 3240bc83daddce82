//! Decision crates stand on no HTTP, SQL or process crate, however deep.

use super::Finding;
use super::workspace::Tree;
use crate::layers::IO_CRATES;

/// The IO crates beneath each tree's package, each with the way that leads there.
pub(crate) fn check(trees: &[Tree]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for tree in trees {
        let text = match &tree.text {
            Ok(text) => text,
            Err(reason) => {
                findings.push(Finding::new(&tree.package, format!("cargo tree: {reason}")));
                continue;
            }
        };
        let ways = paths(text).into_iter().filter(|way| first_io(way) == way.len().checked_sub(1));
        findings.extend(ways.map(|way| Finding::new(&tree.package, format!("stands on IO: {}", way.join(" → ")))));
    }
    findings
}

/// Where a way first meets IO; what lies beneath that needs no word of its own.
fn first_io(way: &[&str]) -> Option<usize> {
    way.iter().position(|name| IO_CRATES.contains(name))
}

/// The way from the root to each line of a tree.
fn paths(text: &str) -> Vec<Vec<&str>> {
    let mut way: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for line in text.lines() {
        let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (depth, rest) = line.split_at(digits);
        let (Ok(depth), Some(name)) = (depth.parse::<usize>(), rest.split_whitespace().next()) else { continue };
        way.truncate(depth);
        way.push(name);
        found.push(way.clone());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Vec<Tree> {
        vec![Tree { package: "go-lease".to_owned(), text: Ok(text.to_owned()) }]
    }

    #[test]
    fn types_without_io_are_fine() {
        assert_eq!(
            check(&tree("0go-lease v0.1.0 (/x)\n1go-bus-client v0.1.0 (/x)\n2http v1.3.1\n1serde v1.0.0\n")),
            []
        );
    }

    #[test]
    fn a_tree_that_cargo_can_t_make_is_found() {
        let cycle = Tree { package: "go-lease".to_owned(), text: Err("cyclic package dependency".to_owned()) };
        assert!(check(&[cycle])[0].problem.contains("cyclic"));
    }

    #[test]
    fn io_deep_below_is_found_with_its_way() {
        let findings = check(&tree(
            "0go-lease v0.1.0\n1serde v1.0.0\n1go-bus-client v0.1.0\n2reqwest v0.13.5\n3hyper v1\n1tokio v1\n",
        ));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].problem, "stands on IO: go-lease → go-bus-client → reqwest");
    }
}
