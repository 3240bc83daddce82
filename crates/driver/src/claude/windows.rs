//! What the provider says of the windows of an account's plan.

use go_bus_api::{Ratio, Timestamp};
use serde_json::Value;

use super::call::clipped;
use crate::Window;

/// As many windows as one line is taken to tell of.
const MOST: usize = 16;

/// What it calls the money beyond the plan. Its end is no end of the plan, and its month is not when that opens anew.
const EXTRA: &str = "overage";

/// A `rate_limit_event`, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limits {
    /// Each window that it tells of.
    pub(super) windows: Vec<Window>,
    /// Whether requests are turned away.
    pub(super) rejected: bool,
    /// When the window opens anew that holds requests up, or soon will.
    pub(super) resets_at: Option<Timestamp>,
}

/// Reads `rate_limit_info`. Newer versions tell of every window, older ones of the one that counts.
pub(super) fn limits(info: &Value) -> Limits {
    let rejected = info.get("status").and_then(Value::as_str) == Some("rejected");
    let resets_at = instant(info.get("resetsAt"));
    let all = info.get("unifiedWindows").and_then(Value::as_object);
    let mut windows: Vec<Window> =
        all.into_iter().flatten().take(MOST).filter_map(|(name, window)| one(name, window, false)).collect();
    if let Some(name) = info.get("rateLimitType").and_then(Value::as_str)
        && !windows.iter().any(|window| window.name == name)
    {
        windows.extend(one(name, info, rejected));
    }
    Limits { windows, rejected, resets_at }
}

fn one(name: &str, window: &Value, full: bool) -> Option<Window> {
    if name == EXTRA {
        return None;
    }
    let used = window.get("utilization").and_then(Value::as_f64).or(full.then_some(1.0))?;
    let used = Ratio::new(used.clamp(0.0, 1.0)).ok()?;
    Some(Window { name: clipped(name, 64), used, resets_at: instant(window.get("resetsAt")) })
}

/// Seconds since 1970, or milliseconds where the number is too large for seconds.
pub(super) fn instant(number: Option<&Value>) -> Option<Timestamp> {
    number.and_then(Value::as_i64).and_then(unix)
}

/// The instant that so many seconds or milliseconds since 1970 stand for.
pub(super) fn unix(number: i64) -> Option<Timestamp> {
    const YEAR_5138_IN_SECONDS: i64 = 100_000_000_000;
    if number <= 0 {
        return None;
    }
    let millis = if number < YEAR_5138_IN_SECONDS { number.saturating_mul(1000) } else { number };
    Some(Timestamp::from_unix_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_window_is_told_and_the_one_that_counts_though_it_stands_alone() {
        let reset = Timestamp::from_unix_millis(1_795_440_000_000);
        let window =
            |name: &str, used, resets_at| Window { name: name.to_owned(), used: Ratio::new(used).unwrap(), resets_at };
        let all = limits(&json!({
            "status": "allowed_warning", "resetsAt": 1_795_440_000, "rateLimitType": "five_hour", "utilization": 0.91,
            "unifiedWindows": {"five_hour": {"utilization": 0.91, "resetsAt": 1_795_440_000}, "seven_day": {"utilization": 0.42}},
        }));
        assert_eq!(all.windows, [window("five_hour", 0.91, Some(reset)), window("seven_day", 0.42, None)]);
        assert_eq!((all.rejected, all.resets_at), (false, Some(reset)));
        let old =
            limits(&json!({"status": "rejected", "resetsAt": 1_795_440_000_000_i64, "rateLimitType": "five_hour"}));
        assert_eq!((old.windows, old.rejected), (vec![window("five_hour", 1.0, Some(reset))], true));
    }

    #[test]
    fn what_is_left_of_extra_usage_is_no_window_of_the_plan() {
        let told = limits(&json!({
            "status": "allowed_warning", "resetsAt": 1_798_000_000, "rateLimitType": "overage", "utilization": 1,
            "unifiedWindows": {"five_hour": {"utilization": 0.2}, "overage": {"utilization": 1, "resetsAt": 1_798_000_000}},
        }));
        let names: Vec<_> = told.windows.iter().map(|window| window.name.as_str()).collect();
        assert_eq!(names, ["five_hour"], "an account with room in its plan would rest until next month");
    }

    #[test]
    fn odd_figures_are_left_out_or_brought_into_bounds() {
        let odd = limits(&json!({"status": 7, "resetsAt": -5, "rateLimitType": "x", "utilization": 1.7}));
        assert_eq!((odd.rejected, odd.resets_at, odd.windows[0].used.get()), (false, None, 1.0));
        let many: serde_json::Map<String, Value> =
            (0..100).map(|number| (format!("w{number}"), json!({"utilization": 0.5}))).collect();
        assert_eq!(limits(&json!({"unifiedWindows": many})).windows.len(), MOST);
        assert_eq!(limits(&json!([])).windows, []);
    }
}
