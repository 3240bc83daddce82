//! An agent's program, `go mcp` and a Bus: JSON-RPC lines in, JSON-RPC lines out.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::place::{DEADLINE, Place};

/// `go mcp`, as an agent's program starts it.
struct Bridge {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    token: PathBuf,
}

impl Bridge {
    #[expect(clippy::disallowed_methods, reason = "the binary under test is started as an agent's program starts it")]
    fn start(place: &Place, url: &str) -> Self {
        let token = place.path().join("agent.token");
        let mut command = Command::new(env!("CARGO_BIN_EXE_go"));
        command.arg("mcp").env_clear().env("XIO_BUS_URL", url).env("XIO_TOKEN_FILE", &token).current_dir(place.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (tell, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { input: child.stdin.take(), child, lines, token }
    }

    fn say(&mut self, message: &Value) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{message}").unwrap();
        input.flush().unwrap();
    }

    fn hear(&self) -> Value {
        serde_json::from_str(&self.lines.recv_timeout(DEADLINE).unwrap()).unwrap()
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.say(&json!({"jsonrpc": "2.0", "id": "q", "method": method, "params": params}));
        self.hear()
    }

    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        assert_eq!(answer["result"]["isError"], false, "{tool}: {answer}");
        answer["result"]["structuredContent"].clone()
    }

    /// Ends its input: how it ended, and what it said besides.
    fn end(mut self) -> (bool, Vec<String>) {
        drop(self.input.take());
        let ended = self.child.wait().unwrap();
        (ended.success(), self.lines.iter().collect())
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// The memory that a process has of its own, in KiB: without the pages of its program, which all of them share.
fn own_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn an_agent_s_program_reaches_the_bus_through_the_bridge_with_its_own_token() {
    let place = Place::new();
    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let url = bus.url();
    let operator = std::fs::read_to_string(place.path().join(".go/operator.token")).unwrap();
    let mut bridge = Bridge::start(&place, &url);
    std::fs::write(&bridge.token, &operator).unwrap();

    let hello =
        json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    assert_eq!(bridge.ask("initialize", hello)["result"]["serverInfo"]["name"], "control-bus");
    bridge.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    assert_eq!(bridge.ask("tools/list", json!({}))["result"]["tools"].as_array().unwrap().len(), 13);
    let sent = bridge.call("bus_send_message", json!({"to": "c0", "subject": "hello"}));
    assert_eq!(bridge.call("bus_read_messages", json!({"id": "c0"}))["items"][0]["id"], sent["id"]);
    let digest = bridge.ask("resources/read", json!({"uri": "digest://"}));
    assert!(digest["result"]["contents"][0]["text"].as_str().unwrap().contains("generated_at"), "{digest}");

    bridge.say(&json!("no message"));
    assert_eq!(bridge.hear()["error"]["code"], -32700);
    std::fs::write(&bridge.token, "void").unwrap();
    let refused = bridge.ask("tools/list", json!({}));
    assert!(refused["error"]["message"].as_str().unwrap().contains("unauthorized"), "{refused}");
    std::fs::write(&bridge.token, &operator).unwrap();
    bridge.call("bus_read_messages", json!({"id": "c0"}));

    let own = own_memory(bridge.child.id());
    assert!(own <= 5 * 1024, "{own} KiB for a bridge");
    assert_eq!(bridge.end(), (true, Vec::new()), "it ends with its input");
}

#[test]
fn a_bridge_outlives_its_bus_and_says_that_it_is_away() {
    let place = Place::new();
    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let url = bus.url();
    let mut bridge = Bridge::start(&place, &url);
    std::fs::copy(place.path().join(".go/operator.token"), &bridge.token).unwrap();
    bridge.call("bus_list_tasks", json!({}));
    bus.signal(Signal::KILL);
    bus.end();
    bridge.say(&json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "bus_list_tasks", "arguments": {}}}));
    let mut again = place.start(&["bus", "serve", "--listen", url.trim_start_matches("http://")]);
    assert_eq!(again.url(), url);
    let answer = bridge.hear();
    assert_eq!((&answer["id"], &answer["result"]["isError"]), (&json!(7), &json!(false)), "{answer}");
    again.signal(Signal::KILL);
    again.end();
    // Its input ends: it waits no more, and says so.
    bridge.say(&json!({"jsonrpc": "2.0", "id": 8, "method": "tools/list"}));
    let (well, said) = bridge.end();
    assert!(well && said.len() == 1 && said[0].contains("the Control Bus is away"), "{said:?}");
}

#[test]
fn without_its_launcher_s_variables_the_bridge_says_which_is_missing() {
    let place = Place::new();
    let ended = place.go(&["mcp"]);
    let words = crate::place::err(&ended);
    assert!(!ended.status.success() && words.contains("XIO_BUS_URL is not set"), "{words}");
}
