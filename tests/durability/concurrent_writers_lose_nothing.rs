//! 32 clients create, change and delete servers and keys at the same time: what was acknowledged is there, nothing else
//! is, and the gateway goes on with everything else meanwhile.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use tests::gateway::Gateway;
use tests::host_process::HostProcess;
use tests::skip::skip;
use tests::upstream::Stopwatch;
use tokio::task::spawn_blocking;

use crate::bystander::Bystander;
use crate::inspection::inspect;
use crate::writers::Writers;
use crate::{alone, effort, hosts};

/// Writes through these hosts, which share a store; `state` is the folder of a local host.
pub async fn writers_lose_nothing(name: &str, hosts: &[SocketAddr], state: Option<&Path>) {
    let steady = Stopwatch::start().await;
    let mut writers = Writers::new(hosts[0], &steady.url()).await;
    let bystander = Bystander::start(hosts[hosts.len() - 1]);
    let started = Instant::now();
    writers.write(hosts, effort::writing()).await;
    let seconds = started.elapsed().as_secs_f64();
    let runs = bystander.stop().await;
    let tally = writers.tally();
    let per_second = tally.acknowledged as f64 / seconds;
    eprintln!("{name}: {tally:?}, {per_second:.0} acknowledged a second; {runs} scripts meanwhile");
    assert!(tally.acknowledged > 100 && runs > 0, "the gateway goes on");
    for host in hosts {
        writers.check(*host).await;
    }
    if let Some(state) = state {
        let left = inspect(state).await;
        let unclear = tally.unclear as usize;
        assert!(left.servers <= unclear && left.keys <= unclear, "{} and {} left over", left.servers, left.keys);
    }
}

fn on_disk(gateway: &Gateway) -> Option<&Path> {
    (!hosts::is_spin()).then(|| gateway.state())
}

/// Two that begin at the same moment, in an empty folder.
#[test]
fn on_two_hosts_with_one_state() {
    if hosts::is_spin() {
        return skip("on_two_hosts_with_one_state", "two Spins do not share an SQLite file; Redis is for that");
    }
    alone(async {
        let state = tempfile::tempdir().expect("a temporary folder");
        let start = || {
            let state = state.path().to_owned();
            spawn_blocking(move || hosts::start(&state))
        };
        let (one, other) = tokio::join!(start(), start());
        let hosts = [one.expect("a host starts"), other.expect("another one starts")];
        let addresses = hosts.each_ref().map(HostProcess::address);
        writers_lose_nothing("two hosts", &addresses, Some(state.path())).await;
    });
}

#[test]
fn on_one_host_with_many_instances() {
    alone(async {
        let key = "7".repeat(64);
        let gateway = Gateway::start_on_many_instances(&[("encryption_key", &key)]).await;
        writers_lose_nothing("many instances", &[gateway.address()], on_disk(&gateway)).await;
    });
}
