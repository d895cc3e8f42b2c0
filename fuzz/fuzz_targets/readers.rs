//! Every reader on any bytes: the first byte chooses the reader.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/dari-sources/tests/drive/mod.rs"]
mod drive;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

fuzz_target!(|data: &[u8]| {
    if let Some((which, bytes)) = data.split_first() {
        drive::drive(usize::from(*which), bytes, FOLDER.path());
    }
});
