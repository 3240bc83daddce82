//! What every source of improvements has to hold to. A source's own tests call [`run`] with a subject of its kind.

use std::collections::BTreeSet;

use super::{Finding, ImprovementSource, Subject};

/// Checks what `source` answers about `subject`; tells what it breaks, in words. Empty means that it conforms. Whether each `verify` fails
/// before the work and passes after it only a run of it can show.
pub fn run(source: &dyn ImprovementSource, subject: &Subject<'_>) -> Vec<String> {
    let findings = source.findings(subject);
    let mut broken: Vec<String> = findings.iter().flat_map(|finding| faults(finding, subject)).collect();
    if source.findings(subject) != findings {
        broken.push("the same question, another answer".to_owned());
    }
    let mut seen = BTreeSet::new();
    for finding in &findings {
        if !seen.insert((finding.kind, finding.fingerprint)) {
            broken.push(format!("{}: another finding has its fingerprint", finding.title));
        }
    }
    if !findings.is_empty() && source.lacks(subject).is_some() {
        broken.push("it has findings, and says that it lacks something".to_owned());
    }
    broken
}

fn faults(finding: &Finding, subject: &Subject<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut wrong = |what: &str| faults.push(format!("{}: {what}", finding.title));
    if finding.title.is_blank() {
        wrong("it has no title");
    }
    if finding.description.is_blank() {
        wrong("it does not say what is to be done");
    }
    if !finding.is_verifiable() {
        wrong("nothing tells when it is mended");
    }
    if !super::can_be_built(finding, subject.driver) {
        wrong("the shell driver has nothing to run");
    }
    faults
}
