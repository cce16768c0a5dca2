//! What was tried against a gateway, and what is like it.

mod ids_of_others;
mod messages_past_a_policy;
mod messages_read_by_real_servers;
mod more_messages_than_a_limit;
mod odd_messages;
