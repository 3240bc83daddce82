//! A skill: a SKILL.md that says what an agent can do with it, with an optional command.

use std::path::PathBuf;

use crate::audience::Audience;
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::front_matter::{Parts, split};
use crate::registry::SkillEntry;
use crate::text_file::TextFile;
use crate::version::Version;
use crate::yaml::Fields;

/// What a SKILL.md's front matter has here. Others put more into it, which is theirs.
const KEYS: [&str; 3] = ["name", "description", "run"];

/// A skill of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// Its id in the registry.
    pub id: String,
    /// Its SKILL.md.
    pub path: PathBuf,
    /// That file's version.
    pub version: Version,
    /// Whom it is offered to.
    pub audience: Audience,
    /// What it is for, on one line: the registry's words, else its own.
    pub description: String,
    /// What it says, without its front matter.
    pub text: String,
    /// The command that executes it, in its own folder; a skill without one is text alone.
    pub run: Option<String>,
}

impl Skill {
    /// Checks a SKILL.md that was read for an entry of the registry.
    pub(crate) fn parse(entry: &SkillEntry, file: TextFile) -> Result<Self, Vec<Diagnostic>> {
        let TextFile { path, text, version } = file;
        let mut findings = Findings::of(&path);
        let Parts { matter, body, .. } = split(&text, &mut findings);
        if matter.is_none() {
            findings.add(Place::START, "a skill begins with front matter: `---`, its name and description, `---`");
        }
        let shape = "a skill's front matter";
        let fields = matter.as_ref().and_then(|node| Fields::open_extensible(node, shape, &KEYS, &mut findings));
        let Some(fields) = fields else { return Err(findings.all()) };
        fields.required("name", &mut findings);
        let own = fields.required("description", &mut findings);
        let run = fields.word("run", &mut findings).map(|word| word.text);
        let description = entry.description.clone().or(own.map(|word| word.text)).unwrap_or_default();
        findings.or(()).map(|()| Self {
            id: entry.id.text.clone(),
            path: path.clone(),
            version,
            audience: entry.audience.clone(),
            description: description.split_whitespace().collect::<Vec<_>>().join(" "),
            text: body.trim().to_owned(),
            run,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Word;

    fn entry(description: Option<&str>) -> SkillEntry {
        let word = |text: &str| Word { place: Place::START, text: text.to_owned() };
        SkillEntry {
            id: word("lint"),
            file: word("SKILL.md"),
            description: description.map(str::to_owned),
            audience: Audience::everybody(),
        }
    }

    fn parse(text: &str) -> Result<Skill, Vec<String>> {
        let file = TextFile { path: "s.md".into(), text: text.to_owned(), version: Version::of(text.as_bytes()) };
        Skill::parse(&entry(None), file).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_skill_is_read_and_what_others_put_into_it_is_theirs() {
        let text =
            "---\nname: lint\ndescription: >\n  Finds what\n  is ugly\nlicense: MIT\nrun: ./lint.sh\n---\n# Lint\n";
        let skill = parse(text).unwrap();
        assert_eq!((skill.description.as_str(), skill.run.as_deref()), ("Finds what is ugly", Some("./lint.sh")));
        assert_eq!((skill.id.as_str(), skill.text.as_str()), ("lint", "# Lint"));
    }

    #[test]
    fn the_registry_s_description_wins() {
        let file = TextFile {
            path: "s.md".into(),
            text: "---\nname: a\ndescription: own\n---\n".to_owned(),
            version: Version::of(b""),
        };
        assert_eq!(Skill::parse(&entry(Some("theirs")), file).unwrap().description, "theirs");
    }

    #[test]
    fn what_is_missing_or_a_slip_is_named() {
        assert_eq!(
            parse("# Lint\n").unwrap_err(),
            ["s.md:1:1: a skill begins with front matter: `---`, its name and description, `---`"]
        );
        assert_eq!(
            parse("---\nname: a\ndescripton: b\n---\n").unwrap_err(),
            [
                "s.md:3:1: a skill's front matter has no key `descripton`, did you mean `description`?",
                "s.md:2:1: a skill's front matter needs `description`"
            ]
        );
        assert_eq!(parse("---\nname: a\ndescription: b\nrun: [c]\n---\n").unwrap_err().len(), 1);
    }
}
