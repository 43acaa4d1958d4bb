//! Writes dirty pages of a file to disk while other threads sync.

use std::fs::File;
use std::io::Result;

/// The largest number of pieces. Thousands of pages in one piece would delay every other sync, but each piece
/// costs a wait of its own.
const MAX_PIECES: u64 = 128;
const LEAST_LENGTH: u64 = 1 << 20;

/// Syncs the file's data, in this many pieces if the system supports it.
pub(crate) fn sync(file: &File, pieces: u64) -> Result<()> {
    let length = file.metadata()?.len();
    let piece = (length / pieces.clamp(1, MAX_PIECES)).max(LEAST_LENGTH);
    let mut offset = 0;
    while offset < length && write_back(file, offset, piece) {
        offset += piece;
    }
    file.sync_data()
}

/// Writes the dirty pages of a part of the file and waits for them. Returns whether it succeeded; a real error
/// also fails the sync of the whole file, which reports it.
#[cfg(target_os = "linux")]
fn write_back(file: &File, offset: u64, length: u64) -> bool {
    use std::os::fd::AsRawFd;

    use libc::{SYNC_FILE_RANGE_WAIT_AFTER, SYNC_FILE_RANGE_WAIT_BEFORE, SYNC_FILE_RANGE_WRITE, sync_file_range};

    let (Ok(offset), Ok(length)) = (i64::try_from(offset), i64::try_from(length)) else { return false };
    let flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    #[expect(
        unsafe_code,
        reason = "no crate wraps this call; it takes plain numbers and touches no memory of ours"
    )]
    // SAFETY: the descriptor belongs to the borrowed file, so it is open.
    let outcome = unsafe { sync_file_range(file.as_raw_fd(), offset, length, flags) };
    outcome == 0
}

#[cfg(not(target_os = "linux"))]
fn write_back(_: &File, _: u64, _: u64) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn files_of_any_length_are_synced() {
        let mut file = tempfile::tempfile().unwrap();
        sync(&file, 1).unwrap();
        for pieces in [0, 2, 3, u64::MAX] {
            file.write_all(&vec![7; 700_000]).unwrap();
            sync(&file, pieces).unwrap();
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn parts_are_written_separately() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"something").unwrap();
        assert!(write_back(&file, 0, 4_096));
    }
}
