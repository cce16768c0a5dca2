//! The same on two Spins that share a Redis (`runtime-config/redis.toml`): writers lose nothing.

use tests::redis::Redis;
use tests::skip::skip;
use tokio::task::spawn_blocking;

use crate::alone;
use crate::concurrent_writers_lose_nothing::writers_lose_nothing;
use crate::hosts;

#[test]
fn two_spins_with_one_redis_lose_nothing() {
    if let Some(missing) = Redis::missing() {
        return skip("two_spins_with_one_redis_lose_nothing", missing);
    }
    alone(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let redis = Redis::start(folder.path());
        let config = redis.write_runtime_config(folder.path());
        let config = config.to_str().expect("a path in UTF-8");
        let start = |name: &str| {
            let (state, config) = (folder.path().join(name), config.to_owned());
            spawn_blocking(move || hosts::spin(&state, &["--runtime-config-file", &config]))
        };
        let (one, other) = tokio::join!(start("one"), start("other"));
        let hosts = [one.expect("Spin starts"), other.expect("another Spin starts")];
        writers_lose_nothing("two Spins with one Redis", &hosts.each_ref().map(|host| host.address()), None).await;
    });
}
