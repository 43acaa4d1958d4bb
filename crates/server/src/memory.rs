//! Giving memory back to the system.
//!
//! Many threads allocate, each from an arena of its own, and the allocator of glibc keeps what is free in between: after
//! some minutes of load half of what is resident.

/// Gives back what is free; less than a millisecond if it was done a moment ago.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn give_back() {
    const KEPT_AT_THE_TOP: usize = 0;
    #[expect(unsafe_code, reason = "no crate wraps this call; it takes a number and touches no memory in use")]
    // SAFETY: it may be called at any time, by any thread.
    unsafe {
        libc::malloc_trim(KEPT_AT_THE_TOP);
    }
}

/// Other allocators do so by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back() {}
