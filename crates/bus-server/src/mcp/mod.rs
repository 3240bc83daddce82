//! `/mcp`: the Bus as tools and resources of an agent (MCP over streamable HTTP, revisions 2024-11-05 to 2026-07-28).
//!
//! A tool is an operation of the REST API under another name: its call becomes that operation's request, sent through the same routes under the
//! caller's own token (`request`, `server`). So authorisation, roles, audit, fencing and idempotency are theirs, and stand once. Nothing is
//! kept between two requests: a session would have to be bounded, would end with the Bus and with a token, and would know nothing that
//! the token does not say.

mod advice;
mod catalogue;
mod guard;
mod outcome;
mod request;
mod resources;
mod server;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::post;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tower::Service as _;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract;
use server::BusTools;

/// `/mcp` over the REST API `rest`, which finds out by itself who asks.
pub(crate) fn routes(rest: Router) -> Router<Bus> {
    let tools = BusTools::over(rest);
    let settings = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        // `guard` and `extract` have looked at these, and answer in the words of the rest of the API.
        .disable_allowed_hosts()
        .with_max_request_body_bytes(usize::MAX);
    let service =
        StreamableHttpService::new(move || Ok(tools.clone()), Arc::new(NeverSessionManager::default()), settings);
    let talk = move |State(bus): State<Bus>, request: Request| talk(bus, service.clone(), request);
    Router::new().route("/mcp", post(talk))
}

/// Looks at where the request comes from and reads its body within the bounds of any other, then lets MCP have it.
async fn talk(bus: Bus, mut service: StreamableHttpService<BusTools, NeverSessionManager>, request: Request) -> Answer {
    guard::check(request.headers(), &bus.config.names)?;
    let (parts, body) = request.into_parts();
    let limits = &bus.config.limits;
    let late = bus.clock.sleep(limits.body_time);
    let bytes = extract::read_in_time(&parts.headers, body, limits.body, late).await?;
    let answered = service.call(Request::from_parts(parts, Body::from(bytes))).await;
    let answer: Response = answered.map_or_else(|never| match never {}, |answer| answer.map(Body::new));
    Ok(answer)
}
