//! The trials. Each file is named after the claim that it tests.

use crate::trial::Company::{Alone, Beside};
use crate::trial::{BOTH, POSTGRES, Trial};

/// Declares the module of each trial, and the table of all trials.
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
    every_listener_hears_everything_once_and_in_order: BOTH, Beside;
    a_listener_that_never_reads_is_cut_off: POSTGRES, Beside;
    listeners_that_never_read_harm_nobody: BOTH, Alone;
    streams_outlive_an_outage_of_postgres: POSTGRES, Beside;
    what_happens_elsewhere_is_heard_soon: BOTH, Alone;
    who_was_removed_hears_nothing_more: BOTH, Alone;
    forged_tokens_open_nothing: BOTH, Beside;
    ended_sessions_end_everywhere: BOTH, Alone;
    an_instance_that_slept_trusts_no_ended_session: BOTH, Beside;
    every_byte_of_a_password_counts: BOTH, Beside;
    nobody_can_tell_which_names_exist: BOTH, Alone;
    nothing_can_be_slipped_in: BOTH, Beside;
    odd_text_is_refused_or_kept: BOTH, Beside;
    deep_json_is_refused: BOTH, Beside;
    huge_bodies_are_cut_off_early: BOTH, Beside;
    slow_clients_are_cut_off: BOTH, Beside;
    a_storm_of_logins_leaves_the_rest_quick: BOTH, Alone;
    guessing_is_limited_and_locks_nobody_out: BOTH, Beside;
    absurd_requests_are_refused_quickly: BOTH, Beside;
}
