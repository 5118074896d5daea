//! The first superadmin, users, organizations: over HTTP and on the command line.

use cellier_tests::{
    Actor, Outcome, PASSWORD, Setup, TestServer, Upload, both_databases_with_people, encoded,
};
use serde_json::{Value, json};

/// The token of the last set-up link that the server has printed.
fn setup_token(server: &TestServer) -> Option<String> {
    let log = server.log();
    let (_, after) = log.rsplit_once("/setup?token=")?;
    Some(after.split_whitespace().next()?.to_owned())
}

async fn complete(server: &TestServer, token: &str, name: &str) -> cellier_tests::Answer {
    let fields = [
        ("token", token),
        ("name", name),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    let request = server.anonymous().request(reqwest::Method::POST, "/setup");
    request.web_form(&fields).send().await
}

#[tokio::test]
async fn the_link_that_the_first_start_prints_makes_the_first_superadmin_once() {
    for mut server in both_databases_with_people().await {
        let token = setup_token(&server).expect("a link");
        let anonymous = server.anonymous();
        let page = anonymous.get(&format!("/setup?token={token}")).await;
        let text = page.assert_ok().text();
        assert!(
            text.contains("<form method=post action=\"/setup\""),
            "{text}"
        );
        assert!(!text.contains("<script"), "{text}");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert!(
            page.header("content-security-policy")
                .contains("default-src 'none'")
        );

        let made = complete(&server, &token, "root").await;
        let cookie = made.assert_created().header("set-cookie").to_owned();
        let root = anonymous.with_cookie(cookie.split(';').next().unwrap());
        let who = root.get_json("session").await;
        assert_eq!(
            who,
            json!({"user": "root", "superadmin": true, "organizations": []})
        );
        assert_eq!(root.get_json("users").await["results"][0]["name"], "root");

        complete(&server, &token, "eve").await.assert_status(404);
        let page = anonymous.get(&format!("/setup?token={token}")).await;
        page.assert_status(404);
        server.restart().await;
        assert_eq!(
            setup_token(&server).as_deref(),
            Some(token.as_str()),
            "no new link is printed"
        );
        root.get("session").await.assert_ok();
    }
}

#[tokio::test]
async fn every_start_replaces_the_link_and_the_json_log_has_none() {
    let mut server = Setup::new().set("log.format", "json").start().await;
    let old = setup_token(&server).expect("a link");
    server.restart().await;
    let new = setup_token(&server).expect("another link");
    assert_ne!(old, new);
    server
        .anonymous()
        .get(&format!("/setup?token={new}"))
        .await
        .assert_ok();
    complete(&server, &old, "eve").await.assert_status(404);
    for line in server.log().lines().filter(|line| line.starts_with('{')) {
        assert!(!line.contains(&new) && !line.contains(&old), "{line}");
    }
}

#[tokio::test]
async fn a_form_that_is_refused_is_shown_again_with_the_reason_and_what_was_typed() {
    let server = Setup::new().cheap_passwords().start().await;
    let token = setup_token(&server).expect("a link");
    let post = async |fields: &[(&str, &str)]| {
        let request = server.anonymous().request(reqwest::Method::POST, "/setup");
        request.web_form(fields).send().await
    };
    for (name, password, again, says) in [
        (
            "Ro\"ot",
            PASSWORD,
            PASSWORD,
            "the name of an account is 1 to 64",
        ),
        ("root", "short", "short", "a password has 12 to 1024 bytes"),
        (
            "root",
            PASSWORD,
            "something else",
            "the two passwords differ",
        ),
        (
            "root",
            "password1234",
            "password1234",
            "the first that anybody would try",
        ),
    ] {
        let fields = [
            ("token", token.as_str()),
            ("name", name),
            ("password", password),
            ("again", again),
        ];
        let answer = post(&fields).await;
        let text = answer.assert_status(422).text();
        assert!(text.contains(says), "{text}");
        let shown = name.replace('"', "&quot;");
        assert!(
            text.contains(&format!("name=name value=\"{shown}\"")),
            "{text}"
        );
        assert!(!text.contains(PASSWORD), "a password is not sent back");
    }
    post(&[("other", "x")])
        .await
        .assert_problem(400, "bad_form");
    let huge = "x".repeat(20_000);
    post(&[("name", &huge)])
        .await
        .assert_problem(413, "too_large");
    let request = server.anonymous().request(reqwest::Method::POST, "/setup");
    let foreign = request.header("sec-fetch-site", "cross-site");
    foreign.send().await.assert_problem(403, "cross_site");
    complete(&server, &token, "root").await.assert_created();
}

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

#[tokio::test]
async fn a_superadmin_makes_changes_and_deletes_users_and_their_names_never_come_back() {
    let server = Setup::new().cheap_passwords().start().await;
    let admin = server.admin();
    for name in ["carl", "anna", "bert"] {
        let made = admin.post_json("users", &json!({"name": name})).await;
        assert_eq!(made.assert_created().header("cache-control"), "no-store");
    }
    let first = admin.get_json("users?limit=2").await;
    let names = |page: &Value| {
        let results = page["results"].as_array().unwrap().clone();
        let name = |user: &Value| user["name"].as_str().unwrap().to_owned();
        results.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["anna", "bert"]);
    let next = first["next"].as_str().unwrap();
    let second = admin
        .get_json(&format!("users?limit=2&cursor={next}"))
        .await;
    assert_eq!(names(&second), ["carl"]);
    assert_eq!(second["next"], Value::Null);

    let edited = admin
        .patch("users/anna", &json!({"superadmin": true}))
        .await;
    assert_eq!(edited.assert_ok().json()["superadmin"], true);
    let last = admin
        .patch("users/anna", &json!({"superadmin": false}))
        .await;
    last.assert_problem(409, "last_superadmin");
    admin.delete("users/bert").await.assert_no_content();
    admin
        .get("users/bert")
        .await
        .assert_problem(404, "not_found");
    for noun in ["users", "organizations"] {
        let again = admin.post_json(noun, &json!({"name": "bert"})).await;
        again
            .assert_problem(409, "name_taken")
            .assert_detail("never come back");
    }
    for (body, status, code) in [
        (json!({"name": "Anna"}), 400, "bad_name"),
        (
            json!({"name": "dora", "password": "short"}),
            422,
            "weak_password",
        ),
        (json!({"name": "dora", "admin": true}), 400, "bad_body"),
        (json!({"nom": "dora"}), 400, "bad_body"),
    ] {
        let refused = admin.post_json("users", &body).await;
        refused.assert_problem(status, code);
    }
    admin
        .get("users/Not%20A%20Name")
        .await
        .assert_problem(404, "not_found");
    admin
        .get("users?cursor=x")
        .await
        .assert_problem(400, "bad_cursor");

    let audit = admin.get_json("audit?action=user").await;
    let actions: Vec<_> = audit["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| format!("{} {}", event["action"], event["object"]).replace('"', ""))
        .collect();
    assert_eq!(
        actions,
        [
            "user.delete bert",
            "user.edit anna",
            "user.create bert",
            "user.create anna",
            "user.create carl"
        ]
    );
}

#[tokio::test]
async fn who_is_no_superadmin_manages_nobody() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    let reader = server.read_key("reader").create().await;
    let grant = server.grant("user", "anna", &json!([])).await;
    let attempts = async |who: &Actor| {
        let one = json!({});
        vec![
            who.get("users").await,
            who.post_json("users", &json!({"name": "eve"})).await,
            who.patch("users/anna", &json!({"superadmin": true})).await,
            who.delete("users/anna").await,
            who.post_json("organizations", &json!({"name": "evil"}))
                .await,
            who.patch("organizations/evil", &one).await,
            who.delete("organizations/evil").await,
            who.get("access-grants").await,
            who.get(&format!("access-grants/{grant}")).await,
            who.post_json(
                "access-grants",
                &json!({"account": {"type": "user", "id": "anna"}}),
            )
            .await,
            who.patch(&format!("access-grants/{grant}"), &one).await,
            who.delete(&format!("access-grants/{grant}")).await,
            who.get("audit").await,
            who.get("sessions?user=root").await,
        ]
    };
    for answer in attempts(&server.anonymous()).await {
        answer.assert_problem(401, "key_missing");
    }
    for who in [&anna, &reader] {
        for answer in attempts(who).await {
            answer.assert_problem(403, "not_allowed");
        }
    }
    let anna_herself = anna.get_json("users/anna").await;
    assert_eq!(anna_herself["superadmin"], false);
    anna.get("users/root")
        .await
        .assert_problem(404, "not_found");
    anna.get("organizations/evil")
        .await
        .assert_problem(404, "not_found");
}

#[tokio::test]
async fn what_an_organization_sees_its_members_see_from_their_first_to_their_last_moment() {
    for server in both_databases_with_people().await {
        let admin = server.admin();
        let anna = server.with_user("anna").await;
        server.organization("acme", &[]).await;
        server.grant("organization", "acme", &json!([])).await;
        let upload = Upload::new("map.bin", "a map");
        admin.publish_file("map", &upload).await.assert_created();
        let access = json!({"privateAccess": [{"type": "organization", "id": "acme"}]});
        admin.patch("artefacts/file/map", &access).await.assert_ok();

        let sees = async |expected: bool| {
            let listed = anna.get_json("artefacts").await;
            assert_eq!(listed["count"], u32::from(expected));
            let status = if expected { 200 } else { 404 };
            anna.get("artefacts/file/map").await.assert_status(status);
            anna.get("artefacts/file/map/download")
                .await
                .assert_status(status);
        };
        let membership = "organizations/acme/members/anna";
        sees(false).await;
        let role = json!({"role": "member"});
        admin.put_json(membership, &role).await.assert_ok();
        sees(true).await;
        assert_eq!(
            anna.get_json("session").await["organizations"],
            json!([{"name": "acme", "role": "member"}])
        );
        admin.delete(membership).await.assert_no_content();
        sees(false).await;
        admin.put_json(membership, &role).await.assert_ok();
        sees(true).await;
        admin
            .patch("organizations/acme", &json!({"disabled": true}))
            .await
            .assert_ok();
        sees(false).await;
        admin
            .patch("organizations/acme", &json!({"disabled": false}))
            .await
            .assert_ok();
        sees(true).await;
        admin.delete("organizations/acme").await.assert_no_content();
        sees(false).await;
    }
}

#[tokio::test]
async fn admins_of_an_organization_manage_its_members_and_members_only_see_them() {
    let server = Setup::new().cheap_passwords().start().await;
    let (anna, bert) = (
        server.with_user("anna").await,
        server.with_user("bert").await,
    );
    let carl = server.with_user("carl").await;
    let made = json!({"name": "acme", "admin": "anna"});
    server
        .admin()
        .post_json("organizations", &made)
        .await
        .assert_created();
    let put = async |who: &Actor, user: &str, role: &str| {
        let path = format!("organizations/acme/members/{}", encoded(user));
        who.put_json(&path, &json!({"role": role})).await
    };
    put(&anna, "bert", "member").await.assert_ok();
    let refused = put(&bert, "carl", "member").await;
    refused
        .assert_problem(403, "not_allowed")
        .assert_detail("admin of the organization");
    put(&carl, "carl", "admin")
        .await
        .assert_problem(404, "not_found");
    put(&anna, "nobody", "member")
        .await
        .assert_problem(422, "unknown_account");
    put(&anna, "carl", "owner")
        .await
        .assert_problem(400, "bad_body");

    let members = bert.get_json("organizations/acme/members").await;
    let roles: Vec<_> = members["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| (member["user"].clone(), member["role"].clone()))
        .collect();
    assert_eq!(
        roles,
        [
            (json!("anna"), json!("admin")),
            (json!("bert"), json!("member"))
        ]
    );
    carl.get("organizations/acme/members")
        .await
        .assert_problem(404, "not_found");
    assert_eq!(carl.get_json("organizations").await["results"], json!([]));
    assert_eq!(
        bert.get_json("organizations").await["results"][0]["name"],
        "acme"
    );
    let removed = anna.delete("organizations/acme/members/bert").await;
    removed.assert_no_content();
    bert.get("organizations/acme")
        .await
        .assert_problem(404, "not_found");
}
