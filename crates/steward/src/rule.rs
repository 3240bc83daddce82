//! A rule file: `RULE_*.md` in the folder of rules.

use std::fs;
use std::path::{Path, PathBuf};

use go_bus_api::Role;

use crate::audience::Audience;
use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::front_matter::{Parts, split};
use crate::text_file::TextFile;
use crate::version::Version;
use crate::yaml::Fields;

/// The rule whose text stands in the section on context rotation (R26).
const CONTEXT_ROTATION: &str = "RULE_context_rotation";

/// A rule that people wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The file's name without its ending, such as `RULE_token_rotation`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The file's version.
    pub version: Version,
    /// Whom it concerns.
    pub audience: Audience,
    /// What it says, as Markdown that begins with a heading.
    pub text: String,
}

impl Rule {
    /// Whether it is the rule on context rotation.
    pub fn is_on_context_rotation(&self) -> bool {
        self.name == CONTEXT_ROTATION
    }

    /// Checks a file that was read.
    pub(crate) fn parse(file: TextFile) -> Result<Self, Vec<Diagnostic>> {
        let TextFile { path, text, version } = file;
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let mut findings = Findings::of(&path);
        let Parts { matter, body, body_line } = split(&text, &mut findings);
        let fields =
            matter.as_ref().and_then(|node| Fields::open(node, "a rule's front matter", &["roles"], &mut findings));
        let roles = fields.and_then(|fields| fields.words("roles", &mut findings));
        let audience = match roles {
            Some(roles) => Audience::read(&roles, &mut findings),
            None => of_its_name(&name),
        };
        begins_with_heading(body, body_line, &mut findings);
        let text = body.trim().to_owned();
        findings.or(()).map(|()| Self { name, path: path.clone(), version, audience, text })
    }
}

/// The rule files in `folder`, by name. `None` where there is no such folder.
pub(crate) fn files_in(folder: &Path) -> Option<Vec<PathBuf>> {
    let names = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> = names.filter(|path| is_rule(path)).collect();
    found.sort();
    Some(found)
}

fn is_rule(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.starts_with("RULE_") && name.ends_with(".md")
}

/// Whom a rule concerns that does not say it: the seed's rules by their names, and everybody by the others.
fn of_its_name(name: &str) -> Audience {
    match name {
        CONTEXT_ROTATION => Audience::of(&[Role::Ho, Role::Po, Role::Io]),
        "RULE_token_rotation" | "RULE_secrets_rotation" => Audience::of(&[Role::Go, Role::Ho]),
        _ => Audience::everybody(),
    }
}

fn begins_with_heading(body: &str, body_line: usize, findings: &mut Findings<'_>) {
    let Some((index, line)) = body.lines().enumerate().find(|(_, line)| !line.trim().is_empty()) else {
        findings.add(Place { line: body_line, column: 1 }, "a rule has text, this one is empty");
        return;
    };
    let title = line.trim_start_matches('#');
    if title.len() == line.len() || !title.starts_with(' ') || title.trim().is_empty() {
        let place = Place { line: body_line.saturating_add(index), column: 1 };
        findings.add(place, "a rule begins with a heading, such as `# Token rotation`");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, text: &str) -> Result<Rule, Vec<String>> {
        let file = TextFile { path: name.into(), text: text.to_owned(), version: Version::of(text.as_bytes()) };
        Rule::parse(file).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn whom_a_rule_concerns_follows_from_its_name() {
        let has = |name: &str, role| parse(name, "# A\n").unwrap().audience.has(role);
        for role in [Role::Ho, Role::Po, Role::Io] {
            assert!(has("RULE_context_rotation.md", role) && has("RULE_review_test_regime.md", role));
        }
        assert!(!has("RULE_context_rotation.md", Role::Worker) && has("RULE_review_test_regime.md", Role::Worker));
        for name in ["RULE_token_rotation.md", "RULE_secrets_rotation.md"] {
            assert!(has(name, Role::Ho) && has(name, Role::Go) && !has(name, Role::Po));
        }
        assert!(has("RULE_style.md", Role::Reviewer));
    }

    #[test]
    fn front_matter_narrows_it() {
        let rule = parse("RULE_style.md", "---\nroles: [po, ho]\n---\n\n# Style\nBe brief.\n").unwrap();
        assert_eq!((rule.audience.roles(), rule.text.as_str()), (&[Role::Po, Role::Ho][..], "# Style\nBe brief."));
        assert_eq!(parse("RULE_style.md", "---\nroles: io\n---\n# A").unwrap().audience.roles(), [Role::Io]);
    }

    #[test]
    fn all_that_is_wrong_is_named_with_its_place() {
        assert_eq!(parse("r.md", " \n").unwrap_err(), ["r.md:1:1: a rule has text, this one is empty"]);
        let heading = "a rule begins with a heading, such as `# Token rotation`";
        assert_eq!(parse("r.md", "\nBe brief.\n").unwrap_err(), [format!("r.md:2:1: {heading}")]);
        assert_eq!(parse("r.md", "#brief\n").unwrap_err(), [format!("r.md:1:1: {heading}")]);
        let found = parse("r.md", "---\nroles: [pq]\nrole: x\n---\ntext\n").unwrap_err();
        assert!(
            found[0].starts_with("r.md:3:1: a rule's front matter has no key `role`, did you mean `roles`?"),
            "{found:?}"
        );
        assert!(found[1].starts_with("r.md:2:9: `pq` is none of go, ho, po"), "{found:?}");
        assert_eq!(found[2], format!("r.md:5:1: {heading}"));
    }
}
