//! What an orchestrator is told with a turn.

use go_bus_api::AgentId;

use super::turns::News;
use crate::orchestrators::Item;

/// What comes before the news of a conversation's first turn, and of an agent's first in one that it takes up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Opening<'a> {
    /// Its prompt: this is a new conversation.
    Prompt(&'a str),
    /// It is another agent than the one that had this conversation.
    TakenUp(&'a AgentId),
    /// Nothing: it goes on.
    Nothing,
}

/// The words of a turn.
pub(super) fn message(opening: Opening<'_>, news: &News) -> String {
    let before = match opening {
        Opening::Prompt(prompt) => format!("{}\n\n", prompt.trim_end()),
        Opening::TakenUp(agent) => {
            format!("You were started anew, as agent {agent}; what your tasks are stands below.\n\n")
        }
        Opening::Nothing => String::new(),
    };
    let parts = [("What is new", &news.new), ("What you have left undone", &news.left)];
    let parts: String = parts.into_iter().filter(|(_, items)| !items.is_empty()).map(part).collect();
    format!("{before}{parts}Do what has to be done now, and end your turn.\n")
}

fn part((title, items): (&str, &Vec<Item>)) -> String {
    let items: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
    format!("## {title}\n\n{}\n", items.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(texts: &[&str]) -> Vec<Item> {
        let item = |text: &&str| Item { key: String::new(), text: format!("{text}\n"), duty: true, project: None };
        texts.iter().map(item).collect()
    }

    #[test]
    fn a_conversation_begins_with_its_prompt_and_each_turn_says_what_is_new_and_what_is_left() {
        let news = News { new: items(&["T-1 ended", "T-2 is yours"]), left: items(&["T-0 waits"]) };
        let told = "## What is new\n\nT-1 ended\n\nT-2 is yours\n\n## What you have left undone\n\nT-0 waits\n\n\
                    Do what has to be done now, and end your turn.\n";
        assert_eq!(message(Opening::Nothing, &news), told);
        assert_eq!(message(Opening::Prompt("# You are the PO\n\n"), &news), format!("# You are the PO\n\n{told}"));
        let agent = AgentId::new("a-7").unwrap();
        assert!(message(Opening::TakenUp(&agent), &news).starts_with("You were started anew, as agent a-7;"));
        let left = News { new: Vec::new(), ..news };
        assert!(message(Opening::Nothing, &left).starts_with("## What you have left undone"));
    }
}
