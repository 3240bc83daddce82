//! What a failed run means. The table is data, and docs/drivers/claude.md prints it.

use std::time::Duration;

use go_bus_api::{Failure, FailureCause, Timestamp};

use super::{call, reset};
use crate::failures::{FailureRow, Mend, find};

const MINUTE: Duration = Duration::from_secs(60);

/// As many characters of an error's words as its failure tells.
const DETAIL: usize = 600;

const fn row(says: &'static [&'static str], cause: FailureCause, mend: Mend) -> FailureRow {
    FailureRow { says, cause, mend }
}

/// What is said, the first match counts. `code`, `status`, `kind`, `reason` and `subtype` are fields of the program's error; the rest are
/// its words. Words of a model are never looked at.
pub const ROWS: &[FailureRow] = &[
    row(&["permission_denials"], FailureCause::PermissionDenied, Mend::Retry),
    // A window that opens again, whatever is said beside it of money that would help meanwhile.
    row(
        &["hit your … limit … resets", "limit reached … reset"],
        FailureCause::UsageLimit,
        Mend::Park(Duration::from_secs(3600)),
    ),
    row(
        &[
            "code: long_context_credits_required",
            "code: credits_required",
            "out of extra usage",
            "out of usage",
            "usage credits required",
            "extra usage is required",
            "spend limit",
            "usage limit is set to $0",
            "usage allocation has been disabled",
            "your seat type … include",
        ],
        FailureCause::ExtraUsage,
        Mend::Escalate,
    ),
    row(
        &[
            "code: usage_limit_reached",
            "hit your … limit",
            "usage limit reached",
            "usage limits … regain access",
            "rate_limit_event: rejected",
        ],
        FailureCause::UsageLimit,
        Mend::Park(Duration::from_secs(3600)),
    ),
    row(
        &["extra usage", "kind: billing_error", "credit balance is too low", "status: 402"],
        FailureCause::ExtraUsage,
        Mend::Escalate,
    ),
    row(
        &[
            "reason: prompt_too_long",
            "prompt is too long",
            "conversation too long",
            "exceed context limit",
            "context limit reached",
            "model_context_window_exceeded",
            "status: 413",
        ],
        FailureCause::ContextFull,
        Mend::Rotate,
    ),
    row(&["subtype: error_max_turns"], FailureCause::TurnsSpent, Mend::Retry),
    row(&["subtype: error_max_budget_usd"], FailureCause::MoneySpent, Mend::Retry),
    row(
        &[
            "status: 401",
            "status: 403",
            "kind: authentication_failed",
            "kind: oauth_org_not_allowed",
            "not logged in",
            "invalid api key",
            "disabled for your org",
        ],
        FailureCause::Unauthenticated,
        Mend::Escalate,
    ),
    row(&["kind: model_not_found", "status: 404", "issue with the selected model"], FailureCause::Refused, Mend::Fatal),
    row(&["status: 529", "overloaded"], FailureCause::Overloaded, Mend::Park(Duration::from_secs(300))),
    row(&["status: 429", "kind: rate_limit"], FailureCause::RateLimited, Mend::Park(MINUTE)),
    row(
        &[
            "code: connection_failed",
            "connection dropped",
            "connection error",
            "unable to connect",
            "econnreset",
            "econnrefused",
            "request timed out",
        ],
        FailureCause::Network,
        Mend::Retry,
    ),
    row(&["no conversation found"], FailureCause::Misuse, Mend::Rotate),
    row(&["tool_use … without … tool_result", "tool_use ids must be unique"], FailureCause::ApiError, Mend::Rotate),
    row(
        &["unknown option", "cannot be used with root", "error parsing streaming input", "exit: 127", "exit: 126"],
        FailureCause::Misuse,
        Mend::Escalate,
    ),
    row(&["reason: aborted", "no verdict", "no result", "ended badly"], FailureCause::NoResult, Mend::Retry),
    row(&["is_error"], FailureCause::ApiError, Mend::Retry),
];

/// The failure that `evidence` tells of; `detail` says it to people. `until` is the time that the provider named, in its events or else in
/// the words.
pub(super) fn failure(evidence: &str, detail: &str, until: Option<Timestamp>, now: Timestamp) -> Failure {
    // An event names the second; words name the minute, and may have been said a while ago.
    let exact = until.filter(|until| *until > now).map(|until| until.min(now.after(reset::LONGEST)));
    let named = exact.or_else(|| until.or_else(|| reset::named(evidence, now)).map(|until| within(until, now)));
    let detail = call::clipped(detail, DETAIL);
    match find(ROWS, evidence) {
        Some(row) => row.failure(now, named, &detail),
        None => Failure::new(Mend::Retry.remedy(now, None), FailureCause::ApiError, &detail),
    }
}

/// A window that should be open by now is given a minute; none is waited for for more than a month.
fn within(until: Timestamp, now: Timestamp) -> Timestamp {
    until.max(now.after(MINUTE)).min(now.after(reset::LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failures;
    use go_bus_api::Remedy;

    const NOW: &str = "2026-11-23T11:00:00Z";

    fn read(evidence: &str) -> (FailureCause, Remedy) {
        let failure = failure(evidence, "x", None, NOW.parse().unwrap());
        (failure.cause, failure.remedy)
    }

    fn until(text: &str) -> Remedy {
        Remedy::ParkUntil { until: text.parse().unwrap() }
    }

    #[test]
    fn the_page_prints_this_table() {
        let page = include_str!("../../../../docs/drivers/claude.md");
        assert!(
            page.contains(&failures::table(ROWS)),
            "docs/drivers/claude.md has to contain:\n{}",
            failures::table(ROWS)
        );
    }

    #[test]
    fn a_limit_whose_reset_is_named_is_waited_out_and_one_whose_reset_is_not_for_the_row_s_own_time() {
        let limit = "code: usage_limit_reached\nstatus: 429\nYou've hit your 5-hour limit · resets 1:20pm (UTC)";
        assert_eq!(read(limit), (FailureCause::UsageLimit, until("2026-11-23T13:20:00Z")));
        let unnamed = "5-hour limit reached ∙ resets 5am";
        assert_eq!(read(unnamed), (FailureCause::UsageLimit, until("2026-11-23T12:00:00Z")));
        assert_eq!(read("status: 429\nx"), (FailureCause::RateLimited, until("2026-11-23T11:01:00Z")));
        assert_eq!(read("status: 529\nx"), (FailureCause::Overloaded, until("2026-11-23T11:05:00Z")));
    }

    #[test]
    fn extra_usage_is_a_class_of_its_own_though_it_names_a_time() {
        let out = "status: 429\nYou're out of extra usage · resets 3pm (UTC)";
        assert_eq!(read(out), (FailureCause::ExtraUsage, Remedy::Escalate));
        let credits = "code: long_context_credits_required\nstatus: 429\nUsage credits required for 1M context";
        assert_eq!(read(credits), (FailureCause::ExtraUsage, Remedy::Escalate));
        assert_eq!(
            read("kind: billing_error\nCredit balance is too low"),
            (FailureCause::ExtraUsage, Remedy::Escalate)
        );
        let offer = "code: usage_limit_reached\nYou've hit your limit · /extra-usage or buy extra usage to go on";
        assert_eq!(read(offer).0, FailureCause::UsageLimit, "an offer is no answer");
    }

    #[test]
    fn a_plan_s_limit_that_mentions_money_is_waited_out_and_money_that_has_run_out_is_a_person_s() {
        let parked = |words: &str| {
            let limit = (FailureCause::UsageLimit, until("2026-11-23T13:20:00Z"));
            assert_eq!(read(&format!("status: 429\nkind: rate_limit\n{words}")), limit, "{words}");
        };
        parked("You've hit your 5-hour limit · resets 1:20pm (UTC) · out of usage credits");
        parked(
            "You've hit your monthly spend limit · run /usage-credits to raise it · your 5-hour limit resets 1:20pm (UTC)",
        );
        parked("spend limit reached · resets 1:20pm (UTC) · request an increase at https://go.corp.example.com");
        for words in [
            "You've hit your monthly spend limit. See Usage in Settings",
            "You've hit your channel's monthly spend limit.",
            "Your org is out of usage · contact your admin",
            "You're out of usage credits · resets 1:20pm (UTC)",
            "Your group's usage limit is set to $0 · contact your admin",
            "Your usage allocation has been disabled by your admin",
            "Your seat type doesn't include usage credits",
        ] {
            let read = read(&format!("status: 429\nkind: rate_limit\n{words}"));
            assert_eq!(read, (FailureCause::ExtraUsage, Remedy::Escalate), "{words}");
        }
        let disabled = "status: 429\nThis service is disabled for your org";
        assert_eq!(read(disabled), (FailureCause::Unauthenticated, Remedy::Escalate));
        assert_eq!(read("Context limit reached · /compact or /clear to continue").1, Remedy::Rotate);
    }

    #[test]
    fn what_the_provider_s_event_names_goes_before_the_words_and_stays_within_bounds() {
        let now: Timestamp = NOW.parse().unwrap();
        let at = |hours: u64| now.after(Duration::from_secs(hours * 3600));
        let words = "usage limit reached · resets 1:20pm (UTC)";
        assert_eq!(failure(words, "", Some(at(3)), now).remedy, Remedy::ParkUntil { until: at(3) });
        assert_eq!(
            failure(words, "", Some(at(90_000)), now).remedy,
            Remedy::ParkUntil { until: now.after(reset::LONGEST) }
        );
        let soon = now.after(Duration::from_secs(4));
        assert_eq!(failure(words, "", Some(soon), now).remedy, Remedy::ParkUntil { until: soon }, "to the second");
        assert_eq!(failure(words, "", Some(Timestamp::from_unix_millis(5)), now).remedy, until("2026-11-23T11:01:00Z"));
    }

    #[test]
    fn what_no_row_knows_is_tried_again() {
        assert_eq!(read("status: 418\nI'm a teapot"), (FailureCause::ApiError, Remedy::Retry));
    }
}
