//! What Bobbin does, end to end. One module for each behaviour.

mod claude_code_shows_the_gateway_as_connected;
mod components_import_only_what_they_may;
mod every_era_is_answered;
mod failing_inputs_get_clear_errors;
mod one_script_calls_two_real_servers;
mod only_the_machine_itself_or_the_key_gets_in;
mod recursion_ends_in_a_range_error;
mod servers_get_their_own_headers;
mod tools_are_found_before_they_are_called;
mod values_arrive_as_the_tools_gave_them;
