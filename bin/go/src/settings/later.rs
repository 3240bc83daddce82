//! Sections that are checked and shown like any other, but that no part of the program reads yet.

use std::collections::BTreeMap;

use go_bus_api::{Ratio, RbacMode, Usd};

use super::reader::Reader;
use super::value::Auto;
use super::{Period, at_least};

/// The kinds of improvement work (R29).
const IMPROVEMENTS: [&str; 3] = ["tests", "hardening", "optimization"];

/// Checks every section that later concerns will read; answers the one value that is read already, `rbac.mode` (R19).
pub(super) fn check(reader: &mut Reader<'_>) -> RbacMode {
    accounts(reader);
    rhythm(reader);
    review(reader);
    improvement(reader);
    secrets(reader);
    governance(reader)
}

fn accounts(reader: &mut Reader<'_>) {
    for entry in reader.entries("accounts") {
        reader.required::<String>(&format!("{entry}.name"));
        reader.required::<String>(&format!("{entry}.provider"));
        reader.get::<Option<String>>(&format!("{entry}.token_env"), None);
        reader.get::<Option<String>>(&format!("{entry}.config_dir"), None);
        reader.get::<Option<String>>(&format!("{entry}.weekly_limit"), None);
    }
}

fn rhythm(reader: &mut Reader<'_>) {
    let window = |length: &Period| at_least(length, Period::seconds(1), "a sprint");
    let least = reader.checked("sprint.min", Period::hours(1), window);
    let most = reader.checked("sprint.max", Period::hours(3), |most| {
        window(most)?;
        if *most < least { Err(format!("{most} is less than sprint.min, {least}")) } else { Ok(()) }
    });
    if least < Period::hours(1) || most > Period::hours(3) {
        let key = if least < Period::hours(1) { "sprint.min" } else { "sprint.max" };
        reader.warn(key, "a sprint outside 1h to 3h is not what the seed asks for");
    }
    reader.get("sprint.max_tickets", Auto::<u32>::Auto);
}

fn review(reader: &mut Reader<'_>) {
    reader.get("review.integration_every", 5_u32);
    reader.get("review.integration_command", "/opt/struxio/scripts/test_full_platform.sh".to_owned());
    reader.get("review.rounds", 3_u32);
}

fn improvement(reader: &mut Reader<'_>) {
    let one_of_them = |kind: &String| match IMPROVEMENTS.contains(&kind.as_str()) {
        true => Ok(()),
        false => Err(format!("{kind} is none of {}", IMPROVEMENTS.join(", "))),
    };
    reader.get("improvement.enabled", true);
    reader.get("improvement.max_open", 3_u32);
    reader.get("improvement.per_day", 10_u32);
    reader.checked("improvement.kinds", IMPROVEMENTS.map(str::to_owned).to_vec(), |kinds| {
        kinds.iter().try_for_each(one_of_them)
    });
    reader.checked("improvement.run", BTreeMap::<String, String>::new(), |run| run.keys().try_for_each(one_of_them));
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
    reader.get("costs.attempt_usd", dollars(5));
    mode
}

fn ratio(share: f64) -> Option<Ratio> {
    Ratio::new(share).ok()
}

fn dollars(amount: u32) -> Option<Usd> {
    amount.to_string().parse().ok()
}
