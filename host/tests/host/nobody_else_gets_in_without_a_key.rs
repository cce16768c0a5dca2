//! Who listens beyond loopback has a key, or says that none is needed.

use crate::app::{App, answering};
use crate::command::up;
use bobbin::{Host, HostBuilder, StartError};
use std::net::SocketAddr;
use std::process::Output;

const DECLARED: &str = "[variables]\nadmin_key = { default = \"\", secret = true }";

fn on(app: &App, address: &str) -> HostBuilder {
    Host::builder(app.manifest()).listen(address.parse::<SocketAddr>().expect(address))
}

#[tokio::test(flavor = "multi_thread")]
async fn others_are_kept_out() {
    let app = App::serving(&answering(), DECLARED);
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:192.0.2.1]:0"] {
        for key in ["", " \n"] {
            let error = on(&app, address).variable("admin_key", key).start().await.expect_err("no start");
            assert!(matches!(error, StartError::NoAdminKey(refused) if refused == address.parse().expect(address)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_or_a_word_lets_it_listen() {
    let app = App::serving(&answering(), DECLARED);
    for host in [
        on(&app, "127.0.0.1:0"),
        on(&app, "127.1.2.3:0"),
        on(&app, "0.0.0.0:0").variable("admin_key", "a key"),
        on(&app, "0.0.0.0:0").open(true),
    ] {
        host.start().await.expect("a host");
    }
    let without_keys = App::serving(&answering(), "");
    on(&without_keys, "0.0.0.0:0").start().await.expect("an application that has no keys");
}

#[test]
fn the_command_says_what_to_do() {
    let app = App::serving(&answering(), DECLARED);
    let mut command = up(&app);
    command.args(["--listen", "0.0.0.0:0"]).env_remove("SPIN_VARIABLE_ADMIN_KEY");
    let Output { status, stderr, .. } = command.output().expect("the command run");
    assert_eq!(status.code(), Some(1));
    let text = String::from_utf8(stderr).expect("text");
    for remedy in ["SPIN_VARIABLE_ADMIN_KEY", "listen on 127.0.0.1", "--open"] {
        assert!(text.contains(remedy), "{text}");
    }
}
