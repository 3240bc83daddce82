//! What Codex meets, and what has to come of it.

use go_scripted_models::{Fault, Script};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{Ending, Mishap, Nudge, work};
use crate::agents::Kind;

fn mishap(name: &'static str, ending: Ending, script: impl FnOnce(Script) -> Script) -> Mishap {
    Mishap::new(Kind::Codex, name, ending, script)
}

fn shell(command: &str) -> Value {
    json!({"cmd": command})
}

/// It does what it was asked for.
fn works(script: Script) -> Script {
    let write = shell(&format!("echo hello > {}", work(&script)));
    script.call("exec_command", write).say("I wrote it.")
}

fn always(fault: Fault) -> impl FnOnce(Script) -> Script {
    move |script| script.always_fails(fault)
}

fn refusal(status: u16, kind: &str, message: &str) -> Fault {
    Fault::openai(status, kind, message, &json!({}))
}

/// All of them; a limit's window opens again at `reset`, in seconds since 1970.
pub(super) fn all(reset: i64) -> Vec<Mishap> {
    let reset = json!({"plan_type": "plus", "resets_at": reset});
    let used_up = Fault::openai(429, "usage_limit_reached", "The usage limit has been reached", &reset);
    let per_minute =
        "Rate limit reached for gpt-5.5 on tokens per min (TPM): Limit 30000, Used 29000. Please try again in 1.2s.";
    let limited = refusal(429, "rate_limit_exceeded", per_minute).header("retry-after", "1");
    let quota = "You exceeded your current quota, please check your plan and billing details.";
    let nobody = "The model `gpt-nobody` does not exist or you do not have access to it.";
    let no_key = refusal(401, "invalid_api_key", "Incorrect API key provided: sk-scri***ted.");
    vec![
        mishap("the connection is reset twice", Ending::Done, |s| works(s.fails(2, Fault::Reset))),
        mishap(
            "an API error",
            Ending::Failed("overloaded"),
            always(refusal(500, "server_error", "The server had an error.")),
        ),
        mishap("each answer breaks off", Ending::Failed("network"), always(Fault::Cut)),
        mishap("the conversation is too long", Ending::Rotated("context_full"), |s| works(s.fails(1, full()))),
        mishap("the key is not taken", Ending::Held("unauthenticated"), always(no_key)),
        mishap("there is no credit", Ending::Held("extra_usage"), always(refusal(429, "insufficient_quota", quota))),
        mishap("the model is not known", Ending::Fatal("refused"), always(refusal(404, "model_not_found", nobody))),
        mishap("too many requests", Ending::Parked("rate_limited"), always(limited)),
        mishap("a plan's window is used up", Ending::ParkedUntilReset("usage_limit"), always(used_up)),
        mishap("nothing is changed", Ending::Failed("no_change"), |s| s.say("All done, every test passes.")),
        mishap("the same call again and again", Ending::Failed("loop"), |s| {
            (0..40).fold(s, |s, _| s.call("exec_command", shell("cat missing.txt"))).say("I give up.")
        }),
        Mishap {
            nudge: Some(Nudge::Program(Signal::KILL)),
            ..mishap("SIGKILL, and what it forked stays", Ending::Retried("no_result"), |s| {
                works(s.call("exec_command", shell("./stay.sh")))
            })
        },
    ]
}

/// The event by which a response says that the conversation is too long.
fn full() -> Fault {
    let error = json!({
        "code": "context_length_exceeded",
        "message": "Your input exceeds the context window of this model. Please adjust your input and try again.",
    });
    let response = json!({"id": "resp_failed", "object": "response", "created_at": 0, "status": "failed", "output": [],
        "error": error});
    Fault::Event { name: "response.failed".to_owned(), data: json!({"type": "response.failed", "response": response}) }
}
