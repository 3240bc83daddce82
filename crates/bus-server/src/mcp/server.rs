//! What MCP asks of a server, answered from the REST API in the caller's name.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use go_bus_api::AgentId;
use go_bus_store::Actor;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Request, StatusCode, header};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Extensions, Implementation, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
    ServerCapabilities, ServerConfig, Tool as Shown, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tower::ServiceExt as _;

use super::catalogue::{self, Tool};
use super::request::{Planned, plan};
use super::{outcome, resources};

/// The longest answer that is handed to a model, in bytes.
const LONGEST: usize = 4 << 20;

/// What of the caller's request holds for what is asked in its name.
const PASSED_ON: [HeaderName; 3] =
    [header::AUTHORIZATION, HeaderName::from_static("lease-epoch"), HeaderName::from_static("idempotency-key")];

const ABOUT: &str = "The Control Bus of a fleet of agents. Everything you do here is done in your own name, by your token. Your prompt (resource \
prompt://self) has your task's id and attempt. Report progress during long work, ask a human only what nobody else can decide, and end your \
turn when your work is done: it is verified then.";

/// The tools and resources, over the REST API.
#[derive(Debug, Clone)]
pub(super) struct BusTools {
    rest: Router,
    tools: Arc<[Tool]>,
}

/// An answer of the REST API.
pub(super) struct Answered {
    /// Its status.
    pub(super) status: StatusCode,
    /// Its body.
    pub(super) body: Vec<u8>,
}

impl BusTools {
    /// The tools over `rest`, which finds out by itself who asks.
    pub(super) fn over(rest: Router) -> Self {
        Self { rest, tools: catalogue::tools().into() }
    }

    fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    /// Sends what a call stands for; the first refusal ends it.
    async fn call(&self, tool: &Tool, params: CallToolRequestParams, caller: &Parts) -> CallToolResult {
        let planned = match plan(tool, params.arguments.unwrap_or_default(), own_id(caller)) {
            Ok(planned) => planned,
            Err(why) => return outcome::misfit(&why),
        };
        let mut result = outcome::misfit("there is nothing to ask for");
        for request in planned {
            let answered = self.ask(request, &caller.headers).await;
            result = outcome::of(answered.status, &answered.body);
            if !answered.status.is_success() {
                break;
            }
        }
        result
    }

    /// Sends a request under the caller's own headers.
    pub(super) async fn ask(&self, planned: Planned, caller: &HeaderMap) -> Answered {
        let broken =
            |what: &str| Answered { status: StatusCode::INTERNAL_SERVER_ERROR, body: what.as_bytes().to_vec() };
        let body = planned.body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let Ok(mut request) = Request::builder().method(planned.method).uri(planned.uri).body(body) else {
            return broken("these arguments make no request");
        };
        for name in PASSED_ON {
            for value in caller.get_all(&name) {
                request.headers_mut().append(&name, value.clone());
            }
        }
        let answer = self.rest.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let status = answer.status();
        match axum::body::to_bytes(answer.into_body(), LONGEST).await {
            Ok(body) => Answered { status, body: body.to_vec() },
            Err(_) => broken("the answer is too long; ask for less with `limit`"),
        }
    }
}

/// The HTTP request that a message came with: `auth` has been there, or it would not have come so far.
pub(super) fn caller(extensions: &Extensions) -> Result<&Parts, ErrorData> {
    extensions.get::<Parts>().ok_or_else(|| ErrorData::internal_error("the message came without its request", None))
}

/// The agent whose own token it is.
pub(super) fn own_id(caller: &Parts) -> Option<&AgentId> {
    match caller.extensions.get::<Actor>() {
        Some(Actor::Agent { id, .. }) => Some(id),
        _ => None,
    }
}

fn shown(tool: &Tool) -> Shown {
    let is_read = tool.method == http::Method::GET && !tool.acknowledges;
    // What is made is never unmade by a tool, and nothing outside of the Bus is touched.
    let hints = ToolAnnotations::new().read_only(is_read).destructive(false).open_world(false);
    Shown::new(tool.name, tool.about, Arc::new(tool.input.clone())).with_annotations(hints)
}

impl ServerHandler for BusTools {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().build();
        let server = Implementation::new("control-bus", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(capabilities).with_server_info(server).with_instructions(ABOUT)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.iter().map(shown).collect()))
    }

    fn get_tool(&self, name: &str) -> Option<Shown> {
        self.tool(name).map(shown)
    }

    async fn call_tool(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let unknown = || ErrorData::invalid_params(format!("there is no tool {}", params.name), None);
        let tool = self.tool(&params.name).ok_or_else(unknown)?;
        Ok(self.call(tool, params.clone(), caller(&context.extensions)?).await.into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::fixed()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        params: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let result = resources::read(self, &params.uri, caller(&context.extensions)?).await?;
        Ok(result.into())
    }
}
