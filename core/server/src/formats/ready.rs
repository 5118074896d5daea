//! Whether formats answer.

use std::time::Duration;

use cellier_model::ports::InspectError;
use cellier_sdk::Format;

use crate::formats::FormatSet;

impl FormatSet {
    /// Whether the enabled formats still answer within `patience`. Busy is not down: while calls are done, one that has to
    /// wait says nothing, and inspections, which take long, are not asked.
    pub(crate) async fn check(&self, patience: Duration) -> bool {
        let done = self.calls.done();
        match tokio::time::timeout(patience, self.describe_themselves()).await {
            Ok(Ok(are_sound)) => are_sound,
            Ok(Err(_busy)) => self.calls.gets_beyond(done, patience).await,
            Err(_elapsed) => self.calls.done() != done,
        }
    }

    /// Whether each enabled format still says who it is, unless too many calls wait already.
    async fn describe_themselves(&self) -> Result<bool, InspectError> {
        for info in self.infos.iter().filter(|info| info.enabled) {
            let id = info.id.as_str().to_owned();
            let says = move |format: &dyn Format| format.describe().id() == id;
            match self.call(&info.id, says).await {
                Ok(true) => {}
                Err(busy @ InspectError::Busy { .. }) => return Err(busy),
                Ok(false) | Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use super::*;
    use crate::formats::pool::Pool;

    const PATIENCE: Duration = Duration::from_millis(300);

    /// Gives every thread of a pool something to do until what is returned is dropped.
    fn occupy(set: &Arc<FormatSet>, pool: fn(&FormatSet) -> &Pool) -> mpsc::Sender<()> {
        let (let_go, wait) = mpsc::channel::<()>();
        let wait = Arc::new(std::sync::Mutex::new(wait));
        for _ in 0..64 {
            let (set, wait) = (Arc::clone(set), Arc::clone(&wait));
            let hold = move || drop(wait.lock().map(|wait| wait.recv()));
            tokio::spawn(async move { pool(&set).run(hold).await });
        }
        let_go
    }

    #[tokio::test]
    async fn long_inspections_keep_no_call_waiting() {
        let set = Arc::new(FormatSet::with_defaults());
        let let_go = occupy(&set, |set| &set.inspections);
        tokio::task::yield_now().await;
        assert!(set.in_hand().waiting > 32, "{:?}", set.in_hand());
        assert!(set.check(PATIENCE).await);
        let id = set.infos[0].id.clone();
        let said = set.call(&id, |format| format.describe().id().to_owned());
        assert_eq!(said.await.unwrap(), id.as_str());
        drop(let_go);
    }

    #[tokio::test]
    async fn calls_that_hang_are_down_and_calls_that_wait_are_not() {
        let set = Arc::new(FormatSet::with_defaults());
        let let_go = occupy(&set, |set| &set.calls);
        tokio::task::yield_now().await;
        assert!(!set.check(PATIENCE).await, "nothing is done any more");
        let gets_on = tokio::spawn(async move {
            for _ in 0..8 {
                tokio::time::sleep(PATIENCE / 10).await;
                let _ = let_go.send(());
            }
            tokio::time::sleep(PATIENCE * 2).await;
            drop(let_go);
        });
        assert!(set.check(PATIENCE).await, "one call after another is done");
        gets_on.await.unwrap();
        assert!(set.check(PATIENCE).await);
    }
}
