//! The models there are, as settings, and which is stronger.

use go_bus_api::{Model, Text};

/// How strong a model is; a reviewer's is never weaker than the builder's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// The Haiku family.
    Light,
    /// The Sonnet family, and every model that is not known.
    Standard,
    /// The Opus family.
    Strong,
}

/// The setting `models`: the full id that each alias stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Models {
    /// What runs where nothing else is said; also the alias `sonnet`.
    pub default: Model,
    /// What `model: opus` means.
    pub opus: Model,
    /// What workers run on; also the alias `haiku`.
    pub haiku: Model,
}

impl Default for Models {
    fn default() -> Self {
        let model = |id| Model(Text::clipped(id));
        Self { default: model("claude-sonnet-4-6"), opus: model("claude-opus-4-6"), haiku: model("claude-haiku-4-5") }
    }
}

impl Models {
    /// The full id for what a ticket or an agent names.
    pub fn resolve(&self, named: &Model) -> Model {
        match named.0.as_str() {
            "opus" => self.opus.clone(),
            "haiku" => self.haiku.clone(),
            "sonnet" | "default" => self.default.clone(),
            _ => named.clone(),
        }
    }

    /// How strong a model is.
    pub fn strength(&self, model: &Model) -> Strength {
        let id = self.resolve(model);
        if id == self.opus || id.is_opus() {
            Strength::Strong
        } else if id == self.haiku || id.0.as_str().starts_with("claude-haiku") {
            Strength::Light
        } else {
            Strength::Standard
        }
    }

    /// The stronger of two; the first where they are equal.
    pub fn stronger(&self, one: Model, other: Model) -> Model {
        if self.strength(&other) > self.strength(&one) { other } else { one }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(id: &str) -> Model {
        Model(Text::clipped(id))
    }

    #[test]
    fn aliases_become_the_settings_ids_and_full_ids_stay() {
        let models = Models { opus: model("house-opus"), ..Models::default() };
        assert_eq!(models.resolve(&model("opus")), model("house-opus"));
        assert_eq!(models.resolve(&model("sonnet")), model("claude-sonnet-4-6"));
        assert_eq!(models.resolve(&model("gpt-5")), model("gpt-5"));
    }

    #[test]
    fn families_are_ordered_by_alias_and_by_id() {
        let models = Models::default();
        let strength = |id: &str| models.strength(&model(id));
        assert_eq!((strength("haiku"), strength("claude-haiku-3")), (Strength::Light, Strength::Light));
        assert_eq!((strength("opus"), strength("claude-opus-5")), (Strength::Strong, Strength::Strong));
        assert_eq!((strength("sonnet"), strength("gpt-5")), (Strength::Standard, Strength::Standard));
        assert_eq!(models.stronger(model("gpt-5"), model("sonnet")), model("gpt-5"));
    }
}
