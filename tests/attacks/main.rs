//! What an attacker tries, in tables that are easy to add to. One module for each promise that is attacked.

mod computing_is_always_counted;
mod errors_without_end;
mod ids_of_others;
mod made_up_names;
mod messages_past_a_policy;
mod messages_read_by_real_servers;
mod more_messages_than_a_limit;
mod names_in_results;
mod odd_messages;
mod one_key_against_another;
mod servers_of_agents_in_private_networks;
mod ways_out_for_a_planted_credential;
mod ways_to_be_taken_for_local;
