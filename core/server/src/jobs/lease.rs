//! Doing something that one server does at a time.

use std::time::Duration;

use cellier_model::Context;
use cellier_model::ports::{CatalogError, Lease, LeaseTaken, WantedLease};
use tokio::time::sleep;

/// How long a lease holds. When its holder dies, another server takes over after so long.
const TERM: Duration = Duration::from_mins(1);

/// How often a lease is renewed while the work goes on.
const RENEWED_EVERY: Duration = Duration::from_secs(20);

/// How often somebody who waits for a lease asks for it.
const ASKED_EVERY: Duration = Duration::from_millis(100);

/// This process, among those that may hold a lease.
#[derive(Clone, Debug)]
pub(crate) struct Holder(String);

impl Holder {
    /// A name that tells an operator which process it is, and that no other process has.
    pub(crate) fn of_this_process(context: &Context) -> Self {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = match host.trim() {
            "" => "host",
            host => host,
        };
        let mut random = [0; 4];
        context.random.fill(&mut random);
        let random = u32::from_be_bytes(random);
        Self(format!("{host}/{}/{random:08x}", std::process::id()))
    }
}

/// Somebody else does it right now.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{} does it right now (until {} at least)", .0.holder, .0.until)]
pub(crate) struct HeldElsewhere(pub(crate) Lease);

/// Does something under a lease, which is renewed for as long as the work takes and given up after it.
///
/// When the lease is lost, because the database could not be reached for too long, the work is stopped where it stands.
pub(crate) async fn under_lease<T>(
    context: &Context,
    name: &str,
    holder: &Holder,
    work: impl Future<Output = T>,
) -> Result<Result<T, HeldElsewhere>, CatalogError> {
    if let LeaseTaken::HeldBy(lease) = take(context, name, holder).await? {
        return Ok(Err(HeldElsewhere(lease)));
    }
    let outcome = tokio::select! {
        done = work => Ok(Ok(done)),
        lost = keep(context, name, holder) => lost.map(|lease| Err(HeldElsewhere(lease))),
    };
    if let Err(error) = context.catalog.release_lease(name, &holder.0).await {
        tracing::warn!(%error, "the lease {name} could not be given up; it ends by itself: {error}");
    }
    outcome
}

/// Takes a lease as soon as nobody else holds it; says who still does when patience has run out.
pub(crate) async fn wait_for_lease(
    context: &Context,
    name: &str,
    holder: &Holder,
    patience: Duration,
) -> Result<Result<(), HeldElsewhere>, CatalogError> {
    let give_up = context.clock.now().plus(patience);
    loop {
        match take(context, name, holder).await? {
            LeaseTaken::Ours => return Ok(Ok(())),
            LeaseTaken::HeldBy(lease) if context.clock.now() >= give_up => {
                return Ok(Err(HeldElsewhere(lease)));
            }
            LeaseTaken::HeldBy(_) => sleep(ASKED_EVERY).await,
        }
    }
}

async fn take(context: &Context, name: &str, holder: &Holder) -> Result<LeaseTaken, CatalogError> {
    let wanted = WantedLease {
        name: name.to_owned(),
        holder: holder.0.clone(),
        term: TERM,
    };
    let now = context.clock.now();
    context.catalog.acquire_lease(&wanted, now).await
}

/// Renews the lease until it is lost.
async fn keep(context: &Context, name: &str, holder: &Holder) -> Result<Lease, CatalogError> {
    let mut failures = 0;
    loop {
        sleep(RENEWED_EVERY).await;
        match take(context, name, holder).await {
            Ok(LeaseTaken::Ours) => failures = 0,
            Ok(LeaseTaken::HeldBy(lease)) => return Ok(lease),
            Err(error) if failures >= 2 => return Err(error),
            Err(_once_more) => failures += 1,
        }
    }
}
