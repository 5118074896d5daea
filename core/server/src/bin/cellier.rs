//! The server and command line of Cellier.

fn main() -> std::process::ExitCode {
    cellier_server::main()
}
