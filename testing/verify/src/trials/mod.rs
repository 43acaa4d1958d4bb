//! The trials. Each file is named after the claim that it tests.

use crate::trial::Concurrency::{Exclusive, Parallel};
use crate::trial::{BOTH, POSTGRES, Trial};

/// Declares the module of each trial, and the table of all trials.
macro_rules! trials {
    ($($name:ident: $engines:ident, $concurrency:ident;)*) => {
        $(mod $name;)*

        pub(crate) const ALL: &[Trial] = &[$(
            Trial { name: stringify!($name), engines: $engines, concurrency: $concurrency, run: $name::run },
        )*];
    };
}

trials! {
    a_killed_server_loses_nothing: BOTH, Parallel;
    a_terminated_server_ends_in_time_and_loses_nothing: BOTH, Parallel;
    a_killed_or_stopped_postgres_is_survived: POSTGRES, Parallel;
    a_frozen_postgres_is_waited_out: POSTGRES, Parallel;
    instances_that_start_together_both_serve: BOTH, Parallel;
    repeated_sends_make_one_message: BOTH, Parallel;
    racing_joins_and_leaves_stay_in_order: BOTH, Parallel;
    a_room_is_never_without_an_owner: BOTH, Parallel;
    every_listener_hears_everything_once_and_in_order: BOTH, Parallel;
    a_listener_that_never_reads_is_cut_off: POSTGRES, Parallel;
    listeners_that_never_read_harm_nobody: BOTH, Exclusive;
    streams_outlive_an_outage_of_postgres: POSTGRES, Parallel;
    what_happens_elsewhere_is_heard_soon: BOTH, Exclusive;
    who_was_removed_hears_nothing_more: BOTH, Exclusive;
    forged_tokens_open_nothing: BOTH, Parallel;
    ended_sessions_end_everywhere: BOTH, Exclusive;
    an_instance_that_slept_trusts_no_ended_session: BOTH, Parallel;
    every_byte_of_a_password_counts: BOTH, Parallel;
    nobody_can_tell_which_names_exist: BOTH, Exclusive;
    nothing_can_be_slipped_in: BOTH, Parallel;
    odd_text_is_refused_or_kept: BOTH, Parallel;
    deep_json_is_refused: BOTH, Parallel;
    huge_bodies_are_cut_off_early: BOTH, Parallel;
    slow_clients_are_cut_off: BOTH, Parallel;
    a_storm_of_logins_leaves_the_rest_quick: BOTH, Exclusive;
    guessing_is_limited_and_locks_nobody_out: BOTH, Parallel;
    absurd_requests_are_refused_quickly: BOTH, Parallel;
}
