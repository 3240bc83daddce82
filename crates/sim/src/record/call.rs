//! What a request asks for, read from its method, target, headers and body.

use go_bus_api::{Acquire, Epoch, HostId, Release, Seq};
use http::{HeaderMap, Method};

use crate::judge::Call;

const LEASE: &str = "/agents/000/lease";

/// Reads a request.
pub(super) fn read(method: &Method, target: &str, headers: &HeaderMap, body: &[u8]) -> Call {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let call = match (method.as_str(), path) {
        ("POST", LEASE) => bid(body),
        ("DELETE", LEASE) => release(body),
        ("GET", "/agents/000/lease/session") => session(query),
        ("GET", "/agents/000/lease/wait") => Some(Call::Wait),
        ("GET", "/events/stream") => Some(events(query, headers)),
        ("POST", path) => host_beat(path),
        _ => None,
    };
    call.unwrap_or_else(|| match *method {
        Method::GET | Method::HEAD => Call::Read(path.to_owned()),
        _ => Call::Write(format!("{method} {path}")),
    })
}

fn bid(body: &[u8]) -> Option<Call> {
    let Acquire { holder, epoch, .. } = serde_json::from_slice(body).ok()?;
    Some(Call::Bid { holder, renews: epoch })
}

fn release(body: &[u8]) -> Option<Call> {
    let Release { epoch, .. } = serde_json::from_slice(body).ok()?;
    Some(Call::Release { epoch })
}

fn session(query: &str) -> Option<Call> {
    Some(Call::Session { epoch: Epoch(parameter(query, "epoch")?.parse().ok()?) })
}

fn events(query: &str, headers: &HeaderMap) -> Call {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).or(parameter(query, "after"));
    let after = Seq(last.and_then(|text| text.parse().ok()).unwrap_or(0));
    Call::Events { after, whole: parameter(query, "kind").is_none() && parameter(query, "subject").is_none() }
}

fn host_beat(path: &str) -> Option<Call> {
    let host = path.strip_prefix("/hosts/")?.strip_suffix("/heartbeat")?;
    HostId::new(host).ok().map(Call::HostBeat)
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(target: &str) -> Call {
        read(&Method::GET, target, &HeaderMap::new(), b"")
    }

    #[test]
    fn what_is_about_the_lease_is_told_from_other_writes() {
        let post = |target: &str, body: &str| read(&Method::POST, target, &HeaderMap::new(), body.as_bytes());
        let bid = post("/agents/000/lease", r#"{"holder":"go-1","ttl_ms":15000,"epoch":4}"#);
        assert_eq!(bid, Call::Bid { holder: "go-1".parse().unwrap(), renews: Some(Epoch(4)) });
        assert_eq!(get("/agents/000/lease/session?holder=go-1&epoch=4"), Call::Session { epoch: Epoch(4) });
        assert_eq!(get("/agents/000/lease/wait?epoch=4"), Call::Wait);
        assert_eq!(post("/hosts/h1/heartbeat", "{}"), Call::HostBeat(HostId::new("h1").unwrap()));
        assert_eq!(post("/tasks", "{}"), Call::Write("POST /tasks".to_owned()));
        let release = read(&Method::DELETE, LEASE, &HeaderMap::new(), br#"{"holder":"go-1","epoch":4}"#);
        assert_eq!(release, Call::Release { epoch: Epoch(4) });
    }

    #[test]
    fn a_stream_s_cursor_is_found_in_its_header_or_its_query() {
        assert_eq!(get("/events/stream?after=7"), Call::Events { after: Seq(7), whole: true });
        assert_eq!(get("/events/stream?kind=x&after=7"), Call::Events { after: Seq(7), whole: false });
        let headers: HeaderMap =
            [(http::HeaderName::from_static("last-event-id"), "9".parse().unwrap())].into_iter().collect();
        assert_eq!(read(&Method::GET, "/events/stream", &headers, b""), Call::Events { after: Seq(9), whole: true });
    }
}
