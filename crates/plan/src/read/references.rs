//! What only the whole file can tell: ids that stand twice, references into nowhere, cycles.

use std::collections::{BTreeSet, HashMap, HashSet};

use go_bus_api::TaskId;

use super::suggest::did_you_mean_id;
use crate::diagnostic::Problem;
use crate::position::Lines;
use crate::yaml::Node;
use crate::{Plan, graph};

/// A dependency as it is written.
#[derive(Debug)]
struct Dependency {
    from: Option<TaskId>,
    to: TaskId,
    at: usize,
}

/// Everything defined and referred to in the file, with its place; unusable parts included, so that one mistake is not reported
/// as two.
#[derive(Debug, Default)]
pub(super) struct Index {
    ids: Vec<(String, usize)>,
    tickets: BTreeSet<String>,
    hosts: HashSet<String>,
    dependencies: Vec<Dependency>,
    host_references: Vec<(String, usize)>,
}

impl Index {
    /// Notes the id of a project, ticket, host or user: all share one namespace, for commands take any of them.
    pub(super) fn define(&mut self, id: Option<&Node>) {
        if let Some((text, at)) = id.and_then(located) {
            self.ids.push((text, at));
        }
    }

    pub(super) fn define_ticket(&mut self, id: Option<&Node>) {
        self.define(id);
        self.tickets.extend(id.and_then(located).map(|(text, _)| text));
    }

    pub(super) fn define_host(&mut self, id: Option<&Node>) {
        self.define(id);
        self.hosts.extend(id.and_then(located).map(|(text, _)| text));
    }

    pub(super) fn needs_host(&mut self, host: &Node) {
        self.host_references.extend(located(host));
    }

    pub(super) fn depends(&mut self, from: Option<&TaskId>, to: &TaskId, node: &Node) {
        self.dependencies.push(Dependency { from: from.cloned(), to: to.clone(), at: node.content.start });
    }

    /// Every mistake that the whole file shows.
    pub(super) fn check(&self, plan: &Plan, lines: &Lines<'_>) -> Vec<Problem> {
        let mut problems = self.duplicates(lines);
        problems.extend(self.unknown_dependencies());
        problems.extend(self.unknown_hosts());
        problems.extend(self.cycles(plan));
        problems
    }

    fn duplicates(&self, lines: &Lines<'_>) -> Vec<Problem> {
        let mut ids: Vec<_> = self.ids.iter().collect();
        ids.sort_by_key(|(_, at)| *at);
        let mut first: HashMap<&str, usize> = HashMap::new();
        let mut problems = Vec::new();
        for (id, at) in ids {
            match first.get(id.as_str()) {
                Some(earlier) => {
                    let line = lines.place(*earlier).line;
                    problems.push(Problem::new(*at, format!("the id `{id}` is taken, it stands first in line {line}")));
                }
                None => {
                    first.insert(id, *at);
                }
            }
        }
        problems
    }

    fn unknown_dependencies(&self) -> impl Iterator<Item = Problem> {
        let unknown = self.dependencies.iter().filter(|dependency| !self.tickets.contains(dependency.to.as_str()));
        unknown.map(|dependency| {
            // Bounded, for a file may have many tickets and each a mistake.
            let near = self.tickets.iter().map(String::as_str).take(1000);
            let hint = did_you_mean_id(dependency.to.as_str(), near);
            Problem::new(dependency.at, format!("there is no ticket `{}` to depend on{hint}", dependency.to))
        })
    }

    fn unknown_hosts(&self) -> impl Iterator<Item = Problem> {
        let is_known = |host: &str| self.hosts.contains(host) || (self.hosts.is_empty() && host == Plan::DEFAULT_HOST);
        self.host_references.iter().filter(move |(host, _)| !is_known(host)).map(|(host, at)| {
            let mut known: Vec<&str> = self.hosts.iter().map(String::as_str).collect();
            known.sort_unstable();
            if known.is_empty() {
                known.push(Plan::DEFAULT_HOST);
            }
            Problem::new(*at, format!("there is no host `{host}` in `hosts`{}", did_you_mean_id(host, known)))
        })
    }

    fn cycles(&self, plan: &Plan) -> impl Iterator<Item = Problem> {
        graph::cycles(plan).into_iter().map(|cycle| {
            let closing = self
                .dependencies
                .iter()
                .find(|dependency| dependency.from.as_ref() == cycle.last() && cycle.first() == Some(&dependency.to));
            let path: Vec<&str> = cycle.iter().chain(cycle.first()).map(TaskId::as_str).collect();
            let message = format!("these tickets wait for each other: {}", path.join(" → "));
            Problem::new(closing.map_or(0, |dependency| dependency.at), message)
        })
    }
}

fn located(node: &Node) -> Option<(String, usize)> {
    let scalar = node.scalar()?;
    Some((scalar.text.clone(), node.content.start))
}
