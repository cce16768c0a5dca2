//! What the host does, seen from outside: one program, so that the host is linked once.

mod app;
mod command;
mod exchange;

mod a_computing_component_holds_up_nobody_else;
mod a_log_that_nobody_reads_holds_up_nothing;
mod acknowledged_writes_survive;
mod an_application_can_be_inside;
mod an_encryption_key_is_made_once;
mod clients_that_leave_end_their_work;
mod dependencies_use_only_what_they_inherit;
mod encryption_keys_can_be_changed;
mod files_of_the_state_are_the_users_alone;
mod instances_are_reused_and_replaced;
mod manifests_are_refused;
mod memory_is_bounded;
mod metadata_services_are_out_of_reach;
mod nobody_else_gets_in_without_a_key;
mod outbound_hosts_are_matched_by_entry;
mod requests_end_by_the_limit_that_is_over;
mod requests_reach_only_allowed_hosts;
mod secrets_of_a_servers_file_are_printed;
mod senders_get_their_answer;
mod servers_files_give_servers_and_secrets;
mod slow_clients_are_not_waited_for;
mod stopping_lets_requests_finish;
mod swaps_and_increments_lose_nothing;
mod the_application_is_chosen_by_where_one_is;
mod the_command;
mod variables_get_values;
