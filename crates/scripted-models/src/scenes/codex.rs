//! The scenes of Codex.

use serde_json::{Value, json};

use super::{STAYS, Scene, Stop};
use crate::script::{Fault, Script, Usage};

const PATCH: &str = "*** Begin Patch\n*** Add File: hello.txt\n+hello\n*** End Patch\n";

/// When a window of these recordings opens again: 2027-01-15T08:00:00Z.
const RESET: u64 = 1_800_000_000;

/// All of them.
pub fn codex_scenes() -> Vec<Scene> {
    [works(), refused_by_the_provider(), limits(), broken(), ended()].concat()
}

fn shell(command: &str) -> Value {
    json!({"cmd": command})
}

fn write(script: Script) -> Script {
    script.call("apply_patch", PATCH.into()).say("I wrote hello.txt.")
}

fn works() -> Vec<Scene> {
    let again = Script::new("again").call("exec_command", shell("echo again >> hello.txt")).say("I added a line.");
    let most = Usage { input: 200_000, output: 900, cache_read: 40_000, cache_write: 0 };
    vec![
        Scene::of("success", "writes a file and says so", write),
        Scene::of("command", "runs a command", |s| {
            s.call("exec_command", shell("echo hello > hello.txt")).say("Done.")
        }),
        Scene::of("resume", "writes a file; a second run goes on in the same conversation", write).resumed(again),
        Scene::of("no-change", "claims to have done it and did nothing", |s| s.say("All done, every test passes.")),
        Scene::of("permission-denied", "may not write, and ends as if all were well", |s| {
            s.call("apply_patch", PATCH.into()).call("exec_command", shell("echo hello > hello.txt")).say("Done.")
        })
        .args(&["-s", "read-only"]),
        Scene::of("command-fails", "its command fails", |s| s.call("exec_command", shell("exit 3")).say("It failed.")),
        Scene::of("loop", "runs the same command ten times", |s| {
            (0..10).fold(s, |s, _| s.call("exec_command", shell("cat missing.txt"))).say("I give up.")
        }),
        Scene::of("context-nearly-full", "its context is nearly full", |s| {
            s.call("exec_command", shell("true")).usage(most).say("Done.").usage(most)
        }),
        Scene::of("mcp-down", "an MCP server that does not start", write)
            .args(&["-c", "mcp_servers.down.command=\"/bin/false\""]),
    ]
}

fn refused_by_the_provider() -> Vec<Scene> {
    let refuses = |name, about, status, kind: &'static str, message: &'static str| {
        Scene::of(name, about, |s| s.always_fails(Fault::openai(status, kind, message, &json!({}))))
    };
    let context = "Your input exceeds the context window of this model. Please adjust your input and try again.";
    vec![
        refuses("api-error", "the provider answers 500 each time", 500, "server_error", "The server had an error."),
        refuses(
            "unauthenticated",
            "the key is not taken (401)",
            401,
            "invalid_api_key",
            "Incorrect API key provided: sk-scri***ted.",
        ),
        refuses(
            "unknown-model",
            "the model is not known (404)",
            404,
            "model_not_found",
            "The model `gpt-nobody` does not exist or you do not have access to it.",
        )
        .model("gpt-nobody"),
        refuses(
            "context-full-400",
            "the conversation is too long, as a status",
            400,
            "context_length_exceeded",
            context,
        ),
        Scene::of("context-full", "the conversation is too long, as an event", |s| {
            s.always_fails(failed("context_length_exceeded", context))
        }),
        Scene::of("api-error-after-work", "a file is written, then the provider answers 500", |s| {
            s.call("apply_patch", PATCH.into()).always_fails(Fault::openai(
                500,
                "server_error",
                "The server had an error.",
                &json!({}),
            ))
        }),
    ]
}

/// The event by which a response says that it failed.
fn failed(code: &str, message: &str) -> Fault {
    let response = json!({
        "id": "resp_failed", "object": "response", "created_at": 0, "status": "failed", "output": [],
        "error": {"code": code, "message": message},
    });
    Fault::Event { name: "response.failed".to_owned(), data: json!({"type": "response.failed", "response": response}) }
}

fn limits() -> Vec<Scene> {
    let used_up = |more: Value| Fault::openai(429, "usage_limit_reached", "The usage limit has been reached", &more);
    let per_minute =
        "Rate limit reached for gpt-5.5 on tokens per min (TPM): Limit 30000, Used 29000. Please try again in 1.2s.";
    vec![
        Scene::of("rate-limited", "too many requests (429, retry-after), each time", |s| {
            s.always_fails(Fault::openai(429, "rate_limit_exceeded", per_minute, &json!({})).header("retry-after", "1"))
        }),
        Scene::of("rate-limited-event", "too many requests, told in the stream", |s| {
            s.always_fails(failed("rate_limit_exceeded", per_minute))
        }),
        Scene::of("overloaded", "the provider has too much to do (503)", |s| {
            s.always_fails(Fault::openai(
                503,
                "server_is_overloaded",
                "Our servers are currently overloaded. Please try again later.",
                &json!({}),
            ))
        }),
        Scene::of("usage-limit", "a plan's window is used up, with its reset", |s| {
            s.always_fails(used_up(json!({"plan_type": "plus", "resets_at": RESET})))
        }),
        Scene::of("no-credit", "the account has no credit (429)", |s| {
            let message = "You exceeded your current quota, please check your plan and billing details.";
            s.always_fails(Fault::openai(429, "insufficient_quota", message, &json!({})))
        }),
    ]
}

fn broken() -> Vec<Scene> {
    vec![
        Scene::of("reset", "the connection is reset each time", |s| s.always_fails(Fault::Reset)),
        Scene::of("reset-passes", "the connection is reset twice", |s| write(s.fails(2, Fault::Reset))),
        Scene::of("cut", "each answer breaks off in the middle", |s| s.always_fails(Fault::Cut)),
    ]
}

fn ended() -> Vec<Scene> {
    let stays =
        |name, about, stop| Scene::of(name, about, |s| s.call("exec_command", shell(STAYS)).say("Done.")).stopped(stop);
    vec![
        stays("sigterm", "SIGTERM while its command runs", Stop::Terminate),
        stays("sigint", "SIGINT while its command runs", Stop::Interrupt),
        stays("sigkill", "SIGKILL while its command runs", Stop::Kill),
        Scene::of("sigint-hanging", "the model does not answer; SIGINT", |s| s.always_fails(Fault::Hang))
            .stopped(Stop::Interrupt),
    ]
}
