//! Returns free memory to the system.
//!
//! Many threads allocate, each from its own arena, and glibc's allocator keeps freed memory between allocated
//! blocks: after some minutes of load, half of the resident memory.

/// Returns free memory to the system; takes a few milliseconds at most if called often.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn release() {
    const KEPT_AT_THE_TOP: usize = 0;
    #[expect(unsafe_code, reason = "no crate wraps this call; it takes a number and touches no memory in use")]
    // SAFETY: `malloc_trim` may be called at any time, by any thread.
    unsafe {
        libc::malloc_trim(KEPT_AT_THE_TOP);
    }
}

/// Does nothing: other allocators return free memory by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn release() {}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use std::fs;

    use super::*;

    const KIBIBYTES: usize = 64 * 1_024;

    /// The resident memory, in kibibytes.
    fn resident() -> Option<usize> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }

    #[test]
    fn free_memory_is_returned() {
        let mut all: Vec<_> = (0..KIBIBYTES).map(|_| vec![1_u8; 1_024]).collect();
        let last = all.pop();
        let full = resident();
        drop(all);
        release();
        let left = resident();
        let released = full.zip(left).map(|(full, left)| full.saturating_sub(left));
        assert!(released.is_some_and(|released| released > KIBIBYTES / 2), "{left:?} of {full:?}");
        assert_eq!(last.map(|last| last.len()), Some(1_024));
    }
}
