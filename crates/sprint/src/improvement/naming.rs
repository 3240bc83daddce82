//! Ids of improvement tasks: they follow from the finding, so that what is made twice is refused as already there.

use go_bus_api::{ProjectId, TaskId};

use super::{Finding, Fingerprint, ImprovementKind};

/// What the ids of all improvements of a finding begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stem(String);

impl Stem {
    /// The stem of `finding` in `project`.
    pub(super) fn of(project: &ProjectId, finding: &Finding) -> Self {
        Self(format!("{}{}-", of_kind(project, finding.kind), finding.fingerprint))
    }

    /// The id of the finding's improvement number `number`. An id that is as long as that of a project may be is never too long.
    pub(super) fn numbered(&self, number: usize) -> Option<TaskId> {
        TaskId::new(format!("{}{number}", self.0)).ok()
    }

    /// Whether `id` is one of the finding's.
    pub(super) fn is_of(&self, id: &TaskId) -> bool {
        id.as_str().strip_prefix(&self.0).is_some_and(is_number)
    }
}

/// Whether `id`, of a task of `project`, is that of an improvement of this kind.
pub(super) fn is_of_kind(id: &TaskId, project: &ProjectId, kind: ImprovementKind) -> bool {
    let rest = id.as_str().strip_prefix(&of_kind(project, kind));
    rest.and_then(|rest| rest.split_once('-')).is_some_and(|(hash, number)| hash.len() == 8 && is_number(number))
}

/// The longest id of a project that is written out: what follows it has up to 41 characters.
const LONGEST: usize = 80;

fn of_kind(project: &ProjectId, kind: ImprovementKind) -> String {
    match project.as_str() {
        short if short.len() <= LONGEST => format!("improve-{short}-{kind}-"),
        long => format!("improve-{}-{kind}-", Fingerprint::of(&[long])),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::samples::finding;
    use super::*;
    use crate::samples::id;

    #[test]
    fn an_id_tells_its_finding_and_its_kind_and_none_other() {
        let (site, finding) = (id("site"), finding(ImprovementKind::Tests, "lint"));
        let stem = Stem::of(&site, &finding);
        let first = stem.numbered(1).unwrap();
        assert_eq!(first.as_str(), format!("improve-site-tests-{}-1", finding.fingerprint));
        assert!(stem.is_of(&first) && is_of_kind(&first, &site, ImprovementKind::Tests));
        assert!(!is_of_kind(&first, &site, ImprovementKind::Hardening));
        assert!(!is_of_kind(&first, &id("si"), ImprovementKind::Tests));
        assert!(!stem.is_of(&id("improve-site-tests-00000000-1")) && !stem.is_of(&id("T-1")));
        assert!(!is_of_kind(&id("improve-site-tests-by-hand"), &site, ImprovementKind::Tests));
    }

    #[test]
    fn the_longest_project_id_has_improvements_too() {
        let long: ProjectId = id(&"p".repeat(128));
        let stem = Stem::of(&long, &finding(ImprovementKind::Optimization, "slow"));
        let last = stem.numbered(usize::MAX).unwrap();
        assert!(stem.is_of(&last) && is_of_kind(&last, &long, ImprovementKind::Optimization));
    }
}
