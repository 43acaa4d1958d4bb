//! The SQLSTATE of a PostgreSQL failure. It does not depend on the server's language.
//!
//! diesel 2.3 has no accessor for it, so it is read from libpq's result, which diesel keeps in the error.

use std::ffi::{CStr, c_char, c_int};
use std::ptr::{self, NonNull};

use diesel::result::DatabaseErrorInformation;
use pq_sys::{PGresult, PQresultErrorField};

/// `PG_DIAG_SQLSTATE`, a macro of `postgres_ext.h`.
const SQLSTATE: c_int = b'C' as c_int;

/// The SQLSTATE that the server sent; `None` if the failure does not come from the server.
pub(crate) fn sqlstate(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> Option<&str> {
    let field = sqlstate_of(underlying_result(information)?);
    // SAFETY: libpq ends each field with NUL, and keeps it until the result is cleared. That happens when
    // `information` is dropped, which the returned text borrows.
    #[expect(unsafe_code, reason = "the text of a C library")]
    let text = unsafe { CStr::from_ptr(field?.as_ptr()) };
    text.to_str().ok()
}

/// libpq's result, which diesel keeps in the error.
fn underlying_result(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> Option<NonNull<PGresult>> {
    // The other implementation of the trait, `String`, is larger.
    if size_of_val(information) != size_of::<NonNull<PGresult>>() {
        return None;
    }
    // SAFETY: in the version of diesel that the workspace pins, the only type of this size that implements the
    // trait is `PgErrorInformation`. Its only field is a `RawResult`, whose only field is a `NonNull<PGresult>`; a
    // field as large as its struct is at its start.
    #[expect(unsafe_code, reason = "diesel 2.3 has no accessor for the SQLSTATE")]
    Some(unsafe { ptr::from_ref(information).cast::<NonNull<PGresult>>().read_unaligned() })
}

fn sqlstate_of(result: NonNull<PGresult>) -> Option<NonNull<c_char>> {
    // SAFETY: the result has not been cleared, because the error that owns it is borrowed; the call only reads it.
    #[expect(unsafe_code, reason = "a function of a C library")]
    NonNull::new(unsafe { PQresultErrorField(result.as_ptr(), SQLSTATE) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_without_result_has_no_sqlstate() {
        assert_eq!(sqlstate(&"database is locked".to_owned()), None);
    }
}
