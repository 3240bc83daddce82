//! `TEMPLATE_REGISTRY.yaml`: `templates`, each with its id, roles, file and description.

use go_bus_api::Role;

use super::once;
use crate::audience::Audience;
use crate::diagnostic::{Diagnostic, Findings};
use crate::text_file::TextFile;
use crate::yaml::{Fields, Node, Word, load};

/// One template of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateEntry {
    pub(crate) id: Word,
    pub(crate) file: Word,
    /// Whose prompts it lays out.
    pub(crate) roles: Vec<Role>,
}

/// The registry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TemplateRegistry {
    pub(crate) templates: Vec<TemplateEntry>,
}

impl TemplateRegistry {
    /// Reads the registry, or says all that is wrong with it.
    pub(crate) fn parse(file: &TextFile) -> Result<Self, Vec<Diagnostic>> {
        let mut findings = Findings::of(&file.path);
        let root = load(&file.text, 1, &mut findings);
        let shape = "a template registry";
        let fields = root.as_ref().and_then(|root| Fields::open(root, shape, &["version", "templates"], &mut findings));
        let items = fields.map(|fields| fields.list("templates", &mut findings)).unwrap_or_default();
        let mut registry = Self::default();
        for item in items {
            registry.templates.extend(entry(item, &registry.templates, &mut findings));
        }
        findings.or(registry)
    }
}

fn entry(node: &Node, before: &[TemplateEntry], findings: &mut Findings<'_>) -> Option<TemplateEntry> {
    let fields = Fields::open(node, "a template", &["id", "roles", "file", "description"], findings)?;
    let (id, file) = (fields.required("id", findings), fields.required("file", findings));
    fields.word("description", findings);
    let words = fields.words("roles", findings);
    if words.as_ref().is_none_or(Vec::is_empty) {
        findings.add(node.place, "a template needs `roles`: whose prompts it lays out");
    }
    let words = words.unwrap_or_default();
    let roles = Audience::read(&words, findings).roles().to_vec();
    for word in &words {
        if word.text == Role::Go.as_str() {
            findings.add(word.place, "GO has no prompt");
        }
        let taken = before.iter().find(|entry| entry.roles.iter().any(|role| role.as_str() == word.text));
        if let Some(taken) = taken {
            findings
                .add(word.place, format!("the prompts of `{}` are laid out by `{}` already", word.text, taken.id.text));
        }
    }
    let id = id?;
    once(&id, &before.iter().map(|entry| &entry.id).collect::<Vec<_>>(), findings);
    Some(TemplateEntry { id, file: file?, roles })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Version;

    fn parse(text: &str) -> Result<TemplateRegistry, Vec<String>> {
        let file = TextFile { path: "T.yaml".into(), text: text.to_owned(), version: Version::of(text.as_bytes()) };
        TemplateRegistry::parse(&file).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn templates_are_read_with_their_roles() {
        let text = "version: 1\ntemplates:\n  - {id: all, roles: [ho, po, io], file: o.md, description: x}\n  - {id: w, roles: worker, file: w.md}\n";
        let templates = parse(text).unwrap().templates;
        assert_eq!(templates[0].roles, [Role::Ho, Role::Po, Role::Io]);
        assert_eq!((templates[1].roles.as_slice(), templates[1].file.text.as_str()), (&[Role::Worker][..], "w.md"));
        assert_eq!(parse("# none yet\n").unwrap(), TemplateRegistry::default());
    }

    #[test]
    fn all_mistakes_come_in_one_run() {
        let text = "template: []\ntemplates:\n  - {id: a, roles: [po, go], file: a.md}\n  - {id: a, roles: [po], file: b.md}\n  - {id: c, rolls: [io]}\n";
        assert_eq!(
            parse(text).unwrap_err(),
            [
                "T.yaml:1:1: a template registry has no key `template`, did you mean `templates`?",
                "T.yaml:3:25: GO has no prompt",
                "T.yaml:4:21: the prompts of `po` are laid out by `a` already",
                "T.yaml:4:10: `a` stands here twice, first in line 3",
                "T.yaml:5:13: a template has no key `rolls`, did you mean `roles`?",
                "T.yaml:5:5: a template needs `file`",
                "T.yaml:5:5: a template needs `roles`: whose prompts it lays out",
            ]
        );
    }

    #[test]
    fn other_shapes_are_named() {
        assert_eq!(
            parse("- a\n").unwrap_err(),
            ["T.yaml:1:1: a template registry is a mapping of version or templates, this is a list"]
        );
        assert_eq!(
            parse("templates: {a: b}\n").unwrap_err(),
            ["T.yaml:1:12: `templates`: a list is wanted here, this is a mapping"]
        );
    }
}
