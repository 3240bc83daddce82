//! A source of improvements of one's own: lines of a list, each with the check that tells when it is done.
//! `cargo run -p go-sprint --example todo_findings`

use go_bus_api::{DriverKind, Project, Text};
use go_bus_client::World;
use go_sprint::improvement::{Finding, Fingerprint, ImprovementKind, ImprovementSource, Subject, conformance};

/// `what is to be done => a command that passes once it is`. Whoever makes the source has read the list: a source does no IO.
#[derive(Debug)]
struct Todo(&'static str);

impl ImprovementSource for Todo {
    fn findings(&self, subject: &Subject<'_>) -> Vec<Finding> {
        if subject.driver == DriverKind::Shell {
            return Vec::new();
        }
        let parts = self.0.lines().filter_map(|line| line.split_once(" => "));
        let finding = |(what, check): (&str, &str)| Finding {
            kind: ImprovementKind::Hardening,
            title: Text::clipped(what),
            description: Text::clipped(what),
            run: None,
            verify: vec![Text::clipped(check)],
            fingerprint: Fingerprint::of(&["todo", what]),
            recurs: false,
        };
        parts.map(finding).collect()
    }

    fn lacks(&self, subject: &Subject<'_>) -> Option<String> {
        (subject.driver == DriverKind::Shell).then(|| "a driver that reads the list".to_owned())
    }
}

fn main() -> Result<(), serde_json::Error> {
    let project: Project = serde_json::from_str(
        r#"{"id": "site", "name": "The site", "state": "active", "priority": "p1", "weight": 1, "driver": "claude",
            "created_at": "2026-03-21T08:15:30.000Z", "revision": 1}"#,
    )?;
    let todo = Todo("Say what is wrong with a bad address => ./site --address x 2>&1 | grep -q 'an address is'");
    let subject = Subject { world: &World::default(), project: &project, driver: DriverKind::Claude };
    println!("what it breaks: {:?}", conformance::run(&todo, &subject));
    Ok(())
}
