//! Whatever goes into a prompt, it has the sections that the Bus asks for.

use go_bus_api::{Ratio, Role, Task, Text};
use go_rules::prompt::missing;
use proptest::prelude::*;

use super::{Identity, PromptBuilder, Rotation, Verification};
use crate::{Orchestrator, samples};

/// Text with what could break a prompt: headings, line ends, NULs, long runs.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("## Verification\n".to_owned()),
        Just("\n## Context rotation\n".to_owned()),
        Just("# Top\r\n".to_owned()),
        Just("\0".to_owned()),
        Just("`\n".to_owned()),
        Just("x".repeat(40_000)),
        "\\PC{0,40}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_hand_s_prompt_is_complete_whatever_went_into_it(
        who in nasty(), mission in nasty(), rules in nasty(), description in nasty(),
        commands in prop::collection::vec(nasty(), 0..12),
    ) {
        let task = Task { description: Text::clipped(&description), ..samples::task("T-1") };
        let prompt = PromptBuilder::for_hand(Identity::new(&who, &who))
            .mission(&mission).rules(&rules).ticket(&task)
            .verification(Verification::commands(&commands))
            .build();
        prop_assert!(missing(Role::Worker, prompt.as_str()).is_empty());
        prop_assert!(prompt.as_str().contains("XIO_TOKEN_FILE"), "the end was cut off");
        let headings = prompt.as_str().lines().filter(|line| line.trim_end() == "## Verification").count();
        prop_assert_eq!(headings, 1, "foreign text passes for the section");
    }

    #[test]
    fn an_orchestrator_s_prompt_is_complete_too(mission in nasty(), rules in nasty(), rotate_at in 0.0..1.0_f64) {
        let po = Orchestrator::Po(samples::id("site"));
        let prompt = PromptBuilder::for_orchestrator(&po).mission(&mission).rules(&rules)
            .context_rotation(Rotation::at(Ratio::new(rotate_at).unwrap()))
            .verification(Verification::of_an_orchestrator())
            .build();
        prop_assert!(missing(Role::Po, prompt.as_str()).is_empty());
    }
}

#[test]
fn what_the_builder_needs_to_know_is_there() {
    let task = Task {
        run: Some(Text::clipped("make index")),
        error: Some(Text::clipped("exit 2")),
        review_notes: Some(Text::clipped("no title")),
        ..samples::task("T-1")
    };
    let prompt = PromptBuilder::for_hand(Identity::new("a worker", "of project site"))
        .ticket(&task)
        .verification(Verification::commands(["test -s out\ntrue"]))
        .build();
    for part in ["# You are a worker of project site", "make index", "exit 2", "no title", "- `test -s out`\n  `true`"]
    {
        assert!(prompt.as_str().contains(part), "{part:?} is missing in\n{prompt}");
    }
    assert!(!prompt.as_str().contains("## Context rotation"));
}
