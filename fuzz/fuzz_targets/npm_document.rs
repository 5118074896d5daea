#![no_main]
#![expect(
    missing_docs,
    reason = "the target is described in cellier_fuzz::TARGETS"
)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cellier_fuzz::npm_document(data));
