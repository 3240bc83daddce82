//! From the tree to the plan, collecting every mistake on the way.
//!
//! `fields` reads mappings by key, `values` single values; `project`, `ticket`, `fleet` know the shape of their part; `references`
//! checks what only the whole file can tell.

mod fields;
mod fleet;
mod project;
mod references;
mod seat;
mod suggest;
#[cfg(test)]
mod tests;
mod ticket;
mod values;
mod variables;
mod workplace;

#[cfg(test)]
pub(crate) use fleet::{HOST, USER};
#[cfg(test)]
pub(crate) use project::PROJECT;
#[cfg(test)]
pub(crate) use seat::SEAT;
#[cfg(test)]
pub(crate) use ticket::TICKET;

use crate::diagnostic::Problem;
use crate::position::Lines;
use crate::{Diagnostic, Plan, yaml};
use fields::{Fields, Shape};
use references::Index;

/// The whole plan.
pub(crate) const PLAN: Shape =
    Shape { what: "a plan", keys: &["version", "projects", "hosts", "users"], extensible: true };

/// What reading collects beside the plan itself.
#[derive(Debug, Default)]
struct Findings {
    problems: Vec<Problem>,
    index: Index,
}

impl Findings {
    fn problem(&mut self, at: usize, message: impl Into<String>) {
        self.problems.push(Problem::new(at, message));
    }
}

/// See [`Plan::parse`].
pub(crate) fn plan(file: &str, text: &str) -> Result<Plan, Vec<Diagnostic>> {
    let lines = Lines::new(text);
    let mut findings = Findings::default();
    let plan = match yaml::load(text) {
        Ok(loaded) => {
            findings.problems.extend(loaded.problems);
            read(loaded.root.as_deref(), &mut findings)
        }
        Err(problem) => {
            findings.problems.push(problem);
            Plan::default()
        }
    };
    let Findings { mut problems, index } = findings;
    problems.extend(index.check(&plan, &lines));
    if problems.is_empty() {
        return Ok(plan);
    }
    problems.sort();
    problems.dedup();
    Err(problems.into_iter().map(|problem| problem.diagnostic(file, &lines)).collect())
}

fn read(root: Option<&yaml::Node>, findings: &mut Findings) -> Plan {
    let Some(root) = root.filter(|root| !root.is_null()) else {
        findings.problem(0, "the plan is empty: it needs `projects`");
        return Plan::default();
    };
    let Some(fields) = Fields::open(root, PLAN, findings) else { return Plan::default() };
    fields.optional("version", findings, values::version);
    Plan {
        projects: fields.list("projects", findings, project::read),
        hosts: fields.list("hosts", findings, fleet::host),
        users: fields.list("users", findings, fleet::user),
    }
}
