//! How much a format may read.

use super::content::Allowance;

/// How much a format may read of an upload, as a multiple of the upload's size and something on top.
///
/// By default eight times the size and 16 MiB, in at most four reads for each KiB and 4096 on top. Most formats read an
/// upload about once; a format that has to go through it more often says so, and everybody can see it in its tests:
///
/// ```
/// use cellier_sdk::testkit::ReadBudget;
///
/// let twenty_times = ReadBudget::default().times(20);
/// let byte_by_byte = ReadBudget::default().reads_per_kib(1024);
/// ```
///
/// A host pays for each byte: it comes from a disk, or through the wall of a sandbox. And whatever is read without a
/// budget can be made to be read without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct ReadBudget {
    times: u64,
    plus: u64,
    reads_per_kib: u64,
    reads: u64,
}

impl Default for ReadBudget {
    fn default() -> Self {
        Self {
            times: 8,
            plus: 16 << 20,
            reads_per_kib: 4,
            reads: 4096,
        }
    }
}

impl ReadBudget {
    /// With so many times the upload's size.
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// With so many bytes on top, whatever the size.
    pub fn plus(mut self, bytes: u64) -> Self {
        self.plus = bytes;
        self
    }

    /// With so many reads for each KiB of the upload.
    pub fn reads_per_kib(mut self, reads: u64) -> Self {
        self.reads_per_kib = reads;
        self
    }

    /// With so many reads on top, whatever the size.
    pub fn reads(mut self, reads: u64) -> Self {
        self.reads = reads;
        self
    }

    /// What it comes to for an upload of this size.
    pub(super) fn allowance(&self, size: u64) -> Allowance {
        Allowance {
            bytes: size.saturating_mul(self.times).saturating_add(self.plus),
            reads: size
                .div_ceil(1024)
                .saturating_mul(self.reads_per_kib)
                .saturating_add(self.reads),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_grows_with_the_upload_and_never_overflows() {
        let budget = ReadBudget::default();
        assert_eq!(budget.allowance(0).bytes, 16 << 20);
        assert_eq!(budget.allowance(1000).bytes, (16 << 20) + 8000);
        assert_eq!(budget.allowance(2048).reads, 4096 + 8);
        assert_eq!(budget.allowance(u64::MAX).bytes, u64::MAX);
    }
}
