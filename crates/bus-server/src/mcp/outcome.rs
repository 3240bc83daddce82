//! A REST answer as a tool's result: the resource, or the refusal in words that a model can act on.

use go_bus_api::Problem;
use http::StatusCode;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;

use super::advice;

/// The result of a call that was answered so.
pub(super) fn of(status: StatusCode, body: &[u8]) -> CallToolResult {
    let text = || ContentBlock::text(String::from_utf8_lossy(body).into_owned());
    if status.is_success() {
        let mut result = CallToolResult::success(vec![text()]);
        result.structured_content = serde_json::from_slice::<Value>(body).ok().filter(Value::is_object);
        return result;
    }
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => CallToolResult::error(vec![ContentBlock::text(words(&problem))]),
        Err(_) => CallToolResult::error(vec![text()]),
    }
}

/// A refusal that comes before any request: the arguments themselves are no call.
pub(super) fn misfit(why: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(format!(
        "Refused (invalid): {why}. Correct the arguments and call again."
    ))])
}

/// Title, slug and detail, each field that is wrong, and what to do.
pub(super) fn words(problem: &Problem) -> String {
    let slug = problem.type_.rsplit('/').next().unwrap_or_default();
    let mut words = format!("Refused ({slug}): {}", problem.title);
    for part in
        [problem.detail.as_str(), problem.kind().map_or("", advice::of)].into_iter().filter(|part| !part.is_empty())
    {
        words.push(' ');
        words.push_str(part);
        if !part.ends_with('.') {
            words.push('.');
        }
    }
    for wrong in &problem.errors {
        words.push_str(&format!("\n- {}: {}", wrong.pointer.trim_start_matches('/'), wrong.detail));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_bus_api::ProblemKind;

    #[test]
    fn a_refusal_says_what_why_and_what_to_do() {
        let stale = Problem::new(ProblemKind::StaleAttempt, "attempt 1 of task T-1 is over; it is at 2");
        assert_eq!(
            words(&stale),
            "Refused (stale-attempt): The attempt is over. attempt 1 of task T-1 is over; it is at 2. Your attempt is over and \
             somebody else has the task: stop working on it and end."
        );
        assert!(words(&Problem::field("/level", "unknown variant `L9`")).ends_with("\n- level: unknown variant `L9`"));
    }

    #[test]
    fn a_resource_comes_as_text_and_as_what_it_is() {
        let good = of(StatusCode::OK, br#"{"id":"T-1"}"#);
        assert_eq!((good.is_error, good.structured_content), (Some(false), Some(serde_json::json!({"id": "T-1"}))));
        assert_eq!(of(StatusCode::NO_CONTENT, b"").structured_content, None);
        assert_eq!(of(StatusCode::INTERNAL_SERVER_ERROR, b"not JSON").is_error, Some(true));
    }
}
