//! What a template may and may not do.

use super::*;
use crate::diagnostic::Place;
use crate::yaml::Word;

fn parse(role: Role, text: &str) -> Result<Template, Vec<String>> {
    let word = |text: &str| Word { place: Place::START, text: text.to_owned() };
    let entry = TemplateEntry { id: word("t"), file: word("t.md"), roles: vec![role] };
    let file = TextFile { path: "t.md".into(), text: text.to_owned(), version: Version::of(text.as_bytes()) };
    Template::parse(&entry, file).map_err(|found| found.iter().map(ToString::to_string).collect())
}

/// A template with everything in it, and `more` in the third line.
fn whole(more: &str) -> String {
    format!(
        "{{{{ identity }}}}\n{{{{ mission }}}}{{{{ ticket }}}}{{{{ handoff }}}}{{{{ rules }}}}\n{more}\n## Verification\n{{{{ verification }}}}\n"
    )
}

#[test]
fn the_built_in_templates_are_good_and_have_each_section_once() {
    for role in [Role::Ho, Role::Po, Role::Io, Role::Specialist, Role::Worker, Role::Reviewer] {
        let template = parse(role, Template::built_in(role)).unwrap();
        let sample = Variables {
            role,
            identity: "a sample",
            mission: "M",
            ticket: "",
            handoff: "",
            verification: "V",
            context_rotation: "C",
            rules: "R",
            skills: "",
            state_files: "",
            bus_access: "B",
        };
        let text = template.render(&sample).unwrap();
        assert!(text.starts_with("# You are a sample\n\n## Mission\n\nM\n\n## Verification\n\nV\n\n## "), "{text}");
        assert!(text.ends_with("\n\n## Rules\n\nR\n\n## Bus access\n\nB\n"), "{text}");
    }
}

#[test]
fn a_variable_that_there_is_not_is_named_with_its_place() {
    let found = parse(Role::Worker, &whole("so: {{ skils }}")).unwrap_err();
    assert!(
        found[0].starts_with("t.md:3:8: `skils` is no variable, did you mean `skills`?; there are role"),
        "{found:?}"
    );
    assert_eq!(found.len(), 1, "once for all samples");
}

#[test]
fn one_that_shows_only_where_a_section_is_missing_is_found_too() {
    let found = parse(Role::Worker, &whole("{% if not skills %}{{ nothing }}{% endif %}")).unwrap_err();
    assert!(found[0].starts_with("t.md:3:23: `nothing` is no variable"), "{found:?}");
}

#[test]
fn what_is_no_template_is_named_with_its_place() {
    let found = parse(Role::Worker, &whole("{% if skills %}")).unwrap_err();
    assert!(found[0].starts_with("t.md:") && found[0].contains("syntax error"), "{found:?}");
    let found = parse(Role::Worker, &whole("{{ mission | shout }}")).unwrap_err();
    assert!(found[0].starts_with("t.md:3:") && found[0].contains("unknown filter"), "{found:?}");
}

#[test]
fn a_needed_section_can_not_be_dropped() {
    let found =
        parse(Role::Worker, "{{ mission }}{{ ticket }}{{ rules }}\n## Verification\nas you like\n").unwrap_err();
    assert_eq!(
        found,
        ["t.md:1:1: the prompt of a `worker` would lose {{ verification }}, which has to stand in it as it is"]
    );
    let found = parse(Role::Po, &whole("")).unwrap_err();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[1].contains("{{ context_rotation }}") && found[0].contains("`## Context rotation`"), "{found:?}");
    assert!(parse(Role::Po, &whole("## Context rotation\n{{ context_rotation }}")).is_ok());
    for name in ["mission", "ticket", "rules"] {
        let text = whole("").replace(&format!("{{{{ {name} }}}}"), "");
        assert!(parse(Role::Worker, &text).unwrap_err()[0].contains(name));
    }
}

#[test]
fn a_section_that_is_changed_is_dropped() {
    let found = parse(Role::Worker, &whole("").replace("verification }}", "verification | upper }}")).unwrap_err();
    assert!(found[0].contains("{{ verification }}"), "{found:?}");
}

#[test]
fn endless_work_is_a_mistake() {
    let loops = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
    let found = parse(Role::Worker, &whole(loops)).unwrap_err();
    assert!(found[0].starts_with("t.md:3:") && found[0].contains("more work than a prompt may take"), "{found:?}");
}

#[test]
fn markup_in_the_texts_stays_as_it_is() {
    let template = parse(Role::Worker, &whole("")).unwrap();
    let sample = Variables { mission: "a < b & {{ c }}", ..samples_of(Role::Worker) };
    assert!(template.render(&sample).unwrap().contains("a < b & {{ c }}"));
}

fn samples_of(role: Role) -> Variables<'static> {
    Variables {
        role,
        identity: "",
        mission: "",
        ticket: "",
        handoff: "",
        verification: "V",
        context_rotation: "",
        rules: "",
        skills: "",
        state_files: "",
        bus_access: "",
    }
}
