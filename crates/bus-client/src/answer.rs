//! From an answer's status and body to a value or an error.

use bytes::Bytes;
use go_bus_api::{Problem, ProblemKind};
use serde::de::DeserializeOwned;

use crate::{BusError, Response};

/// The most of a strange body that an error quotes, in characters.
const QUOTED: usize = 200;

/// The body of a 2xx, or the error that any other answer is.
pub(crate) fn accepted(response: Response) -> Result<Bytes, BusError> {
    if response.status.is_success() { Ok(response.body) } else { Err(refusal(&response)) }
}

/// The body of a 2xx as JSON.
pub(crate) fn decode<T: DeserializeOwned>(response: Response) -> Result<T, BusError> {
    let status = response.status.as_u16();
    let body = accepted(response)?;
    serde_json::from_slice(&body)
        .map_err(|error| BusError::Garbage { status, detail: format!("{error}; it begins {:?}", quote(&body)) })
}

/// The error that an answer other than 2xx is.
pub(crate) fn refusal(response: &Response) -> BusError {
    let status = response.status.as_u16();
    let problem = match serde_json::from_slice::<Problem>(&response.body) {
        Ok(mut problem) => {
            // The status line is what was really answered; the member only repeats it.
            problem.status = status;
            problem
        }
        Err(_) => match bare(status) {
            Some(kind) => Problem::new(kind, quote(&response.body)),
            None => return BusError::Garbage { status, detail: format!("{:?}", quote(&response.body)) },
        },
    };
    if status == 401 { BusError::Unauthorized(Box::new(problem)) } else { BusError::Refused(Box::new(problem)) }
}

/// The problem that a status alone tells, where a proxy or a limit before the Bus answered without a document.
fn bare(status: u16) -> Option<ProblemKind> {
    match status {
        401 => Some(ProblemKind::Unauthorized),
        413 => Some(ProblemKind::TooLarge),
        _ => None,
    }
}

fn quote(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn response(status: u16, body: &str) -> Response {
        let status = StatusCode::from_u16(status).unwrap();
        Response { status, headers: HeaderMap::new(), body: Bytes::copy_from_slice(body.as_bytes()) }
    }

    #[test]
    fn a_problem_document_is_read_whatever_its_own_status_says() {
        let error = refusal(&response(412, r#"{"type":"/problems/stale-epoch","title":"x","status":400}"#));
        assert_eq!(error.problem(), Some(ProblemKind::StaleEpoch));
        assert_eq!(error.document().map(|p| p.status), Some(412));
    }

    #[test]
    fn plain_401_and_413_are_understood_and_other_plain_answers_are_garbage() {
        assert!(matches!(refusal(&response(401, "no")), BusError::Unauthorized(_)));
        assert_eq!(refusal(&response(413, "too big")).problem(), Some(ProblemKind::TooLarge));
        assert!(matches!(refusal(&response(502, "<html>")), BusError::Garbage { status: 502, .. }));
        assert!(matches!(decode::<u32>(response(200, "<html>")), Err(BusError::Garbage { status: 200, .. })));
    }
}
