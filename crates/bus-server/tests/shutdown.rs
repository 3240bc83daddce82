//! The end of a Bus: at once, whatever its clients do.

mod support;

use std::sync::Arc;
use std::time::Duration;

use go_bus_server::{Config, ServeError, Server};
use go_bus_store::{Policy, SqliteStore};
use go_clock::{Clock as _, SystemClock};
use serde_json::json;
use support::start;
use tokio::io::AsyncWriteExt as _;

#[tokio::test]
async fn streams_waits_sessions_and_idle_connections_end_within_milliseconds() {
    let mut bus = start().await;
    let epoch = bus.api.lead("go-1", 60_000).await;
    let mut stream = bus.api.stream("/events/stream").await;
    let mut session = bus.api.stream(&format!("/agents/000/lease/session?holder=go-1&epoch={epoch}")).await;
    session.event().await;
    let api = bus.api.clone();
    let wait = tokio::spawn(async move { api.get(&format!("/agents/000/lease/wait?epoch={epoch}&holder=go-2")).await });
    support::within(async { while bus.api.get("/agents/000/lease").await.json()["standbys"] == json!([]) {} }).await;
    let _idle = tokio::net::TcpStream::connect(&bus.api.address).await.unwrap();
    let asked = SystemClock.boottime();
    bus.stop().await;
    let took = SystemClock.boottime().since(asked);
    assert!(took < Duration::from_millis(250), "it took {took:?}");
    assert_eq!(support::within(wait).await.unwrap().expect(200)["holder"], "go-1");
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_request_that_never_comes_to_its_end_is_cut_off() {
    let mut bus = start().await;
    let mut half = tokio::net::TcpStream::connect(&bus.api.address).await.unwrap();
    half.write_all(b"POST /tasks HTTP/1.1\r\nhost: x\r\ncontent-le").await.unwrap();
    let asked = SystemClock.boottime();
    bus.stop().await;
    let took = SystemClock.boottime().since(asked);
    assert!(took < Duration::from_secs(2), "it took {took:?}");
}

#[tokio::test]
async fn a_bus_that_is_dropped_lets_go_of_its_clients() {
    let mut bus = start().await;
    let mut stream = bus.api.stream("/events/stream").await;
    bus.drop_it().await;
    assert_eq!(stream.next().await, None);
    assert!(tokio::net::TcpStream::connect(&bus.api.address).await.is_err(), "it still listens");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let bus = start().await;
    let data = tempfile::tempdir().unwrap();
    let config = Config::new(bus.api.address.parse().unwrap(), data.path());
    let store = Arc::new(SqliteStore::in_memory(Policy::default()).unwrap());
    let error = Server::bind(config, store, Arc::new(SystemClock)).await.err().unwrap();
    assert!(matches!(error, ServeError::Listen { .. }) && error.to_string().contains(&bus.api.address), "{error}");
}
