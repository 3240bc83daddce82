//! What was heard of a run so far: of each sign the last.

use go_bus_api::{AccountWindow, ConversationId, ModelUsage, Ratio};
use go_driver::{Sign, Window};

/// The Bus's tools that change something, however a program writes what comes before their names.
const ACTS: [&str; 8] = [
    "bus_ask_human",
    "bus_complete_task",
    "bus_create_task",
    "bus_fail_task",
    "bus_raise_alert",
    "bus_review_task",
    "bus_send_message",
    "bus_spawn_agent",
];

/// The last that was heard of everything.
#[derive(Debug, Clone, Default)]
pub(in crate::shim) struct Heard {
    /// How the program calls the conversation.
    pub(in crate::shim) conversation: Option<ConversationId>,
    /// How full its context is.
    pub(in crate::shim) context: Option<Ratio>,
    /// Everything it has spent.
    pub(in crate::shim) spent: Vec<ModelUsage>,
    /// What its provider said of the account's windows.
    pub(in crate::shim) windows: Vec<Window>,
    /// Whether it used a tool by which something changes on the Bus.
    pub(in crate::shim) acted: bool,
    /// Whether its turn has ended.
    pub(in crate::shim) turn_ended: bool,
}

impl Heard {
    /// Takes a sign.
    pub(super) fn take(&mut self, sign: Sign) {
        match sign {
            Sign::Conversation(id) => self.conversation = Some(id),
            Sign::Context(used) => self.context = Some(used),
            Sign::Spent(lines) => self.spent = lines,
            Sign::Window(window) => {
                self.windows.retain(|known| known.name != window.name);
                self.windows.push(window);
                let surplus = self.windows.len().saturating_sub(AccountWindow::MOST);
                self.windows.drain(..surplus);
            }
            Sign::TurnEnded => self.turn_ended = true,
            Sign::Call(call) => self.acted |= ACTS.iter().any(|tool| call.tool.ends_with(tool)),
            Sign::Said(_) | Sign::Spending(_) | Sign::Pausing { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_window_the_last_word_is_kept_and_of_many_the_last_ones() {
        let mut heard = Heard::default();
        let mut tell = |name: String, used: f64| {
            heard.take(Sign::Window(Window { name, used: Ratio::new(used).unwrap(), resets_at: None }));
        };
        tell("weekly".to_owned(), 0.1);
        tell("weekly".to_owned(), 0.2);
        (1..AccountWindow::MOST + 1).for_each(|number| tell(format!("w{number}"), 0.5));
        tell("weekly".to_owned(), 0.3);
        assert_eq!(heard.windows.len(), AccountWindow::MOST);
        let weekly: Vec<_> = heard.windows.iter().filter(|window| window.name == "weekly").collect();
        assert_eq!((weekly.len(), weekly[0].used), (1, Ratio::new(0.3).unwrap()));
    }
}
