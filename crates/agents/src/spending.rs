//! What of an agent's spending the Bus has yet to be told: decided purely.
//!
//! A program tells sums; the Bus adds up. So each post is a difference, and one post at a time is under way: it is written down
//! before it is sent, and sent again as it was, under the same key, until the Bus has certainly taken or refused it.

use go_bus_api::ModelUsage;
use go_runtime::Tally;

/// The next post, which `tally` holds as pending from now on; `None` where the Bus has everything.
pub(crate) fn begin(tally: &mut Tally) -> Option<ModelUsage> {
    if tally.pending.is_none() {
        tally.pending = tally.spent.iter().find_map(|line| rest(line, &tally.posted));
        tally.posts = tally.posts.saturating_add(u64::from(tally.pending.is_some()));
    }
    tally.pending.clone()
}

/// The pending post is over: the Bus has it, or will never take it.
pub(crate) fn finish(tally: &mut Tally) {
    let Some(done) = tally.pending.take() else { return };
    match tally.posted.iter_mut().find(|line| line.model == done.model) {
        Some(line) => *line = sum(line, &done),
        None => tally.posted.push(done),
    }
}

/// What two runs of one agent come to.
pub(crate) fn total(one: &[ModelUsage], other: &[ModelUsage]) -> Vec<ModelUsage> {
    let mut total = one.to_vec();
    for line in other {
        match total.iter_mut().find(|known| known.model == line.model) {
            Some(known) => *known = sum(known, line),
            None => total.push(line.clone()),
        }
    }
    total
}

/// What `line` has beyond what was posted of its model.
fn rest(line: &ModelUsage, posted: &[ModelUsage]) -> Option<ModelUsage> {
    let Some(known) = posted.iter().find(|known| known.model == line.model) else {
        return Some(line.clone()).filter(is_something);
    };
    let beyond = ModelUsage {
        model: line.model.clone(),
        input_tokens: line.input_tokens.saturating_sub(known.input_tokens),
        output_tokens: line.output_tokens.saturating_sub(known.output_tokens),
        cache_read_tokens: line.cache_read_tokens.saturating_sub(known.cache_read_tokens),
        cache_write_tokens: line.cache_write_tokens.saturating_sub(known.cache_write_tokens),
        usd: line.usd.beyond(known.usd),
    };
    Some(beyond).filter(is_something)
}

fn sum(one: &ModelUsage, other: &ModelUsage) -> ModelUsage {
    ModelUsage {
        model: one.model.clone(),
        input_tokens: one.input_tokens.saturating_add(other.input_tokens),
        output_tokens: one.output_tokens.saturating_add(other.output_tokens),
        cache_read_tokens: one.cache_read_tokens.saturating_add(other.cache_read_tokens),
        cache_write_tokens: one.cache_write_tokens.saturating_add(other.cache_write_tokens),
        usd: one.usd + other.usd,
    }
}

fn is_something(line: &ModelUsage) -> bool {
    let tokens = [line.input_tokens, line.output_tokens, line.cache_read_tokens, line.cache_write_tokens];
    tokens.iter().any(|count| *count > 0) || line.usd != go_bus_api::Usd::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_bus_api::{Model, Text};

    fn line(model: &str, tokens: u64, usd: &str) -> ModelUsage {
        ModelUsage {
            model: Model(Text::clipped(model)),
            input_tokens: tokens,
            output_tokens: 0,
            cache_read_tokens: 0,
            cache_write_tokens: 0,
            usd: usd.parse().unwrap(),
        }
    }

    /// Posts all that is left and answers it.
    fn post(tally: &mut Tally) -> Vec<ModelUsage> {
        std::iter::from_fn(|| begin(tally).inspect(|_| finish(tally))).collect()
    }

    #[test]
    fn each_post_is_what_is_new_of_a_model_and_their_sum_is_the_last_word() {
        let mut tally = Tally { spent: vec![line("a", 10, "0.1"), line("b", 1, "0.01")], ..Tally::default() };
        assert_eq!(post(&mut tally), tally.spent);
        tally.spent = vec![line("a", 15, "0.3003"), line("b", 1, "0.01"), line("c", 2, "0")];
        assert_eq!(post(&mut tally), [line("a", 5, "0.2003"), line("c", 2, "0")]);
        assert_eq!((post(&mut tally), tally.posts), (vec![], 4));
        assert_eq!(tally.posted, tally.spent);
    }

    #[test]
    fn what_may_have_arrived_is_sent_again_as_it_was_whatever_was_spent_meanwhile() {
        let mut tally = Tally { spent: vec![line("a", 10, "0.1")], ..Tally::default() };
        let first = begin(&mut tally);
        tally.spent = vec![line("a", 20, "0.2")];
        assert_eq!((begin(&mut tally), tally.posts), (first, 1));
        finish(&mut tally);
        assert_eq!((begin(&mut tally), tally.posts), (Some(line("a", 10, "0.1")), 2));
    }

    #[test]
    fn nothing_is_posted_of_what_cost_nothing_or_became_less() {
        let mut tally = Tally { spent: vec![line("a", 0, "0")], ..Tally::default() };
        assert_eq!(begin(&mut tally), None);
        tally.posted = vec![line("a", 9, "9")];
        tally.spent = vec![line("a", 8, "8")];
        assert_eq!(begin(&mut tally), None);
    }
}
