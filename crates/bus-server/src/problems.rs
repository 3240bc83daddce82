//! Refusals as answers: the one place where a problem becomes `application/problem+json`.

use std::any::Any;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use go_bus_api::{FieldError, LeaseHeld, Millis, Problem, ProblemKind};
use go_bus_store::{Reject, StoreError};
use http::{HeaderName, HeaderValue, StatusCode, header};

/// A request that was not done, and why.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal(Box<Problem>);

impl Refusal {
    /// A refusal of this kind.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::new(kind, detail)))
    }

    /// A well-formed body or query that is wrong at one place.
    pub(crate) fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::field(pointer, detail)))
    }

    /// Another instance holds the lease, for `remaining` more.
    pub(crate) fn lease_held(held: &LeaseHeld) -> Self {
        let detail = format!("the lease is held by {} under epoch {}", held.holder, held.epoch);
        Self(Box::new(Problem::new(ProblemKind::LeaseHeld, detail).with(held)))
    }

    /// Its kind.
    pub(crate) fn kind(&self) -> Option<ProblemKind> {
        self.0.kind()
    }

    /// The kind, the status and the detail as a whole.
    #[cfg(test)]
    pub(crate) fn problem(&self) -> &Problem {
        &self.0
    }
}

impl From<Reject> for Refusal {
    fn from(reject: Reject) -> Self {
        match reject {
            Reject::Rule { kind, detail, errors } => rule(kind, detail, errors),
            Reject::LeaseHeld { holder, lease } => Self::lease_held(&LeaseHeld {
                holder,
                epoch: lease.epoch,
                remaining_ms: Millis::default(),
                handoff: lease.handoff,
            }),
            Reject::Store(error) => error.into(),
        }
    }
}

fn rule(kind: ProblemKind, detail: String, errors: Vec<FieldError>) -> Refusal {
    let mut problem = Problem::new(kind, detail);
    problem.errors = errors;
    Refusal(Box::new(problem))
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            // Who can do with less than all reads on from the first that is kept.
            StoreError::HistoryGone { first } => {
                let problem = Problem::new(ProblemKind::HistoryGone, error.to_string());
                Self(Box::new(problem.with(&serde_json::json!({ "first": first }))))
            }
            StoreError::BadQuery(words) => Self::new(ProblemKind::BadRequest, words),
            StoreError::Full(_) => unavailable(&error, "the disk is full; writes are taken again once there is space"),
            StoreError::ReadOnly(_) => unavailable(&error, "the storage is read-only; reads go on"),
            StoreError::Unwritable(_) | StoreError::Closed => {
                unavailable(&error, "the storage takes no writes now; try again later")
            }
            StoreError::Engine(_)
            | StoreError::Newer { .. }
            | StoreError::Corrupt(_)
            | StoreError::Damaged(_)
            | StoreError::InUse => {
                // The engine's words go to the log: they may name paths and rows.
                tracing::error!(%error, "the storage failed");
                Self::new(ProblemKind::Internal, "the storage failed; the log of the Bus has more")
            }
        }
    }
}

/// 503: what the client may know; the engine's own words go to the log.
fn unavailable(error: &StoreError, detail: &str) -> Refusal {
    tracing::warn!(%error, "the storage is out of reach");
    Refusal::new(ProblemKind::StorageUnavailable, detail)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = *self.0;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some((name, value)) = extra_header(problem.kind()) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// What some kinds say in a header besides.
fn extra_header(kind: Option<ProblemKind>) -> Option<(HeaderName, &'static str)> {
    match kind? {
        ProblemKind::Unauthorized => Some((header::WWW_AUTHENTICATE, "Bearer")),
        ProblemKind::StorageUnavailable | ProblemKind::TooMany => Some((header::RETRY_AFTER, "1")),
        // What was not read of the body can't be told from the next request.
        ProblemKind::TooLarge => Some((header::CONNECTION, "close")),
        _ => None,
    }
}

/// The answer to a path that is not there.
pub(crate) async fn not_found() -> Refusal {
    Refusal::new(ProblemKind::NotFound, "there is nothing at this path")
}

/// The answer to a method that the path does not take.
pub(crate) async fn method_not_allowed() -> Refusal {
    Refusal::new(
        ProblemKind::MethodNotAllowed,
        "this path does not take that method; the Allow header has those it does",
    )
}

/// The answer where a handler panicked: the log has the trace, the client does not.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> http::Response<Body> {
    Refusal::new(ProblemKind::Internal, "the Bus failed at this request; its log has more").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_s_words_stay_in_the_log() {
        let refusal = Refusal::from(StoreError::Engine("/secret/bus.db: disk I/O error".to_owned()));
        assert_eq!(refusal.kind(), Some(ProblemKind::Internal));
        assert!(!refusal.problem().detail.contains("secret"));
    }

    #[test]
    fn a_cursor_too_old_is_gone_and_a_bad_query_is_the_client_s_fault() {
        let gone = Refusal::from(StoreError::HistoryGone { first: go_bus_api::Seq(9) });
        assert_eq!((gone.problem().status, gone.kind()), (410, Some(ProblemKind::HistoryGone)));
        assert_eq!(gone.problem().more.get("first"), Some(&serde_json::json!(9)));
        assert_eq!(Refusal::from(StoreError::BadQuery("no".into())).problem().status, 400);
    }

    #[tokio::test]
    async fn a_panic_is_answered_without_its_trace() {
        use axum::routing::get;
        use tower::ServiceExt as _;

        async fn broken() -> Response {
            panic!("a secret path")
        }
        let app = axum::Router::<()>::new()
            .route("/", get(broken))
            .layer(tower_http::catch_panic::CatchPanicLayer::custom(panicked));
        let response = app.oneshot(http::Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("secret"));
    }
}
