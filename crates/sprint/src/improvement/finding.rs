//! What there is to improve, and how it is told when it is improved.

use std::fmt;

use go_bus_api::Text;

/// The kinds of improvement work (R29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ImprovementKind {
    /// A test that fails or is missing.
    Tests,
    /// What a lint, a scan or a failure has shown to be weak.
    Hardening,
    /// What is slower or larger than it should be.
    Optimization,
}

impl ImprovementKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Tests, Self::Hardening, Self::Optimization];

    /// The kind as settings and ids have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Hardening => "hardening",
            Self::Optimization => "optimization",
        }
    }
}

impl fmt::Display for ImprovementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What tells a finding from others of its project and kind, in 32 bits. Of two that share one, one waits for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(u32);

impl Fingerprint {
    /// The fingerprint of what `parts` say: the same for the same parts, in every process (FNV-1a, 32 bits).
    ///
    /// ```
    /// use go_sprint::improvement::Fingerprint;
    /// assert_eq!(Fingerprint::of(&["lint"]).to_string(), Fingerprint::of(&["lint"]).to_string());
    /// assert_ne!(Fingerprint::of(&["a", "b"]), Fingerprint::of(&["ab"]));
    /// ```
    pub fn of(parts: &[&str]) -> Self {
        let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
        Self(bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Something to improve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of work it is.
    pub kind: ImprovementKind,
    /// One line.
    pub title: Text<512>,
    /// What is to be done, for an agent that reads it.
    pub description: Text<65536>,
    /// The command of the shell driver; without it only an agent can do it.
    pub run: Option<Text<16384>>,
    /// Commands that fail before the work and pass after it: at least one, none of them blank.
    pub verify: Vec<Text<4096>>,
    /// What tells it from others.
    pub fingerprint: Fingerprint,
    /// Whether there may be more of it once it was mended: a check that looks at everything. What does not recur is mended once.
    pub recurs: bool,
}

impl Finding {
    /// Whether anything tells when it is mended (R23).
    pub fn is_verifiable(&self) -> bool {
        !self.verify.is_empty() && !self.verify.iter().any(Text::is_blank)
    }
}
