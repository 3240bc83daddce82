//! A plan that came to its end, as its Bus, its upstream and its agents' own logs have it.

use std::collections::BTreeMap;

use go_bus_api::Usd;
use serde_json::Value;

use super::super::AgentsError;
use super::place::Place;
use super::rows::Rows;

/// What is on record.
pub(super) struct Past {
    /// Whether `go up` ended well, and what it said.
    ended: (bool, String),
    tasks: Vec<Value>,
    pub(super) events: Vec<Value>,
    /// Each agent as it was last.
    agents: BTreeMap<String, Value>,
    accounts: BTreeMap<String, Value>,
    costs: BTreeMap<String, Usd>,
    /// Commit and task of what landed on the upstream, oldest first.
    landed: Vec<(String, String)>,
    left: Vec<String>,
    refs: Vec<String>,
    strangers: Vec<String>,
    logs: Vec<(String, String)>,
}

/// A text within a value, by its pointer.
pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

impl Past {
    /// What is on record after the plan of `place` ended like this.
    pub(super) fn of(place: &Place, ended: (bool, String)) -> Result<Self, AgentsError> {
        let left = place.processes();
        let bus = place.bus()?;
        let url = bus.url()?;
        let read = |what: &[&str]| place.read(&url, what);
        let events = read(&["events"])?;
        let costs = read(&["costs"])?.first().and_then(|costs| costs.pointer("/by_agent/items")?.as_array().cloned());
        let cost = |row: &Value| Some((text(row, "/agent").to_owned(), text(row, "/usd").parse().ok()?));
        let format = "--format=%H %(trailers:key=XIO-Task,valueonly,separator=%x20)";
        let log = place.git("upstream.git", &["log", "--reverse", format, "main"])?;
        let pair = |line: &String| line.split_once(' ').map(|(commit, task)| (commit.to_owned(), task.to_owned()));
        Ok(Self {
            ended,
            tasks: read(&["tasks"])?,
            agents: latest(&events, "agents/"),
            accounts: latest(&events, "accounts/"),
            costs: costs.iter().flatten().filter_map(cost).collect(),
            landed: log.iter().filter_map(pair).collect(),
            left,
            refs: place.git("upstream.git", &["for-each-ref", "--format=%(refname)"])?,
            strangers: place.server.strangers(),
            logs: place.logs(),
            events,
        })
    }

    /// What holds of every plan whose work lands.
    pub(super) fn usual(&self, rows: &mut Rows, tickets: &[&str]) {
        self.ended(rows, tickets);
        self.has_landed(rows, tickets);
    }

    /// What holds of every plan.
    pub(super) fn ended(&self, rows: &mut Rows, tickets: &[&str]) {
        let (well, said) = &self.ended;
        rows.add("go up ends well", *well, if *well { "exit 0" } else { said.as_str() });
        let done = |id: &&str| text(self.task(id), "/state") == "done";
        let open: Vec<_> = tickets.iter().filter(|id| !done(id)).collect();
        rows.add(
            "every ticket is done",
            open.is_empty(),
            format!("{} of {}", tickets.len() - open.len(), tickets.len()),
        );
        rows.same("no process is left", &self.left, &Vec::new());
        rows.same("no other host was wanted", &self.strangers, &Vec::new());
    }

    fn has_landed(&self, rows: &mut Rows, tickets: &[&str]) {
        let lands = |id: &&&str| {
            let commit = text(self.task(id), "/landed/commit");
            let on: Vec<_> = self.landed.iter().filter(|(_, task)| task == **id).collect();
            matches!(on.as_slice(), [(landed, _)] if landed == commit)
        };
        let landed = tickets.iter().filter(lands).count();
        rows.same(
            "each has landed on the upstream's branch once, by its trailer and as the Bus has it",
            &landed,
            &tickets.len(),
        );
        rows.same("nothing else is left upstream", &self.refs, &vec!["refs/heads/main".to_owned()]);
    }

    /// What the program of each conversation says that it has cost is what the Bus has of its agents. `own` reads a log: the conversation
    /// and its sum so far.
    pub(super) fn costs(&self, rows: &mut Rows, own: impl Fn(&str) -> Option<(String, Usd)>) {
        let mut sums = BTreeMap::<String, (Usd, Usd)>::new();
        for (agent, log) in &self.logs {
            let Some((conversation, sum)) = own(log) else { continue };
            let (told, bus) = sums.entry(conversation).or_default();
            *told = Ord::max(*told, sum);
            *bus = *bus + self.costs.get(agent).copied().unwrap_or_default();
        }
        let off = |told: &Usd, bus: &Usd| told.beyond(*bus) + bus.beyond(*told) > noise();
        let differ: Vec<_> = sums.iter().filter(|(_, (told, bus))| off(told, bus)).collect();
        let told: Usd = sums.values().map(|(told, _)| *told).sum();
        let holds = differ.is_empty() && told > Usd::ZERO;
        let words = if holds { format!("{} conversations, {told} USD", sums.len()) } else { format!("{differ:?}") };
        rows.add("what each conversation cost by its own program is what the Bus has", holds, words);
        let all: Usd = self.costs.values().copied().sum();
        rows.add("and there are no other costs", !off(&told, &all), format!("{all} USD"));
    }

    /// A ticket was reviewed by a fresh agent, which gave its verdict itself.
    pub(super) fn review(&self, rows: &mut Rows, ticket: &str) {
        let subject = format!("tasks/{ticket}");
        let verdicts = self.events.iter().filter(|event| text(event, "/subject") == subject);
        let by = verdicts.filter(|event| text(self.agent(text(event, "/actor")), "/role") == "reviewer");
        let by: Vec<&str> = by.map(|event| text(event, "/actor")).collect();
        let built = self.task(ticket).get("builders").and_then(Value::as_array).cloned().unwrap_or_default();
        let fresh = by.iter().all(|actor| !built.iter().any(|builder| builder == actor));
        rows.add(
            "a fresh reviewer gives its verdict by bus_review_task",
            !by.is_empty() && fresh,
            format!("{ticket}: {by:?}"),
        );
    }

    /// A ticket has failed so often, in more attempts than that by at least `more`: where nobody else can go on while an account rests, what is
    /// given back is no failure either.
    pub(super) fn counts(&self, rows: &mut Rows, expected: &str, ticket: &str, failures: u64, more: u64) {
        let task = self.task(ticket);
        let count = |name: &str| task.get(name).and_then(Value::as_u64).unwrap_or_default();
        let (attempts, failed) = (count("attempt"), count("failures"));
        let holds = failed == failures && attempts > failures + more;
        let uncounted = count("excused");
        rows.add(expected, holds, format!("{ticket}: {attempts} attempts, {failed} failed, {uncounted} excused"));
    }

    /// How many attempts a ticket took.
    pub(super) fn attempts(&self, ticket: &str) -> u64 {
        self.task(ticket).get("attempt").and_then(Value::as_u64).unwrap_or_default()
    }

    /// A ticket reached a limit on one account, which rests, and went to the other one at once.
    pub(super) fn moved(&self, rows: &mut Rows, ticket: &str) {
        self.counts(rows, "a limit is counted as no failure", ticket, 0, 1);
        let used: Vec<&str> = self.workers(ticket).iter().map(|agent| text(agent, "/account")).collect();
        let moved = used.len() == 2 && used.first() != used.last();
        rows.add("its work goes to the other account at once", moved, format!("{used:?}"));
        let account = used.first().and_then(|account| self.accounts.get(*account)).unwrap_or(&Value::Null);
        let until = text(account, "/parked_until");
        rows.add("the one whose window is used up rests", !until.is_empty(), format!("until {until}"));
    }

    /// A PO that thinks had the ticket's builder started and completed the ticket, by tools, in turns of one conversation.
    pub(super) fn by_its_po(&self, rows: &mut Rows, ticket: &str) {
        let by: Vec<&str> = self.workers(ticket).iter().map(|agent| text(agent, "/parent")).collect();
        let po = by.first().map_or(&Value::Null, |id| self.agent(id));
        let thinks = (text(po, "/role"), text(po, "/driver")) == ("po", "claude");
        rows.add(
            "bus_spawn_agent is on record in the PO's name, which is Claude Code",
            thinks && by.len() == 1,
            format!("{by:?}"),
        );
        let subject = format!("tasks/{ticket}");
        let of_it = |event: &&Value| (text(event, "/kind"), text(event, "/subject")) == ("task.completed", &subject);
        let completed: Vec<&str> = self.events.iter().filter(of_it).map(|event| text(event, "/actor")).collect();
        rows.same("and bus_complete_task is", &completed, &by);
        let log = self.logs.iter().find(|(agent, _)| Some(agent.as_str()) == by.first().copied());
        let lines =
            log.iter().flat_map(|(_, log)| log.lines()).filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let begun = lines.filter(|line| text(line, "/subtype") == "init");
        let turns: Vec<_> = begun.map(|line| text(&line, "/session_id").to_owned()).collect();
        let conversation = text(po, "/exit/conversation").to_owned();
        rows.same("a turn for the assignment and one for the end, in one conversation", &turns, &vec![conversation; 2]);
    }

    /// An account rested, and nobody was spawned on it meanwhile.
    pub(super) fn rested(&self, rows: &mut Rows) {
        let rests = self.events.iter().filter_map(|event| {
            let account = text(event, "/subject").strip_prefix("accounts/")?;
            let (from, until) = (text(event, "/at"), text(event, "/data/parked_until"));
            (from < until).then_some((account, from, until))
        });
        let rests: Vec<_> = rests.collect();
        let is_early = |agent: &&Value| {
            let at = text(agent, "/spawned_at");
            rests.iter().any(|(account, from, until)| text(agent, "/account") == *account && at > *from && at < *until)
        };
        let early = self.agents.values().filter(is_early).count();
        rows.add("nobody is spawned on an account that rests", !rests.is_empty() && early == 0, format!("{rests:?}"));
    }

    /// The events of a task of this kind that an agent of it caused.
    pub(super) fn by_its_agent(&self, task: &str, kind: &str) -> usize {
        let of_it = |event: &&Value| text(event, "/kind") == kind;
        self.events
            .iter()
            .filter(of_it)
            .filter(|event| text(self.agent(text(event, "/actor")), "/task") == task)
            .count()
    }

    /// Those that worked on a task, in the order of their start.
    fn workers(&self, task: &str) -> Vec<&Value> {
        self.agents.values().filter(|agent| text(agent, "/task") == task).collect()
    }

    /// A task; null where there is none.
    fn task(&self, id: &str) -> &Value {
        self.tasks.iter().find(|task| text(task, "/id") == id).unwrap_or(&Value::Null)
    }

    /// Whether every attempt at a task was in one conversation, and in which they were.
    pub(super) fn resumes(&self, rows: &mut Rows, expected: &str, task: &str) {
        let ids: Vec<&str> = self.workers(task).iter().map(|agent| text(agent, "/exit/conversation")).collect();
        let holds = ids.len() > 1 && ids.iter().all(|id| !id.is_empty() && same_conversation(id, ids.first()));
        rows.add(expected, holds, ids.join(", "));
    }

    fn agent(&self, id: &str) -> &Value {
        self.agents.get(id).unwrap_or(&Value::Null)
    }
}

/// An id of Codex has behind an `@` what the conversation had used up.
fn same_conversation(id: &str, first: Option<&&str>) -> bool {
    let name = |id: &str| id.split('@').next().map(str::to_owned);
    first.is_some_and(|first| name(first) == name(id))
}

/// What the noise of a program's own sums in binary may be: far below a cent.
fn noise() -> Usd {
    "0.000001".parse().unwrap_or_default()
}

/// Each resource below `prefix` as the last event about it has it.
fn latest(events: &[Value], prefix: &str) -> BTreeMap<String, Value> {
    let of_it = events.iter().filter(|event| text(event, "/subject").starts_with(prefix));
    of_it.filter_map(|event| Some((text(event, "/data/id").to_owned(), event.get("data")?.clone()))).collect()
}
