//! Servers that end with the test, however that ends.

use std::ffi::OsStr;
use std::process::{Child, Command, Stdio};

/// Runs a script of bash, which should start a server in the background, then read its standard input to the end, and then
/// stop the server and remove what it left. The end comes when this process dies, even if it is killed.
pub(super) fn start_guarded(script: &str, arguments: &[&OsStr]) -> Child {
    let mut guard = Command::new("bash");
    guard.args(["-c", script, "guard"]).args(arguments);
    // A process group of its own: an interrupt at the terminal reaches us, and the end of our pipe then reaches it.
    std::os::unix::process::CommandExt::process_group(&mut guard, 0);
    guard
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("bash runs")
}

/// A port that is free at this moment.
pub(super) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its number").port()
}
