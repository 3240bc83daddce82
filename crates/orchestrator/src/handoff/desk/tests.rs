//! When a handoff is written, and what the file may be overwritten by.

use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use go_bus_api::{Seq, Text, Timestamp};
use go_bus_client::{Opened, Request, Response, Token, Transport, TransportError, World};
use go_sprint::Limits;
use http::{HeaderMap, StatusCode};

use super::*;
use crate::handoff::Decision;

#[derive(Debug, Default)]
struct Memory {
    content: Mutex<Option<Vec<u8>>>,
}

impl HandoffFile for Memory {
    fn read(&self) -> std::io::Result<Option<Vec<u8>>> {
        Ok(self.content.lock().unwrap().clone())
    }

    fn write(&self, content: &[u8]) -> std::io::Result<()> {
        *self.content.lock().unwrap() = Some(content.to_vec());
        Ok(())
    }
}

/// A Bus that takes handoffs, or answers 503.
#[derive(Debug, Default)]
struct Bus {
    puts: Mutex<u32>,
    refuses: bool,
}

#[async_trait]
impl Transport for Bus {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        *self.puts.lock().unwrap() += 1;
        let document: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let answer = serde_json::json!({"epoch": 4, "written_at": "2026-03-21T08:15:30.000Z", "document": document});
        let status = if self.refuses { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        Ok(Response { status, headers: HeaderMap::new(), body: Bytes::from(answer.to_string()) })
    }

    async fn open_stream(&self, _: Request, _: Duration) -> Result<Opened, TransportError> {
        Err(TransportError::Unsupported("streams"))
    }
}

fn client(bus: &Arc<Bus>) -> BusClient {
    BusClient::new(Arc::clone(bus) as Arc<dyn Transport>, Token::new("t").unwrap())
        .with_retry(go_bus_client::RetryPolicy::Never)
}

fn document(epoch: u64, at: i64) -> HandoffDocument {
    HandoffDocument::of(&World::default(), Seq(7), Epoch(epoch), &Limits::default(), Timestamp::from_unix_millis(at))
}

fn at(seconds: u64) -> Boottime {
    Boottime(Duration::from_secs(seconds))
}

/// A desk whose last write has ended.
async fn settle(desk: &mut HandoffDesk) {
    if let Some(Writing { task, .. }) = &mut desk.writing {
        while !task.is_finished() {
            tokio::task::yield_now().await;
        }
    }
}

fn decide(desk: &mut HandoffDesk) {
    desk.decided.inherit(vec![Decision { at: Timestamp::from_unix_millis(0), what: Text::clipped("end a-1") }]);
}

#[tokio::test]
async fn it_is_written_at_once_then_every_five_seconds_and_only_what_is_new() {
    let bus = Arc::new(Bus::default());
    let mut desk = HandoffDesk::new(Duration::from_secs(60), None);
    let puts = || *bus.puts.lock().unwrap();
    desk.touch(at(100));
    desk.write_if_due(at(100), &client(&bus), || document(4, 0));
    settle(&mut desk).await;
    assert_eq!(puts(), 1);
    decide(&mut desk);
    desk.touch(at(101));
    desk.write_if_due(at(104), &client(&bus), || document(4, 0));
    assert_eq!((puts(), desk.next_write()), (1, Some(at(105))), "not yet");
    desk.write_if_due(at(105), &client(&bus), || document(4, 0));
    settle(&mut desk).await;
    assert_eq!(puts(), 2);
    desk.write_if_due(at(110), &client(&bus), || document(4, 90));
    assert_eq!((puts(), desk.next_write()), (2, None), "the same, only later: nothing is due any more");
}

#[tokio::test]
async fn one_that_the_bus_did_not_take_is_written_again() {
    let bus = Arc::new(Bus { refuses: true, ..Bus::default() });
    let mut desk = HandoffDesk::new(Duration::from_secs(60), None);
    desk.touch(at(100));
    desk.write_if_due(at(100), &client(&bus), || document(4, 0));
    settle(&mut desk).await;
    desk.write_if_due(at(105), &client(&bus), || document(4, 0));
    settle(&mut desk).await;
    assert_eq!(*bus.puts.lock().unwrap(), 2);
}

#[test]
fn a_short_lease_has_a_young_handoff() {
    assert_eq!(HandoffDesk::new(Duration::from_secs(60), None).every, Duration::from_secs(5));
    assert_eq!(HandoffDesk::new(Duration::from_secs(6), None).every, Duration::from_millis(500));
    assert_eq!(HandoffDesk::new(Duration::from_secs(3600), None).every, Duration::from_secs(5));
}

#[tokio::test]
async fn the_file_gets_what_the_bus_has_taken_and_nothing_else() {
    let (file, refusing) = (Arc::new(Memory::default()), Arc::new(Bus { refuses: true, ..Bus::default() }));
    assert!(!keep(document(4, 0), client(&refusing), Some(Arc::clone(&file) as _)).await);
    assert_eq!(in_file(&*file), None);
    assert!(keep(document(4, 0), client(&Arc::new(Bus::default())), Some(Arc::clone(&file) as _)).await);
    assert_eq!(in_file(&*file), Some(document(4, 0)));
}

#[test]
fn who_slept_does_not_overwrite_its_successor_s_file_but_another_bus_s_leftover_is_overwritten() {
    let file = Memory::default();
    let put = |document: HandoffDocument| {
        put_in_file(&file, &document, document.to_value().to_string().as_bytes()).unwrap();
        in_file(&file).unwrap().epoch.0
    };
    assert_eq!(put(document(5, 200)), 5);
    assert_eq!(put(document(4, 100)), 5, "written before its successor's");
    assert_eq!(put(document(4, 300)), 4, "a Bus that begins anew counts from one");
}

#[test]
fn a_file_that_is_no_handoff_is_none() {
    let file = Memory::default();
    file.write(b"half a").unwrap();
    assert_eq!(in_file(&file), None);
}
