//! The formats of this server: found, set up by the operator, and run on threads of their own.

mod health;
mod linked;
mod paths;
mod pool;
mod ready;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use async_trait::async_trait;
use cellier_model::FormatId;
use cellier_model::ports::{FormatInfo, FormatOrigin, Formats, InspectError};
use cellier_sdk::{
    Descriptor, DuplicateFormat, Format, Inspection, InvalidDescriptor, ReadAt, Rejection,
    Severity, Upload, built_in_formats,
};

use self::health::Counters;
use self::paths::PathTaken;
use self::pool::{InHand, Pool};
use crate::config::{Config, FormatConfig};

pub(crate) use self::health::FormatHealth;

/// Threads for what clients of a protocol wait for. It is short, and may wait for reads of the host meanwhile, so there are
/// more of them than cores.
const CALL_THREADS: u32 = 8;

/// Calls that may wait for one of these threads; more are answered with 503.
const WAITING_CALLS: u32 = 1000;

/// The formats of a server that do not fit together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FormatsError {
    /// Two have the same id.
    #[error(transparent)]
    Duplicate(#[from] DuplicateFormat),
    /// One contradicts the contract.
    #[error(transparent)]
    Descriptor(#[from] InvalidDescriptor),
    /// One wants a path that is taken.
    #[error(transparent)]
    Path(#[from] PathTaken),
}

/// The formats of this server.
#[derive(Debug)]
pub(crate) struct FormatSet {
    infos: Vec<FormatInfo>,
    running: Vec<Running>,
    /// Looks at uploads, which may take minutes.
    inspections: Pool,
    /// Everything else: no map and no `npm install` waits for an upload of somebody else.
    calls: Pool,
}

/// A format and what is counted of it.
#[derive(Debug)]
struct Running {
    format: Arc<dyn Format>,
    counters: Counters,
}

/// What the compiled-in formats say about themselves, sorted by id.
pub(crate) fn describe_all() -> Result<Vec<Descriptor>, FormatsError> {
    let descriptors: Vec<_> = built_in_formats()?
        .iter()
        .map(|format| format.describe())
        .collect();
    for descriptor in &descriptors {
        descriptor.check()?;
    }
    paths::check(&descriptors)?;
    Ok(descriptors)
}

impl FormatSet {
    /// The compiled-in formats as the operator set them up.
    pub(crate) fn new(config: &Config) -> Result<Self, FormatsError> {
        let mut infos = Vec::new();
        let mut running = Vec::new();
        describe_all()?;
        for format in built_in_formats()? {
            let descriptor = format.describe();
            if let Some(setup) = config.formats.0.get(descriptor.id()) {
                infos.push(info(descriptor, setup));
                running.push(Running {
                    format: format.into(),
                    counters: Counters::default(),
                });
            }
        }
        let limits = &config.limits;
        let inspections = Pool::start("inspect", limits.inspections, limits.waiting_inspections);
        Ok(Self {
            infos,
            running,
            inspections,
            calls: Pool::start("format", CALL_THREADS, WAITING_CALLS),
        })
    }

    /// The formats as they are when the operator says nothing.
    #[cfg(test)]
    pub(crate) fn with_defaults() -> Self {
        let config = Config::load(
            crate::config::Source::default(),
            &describe_all().expect("sound formats"),
        );
        Self::new(&config.expect("defaults that are allowed")).expect("sound formats")
    }

    /// What is counted of a format.
    pub(crate) fn health(&self, id: &FormatId) -> FormatHealth {
        self.find(id)
            .map(|running| running.counters.read())
            .unwrap_or_default()
    }

    /// How many calls of formats work or wait right now, inspections among them.
    pub(crate) fn in_hand(&self) -> InHand {
        self.inspections.in_hand() + self.calls.in_hand()
    }

    /// Runs something short of a format on the formats' own threads; a panic in it is an error.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        id: &FormatId,
        work: impl FnOnce(&dyn Format) -> T + Send + 'static,
    ) -> Result<T, InspectError> {
        self.run(&self.calls, id, work).await
    }

    async fn run<T: Send + 'static>(
        &self,
        pool: &Pool,
        id: &FormatId,
        work: impl FnOnce(&dyn Format) -> T + Send + 'static,
    ) -> Result<T, InspectError> {
        let broken = |problem: &str| InspectError::Broken {
            format: id.clone(),
            problem: problem.to_owned(),
        };
        let running = self.find(id).ok_or_else(|| broken("it is not there"))?;
        let format = Arc::clone(&running.format);
        // What the closure shares is thrown away with the panic: nothing half-changed is seen again.
        let guarded = move || catch_unwind(AssertUnwindSafe(|| work(format.as_ref())));
        match pool.run(guarded).await {
            Some(Ok(done)) => Ok(done),
            Some(Err(panic)) => {
                running.counters.count_failure();
                tracing::error!(format = %id, "the format {id} panicked: {}", reason(panic.as_ref()));
                Err(broken("it panicked; its author needs to know"))
            }
            None => Err(InspectError::Busy { format: id.clone() }),
        }
    }

    fn find(&self, id: &FormatId) -> Option<&Running> {
        let index = self.infos.iter().position(|info| info.id == *id)?;
        self.running.get(index)
    }
}

fn info(descriptor: Descriptor, setup: &FormatConfig) -> FormatInfo {
    let mut categories = descriptor.categories().to_vec();
    categories.extend(
        setup
            .categories
            .iter()
            .filter(|added| !descriptor.categories().contains(added))
            .cloned(),
    );
    FormatInfo {
        id: FormatId::new(descriptor.id()),
        enabled: setup.enabled,
        origin: FormatOrigin::BuiltIn,
        settings: setup.settings.clone(),
        categories,
        retention: setup.retention,
        largest_upload: setup.upload.0,
        descriptor,
    }
}

fn reason(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given")
}

#[async_trait]
impl Formats for FormatSet {
    fn all(&self) -> &[FormatInfo] {
        &self.infos
    }

    async fn inspect(
        &self,
        id: &FormatId,
        upload: Upload,
        content: Arc<dyn ReadAt>,
    ) -> Result<Inspection, InspectError> {
        let inspect = move |format: &dyn Format| format.inspect(&upload, content.as_ref());
        let inspected = self.run(&self.inspections, id, inspect).await?;
        if let Some(running) = self.find(id) {
            running.counters.count_inspection(id, &inspected);
        }
        check_answer(id, inspected?)
    }
}

/// What a format may not answer: an error together with an acceptance, or more metadata than is kept.
fn check_answer(id: &FormatId, inspection: Inspection) -> Result<Inspection, InspectError> {
    let broken = |problem: String| {
        Err(InspectError::Broken {
            format: id.clone(),
            problem,
        })
    };
    if inspection
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        return Err(Rejection::Invalid(inspection.findings).into());
    }
    let size = serde_json::to_string(&inspection.metadata).map_or(usize::MAX, |text| text.len());
    if size > Inspection::METADATA_LIMIT {
        return broken(format!(
            "it gave {size} bytes of metadata, at most {} are kept",
            Inspection::METADATA_LIMIT
        ));
    }
    Ok(inspection)
}
