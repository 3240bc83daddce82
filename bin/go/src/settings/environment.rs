//! The environment's layer: `XIO_` and the key, nesting as two underscores.

use super::origin::{Fault, Origin};
use super::tree::Tree;

/// Lays the variables that name settings over `tree`. A name with one underscore where two belong is a fault; other `XIO_`
/// names are somebody else's.
pub(super) fn overlay(tree: &mut Tree, environment: &[(String, String)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, value) in environment {
        let Some(rest) = name.strip_prefix("XIO_") else { continue };
        if name == "XIO_BUS_URL" {
            if !value.is_empty() {
                tree.set("bus.url", value, Origin::Environment(name.clone()));
            }
        } else if rest.contains("__") || ["ACCOUNTS", "SECRETS"].contains(&rest) {
            tree.set(&rest.to_ascii_lowercase().replace("__", "."), value, Origin::Environment(name.clone()));
        } else if let Some(section) = SECTIONS.iter().find(|section| is_of(rest, section)) {
            let meant = format!("XIO_{section}__{}", rest.get(section.len() + 1..).unwrap_or_default());
            faults.push(Fault {
                origin: Origin::Environment(name.clone()),
                message: format!("not a setting; nesting is two underscores: {meant}"),
            });
        }
    }
    faults
}

/// Sections whose name no other variable of the product begins with.
const SECTIONS: [&str; 11] =
    ["LEASE", "AGENTS", "MODELS", "SPRINT", "REVIEW", "IMPROVEMENT", "TOKENS", "RBAC", "COSTS", "WATCHDOG", "PATHS"];

fn is_of(rest: &str, section: &str) -> bool {
    rest.strip_prefix(section).is_some_and(|key| key.starts_with('_'))
}
