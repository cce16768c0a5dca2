//! A host that is killed at any moment and started again has everything that it acknowledged, has nothing by halves, and
//! opens the secrets that it sealed.

use std::time::Duration;

use tests::upstream::Stopwatch;

use crate::bystander::Bystander;
use crate::chance::Chance;
use crate::inspection::inspect;
use crate::writers::Writers;
use crate::{alone, effort, hosts};

/// Longer than a host lives.
const UNTIL_KILLED: Duration = Duration::from_secs(60);

#[test]
fn whenever_it_is_killed() {
    alone(async {
        let state = tempfile::tempdir().expect("a temporary folder");
        let steady = Stopwatch::start().await;
        let mut host = hosts::start(state.path());
        // Spin makes none.
        let encryption_key = || std::fs::read(state.path().join("encryption_key")).ok();
        let sealed_with = encryption_key();
        assert_eq!(sealed_with.is_some(), !hosts::is_spin());
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

            host = hosts::start(state.path());
            writers.check(host.address()).await;
            if !hosts::is_spin() {
                let left = inspect(state.path()).await;
                let unclear = writers.tally().unclear as usize;
                let (servers, keys) = (left.servers, left.keys);
                assert!(servers <= unclear && keys <= unclear, "{servers} and {keys} left over");
            }
            // Its headers are sealed.
            let bystander = Bystander::start(host.address());
            assert!(bystander.stop().await > 0, "a script runs after kill {kill}");
        }
        assert_eq!(encryption_key(), sealed_with, "the key stays");
        let tally = writers.tally();
        assert!(tally.acknowledged > 100, "the clients wrote: {tally:?}");
        eprintln!("{} kills: {tally:?}", effort::kills());
    });
}
