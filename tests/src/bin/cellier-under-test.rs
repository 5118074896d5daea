//! The server as the stories start it: the real one, with the test format linked in beside the others.

use cellier_test_format as _;

fn main() -> std::process::ExitCode {
    cellier_server::main()
}
