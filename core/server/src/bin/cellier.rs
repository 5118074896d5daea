//! The server and command line of Cellier.

/// Requests are many small allocations on all threads, which this allocator is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cellier_server::main()
}
