//! What is kept of the past comes back as it was, and takes little room.

use go_bus_api::{Attempt, ProjectId, Revision, SprintId, TaskId, TaskKind, TaskState, Timestamp};

use super::{PastTask, PastTasks, record};
use crate::ResultLine;

fn past(id: &str) -> PastTask {
    PastTask {
        id: TaskId::new(id).unwrap(),
        project: ProjectId::new("site").unwrap(),
        kind: TaskKind::Ticket,
        state: TaskState::Done,
        attempt: Attempt(1),
        review_of: None,
        sprint: None,
        finished_at: None,
        result: None,
        revision: Revision(300_000),
    }
}

#[test]
fn every_field_comes_back() {
    let full = PastTask {
        kind: TaskKind::Review,
        state: TaskState::Cancelled,
        review_of: TaskId::new("T-1").ok(),
        sprint: SprintId::new("sprint-1").ok(),
        finished_at: Some(Timestamp::from_unix_millis(-1)),
        result: ResultLine::of("grün"),
        ..past("T-2")
    };
    for task in [past("T-1"), full] {
        let bytes = record::write(&task);
        assert_eq!(record::read(&task.id, &bytes), Some(task.clone()));
        assert_eq!(record::read_head(&bytes), Some((task.state, task.revision)));
    }
}

#[test]
fn each_is_counted_once_as_what_it_is_last() {
    let (site, docs) = (ProjectId::new("site").unwrap(), ProjectId::new("docs").unwrap());
    let mut tasks = PastTasks::default();
    tasks.put(&past("T-1"));
    tasks.put(&PastTask { project: docs.clone(), ..past("T-1") });
    tasks.put(&PastTask { kind: TaskKind::Review, ..past("T-2") });
    let count = |project, is: fn(TaskKind) -> bool| tasks.count(project, TaskState::Done, is);
    assert_eq!((count(None, |_| true), count(Some(&docs), |_| true), count(Some(&site), |_| true)), (2, 1, 1));
    assert_eq!(count(None, |kind| kind == TaskKind::Review), 1);
    let both = [TaskId::new("T-1").unwrap(), TaskId::new("T-2").unwrap()];
    both.iter().for_each(|id| tasks.remove(id));
    assert_eq!(tasks, PastTasks::default());
}

#[test]
fn ten_thousand_take_less_than_eighty_bytes_each() {
    let mut tasks = PastTasks::default();
    for n in 0..10_000 {
        let finished_at = Some(Timestamp::from_unix_millis(1_774_000_000_000 + n));
        tasks.put(&PastTask { finished_at, ..past(&format!("SITE-{n}")) });
    }
    let room = tasks.records.room();
    assert!(room < 80 * 10_000, "{room} bytes");
    assert_eq!(tasks.count(None, TaskState::Done, |_| true), 10_000);
}
