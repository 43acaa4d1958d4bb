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
    a_terminated_server_ends_in_time_and_loses_nothing: BOTH, Beside;
    a_killed_or_stopped_postgres_is_survived: POSTGRES, Beside;
    a_frozen_postgres_is_waited_out: POSTGRES, Beside;
    instances_that_start_together_both_serve: BOTH, Beside;
    repeated_sends_make_one_message: BOTH, Beside;
    racing_joins_and_leaves_stay_in_order: BOTH, Beside;
    a_room_is_never_without_an_owner: BOTH, Beside;
}
