//! The server and command line of Cellier.

fn main() {}
