//! What the library says to a role.

use go_bus_api::Role;

use super::Library;
use crate::rule::Rule;

/// What concerns a role, each as Markdown; empty where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleTexts {
    /// The rules that hold for it, without the one on context rotation.
    pub rules: String,
    /// The rule on context rotation, where it concerns the role (R26).
    pub context_rotation: String,
    /// The skills that it may use, and the text of those that are loaded.
    pub skills: String,
    /// The state files that concern it.
    pub state_files: String,
}

impl Library {
    /// What concerns an agent of this role.
    pub fn texts(&self, role: Role) -> RoleTexts {
        let mine = || self.rules().filter(|rule| rule.audience.has(role));
        let joined = |rules: Vec<&Rule>| rules.iter().map(|rule| rule.text.as_str()).collect::<Vec<_>>().join("\n\n");
        let (rotation, rules) = mine().partition(|rule| rule.is_on_context_rotation());
        RoleTexts {
            rules: joined(rules),
            context_rotation: joined(rotation),
            skills: self.offered(role),
            state_files: self.pointed_to(role),
        }
    }

    fn offered(&self, role: Role) -> String {
        let mut text = String::new();
        for skill in self.skills().filter(|skill| skill.audience.has(role)) {
            text.push_str(&format!("- {} ({}): {}\n", skill.id, skill.path.display(), skill.description));
        }
        if !text.is_empty() {
            text.insert_str(0, "Read a skill's file before you do what it is for:\n");
        }
        for skill in self.on_load().filter(|skill| skill.audience.has(role) && !skill.text.is_empty()) {
            text.push_str(&format!("\n{}\n", skill.text));
        }
        text
    }

    fn pointed_to(&self, role: Role) -> String {
        let mine = self.state.iter().filter(|file| file.kind.concerns(role));
        mine.map(|file| format!("- {}: {}\n", file.kind.words(), file.path.display())).collect()
    }
}
