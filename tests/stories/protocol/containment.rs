//! A format that breaks the contract, and one that is switched off.

use cellier_tests::{Setup, TestServer, Upload};

use super::{SPRING, assert_refused, get, post, provoked, put};

#[tokio::test]
async fn a_header_that_a_format_may_not_set_does_not_reach_the_client() {
    let server = provoked().await;
    let answer = get(&server.anonymous(), "-/headers").await;
    assert_eq!(answer.assert_ok().text(), "ok\n");
    for dropped in ["x-evil", "set-cookie", "location"] {
        assert_eq!(answer.header(dropped), "", "{dropped}");
    }
    assert_eq!(answer.header("vary"), "accept");
    assert_eq!(answer.header("content-length"), "3");
}

#[tokio::test]
async fn a_panic_in_a_format_is_an_answer_and_the_server_goes_on() {
    let server = provoked().await;
    let admin = server.admin();
    get(&admin, "-/panic")
        .await
        .assert_problem(503, "format_unavailable");
    post(&admin, "-/panic", "")
        .await
        .assert_problem(503, "format_unavailable");
    let upload = put(&admin, "season/spring/a.echo", "echo spring 2026\n!panic\n").await;
    assert_refused(&upload, 503, "format_unavailable");
    let file = Upload::new("a.echo", "echo spring 2026\n!panic\n");
    let upload = admin.publish_file("season", &file).await;
    upload
        .assert_problem(503, "format_unavailable")
        .assert_detail("echo");

    put(&admin, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    assert_eq!(get(&admin, "season/spring/a.echo").await.text(), SPRING);
    let echo = admin.get_json("formats/echo").await;
    assert_eq!(echo["health"]["failures"], 4);
    assert!(server.log().contains("a request asked for it"));
    assert_eq!(
        server.files_below("blobs").len(),
        1,
        "what was refused left nothing behind"
    );
}

#[tokio::test]
async fn an_answer_that_no_host_can_send_is_an_error_of_the_server() {
    let server = provoked().await;
    get(&server.admin(), "-/status")
        .await
        .assert_problem(503, "format_unavailable")
        .assert_detail("echo");
    let nonsense = get(&server.admin(), "-/nonsense").await;
    assert_refused(&nonsense, 422, "refused");
    assert_eq!(nonsense.text().lines().count(), 2, "{}", nonsense.text());
}

#[tokio::test]
async fn a_slow_inspection_holds_up_other_inspections_and_nothing_else() {
    let setup = Setup::new()
        .set("formats.echo.hooks", "true")
        .set("limits.inspections", "1")
        .set("limits.waiting_inspections", "1");
    let server = setup.start().await;
    let admin = server.admin();
    put(&admin, "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    let slow = |name: &'static str| {
        let admin = admin.clone();
        let file = format!("echo {name} 1\n!sleep 3000\n");
        tokio::spawn(async move { put(&admin, &format!("{name}/{name}/a.echo"), file).await })
    };
    let slow = [slow("one"), slow("two"), slow("three")];
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let download = admin
        .get("artefacts/echo/season/versions/spring/download")
        .await;
    assert_eq!(
        download.assert_ok().text(),
        SPRING,
        "no format is on this path"
    );
    let began = std::time::Instant::now();
    let meanwhile = get(&admin, "season/spring/a.echo").await;
    assert_eq!(meanwhile.text(), SPRING, "the format serves");
    admin.get("/readyz").await.assert_ok();
    assert!(began.elapsed().as_millis() < 1500, "{:?}", began.elapsed());
    let mut statuses = Vec::new();
    for slow in slow {
        statuses.push(slow.await.unwrap().status());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201, "{statuses:?}");
    assert_eq!(
        statuses[2], 503,
        "one is looked at, one waits, one is sent away: {statuses:?}"
    );
}

#[tokio::test]
async fn a_disabled_format_answers_503_and_its_files_do_not_become_others() {
    let mut server = TestServer::start().await;
    put(&server.admin(), "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    server
        .restart_with(|setup| setup.set("formats.echo.enabled", "false"))
        .await;
    let admin = server.admin();
    get(&admin, "season")
        .await
        .assert_problem(503, "format_disabled");
    put(&admin, "season/summer/a.echo", SPRING)
        .await
        .assert_problem(503, "format_disabled");
    admin
        .get("/-/echo/ping")
        .await
        .assert_problem(503, "format_disabled");

    let upload = Upload::new("a.echo", "echo summer 2027\nx\n");
    admin
        .publish_file("season", &upload)
        .await
        .assert_problem(503, "format_disabled");
    let by_content = Upload::new("notes.txt", "echo summer 2027\nx\n");
    admin
        .publish_file("notes", &by_content)
        .await
        .assert_problem(503, "format_disabled");
    let download = admin
        .get("artefacts/echo/season/versions/spring/download")
        .await;
    assert_eq!(
        download.assert_ok().text(),
        SPRING,
        "what was published stays"
    );
}
