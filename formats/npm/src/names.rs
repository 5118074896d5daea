//! Names as npm has them.

use cellier_sdk::Naming;

/// Most characters of a name, scope included.
const LONGEST: usize = 214;

/// Words that mean something else to npm or to browsers that look around a registry.
const RESERVED: [&str; 2] = ["node_modules", "favicon.ico"];

/// Modules of node itself: `require("fs")` never reaches a package of that name, so publishing one can only deceive.
const CORE_MODULES: [&str; 42] = [
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// The rules that npm has for names of new packages.
pub(crate) fn naming() -> Naming {
    Naming::plain()
        .scoped()
        .lower_case()
        .longest(LONGEST)
        .reserved(RESERVED)
        .reserved(CORE_MODULES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_npm_takes_are_taken() {
        let longest = "x".repeat(LONGEST);
        for good in [
            "is-number",
            "lodash.get",
            "some_thing",
            "0",
            "@types/node",
            "@acme/fs",
            &longest,
        ] {
            assert!(naming().parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn names_that_npm_refuses_are_refused() {
        let too_long = "x".repeat(LONGEST + 1);
        for bad in [
            "",
            "JSONStream",
            ".hidden",
            "_private",
            "-dash",
            "a b",
            " a",
            "a~b",
            "a'b",
            "a!b",
            "a(b)",
            "a*b",
            "a%2fb",
            "node_modules",
            "favicon.ico",
            "fs",
            "worker_threads",
            "@acme",
            "@acme/",
            "@/x",
            "@a/b/c",
            "../etc",
            "résumé",
            &too_long,
        ] {
            assert!(naming().parse(bad).is_err(), "{bad:?}");
        }
    }
}
