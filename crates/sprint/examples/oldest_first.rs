//! A dispatch policy of one's own: no priorities, the oldest task of the least busy project.
//! `cargo run -p go-sprint --example oldest_first`

use std::cmp::Ordering;

use go_bus_api::{Project, Task};
use go_sprint::{DispatchPolicy, Share, conformance};

#[derive(Debug)]
struct OldestFirst;

impl DispatchPolicy for OldestFirst {
    fn projects(&self, a: &Share<'_>, b: &Share<'_>) -> Ordering {
        a.running.cmp(&b.running)
    }

    fn tasks(&self, a: &Task, b: &Task) -> Ordering {
        (a.created_at, &a.id).cmp(&(b.created_at, &b.id))
    }
}

fn main() -> Result<(), serde_json::Error> {
    let project: Project = serde_json::from_str(
        r#"{"id": "site", "name": "The site", "state": "active", "priority": "p1", "weight": 1,
            "created_at": "2026-03-21T08:15:30.000Z", "revision": 1}"#,
    )?;
    let share = Share { project: &project, running: 2 };
    println!("what it breaks: {:?}", conformance::run(&OldestFirst, &[share], &[]));
    Ok(())
}
