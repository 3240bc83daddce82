//! `go alerts`.

use go_bus_api::{Alert, AlertId, AlertState, ListQuery};
use go_bus_client::BusClient;

use super::{all, now};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, ago, or_dash, print, print_json};

/// Lists alerts, the open ones unless `noted` are wanted too.
pub(super) async fn list(client: &BusClient, level: Option<&str>, noted: bool, json: bool) -> Result<Exit, Failure> {
    let state = if noted { None } else { Some("open".to_owned()) };
    let query = ListQuery { level: level.map(str::to_uppercase), state, ..ListQuery::default() };
    let alerts = all(query, |query| async move { client.alerts(&query).await }).await?;
    if json {
        print_json(&alerts)?
    } else {
        print(table(&alerts))?
    }
    Ok(Exit::Done)
}

/// Takes note of one.
pub(super) async fn acknowledge(client: &BusClient, id: &AlertId, json: bool) -> Result<Exit, Failure> {
    let alert = client.acknowledge_alert(id).await?;
    if json {
        print_json(&alert)?
    } else {
        print(format_args!("{id} is acknowledged by {}\n", or_dash(alert.acknowledged_by)))?
    }
    Ok(Exit::Done)
}

fn table(alerts: &[Alert]) -> Table<6> {
    let now = now();
    let mut table = Table::new(["ALERT", "LEVEL", "RAISED", "PROJECT", "NOTED BY", "TITLE"]);
    for alert in alerts {
        let noted = alert.acknowledged_by.as_ref().filter(|_| alert.state == AlertState::Acknowledged);
        table.row([
            alert.id.to_string(),
            format!("{:?}", alert.level),
            format!("{} ago", ago(Some(alert.raised_at), now)),
            or_dash(alert.project.as_ref()),
            or_dash(noted),
            alert.title.to_string(),
        ]);
    }
    table
}
