//! An exam in the making.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::checks;
use super::exam::Exam;
use super::options::Options;
use super::{Exchange, FakeRegistry, ReadBudget, Report, Sample};
use crate::{Format, Request};

/// An exam of a format: what it is given, and how it is held.
///
/// See the [module's page](super) for a whole one.
#[derive(Debug)]
#[must_use = "an exam that is not held examines nothing: end it with check() or run()"]
pub struct Conformance {
    format: Arc<dyn Format>,
    folders: Vec<PathBuf>,
    samples: Vec<Sample>,
    exchanges: Vec<Exchange>,
    documents: Vec<Arc<[u8]>>,
    registry: Option<FakeRegistry>,
    options: Options,
}

impl Conformance {
    /// An exam of a format.
    pub fn of(format: impl Format) -> Self {
        Self::of_shared(Arc::new(format))
    }

    /// An exam of a format that was made elsewhere, such as one that was loaded from a file.
    pub fn of_shared(format: Arc<dyn Format>) -> Self {
        Self {
            format,
            folders: Vec::new(),
            samples: Vec::new(),
            exchanges: Vec::new(),
            documents: Vec::new(),
            registry: None,
            options: Options::default(),
        }
    }

    /// With a folder of golden uploads; the [module's page](super) says what is in it.
    ///
    /// A relative path starts at the folder of the crate that is tested.
    pub fn golden(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// With an upload and what should come of it.
    pub fn sample(mut self, sample: Sample) -> Self {
        self.samples.push(sample);
        self
    }

    /// With a read of the format's own protocol, below its mount, that succeeds.
    ///
    /// The kit asks for what it finds in the registry, and for nonsense; what else the format answers, only its author
    /// knows.
    pub fn read(mut self, request: Request) -> Self {
        self.exchanges.push(Exchange::read(request));
        self
    }

    /// With a write of the format's own protocol and its body, that means something.
    pub fn write(mut self, request: Request, body: impl AsRef<[u8]>) -> Self {
        self.exchanges.push(Exchange::write(request, body.as_ref()));
        self
    }

    /// With a document that [`Format::read_document`] reads.
    pub fn document(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.documents.push(bytes.as_ref().into());
        self
    }

    /// With a registry for the protocol. Without one there is a registry that holds the samples that are taken.
    pub fn registry(mut self, registry: FakeRegistry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// With another read budget than [`ReadBudget::default`].
    pub fn read_budget(mut self, budget: ReadBudget) -> Self {
        self.options.budget = budget;
        self
    }

    /// For a format that has to read an upload to its end, however large it is, such as one that checks every line.
    ///
    /// Uploads of a TiB and more, of which all but the beginning are zeros, are then left out.
    pub fn reads_everything(mut self) -> Self {
        self.options.reads_everything = true;
        self
    }

    /// Never gives the format a file that it could open itself, as is the case for every plugin that is loaded.
    pub fn without_local_files(mut self) -> Self {
        self.options.local_files = false;
        self
    }

    /// With another time that one call may take than a minute.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = deadline;
        self
    }

    /// With another number of changes of each kind that are made to a good upload than 64. Large uploads get fewer, so
    /// that an exam fits into memory.
    pub fn mutations(mut self, count: usize) -> Self {
        self.options.mutations = count.max(1);
        self
    }

    /// Writes the expected answers of golden uploads instead of comparing them, as the environment variable
    /// `CELLIER_BLESS=1` has it.
    pub fn bless(mut self, bless: bool) -> Self {
        self.options.bless = bless;
        self
    }

    /// Holds the exam and panics with a readable report if the format fails.
    ///
    /// # Panics
    ///
    /// If the format fails: that is how a test fails.
    #[track_caller]
    pub fn check(self) {
        self.run().assert();
    }

    /// Holds the exam.
    pub fn run(self) -> Report {
        let mut exam = match Exam::begin(self.format, self.options) {
            Ok(exam) => exam,
            Err(report) => return report,
        };
        checks::descriptor(&mut exam);
        let mut samples = self.samples;
        for folder in &self.folders {
            samples.extend(checks::read_golden(&mut exam, folder));
        }
        let known = checks::golden(&mut exam, samples);
        for sample in &known {
            checks::sample(&mut exam, sample);
        }
        checks::strangers(&mut exam);
        checks::protocol(&mut exam, &known, self.registry, &self.exchanges);
        checks::documents(&mut exam, &self.documents);
        exam.end()
    }
}
