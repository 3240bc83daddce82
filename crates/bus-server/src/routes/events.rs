//! `/events`: the log, a page at a time or as it grows.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_api::{Event, EventKind, NewEvent, Page, ProblemKind, Seq};
use go_bus_store::{Action, EventFilter, Query, QueryAnswer};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, Answer};
use crate::bus::{Bus, wrong_answer};
use crate::extract::{Write, limit, query_of, single_header};
use crate::openapi::Operation;
use crate::permits::Right;
use crate::problems::Refusal;
use crate::sse;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/events", get(list).post(post_event)).route("/events/stream", get(stream))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/events", "list_events", "Events, in commit order.")
            .needs(&[Right::AgentsRead, Right::TasksRead])
            .query::<Wanted>()
            .refuses(&[ProblemKind::HistoryGone])
            .answers::<Page<Event>>(StatusCode::OK, "A page."),
        Operation::post("/events", "post_event", "Posts an event of a kind outside the Bus's own.")
            .needs(&[Right::EventsPost])
            .takes::<NewEvent>()
            .refuses(&[ProblemKind::ReservedKind])
            .answers::<Event>(StatusCode::CREATED, "It is in the log."),
        Operation::get("/events/stream", "stream_events", "Events as they happen (server-sent events).")
            .needs(&[Right::AgentsRead, Right::TasksRead])
            .query::<Wanted>()
            .resumes()
            .refuses(&[ProblemKind::HistoryGone])
            .answers_as::<String>(
                StatusCode::OK,
                "text/event-stream",
                "An event a frame: its seq, its kind, its JSON.",
            ),
    ]
}

/// Which events, and from where on.
#[derive(Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// The event after which to begin; 0 is before the first.
    after: Option<u64>,
    /// The same as `after`: what a page's `next_cursor` says.
    cursor: Option<u64>,
    /// Events a page, at least 1 and never more than 1000, whatever is asked for; 100 where absent.
    #[schemars(range(min = 1))]
    limit: Option<u32>,
    /// Events of this kind only.
    #[schemars(with = "Option<EventKind>")]
    kind: Option<String>,
    /// Events about this resource only, such as `tasks/T-1`.
    subject: Option<String>,
}

impl Wanted {
    fn filter(&self) -> Result<EventFilter, Refusal> {
        let kind = self.kind.as_deref().map(str::parse::<EventKind>).transpose();
        let kind = kind.map_err(|error| Refusal::new(ProblemKind::BadRequest, error))?;
        Ok(EventFilter { kind, subject: self.subject.clone() })
    }
}

async fn list(State(bus): State<Bus>, parts: Parts) -> Answer {
    let wanted: Wanted = query_of(&parts.uri)?;
    let after = Seq(wanted.cursor.or(wanted.after).unwrap_or(0));
    let limit = usize::try_from(limit(wanted.limit)?).unwrap_or(usize::MAX);
    let events = bus.store.events(after, limit, &wanted.filter()?).await?;
    Ok(answer::event_page(&events, limit))
}

async fn post_event(State(bus): State<Bus>, Write(terms, body): Write<NewEvent>) -> Answer {
    let receipt = bus.commit(terms.command(Action::PostEvent(body))).await?;
    let before = Seq(receipt.seq.0.saturating_sub(1));
    let event = bus.store.events(before, 1, &EventFilter::default()).await?;
    let event = event.first().ok_or_else(wrong_answer)?;
    Ok(answer::raw_json(StatusCode::CREATED, event.json.to_string()))
}

async fn stream(State(bus): State<Bus>, parts: Parts) -> Answer {
    let wanted: Wanted = query_of(&parts.uri)?;
    let filter = wanted.filter()?;
    let cursor = match last_event_id(&parts.headers)?.or(wanted.after.map(Seq)) {
        Some(cursor) => cursor,
        None => last(&bus).await?,
    };
    let reader = sse::Reader::open(bus, cursor, filter).await?;
    Ok(sse::response(reader.into_body()))
}

/// The event that a client that comes again has seen last (HTML standard, *server-sent events*). Empty is none.
fn last_event_id(headers: &HeaderMap) -> Result<Option<Seq>, Refusal> {
    match single_header(headers, "last-event-id")? {
        None | Some("") => Ok(None),
        Some(text) => {
            let malformed = |_| Refusal::new(ProblemKind::BadRequest, "Last-Event-ID has to be an event's seq");
            text.parse().map(Seq).map(Some).map_err(malformed)
        }
    }
}

/// The end of the log: a stream without a cursor begins there.
async fn last(bus: &Bus) -> Result<Seq, Refusal> {
    match bus.store.read(Query::LastSeq).await? {
        QueryAnswer::LastSeq(seq) => Ok(seq),
        _ => Err(wrong_answer().into()),
    }
}
