//! `go config`: the settings in effect.

use crate::cli::{ConfigCommand, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, print, print_json};

/// Checks or shows the settings.
pub(super) fn run(command: &ConfigCommand, global: &Global) -> Result<Exit, Failure> {
    let settings = super::settings(global, &[])?;
    match command {
        ConfigCommand::Check => {
            let warnings: String = settings.warnings.iter().map(|warning| format!("{warning}\n")).collect();
            print(format_args!("{warnings}{} settings, all sound\n", settings.shown.len()))?;
        }
        ConfigCommand::Show(json) if json.json => print_json(&settings.shown)?,
        ConfigCommand::Show(_) => {
            let mut table = Table::new(["KEY", "VALUE", "FROM"]);
            for shown in &settings.shown {
                table.row([&shown.key, &shown.value, &shown.origin]);
            }
            print(table)?;
        }
    }
    Ok(Exit::Done)
}
