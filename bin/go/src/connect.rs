//! A client of the Bus that the settings name, with the token that lies nearest.

use std::path::Path;
use std::sync::Arc;

use go_bus_client::{BusClient, HttpTransport, RetryPolicy, Token, TokenSource};

use crate::failure::Failure;
use crate::settings::Settings;

/// The operator's token in the data folder.
pub(crate) const OPERATOR_TOKEN: &str = "operator.token";

/// A client for one command: one try, so that a Bus that is away is told at once.
pub(crate) fn client(settings: &Settings) -> Result<BusClient, Failure> {
    Ok(lasting_client(&settings.bus.url, token(&settings.data)?)?.with_retry(RetryPolicy::Never))
}

/// The same for a GO in a managed session, whose Bus is at `url`. It is not given `XIO_TOKEN`, so here too the token in the data
/// folder comes first.
pub(crate) fn client_of_session(settings: &Settings, url: &str) -> Result<BusClient, Failure> {
    let token = match Token::from_file(&settings.data.join(OPERATOR_TOKEN)) {
        Ok(token) => token,
        Err(_) => token(&settings.data)?,
    };
    Ok(lasting_client(url, token)?.with_retry(RetryPolicy::Never))
}

/// A client for a lasting command that acts as the operator.
pub(crate) fn operator(settings: &Settings) -> Result<BusClient, Failure> {
    lasting_client(&settings.bus.url, token(&settings.data)?)
}

/// A client that bears with a Bus that is away for a moment.
pub(crate) fn lasting_client(url: &str, tokens: impl Into<TokenSource>) -> Result<BusClient, Failure> {
    let transport = HttpTransport::new(url)
        .map_err(|error| Failure::usage(error, "set bus.url, XIO_BUS_URL or --bus-url to the Bus's address"))?;
    Ok(BusClient::new(Arc::new(transport), tokens))
}

/// `XIO_TOKEN`, else the operator's token in `data`. Where there is neither, a token that the Bus refuses: whether it is there
/// at all is the better news.
fn token(data: &Path) -> Result<Token, Failure> {
    let wrong = |error| Failure::usage(error, "look at XIO_TOKEN and at operator.token in the data folder");
    match std::env::var("XIO_TOKEN") {
        Ok(text) if !text.trim().is_empty() => Token::new(text).map_err(wrong),
        _ => match std::fs::read_to_string(data.join(OPERATOR_TOKEN)) {
            Ok(text) => Token::new(text).map_err(wrong),
            Err(_) => Token::new("none").map_err(wrong),
        },
    }
}
