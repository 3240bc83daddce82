//! Which turn of which script a request asks for: by its prompt and the answers that it tells of, so one server plays many
//! conversations at once, and a resumed one goes on where it stood.

use std::collections::{BTreeMap, HashMap};

use crate::script::{Script, Turn};

/// What stands before a script's name in a prompt.
pub const MARKER: &str = "SCRIPT: ";

/// What a request tells of its conversation, from its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// Words to the model: a prompt, or a tool's result.
    ToModel(String),
    /// The model's own.
    ByModel,
}

/// The scripts, and how often each mishap has happened in each conversation.
#[derive(Debug, Default)]
pub(crate) struct Plays {
    scripts: BTreeMap<String, Script>,
    happened: HashMap<(String, usize), u32>,
}

impl Plays {
    /// Adds scripts; one of the same name is replaced.
    pub(crate) fn add(&mut self, scripts: impl IntoIterator<Item = Script>) {
        self.scripts.extend(scripts.into_iter().map(|script| (script.name.clone(), script)));
    }

    /// The run that a conversation names last, and what is to happen now; no turn where no script has that name or it has ended.
    pub(crate) fn next(&mut self, said: &[Said]) -> Option<(String, Option<Turn>)> {
        let (run, answered) = place_in(said)?;
        let name = run.split('#').next().unwrap_or_default();
        let turns = self.scripts.get(name).map(|script| script.turns.as_slice()).unwrap_or_default();
        let mut left = answered;
        for (index, turn) in turns.iter().enumerate() {
            match turn {
                Turn::Answer(_) if left > 0 => left -= 1,
                Turn::Answer(_) => return Some((run, Some(turn.clone()))),
                Turn::Mishap { times, .. } => {
                    let happened = self.happened.entry((run.clone(), index)).or_default();
                    if times.is_none_or(|times| *happened < times) {
                        *happened = happened.saturating_add(1);
                        return Some((run, Some(turn.clone())));
                    }
                }
            }
        }
        Some((run, None))
    }
}

/// The run named last, and how many answers came after.
fn place_in(said: &[Said]) -> Option<(String, usize)> {
    let named = |said: &Said| match said {
        Said::ToModel(text) => named_in(text),
        Said::ByModel => None,
    };
    let (at, run) = said.iter().enumerate().rev().find_map(|(at, said)| Some((at, named(said)?)))?;
    let after = said.get(at..).unwrap_or_default();
    // What the model says at one go may come back in several pieces.
    let answers = after.windows(2).filter(|pair| matches!(pair, [Said::ToModel(_), Said::ByModel])).count();
    Some((run, answers))
}

/// The last script that a text names.
fn named_in(text: &str) -> Option<String> {
    let (_, rest) = text.rsplit_once(MARKER)?;
    let ends = |c: char| !(c.is_ascii_alphanumeric() || "-_#.".contains(c));
    rest.split(ends).next().filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Fault;

    fn to(text: &str) -> Said {
        Said::ToModel(text.to_owned())
    }

    fn words(turn: Option<(String, Option<Turn>)>) -> String {
        match turn.unwrap().1 {
            Some(Turn::Answer(answer)) => answer.words,
            Some(Turn::Mishap { .. }) => "mishap".to_owned(),
            None => "over".to_owned(),
        }
    }

    #[test]
    fn answers_come_in_order_by_what_was_answered_before() {
        let mut plays = Plays::default();
        plays.add([Script::new("two").say("a").say("b")]);
        let asked = [to("do it\nSCRIPT: two\nplease")];
        assert_eq!(words(plays.next(&asked)), "a");
        assert_eq!(words(plays.next(&asked)), "a");
        let on = [asked[0].clone(), Said::ByModel, Said::ByModel, to("a result")];
        assert_eq!(words(plays.next(&on)), "b");
        assert_eq!(words(plays.next(&[&on[..], &[Said::ByModel, to("more")]].concat())), "over");
    }

    #[test]
    fn a_later_prompt_begins_its_own_script() {
        let mut plays = Plays::default();
        plays.add([Script::new("one").say("a"), Script::new("next").say("b")]);
        let said = [to("SCRIPT: one"), Said::ByModel, to("SCRIPT: next")];
        assert_eq!(words(plays.next(&said)), "b");
    }

    #[test]
    fn a_mishap_happens_so_often_in_each_run() {
        let mut plays = Plays::default();
        plays.add([Script::new("s").fails(2, Fault::Reset).say("a")]);
        for run in ["SCRIPT: s#1", "SCRIPT: s#2"] {
            let heard: Vec<_> = (0..3).map(|_| words(plays.next(&[to(run)]))).collect();
            assert_eq!(heard, ["mishap", "mishap", "a"]);
        }
    }

    #[test]
    fn who_names_no_script_or_an_unknown_one_gets_no_turn() {
        let mut plays = Plays::default();
        assert_eq!(plays.next(&[to("hello")]), None);
        assert_eq!(plays.next(&[to("SCRIPT: nobody's")]), Some(("nobody".to_owned(), None)));
    }
}
