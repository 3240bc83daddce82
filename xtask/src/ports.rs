//! Ports for servers that are killed and started again.

use std::net::{SocketAddr, TcpListener};

/// Ports below those that the kernel gives to outgoing connections: while a killed server is away nobody else gets its port.
const FIRST: u32 = 20_000;
const PORTS: u32 = 12_000;
/// Steps through all ports, since it has no factor in common with their number.
const STEP: u32 = 7_919;

/// A local address that nobody listens at and no outgoing connection will take.
pub(crate) fn lasting_address() -> SocketAddr {
    let start = std::process::id() % PORTS;
    let port = |n: u32| u16::try_from(FIRST + (start + n * STEP) % PORTS).unwrap_or(u16::MAX);
    let address = |n| SocketAddr::from(([127, 0, 0, 1], port(n)));
    (0..100).map(address).find(|address| TcpListener::bind(address).is_ok()).unwrap_or_else(|| address(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_passed_over() {
        let first = lasting_address();
        let _taken = TcpListener::bind(first).unwrap();
        let second = lasting_address();
        assert_ne!(first, second);
        assert!((FIRST..FIRST + PORTS).contains(&u32::from(second.port())));
    }
}
