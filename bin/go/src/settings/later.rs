//! Sections that are checked and shown like any other, but that no part of the program reads yet.

use go_bus_api::{Ratio, RbacMode, Usd};

use super::Period;
use super::reader::Reader;

/// Checks every section that later concerns will read; answers the one value that is read already, `rbac.mode` (R19).
pub(super) fn check(reader: &mut Reader<'_>) -> RbacMode {
    secrets(reader);
    governance(reader)
}

fn secrets(reader: &mut Reader<'_>) {
    for entry in reader.entries("secrets") {
        reader.required::<String>(&format!("{entry}.name"));
        reader.required::<String>(&format!("{entry}.kind"));
        reader.required::<Period>(&format!("{entry}.every"));
        reader.required::<String>(&format!("{entry}.last_rotated"));
    }
}

fn governance(reader: &mut Reader<'_>) -> RbacMode {
    let mode = reader.get("rbac.mode", RbacMode::Audit);
    reader.get("costs.warn_at", ratio(0.8));
    reader.get("costs.stop_at", ratio(1.0));
    reader.get("costs.daily_usd", dollars(100));
    mode
}

fn ratio(share: f64) -> Option<Ratio> {
    Ratio::new(share).ok()
}

fn dollars(amount: u32) -> Option<Usd> {
    amount.to_string().parse().ok()
}
