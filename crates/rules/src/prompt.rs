//! What a prompt has to have before anyone is spawned with it (R23, R26).

use go_bus_api::{Role, Tier};

/// The heading every spawn prompt has, with text below it.
pub const VERIFICATION: &str = "## Verification";
/// The heading every orchestrator's prompt has too, with text below it.
pub const CONTEXT_ROTATION: &str = "## Context rotation";

/// The headings that `prompt` lacks for an agent of this role; empty where it is complete.
pub fn missing(role: Role, prompt: &str) -> Vec<&'static str> {
    let mut needed = vec![VERIFICATION];
    if role.tier() == Tier::Orchestrator {
        needed.push(CONTEXT_ROTATION);
    }
    needed.retain(|heading| !has_section(prompt, heading));
    needed
}

/// Whether there is a line `heading` with text before the next heading of its level or above.
fn has_section(prompt: &str, heading: &str) -> bool {
    let mut lines = prompt.lines();
    while let Some(line) = lines.next() {
        if line.trim_end() == heading {
            let body = lines.clone().take_while(|l| !(l.starts_with("# ") || l.starts_with("## ")));
            if body.into_iter().any(|l| !l.trim().is_empty()) {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_without_text_is_no_section() {
        assert_eq!(missing(Role::Worker, "## Verification\n\n## Next\ntext"), [VERIFICATION]);
        assert_eq!(missing(Role::Worker, "see ## Verification\ntext"), [VERIFICATION]);
        assert!(missing(Role::Worker, "# A\n## Verification\n- run the tests\n").is_empty());
    }

    #[test]
    fn orchestrators_need_context_rotation_too() {
        let prompt = "## Verification\nrun\n";
        for role in [Role::Ho, Role::Po, Role::Io] {
            assert_eq!(missing(role, prompt), [CONTEXT_ROTATION]);
        }
        assert!(missing(Role::Specialist, prompt).is_empty());
    }
}
