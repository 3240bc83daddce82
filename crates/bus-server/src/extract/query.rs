//! Query strings.

use axum::extract::{FromRequestParts, Query};
use go_bus_api::{ListQuery, ProblemKind};
use http::Uri;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::bus::Bus;
use crate::problems::Refusal;

/// The filters of a list, with a limit that holds.
pub(crate) struct Filters(pub(crate) ListQuery);

impl FromRequestParts<Bus> for Filters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Bus) -> Result<Self, Refusal> {
        let mut query: ListQuery = query_of(&parts.uri)?;
        query.limit = Some(limit(query.limit)?);
        Ok(Self(query))
    }
}

/// How many items a page gets: 100 where nothing is said, at most 1000 whatever is said.
pub(crate) fn limit(asked: Option<u32>) -> Result<u32, Refusal> {
    match asked {
        Some(0) => Err(Refusal::new(ProblemKind::BadRequest, "limit is 1 to 1000")),
        Some(asked) => Ok(asked.min(ListQuery::MAX_LIMIT)),
        None => Ok(ListQuery::DEFAULT_LIMIT),
    }
}

/// The query string as a `T`; 400 where it does not read as one.
pub(crate) fn query_of<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    Query::try_from_uri(uri).map(|Query(value)| value).map_err(|error| {
        let detail = format!("the query string does not read: {}", error.body_text());
        Refusal::new(ProblemKind::BadRequest, detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &'static str) -> Result<ListQuery, u16> {
        query_of(&Uri::from_static(uri)).map_err(|refusal| refusal.problem().status)
    }

    #[test]
    fn what_does_not_read_is_the_client_s_fault() {
        for bad in ["/t?limit=x", "/t?limit=-1", "/t?limit=1000000000000000000000000000000", "/t?unread=maybe"] {
            assert_eq!(read(bad).err(), Some(400), "{bad}");
        }
        assert_eq!(read("/t?limit=7&new=field").map(|query| query.limit), Ok(Some(7)));
    }

    #[test]
    fn a_page_has_1_to_1000_items() {
        assert_eq!((limit(None), limit(Some(5000))), (Ok(100), Ok(1000)));
        assert!(limit(Some(0)).is_err());
    }
}
