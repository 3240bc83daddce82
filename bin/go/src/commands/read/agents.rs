//! `go agents`.

use go_bus_api::{Agent, AgentState, ListQuery};
use go_bus_client::BusClient;

use super::accounts::{AccountTable, lines};
use super::{all, now};
use crate::cli::AgentFilter;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, ago, or_dash, print, print_json};

/// Lists agents; those that have ended only where asked for.
pub(super) async fn run(client: &BusClient, filter: &AgentFilter, ended: bool, json: bool) -> Result<Exit, Failure> {
    let query = ListQuery {
        role: filter.role.clone(),
        state: filter.state.clone(),
        host: filter.host.clone(),
        project: filter.project.clone(),
        ..ListQuery::default()
    };
    let wanted = |agent: &Agent| ended || filter.state.is_some() || agent.state != AgentState::Terminated;
    let mut agents = all(query, |query| async move { client.agents(&query).await }).await?;
    agents.retain(wanted);
    if json {
        print_json(&agents)?
    } else {
        let accounts = all(ListQuery::default(), |query| async move { client.accounts(&query).await }).await?;
        print(table(&agents))?;
        if !accounts.is_empty() {
            print(format_args!("\n{}", AccountTable(&lines(&accounts, now()))))?;
        }
    }
    Ok(Exit::Done)
}

fn table(agents: &[Agent]) -> Table<9> {
    let now = now();
    let mut table = Table::new(["AGENT", "ROLE", "STATE", "HOST", "PROJECT", "TASK", "MODEL", "ACCOUNT", "HEARD OF"]);
    for agent in agents {
        table.row([
            agent.id.to_string(),
            agent.role.as_str().to_owned(),
            agent.state.as_str().to_owned(),
            or_dash(agent.host.as_ref()),
            or_dash(agent.project.as_ref()),
            or_dash(agent.task.as_ref()),
            or_dash(agent.model.as_ref().map(|model| model.0.as_str())),
            or_dash(agent.account.as_ref()),
            ago(agent.last_heartbeat, now),
        ]);
    }
    table
}
