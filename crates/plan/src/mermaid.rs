//! The plan as a Mermaid flowchart.

use std::collections::HashMap;
use std::fmt::Write;

use go_bus_api::TaskId;

use crate::Plan;

/// The plan as a Mermaid flowchart: a box per project, an arrow from each ticket to those that wait for it, coloured by status.
pub fn mermaid(plan: &Plan) -> String {
    let nodes: HashMap<&TaskId, usize> = plan.tickets().enumerate().map(|(at, (_, ticket))| (&ticket.id, at)).collect();
    let node = |id: &TaskId| nodes.get(id).map(|at| format!("t{at}"));
    let mut out = String::from("flowchart LR\n");
    for (at, project) in plan.projects.iter().enumerate() {
        let name = project.name.as_ref().map_or(project.id.as_str(), |name| name.as_str());
        out.push_str(&format!("  subgraph p{at}[\"{}\"]\n", escape(name)));
        for ticket in &project.tickets {
            let label = format!("{}<br>{}", escape(ticket.id.as_str()), escape(ticket.title.as_str()));
            let name = node(&ticket.id).unwrap_or_default();
            // Writing into a String can't fail.
            let _ = writeln!(out, "    {name}[\"{label}\"]:::{}", ticket.status.as_str());
        }
        out.push_str("  end\n");
    }
    for (_, ticket) in plan.tickets() {
        for from in ticket.depends_on.iter().filter_map(node) {
            let _ = writeln!(out, "  {from} --> {}", node(&ticket.id).unwrap_or_default());
        }
    }
    out.push_str(CLASSES);
    out
}

const CLASSES: &str = "  classDef done fill:#d6f5d6,stroke:#2e7d32\n  classDef in_progress fill:#d6e8ff,stroke:#1565c0\n  \
                       classDef in_review fill:#e6dcff,stroke:#5e35b1\n  classDef failed fill:#ffd6d6,stroke:#c62828\n  \
                       classDef blocked fill:#ffe3cc,stroke:#e65100\n";

/// Text that Mermaid shows as it is: what has a meaning to it becomes an entity.
fn escape(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' | '<' | '>' | '&' | '#' | ';' | '`' | '\\' => format!("#{};", u32::from(c)),
            c if c.is_control() => " ".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_boxes_and_dependencies_arrows_to_those_who_wait() {
        let text = "projects:\n- {id: p, name: 'The \"site\"', tickets: [{id: A, title: a}, {id: B, title: b, depends_on: [A], status: done}]}";
        let chart = mermaid(&Plan::parse("p", text).unwrap());
        for line in [
            "  subgraph p0[\"The #34;site#34;\"]",
            "    t0[\"A<br>a\"]:::pending",
            "    t1[\"B<br>b\"]:::done",
            "  t0 --> t1",
        ] {
            assert!(chart.lines().any(|l| l == line), "{line} is not in {chart}");
        }
    }
}
