//! The trials: each file is named after what it proves.

use crate::trial::Company::{Alone, Beside};
use crate::trial::{BOTH, POSTGRES, SQLITE, Trial};

/// Declares the module of each trial, and the table of them all.
macro_rules! trials {
    ($($name:ident: $engines:ident, $company:ident;)*) => {
        $(mod $name;)*

        pub(crate) const ALL: &[Trial] = &[$(
            Trial { name: stringify!($name), engines: $engines, company: $company, run: $name::run },
        )*];
    };
}

trials! {
    a_killed_server_loses_nothing: BOTH, Beside;
}
