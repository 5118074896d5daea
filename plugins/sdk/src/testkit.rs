//! The conformance kit. (Being written.)
