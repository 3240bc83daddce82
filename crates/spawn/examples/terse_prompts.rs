//! A prompt source of one's own: one more rule, and workers' prompts without a mission.
//! `cargo run -p go-spawn --example terse_prompts`

use go_bus_api::Role;
use go_spawn::{Briefing, BuiltIn, Hand, Identity, PromptBuilder, PromptSource, Sections, Verification, conformance};

#[derive(Debug, Default)]
struct Terse;

impl PromptSource for Terse {
    fn briefing(&self, role: Role) -> Briefing {
        let house = BuiltIn.briefing(role);
        Briefing { rules: format!("{}- Be brief.\n", house.rules), ..house }
    }

    fn lay_out(&self, sections: &Sections) -> Option<String> {
        let Sections { ticket, verification, rules, bus_access, .. } = sections;
        let terse =
            format!("{ticket}\n## Verification\n\n{verification}\n## Rules\n\n{rules}\n## Bus access\n\n{bus_access}");
        (sections.role == Role::Worker).then_some(terse)
    }
}

fn main() {
    let builder = PromptBuilder::for_hand(Hand::Worker, Identity::new("a worker", "of project site"));
    println!("{}", builder.verification(Verification::commands(["make test"])).build(&Terse));
    println!("what it breaks: {:?}", conformance::prompts(&Terse));
}
