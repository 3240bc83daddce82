//! Who there is in the simulated fleet.

use std::fmt;

/// A host that runs agents, by its number from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostNo(pub u8);

/// A process, or a group of them that lives and dies together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// The Bus.
    Bus,
    /// A GO, by its number from 1.
    Go(u8),
    /// A host's launcher.
    Launcher(HostNo),
    /// What keeps the agents of a host, and the agents: it outlives its launcher.
    Agents(HostNo),
    /// Who posts the tickets.
    Operator,
}

/// What has a clock, a disk and a boot of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Machine {
    /// The Bus's.
    Bus,
    /// A GO's.
    Go(u8),
    /// A host's: its launcher and its agents.
    Host(HostNo),
    /// The operator's.
    Operator,
}

impl Node {
    /// Every node of a fleet with this many GOs and hosts, in the order in which they are started.
    pub fn all(gos: u8, hosts: u8) -> Vec<Self> {
        let hosts = || (1..=hosts).map(HostNo);
        let gos = (1..=gos).map(Self::Go);
        [Self::Bus]
            .into_iter()
            .chain(gos)
            .chain(hosts().map(Self::Agents))
            .chain(hosts().map(Self::Launcher))
            .chain([Self::Operator])
            .collect()
    }

    /// Where it runs.
    pub fn machine(self) -> Machine {
        match self {
            Self::Bus => Machine::Bus,
            Self::Go(number) => Machine::Go(number),
            Self::Launcher(host) | Self::Agents(host) => Machine::Host(host),
            Self::Operator => Machine::Operator,
        }
    }

    /// Its name on the network.
    pub fn name(self) -> String {
        self.to_string()
    }
}

impl Machine {
    /// What runs on it.
    pub fn nodes(self) -> Vec<Node> {
        match self {
            Self::Bus => vec![Node::Bus],
            Self::Go(number) => vec![Node::Go(number)],
            Self::Host(host) => vec![Node::Agents(host), Node::Launcher(host)],
            Self::Operator => vec![Node::Operator],
        }
    }
}

impl fmt::Display for HostNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "h{}", self.0)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus => f.write_str("bus"),
            Self::Go(number) => write!(f, "go-{number}"),
            Self::Launcher(host) => write!(f, "{host}"),
            Self::Agents(host) => write!(f, "{host}-agents"),
            Self::Operator => f.write_str("operator"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_runs_on_its_machine_and_has_a_name_of_its_own() {
        let nodes = Node::all(3, 3);
        assert_eq!(nodes.len(), 11);
        assert!(nodes.iter().all(|node| node.machine().nodes().contains(node)));
        let names: std::collections::BTreeSet<_> = nodes.iter().map(|node| node.name()).collect();
        assert_eq!(names.len(), nodes.len());
    }
}
