//! A review policy of one's own: every ticket is reviewed, chores too. `cargo run -p go-review --example review_everything`

use go_bus_api::{Category, Deliverable, ExitReport, Task, TaskKind};
use go_review::{Brief, Delivery, ReviewPolicy, SeedPolicy, conformance};

#[derive(Debug)]
struct ReviewEverything;

impl ReviewPolicy for ReviewEverything {
    fn is_significant(&self, task: &Task) -> bool {
        task.kind == TaskKind::Ticket
    }

    fn deliverable(&self, task: &Task, _exit: &ExitReport) -> Option<Deliverable> {
        let kind = task.category.clone().unwrap_or(Category::Chore);
        self.is_significant(task).then(|| Deliverable { kind, artifacts: Vec::new(), significant: true })
    }

    fn brief(&self, delivery: &Delivery<'_>) -> Brief {
        SeedPolicy.brief(delivery)
    }
}

fn main() -> Result<(), serde_json::Error> {
    let task: Task = serde_json::from_str(
        r#"{"id": "T-1", "project": "site", "title": "Sweep", "kind": "ticket", "category": "chore", "priority": "p2",
            "state": "in_progress", "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0,
            "created_at": "2026-03-21T08:15:30.000Z", "revision": 1}"#,
    )?;
    println!("a chore is significant here: {}", ReviewEverything.is_significant(&task));
    println!("what it breaks: {:?}", conformance::run(&ReviewEverything, &[task]));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(kind: &str, category: &str) -> Task {
        serde_json::from_value(serde_json::json!({
            "id": "T-1", "project": "site", "title": "t", "kind": kind, "category": category, "priority": "p2",
            "state": "in_progress", "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0,
            "created_at": "2026-03-21T08:15:30.000Z", "revision": 1
        }))
        .unwrap()
    }

    #[test]
    fn it_runs_and_conforms() {
        main().unwrap();
        let tasks = ["chore", "feature", "poem"].map(|category| task("ticket", category));
        assert_eq!(conformance::run(&ReviewEverything, &tasks), Vec::<String>::new());
    }

    #[test]
    fn every_ticket_is_significant_and_no_other_work_is() {
        assert!(ReviewEverything.is_significant(&task("ticket", "chore")));
        assert!(!ReviewEverything.is_significant(&task("push", "chore")));
    }
}
