//! What an attacker tries, in tables that are easy to add to. One module for each promise that is attacked.

mod ids_of_others;
mod messages_past_a_policy;
mod messages_read_by_real_servers;
mod more_messages_than_a_limit;
mod odd_messages;
