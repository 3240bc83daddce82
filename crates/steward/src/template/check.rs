//! Whether a template keeps what a prompt needs: it is rendered with samples, whose texts have to come out whole.

use go_bus_api::{Role, Tier};
use go_rules::prompt::missing;

use super::{Template, Variables};
use crate::diagnostic::{Diagnostic, Findings, Place};

/// A prompt with every section, each of two lines that nothing else says.
fn full(role: Role) -> Variables<'static> {
    let is_orchestrator = role.tier() == Tier::Orchestrator;
    Variables {
        role,
        identity: "a sample of the identity",
        mission: "a sample of the mission\nin two lines",
        ticket: if is_orchestrator { "" } else { "a sample of the ticket\nin two lines" },
        handoff: if is_orchestrator { "a sample of the handoff\nin two lines" } else { "" },
        verification: "a sample of the verification\nin two lines",
        context_rotation: if is_orchestrator { "a sample of the context rotation\nin two lines" } else { "" },
        rules: "a sample of the rules\nin two lines",
        skills: "a sample of the skills\nin two lines",
        state_files: "a sample of the state files\nin two lines",
        bus_access: "a sample of the Bus access\nin two lines",
    }
}

/// The least that a prompt has.
fn bare(role: Role) -> Variables<'static> {
    Variables { mission: "", ticket: "", handoff: "", rules: "", skills: "", state_files: "", ..full(role) }
}

/// All that is wrong with `template`, each once.
pub(super) fn faults(template: &Template) -> Vec<Diagnostic> {
    let samples = template.roles.iter().flat_map(|role| [full(*role), bare(*role)]);
    let mut found: Vec<Diagnostic> = samples.flat_map(|sample| of_sample(template, &sample)).collect();
    found.sort();
    found.dedup();
    found
}

fn of_sample(template: &Template, sample: &Variables<'_>) -> Vec<Diagnostic> {
    let rendered = match template.render(sample) {
        Ok(rendered) => rendered,
        Err(mistake) => return vec![mistake],
    };
    let mut findings = Findings::of(&template.path);
    for (name, text) in sample.texts() {
        let is_needed =
            matches!(name, "mission" | "ticket" | "handoff" | "verification" | "context_rotation" | "rules");
        if is_needed && !rendered.contains(text) {
            let role = sample.role.as_str();
            findings.add(
                Place::START,
                format!("the prompt of a `{role}` would lose {{{{ {name} }}}}, which has to stand in it as it is"),
            );
        }
    }
    for heading in missing(sample.role, &rendered) {
        findings
            .add(Place::START, format!("the prompt of a `{}` would have no section `{heading}`", sample.role.as_str()));
    }
    findings.all()
}
