//! The Bus's listener on the simulated network.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use turmoil::net::{TcpListener, TcpStream};

use super::io::GatedIo;
use crate::Node;
use crate::ground::Ground;

/// Takes the connections of a node.
pub(crate) struct SimListener {
    listener: TcpListener,
    ground: Arc<Ground>,
    node: Node,
    /// Who is at which address.
    nodes: BTreeMap<IpAddr, Node>,
}

impl SimListener {
    /// Listens at the Bus's port of `node`, on whose host it is called.
    pub(crate) async fn bind(ground: Arc<Ground>, node: Node) -> io::Result<Self> {
        let listener = TcpListener::bind((IpAddr::from([0, 0, 0, 0]), super::PORT)).await?;
        let nodes = ground.nodes().map(|node| (turmoil::lookup(node.name()), node)).collect();
        Ok(Self { listener, ground, node, nodes })
    }
}

impl go_bus_server::Listener for SimListener {
    type Io = GatedIo<TcpStream>;

    async fn accept(&mut self) -> io::Result<Self::Io> {
        let (stream, peer) = self.listener.accept().await?;
        let peer = self.nodes.get(&peer.ip()).copied().ok_or(io::ErrorKind::ConnectionAborted)?;
        let (process, way) = (self.ground.node(self.node).gate.clone(), self.ground.links.way(peer, self.node));
        Ok(GatedIo::new(stream, process, way))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
