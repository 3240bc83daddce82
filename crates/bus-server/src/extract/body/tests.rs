//! What is read of a body, and what each bad one is answered.

use super::*;
use go_bus_api::{Complete, Heartbeat, NewTask};

fn refused<T: DeserializeOwned>(bytes: &[u8]) -> (u16, Vec<String>) {
    let Err(refusal) = object::<T>(bytes) else { panic!("{:?} was taken", String::from_utf8_lossy(bytes)) };
    let problem = refusal.problem();
    (problem.status, problem.errors.iter().map(|error| error.pointer.clone()).collect())
}

#[test]
fn a_value_that_does_not_fit_is_pointed_at() {
    let urgent = br#"{"project":"p","title":"t","priority":"urgent"}"#;
    assert_eq!(refused::<NewTask>(urgent), (422, vec!["/priority".into()]));
    let deep = br#"{"attempt":1,"summary":"s","deliverable":{"kind":"feature","artifacts":["a",7]}}"#;
    assert_eq!(refused::<Complete>(deep), (422, vec!["/deliverable/artifacts/1".into()]));
}

#[test]
fn a_missing_field_is_pointed_at_too() {
    assert_eq!(refused::<NewTask>(br#"{"title":"t"}"#), (422, vec!["/project".into()]));
}

#[test]
fn what_is_no_json_is_400_wherever_it_breaks() {
    let deep = br#"{"a":"#.repeat(2000);
    let late = br#"{"title":7,"priority": }"#;
    for bad in [&b""[..], b"{", b"\xff\xfe", br#"{"title":"\ud800"}"#, b"{} {}", &deep, late] {
        assert_eq!(refused::<NewTask>(bad).0, 400, "{:?}", String::from_utf8_lossy(bad));
    }
}

#[test]
fn json_that_is_no_object_is_422_even_where_all_fields_are_optional() {
    for bad in [&b"null"[..], b"[]", b"7", br#""x""#] {
        assert_eq!(refused::<Heartbeat>(bad).0, 422, "{:?}", String::from_utf8_lossy(bad));
    }
    assert!(object::<Heartbeat>(b" {\"new\": [1]} ").is_ok());
}

#[test]
fn numbers_out_of_range_and_nul_are_refused() {
    for bad in [&br#"{"project":"p","title":"\u0000"}"#[..], br#"{"project":"p","title":"t","max_attempts":-1}"#] {
        assert_eq!(refused::<NewTask>(bad).0, 422, "{:?}", String::from_utf8_lossy(bad));
    }
    let status = refused::<NewTask>(br#"{"project":"p","title":"t","max_attempts":1e400}"#).0;
    assert!(status == 400 || status == 422, "{status}");
}

#[test]
fn an_integer_may_be_written_with_a_point_and_what_still_misfits_is_pointed_at() {
    let whole = object::<Complete>(br#"{"attempt":2.0,"summary":"s"}"#).unwrap();
    assert_eq!(whole.attempt.0, 2);
    assert_eq!(refused::<Complete>(br#"{"attempt":2.5,"summary":"s"}"#), (422, vec!["/attempt".into()]));
    assert_eq!(refused::<Complete>(br#"{"attempt":2.0,"summary":7}"#), (422, vec!["/summary".into()]));
}

#[tokio::test]
async fn a_body_that_grows_too_long_is_413_though_it_announced_nothing() {
    let chunks = (0..3).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 1000])));
    let body = Body::from_stream(futures_util::stream::iter(chunks));
    let refusal = read(&HeaderMap::new(), body, 2500).await.unwrap_err();
    assert_eq!(refusal.kind(), Some(ProblemKind::TooLarge));
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_taken() {
    let read = read(&HeaderMap::new(), Body::from(vec![b' '; 2500]), 2500).await.unwrap();
    assert_eq!(read.len(), 2500);
}
