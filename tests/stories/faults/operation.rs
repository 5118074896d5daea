//! What is done while something goes wrong.

use cellier_tests::{EntryId, Package, Sent};
use reqwest::Method;
use serde_json::json;

use super::scene::{SHARED, Scene};

/// Something that changes a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    PublishNew,
    PublishBytesThatAreThere,
    PublishSecondVersion,
    PublishTheSameAgain,
    PublishWhileTheVersionBeforeIsDeleted,
    DeleteVersion,
    DeleteArtefact,
    SetTag,
    FreeSpace,
    BackUp,
}

impl Operation {
    /// Makes ready what it needs. Every round has artefacts of its own.
    pub(super) async fn prepare(self, scene: &Scene, round: usize) -> Vec<EntryId> {
        match self {
            Self::PublishNew | Self::PublishBytesThatAreThere => Vec::new(),
            Self::PublishSecondVersion
            | Self::PublishTheSameAgain
            | Self::PublishWhileTheVersionBeforeIsDeleted => {
                vec![scene.publish(package(round, "1.0.0")).await]
            }
            Self::DeleteVersion | Self::DeleteArtefact => {
                let first = scene.publish(package(round, "1.0.0")).await;
                vec![first, scene.publish(package(round, "1.1.0")).await]
            }
            Self::SetTag => {
                if round > 1 {
                    assert_tag_can_be_set(scene, round - 1).await;
                }
                vec![scene.publish(package(round, "1.0.0")).await]
            }
            Self::FreeSpace => vec![leave_garbage(scene, round).await],
            Self::BackUp => {
                assert_backup_is_whole(scene, round);
                let new = format!("new-{round}");
                vec![scene.publish(Sent::file(&new, new.as_bytes())).await]
            }
        }
    }

    /// Does it, and notes what is promised from now on.
    pub(super) async fn perform(self, scene: &Scene, round: usize, prepared: &[EntryId]) {
        let admin = scene.server.admin();
        match self {
            Self::PublishNew => {
                let name = format!("new-{round}");
                scene.publish(Sent::file(&name, name.as_bytes())).await;
            }
            Self::PublishBytesThatAreThere => {
                let name = format!("sharing-{round}");
                scene.publish(Sent::file(&name, SHARED)).await;
            }
            Self::PublishSecondVersion => {
                scene.publish(package(round, "1.1.0")).await;
            }
            Self::PublishTheSameAgain => scene.publish_again(prepared[0]).await,
            Self::PublishWhileTheVersionBeforeIsDeleted => {
                let publish = scene.publish(package(round, "1.1.0"));
                futures_util::join!(publish, scene.delete(prepared[0]));
            }
            Self::DeleteVersion => {
                scene.delete(prepared[1]).await;
            }
            Self::DeleteArtefact => {
                for entry in prepared {
                    scene.ledger.may_go(*entry);
                }
                let path = format!("artefacts/npm/package-{round}");
                let deleted = scene.send(admin.request(Method::DELETE, &path)).await;
                if deleted.is_some_and(|answer| answer.status() == 204) {
                    for entry in prepared {
                        scene.ledger.is_gone(*entry);
                    }
                }
            }
            Self::SetTag => {
                let path = format!("artefacts/npm/package-{round}/tags/beta");
                let request = admin.request(Method::PUT, &path);
                scene.send(request.json(&json!({"version": "1.0.0"}))).await;
            }
            Self::FreeSpace => {
                if scene.server.run_amid_faults(&["gc"]).code == Some(0) {
                    scene.ledger.is_gone(prepared[0]);
                }
            }
            Self::BackUp => {
                let folder = backup_folder(scene);
                scene.server.run_amid_faults(&["backup", &folder]);
            }
        }
    }
}

fn package(round: usize, version: &str) -> Sent {
    Sent::package(&Package::new(&format!("package-{round}"), version))
}

async fn assert_tag_can_be_set(scene: &Scene, round: usize) {
    let admin = scene.server.admin();
    let path = format!("artefacts/npm/package-{round}");
    let tags = &admin.get_json(&path).await["tags"];
    let is_whole = tags["beta"] == "1.0.0" || tags.get("beta").is_none();
    assert!(is_whole, "{tags}");
    let tag = json!({"version": "1.0.0"});
    let set = admin.put_json(&format!("{path}/tags/beta"), &tag).await;
    set.assert_ok();
    assert_eq!(admin.get_json(&path).await["tags"]["beta"], "1.0.0");
}

/// A version that a retention rule removes, and one that somebody has deleted. What a sweep has left that was stopped is
/// swept before.
async fn leave_garbage(scene: &Scene, round: usize) -> EntryId {
    scene.server.run_after_leases(&["gc"]).assert_success();
    let old = scene
        .publish(Sent::file("log", format!("old, {round}")))
        .await;
    scene
        .publish(Sent::file("log", format!("new, {round}")))
        .await;
    let deleted = format!("deleted-{round}");
    let deleted = Sent::file(&deleted, deleted.as_bytes());
    let deleted = scene.publish(deleted).await;
    assert_eq!(scene.delete(deleted).await, Some(204));
    let keep = json!({"retention": {"newest": 1}});
    let admin = scene.server.admin();
    admin.patch("artefacts/file/log", &keep).await.assert_ok();
    scene.ledger.all_but_the_last_may_go("log");
    old
}

fn backup_folder(scene: &Scene) -> String {
    scene.server.path("backup").display().to_string()
}

/// A backup that did not come to its end has left the one before as it was, and the next one works.
fn assert_backup_is_whole(scene: &Scene, round: usize) {
    let (server, folder) = (&scene.server, backup_folder(scene));
    let verify = ["restore", "--verify-only", &folder];
    if round > 1 {
        server.run(&verify).assert_success();
    }
    server
        .run_after_leases(&["backup", &folder])
        .assert_success();
    server.run(&verify).assert_success();
}
