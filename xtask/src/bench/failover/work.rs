//! What the fleet of a run has to do: two tickets that last until they are let go, and short ones that keep coming.

use crate::bench::trace;

/// Tickets that run across every takeover: whoever takes over has to adopt them.
pub(super) const LASTING: usize = 2;

/// How much there is to do, and on how many places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    /// Short tickets in the plan.
    pub(super) short: u32,
    /// Places of the one host.
    pub(super) slots: u32,
}

/// The plan. Paths are relative to the folder of the run, where commands run too.
pub(super) fn plan(work: Work) -> String {
    let mut text = "version: 1\nprojects:\n  - id: bench\n    name: Bench\n    tickets:\n".to_owned();
    for number in 1..=LASTING {
        let id = format!("L-{number}");
        let run = trace::gated_command(&id, "gate", "trace");
        text += &format!("      - {{id: {id}, title: Last, kind: chore, priority: p0, run: '{run}'}}\n");
    }
    for number in 1..=work.short {
        let id = format!("J-{number:03}");
        let run = trace::command(&id, 0.3, "trace");
        text += &format!("      - {{id: {id}, title: Take 0.3 s, kind: chore, run: '{run}'}}\n");
    }
    text + &format!("hosts:\n  - {{id: h1, state: active, slots: {}}}\n", work.slots)
}

/// A task to post beside the plan, as JSON; `name` is what it calls itself in the trace.
pub(super) fn extra(name: &str) -> String {
    let run = trace::command(name, 0.0, "trace");
    serde_json::json!({"project": "bench", "title": name, "kind": "ticket", "category": "chore", "run": run})
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lasting_tickets_come_first_and_wait_for_the_gate() {
        let text = plan(Work { short: 3, slots: 4 });
        assert_eq!(text.matches("kind: chore").count(), LASTING + 3);
        assert_eq!(text.matches("until test -e gate").count(), LASTING);
        assert!(text.find("L-2") < text.find("J-001"));
    }
}
