//! The clients that processes speak to the Bus through.

use std::sync::Arc;
use std::time::Duration;

use go_bus_client::{BusClient, Token, TokenSource};

use crate::Node;
use crate::ground::Ground;
use crate::net::SimTransport;

/// How often whoever needs the operator's token looks for it.
const LOOK: Duration = Duration::from_millis(50);

/// A client of a node's process with this token.
pub(crate) fn client(ground: &Arc<Ground>, node: Node, tokens: impl Into<TokenSource>) -> BusClient {
    let transport = Arc::new(SimTransport::new(ground, node));
    BusClient::new(transport, tokens)
        .with_clock(Arc::new(ground.clock(node)))
        .with_stream_idle(ground.settings.keep_alive() * 3)
}

/// A client with the operator's token, once the Bus has made that.
pub(crate) async fn operator_client(ground: &Arc<Ground>, node: Node) -> BusClient {
    let path = ground.folder(Node::Bus).join("operator.token");
    loop {
        if let Ok(token) = Token::from_file(&path) {
            return client(ground, node, token);
        }
        tokio::time::sleep(LOOK).await;
    }
}
