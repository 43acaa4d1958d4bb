//! Live streams, as clients receive them over a socket.

mod access;
mod admission;
mod all_rooms;
mod at_commit;
mod closing;
mod direct;
mod event_stream;
mod frames;
mod histories;
mod keys;
mod long_messages;
mod one_room;
mod own;
mod profiles;
#[cfg(target_os = "linux")]
mod room;
mod several_instances;
mod slow;
mod socket;
mod test_socket;
mod unread;
