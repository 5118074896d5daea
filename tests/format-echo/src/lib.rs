//! A small format with a protocol of its own, for the stories in tests.
