//! The two registries: which templates and skills there are, each named by its id, with its file beside the registry.

mod skills;
mod templates;

use std::path::{Path, PathBuf};

pub(crate) use skills::{SkillEntry, SkillRegistry};
pub(crate) use templates::{TemplateEntry, TemplateRegistry};

use crate::diagnostic::Findings;
use crate::yaml::Word;

/// The file that the registry at `registry` means by `file`: relative to its own folder.
pub(crate) fn beside(registry: &Path, file: &Word) -> PathBuf {
    registry.parent().unwrap_or(Path::new("")).join(&file.text)
}

/// Reports an id that stands in the registry twice.
fn once(id: &Word, known: &[&Word], findings: &mut Findings<'_>) {
    if let Some(first) = known.iter().find(|known| known.text == id.text) {
        findings.add(id.place, format!("`{}` stands here twice, first in line {}", id.text, first.place.line));
    }
}
