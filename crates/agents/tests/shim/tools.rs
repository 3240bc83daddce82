//! The Bus's tools, which a shim serves to its agent for as long as it keeps it.

use std::time::Duration;

use go_bus_client::blocking::{BlockingTransport, block_on};
use go_bus_client::{Request, Response, Transport, TransportError};
use go_runtime::{AgentRuntime, AgentSpec};
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Value, json};
use wiremock::matchers::{header as has, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::bench::{Bench, until};

/// Asks the server that an agent's `mcp.json` describes.
fn ask(described: &Value) -> Result<Response, TransportError> {
    let bus = &described["mcpServers"]["bus"];
    let address = bus["url"].as_str().unwrap().strip_suffix("/mcp").unwrap();
    let key = HeaderValue::from_str(bus["headers"]["Authorization"].as_str().unwrap()).unwrap();
    let request = Request {
        method: Method::POST,
        target: "/mcp".to_owned(),
        headers: HeaderMap::from_iter([(header::AUTHORIZATION, key)]),
        body: json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string().into(),
        timeout: Duration::from_secs(30),
    };
    block_on(BlockingTransport::new(address).unwrap().send(request))
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_there_before_the_agent_is_and_gone_with_it() {
    let bench = Bench::new("a-tools-1").await;
    bench.takes_exit(1).await;
    let answer = json!({"jsonrpc": "2.0", "id": 1, "result": {"tools": []}});
    let mock = Mock::given(method("POST")).and(path("/mcp")).and(has("authorization", "Bearer agent-token"));
    mock.respond_with(ResponseTemplate::new(200).set_body_json(answer.clone())).expect(1).mount(&bench.bus).await;
    let tools = bench.folder.tools_path();
    let command = format!("mkfifo go-on; cp '{}' found; mv found described; read word < go-on", tools.display());
    let spec = AgentSpec { serves_tools: true, ..bench.spec(&command) };
    let shim = bench.start(&spec).await;
    until("a description of its tools", || bench.file("described").exists()).await;
    let described: Value = serde_json::from_slice(&std::fs::read(bench.file("described")).unwrap()).unwrap();
    let answered = ask(&described).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&answered.body).unwrap(), answer);
    std::fs::write(bench.file("go-on"), "on\n").unwrap();
    bench.ended(shim).await;
    assert!(bench.folder.exit().unwrap().succeeded(), "{}", bench.log());
    assert!(ask(&described).is_err(), "nobody is served any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_gone_with_the_agent_though_its_exit_is_still_to_be_reported() {
    let bench = Bench::new("a-tools-3").await;
    let command = format!("cp '{}' described", bench.folder.tools_path().display());
    let away = "http://127.0.0.1:1".to_owned();
    let mut spec = AgentSpec { serves_tools: true, bus_url: away, ..bench.spec(&command) };
    let shim = bench.start(&spec).await;
    until("the first failed report", || bench.log().contains("reported again")).await;
    let described: Value = serde_json::from_slice(&std::fs::read(bench.file("described")).unwrap()).unwrap();
    until("the end of its tools", || ask(&described).is_err()).await;
    bench.takes_exit(1).await;
    spec.bus_url = bench.bus.uri();
    bench.folder.write_spec(&spec).unwrap();
    bench.runtime.wake(shim).unwrap();
    bench.ended(shim).await;
}

#[tokio::test]
async fn no_proxy_of_its_project_s_is_asked_for_them() {
    let bench = Bench::new("a-tools-4").await;
    bench.takes_exit(1).await;
    let mut spec = AgentSpec { serves_tools: true, ..bench.spec("echo \"$NO_PROXY $no_proxy\" > straight") };
    spec.command = spec.command.with("HTTPS_PROXY", "http://127.0.0.1:1").with("NO_PROXY", "inside");
    assert!(bench.run(&spec).await.succeeded());
    let straight = std::fs::read_to_string(bench.file("straight")).unwrap();
    assert_eq!(straight, "inside,127.0.0.1 inside,127.0.0.1\n");
}

#[tokio::test]
async fn one_that_has_no_use_for_them_is_served_none() {
    let bench = Bench::new("a-tools-2").await;
    bench.takes_exit(1).await;
    let report = bench.run(&bench.spec("true")).await;
    assert!(report.succeeded() && !bench.folder.tools_path().exists(), "{report:?}");
}
