//! What each node runs. A process that ends by itself is started anew a little later, as a supervisor does.

mod bus;
mod client;
mod go;
mod host;
mod operator;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::ground::Ground;
use crate::{Node, Seen};

pub(crate) use client::{client, operator_client};

/// How long a supervisor waits before it starts a process anew.
const AGAIN: Duration = Duration::from_millis(500);

/// Runs a node for ever.
pub(crate) async fn run(ground: Arc<Ground>, node: Node) -> turmoil::Result {
    match node {
        Node::Bus => supervised(&ground, node, || bus::run(Arc::clone(&ground))).await,
        Node::Go(_) => supervised(&ground, node, || go::run(Arc::clone(&ground), node)).await,
        Node::Launcher(host) => supervised(&ground, node, || host::launcher(Arc::clone(&ground), host)).await,
        Node::Agents(host) => supervised(&ground, node, || host::agents(Arc::clone(&ground), host)).await,
        Node::Operator => supervised(&ground, node, || operator::run(Arc::clone(&ground))).await,
    }
}

async fn supervised<R: Future<Output = String>>(
    ground: &Ground,
    node: Node,
    process: impl Fn() -> R,
) -> turmoil::Result {
    loop {
        ground.begin_life(node);
        let how = process().await;
        ground.see(&Seen::Ended { node, how });
        tokio::time::sleep(AGAIN).await;
    }
}
