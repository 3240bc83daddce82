//! A clean environment: nothing of the starter's but an allow-list, so that no secret of one reaches the other.

use std::collections::BTreeMap;
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

/// What sends requests through a proxy.
const PROXIES: [&str; 6] = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// What names the places that are asked without one.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Where this machine serves itself.
const LOOPBACK: &str = "127.0.0.1";

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

    /// The same where a proxy that it names is not asked for what is on this machine (`NO_PROXY`, in both spellings, as programs read one or the other).
    #[must_use]
    pub fn with_straight_loopback(self) -> Self {
        let exceptions = self.straight_loopback(&BTreeMap::new());
        exceptions.into_iter().fold(self, |environment, (name, value)| environment.with(name, OsStr::new(&value)))
    }

    /// What `NO_PROXY` has to say for that to a command that has `own` variables, which win over these; nothing where no proxy is named.
    pub fn straight_loopback(&self, own: &BTreeMap<String, String>) -> Vec<(&'static str, String)> {
        let inherited = |name: &str| self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let value =
            |name: &str| own.get(name).cloned().or_else(|| Some(inherited(name)?.to_string_lossy().into_owned()));
        if !PROXIES.iter().any(|proxy| value(proxy).is_some()) {
            return Vec::new();
        }
        let either = || EXCEPTIONS.iter().find_map(|name| value(name));
        let extended = |known: String| match known.as_str() {
            "" => LOOPBACK.to_owned(),
            // Everything goes straight, and for some programs only where nothing else is named.
            "*" => known,
            _ if known.split(',').any(|place| place.trim() == LOOPBACK) => known,
            _ => format!("{known},{LOOPBACK}"),
        };
        EXCEPTIONS.map(|name| (name, extended(value(name).or_else(either).unwrap_or_default()))).to_vec()
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
    fn what_is_on_this_machine_goes_through_no_proxy() {
        let straight = |all: &[(&str, &str)]| {
            let all = all.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
            let environment = Environment::filtered(all, &[]).with_straight_loopback();
            let values = environment.iter().map(|(n, v)| format!("{}={}", n.to_string_lossy(), v.to_string_lossy()));
            values.filter(|line| !line.contains("http")).collect::<Vec<_>>()
        };
        assert_eq!(straight(&[("NO_PROXY", "here")]), ["NO_PROXY=here"], "without a proxy there is nothing to say");
        assert_eq!(straight(&[("HTTP_PROXY", "x")]), ["HTTP_PROXY=x", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1"]);
        let both = straight(&[("all_proxy", "x"), ("no_proxy", "a,b")]);
        assert_eq!(both, ["all_proxy=x", "NO_PROXY=a,b,127.0.0.1", "no_proxy=a,b,127.0.0.1"]);
        let none = straight(&[("HTTP_PROXY", "x"), ("NO_PROXY", "*")]);
        assert_eq!(none, ["HTTP_PROXY=x", "NO_PROXY=*", "no_proxy=*"], "it is asked for nothing as it is");
    }

    #[test]
    fn a_proxy_of_the_command_s_own_counts_like_one_that_it_inherits() {
        let inherits = Environment::filtered([("NO_PROXY".into(), "here".into())], &[]);
        let own = |all: &[(&str, &str)]| all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert_eq!(inherits.straight_loopback(&own(&[])), []);
        let said = inherits.straight_loopback(&own(&[("https_proxy", "x"), ("no_proxy", "there")]));
        assert_eq!(said, [("NO_PROXY", "here,127.0.0.1".to_owned()), ("no_proxy", "there,127.0.0.1".to_owned())]);
    }

    #[test]
    fn a_setting_lets_more_names_pass() {
        assert_eq!(names(&["CCACHE_*", "GOPATH"], &["CCACHE_DIR", "GOPATH", "OTHER"]), ["CCACHE_DIR", "GOPATH"]);
    }
}
