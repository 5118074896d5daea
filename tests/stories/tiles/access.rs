//! Who may have a map.

use cellier_tests::TestServer;

use super::{COUNTRIES, make_public, publish};

#[tokio::test]
async fn a_private_map_is_nothing_to_a_stranger_and_a_map_to_who_has_a_key() {
    let server = TestServer::start().await;
    publish(&server, "secret", &format!("{COUNTRIES}.mbtiles")).await;
    let stranger = server.anonymous();
    for path in ["", "/0/0/0", "/style.json", "/stats", "/archive"] {
        let path = format!("/tiles/secret{path}");
        server.admin().get(&path).await.assert_ok();
        let answer = stranger.get(&path).await;
        assert_eq!(answer.assert_status(404).json()["error"], "not_found");
    }
    assert_eq!(
        server.admin().get_json("/tiles").await["results"][0]["name"],
        "secret"
    );
    let list = stranger.get_json("/tiles").await;
    assert_eq!(list["results"].as_array().unwrap().len(), 0, "{list}");
}

#[tokio::test]
async fn who_may_see_a_map_and_not_have_it_reads_about_it_and_is_asked_for_a_key() {
    let server = TestServer::start().await;
    publish(&server, "database", &format!("{COUNTRIES}.mbtiles")).await;
    publish(&server, "archive", &format!("{COUNTRIES}.pmtiles")).await;
    for name in ["database", "archive"] {
        make_public(&server, name).await;
        // Somebody else has asked before: what was made for them is theirs.
        for path in ["0/0/0", "5/0/0", "stats"] {
            let answer = server.admin().get(&format!("/tiles/{name}/{path}")).await;
            assert!(answer.status() < 300, "{path}");
        }
        let stranger = server.anonymous();
        let described = stranger.get_json(&format!("/tiles/{name}")).await;
        assert_eq!(described["maxzoom"], 5);
        for path in ["0/0/0", "5/0/0", "stats", "archive"] {
            let answer = stranger.get(&format!("/tiles/{name}/{path}")).await;
            answer.assert_status(401);
            assert!(answer.json()["detail"].is_string(), "{name} {path}");
            assert_ne!(answer.header("www-authenticate"), "");
        }
    }
}
