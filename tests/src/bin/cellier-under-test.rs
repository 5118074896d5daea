//! The server as the stories start it: the real one, with the test format linked in beside the others, and with the
//! faults that a story asks for.

use cellier_test_format as _;

fn main() -> std::process::ExitCode {
    cellier_store::faults::arm();
    cellier_server::main()
}
