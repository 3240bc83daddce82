//! What the pages tell people to write is what the program takes.

use std::path::Path;

use crate::place::{Place, code, err, out};

/// The pages with settings and plans of a person's.
const PAGES: &[&str] = &[
    "README.md",
    "docs/accounts.md",
    "docs/orchestrators.md",
    "docs/drivers/bring-your-own.md",
    "docs/drivers/claude.md",
    "docs/drivers/codex.md",
    "docs/drivers/command.md",
];

/// The blocks of YAML in a page.
fn blocks(page: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let begun = text.split("```yaml\n").skip(1);
    begun.map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_plan_and_every_setting_on_a_page_is_sound() {
    for page in PAGES {
        let blocks = blocks(page);
        assert!(!blocks.is_empty(), "{page} has none");
        for block in blocks {
            let is_plan = block.lines().any(|line| line.starts_with("projects:"));
            let (file, noun) = if is_plan { ("plan.yaml", "plan") } else { ("go.yaml", "config") };
            let place = Place::new();
            // A part of a plan is shown without its first line.
            let is_part = is_plan && !block.starts_with("version:");
            let text = if is_part { format!("version: 1\n{block}") } else { block };
            std::fs::write(place.path().join(file), &text).unwrap();
            let output = place.go(&[noun, "check"]);
            assert_eq!(code(&output), 0, "{page}\n{text}\n{}{}", out(&output), err(&output));
        }
    }
}

#[test]
fn the_guide_s_plan_can_be_written_as_it_is() {
    let plan = blocks("docs/drivers/bring-your-own.md").into_iter().find(|block| block.contains("projects:")).unwrap();
    let place = Place::with_plan(&plan);
    let output = place.go(&["plan", "check"]);
    assert_eq!((code(&output), out(&output)), (0, "plan.yaml: 1 project, 1 ticket, all sound\n".to_owned()));
}
