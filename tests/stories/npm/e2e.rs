//! The suite of another registry, which its authors let judge any registry.

use cellier_tests::{NpmMachine, Proxy, TestServer};

/// What is not run, and why. The suite leaves out more by itself: `scenario:reserved-names` and `scenario:uplink-failure`,
/// which ask for a registry that fetches from another one; `scenario:minimum-release-age` for all but pnpm, the other
/// scenarios that ask by HTTP for all but npm; and with pnpm the commands that it runs with npm alone.
const SKIPPED: [(&str, &str); 2] = [
    (
        "package-names",
        "it publishes new names with capitals and such that begin with a hyphen, which npm refuses and Cellier too",
    ),
    (
        "login",
        "it makes accounts by signing in; here a superadmin makes them, and `sign_in` shows the rest",
    ),
];

/// Runs the suite with a client and expects that everything that is run passes; gives how much that was.
async fn suite(client: &str, only: &[&str]) -> usize {
    let mut server = TestServer::start().await;
    let proxy = front(&server).await;
    let url = proxy.url().replace("127.0.0.1", "localhost");
    server
        .restart_with(|setup| setup.set("server.public_url", &url))
        .await;
    let machine = NpmMachine::new(&server).patient(900);
    let mut script = format!(
        "verdaccio-e2e --registry {url} --token {} --pm {client} --timeout 300000",
        server.admin().key(),
    );
    for test in only {
        script.push_str(" --test ");
        script.push_str(test);
    }
    for (test, _reason) in SKIPPED {
        script.push_str(" --skip-test ");
        script.push_str(test);
    }
    let told = machine.run_beside(&script).await;
    let told = told.assert_success();
    let summary = told.lines().rev().find(|line| line.contains("Total:"));
    let summary = summary.expect("a summary");
    let number = |word: &str| {
        let before = summary.split(word).next().unwrap_or_default();
        let digits = before
            .trim_end()
            .rsplit(|character: char| !character.is_ascii_digit());
        digits
            .into_iter()
            .next()
            .and_then(|digits| digits.parse::<usize>().ok())
    };
    assert_eq!(number("failed"), Some(0), "{told}");
    number("passed").expect("a number")
}

/// The suite asks for paths at the root of the host, and reads what it published without a credential. So something
/// stands before the registry that says the mount, and reads for everybody.
async fn front(server: &TestServer) -> Proxy {
    let key = server.read_key("front").create().await;
    let key = key.key().to_owned();
    Proxy::before(server, move |head| {
        let (method, rest) = head.split_once(' ').expect("a request line");
        let mount = if rest.starts_with("/npm/") {
            ""
        } else {
            "/npm"
        };
        let lower = head.to_ascii_lowercase();
        let reads = matches!(method, "GET" | "HEAD") && !lower.contains("\r\nauthorization:");
        let credential = if reads {
            format!("\r\nx-api-key: {key}")
        } else {
            String::new()
        };
        format!("{method} {mount}{rest}{credential}")
    })
}

#[tokio::test]
async fn the_suite_of_another_registry_passes_with_pnpm() {
    assert!(suite("pnpm", &[]).await >= 7);
}

/// What the suite asks by HTTP itself; all commands of npm take a minute or two more.
#[tokio::test]
async fn the_suite_of_another_registry_finds_documents_and_tarballs_in_order() {
    let only = ["scenario:metadata", "scenario:tarballs"];
    assert_eq!(suite("npm", &only).await, only.len());
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn the_suite_of_another_registry_passes_with_npm() {
    assert!(suite("npm", &[]).await >= 14);
}
