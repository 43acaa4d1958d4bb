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
    the_server_recovers_from_a_killed_or_stopped_postgres: POSTGRES, Parallel;
    requests_time_out_while_postgres_is_frozen: POSTGRES, Parallel;
    instances_that_start_together_both_serve: BOTH, Parallel;
    repeated_sends_make_one_message: BOTH, Parallel;
    racing_joins_and_leaves_stay_in_order: BOTH, Parallel;
    a_room_is_never_without_an_owner: BOTH, Parallel;
    a_storage_quota_holds_through_crashes: BOTH, Parallel;
    strangers_fill_neither_lists_nor_streams: BOTH, Parallel;
    every_listener_receives_everything_once_and_in_order: BOTH, Parallel;
    a_listener_that_never_reads_is_disconnected: POSTGRES, Parallel;
    listeners_that_never_read_do_not_affect_others: BOTH, Exclusive;
    streams_continue_after_an_outage_of_postgres: POSTGRES, Parallel;
    writes_reach_other_instances_within_half_a_second: BOTH, Exclusive;
    removed_members_receive_nothing: BOTH, Exclusive;
    forged_tokens_are_refused: BOTH, Parallel;
    ended_sessions_are_refused_by_every_instance: BOTH, Exclusive;
    a_resumed_instance_refuses_ended_sessions: BOTH, Parallel;
    every_byte_of_a_password_counts: BOTH, Parallel;
    logins_do_not_reveal_which_usernames_exist: BOTH, Exclusive;
    fields_of_the_server_are_ignored_or_refused: BOTH, Parallel;
    odd_text_is_refused_or_kept: BOTH, Parallel;
    deep_json_is_refused: BOTH, Parallel;
    huge_bodies_are_refused_early: BOTH, Parallel;
    slow_clients_are_disconnected: BOTH, Parallel;
    unread_responses_hold_little_memory: BOTH, Exclusive;
    a_thousand_logins_do_not_delay_other_requests: BOTH, Exclusive;
    guessing_is_limited_and_locks_nobody_out: BOTH, Parallel;
    absurd_requests_are_refused_quickly: BOTH, Parallel;
    slow_reads_of_one_user_leave_places_for_others: BOTH, Exclusive;
    right_passwords_of_some_lock_nobody_out: BOTH, Exclusive;
    a_request_ends_with_its_session: BOTH, Parallel;
    control_frames_of_one_do_not_delay_others: BOTH, Exclusive;
    one_address_leaves_connections_for_others: BOTH, Parallel;
    unfinished_requests_leave_connections_for_others: BOTH, Parallel;
    heads_through_a_proxy_leave_memory_for_others: BOTH, Parallel;
    times_do_not_reveal_what_one_may_not_see: BOTH, Exclusive;
}
