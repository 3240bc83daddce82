//! The headers of a write: `Lease-Epoch`, `If-Match`, `Idempotency-Key`.

use go_bus_api::{Epoch, ProblemKind, Revision};
use http::{HeaderMap, header};

use crate::problems::Refusal;

/// The longest idempotency key, in bytes.
const LONGEST_KEY: usize = 255;

/// The epoch that the request was sent under.
pub(crate) fn lease_epoch(headers: &HeaderMap) -> Result<Option<Epoch>, Refusal> {
    let Some(text) = single(headers, "lease-epoch")? else { return Ok(None) };
    let epoch = text.parse().map_err(|_| malformed("Lease-Epoch", "a number such as 7"))?;
    Ok(Some(Epoch(epoch)))
}

/// The revision that a change is meant for: `"7"`, `W/"7"` or `7`; `*` is any.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Option<Revision>, Refusal> {
    let Some(text) = single(headers, header::IF_MATCH.as_str())? else { return Ok(None) };
    if text == "*" {
        return Ok(None);
    }
    let tag = text.strip_prefix("W/").unwrap_or(text);
    let bare = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag);
    let revision = bare.parse().map_err(|_| malformed("If-Match", "an ETag of this Bus, such as \"7\""))?;
    Ok(Some(Revision(revision)))
}

/// The key under which a repeat is to be answered as the first was.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let Some(key) = single(headers, "idempotency-key")? else { return Ok(None) };
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(malformed("Idempotency-Key", "1 to 255 characters"));
    }
    Ok(Some(key))
}

/// The trimmed value of a header that may come once.
pub(crate) fn single<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else { return Ok(None) };
    match (first.to_str(), values.next()) {
        (Ok(text), None) => Ok(Some(text.trim())),
        _ => Err(malformed(name, "plain text, once")),
    }
}

fn malformed(name: &str, wanted: &str) -> Refusal {
    Refusal::new(ProblemKind::BadRequest, format!("the header {name} has to be {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn one(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static(name), HeaderValue::from_static(value))])
    }

    #[test]
    fn an_etag_reads_strong_weak_and_bare() {
        for tag in ["\"7\"", "W/\"7\"", "7", " \"7\" "] {
            assert_eq!(if_match(&one("if-match", tag)), Ok(Some(Revision(7))), "{tag}");
        }
        assert_eq!(if_match(&one("if-match", "*")), Ok(None));
        for bad in ["", "\"x\"", "\"7", "-7", "\"7\", \"8\""] {
            assert_eq!(if_match(&one("if-match", bad)).map_err(|r| r.problem().status), Err(400), "{bad}");
        }
    }

    #[test]
    fn an_epoch_is_a_number_that_comes_once() {
        assert_eq!(lease_epoch(&one("lease-epoch", "7")), Ok(Some(Epoch(7))));
        for bad in ["", "x", "-1", "1e3", "99999999999999999999"] {
            assert!(lease_epoch(&one("lease-epoch", bad)).is_err(), "{bad}");
        }
        let mut twice = one("lease-epoch", "7");
        twice.append("lease-epoch", HeaderValue::from_static("8"));
        assert!(lease_epoch(&twice).is_err());
    }

    #[test]
    fn a_key_is_bounded() {
        assert!(idempotency_key(&one("idempotency-key", "")).is_err());
        let mut long = HeaderMap::new();
        long.insert("idempotency-key", HeaderValue::try_from("k".repeat(256)).unwrap());
        assert!(idempotency_key(&long).is_err());
    }
}
