//! A clean environment: nothing of the starter's but an allow-list, so that no secret of one reaches the other.

use std::ffi::{OsStr, OsString};

/// The names that every process keeps; one that ends in `*` stands for all that begin so.
pub const ALLOWED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TERM",
    "TMPDIR",
    "TZ",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "SSL_CERT_*",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
];

/// The variables that a started process has before its own are added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    /// Those of `all` that [`ALLOWED`] or `keep` names.
    pub fn filtered(all: impl IntoIterator<Item = (OsString, OsString)>, keep: &[String]) -> Self {
        let is_kept =
            |name: &str| ALLOWED.iter().copied().chain(keep.iter().map(String::as_str)).any(|p| fits(p, name));
        Self(all.into_iter().filter(|(name, _)| name.to_str().is_some_and(is_kept)).collect())
    }

    /// Those of this process.
    pub fn inherited(keep: &[String]) -> Self {
        Self::filtered(std::env::vars_os(), keep)
    }

    /// The same with this variable set.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &OsStr) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.into(), value.to_os_string()));
        self
    }

    /// The variables.
    pub fn iter(&self) -> impl Iterator<Item = &(OsString, OsString)> {
        self.0.iter()
    }

    /// Where programs are looked up.
    pub fn path(&self) -> Option<&OsString> {
        self.0.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value)
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(keep: &[&str], all: &[&str]) -> Vec<String> {
        let keep: Vec<_> = keep.iter().map(|k| (*k).to_owned()).collect();
        let all = all.iter().map(|n| (OsString::from(n), OsString::from("x")));
        Environment::filtered(all, &keep).iter().map(|(n, _)| n.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn secrets_and_tokens_do_not_pass() {
        let all =
            ["PATH", "ANTHROPIC_API_KEY", "XIO_TOKEN", "LC_ALL", "LD_PRELOAD", "AWS_SECRET", "PATHX", "SSL_CERT_FILE"];
        assert_eq!(names(&[], &all), ["PATH", "LC_ALL", "SSL_CERT_FILE"]);
    }

    #[test]
    fn a_setting_lets_more_names_pass() {
        assert_eq!(names(&["CCACHE_*", "GOPATH"], &["CCACHE_DIR", "GOPATH", "OTHER"]), ["CCACHE_DIR", "GOPATH"]);
    }
}
