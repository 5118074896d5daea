//! A server that has faults, and what is known of it.

use std::sync::Arc;
use std::time::Duration;

use cellier_tests::{Answer, Checked, EntryId, Ledger, Request, Sent, Setup, TestServer};
use serde_json::Value;

/// Bytes that several artefacts have.
pub(super) const SHARED: &[u8] = b"bytes that several artefacts share";

/// No answer takes longer, whatever goes wrong: a wait of a second for a part that does not answer, several times.
pub(super) const BOUND: Duration = Duration::from_secs(20);

/// A server that has faults, and what is known of it.
pub(super) struct Scene {
    pub(super) server: TestServer,
    pub(super) ledger: Arc<Ledger>,
    /// Whether the server may die, so that no answer comes.
    may_die: bool,
}

impl Scene {
    /// Starts the server. It frees space only when it is told to, and then at once.
    pub(super) async fn open(setup: Setup, may_die: bool) -> Self {
        let server = setup
            .with_faults()
            .set("gc.every", "0s")
            .set("gc.grace", "0s")
            .set("formats.file.retention", "everything")
            .start()
            .await;
        let scene = Self {
            server,
            ledger: Arc::default(),
            may_die,
        };
        scene.publish(Sent::file("first", SHARED)).await;
        assert_eq!(scene.ledger.acknowledged(), 1);
        scene
    }

    pub(super) async fn publish(&self, sent: Sent) -> EntryId {
        let (id, status) = self.ledger.publish(&self.server.admin(), sent).await;
        self.expect_an_answer(status.is_some());
        id
    }

    pub(super) async fn publish_again(&self, id: EntryId) {
        let status = self.ledger.publish_again(&self.server.admin(), id).await;
        self.expect_an_answer(status.is_some());
    }

    pub(super) async fn delete(&self, id: EntryId) -> Option<u16> {
        let status = self.ledger.delete(&self.server.admin(), id).await;
        self.expect_an_answer(status.is_some());
        status
    }

    pub(super) async fn send(&self, request: Request) -> Option<Answer> {
        let answer = request.try_send().await.ok();
        self.expect_an_answer(answer.is_some());
        answer
    }

    fn expect_an_answer(&self, came: bool) {
        assert!(came || self.may_die, "a server that lives answers");
    }

    /// Checks what was asked for since the ledger had so many entries, and what was there before all else.
    pub(super) async fn check_from(&self, from: usize) -> Checked {
        // Before anything is published again, which would repair what is broken.
        self.server.run(&["fsck", "--json"]).assert_success();
        let admin = self.server.admin();
        let first = admin.get("artefacts/file/first/download").await;
        assert_eq!(first.assert_ok().bytes(), SHARED);
        self.ledger.check_from(&admin, from).await
    }

    /// Checks everything, and the storage. The server is started again before: what it had staged and could not remove, it
    /// removes then.
    pub(super) async fn check(&mut self) {
        self.server.restart().await;
        let looked = self.server.run(&["fsck", "--json"]);
        let looked: Value = serde_json::from_str(looked.assert_success()).expect("JSON");
        // Nobody sweeps here while somebody publishes, so each key has its row for as long as it has bytes.
        assert_eq!(looked["orphans"], 0, "bytes that nobody knows: {looked}");
        self.ledger.check(&self.server.admin()).await.assert_sound();
        self.ledger.check_storage(&self.server).await;
    }
}
