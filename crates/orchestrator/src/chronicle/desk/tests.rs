//! When the chronicle is written, and when an alert says that it is not.

use std::path::Path;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use go_bus_api::Resource;
use go_bus_client::{Opened, Request, Response, RetryPolicy, Token, Transport, TransportError};
use http::{HeaderMap, StatusCode};

use super::*;
use crate::samples::closed_sprint;

/// A Bus that takes alerts, or answers 503.
#[derive(Debug, Default)]
struct Bus {
    seen: Mutex<Vec<String>>,
    is_away: Mutex<bool>,
}

#[async_trait]
impl Transport for Bus {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.seen.lock().unwrap().push(format!("{} {}", request.method, request.target));
        let answer = serde_json::json!({
            "id": "alert-1", "level": "L3", "title": "t", "state": "open", "raised_at": "2026-03-21T08:15:30.000Z", "revision": 1,
            "dedupe_key": "chronicle",
        });
        let status = if *self.is_away.lock().unwrap() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::CREATED };
        Ok(Response { status, headers: HeaderMap::new(), body: Bytes::from(answer.to_string()) })
    }

    async fn open_stream(&self, _: Request, _: Duration) -> Result<Opened, TransportError> {
        Err(TransportError::Unsupported("streams"))
    }
}

/// A desk on a folder, and its Bus.
struct Place {
    folder: tempfile::TempDir,
    bus: Arc<Bus>,
    desk: ChronicleDesk,
    world: World,
    now: Boottime,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let chronicle = Chronicle::new(folder.path().join("bp/log.md"), folder.path().join("sprints"));
        let (bus, desk) = (Arc::default(), ChronicleDesk::new(Some(chronicle)));
        Self { folder, bus, desk, world: World::default(), now: Boottime(Duration::from_secs(100)) }
    }

    fn client(&self) -> BusClient {
        let transport = Arc::clone(&self.bus) as Arc<dyn Transport>;
        BusClient::new(transport, Token::new("t").unwrap()).with_retry(RetryPolicy::Never)
    }

    fn close(&mut self, id: &str) {
        self.world.apply(Resource::Sprint(closed_sprint(id, "All done.")));
        self.desk.touch(self.now);
    }

    /// Waits for what is due next, and performs it; `false` where nothing is.
    async fn step(&mut self) -> bool {
        let Some(due) = self.desk.next_write() else { return false };
        self.now = self.now.max(due);
        self.desk.write_if_due(&self.world, self.now, self.client());
        if self.desk.writing.is_some() {
            let written = self.desk.ended().await;
            self.desk.take(written, self.now);
        }
        true
    }

    async fn settle(&mut self) {
        while self.step().await {}
    }

    fn log(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("bp/log.md")).unwrap_or_default();
        text.lines().filter(|line| line.starts_with("## ")).map(str::to_owned).collect()
    }

    fn seen(&self) -> Vec<String> {
        self.bus.seen.lock().unwrap().clone()
    }
}

fn create(folder: &Path) {
    std::fs::create_dir(folder.join("bp")).unwrap();
}

#[tokio::test]
async fn a_closed_sprint_is_written_down_at_once_and_then_nothing_is_due() {
    let mut place = Place::new();
    create(place.folder.path());
    place.close("S-1");
    let began = place.now;
    place.settle().await;
    assert_eq!((place.log(), place.now), (vec!["## 2026-03-21 · Sprint S-1".to_owned()], began));
    assert!(place.seen().is_empty() && place.desk.next_write().is_none());
}

#[tokio::test]
async fn however_many_are_missing_all_are_written_in_order_and_not_all_at_once() {
    let mut place = Place::new();
    create(place.folder.path());
    for n in (1..=70).rev() {
        let mut sprint = closed_sprint(&format!("S-{n}"), "");
        sprint.closed_at = sprint.closed_at.map(|at| at.after(Duration::from_secs(n)));
        place.world.apply(Resource::Sprint(sprint));
    }
    place.desk.touch(place.now);
    place.step().await;
    assert_eq!(place.log().len(), AT_ONCE);
    place.settle().await;
    let expected: Vec<_> = (1..=70).map(|n| format!("## 2026-03-21 · Sprint S-{n}")).collect();
    assert_eq!(place.log(), expected);
}

#[tokio::test]
async fn what_can_t_be_written_is_tried_again_with_growing_pauses_raises_one_alert_and_ends_it() {
    let mut place = Place::new();
    place.close("S-1");
    let mut pauses = Vec::new();
    for _ in 0..11 {
        let before = place.now;
        place.step().await;
        pauses.push(place.desk.next_write().unwrap().since(before.max(place.now)).as_millis());
    }
    assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]);
    assert_eq!(place.seen(), ["POST /io/alerts"], "at the third failure, and once");
    create(place.folder.path());
    place.settle().await;
    assert_eq!(place.log().len(), 1);
    assert_eq!(place.seen(), ["POST /io/alerts", "POST /io/alerts/alert-1/ack"]);
}

#[tokio::test]
async fn an_alert_that_the_bus_does_not_take_is_raised_later_and_so_is_its_end() {
    let mut place = Place::new();
    place.close("S-1");
    *place.bus.is_away.lock().unwrap() = true;
    for _ in 0..5 {
        place.step().await;
    }
    assert_eq!((place.seen().len(), place.desk.alert.is_some()), (3, false));
    *place.bus.is_away.lock().unwrap() = false;
    place.step().await;
    assert!(place.desk.alert.is_some());
    create(place.folder.path());
    *place.bus.is_away.lock().unwrap() = true;
    place.step().await;
    assert_eq!((place.log().len(), place.desk.alert.is_some()), (1, true), "written, but the alert is still open");
    *place.bus.is_away.lock().unwrap() = false;
    place.settle().await;
    assert_eq!(place.seen().last().map(String::as_str), Some("POST /io/alerts/alert-1/ack"));
}

#[tokio::test]
async fn a_predecessor_s_alert_is_ended_by_whoever_writes() {
    let mut place = Place::new();
    create(place.folder.path());
    let alert = serde_json::json!({"type": "alert", "resource": {
        "id": "alert-7", "level": "L3", "title": "t", "state": "open", "raised_at": "2026-03-21T08:15:30.000Z", "revision": 1,
        "dedupe_key": "chronicle",
    }});
    place.world.apply(serde_json::from_value(alert).unwrap());
    place.close("S-1");
    place.settle().await;
    assert_eq!(place.seen(), ["POST /io/alerts/alert-7/ack"], "once, though the World has not heard of it yet");
}

#[tokio::test]
async fn without_a_chronicle_nothing_is_due() {
    let mut place = Place::new();
    place.desk = ChronicleDesk::new(None);
    place.close("S-1");
    assert!(!place.step().await);
}

#[tokio::test]
async fn whoever_lets_the_lease_go_first_writes_what_is_missing_after_it_and_asks_the_bus_for_nothing() {
    let mut place = Place::new();
    create(place.folder.path());
    place.close("S-1");
    let left = place.desk.leave(&place.world);
    assert!(place.log().is_empty());
    let clock: Arc<dyn Clock> = Arc::new(go_clock::ManualClock::new(go_bus_api::Timestamp::from_unix_millis(0)));
    left.write(&clock).await;
    assert_eq!(place.log(), ["## 2026-03-21 · Sprint S-1"]);
    assert!(place.seen().is_empty());
}
