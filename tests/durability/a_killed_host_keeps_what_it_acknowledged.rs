//! A host that is killed at any moment and started again has everything that it acknowledged, has nothing by halves, and
//! opens the secrets that it sealed.

use std::path::Path;
use std::time::Duration;

use tests::host_process::HostProcess;
use tests::project;
use tests::upstream::Stopwatch;

use crate::bystander::Bystander;
use crate::chance::Chance;
use crate::inspection::inspect;
use crate::writers::Writers;
use crate::{alone, effort};

/// Longer than a host lives.
const UNTIL_KILLED: Duration = Duration::from_secs(60);

fn start(state: &Path) -> HostProcess {
    HostProcess::local(&project::path("spin.toml"), &[("private_upstreams", "allow")], state)
}

#[test]
fn whenever_it_is_killed() {
    alone(async {
        let state = tempfile::tempdir().expect("a temporary folder");
        let steady = Stopwatch::start().await;
        let mut host = start(state.path());
        let sealed_with = std::fs::read(state.path().join("encryption_key")).expect("the host has made a key");
        let mut writers = Writers::new(host.address(), &steady.url()).await;
        let mut chance = Chance::new(0);
        for kill in 1..=effort::kills() {
            let address = [host.address()];
            let moment = chance.between(50, 1_200);
            let killed = tokio::spawn(async move {
                tokio::time::sleep(moment).await;
                // SIGKILL.
                drop(host);
            });
            writers.write(&address, UNTIL_KILLED).await;
            killed.await.expect("the host is gone");

            host = start(state.path());
            writers.check(host.address()).await;
            let left = inspect(state.path()).await;
            let unclear = writers.tally().unclear as usize;
            assert!(left.servers <= unclear && left.keys <= unclear, "{} and {} left over", left.servers, left.keys);
            // Its headers are sealed.
            let bystander = Bystander::start(host.address());
            assert!(bystander.stop().await > 0, "a script runs after kill {kill}");
        }
        assert_eq!(std::fs::read(state.path().join("encryption_key")).ok(), Some(sealed_with), "the key stays");
        let tally = writers.tally();
        assert!(tally.acknowledged > 100, "the clients wrote: {tally:?}");
        eprintln!("{} kills: {tally:?}", effort::kills());
    });
}
