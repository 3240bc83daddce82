//! How a prompt's sections are set where nobody says otherwise, and which layouts are taken from others.

use go_bus_api::Prompt;
use go_rules::prompt::missing;

use crate::prompt::source::Sections;

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
