//! The generic file format
