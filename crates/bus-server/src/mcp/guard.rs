//! Where a request may come from: no page of another origin, and no page that made a name of its own lead here (DNS rebinding).
//!
//! A browser says in `Origin` which page asks, and in `Host` under which name it found the Bus. A page of somebody else has another origin than
//! the Bus; one that had its own name resolve to this machine has the same, but that name is not one of the Bus's.

use std::net::{Ipv4Addr, Ipv6Addr};

use go_bus_api::ProblemKind;
use http::uri::{Authority, Uri};
use http::{HeaderMap, header};

use crate::extract::single_header;
use crate::problems::Refusal;

/// Refuses a request under a foreign `Host` or of a foreign `Origin` with 403. `names` are the Bus's own beside its addresses and `localhost`.
pub(super) fn check(headers: &HeaderMap, names: &[String]) -> Result<(), Refusal> {
    let host = single_header(headers, header::HOST.as_str())?.and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = host.filter(|host| is_own(host.host(), names)) else {
        return Err(forbidden(
            "the Host header has to name this Bus by its address, as localhost, or as bus.url has it",
        ));
    };
    match single_header(headers, header::ORIGIN.as_str())? {
        Some(origin) if !is_of(origin, &host) => Err(forbidden("pages of another origin may not use this")),
        _ => Ok(()),
    }
}

fn forbidden(detail: &str) -> Refusal {
    Refusal::new(ProblemKind::Forbidden, detail)
}

/// Whether `host` can't be a name that somebody else made lead here: an address, `localhost`, or one of `names`.
fn is_own(host: &str, names: &[String]) -> bool {
    let is_address = host.parse::<Ipv4Addr>().is_ok()
        || host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .is_some_and(|host| host.parse::<Ipv6Addr>().is_ok());
    is_address || host.eq_ignore_ascii_case("localhost") || names.iter().any(|name| name.eq_ignore_ascii_case(host))
}

/// Whether `origin` is that of a page of the Bus itself, which was asked for as `host`.
fn is_of(origin: &str, host: &Authority) -> bool {
    let origin = origin.parse::<Uri>().ok().and_then(|origin| origin.into_parts().authority);
    origin.is_some_and(|origin| origin.as_str().eq_ignore_ascii_case(host.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn status(host: Option<&'static str>, origin: Option<&'static str>) -> u16 {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
            if let Some(value) = value {
                headers.append(name, HeaderValue::from_static(value));
            }
        }
        check(&headers, &["bus.example".to_owned()]).err().map_or(200, |refusal| refusal.problem().status)
    }

    #[test]
    fn the_bus_is_known_by_its_addresses_and_its_own_names() {
        for host in ["localhost:8088", "LOCALHOST", "127.0.0.1:8088", "10.0.0.7", "[::1]:8088", "Bus.Example:80"] {
            assert_eq!(status(Some(host), None), 200, "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "x.bus.example", "", "a b"] {
            assert_eq!(status(Some(host), None), 403, "{host}");
        }
        assert_eq!(status(None, None), 403, "HTTP/1.1 asks for one");
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        let at = |origin| status(Some("localhost:8088"), Some(origin));
        assert_eq!((at("http://localhost:8088"), at("https://localhost:8088")), (200, 200));
        for foreign in
            ["http://evil.example", "http://localhost:3000", "http://localhost", "null", "", "http://127.0.0.1:8088"]
        {
            assert_eq!(at(foreign), 403, "{foreign}");
        }
        assert_eq!(status(Some("evil.example"), Some("http://evil.example")), 403, "a name that was made to lead here");
    }
}
