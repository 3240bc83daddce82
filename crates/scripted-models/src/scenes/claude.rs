//! The scenes of Claude Code.

use serde_json::{Value, json};

use super::{STAYS, Scene, Stop};
use crate::script::{Fault, Script, Usage};

/// Lets it run commands without a question.
const MAY_RUN: [&str; 2] = ["--allowedTools", "Bash"];

/// When a window of these recordings opens again: 2027-01-15T08:00:00Z.
const RESET: &str = "1800000000";

/// All of them.
pub fn claude_scenes() -> Vec<Scene> {
    [works(), refused_by_the_provider(), limits(), broken(), ended()].concat()
}

fn bash(command: &str) -> Value {
    json!({"command": command, "description": "runs it"})
}

fn write(script: Script) -> Script {
    script.call("Write", json!({"file_path": "${cwd}/hello.txt", "content": "hello\n"})).say("I wrote hello.txt.")
}

fn works() -> Vec<Scene> {
    let again = Script::new("again").call("Bash", bash("echo again >> hello.txt")).say("I added a line.");
    let most = Usage { input: 150_000, output: 900, cache_read: 31_000, cache_write: 0 };
    vec![
        Scene::of("success", "writes a file and says so", write),
        Scene::of("command", "runs a command", |s| s.call("Bash", bash("echo hello > hello.txt")).say("Done."))
            .args(&MAY_RUN),
        Scene::of("resume", "writes a file; a second run goes on in the same conversation", write)
            .args(&MAY_RUN)
            .resumed(again),
        Scene::of("no-change", "claims to have done it and did nothing", |s| s.say("All done, every test passes.")),
        Scene::of("permission-denied", "may not run its command, and ends as if all were well", |s| {
            s.call("Bash", bash("git push --force")).say("Done.")
        }),
        Scene::of("loop", "runs the same command ten times", |s| {
            (0..10).fold(s, |s, _| s.call("Bash", bash("cat missing.txt"))).say("I give up.")
        })
        .args(&MAY_RUN),
        Scene::of("context-nearly-full", "its context is nine tenths full", |s| {
            s.call("Bash", bash("true")).usage(most).say("Done.").usage(most)
        })
        .args(&MAY_RUN),
        Scene::of("max-turns", "needs more turns than it has", |s| s.call("Bash", bash("true")).say("Done."))
            .args(&MAY_RUN)
            .args(&["--max-turns", "1"]),
        Scene::of("mcp-down", "an MCP server that does not start; the run ends well", write)
            .args(&["--mcp-config", r#"{"mcpServers":{"down":{"command":"/bin/false"}}}"#]),
    ]
}

fn refused_by_the_provider() -> Vec<Scene> {
    let refuses = |name, about, status, kind: &'static str, message: &'static str| {
        Scene::of(name, about, |s| s.always_fails(Fault::anthropic(status, kind, message)))
    };
    let credit = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.";
    vec![
        refuses("api-error", "the provider answers 500 each time", 500, "api_error", "Internal server error"),
        refuses("unauthenticated", "the key is not taken (401)", 401, "authentication_error", "invalid x-api-key"),
        refuses(
            "forbidden",
            "the account may not do it (403)",
            403,
            "permission_error",
            "Your account does not have access to Claude.",
        ),
        refuses("unknown-model", "the model is not known (404)", 404, "not_found_error", "model: claude-nobody-9")
            .model("claude-nobody-9"),
        refuses("no-credit", "the account has no credit (400)", 400, "invalid_request_error", credit),
        refuses(
            "context-full",
            "the conversation is too long (400)",
            400,
            "invalid_request_error",
            "prompt is too long: 208310 tokens > 200000 maximum",
        ),
        Scene::of("api-error-after-work", "a file is written, then the provider answers 500", |s| {
            s.call("Write", json!({"file_path": "${cwd}/hello.txt", "content": "hello\n"}))
                .always_fails(Fault::anthropic(500, "api_error", "Internal server error"))
        }),
        Scene::of("api-error-passes", "the provider answers 500 once", |s| {
            write(s.fails(1, Fault::anthropic(500, "api_error", "Internal server error")))
        }),
    ]
}

fn limits() -> Vec<Scene> {
    let subscribed = |scene: Scene| {
        scene.env("ANTHROPIC_API_KEY", None).env("CLAUDE_CODE_OAUTH_TOKEN", Some("sk-ant-oat01-scripted"))
    };
    let limited = || {
        Fault::anthropic(
            429,
            "rate_limit_error",
            "This request would exceed your account's rate limit. Please try again later.",
        )
    };
    let used_up = |claim: &str| {
        limited()
            .header("anthropic-ratelimit-unified-status", "rejected")
            .header("anthropic-ratelimit-unified-reset", RESET)
            .header("anthropic-ratelimit-unified-representative-claim", claim)
            .header("anthropic-ratelimit-unified-overage-status", "rejected")
            .header("anthropic-ratelimit-unified-overage-disabled-reason", "org_level_disabled")
    };
    vec![
        Scene::of("rate-limited", "too many requests (429, retry-after), each time", |s| {
            s.always_fails(limited().header("retry-after", "1"))
        }),
        Scene::of("overloaded", "the provider has too much to do (529)", |s| {
            s.always_fails(Fault::anthropic(529, "overloaded_error", "Overloaded"))
        }),
        subscribed(Scene::of(
            "usage-limit",
            "a subscription's five hours are used up, with the reset in the headers",
            |s| s.always_fails(used_up("five_hour")),
        )),
        subscribed(Scene::of("usage-limit-weekly", "a subscription's week is used up", |s| {
            s.always_fails(used_up("seven_day"))
        })),
        subscribed(Scene::of("extra-usage", "going on would cost extra", |s| {
            s.always_fails(Fault::anthropic(
                429,
                "rate_limit_error",
                "Extra usage is required for long context requests.",
            ))
        })),
    ]
}

fn broken() -> Vec<Scene> {
    let overloaded = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    vec![
        Scene::of("reset", "the connection is reset each time", |s| s.always_fails(Fault::Reset)),
        Scene::of("reset-passes", "the connection is reset twice", |s| write(s.fails(2, Fault::Reset))),
        Scene::of("cut", "each answer breaks off in the middle", |s| s.always_fails(Fault::Cut)),
        Scene::of("overloaded-in-the-middle", "an error comes in the middle of an answer", |s| {
            s.always_fails(Fault::Event { name: "error".to_owned(), data: overloaded })
        }),
    ]
}

fn ended() -> Vec<Scene> {
    let stays = |name, about, stop| {
        Scene::of(name, about, |s| s.call("Bash", bash(STAYS)).say("Done.")).args(&MAY_RUN).stopped(stop)
    };
    vec![
        stays("sigterm", "SIGTERM while its command runs", Stop::Terminate),
        stays("sigint", "SIGINT while its command runs", Stop::Interrupt),
        stays("sigkill", "SIGKILL while its command runs", Stop::Kill),
        Scene::of("sigint-hanging", "the model does not answer; SIGINT", |s| s.always_fails(Fault::Hang))
            .stopped(Stop::Interrupt),
    ]
}
