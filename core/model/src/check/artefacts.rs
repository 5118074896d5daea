//! Every artefact: whether it shows what follows from its versions.

use crate::change::{derive, indexed_words, object, refresh_artefact, show};
use crate::check::job::Job;
use crate::check::{CheckError, Checked, Fault, Finding, Repair};
use crate::ports::{ArtefactIndex, CatalogError, ReleaseQuery};
use crate::retry::Attempts;
use crate::{Artefact, Release};

/// How many artefacts are read at a time.
const PAGE: u32 = 200;

pub(super) async fn check_artefacts(
    job: &Job<'_>,
    checked: &mut Checked,
) -> Result<(), CheckError> {
    let mut after = None;
    loop {
        let page = job.context.catalog.all_artefacts(after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for artefact in &page {
            checked.artefacts += u64::from(artefact.deleted_at.is_none());
            if seems_outdated(job, artefact).await?
                && let Some(finding) = look_again(job, artefact).await?
            {
                job.report(checked, &finding);
            }
        }
    }
}

/// A look without a lock: whoever publishes goes on meanwhile, so what seems outdated may be a change under way.
async fn seems_outdated(job: &Job<'_>, artefact: &Artefact) -> Result<bool, CatalogError> {
    let mut derived = artefact.clone();
    let latest = last_release(job, artefact, true).await?;
    let newest = match &latest {
        Some(_) => None,
        None => last_release(job, artefact, false).await?,
    };
    show(&mut derived, latest, newest.as_ref());
    let index = job.context.catalog.index_of_artefact(artefact.id).await?;
    Ok(!outdated(artefact, &derived, &index).is_empty())
}

async fn last_release(
    job: &Job<'_>,
    artefact: &Artefact,
    stable_only: bool,
) -> Result<Option<Release>, CatalogError> {
    let query = ReleaseQuery {
        artefact: artefact.id,
        line: None,
        stable_only,
        without_yanked: true,
        from: None,
        below: None,
        limit: 1,
    };
    let page = job.context.catalog.releases(&query).await?;
    Ok(page.releases.into_iter().next())
}

/// What of an artefact differs from what was derived.
fn outdated(stored: &Artefact, derived: &Artefact, index: &ArtefactIndex) -> Vec<&'static str> {
    let mut what = Vec::new();
    if stored.latest != derived.latest {
        what.push("latest version");
    }
    if stored.size != derived.size {
        what.push("size");
    }
    if index.words != indexed_words(stored) {
        what.push("search words");
    }
    if !index.accounts.iter().eq(&stored.named_accounts()) {
        what.push("listings of accounts");
    }
    what
}

async fn look_again(job: &Job<'_>, artefact: &Artefact) -> Result<Option<Finding>, CatalogError> {
    let mut attempts = Attempts::default();
    loop {
        let finding = try_to_look_again(job, artefact).await;
        if !attempts.again(&finding) {
            return finding;
        }
    }
}

/// Looks under the artefact's lock, and repairs there if that is wanted.
async fn try_to_look_again(
    job: &Job<'_>,
    artefact: &Artefact,
) -> Result<Option<Finding>, CatalogError> {
    let mut transaction = job.context.catalog.begin().await?;
    let locked = transaction
        .lock_artefact(&artefact.format, artefact.name.as_str())
        .await?;
    let Some(mut artefact) = locked else {
        return Ok(None);
    };
    let mut derived = artefact.clone();
    derive(transaction.as_mut(), &mut derived).await?;
    let index = transaction.index_of_artefact(artefact.id).await?;
    let what = outdated(&artefact, &derived, &index);
    if what.is_empty() {
        return Ok(None);
    }
    if job.wanted.repair {
        let now = job.context.clock.now();
        refresh_artefact(transaction.as_mut(), &mut artefact, now).await?;
        let event = job
            .origin
            .event(job.context, "artefact.repair", object(&artefact, None))
            .detail("outdated", what.clone());
        transaction.append_audit(&event).await?;
        transaction.commit().await?;
    }
    Ok(Some(Finding {
        fault: Fault::ArtefactOutdated {
            artefact: object(&artefact, None),
            what,
        },
        uses: Vec::new(),
        more_uses: 0,
        repair: job.wanted.repair.then_some(Repair::Corrected),
    }))
}
