//! Formats made of closures.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use cellier_sdk::{Descriptor, Inspection, ReadAt, Rejection, Settings, Upload};

use crate::FormatId;
use crate::ports::{FormatInfo, FormatOrigin, Formats, InspectError};
use crate::retention::RetentionPolicy;

type Inspect = dyn Fn(&Upload, &dyn ReadAt) -> Result<Inspection, Rejection> + Send + Sync;

/// Formats made of closures.
#[derive(Clone, Default)]
pub struct FakeFormats {
    infos: Vec<FormatInfo>,
    inspects: Vec<Arc<Inspect>>,
}

/// How a described format is set up on a server where the operator has said nothing.
pub fn fake_format(descriptor: Descriptor) -> FormatInfo {
    FormatInfo {
        id: FormatId::new(descriptor.id()),
        enabled: true,
        origin: FormatOrigin::BuiltIn,
        settings: Settings::default(),
        categories: descriptor.categories().to_vec(),
        retention: RetentionPolicy::of_format(descriptor.default_retention()),
        largest_upload: 1 << 30,
        descriptor,
    }
}

impl FakeFormats {
    /// With one more format.
    #[must_use]
    pub fn with(
        mut self,
        info: FormatInfo,
        inspect: impl Fn(&Upload, &dyn ReadAt) -> Result<Inspection, Rejection> + Send + Sync + 'static,
    ) -> Self {
        self.infos.push(info);
        self.inspects.push(Arc::new(inspect));
        self
    }
}

#[async_trait]
impl Formats for FakeFormats {
    fn all(&self) -> &[FormatInfo] {
        &self.infos
    }

    async fn inspect(
        &self,
        format: &FormatId,
        upload: Upload,
        content: Arc<dyn ReadAt>,
    ) -> Result<Inspection, InspectError> {
        let index = self.infos.iter().position(|info| info.id == *format);
        match index.and_then(|index| self.inspects.get(index)) {
            Some(inspect) => Ok(inspect(&upload, content.as_ref())?),
            None => Err(InspectError::Broken {
                format: format.clone(),
                problem: "it is not there".to_owned(),
            }),
        }
    }
}

impl fmt::Debug for FakeFormats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.infos.iter().map(|info| &info.id))
            .finish()
    }
}
