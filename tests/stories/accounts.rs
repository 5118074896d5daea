//! Users, organizations and their members, over HTTP.

use cellier_tests::{Actor, Setup, Upload, both_databases_with_people, encoded};
use serde_json::{Value, json};

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
