//! `/io/sessions`: humans that are logged in.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_api::{NewSession, ProblemKind, ResourceKind, Session, SessionId, Timestamp};
use go_bus_store::Action;
use http::StatusCode;
use serde::Deserialize;

use crate::answer::{self, Answer};
use crate::bus::{Bus, wrong_answer};
use crate::extract::{Bare, Filters, PathId, Write};
use crate::openapi::Operation;
use crate::permits::Right;
use crate::problems::Refusal;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/io/sessions", get(list).post(open)).route("/io/sessions/{id}", get(one).delete(close))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/io/sessions", "list_sessions", "Sessions; the open ones where no state is asked for.")
            .lists::<Session>(&["state"]),
        Operation::post("/io/sessions", "open_user_session", "Logs a human in; an open session is kept.")
            .needs(&[Right::AgentsSpawn])
            .takes::<NewSession>()
            .shows::<Session>()
            .creates::<Session>(),
        Operation::get("/io/sessions/{id}", "get_session", "A session that is open.")
            .of::<SessionId>()
            .shows::<Session>(),
        Operation::delete("/io/sessions/{id}", "close_user_session", "Logs a human out.")
            .needs(&[Right::AgentsTerminate])
            .of::<SessionId>()
            .quietly(),
    ]
}

/// Those that are open, where the query names no state: a session is over once it is closed.
async fn list(State(bus): State<Bus>, mut filters: Filters) -> Answer {
    filters.0.state.get_or_insert_with(|| "open".to_owned());
    super::list(&bus, ResourceKind::Session, filters).await
}

/// What is closed is gone (404), as with any resource after its DELETE; lists keep it, under `state=closed`.
async fn one(State(bus): State<Bus>, PathId(session): PathId<SessionId>) -> Answer {
    let found = bus.one(ResourceKind::Session, session.as_str()).await?;
    let Closing { closed_at } = serde_json::from_str(&found.json).map_err(|_| wrong_answer())?;
    if closed_at.is_some() {
        return Err(Refusal::new(ProblemKind::NotFound, format!("the session {session} is closed")));
    }
    Ok(answer::resource(StatusCode::OK, &found))
}

/// As much of a session as tells whether it is over.
#[derive(Deserialize)]
struct Closing {
    closed_at: Option<Timestamp>,
}

async fn open(State(bus): State<Bus>, Write(terms, body): Write<NewSession>) -> Answer {
    super::write(&bus, terms, Action::OpenSession(body)).await
}

async fn close(State(bus): State<Bus>, PathId(session): PathId<SessionId>, Bare(terms): Bare) -> Answer {
    super::write_quietly(&bus, terms, Action::CloseSession(session)).await
}
