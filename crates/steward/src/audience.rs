//! Whom a rule or a skill concerns.

use go_bus_api::Role;

use crate::diagnostic::Findings;
use crate::yaml::{Word, did_you_mean, one_of};

/// The roles that are told something: GO itself, and all who get a prompt.
const ROLES: [Role; 7] = [Role::Go, Role::Ho, Role::Po, Role::Io, Role::Specialist, Role::Worker, Role::Reviewer];

/// The roles that a text concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience(Vec<Role>);

impl Audience {
    /// Everybody.
    pub fn everybody() -> Self {
        Self(ROLES.to_vec())
    }

    /// These alone.
    pub fn of(roles: &[Role]) -> Self {
        Self(roles.to_vec())
    }

    /// Whether it has `role` in it.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// The roles.
    pub fn roles(&self) -> &[Role] {
        &self.0
    }

    /// The roles that these words name; what is no role is reported.
    pub(crate) fn read(words: &[Word], findings: &mut Findings<'_>) -> Self {
        let known = ROLES.map(Role::as_str);
        let role = |word: &Word| {
            let role = ROLES.into_iter().find(|role| role.as_str() == word.text.to_lowercase());
            if role.is_none() {
                let hint = did_you_mean(&word.text, known);
                findings.add(word.place, format!("`{}` is none of {}{hint}", word.text, one_of(&known)));
            }
            role
        };
        Self(words.iter().filter_map(role).collect())
    }
}
