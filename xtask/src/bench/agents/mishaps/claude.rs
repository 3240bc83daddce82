//! What Claude Code meets, and what has to come of it.

use go_scripted_models::{Fault, Script, Usage};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{Ending, Mishap, Nudge, Whose, work};
use crate::agents::Kind;

/// All of them; a limit's window opens again at `reset`, in seconds since 1970.
pub(super) fn all(reset: i64) -> Vec<Mishap> {
    [of_the_provider(), limits(reset), of_the_agent(), signals()].concat()
}

fn mishap(name: &'static str, ending: Ending, script: impl FnOnce(Script) -> Script) -> Mishap {
    Mishap::new(Kind::Claude, name, ending, script)
}

fn bash(command: &str) -> Value {
    json!({"command": command, "description": "runs it"})
}

/// It does what it was asked for.
fn works(script: Script) -> Script {
    let write = json!({"file_path": format!("${{cwd}}/{}", work(&script)), "content": "hello\n"});
    script.call("Write", write).say("I wrote it.")
}

fn always(fault: Fault) -> impl FnOnce(Script) -> Script {
    move |script| script.always_fails(fault)
}

fn refusal(status: u16, kind: &str, message: &str) -> Fault {
    Fault::anthropic(status, kind, message)
}

fn of_the_provider() -> Vec<Mishap> {
    let credit = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.";
    let full = refusal(400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum");
    let broken = || refusal(500, "api_error", "Internal server error");
    let no_key = refusal(401, "authentication_error", "invalid x-api-key");
    let no_model = refusal(404, "not_found_error", "model: claude-nobody-9");
    vec![
        mishap("an API error passes", Ending::Done, |s| works(s.fails(1, broken()))),
        mishap("the connection is reset twice", Ending::Done, |s| works(s.fails(2, Fault::Reset))),
        mishap("an API error comes as success", Ending::Failed("api_error"), always(broken())),
        mishap("an API error after some work", Ending::Failed("api_error"), |s| {
            s.call("Write", json!({"file_path": "${cwd}/half.txt", "content": "half\n"})).always_fails(broken())
        }),
        mishap("the connection is reset each time", Ending::Failed("network"), always(Fault::Reset)),
        mishap("each answer breaks off", Ending::Failed("network"), always(Fault::Cut)),
        mishap("no answer comes", Ending::Retried("silent"), |s| works(s.fails(1, Fault::Hang))),
        mishap("the prompt is too long", Ending::Rotated("context_full"), |s| works(s.fails(1, full))),
        mishap("the key is not taken", Ending::Held("unauthenticated"), always(no_key)),
        mishap(
            "there is no credit",
            Ending::Held("extra_usage"),
            always(refusal(400, "invalid_request_error", credit)),
        ),
        mishap("the model is not known", Ending::Fatal("refused"), always(no_model)),
    ]
}

fn limits(reset: i64) -> Vec<Mishap> {
    let limited = |message: &str| refusal(429, "rate_limit_error", message);
    let used_up = |claim: &str| {
        limited("This request would exceed your account's rate limit. Please try again later.")
            .header("anthropic-ratelimit-unified-status", "rejected")
            .header("anthropic-ratelimit-unified-reset", &reset.to_string())
            .header("anthropic-ratelimit-unified-representative-claim", claim)
            .header("anthropic-ratelimit-unified-overage-status", "rejected")
            .header("anthropic-ratelimit-unified-overage-disabled-reason", "org_level_disabled")
    };
    let extra = limited("Extra usage is required for long context requests.");
    let subscribed = |mishap: Mishap| Mishap { whose: Whose::Subscription, ..mishap };
    vec![
        mishap(
            "too many requests",
            Ending::Parked("rate_limited"),
            always(limited("Please try again later.").header("retry-after", "1")),
        ),
        mishap(
            "the provider is overloaded",
            Ending::Parked("overloaded"),
            always(refusal(529, "overloaded_error", "Overloaded")),
        ),
        subscribed(mishap(
            "a limit of five hours",
            Ending::ParkedUntilReset("usage_limit"),
            always(used_up("five_hour")),
        )),
        subscribed(mishap("a limit of a week", Ending::ParkedUntilReset("usage_limit"), always(used_up("seven_day")))),
        subscribed(mishap("going on costs extra", Ending::Held("extra_usage"), always(extra))),
    ]
}

fn of_the_agent() -> Vec<Mishap> {
    let settings = json!({"file_path": "${cwd}/.claude/settings.json", "content": "{}"});
    let nearly = Usage { input: 160_000, output: 900, cache_read: 35_000, cache_write: 0 };
    let dear = Usage { input: 3_000_000, output: 900, cache_read: 0, cache_write: 0 };
    vec![
        mishap("a permission is denied", Ending::Failed("permission_denied"), |s| {
            s.call("Write", settings).say("Done.")
        }),
        mishap("nothing is changed", Ending::Failed("no_change"), |s| s.say("All done, every test passes.")),
        mishap("the work does not pass", Ending::Unverified, |s| {
            let file = work(&s);
            s.call("Bash", bash(&format!("echo broken > {file}"))).say("All done, every test passes.")
        }),
        mishap("the same call again and again", Ending::Failed("loop"), |s| {
            (0..40).fold(s, |s, _| s.call("Bash", bash("cat missing.txt"))).say("I give up.")
        }),
        Mishap {
            nudge: Some(Nudge::Mend(works(Script::new("")).turns)),
            ..mishap("the context is nearly full", Ending::Rotated("context_full"), |s| {
                let takes_a_while = bash("test -e full || { touch full; sleep 5; }");
                s.call("Bash", takes_a_while).usage(nearly).call("Bash", bash("true")).usage(nearly).say("Done.")
            })
        },
        mishap("the money is spent", Ending::Failed("money_spent"), |s| {
            (0..9).fold(s, |s, n| s.call("Bash", bash(&format!("sleep 1; echo {n}"))).usage(dear)).say("Done.")
        }),
    ]
}

fn signals() -> Vec<Mishap> {
    let stays = |name, ending, nudge| {
        let script = |s: Script| works(s.call("Bash", bash("./stay.sh")));
        Mishap { nudge: Some(nudge), ..mishap(name, ending, script) }
    };
    vec![
        stays("SIGTERM, and what it forked stays", Ending::Retried("no_result"), Nudge::Program(Signal::TERM)),
        stays("SIGINT by somebody else", Ending::Retried("no_result"), Nudge::Program(Signal::INT)),
        stays("SIGKILL, and what it forked stays", Ending::Retried("no_result"), Nudge::Program(Signal::KILL)),
        stays("its shim is killed", Ending::Lost, Nudge::Shim),
        stays("its task is killed", Ending::Lost, Nudge::Order),
    ]
}
