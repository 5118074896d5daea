//! `cellier user`, beside a running server.

use cellier_tests::{Outcome, PASSWORD, Setup, TestServer};
use serde_json::{Value, json};

use crate::first_start::{complete, setup_token};

/// Runs `cellier user …` beside a server.
fn user(server: &TestServer, arguments: &str, input: &str) -> Outcome {
    let arguments: Vec<_> = ["user"].into_iter().chain(arguments.split(' ')).collect();
    server.run_with_input(&arguments, input)
}

#[tokio::test]
async fn the_command_line_makes_users_beside_a_running_server() {
    let server = Setup::new().cheap_passwords().start().await;
    let link = setup_token(&server).expect("a link");
    let password = format!("{PASSWORD}\n");
    user(
        &server,
        "create root --superadmin --password-stdin",
        &password,
    )
    .assert_success();
    complete(&server, &link, "eve").await.assert_status(404);
    let root = server.anonymous().sign_in("root", PASSWORD).await;
    assert_eq!(root.get_json("session").await["superadmin"], true);

    user(&server, "create anna --password-stdin", &password).assert_success();
    server.anonymous().sign_in("anna", PASSWORD).await;
    for (arguments, input, code, says) in [
        (
            "create bert --password-stdin",
            "short\n",
            1,
            "12 to 1024 bytes",
        ),
        ("create anna --password-stdin", &password, 1, "is taken"),
        (
            "create Bert --password-stdin",
            &password,
            1,
            "1 to 64 of a-z",
        ),
        ("create bert", &password, 2, "--password-stdin"),
    ] {
        let refused = user(&server, arguments, input);
        assert!(refused.assert_failure(code).contains(says), "{refused:?}");
    }
    let listed = user(&server, "list", "");
    let table = listed.assert_success();
    assert!(table.contains("root  user  superadmin  active"), "{table}");
    let json: Value =
        serde_json::from_str(user(&server, "list --json", "").assert_success()).unwrap();
    assert_eq!(
        (&json[0]["name"], &json[1]["superadmin"]),
        (&json!("anna"), &json!(true))
    );
}

#[tokio::test]
async fn the_command_line_disables_users_and_sets_their_passwords() {
    let server = Setup::new().cheap_passwords().start().await;
    let password = format!("{PASSWORD}\n");
    user(
        &server,
        "create root --superadmin --password-stdin",
        &password,
    )
    .assert_success();
    let anna = server.with_user("anna").await;
    let other = "another horse battery";
    user(&server, "set-password anna --password-stdin", other).assert_success();
    anna.get("session")
        .await
        .assert_problem(401, "session_ended");
    let anna = server.anonymous().sign_in("anna", other).await;
    user(&server, "disable anna", "").assert_success();
    anna.get("session")
        .await
        .assert_problem(401, "session_ended");
    user(&server, "enable anna", "").assert_success();
    server.anonymous().sign_in("anna", other).await;
    let last = user(&server, "disable root", "");
    assert!(
        last.assert_failure(1).contains("the last superadmin"),
        "{last:?}"
    );
}

#[tokio::test]
async fn the_command_line_gives_changes_and_takes_grants() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    let publish = async || {
        let grants = anna.get_json("access-grants/me").await;
        grants["results"][0]["publish"].clone()
    };
    let both = "grant anna --download * --publish map* --format file";
    user(&server, both, "").assert_success();
    assert_eq!(publish().await, json!([{"name": "map*", "format": "file"}]));
    user(&server, "grant anna --download map*", "").assert_success();
    assert_eq!(publish().await, json!([]), "replaced, not added");
    user(&server, "grant anna --withdraw", "").assert_success();
    let none = anna.get("access-grants/me").await;
    none.assert_problem(404, "not_found");
    for (arguments, code, says) in [
        ("grant anna", 2, "--download"),
        ("grant anna --publish a*b", 2, "a name pattern"),
        ("grant anna --withdraw", 1, "has no grant"),
        ("grant nobody --download *", 1, "no such account"),
        (
            "grant anna --download * --format fiel",
            1,
            "there is no format",
        ),
    ] {
        let refused = user(&server, arguments, "");
        assert!(refused.assert_failure(code).contains(says), "{refused:?}");
    }
}
