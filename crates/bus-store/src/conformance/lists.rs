//! Lists: pages, filters, and what is no query.

use go_bus_api::{ListQuery, ResourceKind, Task, TaskState};

use super::MakeStore;
use super::world::World;
use crate::{Listing, Query, QueryAnswer, StoreError};

async fn list(world: &World, query: ListQuery) -> Result<Listing, StoreError> {
    match world.store.read(Query::List(ResourceKind::Task, query)).await? {
        QueryAnswer::List(listing) => Ok(listing),
        other => panic!("no list: {other:?}"),
    }
}

fn ids(listing: &Listing) -> Vec<&str> {
    listing.items.iter().map(|document| document.id.as_str()).collect()
}

/// Page after page gives everything once, in the order of creation, though resources change meanwhile.
pub async fn pages_are_complete_and_in_order(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let names: Vec<String> = (0..10).map(|number| format!("T-{}", 9 - number)).collect();
    for name in &names {
        world.ticket(name, &[]).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = list(&world, ListQuery { limit: Some(3), cursor, ..ListQuery::default() }).await.expect("a page");
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        world.assign(seen.last().expect("an item"), &po).await.expect("an assignment");
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, names);
}

/// Several filters at once all hold; a value that nothing has finds nothing.
pub async fn filters_hold_together(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    world.ticket("T-2", &[]).await;
    let by = |state: &str, assignee: Option<&str>, project: &str| ListQuery {
        state: Some(state.to_owned()),
        assignee: assignee.map(str::to_owned),
        project: Some(project.to_owned()),
        host: Some("a filter that tasks don't know".to_owned()),
        ..ListQuery::default()
    };
    let cases = [
        (by("in_progress", Some(po.id.as_str()), "site"), vec!["T-1"]),
        (by("pending", None, "site"), vec!["T-2"]),
        (by("pending", Some(po.id.as_str()), "site"), vec![]),
        (by("in_progress", None, "elsewhere"), vec![]),
        (by("no such state", None, "site"), vec![]),
    ];
    for (query, expected) in cases {
        let listing = list(&world, query.clone()).await.expect("a list");
        assert_eq!(ids(&listing), expected, "{query:?}");
    }
    let task: Task = world.task("T-1").await;
    assert_eq!(task.state, TaskState::InProgress);
}

/// A limit out of range and an invented cursor are told apart from an empty page.
pub async fn nonsense_is_a_bad_query(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let nonsense = [
        ListQuery { limit: Some(0), ..ListQuery::default() },
        ListQuery { limit: Some(1001), ..ListQuery::default() },
        ListQuery { cursor: Some("'; DROP TABLE tasks".to_owned()), ..ListQuery::default() },
        ListQuery { cursor: Some("-1".to_owned()), ..ListQuery::default() },
    ];
    for query in nonsense {
        assert!(matches!(list(&world, query.clone()).await, Err(StoreError::BadQuery(_))), "{query:?}");
    }
    assert_eq!(list(&world, ListQuery::default()).await, Ok(Listing::default()));
}
