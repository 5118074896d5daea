//! The command line as a client: machines without a server publish to one and pull from it.

mod cache;
mod network;
mod publish;
mod pull;
mod verify;

use cellier_tests::{Machine, TestServer};

/// The machine of somebody who may do everything.
fn machine(server: &TestServer) -> Machine {
    Machine::new(&server.url()).with_key(server.admin().key())
}

/// Bytes that look like nothing, so many that they come in many pieces.
fn large_content() -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(3_000_000).collect()
}
