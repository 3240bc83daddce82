//! Who asks: the bearer token, looked up before anything else is looked at.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use go_bus_api::{AgentId, ProblemKind};
use go_bus_store::{Actor, Principal, Query, QueryAnswer};
use http::{HeaderMap, Method, header};

use crate::bus::{Bus, wrong_answer};
use crate::permits::{self, Asked};
use crate::problems::Refusal;
use crate::token;

/// Lets a request through with its [`Actor`] in its extensions, or answers 401, or 403 to a shim that strays and to a role
/// that may not.
pub(crate) async fn authenticate(
    State(bus): State<Bus>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    if is_open(request.uri().path()) {
        return Ok(next.run(request).await);
    }
    let actor = actor(&bus, request.headers()).await?;
    if let Actor::Shim { agent } = &actor
        && !shim_may(agent, request.method(), request.uri().path())
    {
        let detail =
            format!("this token is good for the heartbeat, the costs, the exit and the verdict of {agent} only");
        return Err(Refusal::new(ProblemKind::Forbidden, detail));
    }
    bus.liveness.hear(&actor, bus.now());
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let asked = Asked { method: request.method(), route, path: request.uri().path() };
    permits::check(&bus, &actor, asked).await?;
    request.extensions_mut().insert(actor);
    Ok(next.run(request).await)
}

/// What needs no token.
fn is_open(path: &str) -> bool {
    matches!(path, "/health" | "/ready" | "/login") || path.starts_with("/assets/")
}

async fn actor(bus: &Bus, headers: &HeaderMap) -> Result<Actor, Refusal> {
    let unauthorized = |detail: &str| Refusal::new(ProblemKind::Unauthorized, detail);
    let token = bearer(headers).ok_or_else(|| unauthorized("send `Authorization: Bearer <token>`"))?;
    match bus.store.read(Query::Token(token::hash(token), bus.wall())).await? {
        QueryAnswer::Token(Some(token)) => Ok(match token.principal {
            Principal::Operator => Actor::Operator,
            Principal::Agent(id, role) => Actor::Agent { id, role },
            Principal::Shim(agent) => Actor::Shim { agent },
        }),
        QueryAnswer::Token(None) => Err(unauthorized("this token is unknown, out of date or revoked")),
        _ => Err(wrong_answer().into()),
    }
}

/// The token of exactly one `Authorization: Bearer` header (RFC 6750).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    let alone = values.next().is_none() && scheme.eq_ignore_ascii_case("bearer");
    alone.then(|| token.trim()).filter(|token| !token.is_empty())
}

/// What a shim's token is good for: its agent's heartbeat and exit, costs, which the store holds to its agent, and any verdict, which it
/// holds to freshness.
fn shim_may(agent: &AgentId, method: &Method, path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    let parts = (parts.next(), parts.next(), parts.next(), parts.next());
    method == Method::POST
        && match parts {
            (Some("agents"), Some(id), Some("heartbeat" | "exit"), None) => id == agent.as_str(),
            (Some("tasks"), Some(_), Some("review"), None) | (Some("costs"), None, None, None) => true,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn one_bearer_token_is_read_and_anything_else_is_none() {
        assert_eq!(bearer(&headers(&["Bearer abc"])), Some("abc"));
        assert_eq!(bearer(&headers(&["bearer  abc "])), Some("abc"));
        for bad in [&["Basic abc"][..], &["Bearer"], &["Bearer "], &[], &["Bearer a", "Bearer b"]] {
            assert_eq!(bearer(&headers(bad)), None, "{bad:?}");
        }
    }

    #[test]
    fn a_shim_reaches_its_agent_s_end_and_a_verdict_and_nothing_else() {
        let agent = AgentId::new("a-1").unwrap();
        let may = |method, path| shim_may(&agent, &method, path);
        assert!(may(Method::POST, "/agents/a-1/heartbeat") && may(Method::POST, "/agents/a-1/exit"));
        assert!(may(Method::POST, "/tasks/T-1/review") && may(Method::POST, "/costs"));
        assert!(!may(Method::GET, "/costs/by-agent") && !may(Method::POST, "/costs/by-agent"), "what others spent");
        assert!(!may(Method::POST, "/agents/a-2/exit"), "another's exit");
        assert!(!may(Method::POST, "/tasks/T-1/complete"), "a completion");
        assert!(!may(Method::GET, "/agents/a-1/heartbeat"), "another method");
        assert!(!may(Method::POST, "/agents/a-1/exit/more"), "a longer path");
        assert!(!may(Method::GET, "/snapshot"), "a read");
    }

    #[test]
    fn only_the_contract_s_four_need_no_token() {
        assert!(is_open("/health") && is_open("/ready") && is_open("/login") && is_open("/assets/page.css"));
        assert!(!is_open("/healthy") && !is_open("/metrics") && !is_open("/") && !is_open("/assets"));
    }
}
