//! How an agent's command line is kept to itself: nothing of the person's own settings is read, no telemetry is sent, no
//! other host is reached.

use std::fs;
use std::io;
use std::path::Path;

use crate::ModelServer;

/// Variables for both: a home of their own, and the server as the way to every other host, which it refuses.
fn alone(home: &Path, server: &ModelServer) -> Vec<(String, String)> {
    let url = server.url();
    let path = std::env::var("PATH").unwrap_or_default();
    let home = home.display().to_string();
    [
        ("PATH", path.as_str()),
        ("HOME", home.as_str()),
        ("LANG", "C.UTF-8"),
        ("HTTP_PROXY", url.as_str()),
        ("HTTPS_PROXY", url.as_str()),
        ("NO_PROXY", "127.0.0.1,localhost"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// The whole environment of a Claude Code that has `home` to itself and `server` as its provider.
pub fn claude_environment(home: &Path, server: &ModelServer) -> io::Result<Vec<(String, String)>> {
    let config = home.join(".claude");
    fs::create_dir_all(&config)?;
    let mut variables = alone(home, server);
    let url = server.url();
    let config = config.display().to_string();
    let own = [
        ("CLAUDE_CONFIG_DIR", config.as_str()),
        ("ANTHROPIC_BASE_URL", url.as_str()),
        ("ANTHROPIC_API_KEY", "sk-ant-scripted"),
        ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
        ("DISABLE_AUTOUPDATER", "1"),
        ("DISABLE_TELEMETRY", "1"),
        ("DISABLE_ERROR_REPORTING", "1"),
    ];
    variables.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(variables)
}

/// The whole environment of a Codex that has `home` to itself and `server` as its provider; writes its settings there.
pub fn codex_environment(home: &Path, server: &ModelServer) -> io::Result<Vec<(String, String)>> {
    codex_settings(home, server)?;
    let mut variables = alone(home, server);
    variables.push(("CODEX_HOME".to_owned(), home.join(".codex").display().to_string()));
    Ok(variables)
}

/// Makes the server its provider, by the settings of the person whose home it is.
fn codex_settings(home: &Path, server: &ModelServer) -> io::Result<()> {
    let config = home.join(".codex");
    fs::create_dir_all(&config)?;
    let settings = format!(
        "model_provider = \"scripted\"\ncheck_for_update_on_startup = false\n\n\
         [features]\nplugins = false\nremote_plugin = false\napps = false\n\n[analytics]\nenabled = false\n\n\
         [model_providers.scripted]\nname = \"scripted\"\nbase_url = \"{}/v1\"\nwire_api = \"responses\"\n\
         experimental_bearer_token = \"sk-scripted\"\n",
        server.url()
    );
    fs::write(config.join("config.toml"), settings)
}
