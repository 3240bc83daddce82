//! An agent's stream in words: what it says, what it calls and what came of that, what it cost and how it ended.

use std::fmt::Write;
use std::sync::Arc;

use go_bus_api::{ModelUsage, Ratio, Usd};
use go_clock::{Clock, SystemClock};
use go_driver::{AgentDriver, Answer, Call, CommandEnd, Lines, Sign, StreamReader, Window};
use serde::Deserialize;

use super::safe::safe;

/// As many lines of a tool's answer as are shown, and as many characters of each line that is shortened.
const ANSWER: usize = 4;
const WIDTH: usize = 160;

/// As many characters of a line as are shown that is no part of the stream.
const LINE: usize = 4000;

/// As many windows of an account as are remembered.
const WINDOWS: usize = 32;

/// A stream that is put into words as it comes.
#[derive(Debug)]
pub(in crate::commands) struct Words {
    driver: Arc<dyn AgentDriver>,
    reader: Box<dyn StreamReader>,
    lines: Lines,
    spent: Vec<ModelUsage>,
    context: Option<Ratio>,
    windows: Vec<Window>,
}

/// What a line of a stream has at least.
#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    _kind: String,
}

impl Words {
    /// What is read by `driver`.
    pub(super) fn of(driver: Arc<dyn AgentDriver>) -> Self {
        let reader = driver.reader(false, "");
        Self { driver, reader, lines: Lines::default(), spent: Vec::new(), context: None, windows: Vec::new() }
    }

    /// The words of the next part.
    pub(super) fn take(&mut self, part: &[u8]) -> String {
        let mut lines = std::mem::take(&mut self.lines);
        let mut words = String::new();
        lines.push(part, |line| self.line(line, &mut words));
        self.lines = lines;
        words
    }

    /// The last words; where its agent has `ended`, with what went wrong by the stream itself.
    pub(super) fn end(&mut self, ended: bool) -> String {
        let mut words = String::new();
        std::mem::take(&mut self.lines).end(|line| self.line(line, &mut words));
        if ended {
            let well = CommandEnd { code: Some(0), signal: None, tail: String::new() };
            let failure = self.reader.end(&well, SystemClock.wall()).failure;
            failure.into_iter().for_each(|failure| note(&mut words, &format!("it failed: {}", failure.detail)));
        }
        words
    }

    fn line(&mut self, line: &str, words: &mut String) {
        if serde_json::from_str::<Typed>(line).is_err() {
            // Its complaints, its folder's hooks, its checks.
            return say(words, "", &clipped(line, LINE));
        }
        for sign in self.reader.line(line, SystemClock.wall()) {
            self.sign(sign, words);
        }
        self.driver.answers(line).iter().for_each(|answer| show(answer, words));
    }

    fn sign(&mut self, sign: Sign, words: &mut String) {
        match sign {
            Sign::Said(text) => say(words, "", text.trim_end()),
            Sign::Call(Call { tool, about, .. }) => say(words, "> ", &first_line(&format!("{tool}: {about}"))),
            Sign::Conversation(id) => note(words, &format!("conversation {}", id.0)),
            Sign::Context(used) => self.context = Some(used),
            Sign::Spent(lines) => self.spent = lines,
            Sign::Spending(_) => {}
            Sign::Window(window) => self.window(window, words),
            Sign::Pausing { until, cause } => {
                let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
                let cause = serde_json::to_value(cause).ok().and_then(|cause| Some(cause.as_str()?.replace('_', " ")));
                note(words, &format!("it waits{until}: {}", cause.unwrap_or_default()));
            }
            Sign::TurnEnded => note(words, &self.bill()),
        }
    }

    /// A window is news where it is new or its use has changed.
    fn window(&mut self, window: Window, words: &mut String) {
        if self.windows.contains(&window) {
            return;
        }
        let opens = window.resets_at.map(|at| format!(", opens anew at {at}")).unwrap_or_default();
        note(words, &format!("the account's window {}: {} used{opens}", window.name, percent(window.used)));
        self.windows.retain(|known| known.name != window.name);
        let surplus = self.windows.len().saturating_sub(WINDOWS - 1);
        self.windows.drain(..surplus);
        self.windows.push(window);
    }

    /// How a turn ended: what everything cost up to now, and how full the context is.
    fn bill(&self) -> String {
        let usd: Usd = self.spent.iter().map(|line| line.usd).sum();
        let tokens = |line: &ModelUsage| line.input_tokens.saturating_add(line.output_tokens);
        let tokens = self.spent.iter().map(tokens).fold(0, u64::saturating_add);
        let mut bill = "its turn has ended".to_owned();
        if !self.spent.is_empty() {
            bill += &format!(": {usd} USD and {tokens} tokens so far");
        }
        if let Some(context) = self.context {
            bill += &format!(", context {} full", percent(context));
        }
        bill
    }
}

fn percent(share: Ratio) -> String {
    format!("{:.0} %", share.get() * 100.0)
}

/// Adds `text`, each line with `before`, as a terminal may have it.
fn say(words: &mut String, before: &str, text: &str) {
    for line in text.lines() {
        // Writing to a string never fails.
        let _ = writeln!(words, "{before}{}", safe(line));
    }
}

/// Adds a line that is no word of the agent's.
fn note(words: &mut String, text: &str) {
    say(words, "", &format!("[{}]", first_line(text)));
}

/// The beginning of a tool's answer.
fn show(answer: &Answer, words: &mut String) {
    let before = if answer.failed { "  ! " } else { "  | " };
    let lines: Vec<&str> = answer.words.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.iter().take(ANSWER).for_each(|line| say(words, before, &clipped(line, WIDTH)));
    if let more @ 1.. = lines.len().saturating_sub(ANSWER) {
        say(words, before, &format!("… {more} more lines"));
    }
}

/// One line, however many there were.
fn first_line(text: &str) -> String {
    clipped(text.lines().next().unwrap_or_default(), WIDTH)
}

fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use go_agents::Drivers;
    use go_bus_api::DriverKind;

    use super::*;

    fn words(kind: DriverKind) -> Words {
        Words::of(Drivers::default().shared(kind).unwrap())
    }

    fn told(kind: DriverKind, log: &str) -> String {
        let mut words = words(kind);
        let text = words.take(log.as_bytes());
        text + &words.end(true)
    }

    #[test]
    fn a_run_of_claude_reads_like_what_happened() {
        let log = concat!(
            r#"{"type":"system","subtype":"init","session_id":"c-1","model":"claude-sonnet-4-6","mcp_servers":[]}"#,
            "\n",
            r#"{"type":"assistant","message":{"model":"claude-sonnet-4-6","content":[{"type":"text","text":"I look\nfirst."},{"type":"tool_use","name":"Bash","input":{"command":"make\nall"}}]}}"#,
            "\n",
            r#"{"type":"user","message":{"content":[{"type":"tool_result","is_error":true,"content":"1\n2\n\n3\n4\n5\n6"}]}}"#,
            "\n",
            "warning: a word on standard error\n",
            r#"{"type":"result","subtype":"success","is_error":false,"result":"done","permission_denials":[{"tool_name":"Write"}],"modelUsage":{"claude-sonnet-4-6":{"inputTokens":7,"outputTokens":5,"costUSD":0.25}}}"#,
            "\n",
        );
        assert_eq!(
            told(DriverKind::Claude, log),
            "[conversation c-1]\nI look\nfirst.\n> Bash: make\n  ! 1\n  ! 2\n  ! 3\n  ! 4\n  ! … 2 more lines\n\
             warning: a word on standard error\n[its turn has ended: 0.25 USD and 12 tokens so far, context 0 % full]\n\
             [it failed: it was not allowed to use Write, whatever it says of its success]\n"
        );
    }

    #[test]
    fn a_run_of_codex_and_one_of_a_command_do_so_too() {
        let codex = concat!(
            r#"{"type":"thread.started","thread_id":"t-1"}"#,
            "\n",
            r#"{"type":"turn.started"}"#,
            "\n",
            r#"{"type":"item.started","item":{"id":"i","type":"command_execution","command":"ls","status":"in_progress"}}"#,
            "\n",
            r#"{"type":"item.completed","item":{"id":"i","type":"command_execution","command":"ls","aggregated_output":"a\n","exit_code":0,"status":"completed"}}"#,
            "\n",
            r#"{"type":"item.completed","item":{"id":"j","type":"agent_message","text":"There it is."}}"#,
            "\n",
            r#"{"type":"turn.completed","usage":{"input_tokens":3,"output_tokens":4}}"#,
        );
        let told_by_codex = told(DriverKind::Codex, codex);
        assert!(told_by_codex.starts_with("[conversation t-1]\n> shell: ls\n  | a\nThere it is.\n"), "{told_by_codex}");
        let lines = concat!(
            r#"{"type":"context","used":0.41}"#,
            "\n",
            r#"{"type":"call","tool":"read","about":"x.rs"}"#,
            "\n",
            r#"{"type":"window","name":"weekly","used":0.5}"#,
            "\n",
            r#"{"type":"window","name":"weekly","used":0.5}"#,
            "\n",
            r#"{"type":"pausing","cause":"rate_limited"}"#,
            "\n",
            "you: use tabs\n",
            r#"{"type":"spent","model":"m","input_tokens":1,"usd":"0.5"}"#,
            "\n",
            r#"{"type":"result","ok":false,"summary":"no luck"}"#,
            "\n",
        );
        assert_eq!(
            told(DriverKind::Command, lines),
            "> read: x.rs\n[the account's window weekly: 50 % used]\n[it waits: rate limited]\nyou: use tabs\n\
             [its turn has ended: 0.5 USD and 1 tokens so far, context 41 % full]\n[it failed: no luck]\n"
        );
    }

    #[test]
    fn nothing_in_a_stream_commands_the_terminal_and_a_huge_line_is_shortened() {
        let log = "{\"type\":\"said\",\"text\":\"\\u001b[2J\\u0007x\\u009bm\"}\n\u{1b}]0;t\u{7}\n";
        let said = told(DriverKind::Command, log);
        assert!(said.starts_with("␛[2J␇x\u{fffd}m\n␛]0;t␇\n"), "{said}");
        let mut words = words(DriverKind::Command);
        let huge = vec![b'x'; 1 << 20];
        let shown: usize = (0..5).map(|_| words.take(&huge).len()).sum();
        assert_eq!(shown, 0, "a line that is not over");
        assert!(words.take(b"\nnext\n").ends_with("x…\nnext\n"));
        assert!(words.lines_are_small());
    }

    impl Words {
        fn lines_are_small(&self) -> bool {
            format!("{:?}", self.lines).len() < 1000
        }
    }
}
