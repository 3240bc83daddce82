//! How a prompt's sections are set where nobody says otherwise, and which layouts are taken from others.

use go_bus_api::{Prompt, Role, Tier};
use go_rules::prompt::missing;

use crate::prompt::source::{PromptSource, Sections};

/// The sections under their headings, without those that have nothing to say.
pub(crate) fn built_in(sections: &Sections) -> String {
    let mut text = format!("# You are {}\n", sections.identity);
    for (heading, body) in [
        ("Mission", &sections.mission),
        ("Ticket", &sections.ticket),
        ("Handoff", &sections.handoff),
        ("Verification", &sections.verification),
        ("Context rotation", &sections.context_rotation),
        ("Rules", &sections.rules),
        ("Skills", &sections.skills),
        ("State files", &sections.state_files),
        ("Bus access", &sections.bus_access),
    ] {
        section(&mut text, heading, body);
    }
    text
}

/// The layout of somebody else as a prompt, where it may be one: it has what the Bus asks for, with the very texts, and nothing of it
/// would be cut off.
pub(crate) fn taken(text: String, sections: &Sections) -> Option<Prompt> {
    let carries = |body: &String| text.contains(body.trim_end());
    let is_whole = missing(sections.role, &text).is_empty()
        && carries(&sections.verification)
        && carries(&sections.handoff)
        && carries(&sections.context_rotation);
    is_whole.then(|| Prompt::new(text).ok()).flatten()
}

/// What becomes of a sample of this role's sections where `source` lays them out: `None` where it leaves that to the built-in layout,
/// and nothing inside where its layout is not taken.
pub(crate) fn laid_out(source: &dyn PromptSource, role: Role) -> Option<Option<Prompt>> {
    let sample = |name: &str| format!("a sample of the {name}\nin two lines");
    let of = |is_so: bool, name: &str| if is_so { sample(name) } else { String::new() };
    let is_orchestrator = role.tier() == Tier::Orchestrator;
    let sections = Sections {
        role,
        identity: "a sample".to_owned(),
        mission: sample("mission"),
        ticket: of(!is_orchestrator, "ticket"),
        handoff: of(is_orchestrator, "handoff"),
        verification: sample("verification"),
        context_rotation: of(is_orchestrator, "context rotation"),
        rules: sample("rules"),
        skills: sample("skills"),
        state_files: sample("state files"),
        bus_access: sample("Bus access"),
    };
    source.lay_out(&sections).map(|text| taken(text, &sections))
}

/// Adds a section where there is something to say.
fn section(text: &mut String, heading: &str, body: &str) {
    if !body.trim().is_empty() {
        text.push_str("\n## ");
        text.push_str(heading);
        text.push_str("\n\n");
        text.push_str(body.trim_end());
        text.push('\n');
    }
}
