//! `/hosts`: machines, and the leases by which the Bus knows that they live.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{CollisionReport, Host, HostHeartbeat, HostId, HostPatch, NewHost, ProblemKind, ResourceKind};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Filters, PathId, Write};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new()
        .route("/hosts", get(list).post(create))
        .route("/hosts/{id}", get(one).patch(patch))
        .route("/hosts/{id}/heartbeat", post(heartbeat))
        .route("/hosts/{id}/collisions", post(collisions))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/hosts", "list_hosts", "Hosts.").lists::<Host>(&["state"]),
        Operation::post("/hosts", "create_host", "Makes a host.")
            .needs(&[Right::HostsWrite])
            .takes::<NewHost>()
            .refuses(&[ProblemKind::AlreadyExists])
            .creates::<Host>(),
        Operation::get("/hosts/{id}", "get_host", "A host.").of::<HostId>().shows::<Host>(),
        Operation::patch("/hosts/{id}", "change_host", "Changes a host.")
            .needs(&[Right::HostsWrite])
            .of::<HostId>()
            .takes::<HostPatch>()
            .shows::<Host>(),
        Operation::post("/hosts/{id}/heartbeat", "heartbeat_host", "Holds a host's lease, as its launcher.")
            .needs(&[Right::HostsWrite])
            .of::<HostId>()
            .takes::<HostHeartbeat>()
            .refuses(&[ProblemKind::HostHeld])
            .shows::<Host>(),
        Operation::post(
            "/hosts/{id}/collisions",
            "report_collisions",
            "Says whose work collides, as a host's launcher.",
        )
        .needs(&[Right::HostsWrite])
        .of::<HostId>()
        .takes::<CollisionReport>()
        .shows::<Host>(),
    ]
}

async fn list(State(bus): State<Bus>, filters: Filters) -> Answer {
    super::list(&bus, ResourceKind::Host, filters).await
}

async fn one(State(bus): State<Bus>, PathId(host): PathId<HostId>) -> Answer {
    super::one(&bus, ResourceKind::Host, host.as_str()).await
}

async fn create(State(bus): State<Bus>, Write(terms, body): Write<NewHost>) -> Answer {
    super::write(&bus, terms, Action::CreateHost(body)).await
}

async fn patch(State(bus): State<Bus>, PathId(host): PathId<HostId>, Write(terms, body): Write<HostPatch>) -> Answer {
    super::write(&bus, terms, Action::PatchHost(host, body)).await
}

async fn heartbeat(
    State(bus): State<Bus>,
    PathId(host): PathId<HostId>,
    Write(terms, body): Write<HostHeartbeat>,
) -> Answer {
    super::write(&bus, terms, Action::HeartbeatHost(host, body)).await
}

async fn collisions(
    State(bus): State<Bus>,
    PathId(host): PathId<HostId>,
    Write(terms, body): Write<CollisionReport>,
) -> Answer {
    super::write(&bus, terms, Action::ReportCollisions(host, body)).await
}
