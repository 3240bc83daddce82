//! The bound on how long a request may take until its answer begins.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use go_bus_api::ProblemKind;

use crate::bus::Bus;
use crate::problems::Refusal;

/// Answers 503 where the handler has not answered within [`Limits::request`](crate::Limits): a storage that hangs holds no
/// client for ever. Whether a write was done is unknown then, as the contract has it for any 5xx.
pub(crate) async fn bound(State(bus): State<Bus>, request: Request, next: Next) -> Result<Response, Refusal> {
    tokio::select! {
        biased;
        answer = next.run(request) => Ok(answer),
        () = bus.clock.sleep(bus.config.limits.request) => {
            Err(Refusal::new(ProblemKind::StorageUnavailable, "the storage did not answer in time; try again later"))
        }
    }
}
