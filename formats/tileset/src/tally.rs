//! How often something was seen, and where first.

use std::fmt;

/// How often something was seen, and where first. A file may hold millions of the same mistake; one sentence is enough.
#[derive(Debug)]
pub(crate) struct Tally<T> {
    first: Option<T>,
    count: u64,
}

impl<T> Default for Tally<T> {
    fn default() -> Self {
        Self {
            first: None,
            count: 0,
        }
    }
}

impl<T> Tally<T> {
    /// One more.
    pub(crate) fn add(&mut self, what: impl FnOnce() -> T) {
        self.first.get_or_insert_with(what);
        self.count += 1;
    }

    /// Another one shall stand for them all.
    pub(crate) fn replace_first(&mut self, what: T) {
        self.first = Some(what);
    }

    /// How many.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The first, and words for the others.
    pub(crate) fn first(&self) -> Option<(&T, Others)> {
        self.first
            .as_ref()
            .map(|first| (first, Others(self.count.saturating_sub(1))))
    }
}

/// Words for those that are not described: nothing, or ` (and 12 more)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Others(u64);

impl fmt::Display for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => Ok(()),
            more => write!(f, " (and {more} more)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_kept_and_the_others_are_counted() {
        let mut tally = Tally::default();
        assert!(tally.first().is_none());
        tally.add(|| "one");
        assert_eq!(tally.first().unwrap().1.to_string(), "");
        tally.add(|| "two");
        tally.add(|| "three");
        let (first, others) = tally.first().unwrap();
        assert_eq!(format!("{first}{others}"), "one (and 2 more)");
    }
}
