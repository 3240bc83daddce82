//! `go costs`: what was spent, by agent and by project.

use std::cmp::Reverse;

use go_bus_api::{CostRow, CostTotals};
use go_bus_client::BusClient;
use serde::Serialize;

use super::now;
use crate::cli::Since;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, or_dash, print, print_json};

/// Both sums.
#[derive(Serialize)]
struct Costs {
    by_project: CostTotals,
    by_agent: CostTotals,
}

/// Prints the costs, from `since` on or ever.
pub(super) async fn run(client: &BusClient, since: Option<Since>, json: bool) -> Result<Exit, Failure> {
    let since = since.map(|since| since.instant(now()));
    let by_project = client.costs_by_project(since).await?;
    let by_agent = client.costs_by_agent(since).await?;
    let costs = Costs { by_project, by_agent };
    if json {
        print_json(&costs)?
    } else {
        print(text(&costs))?
    }
    Ok(Exit::Done)
}

fn text(costs: &Costs) -> String {
    let projects = table("PROJECT", &costs.by_project, |row| or_dash(row.project.as_ref()));
    let agents = table("AGENT", &costs.by_agent, |row| or_dash(row.agent.as_ref()));
    format!("{projects}\n{agents}\n{} USD altogether\n", costs.by_project.total_usd)
}

/// The dearest first.
fn table(head: &str, totals: &CostTotals, name: impl Fn(&CostRow) -> String) -> Table<4> {
    let mut rows: Vec<&CostRow> = totals.items.iter().collect();
    rows.sort_by_key(|row| Reverse(row.usd));
    let mut table = Table::new([head, "USD", "TOKENS IN", "TOKENS OUT"]);
    for row in rows {
        let read = row.input_tokens.saturating_add(row.cache_read_tokens).saturating_add(row.cache_write_tokens);
        table.row([name(row), row.usd.to_string(), read.to_string(), row.output_tokens.to_string()]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dearest_comes_first_and_cached_tokens_count_as_read() {
        let json = serde_json::json!({"items": [
            {"agent": "a-1", "usd": "0.2", "input_tokens": 1, "output_tokens": 2, "cache_read_tokens": 3, "cache_write_tokens": 4},
            {"agent": "a-2", "usd": "10", "input_tokens": 0, "output_tokens": 0, "cache_read_tokens": 0, "cache_write_tokens": 0},
        ], "total_usd": "10.2"});
        let totals: CostTotals = serde_json::from_value(json).unwrap();
        let table = table("AGENT", &totals, |row| or_dash(row.agent.as_ref())).to_string();
        let lines: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines, [["a-2", "10", "0", "0"], ["a-1", "0.2", "8", "2"]]);
    }
}
