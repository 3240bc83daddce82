//! A command line with placeholders: split into arguments as a shell would, but run by none.

use std::fmt;
use std::str::FromStr;

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// The agent's id.
    Agent,
    /// `specialist`, `worker` or `reviewer`.
    Role,
    /// The full id of the model.
    Model,
    /// The task's id.
    Task,
    /// The task's title.
    Title,
    /// The task's `run`.
    Run,
    /// The id of the delivered task that a reviewer judges.
    Reviewed,
    /// The project's id.
    Project,
    /// The folder the agent works in.
    Folder,
    /// The file that holds the prompt.
    PromptFile,
    /// The conversation to go on with.
    Conversation,
    /// The command of the MCP server with the Bus's tools, as a JSON list of strings.
    Bridge,
    /// The file that describes the same tools as a server over HTTP, in the form of `.mcp.json`.
    BridgeFile,
}

impl Placeholder {
    /// Every placeholder.
    pub const ALL: [Self; 13] = [
        Self::Agent,
        Self::Role,
        Self::Model,
        Self::Task,
        Self::Title,
        Self::Run,
        Self::Reviewed,
        Self::Project,
        Self::Folder,
        Self::PromptFile,
        Self::Conversation,
        Self::Bridge,
        Self::BridgeFile,
    ];

    /// Its name between braces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Role => "role",
            Self::Model => "model",
            Self::Task => "task",
            Self::Title => "title",
            Self::Run => "run",
            Self::Reviewed => "reviewed",
            Self::Project => "project",
            Self::Folder => "folder",
            Self::PromptFile => "prompt_file",
            Self::Conversation => "conversation",
            Self::Bridge => "bridge",
            Self::BridgeFile => "bridge_file",
        }
    }
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is no program.
    #[error("it names no program")]
    Empty,
    /// A quote is not closed.
    #[error("a {0} is not closed")]
    Open(char),
    /// A bracket without its partner, or one within another.
    #[error("[ and ] go in pairs, one pair not within another")]
    Brackets,
    /// There is no such placeholder.
    #[error("{{{0}}} stands for nothing; there are {names}", names = names())]
    Unknown(String),
}

fn names() -> String {
    Placeholder::ALL.map(|placeholder| format!("{{{}}}", placeholder.as_str())).join(", ")
}

/// A part of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Placeholder),
}

/// An argument, and the group in brackets that it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Argument {
    pieces: Vec<Piece>,
    group: Option<usize>,
}

/// A command line: words apart by white space; `'…'`, `"…"` and `\` as in a shell; `{name}` for a placeholder, whose text never becomes
/// more than the argument it stands in; `{{` and `}}` for braces. Arguments within `[ ]` are left out together where one of their
/// placeholders has nothing to stand for; elsewhere it stands for no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
    arguments: Vec<Argument>,
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(source: &str) -> Result<Self, TemplateError> {
        let mut arguments = Vec::new();
        let (mut group, mut groups) = (None, 0_usize);
        for word in split(source)? {
            match word {
                Word::Opens if group.is_none() => group = Some(groups),
                Word::Closes if group.is_some() => {
                    group = None;
                    groups = groups.saturating_add(1);
                }
                Word::Opens | Word::Closes => return Err(TemplateError::Brackets),
                Word::Argument(text) => arguments.push(Argument { pieces: pieces(&text)?, group }),
            }
        }
        if group.is_some() {
            return Err(TemplateError::Brackets);
        }
        match arguments.first() {
            Some(program) if program.group.is_none() && !program.pieces.is_empty() => {
                Ok(Self { source: source.to_owned(), arguments })
            }
            _ => Err(TemplateError::Empty),
        }
    }
}

impl Template {
    /// Whether it says anything of this placeholder.
    pub fn uses(&self, placeholder: Placeholder) -> bool {
        self.arguments.iter().any(|argument| argument.pieces.contains(&Piece::Place(placeholder)))
    }

    /// The arguments, the program first; `value` tells what a placeholder stands for.
    pub fn fill(&self, value: impl Fn(Placeholder) -> Option<String>) -> Vec<String> {
        let lacks = |argument: &Argument| {
            let mut places = argument.pieces.iter();
            places.any(|piece| matches!(piece, Piece::Place(place) if value(*place).is_none()))
        };
        let left_out = |group: usize| self.arguments.iter().any(|other| other.group == Some(group) && lacks(other));
        let kept = self.arguments.iter().filter(|argument| !argument.group.is_some_and(left_out));
        kept.map(|argument| {
            let texts = argument.pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Place(place) => value(*place).unwrap_or_default(),
            });
            texts.collect()
        })
        .collect()
    }
}

/// A word of the source.
enum Word {
    Opens,
    Closes,
    Argument(String),
}

fn split(source: &str) -> Result<Vec<Word>, TemplateError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        match c {
            '[' if word.is_none() => words.push(Word::Opens),
            ']' => {
                words.extend(word.take().map(Word::Argument));
                words.push(Word::Closes);
            }
            c if c.is_whitespace() => words.extend(word.take().map(Word::Argument)),
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(TemplateError::Open(c))? {
                        end if end == c => break,
                        '\\' if c == '"' => match chars.next().ok_or(TemplateError::Open(c))? {
                            '\n' => {}
                            special @ ('"' | '\\' | '$' | '`') => word.push(special),
                            other => word.extend(['\\', other]),
                        },
                        inside => word.push(inside),
                    }
                }
            }
            '\\' => match chars.next().ok_or(TemplateError::Open('\\'))? {
                // The line goes on with the next one.
                '\n' => {}
                other => word.get_or_insert_default().push(other),
            },
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word.map(Word::Argument));
    Ok(words)
}

fn pieces(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            plain.extend(from.chars().next());
            rest = after;
            continue;
        }
        let name = from.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let (name, after) = name.ok_or(TemplateError::Open(if from.starts_with('{') { '{' } else { '}' }))?;
        let place = Placeholder::ALL.into_iter().find(|place| place.as_str() == name);
        let place = place.ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(Piece::Place(place));
        rest = after;
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(source: &str) -> Result<Vec<String>, TemplateError> {
        let value = |place| match place {
            Placeholder::Task => Some("T-1".to_owned()),
            Placeholder::Title => Some("a 'b' \"c\"; {task} $(rm)".to_owned()),
            Placeholder::Run => Some(String::new()),
            _ => None,
        };
        Ok(source.parse::<Template>()?.fill(value))
    }

    #[test]
    fn each_argument_is_substituted_whole() {
        let filled = fill("agent --task={task} {title} '{title}' x{task}y \"a b\" c\\ d 'e\\f'").unwrap();
        let title = "a 'b' \"c\"; {task} $(rm)";
        assert_eq!(filled, ["agent", "--task=T-1", title, title, "xT-1y", "a b", "c d", "e\\f"]);
    }

    #[test]
    fn what_has_nothing_to_stand_for_is_no_text_or_leaves_its_group_out() {
        assert_eq!(fill("agent {model} {run} end").unwrap(), ["agent", "", "", "end"]);
        let filled = fill("agent [--resume {conversation}] [--for {task} now] [ -m {model} ] end");
        assert_eq!(filled.unwrap(), ["agent", "--for", "T-1", "now", "end"]);
    }

    #[test]
    fn braces_and_brackets_can_be_written() {
        assert_eq!(fill("agent {{task}} '[' a[0 ''").unwrap(), ["agent", "{task}", "[", "a[0", ""]);
        assert_eq!(fill("sh -c 'cd {task} && [ -f x ]'").unwrap(), ["sh", "-c", "cd T-1 && [ -f x ]"]);
    }

    #[test]
    fn a_backslash_does_what_it_does_in_a_shell() {
        assert_eq!(fill("agent \\\n  --task {task} \\\n  end\\\ning").unwrap(), ["agent", "--task", "T-1", "ending"]);
        let quoted = r#"agent "\d+\.\\ \"x\" \$HOME \`" '\d'"#;
        assert_eq!(fill(quoted).unwrap(), ["agent", r#"\d+\.\ "x" $HOME `"#, r"\d"]);
        assert_eq!(fill("agent \"a\\\nb\"").unwrap(), ["agent", "ab"]);
        assert_eq!(fill(r"agent \d").unwrap(), ["agent", "d"]);
    }

    #[test]
    fn what_is_no_template_says_why() {
        let cases = [
            ("", TemplateError::Empty),
            (" \n", TemplateError::Empty),
            ("''", TemplateError::Empty),
            ("[agent {model}]", TemplateError::Empty),
            ("agent 'x", TemplateError::Open('\'')),
            ("agent \"x\\", TemplateError::Open('"')),
            ("agent x\\", TemplateError::Open('\\')),
            ("agent {task", TemplateError::Open('{')),
            ("agent task}", TemplateError::Open('}')),
            ("agent [a [b]]", TemplateError::Brackets),
            ("agent [a", TemplateError::Brackets),
            ("agent a]", TemplateError::Brackets),
            ("agent {tusk}", TemplateError::Unknown("tusk".to_owned())),
        ];
        for (source, error) in cases {
            assert_eq!(fill(source), Err(error), "{source}");
        }
        assert!(
            TemplateError::Unknown("x".to_owned())
                .to_string()
                .starts_with("{x} stands for nothing; there are {agent}, ")
        );
    }

    #[test]
    fn it_is_shown_as_it_was_written() {
        let source = "agent  '{task}'";
        assert_eq!(source.parse::<Template>().unwrap().to_string(), source);
    }
}
