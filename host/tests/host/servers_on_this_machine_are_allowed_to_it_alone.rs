use crate::app::{App, measuring};
use crate::command::{Running, bobbin, listening};
use crate::exchange::{answer, ask};

/// An application that answers 200 + the length of its variable `private_upstreams`.
fn app() -> App {
    let app = App::serving(&measuring(), "variables = { encryption_key = \"{{ private_upstreams }}\" }");
    let manifest = std::fs::read_to_string(app.manifest()).expect("a manifest");
    let declared: String = ["servers", "secrets", "admin_key", "private_upstreams"]
        .map(|name| format!("{name} = {{ default = \"\" }}\n"))
        .concat();
    app.with("spin.toml", format!("{manifest}\n[variables]\n{declared}").as_bytes())
        .with("servers.json", br#"{"mcpServers": {}}"#)
}

/// What `private_upstreams` is to the application, by its length.
fn length_for(variables: &[(&str, &str)], arguments: &[&str]) -> u16 {
    let app = app();
    let mut command = bobbin(app.folder());
    command.args(["up", "--manifest", "spin.toml", "--listen", "127.0.0.1:0"]).args(arguments);
    for name in ["SERVERS", "ADMIN_KEY", "PRIVATE_UPSTREAMS"] {
        command.env_remove(format!("SPIN_VARIABLE_{name}"));
    }
    for (name, value) in variables {
        command.env(format!("SPIN_VARIABLE_{name}"), value);
    }
    let mut running = Running(command.spawn().expect("the command started"));
    answer(ask(listening(&mut running.0))).0 - 200
}

#[test]
fn unless_a_key_or_the_variable_says_otherwise() {
    let (allow, deny, unset) = (5, 4, 0);
    assert_eq!(length_for(&[], &[]), allow);
    assert_eq!(length_for(&[("ADMIN_KEY", "of the operator")], &[]), unset);
    assert_eq!(length_for(&[("ADMIN_KEY", " ")], &[]), allow);
    assert_eq!(length_for(&[("ADMIN_KEY", "of the operator")], &["--servers", "servers.json"]), allow);
    assert_eq!(length_for(&[("PRIVATE_UPSTREAMS", "deny")], &[]), deny);
    assert_eq!(length_for(&[("PRIVATE_UPSTREAMS", "deny")], &["--servers", "servers.json"]), deny);
    assert_eq!(length_for(&[("PRIVATE_UPSTREAMS", "")], &[]), unset);
}
