//! `bus`: where the Bus is, where it listens, what it stores in.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use super::reader::Reader;
use super::value::{Setting, scalar};

/// The port of the seed (R15).
const PORT: u16 = 8088;

/// What the Bus stores in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server's URL, password included.
    Postgres(String),
}

impl Setting for Database {
    fn read(value: &Value) -> Result<Self, String> {
        let text = String::read(value)?;
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => Ok(Self::Postgres(text)),
            _ => Err("neither sqlite:PATH nor postgres://HOST/DATABASE".to_owned()),
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(url) => without_password(url),
        }
    }
}

/// The URL with its password as asterisks.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("//") else { return url.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    match authority.rsplit_once('@').map(|(user, host)| (user.split(':').next().unwrap_or_default(), host)) {
        Some((user, host)) => format!("{scheme}//{user}:***@{host}{}", tail.split('?').next().unwrap_or_default()),
        None => format!("{scheme}//{authority}{}", tail.split('?').next().unwrap_or_default()),
    }
}

/// An address to listen on: `127.0.0.1:8088`, `localhost:8088`, `[::1]:0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listen(pub(crate) SocketAddr);

impl Setting for Listen {
    fn read(value: &Value) -> Result<Self, String> {
        let text = scalar(value).unwrap_or_default();
        let numeric = text.strip_prefix("localhost:").map_or_else(|| text.clone(), |port| format!("127.0.0.1:{port}"));
        numeric.parse().map(Self).map_err(|_| format!("{text:?} is not an address such as 127.0.0.1:{PORT}"))
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}

impl Listen {
    /// The URL under which a process of this machine reaches a Bus that listens here.
    pub(crate) fn url(self) -> String {
        let host = match self.0.ip() {
            ip if !ip.is_unspecified() => ip,
            ip if ip.is_ipv4() => Ipv4Addr::LOCALHOST.into(),
            _ => Ipv6Addr::LOCALHOST.into(),
        };
        format!("http://{}", SocketAddr::new(host, self.0.port()))
    }
}

/// Where the Bus is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BusSettings {
    /// Where clients find it.
    pub(crate) url: String,
    /// Where it listens.
    pub(crate) listen: Listen,
    /// What it stores in.
    pub(crate) database: Database,
    /// Whether GO brings its own Bus.
    autostart: bool,
    /// Whether GO may run against a Bus without fencing.
    pub(crate) allow_unfenced: bool,
}

impl BusSettings {
    /// Reads the section. Where only `listen` is set, `url` follows it; the database lies in the data folder unless told.
    pub(super) fn read(reader: &mut Reader<'_>, data: &Path) -> Self {
        let usual = Listen(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
        let listen = reader.get("bus.listen", usual);
        let follows = if listen == usual { format!("http://localhost:{PORT}") } else { listen.url() };
        let url = reader.checked("bus.url", follows, |url| {
            let fits =
                url.strip_prefix("http://").or(url.strip_prefix("https://")).is_some_and(|rest| !rest.is_empty());
            if fits { Ok(()) } else { Err(format!("{url:?} does not begin with http:// or https://")) }
        });
        let database = reader.get("bus.database", Database::Sqlite(data.join("bus.db")));
        let autostart = reader.get("bus.autostart", true);
        let allow_unfenced = reader.get("bus.allow_unfenced", false);
        Self { url: url.trim_end_matches('/').to_owned(), listen, database, autostart, allow_unfenced }
    }

    /// Whether GO's Bus is part of its own process: it may be, and clients look for it where that process listens.
    pub(crate) fn is_embedded(&self) -> bool {
        let here = [self.listen.url(), format!("http://localhost:{}", self.listen.0.port())];
        self.autostart && here.contains(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let shown = |url: &str| Database::Postgres(url.to_owned()).show();
        assert_eq!(shown("postgres://go:s3:c@ret@db:5432/bus?password=s3"), "postgres://go:***@db:5432/bus");
        assert_eq!(shown("postgres://db/bus"), "postgres://db/bus");
    }

    #[test]
    fn whoever_listens_everywhere_is_reached_through_loopback() {
        let url = |text: &str| Listen::read(&Value::String(text.to_owned())).map(Listen::url);
        assert_eq!(url("0.0.0.0:9000"), Ok("http://127.0.0.1:9000".to_owned()));
        assert_eq!(url("[::]:9000"), Ok("http://[::1]:9000".to_owned()));
        assert_eq!(url("localhost:1"), Ok("http://127.0.0.1:1".to_owned()));
        assert!(url("8088").is_err());
    }
}
