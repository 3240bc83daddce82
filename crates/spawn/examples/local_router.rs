//! A router of one's own: a model on this machine for chores, the seed's routing for the rest.
//! `cargo run -p go-spawn --example local_router`

use go_bus_api::{Category, Model, Task, Text};
use go_spawn::{Hand, ModelRouter, Purpose, SeedRouter, conformance};

#[derive(Debug, Default)]
struct LocalRouter {
    rest: SeedRouter,
}

impl ModelRouter for LocalRouter {
    fn route(&self, purpose: Purpose<'_>) -> Model {
        match purpose {
            Purpose::Build { task, .. } if task.category == Some(Category::Chore) => Model(Text::clipped("local-7b")),
            other => self.rest.route(other),
        }
    }
}

fn main() -> Result<(), serde_json::Error> {
    let task: Task = serde_json::from_str(
        r#"{"id": "T-1", "project": "site", "title": "Sweep", "kind": "ticket", "category": "chore", "priority": "p2",
            "state": "pending", "attempt": 0, "max_attempts": 3, "failures": 0, "losses": 0,
            "created_at": "2026-03-21T08:15:30.000Z", "revision": 1}"#,
    )?;
    let router = LocalRouter::default();
    println!("a chore runs on {}", router.route(Purpose::Build { hand: Hand::Worker, task: &task }).0);
    println!("what it breaks: {:?}", conformance::run(&router, &[task]));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(category: &str, model: Option<&str>) -> Task {
        serde_json::from_value(serde_json::json!({
            "id": "T-1", "project": "site", "title": "t", "kind": "ticket", "category": category, "priority": "p2", "model": model,
            "state": "pending", "attempt": 0, "max_attempts": 3, "failures": 0, "losses": 0,
            "created_at": "2026-03-21T08:15:30.000Z", "revision": 1
        }))
        .unwrap()
    }

    #[test]
    fn it_runs_and_conforms() {
        main().unwrap();
        let tasks = [task("chore", None), task("feature", None), task("feature", Some("opus"))];
        assert_eq!(conformance::run(&LocalRouter::default(), &tasks), Vec::<String>::new());
    }

    #[test]
    fn chores_stay_on_this_machine_and_nothing_else_does() {
        let route = |task: &Task| LocalRouter::default().route(Purpose::Build { hand: Hand::for_task(task), task }).0;
        assert_eq!(route(&task("chore", None)).as_str(), "local-7b");
        assert_eq!(route(&task("feature", None)).as_str(), "claude-sonnet-4-6");
    }
}
