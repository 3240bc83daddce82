//! What is read of a folder, what of it is told to whom, and what is kept where something breaks.

use super::*;
use crate::samples::{House, TERSE};

fn said(problems: &[Diagnostic], house: &House) -> Vec<String> {
    let root = format!("{}/", house.root().display());
    problems.iter().map(|problem| problem.to_string().replace(&root, "")).collect()
}

fn good(house: &House) -> Library {
    let loaded = Library::load(&house.sources(), None);
    assert_eq!(said(&loaded.problems, house), Vec::<String>::new());
    loaded.library
}

#[test]
fn on_a_fresh_machine_everything_is_absent_and_nothing_is_wrong() {
    let loaded = Library::load(&House::empty().sources(), None);
    let settings: Vec<_> = loaded.absent.iter().map(|absent| absent.setting()).collect();
    let expected =
        ["paths.rules", "paths.templates", "paths.skills", "paths.blueprint", "paths.execution_log", "paths.memory"];
    assert_eq!((loaded.problems, settings.as_slice()), (vec![], &expected[..]));
    assert_eq!(loaded.library.texts(Role::Po), RoleTexts::default());
    assert!(loaded.library.template(Role::Po).is_none() && loaded.library.versions().is_empty());
}

#[test]
fn each_role_is_told_what_concerns_it() {
    let house = House::furnished();
    let library = good(&house);
    let (po, worker, ho) = (library.texts(Role::Po), library.texts(Role::Worker), library.texts(Role::Ho));
    assert_eq!((po.rules.as_str(), po.context_rotation.as_str()), ("", "# Context rotation\nWrite your handoff."));
    assert_eq!((worker.rules.as_str(), worker.context_rotation.as_str()), ("# Style\nBe brief.", ""));
    assert!(
        ho.skills.contains("- bootstrap (") && ho.skills.contains("SKILL.md): Gets the host ready\n"),
        "{}",
        ho.skills
    );
    assert!(
        !po.skills.contains("bootstrap") && po.skills.ends_with("Finds what is ugly\n\n# Lint\nRun it.\n"),
        "{}",
        po.skills
    );
}

#[test]
fn state_files_are_offered_to_those_they_concern() {
    let house = House::empty();
    house.write("blueprint/11_EXECUTION_LOG.md", "# Log\n");
    house.write("projects/a/memory/notes.md", "");
    let library = good(&house);
    let of = |role| said_of(&library.texts(role).state_files, &house);
    let log = "- the Execution Log, which is only ever appended to: blueprint/11_EXECUTION_LOG.md\n";
    assert_eq!(of(Role::Po), format!("- the blueprint: blueprint\n{log}- memory: projects/a/memory\n"));
    assert_eq!(of(Role::Ho), "- memory: projects/a/memory\n");
    assert_eq!(of(Role::Specialist), "- the blueprint: blueprint\n");
    assert_eq!(of(Role::Worker), "");
}

fn said_of(text: &str, house: &House) -> String {
    text.replace(&format!("{}/", house.root().display()), "")
}

#[test]
fn a_template_of_the_registry_lays_out_its_roles_and_no_others() {
    let library = good(&House::furnished());
    assert_eq!(library.template(Role::Worker).map(|template| template.id.as_str()), Some("terse"));
    assert!(library.template(Role::Specialist).is_none());
}

#[test]
fn every_file_in_effect_has_its_version() {
    let house = House::furnished();
    let versions = good(&house).versions();
    assert_eq!(versions.len(), 7, "{versions:?}");
    assert_eq!(versions.get(&house.path("templates/worker.md")), Some(&Version::of(TERSE.as_bytes())));
    assert!(!versions.contains_key(&house.path("rules/README.md")));
}

#[test]
fn all_mistakes_of_all_files_come_in_one_run() {
    let house = House::furnished();
    house.write("rules/RULE_style.md", "no heading");
    house.write("templates/worker.md", "{{ tiket }}");
    house.write("skills/lint/SKILL.md", "# Lint\n");
    house.remove("skills/bootstrap/SKILL.md");
    let loaded = Library::load(&house.sources(), None);
    let problems = said(&loaded.problems, &house);
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(problems[0].starts_with("rules/RULE_style.md:1:1: a rule begins with a heading"));
    assert!(problems[1].starts_with("skills/SKILL_REGISTRY.yaml:2:27: there is no file "), "{}", problems[1]);
    assert!(problems[2].starts_with("skills/lint/SKILL.md:1:1: a skill begins with front matter"));
    assert!(problems[3].starts_with("templates/worker.md:1:4: `tiket` is no variable, did you mean `ticket`?"));
    assert_eq!(loaded.library.rules().count(), 1, "what is good is read all the same");
}

#[test]
fn what_breaks_stays_as_it_was() {
    let house = House::furnished();
    let before = good(&house);
    house.write("rules/RULE_style.md", "");
    house.write("templates/worker.md", "{{ tiket }}");
    house.write("skills/SKILL_REGISTRY.yaml", "skils: []");
    let loaded = Library::load(&house.sources(), Some(&before));
    assert_eq!(loaded.problems.len(), 3, "{:?}", said(&loaded.problems, &house));
    assert_eq!(loaded.library.versions(), before.versions());
    assert_eq!(loaded.library.texts(Role::Worker), before.texts(Role::Worker));
    assert!(loaded.library.template(Role::Worker).is_some() && loaded.library.bootstrap().is_some());
}

#[test]
fn what_is_removed_is_gone() {
    let house = House::furnished();
    let before = good(&house);
    house.remove("rules/RULE_style.md");
    house.remove("templates/TEMPLATE_REGISTRY.yaml");
    let loaded = Library::load(&house.sources(), Some(&before));
    assert_eq!((loaded.problems.len(), loaded.library.rules().count()), (0, 1));
    assert!(loaded.library.template(Role::Worker).is_none());
}
